// kernels/cpu/tiles_quant.cpp - rows of quantised activations times a panel of q8 or q4: whole-number sums within a block of
// 32 inputs, then one f32 product with both scales. Weights are stored unsigned (value + 128, nibble) because the byte
// instruction wants one unsigned side; the activation block carries minus that offset times its own sum, where sums start.
#include "kernels/cpu/activations.h"
#include "kernels/cpu/tiles.h"
#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

// A scheme is how one format multiplies: what a block of activations and 4 inputs of 16 outputs look like, and the sum of a
// block's products, from its start to an I.
#if BIFRONS_ISA_LEVEL >= 1
using Bytes = __m512i;
inline Bytes load_bytes(const unsigned char* p) { return _mm512_loadu_si512(p); }
inline Bytes low_halves(Bytes b) { return _mm512_and_si512(b, _mm512_set1_epi8(15)); }
inline Bytes high_halves(Bytes b) { return _mm512_and_si512(_mm512_srli_epi16(b, 4), _mm512_set1_epi8(15)); }
#else
struct Bytes {
  __m256i lo, hi;
};
inline Bytes load_bytes(const unsigned char* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
}
inline __m256i low_halves(__m256i b) { return _mm256_and_si256(b, _mm256_set1_epi8(15)); }
inline Bytes low_halves(Bytes b) { return {low_halves(b.lo), low_halves(b.hi)}; }
inline Bytes high_halves(Bytes b) { return {low_halves(_mm256_srli_epi16(b.lo, 4)), low_halves(_mm256_srli_epi16(b.hi, 4))}; }
#endif

inline int four(const int8_t* values, int g) { return reinterpret_cast<const int*>(values)[g]; }  // 4 g .. 4 g + 3

#if BIFRONS_BYTE_PRODUCTS
// Four products of bytes and their sum in one instruction.
struct ByteScheme {
  using Block = BlockOfBytes;
  using Weights = Bytes;
  using Sum = I;
  static Weights weights(Bytes b) { return b; }
  static Sum start(const Block& x) { return isplat(x.start); }
  static Sum dot(Sum sum, const Block& x, int g, Weights w) {
#if BIFRONS_ISA_LEVEL >= 1
    return {_mm512_dpbusd_epi32(sum.v, w, _mm512_set1_epi32(four(x.values, g)))};
#else
    const __m256i all = _mm256_set1_epi32(four(x.values, g));
    return {_mm256_dpbusd_epi32(sum.lo, w.lo, all), _mm256_dpbusd_epi32(sum.hi, w.hi, all)};
#endif
  }
  static I total(Sum sum, const Block&) { return sum; }
};
using SchemeQ8 = ByteScheme;
using SchemeQ4 = ByteScheme;
#else  // only for 256 bits: see isa.h
struct Pairs {
  Bytes even, odd;
};
inline Pairs spread(Bytes b) {
  const __m256i mask = _mm256_set1_epi16(255);
  return {{_mm256_and_si256(b.lo, mask), _mm256_and_si256(b.hi, mask)}, {_mm256_srli_epi16(b.lo, 8), _mm256_srli_epi16(b.hi, 8)}};
}
inline __m256i dot_pairs(__m256i sum, __m256i even, __m256i odd, __m256i x_even, __m256i x_odd) {
  return _mm256_add_epi32(sum, _mm256_add_epi32(_mm256_madd_epi16(even, x_even), _mm256_madd_epi16(odd, x_odd)));
}
inline I dot_pairs(I sum, Pairs w, int even, int odd) {
  const __m256i x_even = _mm256_set1_epi32(even), x_odd = _mm256_set1_epi32(odd);
  return {dot_pairs(sum.lo, w.even.lo, w.odd.lo, x_even, x_odd), dot_pairs(sum.hi, w.even.hi, w.odd.hi, x_even, x_odd)};
}
inline Bytes no_words() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
inline Bytes dot_nibbles(Bytes sum, Bytes w, int x) {
  const __m256i all = _mm256_set1_epi32(x);
  return {_mm256_add_epi16(sum.lo, _mm256_maddubs_epi16(w.lo, all)), _mm256_add_epi16(sum.hi, _mm256_maddubs_epi16(w.hi, all))};
}
inline I add_words(int start, Bytes sum) {
  const __m256i first = _mm256_set1_epi32(start), ones = _mm256_set1_epi16(1);
  return {_mm256_add_epi32(first, _mm256_madd_epi16(sum.lo, ones)), _mm256_add_epi32(first, _mm256_madd_epi16(sum.hi, ones))};
}
// Without byte products. Bytes of 8 bits would overflow the 16-bit sums of their pairs, so they meet as 16-bit numbers;
// activations.cpp stores a group of four as inputs 0, 2, 1, 3.
struct SchemeQ8 {
  using Block = BlockOfWords;
  using Weights = Pairs;
  using Sum = I;
  static Weights weights(Bytes b) { return spread(b); }
  static Sum start(const Block& x) { return isplat(x.start); }
  static Sum dot(Sum sum, const Block& x, int g, Weights w) {
    const int* pairs = reinterpret_cast<const int*>(x.values) + 2 * g;
    return dot_pairs(sum, w, pairs[0], pairs[1]);
  }
  static I total(Sum sum, const Block&) { return sum; }
};
// Nibbles fit: 16 products of at most 15 * 127 stay below 2^15 even over a whole block.
struct SchemeQ4 {
  using Block = BlockOfBytes;
  using Weights = Bytes;
  using Sum = Bytes;
  static Weights weights(Bytes b) { return b; }
  static Sum start(const Block&) { return no_words(); }
  static Sum dot(Sum sum, const Block& x, int g, Weights w) { return dot_nibbles(sum, w, four(x.values, g)); }
  static I total(Sum sum, const Block& x) { return add_words(x.start, sum); }
};
#endif

