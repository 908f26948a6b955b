// kernels/cpu/norms_kernels.cpp - one row at a time: norms, sums and rotations. A row is read from the first-level cache in
// the second pass, so two passes cost one trip to memory.
#include "kernels/cpu/norms_kernels.h"

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

// Sums of f32 lanes, moved into f64 every 64 vectors so that a long row loses nothing.
struct Total {
  F lanes_sum = zero();
  double sum = 0;
  int64_t pending = 0;
  inline void add(F x) {
    lanes_sum += x;
    if (++pending == 64) flush();
  }
  inline void flush() { sum += double(BIFRONS_ISA::sum(lanes_sum)), lanes_sum = zero(), pending = 0; }
};

inline double square_sum(const float* x, int64_t n) {
  Total total;
  int64_t c = 0;
  for (; c + lanes <= n; c += lanes) {
    const F v = load(x + c);
    total.add(v * v);
  }
  if (c < n) {
    const F v = load_part(x + c, n - c);
    total.add(v * v);
  }
  total.flush();
  return total.sum;
}

inline double root(double x) { return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(x))); }

void rms_norm(float* out, const float* x, const float* gain, int64_t n, float eps) {
  const F factor = splat(float(1 / root(square_sum(x, n) / double(n) + double(eps))));
  int64_t c = 0;
  for (; c + lanes <= n; c += lanes) store(out + c, load(gain + c) * (load(x + c) * factor));
  if (c < n) store_part(out + c, load_part(gain + c, n - c) * (load_part(x + c, n - c) * factor), n - c);
}

void layer_norm(float* out, const float* x, const float* gain, const float* bias, int64_t n, float eps) {
  Total total;
  int64_t c = 0;
  for (; c + lanes <= n; c += lanes) total.add(load(x + c));
  if (c < n) total.add(load_part(x + c, n - c));
  total.flush();
  const double exact_mean = total.sum / double(n);
  const F mean = splat(float(exact_mean));
  Total squares;
  for (c = 0; c + lanes <= n; c += lanes) {
    const F d = load(x + c) - mean;
    squares.add(d * d);
  }
  double tail = 0;  // of lanes that hold no channel, nothing must be added
  for (; c < n; ++c) tail += (double(x[c]) - exact_mean) * (double(x[c]) - exact_mean);
  squares.flush();
  const F factor = splat(float(1 / root((squares.sum + tail) / double(n) + double(eps))));
  for (c = 0; c + lanes <= n; c += lanes) store(out + c, fma(load(gain + c), (load(x + c) - mean) * factor, load(bias + c)));
  if (c < n) {
    const int64_t left = n - c;
    store_part(out + c, fma(load_part(gain + c, left), (load_part(x + c, left) - mean) * factor, load_part(bias + c, left)),
               left);
  }
}

void l2_normalize(float* x, int64_t n, float eps) {
  const double length = root(square_sum(x, n));
  const F divisor = splat(float(length > double(eps) ? length : double(eps)));
  int64_t c = 0;
  for (; c + lanes <= n; c += lanes) store(x + c, load(x + c) / divisor);
  if (c < n) store_part(x + c, load_part(x + c, n - c) / divisor, n - c);
}

void add(float* x, const float* y, int64_t n) {
  int64_t c = 0;
  for (; c + lanes <= n; c += lanes) store(x + c, load(x + c) + load(y + c));
  if (c < n) store_part(x + c, load_part(x + c, n - c) + load_part(y + c, n - c), n - c);
}

void rotate(float* a, float* b, const float* cosines, const float* sines, int64_t half) {
  int64_t d = 0;
  for (; d + lanes <= half; d += lanes) {
    const F x = load(a + d), y = load(b + d), c = load(cosines + d), s = load(sines + d);
    store(a + d, x * c - y * s), store(b + d, fma(y, c, x * s));
  }
  if (d < half) {
    const int64_t left = half - d;
    const F x = load_part(a + d, left), y = load_part(b + d, left);
    const F c = load_part(cosines + d, left), s = load_part(sines + d, left);
    store_part(a + d, x * c - y * s, left), store_part(b + d, fma(y, c, x * s), left);
  }
}

void to_bf16(uint16_t* out, const float* x, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store_bf16(out + i, load(x + i));
  if (i < count) {
    uint16_t rest[lanes];
    store_bf16(rest, load_part(x + i, count - i));
    for (int64_t j = 0; i + j < count; ++j) out[i + j] = rest[j];
  }
}

}  // namespace

const NormKernels norm_kernels{rms_norm, layer_norm, l2_normalize, add, rotate, to_bf16};

}  // namespace bifrons::BIFRONS_ISA
