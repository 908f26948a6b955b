// kernels/weights/random_weights.cpp - a counter-based hash, so that no state is carried and the loop becomes vector code.
#include "kernels/weights/random_weights.h"

#include <bit>
#include <cmath>

namespace bifrons {
namespace {

// A 32-bit finaliser with low bias (constants found by Chris Wellons' hash prospector); two numbers of 16 bits from one hash.
inline uint32_t mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

inline uint16_t scaled(int16_t number, float scale, float offset) {  // bf16 bits, rounded towards zero
  return uint16_t(std::bit_cast<uint32_t>(offset + scale * float(number)) >> 16);
}

inline __attribute__((always_inline)) void fill_pairs(uint16_t* out, uint32_t pairs, uint32_t key, float scale, float offset) {
  for (uint32_t i = 0; i < pairs; ++i) {
    const uint32_t hash = mix(i ^ key);
    out[2 * size_t(i)] = scaled(int16_t(hash), scale, offset);
    out[2 * size_t(i) + 1] = scaled(int16_t(hash >> 16), scale, offset);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void fill_pairs_avx2(uint16_t* out, uint32_t pairs, uint32_t key, float scale, float offset) {
  fill_pairs(out, pairs, key, scale, offset);
}
#endif

void fill_block(uint16_t* out, uint32_t pairs, uint32_t key, float scale, float offset) {
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
  const float scale = deviation * std::sqrt(3.0f) / 32768;  // a uniform number in [-1, 1) deviates by 1/sqrt(3)
  const uint64_t key = key_of(seed, name);
  constexpr size_t block = size_t(1) << 30;  // pairs: the counter has 32 bits, each block its own key
  auto* to = reinterpret_cast<uint16_t*>(out.data());
  for (size_t begin = 0, pairs = out.size() / 2; begin < pairs; begin += block)
    fill_block(to + 2 * begin, uint32_t(std::min(block, pairs - begin)), uint32_t(key) + mix(uint32_t(begin / block)), scale,
               offset);
  if (out.size() % 2) to[out.size() - 1] = scaled(int16_t(mix(uint32_t(key >> 32))), scale, offset);
}

}  // namespace bifrons
