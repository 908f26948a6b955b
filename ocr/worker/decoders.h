// ocr/worker/decoders.h - one library each: the size from the header, and the pixels. Behind picture_file.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ocr/worker/picture_file.h"

namespace bifrons {

// The pixels as stored (orientation not applied). `damage` says what was worked around; empty: nothing. Throw Error.
struct Stored {
  int width = 0, height = 0;
  int orientation = 1;  // EXIF's 1 to 8
};
Stored jpeg_header(std::string_view bytes);
Picture jpeg_pixels(std::string_view bytes, std::string& damage);
Stored png_header(std::string_view bytes);
Picture png_pixels(std::string_view bytes, std::string& damage);
Stored webp_header(std::string_view bytes);
Picture webp_pixels(std::string_view bytes, std::string& damage);
std::vector<Stored> tiff_headers(std::string_view bytes, int64_t most);
Picture tiff_pixels(std::string_view bytes, int64_t index, std::string& damage);  // from 0; orientation 1 to 4 applied

// Orientation in a block of EXIF (TIFF structure, with or without "Exif\0\0" before it); 1 when there is none.
int exif_orientation(std::string_view block);
Picture oriented(Picture picture, int orientation);

// RGBA, not premultiplied, to RGB on white; on black when everything would vanish on white (white strokes on nothing).
Picture on_paper(const uint8_t* rgba, int width, int height);

}  // namespace bifrons
