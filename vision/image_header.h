// vision/image_header.h - what a picture file says about itself, read before a decoder is let near it: format, size, EXIF
// orientation, and whether the file is whole. Reads only inside the given bytes and allocates nothing that grows with them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

enum class ImageFormat { jpeg, png, bmp, gif, tga };
std::string_view name_of(ImageFormat format);  // "JPEG"

struct ImageHeader {
  ImageFormat format = ImageFormat::png;
  int64_t width = 0, height = 0;
  int orientation = 1;  // EXIF: 1 upright ... 8
  // A GIF's first frame may be smaller than the picture; the rest is then in `outside`, a colour of its palette.
  struct Frame {
    int64_t x = 0, y = 0, width = 0, height = 0;
    std::array<uint8_t, 3> outside{};
    size_t transparency = 0;  // offset of the byte whose lowest bit makes one colour transparent; 0 when there is none
  } frame;
};

// Throws Fault::unreadable, naming the format where it is one that is known but not read here (WebP, TIFF, ...).
ImageHeader read_image_header(std::span<const std::byte> bytes, const std::string& name);

// Throws Fault::unreadable when the file cannot hold the picture its header promises: it ends early, its checksums are wrong,
// or it has fewer bytes than the format needs for so many pixels at the best. A decoder would fill the rest with grey.
// Also notes in the header what only this walk through the file finds (orientation, frame). Returns the file as it is safe to
// decode (JPEG, see jpeg_file.h), or nothing: as it is.
std::vector<std::byte> check_image(ImageHeader& header, std::span<const std::byte> bytes, const std::string& name);

// The orientation tag of a TIFF block as EXIF stores it; empty when there is none or it is no number from 1 to 8.
std::optional<int> exif_orientation(std::span<const std::byte> tiff);

uint32_t crc32(std::span<const std::byte> bytes, uint32_t crc = 0);  // of PNG chunks

}  // namespace bifrons
