// fusion/input_rows.h - what the language model reads: embeddings of token ids with the rows of pictures put over the
// placeholders, in order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fusion/janus.h"
#include "vision/image.h"

namespace bifrons {

// Preprocessed, encoded and aligned pictures, in Ops memory.
struct Looked {
  std::vector<float> pixels;  // [images, 3, size, size], on the host
  Tensor<float, 2> vision;    // [images * patches, vision width]
  Tensor<float, 2> aligned;   // [images * patches, width]
};
Looked look_at(const Janus& model, std::span<const Image* const> images);

// [ids, width]. The ids hold as many placeholders as `pictures` has rows, or pictures is empty and every id is looked up.
Tensor<float, 2> input_rows(const Janus& model, std::span<const int32_t> ids, View<const float, 2> pictures);

}  // namespace bifrons
