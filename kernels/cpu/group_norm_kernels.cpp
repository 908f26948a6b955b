// kernels/cpu/group_norm_kernels.cpp - one read of the map for both sums, one for the norm.
#include "kernels/cpu/group_norm_kernels.h"

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

constexpr int64_t exact_run = 32;  // pixels summed in f32 before they are moved to f64

void statistics(double* sums, double* squares, const float* x, const float* shift, int64_t pixels, int64_t channels) {
  for (int64_t first = 0; first < pixels; first += exact_run) {
    const int64_t last = first + exact_run < pixels ? first + exact_run : pixels;
    for (int64_t c = 0; c < channels; c += lanes) {
      const int64_t count = channels - c < lanes ? channels - c : lanes;
      const F from = load_part(shift + c, count);
      F sum = zero(), square = zero();
      for (int64_t p = first; p < last; ++p) {
        const F d = (count == lanes ? load(x + p * channels + c) : load_part(x + p * channels + c, count)) - from;
        sum += d, square = fma(d, d, square);
      }
      float sum_lanes[lanes], square_lanes[lanes];
      store(sum_lanes, sum), store(square_lanes, square);
      for (int64_t i = 0; i < count; ++i) sums[c + i] += double(sum_lanes[i]), squares[c + i] += double(square_lanes[i]);
    }
  }
}

template <bool with_silu>
inline F result(F x, F factor, F offset) {
  const F v = fma(x, factor, offset);
  if constexpr (with_silu) return silu(v);
  return v;
}

template <bool half, bool with_silu>
void apply_as(void* out, const float* x, const float* factor, const float* offset, int64_t channels) {
  int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) {
    const F v = result<with_silu>(load(x + c), load(factor + c), load(offset + c));
    if constexpr (half) {
      store_bf16(static_cast<uint16_t*>(out) + c, v);
    } else {
      store(static_cast<float*>(out) + c, v);
    }
  }
  if (c == channels) return;
  const int64_t left = channels - c;
  const F v = result<with_silu>(load_part(x + c, left), load_part(factor + c, left), load_part(offset + c, left));
  if constexpr (half) {
    uint16_t words[lanes];
    store_bf16(words, v);
    for (int64_t i = 0; i < left; ++i) static_cast<uint16_t*>(out)[c + i] = words[i];
  } else {
    store_part(static_cast<float*>(out) + c, v, left);
  }
}

void apply(void* out, bool half, const float* x, const float* factor, const float* offset, int64_t channels, bool with_silu) {
  if (half)
    with_silu ? apply_as<true, true>(out, x, factor, offset, channels) : apply_as<true, false>(out, x, factor, offset, channels);
  else
    with_silu ? apply_as<false, true>(out, x, factor, offset, channels)
              : apply_as<false, false>(out, x, factor, offset, channels);
}

}  // namespace

const GroupNormKernels group_norm_kernels{statistics, apply};

}  // namespace bifrons::BIFRONS_ISA
