// ocr/page/leaders.cpp - see leaders.h.
#include "ocr/page/leaders.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "ocr/page/pieces.h"

namespace bifrons {
namespace {

// In heights of letters.
constexpr double largest = 0.45;                     // a dot
constexpr double level = 0.2;                        // feet of the dots of one leader
constexpr double least_step = 0.2, most_step = 1.2;  // from dot to dot
constexpr double uneven = 0.3;                       // of a step
constexpr size_t least_dots = 8;                     // an ellipsis has three, in Chinese six

double middle(const cv::Rect& dot) { return dot.x + dot.width / 2.0; }

// Is `step` the usual one, or two of them where a dot is missing?
bool fits(double step, double usual) {
  return std::abs(step - usual) <= uneven * usual || std::abs(step - 2 * usual) <= uneven * usual;
}

// Paints the even runs of `dots`, which stand on one line, from the left.
void paint_runs(cv::Mat& gray, const std::vector<cv::Rect>& dots) {
  const cv::Rect whole({}, gray.size());
  size_t first = 0;
  double usual = 0;
  const auto end_run = [&](size_t end) {
    if (end - first >= least_dots)
      for (size_t i = first; i < end; ++i)
        gray(cv::Rect(dots[i].x - 2, dots[i].y - 2, dots[i].width + 4, dots[i].height + 4) & whole).setTo(255);
  };
  for (size_t i = 1; i < dots.size(); ++i) {
    const double step = middle(dots[i]) - middle(dots[i - 1]);
    if (i - first > 1 && fits(step, usual)) continue;
    if (i - first > 1) end_run(i), first = i - 1;
    usual = step;
  }
  end_run(dots.size());
}

}  // namespace

void paint_over_leaders(cv::Mat& gray, double glyph) {
  if (glyph <= 0) return;
  cv::Mat ink;
  cv::threshold(gray, ink, 150, 255, cv::THRESH_BINARY_INV);
  std::map<int, std::vector<cv::Rect>> lines;  // each dot in two: leaders may stand on the border of two
  for (const Piece& piece : pieces_of(ink)) {
    if (std::max(piece.box.width, piece.box.height) > largest * glyph) continue;
    const int line = int(std::floor(piece.box.br().y / (level * glyph)));
    lines[line].push_back(piece.box);
    lines[line + 1].push_back(piece.box);
  }
  for (auto& [line, dots] : lines) {
    std::sort(dots.begin(), dots.end(), [](const cv::Rect& a, const cv::Rect& b) { return a.x < b.x; });
    for (size_t from = 0, i = 1; i <= dots.size(); ++i) {  // no step between the parts fits a leader
      const double step = i < dots.size() ? middle(dots[i]) - middle(dots[i - 1]) : 0;
      if (i < dots.size() && step >= least_step * glyph && step <= most_step * glyph) continue;
      const std::vector<cv::Rect> part(dots.begin() + std::ptrdiff_t(from), dots.begin() + std::ptrdiff_t(i));
      if (part.size() >= least_dots) paint_runs(gray, part);
      from = i;
    }
  }
}

}  // namespace bifrons
