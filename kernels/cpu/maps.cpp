// kernels/cpu/maps.cpp - feature maps: their memory, and rows in and out of them.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/cpu/activations.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/cpu/map.h"
#include "kernels/cpu/packing.h"
#include "kernels/cpu/repack.h"
#include "kernels/cpu/tiles.h"

namespace bifrons {
namespace {

// Enough for a 16 x 16 patch kernel, whose tiles step 16 pixels; a larger one makes conv copy the map first.
constexpr int64_t usual_slack = (most_tile_rows + 1) * 16;

}  // namespace

size_t lay_out(CpuMap& map) {
  map.pixel_stride = map.is_bf16 ? (map.channels + 1) / 2 * 2 : map.channels;
  map.row_stride = (map.width + 2 * map.border) * map.pixel_stride;
  map.image_stride = (map.height + 2 * map.border) * map.row_stride;
  map.first_pixel = map.border * (map.row_stride + map.pixel_stride);
  return size_t(map.images * map.image_stride + map.slack * map.pixel_stride) * map.element_bytes();
}

std::unique_ptr<Map> CpuOps::make_map(int64_t images, int64_t channels, int64_t height, int64_t width, MapUse use,
                                      Format format) const {
  if (images < 1 || channels < 1 || height < 1 || width < 1)
    fail(Fault::other, "make_map: images ", images, ", channels ", channels, ", height ", height, ", width ", width,
         ": each must be at least 1");
  auto map = std::make_unique<CpuMap>();
  map->images = images, map->channels = channels, map->height = height, map->width = width, map->use = use;
  if (use == MapUse::operand) {
    map->is_bf16 = format != Format::f32 && isa_ == Isa::avx512_bf16;
    map->border = 1, map->slack = usual_slack;
  }
  map->buffer = Buffer(Memory::host, lay_out(*map));
  prefer_huge_pages(map->buffer);
  if (use == MapUse::operand)
    pool_.each(int64_t(map->buffer.size()), int64_t(1) << 20,
               [&](int, int64_t begin, int64_t end) { std::memset(map->buffer.data() + begin, 0, size_t(end - begin)); });
  return map;
}

void CpuOps::do_rows_to_map(Map& out, View<const float, 2> rows) const {
  const auto& map = static_cast<const CpuMap&>(out);
  const auto to_bf16 = activations(isa_).to_bf16_bits;
  pool_.each(map.images * map.height, 1, [&](int, int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line)
      for (int64_t x = 0; x < map.width; ++x) {
        const float* from = rows[line * map.width + x].data;
        const int64_t to = map.offset(line / map.height, line % map.height, x);
        if (map.is_bf16)
          to_bf16(map.half() + to, from, map.channels);
        else
          std::copy_n(from, map.channels, map.f32() + to);
      }
  });
}

void CpuOps::do_map_to_rows(View<float, 2> out, const Map& from) const {
  const auto& map = static_cast<const CpuMap&>(from);
  pool_.each(map.images * map.height, 1, [&](int, int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line)
      for (int64_t x = 0; x < map.width; ++x) {
        float* to = out[line * map.width + x].data;
        const int64_t at = map.offset(line / map.height, line % map.height, x);
        if (map.is_bf16)
          repack(isa_).widen_bf16(to, map.half() + at, map.channels);
        else
          std::copy_n(map.f32() + at, map.channels, to);
      }
  });
}

}  // namespace bifrons
