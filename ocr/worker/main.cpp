// ocr/worker/main.cpp - the program bifrons-reader: told one document on its stream, it shuts itself in and answers page by page.
// Started by ocr/reader only; standard input and output are the stream, descriptor 3 is the document.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ocr/page/recognise.h"
#include "ocr/reader/wire.h"
#include "ocr/worker/break_out.h"
#include "ocr/worker/confinement.h"
#include "ocr/worker/opened_files.h"
#include "ocr/worker/pdf.h"
#include "ocr/worker/picture_file.h"
#include "ocr/worker/read_page.h"
#include "ocr/worker/warm_up.h"

namespace bifrons {
namespace {

constexpr int stream_in = 0, stream_out = 1, document_number = 3;
constexpr size_t most_language_files = 500;

class Stream {
 public:
  wire::Frame next() {
    wire::Frame frame;
    while (!wire::take_frame(received_, frame, 1 << 20)) {
      char block[4096];
      const ssize_t got = ::read(stream_in, block, sizeof block);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) ::_exit(0);  // the reader wants no more; nothing is worth cleaning up
      received_.append(block, size_t(got));
    }
    return frame;
  }
  template <class Message>
  void send(const Message& message) {
    const std::string bytes = wire::frame(message);
    for (size_t done = 0; done < bytes.size();) {
      const ssize_t sent = ::write(stream_out, bytes.data() + done, bytes.size() - done);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) ::_exit(0);
      done += size_t(sent);
    }
  }

 private:
  std::string received_;
};

std::string_view map_document() {
  struct stat about {};
  if (::fstat(document_number, &about) != 0 || about.st_size <= 0) fail(Fault::unreadable, "the document is gone");
  void* bytes = ::mmap(nullptr, size_t(about.st_size), PROT_READ, MAP_PRIVATE, document_number, 0);
  if (bytes == MAP_FAILED) fail(Fault::limit, "the document does not fit into memory: ", std::strerror(errno));
  return {static_cast<const char*>(bytes), size_t(about.st_size)};
}

void check_languages(const std::vector<std::string>& languages) {
  const auto installed = installed_languages();
  for (const std::string& language : languages)
    if (std::ranges::find(installed, language) == installed.end()) {
      std::string package = "tesseract-ocr-" + language;
      std::ranges::replace(package, '_', '-');
      throw DocumentFailure(Fault::lacking, "missing_language",
                            "no data for the language '" + language + "': install the package " + package);
    }
}

void serve(Stream& stream, const wire::Open& settings) {
  std::unique_ptr<Recogniser> engine;
  std::unique_ptr<Pdf> pdf;
  std::unique_ptr<PictureFile> pictures;
  wire::Opened opened;
  try {
    if (settings.ocr != ReadOptions::Ocr::never) {
      check_languages(settings.languages);
      RecogniseOptions options;
      options.languages = settings.languages;
      options.most_pixels = settings.limits.recognition_pixels;
      options.most_side = int(settings.limits.recognition_side);
      engine = std::make_unique<Recogniser>(options);
      for (const std::string& file : engine->files()) keep_open(file, most_language_files);
    }
    if (settings.type == "pdf") settings.look_only ? warm_up_pdf() : warm_up();
    const std::string_view bytes = map_document();
    opened.landlock = shut_the_door(settings.limits.worker_bytes).landlock;
    // From here on the document is read, and nothing else can be.
    if (settings.type == "pdf") {
      pdf = std::make_unique<Pdf>(bytes, settings.password);
      opened.pages = pdf->pages();
      opened.warnings = pdf->warnings();
    } else {
      pictures = std::make_unique<PictureFile>(bytes, settings.type, settings.limits.image_pixels, settings.limits.pages);
      opened.pages = pictures->pages();
    }
  } catch (const DocumentFailure& failure) {
    return stream.send(wire::Failed{failure.fault(), failure.code(), failure.what()});
  } catch (const Error& error) {
    return stream.send(wire::Failed{error.fault(), "worker_failed", error.what()});
  }
  stream.send(opened);
  PageReader reader(pdf.get(), pictures.get(), engine.get(), settings, [&](const wire::Stage& stage) { stream.send(stage); });
  while (!settings.look_only) {
    const wire::Frame frame = stream.next();
    try {
      if (frame.kind == wire::Kind::render) {
        const auto request = wire::read<wire::Render>(frame);
        stream.send(reader.render(request.page, request.most_pixels));
      } else {
        stream.send(reader.read(wire::read<wire::ReadPage>(frame).page));
      }
    } catch (const DocumentFailure& failure) {
      stream.send(wire::Failed{failure.fault(), failure.code(), failure.what()});
    }
  }
}

}  // namespace
}  // namespace bifrons

int main(int count, char** arguments) {
  using namespace bifrons;
  if (count == 3 && std::string_view(arguments[1]) == "--break-out") {  // for tests: see break_out.h
    shed_inheritance();
    warm_up();
    shut_the_door(ReadLimits().worker_bytes);
    const std::string outcome = try_to_break_out(arguments[2]) + "\n";
    return ::write(stream_out, outcome.data(), outcome.size()) > 0 && outcome.starts_with("refused") ? 0 : 1;
  }
  if (count != 1) {
    std::fprintf(stderr, "bifrons-reader is started by bifrons, not by hand\n");
    return 2;
  }
  // Pictures go back to the system as soon as they are done with. By itself malloc keeps blocks of up to 32 MB once it has freed
  // one as large, and pieces of the next page settle between them.
  ::mallopt(M_MMAP_THRESHOLD, 2 << 20);
  try {
    shed_inheritance();
    Stream stream;
    serve(stream, wire::read<wire::Open>(stream.next()));
  } catch (const std::exception&) {
    ::_exit(1);  // the reader sees the stream end, and says so
  }
  ::_exit(0);  // no destructors, no handlers: behind the door they could only fail
}
