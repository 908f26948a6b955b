// fusion/cost.h - what each phase of a Janus must read and compute: the floors of `bifrons bench`. Spec: janus.md 8.2, 9.2, 9.3.
#pragma once

#include <cstdint>

#include "fusion/janus.h"

namespace bifrons {

struct Cost {
  double bytes = 0, flop = 0;  // a multiply-add is two
  Cost operator+(const Cost& other) const { return {bytes + other.bytes, flop + other.flop}; }
};

// `rows` rows that on average attend to `context` positions; rows of different sequences each read their own cache.
Cost language_cost(const Janus& model, int64_t rows, int64_t context);
Cost text_head_cost(const Janus& model, int64_t rows);
Cost draw_head_cost(const Janus& model, int64_t rows);  // and the aligner of one drawn id
Cost look_cost(const Janus& model);                     // one picture through tower and aligner
// Upsampling counted as the four 2x2 convolutions it can be: 4/9 of the published number.
Cost vq_decode_cost(const VqShape& shape, int64_t grid, Format format);
Cost vq_encode_cost(const VqShape& shape, int64_t side, Format format);

}  // namespace bifrons
