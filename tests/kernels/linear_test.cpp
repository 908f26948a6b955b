// tests/kernels/linear_test.cpp - matrix products: the reference against numbers done by hand, every backend against the
// reference in every format, at the models' shapes and at those around vector widths and blocks.
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

class LinearTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, LinearTest, testing::ValuesIn(all_targets()), target_name);

// Activations in int8 blocks cost 0.7 % each time; gelu's slope (up to 1.13) and the product of two results make it more.
double bar_after(Format format) { return bar_of(format) * (format == Format::f32 ? 1 : 1.5); }

void apply(const Ops& ops, Epilogue epilogue, const Rows& out, const Rows& x, const Linear& w) {
  switch (epilogue) {
    case Epilogue::store: return ops.linear(out, x, w);
    case Epilogue::add: return ops.linear_add(out, x, w);
    case Epilogue::gelu: return ops.linear_gelu(out, x, w);
  }
}

TEST_P(LinearTest, ByHand) {
  const std::vector<float> weight{1, 2, 3, -1, 0.5f, 0.25f}, bias{10, -2};
  const ConstTensor bias_tensor = tensor_of(bias, {2});
  for (const Format format : {Format::f32, Format::bf16}) {  // all numbers are exact in both
    const Linear w = ops().pack(tensor_of(weight, {2, 3}), &bias_tensor, format);
    EXPECT_EQ(w.out, 2);
    EXPECT_EQ(w.in, 3);
    const Rows x(ops(), 2, 3, {1, 1, 1, 2, 0, -4}), out(ops(), 2, 2);
    ops().linear(out, x, w);
    EXPECT_EQ(out.values(), (std::vector<float>{16, -2.25f, 0, -5}));
    ops().linear_add(out, x, w);
    EXPECT_EQ(out.values(), (std::vector<float>{32, -4.5f, 0, -10}));
    ops().linear_gelu(out, x, w);  // gelu(-5) = -5 * 0.5 * (1 + erf(-5 / sqrt 2)), from tables of the normal distribution
    EXPECT_EQ(too_far(out.values(), std::vector<float>{16, -0.0275067f, 0, -1.4332579e-06f}, 1e-7, 1e-4), "");
  }
  const Linear plain = ops().pack(tensor_of(weight, {2, 3}), nullptr, Format::f32);
  const Rows x(ops(), 1, 3, {1, 1, 1}), out(ops(), 1, 2);
  ops().linear(out, x, plain);
  EXPECT_EQ(out.values(), (std::vector<float>{6, -0.25f}));
}

TEST_P(LinearTest, GatedByHand) {
  const std::vector<float> gate{1, 0, 0, 1}, up{2, 0, 0, -1};
  const GatedLinear w = ops().pack_gated(tensor_of(gate, {2, 2}), tensor_of(up, {2, 2}), Format::f32);
  const Rows x(ops(), 1, 2, {1, -2}), out(ops(), 1, 2);
  ops().linear_gated(out, x, w);  // silu(1) * 2, silu(-2) * 2
  EXPECT_EQ(too_far(out.values(), std::vector<float>{1.46211716f, -0.47681169f}, 0, 1e-6), "");
}

struct Shape {
  int64_t rows, in, out;
};

TEST_P(LinearTest, MatchesReference) {
  const Shape shapes[] = {{1, 1, 1},    {1, 7, 3},     {1, 31, 17},   {1, 32, 16},    {2, 33, 31},  {3, 64, 33},   {2, 257, 65},
                          {5, 100, 47}, {8, 65, 64},   {9, 96, 15},   {13, 127, 129}, {16, 48, 80}, {17, 160, 34}, {31, 63, 66},
                          {64, 72, 97}, {65, 129, 63}, {130, 40, 50}, {1, 2048, 96},  {2, 2048, 64}};
  uint32_t seed = 1;
  for (const Shape& s : shapes)
    for (const Format format : all_formats)
      for (const Epilogue epilogue : {Epilogue::store, Epilogue::add, Epilogue::gelu}) {
        SCOPED_TRACE(testing::Message() << s.rows << " rows, in " << s.in << ", out " << s.out << ", " << name_of(format)
                                        << ", epilogue " << int(epilogue));
        const bool with_bias = ++seed % 2 == 0;
        const auto weight = random_floats(s.out * s.in, seed, 1 / std::sqrt(float(s.in))), bias = random_floats(s.out, seed + 1);
        const auto x = random_floats(s.rows * s.in, seed + 2), before = random_floats(s.rows * s.out, seed + 3);
        const ConstTensor bias_tensor = tensor_of(bias, {s.out});
        const auto run = [&](const Ops& on) {
          const Linear w = on.pack(tensor_of(weight, {s.out, s.in}), with_bias ? &bias_tensor : nullptr, format);
          EXPECT_GT(w.bytes, 0u);
          const Rows in(on, s.rows, s.in, x, 5);
          const Rows out = epilogue == Epilogue::add ? Rows(on, s.rows, s.out, before, 3) : Rows(on, s.rows, s.out, 3);
          apply(on, epilogue, out, in, w);
          EXPECT_TRUE(out.gaps_intact());
          return out.values();
        };
        EXPECT_EQ(differs(run(ops()), run(reference()), epilogue == Epilogue::gelu ? bar_after(format) : bar_of(format)), "");
      }
}

