// tests/ocr/reader/pictures.cpp - see pictures.h.
#include "tests/ocr/reader/pictures.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <jpeglib.h>
#include <png.h>
#include <stdlib.h>
#include <tiffio.h>
#include <unistd.h>
#include <webp/encode.h>

namespace bifrons {
namespace {

std::string png(const std::vector<uint8_t>& rows, int width, int height, int bits, int colour, size_t row_bytes) {
  std::string out;
  png_structp file = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(file);
  png_set_write_fn(
      file, &out,
      [](png_structp f, png_bytep bytes, size_t n) {
        static_cast<std::string*>(png_get_io_ptr(f))->append(reinterpret_cast<char*>(bytes), n);
      },
      nullptr);
  png_set_IHDR(file, info, png_uint_32(width), png_uint_32(height), bits, colour, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_color palette[16];
  for (int i = 0; i < 16; ++i) palette[i].red = palette[i].green = palette[i].blue = png_byte(255 - 17 * i);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(file, info, palette, 16);
  png_write_info(file, info);
  for (int y = 0; y < height; ++y) png_write_row(file, rows.data() + size_t(y) * row_bytes);
  png_write_end(file, nullptr);
  png_destroy_write_struct(&file, &info);
  return out;
}

}  // namespace

std::string png_file(const Pixels& p, int bits) {
  const int colours[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA};
  std::vector<uint8_t> rows;
  for (const uint8_t value : p.values) rows.insert(rows.end(), size_t(bits / 8), value);
  return png(rows, p.width, p.height, bits, colours[p.channels], size_t(p.width * p.channels * bits / 8));
}

std::string palette_png_file(const Pixels& p) {
  const size_t row_bytes = size_t(p.width + 1) / 2;
  std::vector<uint8_t> rows(row_bytes * size_t(p.height), 0);
  for (int y = 0; y < p.height; ++y)
    for (int x = 0; x < p.width; ++x) {
      const auto index = uint8_t((255 - p.values[size_t(y * p.width + x)]) / 17);
      rows[size_t(y) * row_bytes + size_t(x / 2)] |= uint8_t(x % 2 == 0 ? index << 4 : index);
    }
  return png(rows, p.width, p.height, 4, PNG_COLOR_TYPE_PALETTE, row_bytes);
}

std::string jpeg_file(const Pixels& p, int exif_orientation, bool cmyk) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = JDIMENSION(p.width), info.image_height = JDIMENSION(p.height);
  info.input_components = p.channels;
  info.in_color_space = cmyk ? JCS_CMYK : p.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 95, TRUE);
  jpeg_start_compress(&info, TRUE);
  if (exif_orientation > 0) {
    std::string block = std::string("Exif\0\0II*\0\x08\0\0\0", 14) + std::string("\x01\0\x12\x01\x03\0\x01\0\0\0", 10) +
                        char(exif_orientation) + std::string("\0\0\0\0\0\0\0", 7);
    jpeg_write_marker(&info, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(block.data()), unsigned(block.size()));
  }
  for (int y = 0; y < p.height; ++y) {
    auto* row = const_cast<uint8_t*>(p.values.data() + size_t(y) * size_t(p.width) * size_t(p.channels));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  std::string out(reinterpret_cast<char*>(memory), size);
  jpeg_destroy_compress(&info);
  std::free(memory);
  return out;
}

std::string tiff_file(const std::vector<Pixels>& pages, int bits, int orientation, float across, float down) {
  char name[] = "/tmp/bifrons-test-XXXXXX";
  const int descriptor = ::mkstemp(name);
  if (descriptor < 0) throw std::runtime_error("no temporary file");
  ::close(descriptor);
  TIFF* file = TIFFOpen(name, "w");
  for (const Pixels& p : pages) {
    TIFFSetField(file, TIFFTAG_IMAGEWIDTH, p.width);
    TIFFSetField(file, TIFFTAG_IMAGELENGTH, p.height);
    TIFFSetField(file, TIFFTAG_ORIENTATION, orientation);
    if (across > 0) TIFFSetField(file, TIFFTAG_XRESOLUTION, across);
    if (down > 0) TIFFSetField(file, TIFFTAG_YRESOLUTION, down);
    TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, bits == 1 ? 1 : p.channels);
    TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(file, TIFFTAG_PHOTOMETRIC,
                 bits == 1         ? PHOTOMETRIC_MINISWHITE
                 : p.channels == 1 ? PHOTOMETRIC_MINISBLACK
                 : p.channels == 4 ? PHOTOMETRIC_SEPARATED
                                   : PHOTOMETRIC_RGB);
    TIFFSetField(file, TIFFTAG_COMPRESSION, bits == 1 ? COMPRESSION_CCITTFAX4 : COMPRESSION_LZW);
    TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, 64);
    for (int y = 0; y < p.height; ++y) {
      std::vector<uint8_t> row;
      const uint8_t* from = p.values.data() + size_t(y) * size_t(p.width) * size_t(p.channels);
      if (bits == 1) {
        row.assign(size_t(p.width + 7) / 8, 0);
        for (int x = 0; x < p.width; ++x)
          if (from[x * p.channels] < 128) row[size_t(x / 8)] |= uint8_t(128 >> x % 8);
      } else {
        for (int x = 0; x < p.width * p.channels; ++x) row.insert(row.end(), size_t(bits / 8), from[x]);
      }
      TIFFWriteScanline(file, row.data(), uint32_t(y), 0);
    }
    TIFFWriteDirectory(file);
  }
  TIFFClose(file);
  std::string out;
  if (FILE* back = std::fopen(name, "rb")) {
    char block[65536];
    for (size_t n; (n = std::fread(block, 1, sizeof block, back)) > 0;) out.append(block, n);
    std::fclose(back);
  }
  ::unlink(name);
  return out;
}

std::string webp_file(const Pixels& p) {
  uint8_t* memory = nullptr;
  const size_t size = p.channels == 4 ? WebPEncodeLosslessRGBA(p.values.data(), p.width, p.height, p.width * 4, &memory)
                                      : WebPEncodeLosslessRGB(p.values.data(), p.width, p.height, p.width * 3, &memory);
  std::string out(reinterpret_cast<char*>(memory), size);
  WebPFree(memory);
  return out;
}

Pixels turned(const Pixels& p, int quarter_turns) {
  Pixels out = p;
  for (int turn = 0; turn < (quarter_turns & 3); ++turn) {
    const Pixels from = out;
    out.width = from.height, out.height = from.width;
    for (int y = 0; y < out.height; ++y)
      for (int x = 0; x < out.width; ++x)
        for (int c = 0; c < p.channels; ++c)
          out.values[size_t((y * out.width + x) * p.channels + c)] =
              from.values[size_t(((from.height - 1 - x) * from.width + y) * p.channels + c)];
  }
  return out;
}

Pixels gray_of(const Pixels& p) {
  Pixels out{p.width, p.height, 1, {}};
  for (size_t i = 0; i < p.values.size(); i += size_t(p.channels)) out.values.push_back(p.values[i]);
  return out;
}

Pixels inverted(const Pixels& p) {
  Pixels out = p;
  for (uint8_t& value : out.values) value = uint8_t(255 - value);
  return out;
}

}  // namespace bifrons
