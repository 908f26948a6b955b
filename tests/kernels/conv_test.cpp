// tests/kernels/conv_test.cpp - convolutions: the reference against numbers done by hand and against an upsampled map made
// explicitly, every backend against the reference.
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

using Kind = Ops::ConvKind;

class ConvTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, ConvTest, testing::ValuesIn(all_targets()), target_name);

struct Pixels {  // [images, height, width, channels]
  int64_t images, height, width, channels;
  std::vector<float> values;
};

std::unique_ptr<Map> map_of(const Ops& on, const Pixels& p, MapUse use, Format format) {
  auto map = on.make_map(p.images, p.channels, p.height, p.width, use, format);
  on.rows_to_map(*map, Rows(on, map->pixels(), p.channels, p.values));
  return map;
}
std::vector<float> values_of(const Ops& on, const Map& map) {
  const Rows rows(on, map.pixels(), map.channels);
  on.map_to_rows(rows, map);
  return rows.values();
}

// As the models do it: an operand map in, a stream map out.
std::vector<float> convolve(const Ops& on, const Pixels& x, const std::vector<float>& weight, const std::vector<float>& bias,
                            int64_t kernel, Kind kind, Format format, const Pixels* add = nullptr, bool add_is_out = false) {
  const int64_t out_channels = int64_t(bias.size());
  const Conv w = on.pack_conv(tensor_of(weight, {out_channels, x.channels, kernel, kernel}), tensor_of(bias, {out_channels}),
                              format, kind == Kind::upsample);
  int64_t height = x.height, width = x.width;
  if (kind == Kind::patches) height /= kernel, width /= kernel;
  if (kind == Kind::downsample) height /= 2, width /= 2;
  if (kind == Kind::upsample) height *= 2, width *= 2;
  const auto in = map_of(on, x, MapUse::operand, format);
  const auto stream = add ? map_of(on, *add, MapUse::stream, format) : nullptr;
  const auto apart = on.make_map(x.images, out_channels, height, width, MapUse::stream, format);
  Map& out = add_is_out ? *stream : *apart;
  on.conv(out, *in, w, kind, stream.get());
  return values_of(on, out);
}

TEST_P(ConvTest, ByHand) {
  const Pixels x{1, 2, 2, 1, {1, 2, 3, 4}};
  const std::vector<float> counting{1, 2, 3, 4, 5, 6, 7, 8, 9}, bias{0.5f}, ones(9, 1.0f);
  // Each output is the sum over the kernel laid at its pixel; zeros around.
  EXPECT_EQ(convolve(ops(), x, counting, bias, 3, Kind::same, Format::f32), (std::vector<float>{77.5f, 67.5f, 47.5f, 37.5f}));
  EXPECT_EQ(convolve(ops(), x, {2}, bias, 1, Kind::same, Format::f32), (std::vector<float>{2.5f, 4.5f, 6.5f, 8.5f}));
  EXPECT_EQ(convolve(ops(), x, {1, 10, 100, 1000}, bias, 2, Kind::patches, Format::f32), (std::vector<float>{4321.5f}));
  // zeros right and below only: the kernel's upper left 2x2 meets the four pixels
  EXPECT_EQ(convolve(ops(), x, counting, bias, 3, Kind::downsample, Format::f32), (std::vector<float>{37.5f}));
  // 1 1 2 2 / 1 1 2 2 / 3 3 4 4 / 3 3 4 4, summed over 3x3
  EXPECT_EQ(convolve(ops(), x, ones, {0}, 3, Kind::upsample, Format::f32),
            (std::vector<float>{4, 8, 10, 8, 10, 18, 21, 16, 14, 24, 27, 20, 12, 20, 22, 16}));
}

// The same convolution over the enlarged map, made explicitly.
TEST_P(ConvTest, UpsampleIsNearestThenSame) {
  for (const int64_t channels : {1, 3, 16, 40}) {
    const Pixels x{2, 3, 5, channels, random_floats(2 * 3 * 5 * channels, 1)};
    Pixels enlarged{2, 6, 10, channels, {}};
    for (int64_t image = 0; image < 2; ++image)
      for (int64_t y = 0; y < 6; ++y)
        for (int64_t column = 0; column < 10; ++column)
          for (int64_t c = 0; c < channels; ++c)
            enlarged.values.push_back(x.values[size_t(((image * 3 + y / 2) * 5 + column / 2) * channels + c)]);
    const auto weight = random_floats(7 * channels * 9, 2), bias = random_floats(7, 3);
    EXPECT_EQ(differs(convolve(ops(), x, weight, bias, 3, Kind::upsample, Format::f32),
                      convolve(reference(), enlarged, weight, bias, 3, Kind::same, Format::f32), 1e-5),
              "");
  }
}

