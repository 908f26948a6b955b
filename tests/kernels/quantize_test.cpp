// tests/kernels/quantize_test.cpp - the numbers that q8 and q4 stand for.
#include "kernels/quantize.h"

#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

template <class Block>
std::vector<float> there_and_back(const std::vector<float>& row) {
  std::vector<Block> blocks(size_t(quant_blocks(int64_t(row.size()))));
  EXPECT_TRUE(quantize(blocks.data(), row));
  std::vector<float> back(row.size());
  dequantize(back, blocks.data());
  return back;
}

TEST(QuantizeTest, ExactWhereTheGridIs) {
  std::vector<float> row(64);
  for (size_t i = 0; i < 32; ++i) row[i] = float(int(i) * 8 - 124) / 4;  // multiples of 1/4 up to 127/4
  row[0] = 127 / 4.0f;
  for (size_t i = 32; i < 64; ++i) row[i] = -0.5f * float(int(i % 16) - 8);  // all 16 values of a q4 block
  EXPECT_EQ(there_and_back<BlockQ8>({row.begin(), row.begin() + 32}), std::vector<float>(row.begin(), row.begin() + 32));
  EXPECT_EQ(there_and_back<BlockQ4>({row.begin() + 32, row.end()}), std::vector<float>(row.begin() + 32, row.end()));
}

TEST(QuantizeTest, ErrorOfNormalNumbers) {
  for (const int64_t count : {1, 31, 32, 33, 1000}) {
    const auto row = random_floats(count, 3);
    EXPECT_LT(relative_error(there_and_back<BlockQ8>(row), row), 0.008) << count;
    EXPECT_LT(relative_error(there_and_back<BlockQ4>(row), row), count == 1000 ? 0.088 : 0.12) << count;
  }
}

TEST(QuantizeTest, EdgesOfNumbers) {
  const std::vector<float> zeros(40, 0.0f), tiny(32, 1e-9f);
  EXPECT_EQ(there_and_back<BlockQ8>(zeros), zeros);
  EXPECT_EQ(there_and_back<BlockQ4>(zeros), zeros);
  for (const float v : there_and_back<BlockQ4>(tiny)) EXPECT_NEAR(v, 0, 1e-7);  // below an f16's smallest scale
  BlockQ8 q8;
  BlockQ4 q4;
  for (const float bad : {INFINITY, -INFINITY, NAN, 1e30f}) {
    const std::vector<float> row{1, bad, 2};
    EXPECT_FALSE(quantize(&q8, row)) << bad;
    EXPECT_FALSE(quantize(&q4, row)) << bad;
  }
}

}  // namespace
}  // namespace bifrons
