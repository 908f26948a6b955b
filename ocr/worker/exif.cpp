// ocr/worker/exif.cpp - the orientation tag, turning pictures by it, and alpha onto paper. Source: Exif 2.32, 4.6.4; TIFF 6.0
// page 36.
#include <algorithm>
#include <cstdint>

#include "ocr/worker/decoders.h"

namespace bifrons {

int exif_orientation(std::string_view block) {
  if (block.starts_with(std::string_view("Exif\0\0", 6))) block.remove_prefix(6);
  const bool little = block.starts_with("II");
  if (!little && !block.starts_with("MM")) return 1;
  const auto number = [&](size_t at, size_t bytes) -> uint32_t {
    if (at > block.size() || bytes > block.size() - at) return 0;
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; ++i)
      value |= uint32_t(static_cast<unsigned char>(block[at + i])) << 8 * (little ? i : bytes - 1 - i);
    return value;
  };
  const size_t directory = number(4, 4);
  const size_t entries = number(directory, 2);
  for (size_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + 12 * i;
    if (number(entry, 2) == 0x0112 && number(entry + 2, 2) == 3) {  // Orientation, a SHORT
      const uint32_t value = number(entry + 8, 2);
      return value >= 1 && value <= 8 ? int(value) : 1;
    }
  }
  return 1;
}

Picture oriented(Picture picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  const bool transposed = orientation >= 5;
  Picture turned;
  turned.width = transposed ? picture.height : picture.width;
  turned.height = transposed ? picture.width : picture.height;
  turned.channels = picture.channels;
  turned.dpi = transposed ? picture.dpi / picture.pixel_height : picture.dpi;
  turned.pixel_height = transposed ? 1 / picture.pixel_height : picture.pixel_height;
  turned.pixels.resize(picture.pixels.size());
  const int right = picture.width - 1, bottom = picture.height - 1;
  const size_t channels = size_t(picture.channels);
  for (int y = 0; y < turned.height; ++y)
    for (int x = 0; x < turned.width; ++x) {
      int from_x = transposed ? y : x, from_y = transposed ? x : y;
      // 2, 3: mirrored, upside down; 6: to be turned clockwise, 8: anticlockwise; 5, 7: those mirrored.
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) from_x = right - from_x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) from_y = bottom - from_y;
      const uint8_t* from = &picture.pixels[(size_t(from_y) * size_t(picture.width) + size_t(from_x)) * channels];
      std::copy_n(from, channels, &turned.pixels[(size_t(y) * size_t(turned.width) + size_t(x)) * channels]);
    }
  return turned;
}

Picture on_paper(const uint8_t* rgba, int width, int height) {
  Picture picture;
  picture.width = width, picture.height = height, picture.channels = 3;
  const size_t pixels = size_t(width) * size_t(height);
  picture.pixels.resize(pixels * 3);
  for (const int paper : {255, 0}) {
    int darkest = 255, brightest = 0, seen = 0;
    for (size_t i = 0; i < pixels; ++i) {
      const int alpha = rgba[4 * i + 3];
      seen = std::max(seen, alpha);
      for (size_t c = 0; c < 3; ++c) {
        const int own = rgba[4 * i + c];
        const int value = alpha == 255 ? own : (own * alpha + paper * (255 - alpha) + 127) / 255;
        picture.pixels[3 * i + c] = uint8_t(value);
        darkest = std::min(darkest, value), brightest = std::max(brightest, value);
      }
    }
    if (brightest - darkest > 16 || seen == 0) break;  // something is to be seen, or nothing is there at all
  }
  return picture;
}

}  // namespace bifrons