struct Case {
  int64_t images, height, width, in, out, kernel;
  Kind kind;
};

TEST_P(ConvTest, MatchesReference) {
  const Case cases[] = {
      {1, 1, 1, 1, 1, 1, Kind::same},           {1, 5, 7, 3, 8, 3, Kind::same},         {2, 6, 9, 17, 31, 3, Kind::same},
      {1, 12, 12, 64, 48, 3, Kind::same},       {1, 3, 40, 32, 3, 3, Kind::same},       {1, 1, 17, 5, 16, 3, Kind::same},
      {2, 7, 5, 24, 33, 1, Kind::same},         {1, 24, 24, 8, 72, 1, Kind::same},      {1, 24, 24, 128, 96, 3, Kind::same},
      {1, 32, 48, 3, 20, 16, Kind::patches},    {2, 9, 9, 3, 5, 4, Kind::patches},      {1, 14, 28, 3, 33, 14, Kind::patches},
      {1, 2, 2, 1, 1, 3, Kind::downsample},     {2, 8, 6, 16, 17, 3, Kind::downsample}, {1, 9, 7, 5, 16, 3, Kind::downsample},
      {1, 24, 16, 32, 32, 3, Kind::downsample}, {1, 1, 1, 1, 1, 3, Kind::upsample},     {1, 5, 7, 16, 24, 3, Kind::upsample},
      {2, 3, 4, 33, 17, 3, Kind::upsample},     {1, 12, 12, 64, 64, 3, Kind::upsample}, {1, 2, 19, 8, 3, 3, Kind::upsample}};
  uint32_t seed = 1;
  for (const Case& c : cases)
    for (const Format format : {Format::f32, Format::bf16})
      for (const int add : {0, 1, 2}) {  // none, apart, out itself
        if (add != 0 && c.kind != Kind::same) continue;
        SCOPED_TRACE(testing::Message() << "[" << c.images << ", " << c.height << ", " << c.width << ", " << c.in << "] to "
                                        << c.out << ", kernel " << c.kernel << ", kind " << int(c.kind) << ", " << name_of(format)
                                        << ", add " << add);
        const Pixels x{c.images, c.height, c.width, c.in, random_floats(c.images * c.height * c.width * c.in, ++seed)};
        const Pixels stream{c.images, c.height, c.width, c.out, random_floats(c.images * c.height * c.width * c.out, ++seed)};
        const auto weight =
            random_floats(c.out * c.in * c.kernel * c.kernel, ++seed, 1 / std::sqrt(float(c.in * c.kernel * c.kernel)));
        const auto bias = random_floats(c.out, ++seed);
        const auto run = [&](const Ops& on) {
          return convolve(on, x, weight, bias, c.kernel, c.kind, format, add ? &stream : nullptr, add == 2);
        };
        EXPECT_EQ(differs(run(ops()), run(reference()), bar_of(format)), "");
      }
}

// Shortcuts and upsamplings read the residual stream itself, and some results are next operands.
TEST_P(ConvTest, ReadsStreamsAndWritesOperands) {
  const Pixels x{1, 6, 5, 24, random_floats(6 * 5 * 24, 1)};
  const auto weight = random_floats(33 * 24 * 9, 2, 0.1f), bias = random_floats(33, 3);
  for (const Format format : {Format::f32, Format::bf16})
    for (const MapUse from : {MapUse::stream, MapUse::operand})
      for (const MapUse to : {MapUse::stream, MapUse::operand})
        for (const Kind kind : {Kind::same, Kind::upsample, Kind::downsample}) {
          const auto run = [&](const Ops& on) {
            const Conv w = on.pack_conv(tensor_of(weight, {33, 24, 3, 3}), tensor_of(bias, {33}), format, kind == Kind::upsample);
            const int64_t zoom = kind == Kind::upsample ? 4 : kind == Kind::same ? 2 : 1;  // in halves
            const auto in = map_of(on, x, from, format), out = on.make_map(1, 33, 6 * zoom / 2, 5 * zoom / 2, to, format);
            on.conv(*out, *in, w, kind);
            return values_of(on, *out);
          };
          EXPECT_EQ(differs(run(ops()), run(reference()), bar_of(format)), "")
              << int(from) << int(to) << int(kind) << name_of(format);
        }
}

