// kernels/cpu/tiles_f32.cpp - rows of f32 times a panel of f32.
#include "kernels/cpu/tiles.h"
#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

// `vectors` times 16 outputs from output 16 * at of the panel.
template <int rows, int vectors>
void tile(const Tile& t, int64_t at) {
  F sum[rows][vectors];
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = zero();
  const float* weights = reinterpret_cast<const float*>(t.panel) + at * lanes;
  const int64_t width = t.width, stride = t.row_stride;
  for (int64_t s = 0; s < t.segments; ++s) {
    const unsigned char* every_third[(rows + 2) / 3];  // rows by base + {0, 1, 2} strides: few registers, no additions
    BIFRONS_UNROLL for (int g = 0; g < (rows + 2) / 3; ++g) every_third[g] = t.rows + s * t.segment_stride + 3 * g * stride;
    for (int64_t k = 0; k < t.length; ++k, weights += width) {
      F w[vectors];
      BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) w[v] = load(weights + v * lanes);
      BIFRONS_UNROLL for (int r = 0; r < rows; ++r) {
        const F x = splat(*reinterpret_cast<const float*>(every_third[r / 3] + r % 3 * stride + 4 * k));
        BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = fma(x, w[v], sum[r][v]);
      }
    }
  }
  BIFRONS_UNROLL for (int r = 0; r < rows; ++r) BIFRONS_UNROLL for (int v = 0; v < vectors; ++v)
      store(t.sums + r * panel_width + (at + v) * lanes, sum[r][v]);
}

template <int rows>
void wide(const Tile& t) {
  t.width == panel_width ? tile<rows, 2>(t, 0) : tile<rows, 1>(t, 0);
}
template <int rows>
void narrow(const Tile& t) {
  for (int64_t at = 0; at * lanes < t.width; ++at) tile<rows, 1>(t, at);
}

#if BIFRONS_ISA_LEVEL >= 1
// 12 x 32 outputs: 24 sums, 2 weights and 1 activation of 32 registers; 24 products per 14 loads.
void multiply(const Tile& t, int64_t rows) {
  if (rows <= 1) return wide<1>(t);
  if (rows <= 2) return wide<2>(t);
  if (rows <= 4) return wide<4>(t);
  if (rows <= 8) return wide<8>(t);
  wide<12>(t);
}
constexpr int64_t largest_tile = 12;
#else
// 6 x 16 outputs: 12 sums, 2 weights and 1 activation of 16 registers. Few rows take the whole panel: one memory stream.
void multiply(const Tile& t, int64_t rows) {
  if (rows <= 1) return wide<1>(t);
  if (rows <= 2) return wide<2>(t);
  if (rows <= 4) {  // twice, the second time out of the cache, rather than every other cache line of the panel twice
    Tile rest = t;
    rest.rows += 2 * t.row_stride, rest.sums += 2 * panel_width;
    return wide<2>(t), wide<2>(rest);
  }
  narrow<6>(t);
}
constexpr int64_t largest_tile = 6;
#endif

}  // namespace

const TileKernel tiles_f32{largest_tile, multiply};

}  // namespace bifrons::BIFRONS_ISA
