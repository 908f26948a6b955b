// ocr/worker/picture_file.cpp - see picture_file.h.
#include "ocr/worker/picture_file.h"

#include <algorithm>

#include "ocr/worker/decoders.h"

namespace bifrons {
namespace {

std::vector<Stored> headers(std::string_view bytes, const std::string& type, int64_t most) {
  if (type == "jpeg") return {jpeg_header(bytes)};
  if (type == "png") return {png_header(bytes)};
  if (type == "webp") return {webp_header(bytes)};
  if (type == "tiff") return tiff_headers(bytes, most);
  fail(Fault::other, "no decoder for '", type, "'");
}

[[noreturn]] void corrupt(const Error& why) {
  throw DocumentFailure(Fault::unreadable, "corrupt", std::string("the picture is damaged: ") + why.what());
}

}  // namespace

PictureFile::PictureFile(std::string_view bytes, std::string type, int64_t most_pixels, int64_t most_pages)
    : bytes_(bytes), type_(std::move(type)), most_pixels_(most_pixels) {
  try {
    for (const Stored& stored : headers(bytes_, type_, most_pages))
      sizes_.push_back(stored.orientation >= 5 ? PictureSize{stored.height, stored.width}
                                               : PictureSize{stored.width, stored.height});
  } catch (const DocumentFailure&) {
    throw;
  } catch (const Error& why) {
    corrupt(why);
  }
  if (sizes_.empty()) throw DocumentFailure(Fault::unreadable, "no_pages", "the TIFF file holds no picture");
}

Picture PictureFile::read(int64_t page, std::vector<Warning>& warnings) const {
  const PictureSize size = this->size(page);
  if (size.width < 1 || size.height < 1) throw DocumentFailure(Fault::unreadable, "corrupt", "the picture has no pixels");
  if (int64_t(size.width) * size.height > most_pixels_)
    throw DocumentFailure(Fault::limit, "too_large",
                          "the picture has " + std::to_string(size.width) + " x " + std::to_string(size.height) +
                              " pixels, over the limit of " + std::to_string(most_pixels_) +
                              "; scale it down or raise the limit with --max-pixels");
  std::string damage;
  Picture picture;
  int orientation = 1;
  try {
    if (type_ == "jpeg")
      picture = jpeg_pixels(bytes_, damage), orientation = jpeg_header(bytes_).orientation;
    else if (type_ == "png")
      picture = png_pixels(bytes_, damage), orientation = png_header(bytes_).orientation;
    else if (type_ == "webp")
      picture = webp_pixels(bytes_, damage), orientation = webp_header(bytes_).orientation;
    else {
      picture = tiff_pixels(bytes_, page - 1, damage);
      orientation = tiff_headers(bytes_, page)[size_t(page - 1)].orientation;
      if (orientation < 5) orientation = 1;  // done by the decoder
    }
  } catch (const DocumentFailure&) {
    throw;
  } catch (const Error& why) {
    corrupt(why);
  }
  if (!damage.empty()) warnings.push_back({"damaged_image", page, damage});
  return oriented(std::move(picture), orientation);
}

}  // namespace bifrons
