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

// The usual way of cameras to store colour, half as wide as brightness (4:2:2), is doubled wrongly by stb_image (2.27): in
// the last pair of columns the neighbour counts three times and the pixel itself once. This is libjpeg's doubling, rounding
// included. The macro takes a call's form, so it renames stb_image's definition and leaves the name where it is pointed to.
static unsigned char* stbi__resample_row_h_2(unsigned char* out, unsigned char* in, unsigned char*, int width, int) {
  if (width <= 2) {  // libjpeg repeats pixels of pictures so narrow
    for (int i = 0; i < width; ++i) out[2 * i] = out[2 * i + 1] = in[i];
    return out;
  }
  for (int i = 0; i < width; ++i) {
    out[2 * i] = i == 0 ? in[i] : (unsigned char)((3 * in[i] + in[i - 1] + 1) >> 2);
    out[2 * i + 1] = i == width - 1 ? in[i] : (unsigned char)((3 * in[i] + in[i + 1] + 2) >> 2);
  }
  return out;
}
#define stbi__resample_row_h_2(out, near, far, width, hs) stbi__unused_row_h_2(out, near, far, width, hs)
#include <stb/stb_image.h>
#undef stbi__resample_row_h_2

#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>
