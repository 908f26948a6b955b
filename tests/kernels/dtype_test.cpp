// tests/kernels/dtype_test.cpp - every half and every bf16 there and back, rounding at the ties, the eight-bit floats by their
// tables.
#include "kernels/core/dtype.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/tensor.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

TEST(BFloat16, EveryValueComesBack) {
  for (uint32_t code = 0; code < 65536; ++code) {
    bf16 value;
    value.bits = uint16_t(code);
    const float wide = float(value);
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(float(bf16(wide))));
    } else {
      EXPECT_EQ(bf16(wide).bits, code);
    }
  }
}

TEST(BFloat16, RoundsToNearestEven) {
  const float step = 0x1p-7f;  // between neighbours at 1
  EXPECT_EQ(float(bf16(1 + step / 2)), 1.0f);
  EXPECT_EQ(float(bf16(1 + 1.5f * step)), 1 + 2 * step);
  EXPECT_EQ(float(bf16(std::nextafter(1 + step / 2, 2.0f))), 1 + step);
  EXPECT_EQ(float(bf16(std::numeric_limits<float>::max())), infinity);
  EXPECT_EQ(float(bf16(-infinity)), -infinity);
  uint32_t quiet_loss = 0x7f800001;  // a NaN whose set bit lies in the half that is dropped
  EXPECT_TRUE(std::isnan(float(bf16(std::bit_cast<float>(quiet_loss)))));
}

TEST(Half, EveryValueComesBack) {
  for (uint32_t code = 0; code < 65536; ++code) {
    f16 value;
    value.bits = uint16_t(code);
    const float wide = float(value);
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(float(f16(wide))));
    } else {
      EXPECT_EQ(f16(wide).bits, code) << wide;
    }
  }
}

TEST(Half, RoundsToNearestEvenAlsoBelowTheNormals) {
  EXPECT_EQ(float(f16(65504.0f)), 65504.0f);
  EXPECT_EQ(float(f16(65519.9f)), 65504.0f);
  EXPECT_EQ(float(f16(65520.0f)), infinity);
  EXPECT_EQ(float(f16(0x1p-24f)), 0x1p-24f);
  EXPECT_EQ(float(f16(0x1p-25f)), 0.0f);  // a tie
  EXPECT_EQ(float(f16(0x1.8p-24f)), 0x1p-23f);
  EXPECT_EQ(float(f16(-0x1p-14f)), -0x1p-14f);
  for (float tie : {1 + 0x1p-11f, 1 + 0x3p-11f, 2047 + 0.5f, 1024 + 0.5f}) {
    const float low = float(f16(tie));
    EXPECT_LE(std::fabs(low - tie), 0.5f);
    EXPECT_EQ(f16(tie).bits & 1, 0) << tie;
  }
}

float only(DType dtype, std::vector<uint8_t> bytes) {
  float out;
  to_f32({&out, 1}, {reinterpret_cast<const std::byte*>(bytes.data()), dtype, {1}, "x", nullptr});
  return out;
}

TEST(EightBits, FollowTheirTables) {
  EXPECT_EQ(only(DType::f8_e4m3, {0x00}), 0.0f);
  EXPECT_EQ(only(DType::f8_e4m3, {0x01}), 0x1p-9f);
  EXPECT_EQ(only(DType::f8_e4m3, {0x08}), 0x1p-6f);
  EXPECT_EQ(only(DType::f8_e4m3, {0x38}), 1.0f);
  EXPECT_EQ(only(DType::f8_e4m3, {0xb9}), -1.125f);
  EXPECT_EQ(only(DType::f8_e4m3, {0x7e}), 448.0f);
  EXPECT_TRUE(std::isnan(only(DType::f8_e4m3, {0x7f})));
  EXPECT_TRUE(std::isnan(only(DType::f8_e4m3, {0xff})));
  EXPECT_EQ(only(DType::f8_e5m2, {0x3c}), 1.0f);
  EXPECT_EQ(only(DType::f8_e5m2, {0x7b}), 57344.0f);
  EXPECT_EQ(only(DType::f8_e5m2, {0xfc}), -infinity);
}

TEST(ToF32, ReadsPartsOfEveryFloatingTypeUnaligned) {
  const std::vector<double> values{1, -0.5, 3, 0.25};
  std::vector<std::byte> memory(1 + 4 * sizeof(double));
  const auto check = [&](DType dtype, auto convert) {
    for (size_t i = 0; i < values.size(); ++i) {
      const auto stored = convert(values[i]);
      std::memcpy(memory.data() + 1 + i * sizeof(stored), &stored, sizeof(stored));
    }
    std::vector<float> got(2);
    to_f32(got, {memory.data() + 1, dtype, {2, 2}, "x", nullptr}, 1);
    EXPECT_EQ(got, (std::vector<float>{-0.5f, 3})) << name_of(dtype);
  };
  check(DType::f64, [](double v) { return v; });
  check(DType::f32, [](double v) { return float(v); });
  check(DType::f16, [](double v) { return f16(float(v)); });
  check(DType::bf16, [](double v) { return bf16(float(v)); });
}

TEST(ToF32, RefusesIntegersAndRangesOutside) {
  const std::vector<std::byte> memory(16);
  const ConstTensor integers{memory.data(), DType::i64, {2}, "ids", nullptr},
      floats{memory.data(), DType::f32, {4}, "w", nullptr};
  std::vector<float> out(2);
  EXPECT_THAT(thrown([&] { to_f32(out, integers); }), testing::HasSubstr("'ids' holds i64"));
  EXPECT_THAT(thrown([&] { to_f32(out, floats, 3); }), testing::HasSubstr("'w' has 4 elements"));
  EXPECT_THAT(thrown([&] { to_f32(out, floats, -1); }), testing::HasSubstr("'w' has 4 elements"));
  EXPECT_THAT(thrown([&] { floats.view<bf16, 1>(); }), testing::HasSubstr("'w' is f32 [4], asked for as bf16"));
  EXPECT_THAT(thrown([&] { floats.view<float, 2>(); }), testing::HasSubstr("of rank 2"));
}

}  // namespace
}  // namespace bifrons
