// vision/image.h - pictures as 8-bit RGB: decoding of hostile files, EXIF orientation, PNG writing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bifrons {

struct Image {
  int64_t width = 0, height = 0;
  std::vector<uint8_t> rgb;  // [height, width, 3]

  Image() = default;
  Image(int64_t w, int64_t h) : width(w), height(h), rgb(size_t(w * h * 3)) {}
};

struct ImageLimits {
  int64_t pixels = 100'000'000;  // width * height, checked from the header before decoding
  int64_t side = 65535;          // pixels
  size_t file_bytes = 256u << 20;
};

// JPEG, PNG, BMP, GIF (first frame), TGA by stb_image, the Pillow way of convert("RGB"): alpha dropped, grey and palette
// expanded, 16 bits shifted to 8, CMYK converted. A file that ends early is an error although stb_image says nothing. "-" is
// stdin. Throws Fault::unreadable, or Fault::limit from the header alone.
Image load_image(const std::filesystem::path& path, bool apply_exif = false, const ImageLimits& limits = {});
Image decode_image(std::span<const std::byte> bytes, const std::string& name_for_errors, bool apply_exif = false,
                   const ImageLimits& limits = {});

// The same as a viewer shows it: what is transparent lies on white paper. Empty when the file has no alpha. PNG only.
std::optional<Image> load_on_white(const std::filesystem::path& path, bool apply_exif = false, const ImageLimits& limits = {});

// PNG with text chunks (iTXt/tEXt by need), as bytes; who writes them to a file uses OutputFile.
std::vector<std::byte> encode_png(const Image& image, std::span<const std::pair<std::string, std::string>> text = {});

}  // namespace bifrons
