// kernels/cpu/nearest.cpp - the nearest codebook entry of every row.
#include <algorithm>
#include <vector>

#include "kernels/cpu/cpu_ops.h"
#include "kernels/cpu/nearest_kernels.h"

namespace bifrons {

void CpuOps::do_nearest(View<int32_t, 1> out, View<const float, 2> z, View<const float, 2> codes) const {
  const int64_t channels = codes.dim[1], classes = codes.dim[0];
  const int64_t padded = (classes + nearest_group - 1) / nearest_group * nearest_group;
  std::vector<double> across(size_t(channels * padded));  // [channels][classes], the last one repeated: never found first
  pool_.each(padded, 256, [&](int, int64_t begin, int64_t end) {
    for (int64_t j = begin; j < end; ++j)
      for (int64_t c = 0; c < channels; ++c) across[size_t(c * padded + j)] = codes[std::min(j, classes - 1)][c];
  });
  pool_.each(z.dim[0], 1, [&](int, int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) out[p] = nearest_kernels(isa_).nearest(z[p].data, across.data(), channels, padded);
  });
}

BIFRONS_PICK_ISA(NearestKernels, nearest_kernels)

}  // namespace bifrons
