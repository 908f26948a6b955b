// tests/ocr/reader/pictures.h - pixels to JPEG, PNG, TIFF and WebP files of every kind the reader must take.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bifrons {

struct Pixels {
  int width = 0, height = 0, channels = 3;  // 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA or CMYK
  std::vector<uint8_t> values;
};

std::string png_file(const Pixels& pixels, int bits = 8);  // 16: the low byte repeats the high one
std::string palette_png_file(const Pixels& gray);          // 4-bit palette of 16 grays, 15 is black
std::string jpeg_file(const Pixels& pixels, int exif_orientation = 0, bool cmyk = false);
// bits 1: black below 128, CCITT G4. across, down: dots to the inch; 0: not said.
std::string tiff_file(const std::vector<Pixels>& pages, int bits = 8, int orientation = 1, float across = 0, float down = 0);
std::string webp_file(const Pixels& pixels);

Pixels turned(const Pixels& pixels, int quarter_turns);  // clockwise
Pixels gray_of(const Pixels& rgb);
Pixels inverted(const Pixels& pixels);

}  // namespace bifrons
