// tests/kernels/close_test.cpp - the comparison that every other test relies on must itself be able to say no.
#include "tests/close.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace bifrons {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

TEST(TooFar, AcceptsWhatIsWithinTheBound) {
  const std::vector<float> want{1, -2, 0, 100};
  EXPECT_EQ(too_far(want, want, 0, 0), "");
  EXPECT_EQ(too_far(std::vector<float>{1.01f, -2.02f, 0, 101}, want, 0, 0.0101), "");
  EXPECT_EQ(too_far(std::vector<float>{1.01f, -1.99f, 0.01f, 100.01f}, want, 0.0101, 0), "");
  EXPECT_EQ(too_far(std::vector<float>{}, std::vector<float>{}, 0, 0), "");
}

TEST(TooFar, FindsOneBadElementInAMillion) {
  const std::vector<float> want(1000000, 1.0f);
  std::vector<float> got = want;
  got[765432] = 1.001f;
  EXPECT_NE(too_far(got, want, 1e-4, 0).find("[765432]"), std::string::npos);
  EXPECT_EQ(too_far(got, want, 1e-2, 0), "");
}

TEST(TooFar, RefusesSignsNaNInfinityAndSizes) {
  const std::vector<float> one{1};
  const auto differs = [](float got, float want) { return !too_far(std::vector{got}, std::vector{want}, 0.1, 0.1).empty(); };
  EXPECT_TRUE(differs(-1, 1));
  EXPECT_TRUE(differs(-1, -100));
  EXPECT_TRUE(differs(-100, -1));
  EXPECT_TRUE(differs(nan, 1));
  EXPECT_TRUE(differs(1, nan));
  EXPECT_TRUE(differs(nan, nan));
  EXPECT_TRUE(differs(infinity, 1));
  EXPECT_TRUE(differs(1, infinity));
  EXPECT_TRUE(differs(infinity, infinity));
  EXPECT_TRUE(differs(1e-3f + 0.1f, 0));
  EXPECT_FALSE(too_far(one, {}, 1, 1).empty());
  EXPECT_FALSE(too_far(std::vector<float>{1, 2}, one, 1, 1).empty());
}

TEST(RelativeError, MeasuresWholeArrays) {
  const std::vector<float> want{3, 4};
  EXPECT_EQ(relative_error(want, want), 0);
  EXPECT_NEAR(relative_error(std::vector<float>{3, 4.5f}, want), 0.1, 1e-7);
  EXPECT_NEAR(relative_error(std::vector<float>{-3, -4}, want), 2, 1e-7);
  EXPECT_EQ(relative_error(std::vector<float>{0, 0}, std::vector<float>{0, 0}), 0);
  for (const std::vector<float>& bad : {std::vector<float>{3}, {nan, 4}, {3, infinity}})
    EXPECT_TRUE(std::isinf(relative_error(bad, want)));
  EXPECT_TRUE(std::isinf(relative_error(std::vector<float>{1, 0}, std::vector<float>{0, 0})));
}

}  // namespace
}  // namespace bifrons
