// tests/kernels/random_test.cpp - Philox against the known answers published with Random123 (kat_vectors), and its uniform
// numbers.
#include "kernels/core/random.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace bifrons {
namespace {

using Four = std::array<uint32_t, 4>;

TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Uniform, StaysStrictlyBetweenZeroAndOne) {
  EXPECT_GT(uniform_of_bits(0), 0);
  EXPECT_LT(uniform_of_bits(~0u), 1);
  double sum = 0, squares = 0;
  constexpr int count = 100000;
  for (uint32_t i = 0; i < count; ++i) {
    const double u = uniform(7, 1, i / 1000, i % 1000);
    ASSERT_GT(u, 0);
    ASSERT_LT(u, 1);
    sum += u, squares += u * u;
  }
  EXPECT_NEAR(sum / count, 0.5, 5 * 0.2887 / std::sqrt(count));
  EXPECT_NEAR(squares / count, 1.0 / 3, 5 * 0.2981 / std::sqrt(count));
}

TEST(Uniform, DependsOnEveryCoordinate) {
  const std::set<float> different{uniform(1, 2, 3, 4),
                                  uniform(2, 2, 3, 4),
                                  uniform(1, 3, 3, 4),
                                  uniform(1, 2, 4, 4),
                                  uniform(1, 2, 3, 5),
                                  uniform(1, 2, 3, 8),
                                  uniform(1ull << 32 | 1, 2, 3, 4),
                                  uniform(1ull << 63 | 1, 2, 3, 4)};
  EXPECT_EQ(different.size(), 8u);
  EXPECT_EQ(uniform(1, 2, 3, 4), uniform(1, 2, 3, 4));
}

}  // namespace
}  // namespace bifrons