TEST_P(LinearTest, GatedMatchesReference) {
  const Shape shapes[] = {{1, 1, 1}, {1, 33, 17}, {2, 64, 48}, {3, 100, 31}, {17, 96, 65}, {70, 40, 33}, {2, 1024, 64}};
  uint32_t seed = 100;
  for (const Shape& s : shapes)
    for (const Format format : all_formats) {
      SCOPED_TRACE(testing::Message() << s.rows << " rows, in " << s.in << ", out " << s.out << ", " << name_of(format));
      const auto gate = random_floats(s.out * s.in, ++seed, 1 / std::sqrt(float(s.in)));
      const auto up = random_floats(s.out * s.in, ++seed, 1 / std::sqrt(float(s.in))), x = random_floats(s.rows * s.in, ++seed);
      const auto run = [&](const Ops& on) {
        const GatedLinear w = on.pack_gated(tensor_of(gate, {s.out, s.in}), tensor_of(up, {s.out, s.in}), format);
        const Rows in(on, s.rows, s.in, x, 1), out(on, s.rows, s.out, 2);
        on.linear_gated(out, in, w);
        EXPECT_TRUE(out.gaps_intact());
        return out.values();
      };
      EXPECT_EQ(differs(run(ops()), run(reference()), bar_after(format)), "");
    }
}

TEST_P(LinearTest, ModelShapes) {  // a decode pair and a prefill of Janus-Pro-1B, cut down in `out`
  for (const Shape& s : {Shape{2, 5632, 160}, Shape{96, 2048, 96}})
    for (const Format format : all_formats) {
      SCOPED_TRACE(testing::Message() << s.rows << " rows, in " << s.in << ", " << name_of(format));
      const auto weight = random_floats(s.out * s.in, 7, 1 / std::sqrt(float(s.in))), x = random_floats(s.rows * s.in, 8);
      const auto run = [&](const Ops& on) {
        const Linear w = on.pack(tensor_of(weight, {s.out, s.in}), nullptr, format);
        const Rows in(on, s.rows, s.in, x), out(on, s.rows, s.out);
        on.linear(out, in, w);
        return out.values();
      };
      EXPECT_EQ(differs(run(ops()), run(reference()), bar_of(format)), "");
    }
}

TEST_P(LinearTest, StacksWeights) {
  const auto q = random_floats(5 * 34, 1), k = random_floats(3 * 34, 2), v = random_floats(2 * 34, 3),
             x = random_floats(2 * 34, 4);
  const auto bias_q = random_floats(5, 5), bias_k = random_floats(3, 6), bias_v = random_floats(2, 7);
  const ConstTensor weights[] = {tensor_of(q, {5, 34}), tensor_of(k, {3, 34}), tensor_of(v, {2, 34})};
  const ConstTensor biases[] = {tensor_of(bias_q, {5}), tensor_of(bias_k, {3}), tensor_of(bias_v, {2})};
  const Rows in(ops(), 2, 34, x), stacked(ops(), 2, 10);
  ops().linear(stacked, in, ops().pack(weights, biases, Format::f32));
  int64_t column = 0;
  for (size_t i = 0; i < 3; ++i) {
    const Linear w = ops().pack(weights[i], &biases[i], Format::f32);
    const Rows out(ops(), 2, w.out);
    ops().linear(out, in, w);
    for (int64_t r = 0; r < 2; ++r)
      for (int64_t o = 0; o < w.out; ++o)
        EXPECT_NEAR(stacked.values()[size_t(r * 10 + column + o)], out.values()[size_t(r * w.out + o)], 1e-4);
    column += w.out;
  }
}