template <bool nibbles>
struct SchemeOf {
  using type = SchemeQ8;
};
template <>
struct SchemeOf<true> {
  using type = SchemeQ4;
};

template <bool nibbles, int rows, int vectors>
void tile(const Tile& t, int64_t at) {
  using Scheme = typename SchemeOf<nibbles>::type;
  using Block = typename Scheme::Block;
  F sum[rows][vectors];
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = zero();
  const int64_t width = t.width, stride = t.row_stride, block_bytes = width * (nibbles ? 18 : 34);
  const unsigned char* panel = t.panel;
  const unsigned char* row[rows];
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) row[r] = t.rows + r * stride;
  for (int64_t b = 0; b < t.length; ++b, panel += block_bytes) {
    const unsigned char* weights = panel + 2 * width + at * lanes * 4;
    typename Scheme::Sum block[rows][vectors];
    BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) block[r][v] =
        Scheme::start(reinterpret_cast<const Block*>(row[r])[b]);
    BIFRONS_UNROLL for (int g = 0; g < (nibbles ? 4 : 8); ++g) {
      Bytes w[vectors];
      BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) w[v] = load_bytes(weights + g * width * 4 + v * lanes * 4);
      BIFRONS_UNROLL for (int r = 0; r < rows; ++r) {
        const Block& x = reinterpret_cast<const Block*>(row[r])[b];
        BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) {
          if constexpr (nibbles)
            block[r][v] = Scheme::dot(Scheme::dot(block[r][v], x, g, low_halves(w[v])), x, g + 4, high_halves(w[v]));
          else
            block[r][v] = Scheme::dot(block[r][v], x, g, Scheme::weights(w[v]));
        }
      }
    }
    BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) {
      const F scales = load_f16(reinterpret_cast<const uint16_t*>(panel) + (at + v) * lanes);
      BIFRONS_UNROLL for (int r = 0; r < rows; ++r) {
        const Block& x = reinterpret_cast<const Block*>(row[r])[b];
        sum[r][v] = fma(to_f32(Scheme::total(block[r][v], x)), scales * splat(x.scale), sum[r][v]);
      }
    }
  }
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v)
      store(t.sums + r * panel_width + (at + v) * lanes, sum[r][v]);
}

template <bool nibbles, int rows>
void wide(const Tile& t) {
  t.width == panel_width ? tile<nibbles, rows, 2>(t, 0) : tile<nibbles, rows, 1>(t, 0);
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
// 2 x 32 outputs: more sums than registers, but the panel is read as one stream; taken by halves of 16 outputs, every other
// cache line, one row reads 9 GB/s instead of 29 (q8, one thread of a Zen 4 server).
template <bool nibbles>
void multiply(const Tile& t, int64_t rows) {
  rows <= 1 ? wide<nibbles, 1>(t) : wide<nibbles, 2>(t);
}
constexpr int64_t largest_tile = 2;
#endif

}  // namespace

const TileKernel tiles_q8{largest_tile, multiply<false>};
const TileKernel tiles_q4{largest_tile, multiply<true>};

}  // namespace bifrons::BIFRONS_ISA
