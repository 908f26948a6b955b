// kernels/cpu/repack.cpp - transposes and quantises weights. Lanes are outputs, so quantising does for each what
// kernels/quantize.cpp does, in the same order: this file is compiled without contraction of a b + c.
#include "kernels/cpu/repack.h"

#include <string.h>

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

void widen_bf16(float* out, const void* bits, int64_t n) {
  const auto* from = static_cast<const uint16_t*>(bits);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) store(out + i, load_bf16(from + i));
  if (i == n) return;
  uint16_t last[lanes] = {};
  memcpy(last, from + i, size_t(n - i) * 2);
  store_part(out + i, load_bf16(last), n - i);
}

void widen_f16(float* out, const void* bits, int64_t n) {
  const auto* from = static_cast<const uint16_t*>(bits);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) store(out + i, load_f16(from + i));
  if (i == n) return;
  uint16_t last[lanes] = {};
  memcpy(last, from + i, size_t(n - i) * 2);
  store_part(out + i, load_f16(last), n - i);
}

// Sixteen words of sixteen rows: out[k] is word k of all of them.
#if BIFRONS_ISA_LEVEL >= 1
inline void transpose(F out[16], const unsigned char* in, int64_t stride) {
  __m512i a[16], b[16];
  BIFRONS_UNROLL for (int r = 0; r < 16; ++r) a[r] = _mm512_loadu_si512(in + r * stride);
  BIFRONS_UNROLL for (int r = 0; r < 16; r += 2) {
    b[r] = _mm512_unpacklo_epi32(a[r], a[r + 1]), b[r + 1] = _mm512_unpackhi_epi32(a[r], a[r + 1]);
  }
  BIFRONS_UNROLL for (int r = 0; r < 16; r += 4) {  // a[r + i]: words i of each 128 bits, rows r .. r + 3
    a[r] = _mm512_unpacklo_epi64(b[r], b[r + 2]), a[r + 1] = _mm512_unpackhi_epi64(b[r], b[r + 2]);
    a[r + 2] = _mm512_unpacklo_epi64(b[r + 1], b[r + 3]), a[r + 3] = _mm512_unpackhi_epi64(b[r + 1], b[r + 3]);
  }
  BIFRONS_UNROLL for (int i = 0; i < 4; ++i) {  // then 128-bit parts: part p of a[r + i] is word 4 p + i of rows r .. r + 3
    const __m512i even_low = _mm512_shuffle_i32x4(a[i], a[4 + i], 0x88), odd_low = _mm512_shuffle_i32x4(a[i], a[4 + i], 0xdd);
    const __m512i even_high = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0x88);
    const __m512i odd_high = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0xdd);
    out[i].v = _mm512_castsi512_ps(_mm512_shuffle_i32x4(even_low, even_high, 0x88));
    out[8 + i].v = _mm512_castsi512_ps(_mm512_shuffle_i32x4(even_low, even_high, 0xdd));
    out[4 + i].v = _mm512_castsi512_ps(_mm512_shuffle_i32x4(odd_low, odd_high, 0x88));
    out[12 + i].v = _mm512_castsi512_ps(_mm512_shuffle_i32x4(odd_low, odd_high, 0xdd));
  }
}
#else
inline void transpose8(__m256 out[8], const unsigned char* in, int64_t stride) {
  __m256 a[8], b[8];
  BIFRONS_UNROLL for (int r = 0; r < 8; ++r) a[r] = _mm256_loadu_ps(reinterpret_cast<const float*>(in + r * stride));
  BIFRONS_UNROLL for (int r = 0; r < 8; r += 2) {
    b[r] = _mm256_unpacklo_ps(a[r], a[r + 1]), b[r + 1] = _mm256_unpackhi_ps(a[r], a[r + 1]);
  }
  BIFRONS_UNROLL for (int r = 0; r < 8; r += 4) {
    a[r] = _mm256_shuffle_ps(b[r], b[r + 2], 0x44), a[r + 1] = _mm256_shuffle_ps(b[r], b[r + 2], 0xee);
    a[r + 2] = _mm256_shuffle_ps(b[r + 1], b[r + 3], 0x44), a[r + 3] = _mm256_shuffle_ps(b[r + 1], b[r + 3], 0xee);
  }
  BIFRONS_UNROLL for (int i = 0; i < 4; ++i) {
    out[i] = _mm256_permute2f128_ps(a[i], a[4 + i], 0x20), out[4 + i] = _mm256_permute2f128_ps(a[i], a[4 + i], 0x31);
  }
}
inline void transpose(F out[16], const unsigned char* in, int64_t stride) {
  for (int part = 0; part < 2; ++part) {
    __m256 low[8], high[8];
    transpose8(low, in + 32 * part, stride), transpose8(high, in + 8 * stride + 32 * part, stride);
    for (int k = 0; k < 8; ++k) out[8 * part + k] = {low[k], high[k]};
  }
}
#endif

