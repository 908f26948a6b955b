// kernels/quantize.cpp - rows of f32 to and from blocks of 8 or 4 bits.
#include "kernels/quantize.h"

#include <algorithm>
#include <cmath>

namespace bifrons {
namespace {

constexpr float largest_scale = 65504;  // of an f16

// To the nearest whole number, ties to even, for |v| < 2^22; unlike std::nearbyint it is two additions in any vector unit.
float whole(float v) { return (v + 0x1.8p23f) - 0x1.8p23f; }

// Block b of a row, padded with zeros; returns its largest magnitude, infinity when anything is not finite.
float load_block(float* block, std::span<const float> row, int64_t b) {
  const int64_t begin = b * quant_block, count = std::min<int64_t>(quant_block, int64_t(row.size()) - begin);
  std::copy_n(row.data() + begin, count, block);
  std::fill(block + count, block + quant_block, 0.0f);
  float amax = 0, sum = 0;
  for (int64_t i = 0; i < quant_block; ++i) amax = std::max(amax, std::fabs(block[i])), sum += block[i] * 0.0f;
  return sum == 0 ? amax : INFINITY;  // infinity * 0 and NaN * 0 are NaN
}

struct Nibbles {
  float values[quant_block] = {};  // whole numbers in [-8, 7]
  float error = INFINITY;          // squared
  f16 scale;
};

Nibbles try_scale(const float* block, float wished) {
  Nibbles n;
  n.scale = f16(wished);
  const float scale = float(n.scale), inverse = scale == 0 ? 0 : 1 / scale;
  n.error = 0;
  for (int64_t i = 0; i < quant_block; ++i) {
    n.values[i] = whole(std::clamp(block[i] * inverse, -8.0f, 7.0f));
    const float miss = block[i] - scale * n.values[i];
    n.error += miss * miss;
  }
  return n;
}

float least_squares(const float* block, const Nibbles& n) {
  float across = 0, square = 0;
  for (int64_t i = 0; i < quant_block; ++i) across += block[i] * n.values[i], square += n.values[i] * n.values[i];
  return square == 0 ? 0 : across / square;
}

}  // namespace

bool quantize(BlockQ8* blocks, std::span<const float> row) {
  float block[quant_block];
  for (int64_t b = 0; b < quant_blocks(int64_t(row.size())); ++b) {
    const float amax = load_block(block, row, b);
    if (!(amax <= largest_scale * 127)) return false;
    blocks[b].scale = f16(amax / 127);
    const float scale = float(blocks[b].scale), inverse = scale == 0 ? 0 : 1 / scale;
    for (int64_t i = 0; i < quant_block; ++i)
      blocks[b].values[i] = int8_t(whole(std::clamp(block[i] * inverse, -127.0f, 127.0f)));
  }
  return true;
}

bool quantize(BlockQ4* blocks, std::span<const float> row) {
  float block[quant_block];
  for (int64_t b = 0; b < quant_blocks(int64_t(row.size())); ++b) {
    const float amax = load_block(block, row, b);
    if (!(amax <= largest_scale * 7)) return false;
    // The element of largest magnitude goes to -8, where there is one step more than on the other side.
    const float extreme =
        *std::max_element(block, block + quant_block, [](float a, float c) { return std::fabs(a) < std::fabs(c); });
    Nibbles best;
    for (const float end : {-8.0f, -7.4f, 7.0f}) {
      const Nibbles first = try_scale(block, extreme / end);
      if (first.error < best.error) best = first;
    }
    const Nibbles refined = try_scale(block, least_squares(block, best));
    if (refined.error < best.error) best = refined;
    blocks[b].scale = best.scale;
    for (int64_t i = 0; i < 16; ++i)
      blocks[b].nibbles[i] = uint8_t(int(best.values[i]) + 8) | uint8_t((int(best.values[i + 16]) + 8) << 4);
  }
  return true;
}

void dequantize(std::span<float> row, const BlockQ8* blocks) {
  for (int64_t i = 0; i < int64_t(row.size()); ++i) {
    const BlockQ8& block = blocks[i / quant_block];
    row[size_t(i)] = float(block.scale) * float(block.values[i % quant_block]);
  }
}

void dequantize(std::span<float> row, const BlockQ4* blocks) {
  for (int64_t i = 0; i < int64_t(row.size()); ++i) {
    const BlockQ4& block = blocks[i / quant_block];
    row[size_t(i)] = float(block.scale) * float(block.value(i % quant_block));
  }
}

}  // namespace bifrons
