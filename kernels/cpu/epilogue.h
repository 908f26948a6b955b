// kernels/cpu/epilogue.h - what becomes of a tile's sums: bias, an addend or an activation function, and the store.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

struct Finish {
  const float* sums = nullptr;  // [rows][panel_width]
  int64_t rows = 0;
  int64_t columns = 0;          // outputs of this panel that exist, at most panel_width; of a gated panel at most half
  const float* bias = nullptr;  // of this panel, padded to panel_width; null: none
  const float* add = nullptr;   // at the panel's first output; may be out itself; null: none
  int64_t add_stride = 0;       // elements
  void* out = nullptr;          // at the panel's first output
  int64_t out_stride = 0;       // elements
};

struct EpilogueKernels {
  void (*store)(const Finish& f);       // f32
  void (*store_bf16)(const Finish& f);  // bits of bf16
  void (*gelu)(const Finish& f);        // v / 2 * (1 + erf(v / sqrt(2)))
  void (*gated)(const Finish& f);       // columns 0..15 are gates, 16..31 what they multiply: silu(gate) * up
};

BIFRONS_PER_ISA(EpilogueKernels, epilogues)

}  // namespace bifrons
