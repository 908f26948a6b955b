// tests/kernels/packing_test.cpp - panels hold exactly the values that a format stands for, wherever the layout puts them.
#include "kernels/cpu/packing.h"

#include <cstring>

#include <gtest/gtest.h>

#include "kernels/quantize.h"
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

// Value (output, k) read back by the layout's description in tiles.h, which this test spells out a second time.
float value_at(const Panels& p, int64_t output, int64_t k) {
  const int64_t width = p.width(output / panel_width), o = output % panel_width;
  const unsigned char* panel = p.panel(output / panel_width);
  const auto f16_at = [](const unsigned char* at) {
    f16 half;
    std::memcpy(&half.bits, at, 2);
    return float(half);
  };
  switch (p.format) {
    case Format::f32: return reinterpret_cast<const float*>(panel)[k * width + o];
    case Format::bf16: {
      bf16 half;
      half.bits = reinterpret_cast<const uint16_t*>(panel)[(k / 2 * width + o) * 2 + k % 2];
      return float(half);
    }
    case Format::q8: {
      const unsigned char* block = panel + k / 32 * width * 34;
      return f16_at(block + 2 * o) * float(int(block[2 * width + (k % 32 / 4 * width + o) * 4 + k % 4]) - 128);
    }
    case Format::q4: break;
  }
  const unsigned char* block = panel + k / 32 * width * 18;
  const unsigned char byte = block[2 * width + (k % 16 / 4 * width + o) * 4 + k % 4];
  return f16_at(block + 2 * o) * float(int(k % 32 < 16 ? byte & 15 : byte >> 4) - 8);
}

std::vector<float> rounded(std::span<const float> row, Format format) {
  std::vector<float> out(row.begin(), row.end());
  if (format == Format::bf16)
    for (float& v : out) v = float(bf16(v));
  std::vector<BlockQ8> q8(size_t(quant_blocks(int64_t(row.size()))));
  std::vector<BlockQ4> q4(q8.size());
  EXPECT_TRUE(quantize(q8.data(), row) && quantize(q4.data(), row));
  if (format == Format::q8) dequantize(out, q8.data());
  if (format == Format::q4) dequantize(out, q4.data());
  return out;
}

class PackingTest : public testing::TestWithParam<Isa> {};
INSTANTIATE_TEST_SUITE_P(All, PackingTest, testing::ValuesIn(usable_isas()),
                         [](const auto& made) { return std::string(name_of(made.param)); });

TEST_P(PackingTest, HoldsTheFormatsValues) {
  const ThreadPool pool(2);
  for (const auto& [outputs, in] : {std::pair<int64_t, int64_t>{1, 1}, {16, 32}, {17, 33}, {32, 64}, {47, 95}, {65, 257}})
    for (const float scale : {1.0f, 1e-7f, 1e4f})  // the first scales of blocks are then normal, subnormal and large halves
      for (const Format format : all_formats) {
        SCOPED_TRACE(testing::Message() << outputs << " x " << in << " " << name_of(format) << " scale " << scale);
        auto weight = random_floats(outputs * in, 3, scale);
        std::fill_n(weight.begin(), std::min<int64_t>(in, 32), 0.0f);  // a block of zeros has scale 0
        const ConstTensor tensor = tensor_of(weight, {outputs, in});
        const Panels p = make_panels(pool, GetParam(), format, outputs, in, [&tensor, in = in](int64_t o) {
          return RowAt{&tensor, o * in};
        });
        int64_t wrong = 0;
        for (int64_t o = 0; o < outputs; ++o) {
          const auto want = rounded({weight.data() + o * in, size_t(in)}, format);
          for (int64_t k = 0; k < p.in; ++k) wrong += value_at(p, o, k) != (k < in ? want[size_t(k)] : 0.0f);
        }
        EXPECT_EQ(wrong, 0);
      }
}

TEST_P(PackingTest, ReadsEveryStoredType) {
  const ThreadPool pool(1);
  const int64_t outputs = 19, in = 37;
  const auto weight = random_floats(outputs * in, 4);
  std::vector<bf16> as_bf16;
  std::vector<f16> as_f16;
  for (const float v : weight) as_bf16.emplace_back(v), as_f16.emplace_back(v);
  for (const DType dtype : {DType::bf16, DType::f16})
    for (const Format format : {Format::f32, Format::bf16}) {
      ConstTensor tensor = tensor_of(weight, {outputs, in});
      tensor.dtype = dtype;
      tensor.data = reinterpret_cast<const std::byte*>(dtype == DType::bf16 ? (void*)as_bf16.data() : (void*)as_f16.data());
      const Panels p = make_panels(pool, GetParam(), format, outputs, in, [&tensor, in = in](int64_t o) {
        return RowAt{&tensor, o * in};
      });
      for (int64_t o = 0; o < outputs; ++o)
        for (int64_t k = 0; k < in; ++k) {
          const float stored = dtype == DType::bf16 ? float(as_bf16[size_t(o * in + k)]) : float(as_f16[size_t(o * in + k)]);
          ASSERT_EQ(value_at(p, o, k), format == Format::bf16 ? float(bf16(stored)) : stored) << o << " " << k;
        }
    }
}

TEST_P(PackingTest, NamesTheTensorThatDoesNotFit) {
  const ThreadPool pool(1);
  std::vector<float> fine(4 * 40, 1.0f), bad = fine;
  bad[3 * 40 + 39] = std::numeric_limits<float>::infinity();
  const ConstTensor tensors[] = {tensor_of(fine, {4, 40}, "fine"), tensor_of(bad, {4, 40}, "bad")};
  const auto locate = [&](int64_t o) { return RowAt{&tensors[o / 4], o % 4 * 40}; };
  for (const Format format : {Format::q8, Format::q4})
    EXPECT_NE(error_of([&] { make_panels(pool, GetParam(), format, 8, 40, locate); }).find("'bad' holds values"),
              std::string::npos);
}

}  // namespace
}  // namespace bifrons
