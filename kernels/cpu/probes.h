// kernels/cpu/probes.h - loops that do nothing but keep one unit of the processor busy.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

struct ProbeKernels {
  double (*f32)(int64_t loops);
  double (*bf16)(int64_t loops);
  double (*int8)(int64_t loops);
  int64_t f32_operations, bf16_operations, int8_operations;  // per loop, products and sums counted apart
  double (*read)(const void* bytes, int64_t count);          // count: a multiple of 256
};

BIFRONS_PER_ISA(ProbeKernels, probes)

}  // namespace bifrons
