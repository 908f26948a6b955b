// kernels/cpu/epilogue.cpp - sums to results, 16 outputs at a time.
#include "kernels/cpu/epilogue.h"

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

constexpr int64_t panel_width = 2 * lanes;

// erf within 5 units in the last place: x P(x^2) / Q(x^2) on |x| <= 3.925, where erf rounds to 1. P and Q by iterated
// weighted least squares on the relative error (2e-8 before rounding).
inline F erf(F x) {
  constexpr float above[] = {1.1283791065216064f,   0.19059500098228455f,    0.05276947095990181f,
                             0.003772605210542679f, 0.00028484503854997456f, 2.046021108981222e-06f};
  constexpr float below[] = {
      1.0f, 0.502243161201477f, 0.11418323963880539f, 0.01498330943286419f, 0.0011638716096058488f, 3.804778680205345e-05f};
  x = min(splat(3.925f), max(splat(-3.925f), x));
  const F t = x * x;
  F p = splat(above[5]), q = splat(below[5]);
  BIFRONS_UNROLL for (int i = 4; i >= 0; --i) p = fma(p, t, splat(above[i])), q = fma(q, t, splat(below[i]));
  return x * p / q;
}

inline F gelu_of(F v) { return v * splat(0.5f) * (splat(1.0f) + erf(v * splat(0.70710678f))); }

inline F identity(F v) { return v; }

template <F (*function)(F)>
void finish_f32(const Finish& f) {
  for (int64_t r = 0; r < f.rows; ++r) {
    float* out = static_cast<float*>(f.out) + r * f.out_stride;
    for (int64_t c = 0; c < f.columns; c += lanes) {
      F v = load(f.sums + r * panel_width + c);
      if (f.bias != nullptr) v = v + load(f.bias + c);
      v = function(v);
      if (f.columns - c >= lanes) {
        if (f.add != nullptr) v = v + load(f.add + r * f.add_stride + c);
        store(out + c, v);
      } else {
        if (f.add != nullptr) v = v + load_part(f.add + r * f.add_stride + c, f.columns - c);
        store_part(out + c, v, f.columns - c);
      }
    }
  }
}

void finish_bf16(const Finish& f) {
  for (int64_t r = 0; r < f.rows; ++r) {
    uint16_t* out = static_cast<uint16_t*>(f.out) + r * f.out_stride;
    for (int64_t c = 0; c < f.columns; c += lanes) {
      const int64_t left = f.columns - c;
      F v = load(f.sums + r * panel_width + c);
      if (f.bias != nullptr) v = v + load(f.bias + c);
      if (f.add != nullptr) v = v + load_part(f.add + r * f.add_stride + c, left);
      if (left >= lanes) {
        store_bf16(out + c, v);
      } else {
        uint16_t last[lanes];
        store_bf16(last, v);
        for (int64_t i = 0; i < left; ++i) out[c + i] = last[i];
      }
    }
  }
}

void finish_gated(const Finish& f) {
  for (int64_t r = 0; r < f.rows; ++r) {
    const float* sums = f.sums + r * panel_width;
    store_part(static_cast<float*>(f.out) + r * f.out_stride, silu(load(sums)) * load(sums + lanes), f.columns);
  }
}

}  // namespace

const EpilogueKernels epilogues{finish_f32<identity>, finish_bf16, finish_f32<gelu_of>, finish_gated};

}  // namespace bifrons::BIFRONS_ISA
