// vision/resize.cpp - separable resampling of 8-bit pictures with the arithmetic of Pillow's Resample.c: weights in double,
// rounded to fixed point; integer sums; 8-bit rounding after each pass. Compiled with -ffp-contract=off: a fused multiply-add
// would move a weight by one unit now and then.
#include "vision/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

constexpr int fixed_bits = 22;  // 32 bits less 8 of the pixel, less 2 for sums beyond [0, 255]

struct Filter {
  double support;
  double (*weight)(double);
};

double bicubic(double t) {  // Keys, a = -0.5
  constexpr double a = -0.5;
  t = std::fabs(t);
  if (t < 1.0) return ((a + 2.0) * t - (a + 3.0)) * t * t + 1;
  if (t < 2.0) return (((t - 5) * t + 8) * t - 4) * a;
  return 0.0;
}

double sinc(double t) {
  if (t == 0.0) return 1.0;
  t *= std::numbers::pi;
  return std::sin(t) / t;
}
double lanczos(double t) { return -3.0 <= t && t < 3.0 ? sinc(t) * sinc(t / 3) : 0.0; }

struct Window {  // of the result: the only rows or columns that are computed
  int64_t begin, count;
};

// For each output position of one axis the input positions [first, first + taps) that it mixes, and their weights.
struct Weights1d {
  std::vector<int64_t> first, taps;
  std::vector<int32_t> fixed;  // [outputs, stride]
  int64_t stride = 0;
  int64_t lowest() const { return *std::min_element(first.begin(), first.end()); }
  int64_t beyond() const {
    int64_t end = 0;
    for (size_t i = 0; i < first.size(); ++i) end = std::max(end, first[i] + taps[i]);
    return end;
  }
};

