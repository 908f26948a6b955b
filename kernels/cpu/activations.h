// kernels/cpu/activations.h - what a matrix product reads on its left: rows of f32 converted once per operation to the form
// that the panel's format and the instruction set want.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

// 32 activations: x = scale * value, |value| <= 127. start = - offset of the weights * sum of values.
struct BlockOfBytes {
  int8_t values[32];
  float scale;
  int32_t start;
};
struct BlockOfWords {  // for instruction sets without byte products: each four as inputs 0, 2, 1, 3
  int16_t values[32];
  float scale;
  int32_t start;
};

// Rows of n values to ceil(n / 32) blocks of the form that this format's products want.
struct BlockKernel {
  int64_t bytes;  // of one block
  void (*convert)(void* out, const float* x, int64_t n);
};

struct ActivationKernels {
  int64_t bf16_bytes;  // of one bf16 activation: 2, or 4 where rounded values are kept in f32
  // n values; zeros after them up to an even count.
  void (*to_bf16)(void* out, const float* x, int64_t n);
  // n values to bf16 bits, whatever the instruction set.
  void (*to_bf16_bits)(uint16_t* out, const float* x, int64_t n);
  BlockKernel q8, q4;
};

BIFRONS_PER_ISA_AND_VNNI(ActivationKernels, activations)

}  // namespace bifrons
