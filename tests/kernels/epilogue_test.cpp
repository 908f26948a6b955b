// tests/kernels/epilogue_test.cpp - the cpu backend's conversions at both ends of a product: activations rounded on the way in,
// bias, erf and exp on the way out, with the widths that do not fill a vector.
#include "kernels/cpu/epilogue.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "kernels/cpu/activations.h"
#include "kernels/cpu/tiles.h"
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

class EpilogueTest : public testing::TestWithParam<Isa> {
 protected:
  const EpilogueKernels& kernels() const { return epilogues(GetParam()); }
  const ActivationKernels& convert() const { return activations(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, EpilogueTest, testing::ValuesIn(usable_isas()),
                         [](const auto& made) { return std::string(name_of(made.param)); });

// Any number of values through a kernel, a full tile row at a time.
std::vector<float> through(void (*kernel)(const Finish&), std::vector<float> values) {
  const size_t count = values.size();
  values.resize((count + panel_width - 1) / panel_width * panel_width);
  std::vector<float> out(values.size());
  kernel({.sums = values.data(),
          .rows = int64_t(values.size()) / panel_width,
          .columns = panel_width,
          .out = out.data(),
          .out_stride = panel_width});
  out.resize(count);
  return out;
}

TEST_P(EpilogueTest, GeluIsTheExactFormEverywhere) {
  std::vector<float> values;
  for (int i = -12000; i <= 12000; ++i) values.push_back(float(i) * 1e-3f);
  for (const float v : {1e-30f, -1e-30f, 1e-40f, 5.55f, -5.55f, 1e30f, -1e30f}) values.push_back(v);
  const auto got = through(kernels().gelu, values);
  for (size_t i = 0; i < values.size(); ++i) {
    const double v = values[i], want = v / 2 * std::erfc(-v / std::sqrt(2.0));
    ASSERT_LE(std::fabs(got[i] - want), 3e-7 * std::fabs(v)) << v;  // erf within 5 units in the last place of 1
  }
  const auto special = through(kernels().gelu, {0.0f, infinity, nan});
  EXPECT_EQ(special[0], 0);
  EXPECT_EQ(special[1], infinity);
  EXPECT_TRUE(std::isnan(special[2]));
}

TEST_P(EpilogueTest, SiluOfTheGateTimesUp) {
  std::vector<float> gates;
  for (int i = -20000; i <= 20000; i += 3) gates.push_back(float(i) * 5e-3f);
  for (size_t i = 0; i + 16 <= gates.size(); i += 16) {
    std::vector<float> sums(panel_width, 3.0f), out(16);
    std::copy_n(gates.begin() + long(i), 16, sums.begin());
    kernels().gated({.sums = sums.data(), .rows = 1, .columns = 16, .out = out.data(), .out_stride = 16});
    for (size_t j = 0; j < 16; ++j) {
      const double g = gates[i + j], want = 3 * g / (1 + std::exp(-g));
      ASSERT_LE(std::fabs(out[j] - want), 5e-7 * std::fabs(want) + 1e-36) << g;
    }
  }
}

TEST_P(EpilogueTest, WritesItsColumnsAndNoOthers) {
  const auto sums = random_floats(2 * panel_width, 1), bias = random_floats(panel_width, 2), add = random_floats(2 * 40, 3);
  for (int64_t columns = 1; columns <= panel_width; ++columns) {
    std::vector<float> out(2 * 40, nan);
    std::vector<uint16_t> half(2 * 40, 0xffff);
    Finish f{.sums = sums.data(),
             .rows = 2,
             .columns = columns,
             .bias = bias.data(),
             .add = add.data(),
             .add_stride = 40,
             .out = out.data(),
             .out_stride = 40};
    kernels().store(f);
    f.out = half.data();
    kernels().store_bf16(f);
    for (int64_t i = 0; i < 2 * 40; ++i) {
      const int64_t r = i / 40, c = i % 40;
      if (c >= columns) {
        ASSERT_TRUE(std::isnan(out[size_t(i)]) && half[size_t(i)] == 0xffff) << columns << " " << i;
        continue;
      }
      const float want = sums[size_t(r * panel_width + c)] + bias[size_t(c)] + add[size_t(i)];
      ASSERT_EQ(out[size_t(i)], want) << columns << " " << i;
      ASSERT_EQ(half[size_t(i)], bf16(want).bits) << columns << " " << i;
    }
  }
}

TEST_P(EpilogueTest, RoundsToBf16AsTheTypeDoes) {
  std::vector<float> values = random_floats(1000, 4);
  for (const uint32_t word : {0x00000000u, 0x80000000u, 0x00000001u, 0x00008000u, 0x00018000u, 0x007fffffu, 0x3f808000u,
                              0x3f818000u, 0x3f808001u, 0x7f7fffffu, 0xff7fffffu, 0x7f800000u, 0xff800000u})
    values.push_back(std::bit_cast<float>(word));
  for (size_t n : {size_t(1), size_t(15), size_t(17), values.size()}) {
    std::vector<uint16_t> bits(n + 1, 0x1234);
    convert().to_bf16_bits(bits.data(), values.data() + values.size() - n, int64_t(n));
    for (size_t i = 0; i < n; ++i) EXPECT_EQ(bits[i], bf16(values[values.size() - n + i]).bits) << i;
    EXPECT_EQ(bits[n], 0x1234);
  }
  uint16_t bits = 0;
  convert().to_bf16_bits(&bits, &nan, 1);
  EXPECT_TRUE(std::isnan(float(std::bit_cast<bf16>(bits))));
}

TEST_P(EpilogueTest, BlocksStandForTheirValues) {
  for (const auto& [kernel, offset] : {std::pair<BlockKernel, int>{convert().q8, 128}, {convert().q4, 8}}) {
    const bool wide = kernel.bytes == sizeof(BlockOfWords);
    for (const int64_t n : {1, 31, 32, 33, 95}) {
      const auto x = random_floats(n, uint32_t(n), 100);
      std::vector<unsigned char> bytes(size_t((n + 31) / 32 * kernel.bytes));
      kernel.convert(bytes.data(), x.data(), n);
      for (int64_t b = 0; b < (n + 31) / 32; ++b) {
        const unsigned char* block = bytes.data() + b * kernel.bytes;
        float scale;
        int32_t start, sum = 0;
        std::memcpy(&scale, block + kernel.bytes - 8, 4), std::memcpy(&start, block + kernel.bytes - 4, 4);
        for (int64_t i = 0; i < 32; ++i) {
          const int64_t place = wide ? i / 4 * 4 + (i % 4 == 1 ? 2 : i % 4 == 2 ? 1 : i % 4) : i;  // inputs 0, 2, 1, 3
          const int value = wide ? reinterpret_cast<const int16_t*>(block)[place] : reinterpret_cast<const int8_t*>(block)[place];
          sum += value;
          const float want = b * 32 + i < n ? x[size_t(b * 32 + i)] : 0;
          EXPECT_LE(std::abs(value), 127);
          EXPECT_NEAR(float(value) * scale, want, 0.501f * scale) << n << " " << b << " " << i;
        }
        EXPECT_EQ(start, -offset * sum);
      }
    }
    const std::vector<float> zeros(32);
    std::vector<unsigned char> bytes(size_t(kernel.bytes), 1);
    kernel.convert(bytes.data(), zeros.data(), 32);
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 0), kernel.bytes);
  }
}

}  // namespace
}  // namespace bifrons