void words(const SixteenRows& from) {
  F word[16];
  for (int64_t k = 0; k < from.length; k += 16) {
    transpose(word, from.rows + 4 * k, from.row_stride);
    float* out = reinterpret_cast<float*>(from.panel) + k * from.width + from.at * lanes;
    for (int64_t i = 0; i < 16 && k + i < from.length; ++i) store(out + i * from.width, word[i]);
  }
}

inline F floor(F a) {
#if BIFRONS_ISA_LEVEL >= 1
  return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)};
#else
  return {_mm256_floor_ps(a.lo), _mm256_floor_ps(a.hi)};
#endif
}
inline F as_f16(F a) {  // what an f16 keeps of it
  uint16_t bits[lanes];
#if BIFRONS_ISA_LEVEL >= 1
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(bits), _mm512_cvtps_ph(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
#else
  constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(bits), _mm256_cvtps_ph(a.lo, nearest));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(bits + 8), _mm256_cvtps_ph(a.hi, nearest));
#endif
  return load_f16(bits);
}
inline void store_f16(unsigned char* out, F a) {  // a is exact in f16
#if BIFRONS_ISA_LEVEL >= 1
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtps_ph(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
#else
  constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_cvtps_ph(a.lo, nearest));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 16), _mm256_cvtps_ph(a.hi, nearest));
#endif
}
inline void store_words(unsigned char* out, I a) {
#if BIFRONS_ISA_LEVEL >= 1
  _mm512_storeu_si512(out, a.v);
#else
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), a.lo), _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 32), a.hi);
#endif
}
inline I shift_left(I a, int bits) {
#if BIFRONS_ISA_LEVEL >= 1
  return {_mm512_slli_epi32(a.v, unsigned(bits))};
#else
  return {_mm256_slli_epi32(a.lo, bits), _mm256_slli_epi32(a.hi, bits)};
#endif
}
// Lanes where x <= bound does not hold, NaN among them.
inline uint32_t beyond(F x, float bound) {
  float within[lanes];
  store(within, where_le(x, splat(bound), splat(1), zero()));
  uint32_t mask = 0;
  for (int i = 0; i < lanes; ++i) mask |= uint32_t(within[i] == 0) << i;
  return mask;
}
inline F inverse_of(F scale) {  // 0 of 0
  const F inverse = splat(1) / scale;
  return where_le(abs(scale), zero(), zero(), inverse);
}

constexpr float largest_scale = 65504;  // of an f16

// One block of 32 inputs of 16 outputs; amax is infinite where anything is not finite.
inline F load_block(F block[32], const SixteenRows& from, int64_t b) {
  transpose(block, from.rows + 128 * b, from.row_stride), transpose(block + 16, from.rows + 128 * b + 64, from.row_stride);
  F amax = zero(), odd = zero();
  for (int i = 0; i < 32; ++i) amax = max(amax, abs(block[i])), odd = odd + block[i] * zero();
  return where_le(abs(odd), zero(), amax, splat(__builtin_inff()));  // infinity * 0 and NaN * 0 are NaN
}

