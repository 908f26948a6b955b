// ocr/worker/decode_png.cpp - PNG by libpng, row by row, so that a file that is cut short still gives its upper part.
#include <csetjmp>
#include <cstring>

#include <png.h>

#include "kernels/core/error.h"
#include "ocr/worker/decoders.h"

namespace bifrons {
namespace {

// As in decode_jpeg.cpp: no destructor between setjmp and longjmp.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : left_(bytes) {
    png_ = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, this,
        [](png_structp png, png_const_charp) { std::longjmp(static_cast<Decoder*>(png_get_error_ptr(png))->back_, 1); },
        [](png_structp, png_const_charp) {});
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) fail(Fault::other, "PNG: no memory");
    png_set_read_fn(png_, this, [](png_structp png, png_bytep into, size_t n) {
      auto* self = static_cast<Decoder*>(png_get_io_ptr(png));
      if (n > self->left_.size()) {
        self->cut_short_ = true;
        png_error(png, "");
      }
      std::memcpy(into, self->left_.data(), n);
      self->left_.remove_prefix(n);
    });
  }
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }

  bool header() {
    if (setjmp(back_) != 0) return false;
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // picture_file.cpp says what is too large
    png_set_chunk_malloc_max(png_, 8u << 20);                     // of a text or colour profile
    png_set_chunk_cache_max(png_, 100);
    png_set_crc_action(png_, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
    png_read_info(png_, info_);
    return true;
  }
  bool start() {  // everything becomes 8-bit RGBA
    if (setjmp(back_) != 0) return false;
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_add_alpha(png_, 255, PNG_FILLER_AFTER);
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }
  bool row(unsigned char* into) {
    if (setjmp(back_) != 0) return false;
    png_read_row(png_, into, nullptr);
    return true;
  }
  int orientation() {
    png_uint_32 n = 0;
    png_bytep block = nullptr;
    if (png_get_eXIf_1(png_, info_, &n, &block) == 0) return 1;
    return exif_orientation({reinterpret_cast<const char*>(block), n});
  }
  int passes() const { return passes_; }
  int width() const { return int(png_get_image_width(png_, info_)); }
  int height() const { return int(png_get_image_height(png_, info_)); }
  double dpi() const { return png_get_x_pixels_per_meter(png_, info_) * 0.0254; }
  // In our words: libpng's ("Invalid IHDR data") are for those who write programs.
  const char* message() const { return cut_short_ ? "the file is cut short" : "its header or data make no sense"; }

 private:
  std::string_view left_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf back_;
  bool cut_short_ = false;
  int passes_ = 1;
};

}  // namespace

Stored png_header(std::string_view bytes) {
  Decoder decoder(bytes);
  if (!decoder.header()) fail(Fault::unreadable, "PNG: ", decoder.message());
  return {decoder.width(), decoder.height(), decoder.orientation()};
}

Picture png_pixels(std::string_view bytes, std::string& damage) {
  Decoder decoder(bytes);
  if (!decoder.header() || !decoder.start()) fail(Fault::unreadable, "PNG: ", decoder.message());
  const int width = decoder.width(), height = decoder.height();
  std::vector<uint8_t> rgba(size_t(width) * size_t(height) * 4, 255);
  int rows = 0;
  bool whole = true;
  for (int pass = 0; pass < decoder.passes() && whole; ++pass)
    for (int y = 0; y < height && whole; ++y) {
      whole = decoder.row(rgba.data() + size_t(y) * size_t(width) * 4);
      if (whole) rows = std::max(rows, y + 1);
    }
  if (rows == 0) fail(Fault::unreadable, "PNG: ", decoder.message());
  if (!whole)
    damage = "the picture is cut short or damaged after " + std::to_string(rows) + " of " + std::to_string(height) + " rows";
  Picture picture = on_paper(rgba.data(), width, height);
  picture.dpi = decoder.dpi();
  return picture;
}

}  // namespace bifrons
