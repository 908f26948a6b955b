// ocr/reader/reader.cpp - see reader.h.
#include "ocr/reader/reader.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "ocr/reader/reading.h"

namespace bifrons {
namespace {

constexpr const char* program_name = "bifrons-reader";

bool runs(const std::filesystem::path& program) {
  return ::access(program.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(program);
}

std::filesystem::path find_worker() {
  if (const char* named = std::getenv("BIFRONS_READER"); named != nullptr && *named != '\0') {
    if (!runs(named))
      fail(Fault::lacking, "BIFRONS_READER names '", named, "', which is no program; set it to ", program_name, " or unset it");
    return named;
  }
  std::error_code unknown;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
  for (const auto& place : {here / program_name, here / ".." / "libexec" / program_name})
    if (runs(place)) return place;
  fail(Fault::lacking, "feature not built in: no document worker '", program_name, "' beside ", here.string(),
       "; build with -DBIFRONS_DOCUMENTS=ON or set BIFRONS_READER");
}

// The page numbers asked for, ascending, each once; `warnings` says what was asked for and is not there.
std::vector<int64_t> wanted_pages(const ReadOptions& options, int64_t count, const std::string& name,
                                  std::vector<Warning>& warnings) {
  std::vector<int64_t> wanted;
  auto ranges = options.pages;
  if (ranges.empty()) ranges.emplace_back(1, count);
  std::ranges::sort(ranges);
  for (auto [first, last] : ranges) {
    if (first > count && !options.pages.empty())
      fail(Fault::arguments, name, ": page ", first, " was asked for, but it has ", count, count == 1 ? " page" : " pages");
    if (last > count && last != INT64_MAX)
      warnings.push_back(
          {"pages_missing", 0, "pages up to " + std::to_string(last) + " were asked for; there are " + std::to_string(count)});
    for (int64_t page = std::max(first, wanted.empty() ? 1 : wanted.back() + 1); page <= std::min(last, count); ++page) {
      if (int64_t(wanted.size()) == options.limits.pages)
        throw DocumentFailure(Fault::limit, "too_large",
                              name + ": more than " + std::to_string(options.limits.pages) + " of its " + std::to_string(count) +
                                  " pages were asked for; choose some (--pages 1-" + std::to_string(options.limits.pages) +
                                  ") or raise the limit with --max-pages");
      wanted.push_back(page);
    }
  }
  return wanted;
}

// Whoever catches the failure is told of what file it speaks.
auto knowing(const DocumentFile& file, auto work) {
  try {
    return work();
  } catch (const DocumentFailure& failure) {
    throw failure.about(file);
  }
}

}  // namespace

bool documents_built_in() { return true; }

DocumentReader::DocumentReader(std::filesystem::path worker) : worker_(worker.empty() ? find_worker() : std::move(worker)) {
  if (!runs(worker_)) fail(Fault::lacking, worker_.string(), ": no document worker there");
}

Document DocumentReader::look(const std::filesystem::path& file, const ReadOptions& options) const {
  InputFile input = open_input(file, options.limits.file_bytes);
  input.file.sha256 = sha256_of(input.descriptor);
  ReadOptions plain = options;
  plain.ocr = ReadOptions::Ocr::never;  // no engine is needed to count pages
  const ReadCallbacks none;
  DocumentReading reading(worker_, input, plain, none);
  Document document;
  document.file = input.file;
  wire::Opened opened = knowing(input.file, [&] { return reading.open(/*look_only=*/true); });
  document.page_count = opened.pages;
  document.warnings = std::move(opened.warnings);
  return document;
}

Document DocumentReader::read(const std::filesystem::path& file, const ReadOptions& options,
                              const ReadCallbacks& callbacks) const {
  InputFile input = open_input(file, options.limits.file_bytes);
  input.file.sha256 = sha256_of(input.descriptor);
  DocumentReading reading(worker_, input, options, callbacks);
  wire::Opened opened = knowing(input.file, [&] { return reading.open(); });
  Document document;
  document.file = input.file;
  document.page_count = opened.pages;
  document.warnings = std::move(opened.warnings);
  const auto wanted =
      knowing(input.file, [&] { return wanted_pages(options, opened.pages, input.file.name, document.warnings); });
  reading.read(wanted, [&](Page&& page) {
    document.warnings.insert(document.warnings.end(), page.warnings.begin(), page.warnings.end());
    if (callbacks.on_page)
      callbacks.on_page(std::move(page));
    else
      document.pages.push_back(std::move(page));
  });
  const bool cut = std::ranges::any_of(document.warnings, [](const Warning& warning) { return warning.code == "cut_short"; });
  if (cut || reading.partial()) document.status = Document::Status::partial;
  return document;
}

PagePicture DocumentReader::render(const std::filesystem::path& file, int64_t page, const ReadOptions& options,
                                   int64_t most_pixels) const {
  if (most_pixels < 1 || most_pixels > 8000)
    fail(Fault::arguments, "a page picture of ", most_pixels, " pixels a side; 1 to 8000 are drawn");
  InputFile input = open_input(file, options.limits.file_bytes);
  ReadOptions plain = options;
  plain.ocr = ReadOptions::Ocr::never;
  const ReadCallbacks none;
  DocumentReading reading(worker_, input, plain, none);
  const int64_t count = reading.open().pages;
  if (page < 1 || page > count)
    fail(Fault::arguments, input.file.name, ": page ", page, " was asked for, but it has ", count,
         count == 1 ? " page" : " pages");
  return reading.render(page, most_pixels);
}

}  // namespace bifrons
