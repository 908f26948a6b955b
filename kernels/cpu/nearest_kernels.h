// kernels/cpu/nearest_kernels.h - the nearest codebook entry, many entries at a time.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

constexpr int64_t nearest_group = 16;  // classes beside each other

struct NearestKernels {
  // out = argmin_j sum_c (z[c] - codes[c][j])^2, the first on ties, in f64; codes [channels][classes], classes a multiple of
  // nearest_group (the last class repeated).
  int32_t (*nearest)(const float* z, const double* codes, int64_t channels, int64_t classes);
};

BIFRONS_PER_ISA(NearestKernels, nearest_kernels)

}  // namespace bifrons
