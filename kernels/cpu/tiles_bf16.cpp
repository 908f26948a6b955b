// kernels/cpu/tiles_bf16.cpp - rows of bf16 times a panel of bf16, two inputs at a time. With the bf16 instruction the rows
// are pairs of bf16; without it they are f32 (already rounded) and the panel's pairs are widened in registers.
#include "kernels/cpu/tiles.h"
#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

#if BIFRONS_ISA_LEVEL >= 2
struct Weights {
  __m512bh pairs;
};
inline Weights load_weights(const unsigned char* p) { return {(__m512bh)_mm512_loadu_si512(p)}; }
struct Pair {
  __m512bh pairs;
};
inline Pair load_pair(const unsigned char* p) { return {(__m512bh)_mm512_set1_epi32(*reinterpret_cast<const int*>(p))}; }
inline F dot(F sum, Pair x, Weights w) { return {_mm512_dpbf16_ps(sum.v, x.pairs, w.pairs)}; }
constexpr int64_t pair_bytes = 4;
#else
struct Weights {
  F even, odd;
};
#if BIFRONS_ISA_LEVEL == 1
inline Weights load_weights(const unsigned char* p) {
  const __m512i pairs = _mm512_loadu_si512(p);
  return {{_mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16))},
          {_mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(int(0xffff0000))))}};
}
#else
inline Weights load_weights(const unsigned char* p) {
  const __m256i lo = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i hi = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  const __m256i upper = _mm256_set1_epi32(int(0xffff0000));
  return {{_mm256_castsi256_ps(_mm256_slli_epi32(lo, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(hi, 16))},
          {_mm256_castsi256_ps(_mm256_and_si256(lo, upper)), _mm256_castsi256_ps(_mm256_and_si256(hi, upper))}};
}
#endif
struct Pair {
  const float* x;
};
inline Pair load_pair(const unsigned char* p) { return {reinterpret_cast<const float*>(p)}; }
inline F dot(F sum, Pair x, Weights w) { return fma(splat(x.x[1]), w.odd, fma(splat(x.x[0]), w.even, sum)); }
constexpr int64_t pair_bytes = 8;
#endif

template <int rows, int vectors>
void tile(const Tile& t, int64_t at) {
  F sum[rows][vectors];
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = zero();
  const unsigned char* weights = t.panel + at * lanes * 4;
  const int64_t step = t.width * 4, stride = t.row_stride;
  for (int64_t s = 0; s < t.segments; ++s) {
    const unsigned char* every_third[(rows + 2) / 3];  // rows by base + {0, 1, 2} strides: few registers, no additions
    BIFRONS_UNROLL for (int g = 0; g < (rows + 2) / 3; ++g) every_third[g] = t.rows + s * t.segment_stride + 3 * g * stride;
    for (int64_t k = 0; k < t.length; ++k, weights += step) {
      Weights w[vectors];
      BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) w[v] = load_weights(weights + v * lanes * 4);
      BIFRONS_UNROLL for (int r = 0; r < rows; ++r) {
        const Pair x = load_pair(every_third[r / 3] + r % 3 * stride + pair_bytes * k);
        BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = dot(sum[r][v], x, w[v]);
      }
    }
  }
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v)
      store(t.sums + r * panel_width + (at + v) * lanes, sum[r][v]);
}

template <int rows>
void wide(const Tile& t) {
  t.width == panel_width ? tile<rows, 2>(t, 0) : tile<rows, 1>(t, 0);
}
template <int rows>
void narrow(const Tile& t) {
  for (int64_t at = 0; at * lanes < t.width; ++at) tile<rows, 1>(t, at);
}

#if BIFRONS_ISA_LEVEL >= 1
// 12 x 32 outputs: 24 sums, 2 to 4 weights and 1 activation of 32 registers.
void multiply(const Tile& t, int64_t rows) {
  if (rows <= 1) return wide<1>(t);
  if (rows <= 2) return wide<2>(t);
  if (rows <= 4) return wide<4>(t);
  if (rows <= 8) return wide<8>(t);
  wide<12>(t);
}
constexpr int64_t largest_tile = 12;
#else
// 5 x 16 outputs: 10 sums, 4 widened weights and 1 activation of 16 registers.
void multiply(const Tile& t, int64_t rows) {
  if (rows <= 1) return wide<1>(t);
  if (rows <= 2) return wide<2>(t);
  if (rows <= 4) {  // twice, the second time out of the cache, rather than every other cache line of the panel twice
    Tile rest = t;
    rest.rows += 2 * t.row_stride, rest.sums += 2 * panel_width;
    return wide<2>(t), wide<2>(rest);
  }
  narrow<5>(t);
}
constexpr int64_t largest_tile = 5;
#endif

}  // namespace

const TileKernel tiles_bf16{largest_tile, multiply};

}  // namespace bifrons::BIFRONS_ISA