// A map that is used again must have kept the zeros around it: twice through the same maps gives the same picture.
TEST_P(ConvTest, MapsMayBeReused) {
  for (const Format format : {Format::f32, Format::bf16}) {
    const int64_t channels = 20;
    const auto weight = random_floats(channels * channels * 9, 1, 0.1f), bias = random_floats(channels, 2);
    const Conv w = ops().pack_conv(tensor_of(weight, {channels, channels, 3, 3}), tensor_of(bias, {channels}), format);
    const Pixels x{1, 6, 7, channels, random_floats(6 * 7 * channels, 3)},
        other{1, 6, 7, channels, random_floats(6 * 7 * channels, 4, 50)};
    const auto operand = map_of(ops(), x, MapUse::operand, format),
               out = ops().make_map(1, channels, 6, 7, MapUse::operand, format);
    ops().conv(*out, *operand, w, Kind::same);
    const auto first = values_of(ops(), *out);
    ops().rows_to_map(*operand, Rows(ops(), 42, channels, other.values));
    ops().conv(*out, *operand, w, Kind::same);
    ops().rows_to_map(*operand, Rows(ops(), 42, channels, x.values));
    ops().conv(*out, *operand, w, Kind::same);
    EXPECT_EQ(values_of(ops(), *out), first);
  }
}

TEST_P(ConvTest, Misuse) {
  const auto weight = random_floats(2 * 3 * 9, 1), bias = random_floats(2, 2);
  const ConstTensor w = tensor_of(weight, {2, 3, 3, 3}), b = tensor_of(bias, {2});
  const Conv plain = ops().pack_conv(w, b, Format::f32), upsampled = ops().pack_conv(w, b, Format::f32, true);
  const auto map = [&](int64_t channels, int64_t height, int64_t width) {
    return ops().make_map(1, channels, height, width, MapUse::stream, Format::f32);
  };
  const auto x = ops().make_map(1, 3, 4, 4, MapUse::operand, Format::f32);
  EXPECT_EQ(error_of([&] { ops().conv(*map(2, 4, 5), *x, plain, Kind::same); }),
            "conv: the weight [2, 3, 3, 3] makes [1, 4, 4, 2] of x [1, 4, 4, 3], but out is [1, 4, 5, 2]");
  EXPECT_NE(error_of([&] { ops().conv(*map(3, 4, 4), *x, plain, Kind::same); }), "");
  EXPECT_NE(error_of([&] { ops().conv(*map(2, 4, 4), *map(4, 4, 4), plain, Kind::same); }), "");
  EXPECT_NE(error_of([&] { ops().conv(*map(2, 4, 4), *x, plain, Kind::same, map(2, 4, 3).get()); }), "");
  EXPECT_NE(error_of([&] { ops().conv(*map(2, 8, 8), *x, plain, Kind::upsample); }), "");
  EXPECT_NE(error_of([&] { ops().conv(*map(2, 4, 4), *x, upsampled, Kind::same); }), "");
  EXPECT_NE(error_of([&] { ops().conv(*map(2, 4, 4), *x, plain, Kind::downsample); }), "");
  EXPECT_NE(error_of([&] { ops().conv(*map(2, 4, 4), *x, Conv{}, Kind::same); }), "");
  EXPECT_NE(error_of([&] { ops().pack_conv(w, tensor_of(bias, {1}), Format::f32); }), "");
  EXPECT_NE(error_of([&] { ops().pack_conv(w, b, Format::q8); }), "");
  EXPECT_NE(error_of([&] { ops().pack_conv(tensor_of(weight, {2, 27}), b, Format::f32); }), "");
  EXPECT_NE(error_of([&] { ops().pack_conv(tensor_of(weight, {2, 27, 1, 1}), b, Format::f32, true); }), "");
}

}  // namespace
}  // namespace bifrons
