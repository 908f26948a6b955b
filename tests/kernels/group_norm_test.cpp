// tests/kernels/group_norm_test.cpp - group norm, with and without silu, and maps to and from rows.
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

class GroupNormTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, GroupNormTest, testing::ValuesIn(all_targets()), target_name);

TEST_P(GroupNormTest, MapsKeepRows) {
  for (const int64_t channels : {1, 3, 16, 33, 64})
    for (const MapUse use : {MapUse::stream, MapUse::operand}) {
      const auto values = random_floats(2 * 3 * 5 * channels, 1);
      const auto map = ops().make_map(2, channels, 3, 5, use, Format::f32);
      const Rows rows(ops(), 30, channels, values, 1), back(ops(), 30, channels, 2);
      ops().rows_to_map(*map, rows);
      ops().map_to_rows(back, *map);
      EXPECT_TRUE(back.gaps_intact());
      EXPECT_EQ(back.values(), values) << channels;
    }
}

TEST_P(GroupNormTest, ByHand) {  // two groups of one channel, two pixels each: (1, 3) and (5, 5)
  const auto x = ops().make_map(1, 2, 1, 2, MapUse::stream, Format::f32),
             out = ops().make_map(1, 2, 1, 2, MapUse::stream, Format::f32);
  const auto gain = list_of<float>(ops(), {2, 1}), bias = list_of<float>(ops(), {0, 1});
  const Rows rows(ops(), 2, 2);
  ops().rows_to_map(*x, Rows(ops(), 2, 2, {1, 5, 3, 5}));
  ops().group_norm(*out, *x, gain, bias, 2, 3, false);  // deviation with eps: 2
  ops().map_to_rows(rows, *out);
  EXPECT_EQ(too_far(rows.values(), std::vector<float>{-1, 1, 1, 1}, 0, 1e-6), "");
  ops().group_norm(*out, *x, gain, bias, 2, 3, true);
  ops().map_to_rows(rows, *out);
  EXPECT_EQ(too_far(rows.values(), std::vector<float>{-0.26894142f, 0.73105858f, 0.73105858f, 0.73105858f}, 0, 1e-6), "");
}

struct Case {
  int64_t images, channels, groups, height, width;
  float mean;
};

TEST_P(GroupNormTest, MatchesReference) {
  const Case cases[] = {{1, 1, 1, 1, 2, 0},   {1, 32, 32, 5, 7, 0},      {2, 64, 32, 9, 8, 3},  {1, 96, 32, 16, 17, 0},
                        {3, 24, 8, 11, 5, 1}, {1, 128, 32, 24, 24, 100}, {1, 40, 4, 33, 31, 0}, {1, 512, 32, 12, 12, 0},
                        {1, 6, 2, 3, 3, 0},   {1, 160, 32, 6, 50, 0},    {1, 48, 16, 20, 3, 0}, {2, 256, 32, 40, 1, 0}};
  for (const Case& c : cases)
    for (const MapUse use : {MapUse::stream, MapUse::operand})
      for (const Format format : {Format::f32, Format::bf16}) {
        SCOPED_TRACE(testing::Message() << c.channels << " channels in " << c.groups << " groups, " << c.height << " x "
                                        << c.width << ", use " << int(use) << ", " << name_of(format));
        const int64_t pixels = c.images * c.height * c.width;
        auto values = random_floats(pixels * c.channels, 1);
        for (float& v : values) v += c.mean;
        const auto g = random_floats(c.channels, 2), b = random_floats(c.channels, 3);
        const auto run = [&](const Ops& on, bool silu, bool in_place) {
          const auto x = on.make_map(c.images, c.channels, c.height, c.width, MapUse::stream, format);
          const auto apart = on.make_map(c.images, c.channels, c.height, c.width, use, format);
          Map& out = in_place ? *x : *apart;
          on.rows_to_map(*x, Rows(on, pixels, c.channels, values));
          on.group_norm(out, *x, list_of(on, g), list_of(on, b), c.groups, 1e-6f, silu);
          const Rows rows(on, pixels, c.channels);
          on.map_to_rows(rows, out);
          return rows.values();
        };
        const bool rounded = use == MapUse::operand && format == Format::bf16;
        for (const bool silu : {false, true})
          EXPECT_EQ(differs(run(ops(), silu, false), run(reference(), silu, false),
                            rounded       ? 1e-2
                            : c.mean > 50 ? 1e-4
                                          : 1e-5),
                    "");
        EXPECT_EQ(differs(run(ops(), true, true), run(reference(), true, true), c.mean > 50 ? 1e-4 : 1e-5), "");
      }
}

TEST_P(GroupNormTest, Misuse) {
  const auto x = ops().make_map(1, 4, 2, 2, MapUse::stream, Format::f32),
             out = ops().make_map(1, 4, 2, 2, MapUse::stream, Format::f32),
             other = ops().make_map(1, 4, 2, 3, MapUse::stream, Format::f32);
  const auto four = list_of<float>(ops(), {1, 1, 1, 1}), three = list_of<float>(ops(), {1, 1, 1});
  EXPECT_EQ(error_of([&] { ops().group_norm(*other, *x, four, four, 2, 0, false); }),
            "group_norm: out is [1, 2, 3, 4] but x is [1, 2, 2, 4]: they must agree");
  EXPECT_NE(error_of([&] { ops().group_norm(*out, *x, three, four, 2, 0, false); }), "");
  EXPECT_NE(error_of([&] { ops().group_norm(*out, *x, four, three, 2, 0, false); }), "");
  EXPECT_NE(error_of([&] { ops().group_norm(*out, *x, four, four, 3, 0, false); }), "");
  EXPECT_NE(error_of([&] { ops().group_norm(*out, *x, four, four, 0, 0, false); }), "");
  EXPECT_NE(error_of([&] { ops().rows_to_map(*x, Rows(ops(), 4, 3)); }), "");
  EXPECT_NE(error_of([&] { ops().map_to_rows(Rows(ops(), 5, 4), *x); }), "");
  EXPECT_NE(error_of([&] { ops().make_map(1, 0, 2, 2, MapUse::stream, Format::f32); }), "");
}

}  // namespace
}  // namespace bifrons
