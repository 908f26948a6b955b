// kernels/cpu/repack.h - sixteen rows of a weight matrix into their half of a panel (tiles.h), at about the speed of memory.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

struct SixteenRows {
  const unsigned char* rows = nullptr;  // readable, and zero, up to a multiple of 64 bytes each
  int64_t row_stride = 0;               // bytes, a multiple of 64
  int64_t length = 0;                   // 32-bit words of a row; of q8 and q4: blocks of 32 f32
  unsigned char* panel = nullptr;
  int64_t width = 0;  // of the panel, 16 or 32
  int64_t at = 0;     // 0: outputs 0..15 of the panel, 1: 16..31
};

struct RepackKernels {
  void (*widen_bf16)(float* out, const void* bits, int64_t n);  // bits aligned only by luck
  void (*widen_f16)(float* out, const void* bits, int64_t n);
  void (*words)(const SixteenRows& from);  // f32, or pairs of bf16
  // The values of kernels/quantize.h, bit for bit. A mask of the rows with values that the format cannot hold.
  uint32_t (*q8)(const SixteenRows& from);
  uint32_t (*q4)(const SixteenRows& from);
};

BIFRONS_PER_ISA(RepackKernels, repack)

}  // namespace bifrons
