// kernels/weights/random_weights.cpp - a counter-based hash, so that no state is carried and the loop becomes vector code.
#include "kernels/weights/random_weights.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace bifrons {
namespace {

// A 32-bit finaliser with low bias (constants found by Chris Wellons' hash prospector); two numbers of 16 bits from one hash.
inline uint32_t mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

// The f32 behind one number, whose upper half is the bf16 (rounded towards zero). The number's 16 bits are the upper ones of
// `bits`.
inline uint32_t scaled(uint32_t bits, float scale, float offset) {
  return std::bit_cast<uint32_t>(offset + scale * float(int32_t(bits)));
}

inline __attribute__((always_inline)) void fill_pairs(bf16* out, uint32_t pairs, uint32_t key, float scale, float offset) {
  for (uint32_t i = 0; i < pairs; ++i) {
    const uint32_t hash = mix(i ^ key);
    const uint32_t pair = scaled(hash << 16, scale, offset) >> 16 | (scaled(hash, scale, offset) & 0xffff0000u);
    std::memcpy(static_cast<void*>(out + 2 * size_t(i)), &pair,
                sizeof(pair));  // the first in the lower half, as on every machine this runs on
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void fill_pairs_avx2(bf16* out, uint32_t pairs, uint32_t key, float scale, float offset) {
  fill_pairs(out, pairs, key, scale, offset);
}
#endif

void fill_block(bf16* out, uint32_t pairs, uint32_t key, float scale, float offset) {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  if (avx2) return fill_pairs_avx2(out, pairs, key, scale, offset);
#endif
  fill_pairs(out, pairs, key, scale, offset);
}

uint64_t key_of(uint64_t seed, std::string_view name) {  // FNV-1a of the name, stirred with the seed (SplitMix64's finaliser)
  uint64_t h = 0xcbf29ce484222325u;
  for (char c : name) h = (h ^ uint8_t(c)) * 0x100000001b3u;
  h += (seed + 1) * 0x9e3779b97f4a7c15u;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
  return h ^ (h >> 31);
}

}  // namespace

void fill_random(std::span<bf16> out, uint64_t seed, std::string_view name, std::span<const int64_t> shape) {
  float deviation = 0.02f, offset = 0;
  if (shape.size() == 1) {
    if (name.ends_with(".weight")) deviation = 0.1f, offset = 1;
  } else if (!shape.empty()) {
    double inputs = 1;
    for (size_t i = shape.size() == 3 ? 2 : 1; i < shape.size(); ++i) inputs *= double(shape[i]);
    deviation = float(1 / std::sqrt(std::max(inputs, 1.0)));
  }
  const float scale = deviation * std::sqrt(3.0f) * 0x1p-31f;  // a uniform number in [-1, 1) deviates by 1/sqrt(3)
  const uint64_t key = key_of(seed, name);
  constexpr size_t block = size_t(1) << 30;  // pairs: the counter has 32 bits, each block its own key
  for (size_t begin = 0, pairs = out.size() / 2; begin < pairs; begin += block)
    fill_block(out.data() + 2 * begin, uint32_t(std::min(block, pairs - begin)), uint32_t(key) + mix(uint32_t(begin / block)),
               scale, offset);
  if (out.size() % 2) out.back().bits = uint16_t(scaled(mix(uint32_t(key >> 32)), scale, offset) >> 16);
}

}  // namespace bifrons
