// kernels/cpu/group_norm_kernels.h - statistics of channels over runs of pixels, and the norm itself with its silu.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

struct GroupNormKernels {
  // Of `pixels` packed pixels [channels]: sums[c] += sum of x - shift[c], squares[c] += sum of (x - shift[c])^2
  void (*statistics)(double* sums, double* squares, const float* x, const float* shift, int64_t pixels, int64_t channels);
  // out[c] = silu?(x[c] * factor[c] + offset[c]), one pixel; as f32, or as bf16 when half
  void (*apply)(void* out, bool half, const float* x, const float* factor, const float* offset, int64_t channels, bool silu);
};

BIFRONS_PER_ISA(GroupNormKernels, group_norm_kernels)

}  // namespace bifrons
