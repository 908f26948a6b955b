// vision/image_header.cpp - the headers of JPEG, PNG, BMP, GIF and TGA. Sources: ITU-T T.81, the PNG and GIF89a specifications,
// the Windows BITMAPINFOHEADER, the Truevision TGA 2.0 specification, EXIF 2.3 (a TIFF block).
#include "vision/image_header.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "kernels/core/error.h"
#include "vision/file_bytes.h"
#include "vision/jpeg_file.h"

namespace bifrons {
namespace {

// Formats that people hand over and that we do not read, by their first bytes.
std::string_view foreign_format(const Bytes& file) {
  const std::string_view start = file.text(0, 1024);
  if (start.starts_with("RIFF") && file.text(8, 4) == "WEBP") return "a WebP picture";
  if (start.starts_with(std::string_view("II*\0", 4)) || start.starts_with(std::string_view("MM\0*", 4)) ||
      start.starts_with(std::string_view("II+\0", 4)) || start.starts_with(std::string_view("MM\0+", 4)))
    return "a TIFF picture";
  if (file.text(4, 4) == "ftyp") {
    const std::string_view brand = file.text(8, 4);
    if (brand == "avif" || brand == "avis") return "an AVIF picture";
    if (brand == "heic" || brand == "heix" || brand == "hevc" || brand == "mif1" || brand == "msf1") return "a HEIC picture";
    return "an MP4-like media file";
  }
  if (start.starts_with("%PDF")) return "a PDF document";
  if (start.starts_with("8BPS")) return "a Photoshop picture";
  if (start.starts_with("\xff\x0a") || start.starts_with(std::string_view("\0\0\0\x0cJXL ", 8))) return "a JPEG XL picture";
  if (start.starts_with(std::string_view("\0\0\0\x0cjP  ", 8)) || start.starts_with("\xff\x4f\xff\x51"))
    return "a JPEG 2000 picture";
  if (start.starts_with(std::string_view("\0\0\1\0", 4)) && start.size() >= 22) return "a Windows icon";
  if (start.size() > 2 && start[0] == 'P' && start[1] >= '1' && start[1] <= '7' &&
      std::string_view(" \n\r\t").find(start[2]) != std::string_view::npos)
    return "a PNM picture";
  if (start.starts_with("\x76\x2f\x31\x01")) return "an OpenEXR picture";
  if (start.starts_with("qoif")) return "a QOI picture";
  if (start.starts_with("PK\x03\x04")) return "a zip archive";
  if (start.starts_with("\x1f\x8b")) return "a gzip file";
  if (start.find("<svg") != std::string_view::npos) return "an SVG drawing";
  if (start.starts_with("<?xml") || start.starts_with("<!DOCTYPE") || start.starts_with("<html")) return "an XML or HTML file";
  return {};
}

// ---- PNG ------------------------------------------------------------------------------------------------------------

void check_png(ImageHeader& header, const Bytes& file, const std::string& name) {
  const uint32_t depth = file.u8(24).value_or(0), colour = file.u8(25).value_or(0);
  const int64_t samples = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
  int64_t data_bytes = 0;
  bool whole = false;
  for (size_t at = 8; !whole;) {
    const auto length = file.big32(at);
    if (!length || !file.has(at + 8, size_t(*length) + 4)) ends_early(name, "PNG");
    const std::string_view type = file.text(at + 4, 4);
    const bool critical = (uint8_t(type[0]) & 0x20) == 0;
    if (critical || type == "eXIf") {
      const uint32_t stated = *file.big32(at + 8 + *length), found = crc32(file.all.subspan(at + 4, size_t(*length) + 4));
      if (stated != found && critical)
        fail(Fault::unreadable, name, ": the checksum of PNG chunk ", type, " at byte ", at, " is wrong: the file is damaged");
      if (stated == found && !critical) header.orientation = exif_orientation(file.all.subspan(at + 8, *length)).value_or(1);
    }
    if (type == "IDAT") data_bytes += *length;
    whole = type == "IEND";
    at += size_t(*length) + 12;
  }
  // Deflate cannot shrink by more than 1032.
  const int64_t row_bytes = (header.width * samples * int64_t(depth) + 7) / 8 + 1;
  if (data_bytes * 1032 < row_bytes * header.height) ends_early(name, "PNG");
}

// ---- GIF ------------------------------------------------------------------------------------------------------------

// Behind the data sub-blocks that begin at `at`, adding their bytes to `total`; nothing when the file ends inside.
std::optional<size_t> skip_sub_blocks(const Bytes& file, size_t at, int64_t& total) {
  while (const auto length = file.u8(at)) {
    ++at;
    if (*length == 0) return at;
    if (!file.has(at, *length)) return std::nullopt;
    at += *length, total += *length;
  }
  return std::nullopt;
}

void check_gif(ImageHeader& header, const Bytes& file, const std::string& name) {
  const auto palette_bytes = [](uint32_t flags) { return flags & 0x80 ? size_t(3) * (size_t(2) << (flags & 7)) : 0; };
  ImageHeader::Frame& frame = header.frame;
  const size_t shared_palette = palette_bytes(file.u8(10).value_or(0));
  uint32_t transparent_index = 0;
  size_t at = 13 + shared_palette;
  while (const auto kind = file.u8(at)) {
    int64_t data_bytes = 0;
    if (*kind == 0x21) {
      const bool control = file.u8(at + 1) == 0xf9u && file.u8(at + 2) == 4u;
      const auto next = skip_sub_blocks(file, at + 2, data_bytes);
      if (!next) break;
      if (control && (*file.u8(at + 3) & 1)) frame.transparency = at + 3, transparent_index = *file.u8(at + 6);
      at = *next;
    } else if (*kind == 0x2c) {
      const auto flags = file.u8(at + 9);
      if (!flags) break;
      frame.x = *file.little16(at + 1), frame.y = *file.little16(at + 3);
      frame.width = *file.little16(at + 5), frame.height = *file.little16(at + 7);
      const size_t own_palette = palette_bytes(*flags), data = at + 10 + own_palette;
      // What the frame leaves open is, in Pillow, the transparent colour, or else the first one.
      const size_t palette = own_palette ? at + 10 : 13, length = own_palette ? own_palette : shared_palette;
      if (size_t(transparent_index) * 3 < length)
        for (size_t c = 0; c < 3; ++c) frame.outside[c] = uint8_t(file.u8(palette + transparent_index * 3 + c).value_or(0));
      // The longest LZW string has 4096 pixels and the codes for it 12 bits.
      if (skip_sub_blocks(file, data + 1, data_bytes) && data_bytes * 2731 >= frame.width * frame.height) return;
      break;
    } else if (*kind == 0x3b) {
      fail(Fault::unreadable, name, ": a GIF without a picture in it");
    } else {
      fail(Fault::unreadable, name, ": GIF block of unknown kind ", *kind, " at byte ", at);
    }
  }
  ends_early(name, "GIF");
}

// ---- BMP and TGA ----------------------------------------------------------------------------------------------------

void check_bmp(const ImageHeader& header, const Bytes& file, const std::string& name) {
  const bool old = file.little32(14) == 12u;
  const uint32_t offset = file.little32(10).value_or(0), bits = file.little16(old ? 24 : 28).value_or(0);
  const uint32_t compression = old ? 0 : file.little32(30).value_or(0);
  if (compression != 0 && compression != 3)
    fail(Fault::unreadable, name, ": a compressed BMP (kind ", compression, "), which is not read here: save it as PNG");
  const int64_t row = (header.width * bits + 7) / 8, padded = (row + 3) / 4 * 4;
  if (int64_t(file.all.size()) < offset + padded * (header.height - 1) + row) ends_early(name, "BMP");
}

void check_tga(const ImageHeader& header, const Bytes& file, const std::string& name) {
  const uint32_t map_length = *file.little16(5), map_bits = *file.u8(7), kind = *file.u8(2), bits = *file.u8(16);
  const int64_t map_bytes = *file.u8(1) ? int64_t(map_length) * ((map_bits + 7) / 8) : 0, bytes = (bits + 7) / 8;
  const int64_t pixels = header.width * header.height, begin = 18 + int64_t(*file.u8(0)) + map_bytes;
  // Run-length coding: at best 128 pixels in a packet of one byte and one pixel.
  const int64_t needed = kind >= 9 ? (pixels + 127) / 128 * (1 + bytes) : pixels * bytes;
  if (int64_t(file.all.size()) < begin + needed) ends_early(name, "TGA");
}

bool looks_like_tga(const Bytes& file) {  // TGA has no magic number: everything in the header must make sense
  if (file.all.size() < 18) return false;
  const uint32_t map = *file.u8(1), kind = *file.u8(2), bits = *file.u8(16), map_bits = *file.u8(7);
  const bool mapped = kind == 1 || kind == 9, known = mapped || kind == 2 || kind == 3 || kind == 10 || kind == 11;
  if (map > 1 || !known || mapped != (map == 1)) return false;
  if (map && map_bits != 8 && map_bits != 15 && map_bits != 16 && map_bits != 24 && map_bits != 32) return false;
  if (*file.little16(12) == 0 || *file.little16(14) == 0) return false;
  return bits == 8 || (!mapped && (bits == 15 || bits == 16 || bits == 24 || bits == 32)) || (mapped && bits == 16);
}

}  // namespace

std::string_view name_of(ImageFormat format) {
  constexpr std::array<std::string_view, 5> names{"JPEG", "PNG", "BMP", "GIF", "TGA"};
  return names[size_t(format)];
}

uint32_t crc32(std::span<const std::byte> bytes, uint32_t crc) {
  static const auto table = [] {
    std::array<uint32_t, 256> t{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
      t[i] = c;
    }
    return t;
  }();
  crc = ~crc;
  for (std::byte b : bytes) crc = table[(crc ^ uint32_t(b)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

std::optional<int> exif_orientation(std::span<const std::byte> tiff) {
  const Bytes block{tiff};
  const std::string_view order = block.text(0, 2);
  if (order != "II" && order != "MM") return std::nullopt;
  const bool big = order == "MM";
  const auto directory = block.number(4, 4, big);
  if (block.number(2, 2, big) != 42u || !directory) return std::nullopt;
  const auto entries = block.number(*directory, 2, big);
  for (uint32_t i = 0; i < entries.value_or(0); ++i) {
    const size_t entry = size_t(*directory) + 2 + 12 * size_t(i);  // tag, type, count, value
    const auto tag = block.number(entry, 2, big);
    if (!tag) break;
    if (*tag != 0x0112) continue;
    const auto value = block.number(entry + 8, 2, big);
    if (block.number(entry + 2, 2, big) == 3u && value && *value >= 1 && *value <= 8) return int(*value);
    break;
  }
  return std::nullopt;
}

ImageHeader read_image_header(std::span<const std::byte> bytes, const std::string& name) {
  const Bytes file{bytes};
  ImageHeader header;
  const std::string_view start = file.text(0, 8);
  if (bytes.empty()) fail(Fault::unreadable, name, ": the file is empty, not a picture");
  if (start.starts_with("\xff\xd8\xff")) {
    header.format = ImageFormat::jpeg;
    std::tie(header.width, header.height) = jpeg_size(bytes, name);
  } else if (start.starts_with("\x89PNG\r\n\x1a\n")) {
    header.format = ImageFormat::png;
    const auto width = file.big32(16), height = file.big32(20);
    if (!width || !height || file.all.size() < 33) ends_early(name, "PNG");
    if (file.text(12, 4) != "IHDR") fail(Fault::unreadable, name, ": PNG that does not begin with its header chunk");
    header.width = *width, header.height = *height;
  } else if (start.starts_with("GIF87a") || start.starts_with("GIF89a")) {
    header.format = ImageFormat::gif;
    const auto width = file.little16(6), height = file.little16(8);
    if (!width || !height) ends_early(name, "GIF");
    header.width = *width, header.height = *height;
  } else if (start.starts_with("BM")) {
    header.format = ImageFormat::bmp;
    const bool old = file.little32(14) == 12u;
    const auto width = old ? file.little16(18) : file.little32(18), height = old ? file.little16(20) : file.little32(22);
    if (!width || !height || !file.has(0, old ? 26 : 54)) ends_early(name, "BMP");
    header.width = old ? *width : int64_t(int32_t(*width));
    header.height = old ? *height : std::abs(int64_t(int32_t(*height)));  // negative: rows from the top
  } else if (const std::string_view other = foreign_format(file); !other.empty()) {
    fail(Fault::unreadable, name, ": is ", other, ", which is not read here: save it as JPEG or PNG");
  } else if (looks_like_tga(file)) {
    header.format = ImageFormat::tga;
    header.width = *file.little16(12), header.height = *file.little16(14);
  } else {
    fail(Fault::unreadable, name, ": is no picture in a format read here (JPEG, PNG, BMP, GIF, TGA)");
  }
  if (header.width <= 0 || header.height <= 0)
    fail(Fault::unreadable, name, ": this ", name_of(header.format), " picture says it is ", header.width, "x", header.height,
         " pixels");
  return header;
}

std::vector<std::byte> check_image(ImageHeader& header, std::span<const std::byte> bytes, const std::string& name) {
  const Bytes file{bytes};
  switch (header.format) {
    case ImageFormat::jpeg: {
      JpegFile jpeg = read_jpeg(bytes, name);
      header.orientation = jpeg.orientation;
      return std::move(jpeg.plain);
    }
    case ImageFormat::png: check_png(header, file, name); break;
    case ImageFormat::gif: check_gif(header, file, name); break;
    case ImageFormat::bmp: check_bmp(header, file, name); break;
    case ImageFormat::tga: check_tga(header, file, name); break;
  }
  return {};
}

}  // namespace bifrons
