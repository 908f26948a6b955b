// tests/fuzz/fuzz_image.cpp - picture files: any bytes give a picture or an Error, within small limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "kernels/core/error.h"
#include "vision/image.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  try {
    const Image image = decode_image(std::as_bytes(std::span(data, size)), "fuzz", true,
                                     {.pixels = 1 << 18, .side = 4096, .file_bytes = 1 << 20});
    if (image.rgb.size() != size_t(image.width * image.height * 3)) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
