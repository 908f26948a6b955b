// vision/resize.h - Pillow's 8-bit bicubic resize, bit for bit (a = -0.5, antialias, 8-bit rounding between passes, pass order of
// Pillow 13), and the two ways pictures become squares. Spec: janus.md 2.2 and 8.6.
#pragma once

#include <array>
#include <cstdint>

#include "vision/image.h"

namespace bifrons {

Image resize_bicubic(const Image& image, int64_t width, int64_t height);
// Lanczos, for showing drawings larger (--size), as Pillow's LANCZOS.
Image resize_lanczos(const Image& image, int64_t width, int64_t height);

// The understanding side: long side to `size`, short side truncated but at least min_size, pasted in the middle of a
// size x size square of the background colour.
Image pad_to_square(const Image& image, int64_t size, int64_t min_size = 14, std::array<uint8_t, 3> background = {127, 127, 127});
// The VQ side: short side to `size`, centre crop.
Image crop_to_square(const Image& image, int64_t size);

}  // namespace bifrons