Weights1d weights_for(int64_t in, int64_t out, Window window, const Filter& filter) {
  const double scale = double(in) / double(out), filter_scale = std::max(scale, 1.0);
  const double support = filter.support * filter_scale, inverse = 1.0 / filter_scale;
  Weights1d w;
  w.stride = int64_t(std::ceil(support)) * 2 + 1;
  w.fixed.assign(size_t(window.count * w.stride), 0);
  std::vector<double> raw(size_t(w.stride));
  for (int64_t i = 0; i < window.count; ++i) {
    const double centre = (double(window.begin + i) + 0.5) * scale;
    // Rounded as Pillow does it: +0.5, then towards zero. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    const int64_t begin = std::max<int64_t>(int64_t(centre - support + 0.5), 0);
    // NOLINTNEXTLINE(bugprone-incorrect-roundings)
    const int64_t taps = std::min<int64_t>(int64_t(centre + support + 0.5), in) - begin;
    double sum = 0;
    for (int64_t x = 0; x < taps; ++x) {
      raw[size_t(x)] = filter.weight((double(x + begin) - centre + 0.5) * inverse);
      sum += raw[size_t(x)];
    }
    for (int64_t x = 0; x < taps; ++x) {
      const double weight = (sum != 0.0 ? raw[size_t(x)] / sum : raw[size_t(x)]) * double(1 << fixed_bits);
      w.fixed[size_t(i * w.stride + x)] = int32_t(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    w.first.push_back(begin), w.taps.push_back(taps);
  }
  return w;
}

uint8_t to_byte(int32_t sum) { return uint8_t(std::clamp(sum >> fixed_bits, 0, 255)); }

// sums[i] += bytes[i] * weight: the inner loop of both passes, plain enough for the compiler to make vector code of it.
void add_weighted(std::span<int32_t> sums, const uint8_t* bytes, int32_t weight) {
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += bytes[i] * weight;
}

// Columns of the result from `rows` rows of the input. Works on strips of rows turned on their side, where the bytes that
// one weight multiplies lie side by side: three adjacent bytes alone are too few for vector code.
Image pass_across(const Image& in, int64_t row_begin, int64_t rows, const Weights1d& w) {
  constexpr int64_t strip = 16;  // rows; 48 bytes of a column, a few vector registers of sums
  Image out(int64_t(w.first.size()), rows);
  const int64_t begin = w.lowest(), columns = w.beyond() - begin;
  std::vector<uint8_t> turned(size_t(columns * strip * 3));  // [columns, strip, 3]
  std::array<int32_t, strip * 3> sums;
  for (int64_t y = 0; y < rows; y += strip) {
    const int64_t count = std::min(strip, rows - y);
    for (int64_t k = 0; k < count; ++k) {
      const uint8_t* from = in.rgb.data() + ((row_begin + y + k) * in.width + begin) * 3;
      uint8_t* to = turned.data() + k * 3;
      for (int64_t x = 0; x < columns; ++x, from += 3, to += strip * 3) to[0] = from[0], to[1] = from[1], to[2] = from[2];
    }
    for (int64_t x = 0; x < out.width; ++x) {
      sums.fill(1 << (fixed_bits - 1));
      for (int64_t t = 0; t < w.taps[size_t(x)]; ++t)
        add_weighted(sums, turned.data() + (w.first[size_t(x)] - begin + t) * strip * 3, w.fixed[size_t(x * w.stride + t)]);
      for (int64_t k = 0; k < count; ++k)
        for (int64_t c = 0; c < 3; ++c) out.rgb[size_t(((y + k) * out.width + x) * 3 + c)] = to_byte(sums[size_t(k * 3 + c)]);
    }
  }
  return out;
}

// Rows of the result; w.first counts rows of the picture of which `in` holds those from `row_begin` on.
Image pass_down(const Image& in, int64_t row_begin, const Weights1d& w) {
  Image out(in.width, int64_t(w.first.size()));
  const int64_t bytes = in.width * 3;
  std::vector<int32_t> sums(static_cast<size_t>(bytes));
  for (int64_t y = 0; y < out.height; ++y) {
    std::fill(sums.begin(), sums.end(), 1 << (fixed_bits - 1));
    for (int64_t t = 0; t < w.taps[size_t(y)]; ++t)
      add_weighted(sums, in.rgb.data() + (w.first[size_t(y)] - row_begin + t) * bytes, w.fixed[size_t(y * w.stride + t)]);
    uint8_t* const to = out.rgb.data() + y * bytes;
    for (int64_t i = 0; i < bytes; ++i) to[i] = to_byte(sums[size_t(i)]);
  }
  return out;
}

Image cut(const Image& image, Window columns, Window rows) {
  if (columns.count == image.width && rows.count == image.height) return image;
  Image out(columns.count, rows.count);
  for (int64_t y = 0; y < rows.count; ++y)
    std::copy_n(&image.rgb[size_t(((rows.begin + y) * image.width + columns.begin) * 3)], columns.count * 3,
                &out.rgb[size_t(y * columns.count * 3)]);
  return out;
}

// A window of the picture resized to width x height. A pass whose sizes agree is left out, as in Pillow.
Image resample(const Image& image, int64_t width, int64_t height, Window columns, Window rows, const Filter& filter) {
  if (image.width <= 0 || image.height <= 0 || width <= 0 || height <= 0 || width > INT32_MAX || height > INT32_MAX)
    fail(Fault::arguments, "cannot resize a picture of ", image.width, "x", image.height, " pixels to ", width, "x", height);
  const bool across = width != image.width, down = height != image.height;
  if (!across && !down) return cut(image, columns, rows);
  if (!across) return pass_down(cut(image, columns, {0, image.height}), 0, weights_for(image.height, height, rows, filter));
  if (!down) return pass_across(image, rows.begin, rows.count, weights_for(image.width, width, columns, filter));
  const Weights1d horizontal = weights_for(image.width, width, columns, filter);
  const Weights1d vertical = weights_for(image.height, height, rows, filter);
  // Pillow 13 takes the vertical pass first where that saves enough work; earlier ones never did. The 8-bit rounding between
  // the passes makes the order visible.
  if (height < image.height && image.height - height > 2 * (image.width - width))
    return pass_across(pass_down(image, 0, vertical), 0, rows.count, horizontal);
  const int64_t first = vertical.lowest(), count = vertical.beyond() - first;
  return pass_down(pass_across(image, first, count, horizontal), first, vertical);
}

constexpr Filter bicubic_filter{2.0, bicubic}, lanczos_filter{3.0, lanczos};

}  // namespace

Image resize_bicubic(const Image& image, int64_t width, int64_t height) {
  return resample(image, width, height, {0, width}, {0, height}, bicubic_filter);
}

Image resize_lanczos(const Image& image, int64_t width, int64_t height) {
  return resample(image, width, height, {0, width}, {0, height}, lanczos_filter);
}

Image pad_to_square(const Image& image, int64_t size, int64_t min_size, std::array<uint8_t, 3> background) {
  if (size <= 0) fail(Fault::arguments, "cannot make a square of ", size, " pixels");
  const int64_t longest = std::max<int64_t>({image.width, image.height, 1});
  // The published code lets the short side grow past the square when min_size > size, and then fails.
  const int64_t least = std::clamp<int64_t>(min_size, 1, size);
  const Image inner =
      resize_bicubic(image, std::max(image.width * size / longest, least), std::max(image.height * size / longest, least));
  Image out(size, size);
  for (int64_t i = 0; i < size * size; ++i) std::copy_n(background.data(), 3, &out.rgb[size_t(i * 3)]);
  const int64_t left = (size - inner.width) / 2, top = (size - inner.height) / 2;
  for (int64_t y = 0; y < inner.height; ++y)
    std::copy_n(&inner.rgb[size_t(y * inner.width * 3)], inner.width * 3, &out.rgb[size_t(((top + y) * size + left) * 3)]);
  return out;
}

Image crop_to_square(const Image& image, int64_t size) {
  if (size <= 0) fail(Fault::arguments, "cannot make a square of ", size, " pixels");
  const int64_t shortest = std::max<int64_t>(std::min(image.width, image.height), 1);
  const int64_t width = image.width * size / shortest, height = image.height * size / shortest;
  return resample(image, width, height, {(width - size) / 2, size}, {(height - size) / 2, size}, bicubic_filter);
}

}  // namespace bifrons
