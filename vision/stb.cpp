// vision/stb.cpp - the implementations of stb_image and stb_image_write, compiled once, with the five formats we read.
// Warnings and the undefined-behaviour sanitizer are off for this file (vision/CMakeLists.txt): it is somebody else's code.
#include <cstdlib>

// Cleared memory: what a damaged file leaves unset (a Huffman table, a palette) is then zeros, not what somebody else left there.
// Large blocks come cleared from the system anyway.
#define STBI_MALLOC(bytes) std::calloc(1, bytes)
#define STBI_REALLOC(block, bytes) std::realloc(block, bytes)
#define STBI_FREE(block) std::free(block)
#define STBI_ASSERT(condition) ((void)0)  // a damaged file must not end the program

#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_ONLY_TGA
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 65535
#define STB_IMAGE_IMPLEMENTATION

// Colour stored at less than the picture's width is doubled as libjpeg does, rounding included. stb_image (2.27) goes wrong with
// half width alone (4:2:2, usual for cameras): in the last pair of columns the neighbour counts three times and the pixel itself
// once. And libjpeg repeats pixels of pictures so narrow that there is nothing to go by.
// The macros take a call's form, so they rename stb_image's definitions and leave the names where they are pointed to.
// The names are stb_image's: NOLINTBEGIN(bugprone-reserved-identifier)
using ResampleRow = unsigned char*(unsigned char* out, unsigned char* row, unsigned char* next, int width, int scale);
static ResampleRow stbi__published_h_2, stbi__published_hv_2;

static unsigned char* repeat_row(unsigned char* out, const unsigned char* row, int width) {
  for (int i = 0; i < width; ++i) out[2 * i] = out[2 * i + 1] = row[i];
  return out;
}
static unsigned char* stbi__resample_row_h_2(unsigned char* out, unsigned char* row, unsigned char*, int width, int) {
  if (width <= 2) return repeat_row(out, row, width);
  for (int i = 0; i < width; ++i) {
    out[2 * i] = i == 0 ? row[i] : (unsigned char)((3 * row[i] + row[i - 1] + 1) >> 2);
    out[2 * i + 1] = i == width - 1 ? row[i] : (unsigned char)((3 * row[i] + row[i + 1] + 2) >> 2);
  }
  return out;
}
static unsigned char* stbi__resample_row_hv_2(unsigned char* out, unsigned char* row, unsigned char* next, int width, int scale) {
  return width <= 2 ? repeat_row(out, row, width) : stbi__published_hv_2(out, row, next, width, scale);
}
#ifdef __x86_64__  // elsewhere there is none
static ResampleRow stbi__published_hv_2_simd;
static unsigned char* stbi__resample_row_hv_2_simd(unsigned char* out, unsigned char* row, unsigned char* next, int width,
                                                   int scale) {
  return width <= 2 ? repeat_row(out, row, width) : stbi__published_hv_2_simd(out, row, next, width, scale);
}
#endif
#define stbi__resample_row_h_2(out, row, next, width, scale) stbi__published_h_2(out, row, next, width, scale)
#define stbi__resample_row_hv_2(out, row, next, width, scale) stbi__published_hv_2(out, row, next, width, scale)
#define stbi__resample_row_hv_2_simd(out, row, next, width, scale) stbi__published_hv_2_simd(out, row, next, width, scale)
#include <stb/stb_image.h>
#undef stbi__resample_row_h_2
#undef stbi__resample_row_hv_2
#undef stbi__resample_row_hv_2_simd
// NOLINTEND(bugprone-reserved-identifier)

#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>
