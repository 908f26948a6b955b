// kernels/cpu/norms_kernels.h - one row at a time: norms, sums and rotations.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

struct NormKernels {
  void (*rms_norm)(float* out, const float* x, const float* gain, int64_t channels, float eps);  // out may be x
  void (*layer_norm)(float* out, const float* x, const float* gain, const float* bias, int64_t channels, float eps);
  void (*l2_normalize)(float* x, int64_t channels, float eps);
  void (*add)(float* x, const float* y, int64_t channels);
  // (a, b) = (a cos - b sin, b cos + a sin) for `half` angles; halves [half] each
  void (*rotate)(float* a, float* b, const float* cosines, const float* sines, int64_t half);
  void (*to_bf16)(uint16_t* out, const float* x, int64_t count);
};

BIFRONS_PER_ISA(NormKernels, norm_kernels)

}  // namespace bifrons