uint32_t q8(const SixteenRows& from) {
  uint32_t bad = 0;
  F block[32];
  for (int64_t b = 0; b < from.length; ++b) {
    const F amax = load_block(block, from, b);
    bad |= beyond(amax, largest_scale * 127);
    const F scale = as_f16(amax / splat(127)), inverse = inverse_of(scale);
    unsigned char* out = from.panel + b * from.width * 34;
    store_f16(out + from.at * 32, scale);
    out += 2 * from.width + from.at * 64;
    for (int i = 0; i < 32; i += 4) {
      I word = izero();
      for (int j = 0; j < 4; ++j) {
        const F value = min(max(floor(block[i + j] * inverse + splat(0.5f)), splat(-127)), splat(127));
        word = word + shift_left(to_i32(value + splat(128)), 8 * j);
      }
      store_words(out + i / 4 * from.width * 4, word);
    }
  }
  return bad;
}

struct Nibbles {
  F values[32];  // whole numbers in [-8, 7]
  F error, scale;
};

inline void try_scale(Nibbles& n, const F block[32], F wished) {
  n.scale = as_f16(wished);
  const F inverse = inverse_of(n.scale);
  n.error = zero();
  for (int i = 0; i < 32; ++i) {
    n.values[i] = min(max(floor(block[i] * inverse + splat(0.5f)), splat(-8)), splat(7));
    const F miss = block[i] - n.scale * n.values[i];
    n.error = n.error + miss * miss;
  }
}

// The better of two, lane by lane; the first where they are equal or the second's error is NaN.
inline void keep_better(Nibbles& best, const Nibbles& other) {
  const F tells = other.error - best.error;  // below 0 where the other is better
  for (int i = 0; i < 32; ++i) best.values[i] = where_le(zero(), tells, best.values[i], other.values[i]);
  best.scale = where_le(zero(), tells, best.scale, other.scale);
  best.error = where_le(zero(), tells, best.error, other.error);
}

inline F least_squares(const F block[32], const Nibbles& n) {
  F across = zero(), square = zero();
  for (int i = 0; i < 32; ++i) across = across + block[i] * n.values[i], square = square + n.values[i] * n.values[i];
  return where_le(square, zero(), zero(), across / square);
}

uint32_t q4(const SixteenRows& from) {
  uint32_t bad = 0;
  F block[32];
  Nibbles best, other;
  for (int64_t b = 0; b < from.length; ++b) {
    const F amax = load_block(block, from, b);
    bad |= beyond(amax, largest_scale * 7);
    if (bad != 0) return bad;
    F extreme = block[0];
    for (int i = 1; i < 32; ++i) extreme = where_le(abs(block[i]), abs(extreme), extreme, block[i]);
    try_scale(best, block, extreme / splat(-8.0f));
    try_scale(other, block, extreme / splat(-7.4f)), keep_better(best, other);
    try_scale(other, block, extreme / splat(7.0f)), keep_better(best, other);
    try_scale(other, block, least_squares(block, best)), keep_better(best, other);
    unsigned char* out = from.panel + b * from.width * 18;
    store_f16(out + from.at * 32, best.scale);
    out += 2 * from.width + from.at * 64;
    for (int i = 0; i < 16; i += 4) {
      I word = izero();
      for (int j = 0; j < 4; ++j) {
        const I low = to_i32(best.values[i + j] + splat(8)), high = to_i32(best.values[i + j + 16] + splat(8));
        word = word + shift_left(low + shift_left(high, 4), 8 * j);
      }
      store_words(out + i / 4 * from.width * 4, word);
    }
  }
  return bad;
}

}  // namespace

const RepackKernels repack{widen_bf16, widen_f16, words, q8, q4};

}  // namespace bifrons::BIFRONS_ISA
