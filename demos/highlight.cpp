// demos/highlight.cpp - see highlight.h.
#include "demos/highlight.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace bifrons {

namespace {

using Colour = std::array<double, 3>;
constexpr Colour marker{255, 226, 74}, outline{217, 72, 15}, white{255, 255, 255};
constexpr double marker_strength = 0.62;  // of the marker over white paper

// Figures of 5 x 7 dots, a row a number, the leftmost dot the highest bit.
constexpr std::array<std::array<uint8_t, 7>, 10> figures{{{14, 17, 19, 21, 25, 17, 14},
                                                          {4, 12, 4, 4, 4, 4, 14},
                                                          {14, 17, 1, 2, 4, 8, 31},
                                                          {31, 2, 4, 2, 1, 17, 14},
                                                          {2, 6, 10, 18, 31, 2, 2},
                                                          {31, 16, 30, 1, 1, 17, 14},
                                                          {6, 8, 16, 30, 17, 17, 14},
                                                          {31, 1, 2, 4, 8, 8, 8},
                                                          {14, 17, 17, 14, 17, 17, 14},
                                                          {14, 17, 17, 15, 1, 2, 12}}};

// A box with round corners, in pixels; distance below 0 inside.
struct Rounded {
  double x0, y0, x1, y1, radius;
  double distance(double x, double y) const {
    const double dx = std::abs(x - (x0 + x1) / 2) - (x1 - x0) / 2 + radius,
                 dy = std::abs(y - (y0 + y1) / 2) - (y1 - y0) / 2 + radius;
    return std::hypot(std::max(dx, 0.0), std::max(dy, 0.0)) + std::min(std::max(dx, dy), 0.0) - radius;
  }
};

class Canvas {
 public:
  explicit Canvas(Image& image) : image_(image) {}

  // Calls paint(pixel, x, y) for the pixels of the box grown by `margin` that lie on the picture.
  template <class Paint>
  void each(const Rounded& area, double margin, Paint paint) {
    const auto from = [&](double low, int64_t most) { return std::clamp<int64_t>(int64_t(std::floor(low - margin)), 0, most); };
    const auto to = [&](double high, int64_t most) { return std::clamp<int64_t>(int64_t(std::ceil(high + margin)), 0, most); };
    for (int64_t y = from(area.y0, image_.height); y < to(area.y1, image_.height); ++y)
      for (int64_t x = from(area.x0, image_.width); x < to(area.x1, image_.width); ++x)
        paint(&image_.rgb[size_t((y * image_.width + x) * 3)], double(x) + 0.5, double(y) + 0.5);
  }
  static void blend(uint8_t* pixel, const Colour& colour, double share) {
    for (size_t i = 0; i < 3; ++i)
      pixel[i] = uint8_t(std::lround(std::clamp(double(pixel[i]) * (1 - share) + colour[i] * share, 0.0, 255.0)));
  }
  static double cover(double distance) { return std::clamp(0.5 - distance, 0.0, 1.0); }  // of a pixel at that distance

  void fill_like_a_marker(const Rounded& area) {
    each(area, 1, [&](uint8_t* pixel, double x, double y) {
      const double share = cover(area.distance(x, y)) * marker_strength;
      Colour through;  // a marker lets the ink shine through: it multiplies
      for (size_t i = 0; i < 3; ++i) through[i] = double(pixel[i]) * marker[i] / 255;
      blend(pixel, through, share);
    });
  }
  void stroke(const Rounded& area, double width) {
    each(area, width + 1,
         [&](uint8_t* pixel, double x, double y) { blend(pixel, outline, cover(std::abs(area.distance(x, y)) - width / 2)); });
  }
  void fill(const Rounded& area, const Colour& colour) {
    each(area, 1, [&](uint8_t* pixel, double x, double y) { blend(pixel, colour, cover(area.distance(x, y))); });
  }
  void figure(int digit, double left, double top, double dot) {
    for (int row = 0; row < 7; ++row)
      for (int column = 0; column < 5; ++column)
        if (figures[size_t(digit)][size_t(row)] >> (4 - column) & 1)
          fill({left + column * dot, top + row * dot, left + (column + 1) * dot, top + (row + 1) * dot, 0}, white);
  }

 private:
  Image& image_;
};

// The number in a round badge at the left of the box, or inside it at the page's edge.
void badge(Canvas& canvas, const Rounded& area, int number, double unit) {
  const std::string digits = std::to_string(number);
  const double dot = unit, height = 13 * dot, width = std::max(height, (double(digits.size()) * 6 + 5) * dot);
  const double left = area.x0 - width - 4 * unit >= 0 ? area.x0 - width - 2 * unit : area.x0 + 2 * unit,
               top = std::max((area.y0 + area.y1 - height) / 2, 0.0);
  canvas.fill({left, top, left + width, top + height, height / 2}, outline);
  double x = left + (width - (double(digits.size()) * 6 - 1) * dot) / 2;
  for (const char digit : digits) canvas.figure(digit - '0', x, top + 3 * dot, dot), x += 6 * dot;
}

}  // namespace

Image highlight(const PagePicture& page, std::span<const Mark> marks) {
  Image image(page.width, page.height);
  image.rgb = page.rgb;
  Canvas canvas(image);
  const double unit = std::max(1.0, double(std::max(page.width, page.height)) / 900);  // pixels
  std::vector<Rounded> areas;
  for (const Mark& mark : marks) {
    const double pad = std::clamp((mark.box.y1 - mark.box.y0) * page.scale * 0.16, 2 * unit, 5 * unit);
    areas.push_back({mark.box.x0 * page.scale - pad, mark.box.y0 * page.scale - pad, mark.box.x1 * page.scale + pad,
                     mark.box.y1 * page.scale + pad, 3 * unit});
  }
  for (const Rounded& area : areas) canvas.fill_like_a_marker(area);
  for (const Rounded& area : areas) canvas.stroke(area, 1.6 * unit);
  for (size_t i = 0; i < areas.size(); ++i)
    if (marks[i].number > 0) badge(canvas, areas[i], marks[i].number, unit);
  return image;
}

}  // namespace bifrons
