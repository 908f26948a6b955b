// kernels/cpu/attention_blocks.h - attention of many queries over many keys as matrix products: chunks of keys and values are
// laid out as the panels of tiles.h, and tiles of queries pass over them, so nearly all work is the f32 product's inner loop.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/cpu/attention_kernels.h"
#include "kernels/cpu/tiles.h"

namespace bifrons {

// Scratch of one worker, carved from `memory`.
struct AttentionScratch {
  AttentionScratch(float* memory, int64_t queries, int64_t head_dim)
      : keys(memory),
        values(keys + attention_chunk * head_dim),
        q(values + attention_chunk * padded(head_dim)),
        scores(q + most_tile_rows * head_dim),
        sums(scores + attention_chunk * most_tile_rows),
        out(sums + most_tile_rows * panel_width),
        max(out + queries * head_dim),
        sum(max + queries) {}
  static size_t floats(int64_t queries, int64_t head_dim) {  // rounded up to cache lines
    const int64_t chunk = attention_chunk * (head_dim + padded(head_dim) + most_tile_rows);
    return size_t(chunk + most_tile_rows * (head_dim + panel_width) + queries * (head_dim + 2) + 15) / 16 * 16;
  }
  static int64_t padded(int64_t head_dim) { return (head_dim + 15) / 16 * 16; }

  float *keys, *values;    // panels of a chunk: [keys / 32][head_dim][32], [head_dim / 32][keys][32 or 16]
  float* q;                // [tile rows][head_dim], scaled
  float* scores;           // [keys / 32][tile rows][32]
  float* sums;             // [tile rows][32]
  float *out, *max, *sum;  // of every query so far: [queries][head_dim], [queries], [queries]
};

// Source: what is attended to. q(i), visible(i) (how many keys query i sees, rising with i), key(j), value(j), half, and
// finish(i, out, sum) for query i's weighted sum before its division.
template <class Source>
void attend(const Source& from, int64_t queries, int64_t head_dim, float scale, Isa isa, AttentionScratch& s) {
  const AttentionKernels& kernels = attention_kernels(isa);
  const TileKernel& tiles = tiles_f32(isa);
  std::fill_n(s.out, queries * head_dim, 0.0f), std::fill_n(s.sum, queries, 0.0f), std::fill_n(s.max, queries, -INFINITY);
  const int64_t all_keys = from.visible(queries - 1), row_bytes = panel_width * int64_t(sizeof(float));
  for (int64_t chunk = 0; chunk < all_keys; chunk += attention_chunk) {
    const int64_t keys = std::min(attention_chunk, all_keys - chunk), panels = (keys + panel_width - 1) / panel_width;
    const int64_t rows = panels * panel_width;
    if (rows != keys) {
      std::fill_n(s.keys + (panels - 1) * panel_width * head_dim, panel_width * head_dim, 0.0f);
      std::fill_n(s.values, rows * AttentionScratch::padded(head_dim), 0.0f);
    }
    for (int64_t j = 0; j < keys; ++j) {
      kernels.put_key(s.keys + j / panel_width * panel_width * head_dim, j % panel_width, from.key(chunk + j), from.half,
                      head_dim);
      float* value = s.values;
      for (int64_t d = 0; d < head_dim; d += panel_width) {
        const int64_t width = head_dim - d > 16 ? 32 : 16, used = std::min(width, head_dim - d);
        kernels.widen(value + j * width, from.value_at(chunk + j, d), from.half, used);
        if (used < width) std::fill_n(value + j * width + used, width - used, 0.0f);
        value += rows * width;
      }
    }
    for (int64_t first = 0; first < queries; first += tiles.rows) {
      const int64_t count = std::min(tiles.rows, queries - first), seen = std::min(keys, from.visible(first + count - 1) - chunk);
      if (seen <= 0) continue;
      const int64_t seen_panels = (seen + panel_width - 1) / panel_width;
      for (int64_t i = 0; i < count; ++i) kernels.scale(s.q + i * head_dim, from.q(first + i), scale, head_dim);
      for (int64_t p = 0; p < seen_panels; ++p)
        tiles.multiply({.sums = s.scores + p * most_tile_rows * panel_width,
                        .rows = reinterpret_cast<const unsigned char*>(s.q),
                        .row_stride = head_dim * int64_t(sizeof(float)),
                        .length = head_dim,
                        .panel = reinterpret_cast<const unsigned char*>(s.keys + p * panel_width * head_dim)},
                       count);
      float factor[most_tile_rows];
      for (int64_t i = 0; i < count; ++i)
        factor[i] = kernels.softmax(s.scores + i * panel_width, most_tile_rows * panel_width, seen_panels,
                                    std::min(seen, from.visible(first + i) - chunk), s.max + first + i, s.sum + first + i);
      const float* value = s.values;
      for (int64_t d = 0; d < head_dim; d += panel_width) {
        const int64_t width = head_dim - d > 16 ? 32 : 16;
        tiles.multiply({.sums = s.sums,
                        .rows = reinterpret_cast<const unsigned char*>(s.scores),
                        .row_stride = row_bytes,
                        .segments = seen_panels,
                        .segment_stride = most_tile_rows * row_bytes,
                        .length = panel_width,
                        .panel = reinterpret_cast<const unsigned char*>(value),
                        .width = width},
                       count);
        for (int64_t i = 0; i < count; ++i)
          kernels.scale_and_add(s.out + (first + i) * head_dim + d, factor[i], s.sums + i * panel_width,
                                std::min(width, head_dim - d));
        value += rows * width;
      }
    }
  }
  for (int64_t i = 0; i < queries; ++i) from.finish(i, s.out + i * head_dim, s.sum[i]);
}

}  // namespace bifrons