// Every row is computed alone: neither what stands beside it nor how many rows there are may change a bit of it (a drawing
// alone or among sixteen), nor may the number of threads.
TEST_P(LinearTest, RowsDoNotDependOnTheirBatchOrThreads) {
  const int64_t in = 96, outputs = 48, most = 41;
  const auto weight = random_floats(outputs * in, 1), x = random_floats(most * in, 2);
  const auto run = [&](const Ops& on, const Linear& w, int64_t first, int64_t rows) {
    const Rows from(on, rows, in, {x.begin() + first * in, x.begin() + (first + rows) * in}), out(on, rows, outputs);
    on.linear(out, from, w);
    return out.values();
  };
  for (const Format format : all_formats) {
    const Ops& other = ops_of(GetParam(), 3);
    const Linear w = ops().pack(tensor_of(weight, {outputs, in}), nullptr, format);
    const Linear on_other = other.pack(tensor_of(weight, {outputs, in}), nullptr, format);
    const auto all = run(ops(), w, 0, most);
    EXPECT_EQ(run(other, on_other, 0, most), all) << name_of(format);
    for (const auto& [first, rows] : {std::pair<int64_t, int64_t>{0, 1}, {7, 2}, {3, 5}, {40, 1}, {12, 9}, {1, 16}, {9, 32}}) {
      const std::vector<float> want(all.begin() + first * outputs, all.begin() + (first + rows) * outputs);
      EXPECT_EQ(run(ops(), w, first, rows), want) << name_of(format) << ", rows from " << first << ": " << rows;
    }
  }
}

TEST_P(LinearTest, ReadsEveryFloatingDtype) {
  const std::vector<bf16> halves{bf16(1.0f), bf16(-2.0f), bf16(0.5f), bf16(4.0f)};
  ConstTensor w;
  w.data = reinterpret_cast<const std::byte*>(halves.data()), w.dtype = DType::bf16, w.shape = {2, 2}, w.name = "halves";
  const Rows x(ops(), 1, 2, {1, 3}), out(ops(), 1, 2);
  ops().linear(out, x, ops().pack(w, nullptr, Format::bf16));
  EXPECT_EQ(out.values(), (std::vector<float>{-5, 12.5f}));
}

int forgotten = 0;

TEST_P(LinearTest, ForgetsWhatItPacked) {
  const auto weight = random_floats(6, 1);
  ConstTensor w = tensor_of(weight, {2, 3});
  w.forget = [](const ConstTensor& t) { forgotten += int(t.count()); };
  forgotten = 0;
  ops().pack(w, nullptr, Format::q8);
  EXPECT_GE(forgotten, 6);
}

TEST_P(LinearTest, Misuse) {
  const auto weight = random_floats(6, 1);
  const Linear w = ops().pack(tensor_of(weight, {2, 3}), nullptr, Format::f32);
  const Rows x(ops(), 4, 3, random_floats(12, 2)), wide(ops(), 4, 5), out(ops(), 4, 2), few(ops(), 3, 2);
  EXPECT_EQ(error_of([&] { ops().linear(out, wide, w); }), "linear: x is [4, 5] and out [4, 2] but the weight is [2, 3]");
  EXPECT_NE(error_of([&] { ops().linear(few, x, w); }), "");
  EXPECT_NE(error_of([&] { ops().linear(out, x, Linear{}); }), "");
  EXPECT_NE(error_of([&] { ops().linear(View<float, 2>(x.view().data, {4, 2}), x, w); }), "");            // overlap
  EXPECT_NE(error_of([&] { ops().linear(View<float, 2>(nullptr, {4, 2}), x, w); }), "");                  // no memory
  EXPECT_NE(error_of([&] { ops().linear(View<float, 2>(out.view().data, {4, 2}, {1, 2}), x, w); }), "");  // transposed
  const Rows both(ops(), 4, 5, random_floats(20, 3));  // side by side in one buffer is no overlap
  ops().linear(View<float, 2>(both.view().data + 3, {4, 2}, {5, 1}), View<const float, 2>(both.view().data, {4, 3}, {5, 1}), w);

  const ConstTensor tall[] = {tensor_of(weight, {2, 3}), tensor_of(weight, {3, 2})};
  EXPECT_NE(error_of([&] { ops().pack(tall, {}, Format::f32); }), "");
  const ConstTensor bias = tensor_of(weight, {6});
  EXPECT_NE(error_of([&] { ops().pack(tall[0], &bias, Format::f32); }).find("[6]"), std::string::npos);
  EXPECT_NE(error_of([&] { ops().pack(bias, nullptr, Format::f32); }), "");
  EXPECT_NE(error_of([&] { ops().pack_gated(tall[0], tall[1], Format::f32); }), "");
  ConstTensor whole = tall[0];
  whole.dtype = DType::i32;
  EXPECT_NE(error_of([&] { ops().pack(whole, nullptr, Format::f32); }).find("i32"), std::string::npos);
  const std::vector<float> huge{1e30f, 1, 2, 3}, broken{NAN, 1, 2, 3};
  for (const auto& values : {huge, broken})
    for (const Format format : {Format::q8, Format::q4})
      EXPECT_NE(error_of([&] { ops().pack(tensor_of(values, {2, 2}), nullptr, format); }), "") << name_of(format);
}

}  // namespace
}  // namespace bifrons
