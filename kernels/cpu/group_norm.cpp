// kernels/cpu/group_norm.cpp - group norm in two trips over the map: one for mean and variance, one for the result. Sums are
// taken of distances to an early estimate of each channel's mean, which keeps the variance of a map with a large mean as
// exact as two trips would; runs of pixels are summed on their own and added in order, whatever the number of threads.
#include <cmath>
#include <functional>

#include "kernels/cpu/attention_kernels.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/cpu/group_norm_kernels.h"
#include "kernels/cpu/map.h"

namespace bifrons {
namespace {

constexpr int64_t pixels_per_run = 1024;
constexpr int64_t pixels_of_estimate = 32;

// One row of pixels, packed and f32, where it lies or converted into `own`.
const float* row_of(const CpuMap& x, int64_t image, int64_t y, float* own, const AttentionKernels& kernels) {
  if (!x.is_bf16 && x.pixel_stride == x.channels) return x.f32() + x.offset(image, y, 0);
  for (int64_t column = 0; column < x.width; ++column) {
    const int64_t at = x.offset(image, y, column);
    kernels.widen(own + column * x.channels, x.is_bf16 ? static_cast<const void*>(x.half() + at) : x.f32() + at, x.is_bf16,
                  x.channels);
  }
  return own;
}

struct Norm {  // of one image, as x * factor + offset
  float *shift, *factor, *offset;
  double *sums, *squares;  // [runs][channels]
};

}  // namespace

void CpuOps::do_group_norm(Map& out_map, const Map& x_map, View<const float, 1> gain, View<const float, 1> bias, int64_t groups,
                           float eps, bool silu) const {
  const auto& x = static_cast<const CpuMap&>(x_map);
  auto& out = static_cast<CpuMap&>(out_map);
  const GroupNormKernels& kernels = group_norm_kernels(isa_);
  const AttentionKernels& convert = attention_kernels(isa_);
  const int64_t channels = x.channels, rows_per_run = std::max<int64_t>(1, pixels_per_run / x.width);
  const int64_t runs = (x.height + rows_per_run - 1) / rows_per_run, row = (x.width * channels + 15) / 16 * 16;

  const size_t doubles = size_t(2 * runs * channels) * sizeof(double);
  const size_t floats = size_t(3 * channels + row * pool_.size()) * sizeof(float);
  unsigned char* memory = scratch(doubles + floats);
  Norm n;
  n.sums = reinterpret_cast<double*>(memory), n.squares = n.sums + runs * channels;
  float* own_rows = reinterpret_cast<float*>(n.squares + runs * channels);
  n.shift = own_rows + row * pool_.size(), n.factor = n.shift + channels, n.offset = n.factor + channels;

  for (int64_t image = 0; image < x.images; ++image) {
    const int64_t some = std::min(pixels_of_estimate, x.width);
    std::fill_n(n.shift, channels, 0.0f);
    const float* first = row_of(x, image, 0, own_rows, convert);
    for (int64_t p = 0; p < some; ++p)
      for (int64_t c = 0; c < channels; ++c) n.shift[c] += first[p * channels + c] / float(some);

    std::fill_n(n.sums, 2 * runs * channels, 0.0);
    const auto measure = [&](int worker, int64_t begin, int64_t end) {
      for (int64_t run = begin; run < end; ++run)
        for (int64_t y = run * rows_per_run; y < std::min(x.height, (run + 1) * rows_per_run); ++y)
          kernels.statistics(n.sums + run * channels, n.squares + run * channels,
                             row_of(x, image, y, own_rows + worker * row, convert), n.shift, x.width, channels);
    };
    pool_.each(runs, 1, std::ref(measure));

    const int64_t group = channels / groups;
    const double pixels = double(x.height * x.width), count = pixels * double(group);
    for (int64_t g = 0; g < groups; ++g) {
      double mean = 0, square = 0;
      for (int64_t c = g * group; c < (g + 1) * group; ++c) {
        for (int64_t run = 1; run < runs; ++run)
          n.sums[c] += n.sums[run * channels + c], n.squares[c] += n.squares[run * channels + c];
        mean += (n.sums[c] + pixels * n.shift[c]) / count;
      }
      for (int64_t c = g * group; c < (g + 1) * group; ++c) {
        const double moved = n.shift[c] - mean;  // sum (x - mean)^2 = sum (x - shift + moved)^2
        square += n.squares[c] + 2 * moved * n.sums[c] + pixels * moved * moved;
      }
      const double scale = 1 / std::sqrt(std::max(square / count, 0.0) + eps);
      for (int64_t c = g * group; c < (g + 1) * group; ++c)
        n.factor[c] = float(scale * gain[c]), n.offset[c] = float(bias[c] - mean * scale * gain[c]);
    }

    const auto apply = [&](int worker, int64_t begin, int64_t end) {
      for (int64_t y = begin; y < end; ++y) {
        const float* from = row_of(x, image, y, own_rows + worker * row, convert);
        for (int64_t column = 0; column < x.width; ++column) {
          const int64_t at = out.offset(image, y, column);
          kernels.apply(out.is_bf16 ? static_cast<void*>(out.half() + at) : out.f32() + at, out.is_bf16, from + column * channels,
                        n.factor, n.offset, channels, silu);
        }
      }
    };
    pool_.each(x.height, 1, std::ref(apply));
  }
}

BIFRONS_PICK_ISA(GroupNormKernels, group_norm_kernels)

}  // namespace bifrons
