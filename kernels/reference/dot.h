// kernels/reference/dot.h - the one inner product of the reference: f64 sums of f32 numbers.
#pragma once

#include <cstdint>

namespace bifrons {

// Eight partial sums, so that the compiler may use vector registers without changing what is computed.
inline double dot(const float* a, const float* b, int64_t count) {
  double sums[8] = {};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int64_t j = 0; j < 8; ++j) sums[j] += double(a[i + j]) * double(b[i + j]);
  double sum = 0;
  for (; i < count; ++i) sum += double(a[i]) * double(b[i]);
  for (double part : sums) sum += part;
  return sum;
}

}  // namespace bifrons
