// demos/pictures.cpp - see pictures.h.
#include "demos/pictures.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <string_view>

#include "demos/common.h"
#include "demos/memory_file.h"
#include "fusion/router.h"
#include "fusion/text_density.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "ocr/reader/sniff.h"

namespace bifrons {
namespace {

// Of a WebP or TIFF picture as it comes from the worker, which sends no larger one: smaller pictures come pixel by pixel, so that
// they are seen as the same picture in a PNG would be.
constexpr int64_t most_side = 8000;

std::string head_of(const std::string& file) {
  std::string head(sniff_bytes, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(head.data(), std::streamsize(head.size()));
  head.resize(size_t(in.gcount()));
  return head;
}

bool confined_only(std::string_view head) {
  const std::string_view type = sniff(std::as_bytes(std::span(head))).type;
  return type == "webp" || type == "tiff";
}

// `path` is what is opened, `name` what people call it.
Image confined_image(const std::string& path, const std::string& name, const ReadLimits& limits) {
  if (!documents_built_in())
    fail(Fault::lacking, name,
         ": feature not built in: WebP and TIFF pictures are decoded by the document reader; run demos/setup and build again "
         "with -DBIFRONS_DOCUMENTS=ON, or save it as PNG");
  const DocumentReader reader;
  ReadOptions options;
  options.limits = limits;
  options.ocr = ReadOptions::Ocr::never;
  options.pages = {{1, 1}};
  options.workers = 1;
  const Document document = reader.read(path, options, {.cancelled = [] { return interrupted(); }});
  if (document.page_count != 1)
    fail(Fault::unreadable, name, ": has ", document.page_count,
         " pages, so it is a document and not a picture; ask about it with bifrons ask, or /doc in a chat");
  for (const Warning& warning : document.warnings)  // what is cut is no picture, as among the other formats
    if (warning.code != "not_recognised") fail(Fault::unreadable, name, ": ", warning.message);
  PagePicture shown = reader.render(path, 1, options, most_side);
  Image image;
  image.width = shown.width, image.height = shown.height, image.rgb = std::move(shown.rgb);
  return image;
}

ImageLimits as_image_limits(const ReadLimits& limits) {
  ImageLimits same;
  same.pixels = limits.image_pixels, same.file_bytes = limits.file_bytes;
  return same;
}

LoadedPicture measured(Image image) {
  LoadedPicture picture{std::move(image), 0};
  picture.text_density = text_density(picture.image.rgb, picture.image.width, picture.image.height);
  return picture;
}
LoadedPicture load_measured(const std::string& file, const ReadLimits& limits) {
  LoadedPicture picture = measured(load_any_image(file, /*apply_exif=*/true, limits));
  // Janus drops alpha, and letters may be in nothing else.
  if (picture.text_density < dense_text && !confined_only(head_of(file)))
    if (const std::optional<Image> shown = load_on_white(file, /*apply_exif=*/true, as_image_limits(limits)))
      picture.text_density = std::max(picture.text_density, text_density(shown->rgb, shown->width, shown->height));
  return picture;
}

}  // namespace

Image load_any_image(const std::string& file, bool apply_exif, const ReadLimits& limits) {
  if (file == "-") {
    const std::string bytes = read_file(file, limits.file_bytes);
    if (!confined_only(bytes)) return decode_image(std::as_bytes(std::span(bytes)), "stdin", apply_exif, as_image_limits(limits));
    const MemoryFile memory(bytes);
    try {
      return confined_image(memory.path(), "stdin", limits);
    } catch (const Error& error) {
      std::string sentence = error.what();
      const std::string path = memory.path();
      if (const size_t at = sentence.find(path); at != std::string::npos) sentence.replace(at, path.size(), "stdin");
      throw Error(error.fault(), sentence);
    }
  }
  if (confined_only(head_of(file))) return confined_image(file, file, limits);
  return load_image(file, apply_exif, as_image_limits(limits));
}

LoadedPicture expect_picture(const std::string& file, const ReadLimits& limits) { return load_measured(file, limits); }

std::optional<LoadedPicture> load_picture(const std::string& file, const ReadLimits& limits) {
  if (file == "-") return {};
  const std::string head = head_of(file);
  const auto begins = [&](std::string_view mark) { return head.rfind(mark, 0) == 0; };
  if (!begins("\xff\xd8\xff") && !begins("\x89PNG\r\n\x1a\n") && !begins("BM") && !begins("GIF8") && !confined_only(head))
    return {};
  try {
    return load_measured(file, limits);
  } catch (const Error& error) {
    if (error.fault() == Fault::lacking) throw;
    return {};  // the document reader may make more of it, and says what is wrong with it otherwise
  }
}

}  // namespace bifrons
