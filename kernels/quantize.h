// kernels/quantize.h - the numbers that q8 and q4 weights stand for, shared by all backends: blocks of 32 along the input,
// each with an f16 scale. Backends may lay the blocks out as they like, but the values are those made here.
//
// q8: scale = amax / 127 rounded to f16, value = round(w / scale) in [-127, 127].
// q4: w = scale * (nibble - 8). The scale is the best in squared error of a few that map the element of largest magnitude
//     near an end of [-8, 7], each improved once by least squares; so the sign of a scale may be negative.
// The last block of a row is padded with zeros when the row is no multiple of 32.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/core/dtype.h"

namespace bifrons {

constexpr int64_t quant_block = 32;

struct BlockQ8 {
  f16 scale;
  int8_t values[quant_block];
};
struct BlockQ4 {
  f16 scale;
  uint8_t nibbles[quant_block / 2];  // value i in the low half of byte i, value i + 16 in its high half

  int value(int64_t i) const { return (i < 16 ? nibbles[i] & 15 : nibbles[i - 16] >> 4) - 8; }
};
static_assert(sizeof(BlockQ8) == 34 && sizeof(BlockQ4) == 18);

constexpr int64_t quant_blocks(int64_t in) { return (in + quant_block - 1) / quant_block; }

// One row into quant_blocks(row.size()) blocks. False when a value is not finite or too large for an f16 scale; the blocks
// are then of no use.
bool quantize(BlockQ8* blocks, std::span<const float> row);
bool quantize(BlockQ4* blocks, std::span<const float> row);
void dequantize(std::span<float> row, const BlockQ8* blocks);
void dequantize(std::span<float> row, const BlockQ4* blocks);

}  // namespace bifrons
