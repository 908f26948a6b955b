// kernels/cpu/tiles.h - the inner loops of every matrix product and convolution: a few rows of activations times one panel
// of weights, whole sums in registers.
//
// A panel is the weights of 32 outputs (16 when no more are left), interleaved so that one vector holds 16 outputs and no
// sum ever crosses lanes, and so that a product with few rows reads memory as one forward stream:
//   f32   [in][width]                                  bf16  [in / 2][width][2]
//   q8    [in / 32] of { f16 scales [width], u8 [8][width][4]: value + 128 }
//   q4    [in / 32] of { f16 scales [width], u8 [4][width][4]: low halves inputs 4 g + j, high halves 16 + 4 g + j }
// Activations are rows at a fixed distance, converted once per operation (activations.h). What a convolution multiplies is
// several such runs, one per row of its kernel: the segments.
#pragma once

#include <stdint.h>

#include "kernels/cpu/isa.h"

namespace bifrons {

constexpr int64_t panel_width = 32;
constexpr int64_t most_tile_rows = 12;

struct Tile {
  float* sums = nullptr;                // out: [rows][panel_width]
  const unsigned char* rows = nullptr;  // first activation row; up to `rows` of the kernel are read, needed or not
  int64_t row_stride = 0;               // bytes
  int64_t segments = 1;
  int64_t segment_stride = 0;  // bytes
  int64_t length = 0;          // of a segment: f32 inputs, bf16 pairs, blocks of 32
  const unsigned char* panel = nullptr;
  int64_t width = panel_width;  // 16 or 32
};

struct TileKernel {
  int64_t rows;                                      // of the largest tile
  void (*multiply)(const Tile& tile, int64_t rows);  // rows <= this->rows
};

BIFRONS_PER_ISA(TileKernel, tiles_f32)
BIFRONS_PER_ISA(TileKernel, tiles_bf16)
BIFRONS_PER_ISA_AND_VNNI(TileKernel, tiles_q8)
BIFRONS_PER_ISA_AND_VNNI(TileKernel, tiles_q4)

}  // namespace bifrons
