// kernels/cpu/tiles_quant.cpp - rows of quantised activations times a panel of q8 or q4: whole-number sums within a block of
// 32 inputs, then one f32 product with both scales. Weights are stored unsigned (value + 128, nibble) because the byte
// instruction wants one unsigned side; the activation block carries minus that offset times its own sum, where sums start.
#include "kernels/cpu/activations.h"
#include "kernels/cpu/tiles.h"
#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

#if BIFRONS_ISA_LEVEL >= 2
using Block = BlockOfBytes;
struct Bytes {  // 4 unsigned bytes of each of 16 outputs
  __m512i v;
};
inline Bytes load_bytes(const unsigned char* p) { return {_mm512_loadu_si512(p)}; }
inline Bytes low_halves(Bytes b) { return {_mm512_and_si512(b.v, _mm512_set1_epi8(15))}; }
inline Bytes high_halves(Bytes b) { return {_mm512_and_si512(_mm512_srli_epi16(b.v, 4), _mm512_set1_epi8(15))}; }
inline I dot(I sum, const Block& x, int g, Bytes w) {  // activations 4 g .. 4 g + 3
  return {_mm512_dpbusd_epi32(sum.v, w.v, _mm512_set1_epi32(reinterpret_cast<const int*>(x.values)[g]))};
}
#else
// Without byte products: 16-bit pairs. Inputs 0, 2 and 1, 3 of a group of four meet in two products; activations.cpp
// stores them in that order.
using Block = BlockOfWords;
#if BIFRONS_ISA_LEVEL == 1
struct Bytes {
  __m512i even, odd;  // zero-extended to 16 bits
};
inline Bytes spread(__m512i b) { return {_mm512_and_si512(b, _mm512_set1_epi16(255)), _mm512_srli_epi16(b, 8)}; }
inline Bytes load_bytes(const unsigned char* p) { return spread(_mm512_loadu_si512(p)); }
inline Bytes low_halves(Bytes b) {
  return {_mm512_and_si512(b.even, _mm512_set1_epi16(15)), _mm512_and_si512(b.odd, _mm512_set1_epi16(15))};
}
inline Bytes high_halves(Bytes b) { return {_mm512_srli_epi16(b.even, 4), _mm512_srli_epi16(b.odd, 4)}; }
inline I dot(I sum, const Block& x, int g, Bytes w) {
  const int* pairs = reinterpret_cast<const int*>(x.values) + 2 * g;
  const __m512i even = _mm512_madd_epi16(w.even, _mm512_set1_epi32(pairs[0]));
  const __m512i odd = _mm512_madd_epi16(w.odd, _mm512_set1_epi32(pairs[1]));
  return {_mm512_add_epi32(_mm512_add_epi32(sum.v, even), odd)};
}
#else
struct Bytes {
  __m256i even[2], odd[2];
};
inline Bytes load_bytes(const unsigned char* p) {
  Bytes b;
  BIFRONS_UNROLL for (int h = 0; h < 2; ++h) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32 * h));
    b.even[h] = _mm256_and_si256(bytes, _mm256_set1_epi16(255)), b.odd[h] = _mm256_srli_epi16(bytes, 8);
  }
  return b;
}
inline Bytes low_halves(Bytes b) {
  const __m256i mask = _mm256_set1_epi16(15);
  BIFRONS_UNROLL for (int h = 0; h < 2; ++h) b.even[h] = _mm256_and_si256(b.even[h], mask),
                                             b.odd[h] = _mm256_and_si256(b.odd[h], mask);
  return b;
}
inline Bytes high_halves(Bytes b) {
  BIFRONS_UNROLL for (int h = 0; h < 2; ++h) b.even[h] = _mm256_srli_epi16(b.even[h], 4),
                                             b.odd[h] = _mm256_srli_epi16(b.odd[h], 4);
  return b;
}
inline I dot(I sum, const Block& x, int g, Bytes w) {
  const int* pairs = reinterpret_cast<const int*>(x.values) + 2 * g;
  const __m256i even = _mm256_set1_epi32(pairs[0]), odd = _mm256_set1_epi32(pairs[1]);
  sum.lo = _mm256_add_epi32(sum.lo, _mm256_add_epi32(_mm256_madd_epi16(w.even[0], even), _mm256_madd_epi16(w.odd[0], odd)));
  sum.hi = _mm256_add_epi32(sum.hi, _mm256_add_epi32(_mm256_madd_epi16(w.even[1], even), _mm256_madd_epi16(w.odd[1], odd)));
  return sum;
}
#endif
#endif

