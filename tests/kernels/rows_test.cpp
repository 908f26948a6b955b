// tests/kernels/rows_test.cpp - looking up, moving and adding rows; and the doors of the backends themselves.
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

class RowsTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, RowsTest, testing::ValuesIn(all_targets()), target_name);

TEST_P(RowsTest, Embed) {
  for (const int64_t channels : {1, 8, 33, 64})
    for (const Format format : all_formats) {
      const auto rows = random_floats(50 * channels, 1);
      const EmbeddingTable table = ops().pack_table(tensor_of(rows, {50, channels}), format);
      const std::vector<int32_t> ids{49, 0, 7, 7};
      const Rows out(ops(), 4, channels, 2);
      ops().embed(out, table, list_of(ops(), ids));
      EXPECT_TRUE(out.gaps_intact());
      std::vector<float> want;
      for (const int32_t id : ids)
        for (int64_t c = 0; c < channels; ++c) {
          const float v = rows[size_t(id * channels + c)];
          want.push_back(format == Format::f32 ? v : float(bf16(v)));  // q8 and q4 keep bf16
        }
      EXPECT_EQ(out.values(), want) << name_of(format) << " " << channels;
    }
}

TEST_P(RowsTest, GatherAndScatter) {
  for (const int64_t channels : {1, 17, 64, 129}) {
    const auto values = random_floats(6 * channels, 1);
    const Rows x(ops(), 6, channels, values, 1), picked(ops(), 3, channels, 2), back(ops(), 6, channels, 3);
    const auto rows = list_of<int32_t>(ops(), {5, 0, 3});
    ops().gather_rows(picked, x, rows);
    ops().scatter_rows(back, picked, rows);
    EXPECT_TRUE(picked.gaps_intact() && back.gaps_intact());
    const auto got = picked.values(), scattered = back.values();
    for (int64_t r = 0; r < 6; ++r)
      for (int64_t c = 0; c < channels; ++c) {
        const float was = values[size_t(r * channels + c)], now = scattered[size_t(r * channels + c)];
        if (r == 5 || r == 0 || r == 3)
          EXPECT_EQ(now, was);
        else
          EXPECT_TRUE(std::isnan(now));  // untouched
      }
    for (int64_t c = 0; c < channels; ++c) EXPECT_EQ(got[size_t(2 * channels + c)], values[size_t(3 * channels + c)]);
  }
}

TEST_P(RowsTest, AddRowsRepeatsTheShorter) {
  for (const int64_t channels : {1, 15, 64, 100}) {
    const auto a = random_floats(6 * channels, 1), b = random_floats(2 * channels, 2);
    const Rows x(ops(), 6, channels, a, 1), y(ops(), 2, channels, b, 4);
    ops().add_rows(x, y);
    EXPECT_TRUE(x.gaps_intact());
    const auto got = x.values();
    for (int64_t r = 0; r < 6; ++r)
      for (int64_t c = 0; c < channels; ++c)
        EXPECT_EQ(got[size_t(r * channels + c)], a[size_t(r * channels + c)] + b[size_t(r % 2 * channels + c)]);
  }
}

TEST_P(RowsTest, Upload) {
  const std::vector<float> values{1, 2.5f, -3};
  const Tensor<float, 1> t = ops().upload(tensor_of(values, {3}));
  std::vector<float> back(3);
  ops().copy_out(back.data(), t.view().data, 3 * sizeof(float));
  EXPECT_EQ(back, values);
}

TEST_P(RowsTest, NothingIsNotAnError) {
  const Rows none(ops(), 0, 4), some(ops(), 2, 4, random_floats(8, 1));
  const auto no_rows = list_of<int32_t>(ops(), {});
  ops().gather_rows(none, some, no_rows);
  ops().scatter_rows(some, none, no_rows);
  ops().add_rows(none, some);
  ops().rms_norm(none, none, list_of<float>(ops(), {1, 1, 1, 1}), 0);
  EXPECT_EQ(some.values(), random_floats(8, 1));
}

TEST_P(RowsTest, Misuse) {
  const Rows x(ops(), 3, 2, random_floats(6, 1)), out(ops(), 2, 2), wide(ops(), 2, 3);
  const auto beyond = list_of<int32_t>(ops(), {0, 3}), below = list_of<int32_t>(ops(), {-1, 0}),
             twice = list_of<int32_t>(ops(), {1, 1}), fine = list_of<int32_t>(ops(), {2, 0});
  const auto rows = random_floats(6, 1);
  const EmbeddingTable table = ops().pack_table(tensor_of(rows, {3, 2}), Format::f32);
  EXPECT_EQ(error_of([&] { ops().embed(out, table, beyond); }), "embed: id 3 is outside 0 .. 2");
  EXPECT_NE(error_of([&] { ops().embed(wide, table, fine); }), "");
  EXPECT_NE(error_of([&] { ops().gather_rows(out, x, beyond); }), "");
  EXPECT_NE(error_of([&] { ops().gather_rows(out, x, below); }), "");
  EXPECT_NE(error_of([&] { ops().gather_rows(wide, x, fine); }), "");
  EXPECT_NE(error_of([&] { ops().scatter_rows(x, out, beyond); }), "");
  EXPECT_EQ(error_of([&] { ops().scatter_rows(x, out, twice); }), "scatter_rows: row 1 is named twice: rows must be distinct");
  EXPECT_NE(error_of([&] { ops().scatter_rows(wide, out, fine); }), "");
  EXPECT_NE(error_of([&] { ops().add_rows(x, wide); }), "");
  EXPECT_NE(error_of([&] { ops().pack_table(tensor_of(rows, {6}), Format::f32); }), "");
}

TEST(BackendsTest, Names) {
  for (const auto backend : {Backend::reference, Backend::cpu, Backend::cuda})
    EXPECT_EQ(backend_from_name(name_of(backend)), backend);
  for (const auto format : all_formats) EXPECT_EQ(format_from_name(name_of(format)), format);
  EXPECT_EQ(error_of([] { format_from_name("q5"); }), "no number format is called 'q5': use f32, bf16, q8 or q4");
  EXPECT_EQ(error_of([] { backend_from_name("tpu"); }), "no backend is called 'tpu': use reference, cpu or cuda");
  EXPECT_NE(error_of([] { make_ops(Backend::cuda); }), "");
  EXPECT_EQ(make_ops(Backend::reference, {.threads = 3, .isa = {}})->threads().size(), 3);
}

}  // namespace
}  // namespace bifrons
