// kernels/core/random.h - randomness as a function: Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011) keyed by (seed, sequence, position), so that a sample does not depend on batch, thread, order or device.
#pragma once

#include <array>
#include <cstdint>

namespace bifrons {

// Four 32-bit numbers for counter and key; known answers in tests/kernels/random_test.cpp.
constexpr std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t(0xD2511F53u) * counter[0], b = uint64_t(0xCD9E8D57u) * counter[2];
    counter = {uint32_t(b >> 32) ^ counter[1] ^ key[0], uint32_t(b), uint32_t(a >> 32) ^ counter[3] ^ key[1], uint32_t(a)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

// The number of class `index` at `position` of `sequence` under `seed`: uniform, strictly between 0 and 1.
// Classes 4i .. 4i+3 share one Philox call: counter {i, position, sequence, 0}, key {low, high half of seed}.
constexpr float uniform_of_bits(uint32_t bits) { return (float(bits >> 9) + 0.5f) * 0x1p-23f; }
constexpr float uniform(uint64_t seed, uint32_t sequence, uint32_t position, uint32_t index) {
  const auto four = philox({index / 4, position, sequence, 0}, {uint32_t(seed), uint32_t(seed >> 32)});
  return uniform_of_bits(four[index % 4]);
}

}  // namespace bifrons
