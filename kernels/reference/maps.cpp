// kernels/reference/maps.cpp - feature maps: to and from rows, group norm, and convolutions by their definition: every output
// pixel gathers the inputs its kernel sees, zeros where there are none, and takes inner products with the kernels.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/reference/dot.h"
#include "kernels/reference/reference_ops.h"

namespace bifrons {
namespace {

View<float, 4> values(Map& map) { return static_cast<HostMap&>(map).values; }
View<const float, 4> values(const Map& map) { return static_cast<const HostMap&>(map).values; }

// What the kernel sees at one output pixel, in the file's order of a kernel: [in, height, width].
void gather_patch(std::vector<float>& patch, View<const float, 3> x, const Conv& w, Ops::ConvKind kind, int64_t y_out,
                  int64_t x_out) {
  using Kind = Ops::ConvKind;
  const int64_t zoom = kind == Kind::upsample ? 2 : 1;  // nearest: pixel (y, x) of the enlarged map is (y / 2, x / 2)
  const int64_t height = x.dim[0] * zoom, width = x.dim[1] * zoom;
  int64_t top = y_out, left = x_out;
  switch (kind) {
    case Kind::same:
    case Kind::upsample: top -= w.height / 2, left -= w.width / 2; break;
    case Kind::patches: top *= w.height, left *= w.width; break;
    case Kind::downsample: top *= 2, left *= 2; break;
  }
  for (int64_t ky = 0; ky < w.height; ++ky)
    for (int64_t kx = 0; kx < w.width; ++kx) {
      const int64_t y = top + ky, column = left + kx;
      const bool inside = y >= 0 && y < height && column >= 0 && column < width;
      for (int64_t c = 0; c < w.in; ++c)
        patch[size_t((c * w.height + ky) * w.width + kx)] = inside ? x[y / zoom][column / zoom][c] : 0.0f;
    }
}

}  // namespace

std::unique_ptr<Map> ReferenceOps::make_map(int64_t images, int64_t channels, int64_t height, int64_t width, MapUse,
                                            Format) const {
  if (images < 1 || channels < 1 || height < 1 || width < 1)
    fail(Fault::other, "make_map: images ", images, ", channels ", channels, ", height ", height, ", width ", width,
         ": each must be at least 1");
  auto map = std::make_unique<HostMap>();
  map->images = images, map->channels = channels, map->height = height, map->width = width;
  map->values = tensor<float, 4>({images, height, width, channels});
  return map;
}

void ReferenceOps::do_rows_to_map(Map& out, View<const float, 2> rows) const {
  float* to = values(out).data;
  for (int64_t p = 0; p < out.pixels(); ++p) std::copy_n(rows[p].data, out.channels, to + p * out.channels);
}

void ReferenceOps::do_map_to_rows(View<float, 2> out, const Map& map) const {
  const float* from = values(map).data;
  for (int64_t p = 0; p < map.pixels(); ++p) std::copy_n(from + p * map.channels, map.channels, out[p].data);
}

void ReferenceOps::do_group_norm(Map& out, const Map& x, View<const float, 1> gain, View<const float, 1> bias, int64_t groups,
                                 float eps, bool silu) const {
  const int64_t pixels = x.height * x.width, group = x.channels / groups;
  pool_.each(x.images * groups, 1, [&](int, int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t first = item % groups * group;  // channel
      const float* from = values(x)[item / groups].data;
      float* to = values(out)[item / groups].data;
      double sum = 0, square = 0;
      for (int64_t p = 0; p < pixels; ++p)
        for (int64_t c = first; c < first + group; ++c) sum += from[p * x.channels + c];
      const double mean = sum / double(pixels * group);
      for (int64_t p = 0; p < pixels; ++p)
        for (int64_t c = first; c < first + group; ++c) {
          const double d = from[p * x.channels + c] - mean;
          square += d * d;
        }
      const double factor = 1 / std::sqrt(square / double(pixels * group) + eps);
      for (int64_t p = 0; p < pixels; ++p)
        for (int64_t c = first; c < first + group; ++c) {
          const double v = (from[p * x.channels + c] - mean) * factor * gain[c] + bias[c];
          to[p * x.channels + c] = float(silu ? v / (1 + std::exp(-v)) : v);
        }
    }
  });
}

void ReferenceOps::do_conv(Map& out, const Map& x, const Conv& w, ConvKind kind, const Map* add) const {
  const auto& stored = static_cast<const StoredConv&>(*w.packed);
  const int64_t columns = stored.weight.columns();
  std::vector<float> kernels(size_t(w.out * columns));
  for (int64_t o = 0; o < w.out; ++o) stored.weight.read({kernels.data() + o * columns, size_t(columns)}, o);
  pool_.each(out.images * out.height, 1, [&](int, int64_t begin, int64_t end) {
    std::vector<std::vector<float>> patches(size_t(out.width), std::vector<float>(static_cast<size_t>(columns)));
    for (int64_t row = begin; row < end; ++row) {
      const int64_t image = row / out.height, y = row % out.height;
      for (int64_t column = 0; column < out.width; ++column)
        gather_patch(patches[size_t(column)], values(x)[image], w, kind, y, column);
      for (int64_t o = 0; o < w.out; ++o)  // outermost, so that a kernel is read from memory once for all pixels of the row
        for (int64_t column = 0; column < out.width; ++column) {
          double v = dot(patches[size_t(column)].data(), kernels.data() + o * columns, columns) + stored.bias[size_t(o)];
          if (add != nullptr) v += values(*add)[image][y][column][o];
          values(out)[image][y][column][o] = float(v);
        }
    }
  });
}

}  // namespace bifrons
