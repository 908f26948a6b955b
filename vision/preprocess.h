// vision/preprocess.h - from a decoded picture to what the encoders read. Spec: janus.md 2.1 and 8.6.
#pragma once

#include <array>

#include "kernels/core/tensor.h"
#include "vision/image.h"

namespace bifrons {

struct PreprocessConfig {  // preprocessor_config.json / processor_config.json
  int64_t image_size = 384, min_size = 14;
  std::array<uint8_t, 3> background{127, 127, 127};
  std::array<float, 3> mean{0.5f, 0.5f, 0.5f}, deviation{0.5f, 0.5f, 0.5f};
  double rescale = 0.00392156862745098;
};

// out [3, size, size]: x = f32(u8 * rescale), then (x - mean) / deviation in f32.
void preprocess(View<float, 3> out, const Image& image, const PreprocessConfig& config);  // padded square, for SigLIP
void preprocess_for_vq(View<float, 3> out, const Image& image, int64_t image_size);  // cropped square, mean = deviation = 0.5
// Decoder output [3, h, w] -> 8-bit by truncation: trunc(clip((y + 1) / 2 * 255, 0, 255)).
Image to_image(View<const float, 3> pixels);

}  // namespace bifrons
