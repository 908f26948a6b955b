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
#include <stb/stb_image.h>

#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>
