// tests/kernels/attention_test.cpp - attention without mask inside groups of rows.
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

class AttentionTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, AttentionTest, testing::ValuesIn(all_targets()), target_name);

TEST_P(AttentionTest, ByHand) {
  // One head of 2, a group of two rows. Row 0 asks q = (ln 3, 0): against k = (1, 0) and (0, 0) its weights are 3/4 and 1/4.
  const float ln3 = 1.0986123f;
  const Rows qkv(ops(), 2, 6, {ln3, 0, 1, 0, 4, 8, 0, 0, 0, 0, 0, -4}), out(ops(), 2, 2);
  ops().attention(out, qkv, 2, 1, 1.0f);
  EXPECT_EQ(too_far(out.values(), std::vector<float>{3, 5, 2, 2}, 0, 1e-6), "");
  ops().attention(out, qkv, 1, 1, 1.0f);  // alone, every row sees its own value
  EXPECT_EQ(out.values(), (std::vector<float>{4, 8, 0, -4}));
}

struct Case {
  int64_t images, group, heads, head_dim;
  float scale_of_q;
};

TEST_P(AttentionTest, MatchesReference) {
  const Case cases[] = {{1, 1, 1, 1, 1},    {2, 5, 3, 7, 1},    {1, 9, 2, 24, 1},   {3, 16, 1, 32, 1},  {2, 17, 2, 40, 1},
                        {1, 31, 1, 64, 30}, {1, 64, 2, 64, 1},  {2, 65, 1, 80, 1},  {1, 33, 2, 128, 1}, {1, 100, 3, 16, 100},
                        {1, 576, 2, 64, 1}, {1, 145, 2, 72, 1}, {1, 130, 1, 256, 3}};
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.images << " groups of " << c.group << ", " << c.heads << " heads of " << c.head_dim);
    const int64_t rows = c.images * c.group, width = c.heads * c.head_dim;
    auto values = random_floats(rows * 3 * width, uint32_t(c.group * 1000 + c.head_dim));
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < width; ++i) values[size_t(r * 3 * width + i)] *= c.scale_of_q;
    const auto run = [&](const Ops& on) {
      const Rows qkv(on, rows, 3 * width, values, 2), out(on, rows, width, 1);
      on.attention(out, qkv, c.group, c.heads, 1 / std::sqrt(float(c.head_dim)));
      EXPECT_TRUE(out.gaps_intact());
      EXPECT_EQ(qkv.values(), values);
      return out.values();
    };
    EXPECT_EQ(differs(run(ops()), run(reference()), 1e-5), "");
  }
}

TEST_P(AttentionTest, HugeScoresDoNotOverflow) {
  const Rows qkv(ops(), 2, 3, {1e4f, 1e4f, 1, 1e4f, -1e4f, 2}), out(ops(), 2, 1);
  ops().attention(out, qkv, 2, 1, 1.0f);
  EXPECT_EQ(out.values(), (std::vector<float>{1, 1}));
}

TEST_P(AttentionTest, Misuse) {
  const Rows qkv(ops(), 4, 12, random_floats(48, 1)), out(ops(), 4, 4), wide(ops(), 4, 5);
  EXPECT_EQ(error_of([&] { ops().attention(wide, qkv, 4, 1, 1); }),
            "attention: qkv is [4, 12] but out is [4, 5]: qkv must be three times as wide");
  EXPECT_NE(error_of([&] { ops().attention(out, qkv, 3, 1, 1); }), "");
  EXPECT_NE(error_of([&] { ops().attention(out, qkv, 4, 3, 1); }), "");
  EXPECT_NE(error_of([&] { ops().attention(out, qkv, 0, 1, 1); }), "");
  EXPECT_NE(error_of([&] { ops().attention(out, qkv, 4, 0, 1); }), "");
  EXPECT_NE(error_of([&] { ops().attention(View<float, 2>(qkv.view().data, {4, 4}, {12, 1}), qkv, 4, 1, 1); }), "");
}

}  // namespace
}  // namespace bifrons
