// tests/kernels/norms_test.cpp - rms_norm, layer_norm and l2_normalize.
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

class NormsTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, NormsTest, testing::ValuesIn(all_targets()), target_name);

TEST_P(NormsTest, ByHand) {
  const auto gain = list_of<float>(ops(), {1, 2, 1, 0.5f}), bias = list_of<float>(ops(), {0, 0, 1, -1});
  const Rows x(ops(), 1, 4, {1, -1, 3, -5}), out(ops(), 1, 4);  // mean square 9, mean -0.5, variance 8.75
  ops().rms_norm(out, x, gain, 0);
  EXPECT_EQ(too_far(out.values(), std::vector<float>{1 / 3.0f, -2 / 3.0f, 1, -5 / 6.0f}, 0, 1e-6), "");
  ops().layer_norm(out, x, gain, bias, 0.25f);  // deviation with eps: 3
  EXPECT_EQ(too_far(out.values(), std::vector<float>{0.5f, -1 / 3.0f, 1 + 3.5f / 3, -1.75f}, 0, 1e-6), "");
  const Rows y(ops(), 3, 2, {3, -4, 0, 0, 1e-3f, 0});
  ops().l2_normalize(y, 0.01f);  // too short rows are divided by eps
  EXPECT_EQ(too_far(y.values(), std::vector<float>{0.6f, -0.8f, 0, 0, 0.1f, 0}, 0, 1e-6), "");
}

TEST_P(NormsTest, MatchesReference) {
  for (const int64_t channels : {1, 2, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 127, 1024, 2048, 4097})
    for (const float scale : {1e-4f, 1.0f, 1e4f})  // the first is below sqrt(eps)
      for (const bool in_place : {false, true}) {
        SCOPED_TRACE(testing::Message() << "channels " << channels << " scale " << scale << " in place " << in_place);
        const auto x = random_floats(5 * channels, 1, scale), g = random_floats(channels, 2), b = random_floats(channels, 3);
        const auto run = [&](const Ops& on, int which) {
          const auto gain = list_of(on, g), bias = list_of(on, b);
          const Rows in(on, 5, channels, x, 3), apart(on, 5, channels, 1);
          const Rows& out = in_place || which == 2 ? in : apart;
          if (which == 0) on.rms_norm(out, in, gain, 1e-6f);
          if (which == 1) on.layer_norm(out, in, gain, bias, 1e-6f);
          if (which == 2) on.l2_normalize(out, 1e-12f);
          EXPECT_TRUE(out.gaps_intact());
          return out.values();
        };
        for (const int which : {0, 1, 2}) EXPECT_EQ(differs(run(ops(), which), run(reference(), which), 1e-5), "") << which;
      }
}

TEST_P(NormsTest, LargeMeanKeepsItsVariance) {  // E[x^2] - E[x]^2 in f32 fails here
  const int64_t channels = 1000;
  auto x = random_floats(3 * channels, 5, 0.1f);
  for (float& v : x) v += 100;
  const auto run = [&](const Ops& on) {
    const auto gain = list_of(on, std::vector<float>(size_t(channels), 1.0f)),
               bias = list_of(on, std::vector<float>(size_t(channels)));
    const Rows in(on, 3, channels, x), out(on, 3, channels);
    on.layer_norm(out, in, gain, bias, 1e-6f);
    return out.values();
  };
  EXPECT_EQ(differs(run(ops()), run(reference()), 1e-4), "");
}

TEST_P(NormsTest, Misuse) {
  const auto gain = list_of<float>(ops(), {1, 2, 3}), bias = list_of<float>(ops(), {1, 2});
  const Rows x(ops(), 2, 3, random_floats(6, 1)), out(ops(), 2, 3), wide(ops(), 2, 4);
  EXPECT_EQ(error_of([&] { ops().rms_norm(wide, x, gain, 0); }), "rms_norm: out is [2, 4] but x is [2, 3]: they must agree");
  EXPECT_EQ(error_of([&] { ops().rms_norm(out, x, bias, 0); }), "rms_norm: gain is [2] but x is [2, 3]");
  EXPECT_NE(error_of([&] { ops().layer_norm(out, x, gain, bias, 0); }), "");
  const Rows memory(ops(), 4, 3, random_floats(12, 1));
  EXPECT_NE(error_of([&] { ops().rms_norm(memory.view().slice(1, 2), memory.view().slice(0, 2), gain, 0); }), "");
}

}  // namespace
}  // namespace bifrons