template <bool nibbles, int rows, int vectors>
void tile(const Tile& t, int64_t at) {
  F sum[rows][vectors];
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = zero();
  const int64_t width = t.width, stride = t.row_stride, block_bytes = width * (nibbles ? 18 : 34);
  const unsigned char* panel = t.panel;
  const unsigned char* row[rows];
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) row[r] = t.rows + r * stride;
  for (int64_t b = 0; b < t.length; ++b, panel += block_bytes) {
    const unsigned char* weights = panel + 2 * width + at * lanes * 4;
    I block[rows][vectors];
    BIFRONS_UNROLL for (int r = 0; r < rows; ++r) {
      const I start = isplat(reinterpret_cast<const Block*>(row[r])[b].start);
      BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) block[r][v] = start;
    }
    BIFRONS_UNROLL for (int g = 0; g < (nibbles ? 4 : 8); ++g) {
      Bytes w[vectors];
      BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) w[v] = load_bytes(weights + g * width * 4 + v * lanes * 4);
      BIFRONS_UNROLL for (int r = 0; r < rows; ++r) {
        const Block& x = reinterpret_cast<const Block*>(row[r])[b];
        BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) {
          if constexpr (nibbles)
            block[r][v] = dot(dot(block[r][v], x, g, low_halves(w[v])), x, g + 4, high_halves(w[v]));
          else
            block[r][v] = dot(block[r][v], x, g, w[v]);
        }
      }
    }
    BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) {
      const F scales = load_f16(reinterpret_cast<const uint16_t*>(panel) + (at + v) * lanes);
      BIFRONS_UNROLL for (int r = 0; r < rows; ++r) sum[r][v] =
          fma(to_f32(block[r][v]), scales * splat(reinterpret_cast<const Block*>(row[r])[b].scale), sum[r][v]);
    }
  }
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v)
      store(t.sums + r * panel_width + (at + v) * lanes, sum[r][v]);
}

template <bool nibbles, int rows>
void wide(const Tile& t) {
  t.width == panel_width ? tile<nibbles, rows, 2>(t, 0) : tile<nibbles, rows, 1>(t, 0);
}
template <bool nibbles, int rows>
void narrow(const Tile& t) {
  for (int64_t at = 0; at * lanes < t.width; ++at) tile<nibbles, rows, 1>(t, at);
}

#if BIFRONS_ISA_LEVEL >= 1
// 6 x 32 outputs: 12 sums and 12 block sums of 32 registers.
template <bool nibbles>
void multiply(const Tile& t, int64_t rows) {
  if (rows <= 1) return wide<nibbles, 1>(t);
  if (rows <= 2) return wide<nibbles, 2>(t);
  if (rows <= 4) return wide<nibbles, 4>(t);
  wide<nibbles, 6>(t);
}
constexpr int64_t largest_tile = 6;
#else
// 2 x 16 outputs: 4 sums, 4 block sums, 4 weights of 16 registers.
template <bool nibbles>
void multiply(const Tile& t, int64_t rows) {
  rows <= 1 ? narrow<nibbles, 1>(t) : narrow<nibbles, 2>(t);
}
constexpr int64_t largest_tile = 2;
#endif

}  // namespace

const TileKernel tiles_q8{largest_tile, multiply<false>};
const TileKernel tiles_q4{largest_tile, multiply<true>};

}  // namespace bifrons::BIFRONS_ISA
