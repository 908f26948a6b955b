// ocr/worker/decode_jpeg.cpp - JPEG by libjpeg-turbo: gray, colour, CMYK.
#include <csetjmp>
#include <cstdio>
#include <memory>

#include <jpeglib.h>

#include "kernels/core/error.h"
#include "ocr/worker/decoders.h"

namespace bifrons {
namespace {

constexpr const char* damaged = "JPEG: its header is damaged, or of a kind that is not read";

struct Errors {
  jpeg_error_mgr base;
  std::jmp_buf back;
};

// The library leaves by longjmp, which must not cross objects with destructors: everything that owns is outside of `run`.
class Decoder {
 public:
  Decoder() {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = [](j_common_ptr info) { std::longjmp(reinterpret_cast<Errors*>(info->err)->back, 1); };
    errors_.base.output_message = [](j_common_ptr) {};
  }
  ~Decoder() { jpeg_destroy_decompress(&info_); }

  bool header(std::string_view bytes) {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_save_markers(&info_, JPEG_APP0 + 1, 0xffff);  // EXIF
    jpeg_read_header(&info_, TRUE);
    return true;
  }
  bool start() {
    if (setjmp(errors_.back) != 0) return false;
    const bool four = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
    info_.out_color_space = four ? JCS_CMYK : info_.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&info_);
    return true;
  }
  bool row(unsigned char* into) {
    if (setjmp(errors_.back) != 0) return false;
    JSAMPROW rows[1] = {into};
    return jpeg_read_scanlines(&info_, rows, 1) == 1;
  }
  const jpeg_decompress_struct& info() const { return info_; }
  long warnings() const { return errors_.base.num_warnings; }

 private:
  jpeg_decompress_struct info_{};
  Errors errors_{};
};

}  // namespace

Stored jpeg_header(std::string_view bytes) {
  Decoder decoder;
  if (!decoder.header(bytes)) fail(Fault::unreadable, damaged);
  Stored stored{int(decoder.info().image_width), int(decoder.info().image_height), 1};
  for (auto* marker = decoder.info().marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view block(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (block.starts_with("Exif")) {
      stored.orientation = exif_orientation(block);
      break;
    }
  }
  return stored;
}

Picture jpeg_pixels(std::string_view bytes, std::string& damage) {
  Decoder decoder;
  if (!decoder.header(bytes) || !decoder.start()) fail(Fault::unreadable, damaged);
  const auto& info = decoder.info();
  Picture picture;
  picture.width = int(info.output_width), picture.height = int(info.output_height);
  picture.channels = info.out_color_space == JCS_GRAYSCALE ? 1 : 3;
  if (info.density_unit == 1) picture.dpi = info.X_density;         // dots per inch
  if (info.density_unit == 2) picture.dpi = info.X_density * 2.54;  // per centimetre
  const size_t row_bytes = size_t(picture.width) * size_t(picture.channels);
  picture.pixels.assign(row_bytes * size_t(picture.height), 255);
  std::vector<unsigned char> four(info.out_color_space == JCS_CMYK ? size_t(picture.width) * 4 : 0);
  const bool inverted = info.saw_Adobe_marker != 0;  // Adobe writes CMYK as 255 - ink
  int rows = 0;
  for (; rows < picture.height; ++rows) {
    uint8_t* into = picture.pixels.data() + size_t(rows) * row_bytes;
    if (!decoder.row(four.empty() ? into : four.data())) break;
    for (size_t x = 0; x < four.size() / 4; ++x)
      for (size_t c = 0; c < 3; ++c) {
        const int colour = four[4 * x + c], black = four[4 * x + 3];
        into[3 * x + c] = uint8_t(inverted ? colour * black / 255 : (255 - colour) * (255 - black) / 255);
      }
  }
  if (rows == 0) fail(Fault::unreadable, "JPEG: no row can be decoded");
  if (rows < picture.height)
    damage = "the picture ends after " + std::to_string(rows) + " of " + std::to_string(picture.height) + " rows";
  else if (decoder.warnings() > 0)
    damage = "the picture's data are damaged or cut short; what is missing is gray";
  return picture;
}

}  // namespace bifrons
