// vision/preprocess.cpp - 8-bit squares to normalised planes and back. Sources: VLMImageProcessor in deepseek-ai/Janus
// (image_processing_vlm.py) and the truncation of its generation_inference.py.
#include "vision/preprocess.h"

#include <algorithm>
#include <cmath>

#include "vision/resize.h"

namespace bifrons {
namespace {

void normalise(View<float, 3> out, const Image& square, const PreprocessConfig& config) {
  for (int64_t c = 0; c < 3; ++c) {
    std::array<float, 256> value;  // of every byte: rescaled in double, the rest in f32
    for (size_t byte = 0; byte < 256; ++byte)
      value[byte] = (float(double(byte) * config.rescale) - config.mean[size_t(c)]) / config.deviation[size_t(c)];
    for (int64_t y = 0; y < square.height; ++y) {
      const auto row = out[c][y];
      const uint8_t* from = &square.rgb[size_t(y * square.width * 3 + c)];
      for (int64_t x = 0; x < square.width; ++x) row[x] = value[from[x * 3]];
    }
  }
}

void check_square(const View<float, 3>& out, int64_t size) {
  if (out.dim != std::array<int64_t, 3>{3, size, size})
    fail(Fault::arguments, "pixels of shape ", shape_text(out.dim), " for pictures of ", size, "x", size);
}

}  // namespace

void preprocess(View<float, 3> out, const Image& image, const PreprocessConfig& config) {
  check_square(out, config.image_size);
  normalise(out, pad_to_square(image, config.image_size, config.min_size, config.background), config);
}

void preprocess_for_vq(View<float, 3> out, const Image& image, int64_t image_size) {
  check_square(out, image_size);
  normalise(out, crop_to_square(image, image_size), PreprocessConfig{.image_size = image_size});
}

Image to_image(View<const float, 3> pixels) {
  if (pixels.dim[0] != 3) fail(Fault::arguments, "pixels of shape ", shape_text(pixels.dim), " where three channels are needed");
  Image out(pixels.dim[2], pixels.dim[1]);
  for (int64_t c = 0; c < 3; ++c)
    for (int64_t y = 0; y < out.height; ++y)
      for (int64_t x = 0; x < out.width; ++x) {
        const float level = (pixels[c][y][x] + 1) / 2 * 255;
        // Written so that NaN becomes black instead of undefined behaviour.
        out.rgb[size_t((y * out.width + x) * 3 + c)] = level >= 255 ? 255 : level > 0 ? uint8_t(level) : 0;
      }
  return out;
}

}  // namespace bifrons
