// kernels/cpu/attention_kernels.h - the parts of attention that are no matrix product: numbers out of rows or the cache into
// the panels that tiles multiply, softmax by chunks of keys, and whole attention of single queries over a run of the cache.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

// Keys are worked through in chunks of this many; a chunk's result is a State. Fixed, so that a result depends neither on
// the number of threads nor on what else is in the batch. 256 keys of 128: keys and values together fit half of an L2 cache.
constexpr int64_t attention_chunk = 256;

struct AttentionKernels {
  // Key `index` of a panel [head_dim][32] := row [head_dim]
  void (*put_key)(float* panel, int64_t index, const void* row, bool half, int64_t head_dim);
  // count numbers as f32
  void (*widen)(float* out, const void* from, bool half, int64_t count);
  void (*scale)(float* out, const float* x, float factor, int64_t count);
  // Scores of one query, [panels] runs of 32 that lie `stride` floats apart, the first `visible` keys meant:
  // scores := exp(score - max), 0 beyond; max, sum := updated; returns by what earlier results must be multiplied.
  float (*softmax)(float* scores, int64_t stride, int64_t panels, int64_t visible, float* max, float* sum);
  // out := out * factor + more
  void (*scale_and_add)(float* out, float factor, const float* more, int64_t count);

  // One query against adjacent rows [head_dim]: scores[j] = q . k[j]
  void (*scores)(float* scores, const float* q, const void* keys, bool half, int64_t count, int64_t head_dim);
  // out += sum_j weights[j] v[j]
  void (*weigh)(float* out, const float* weights, const void* values, bool half, int64_t count, int64_t head_dim);
};

BIFRONS_PER_ISA(AttentionKernels, attention_kernels)

}  // namespace bifrons
