// ocr/page/straighten.cpp - see straighten.h.
//
// Wanted is a height h(x, y) = y + a x + b x y + c x^2 + d x^2 y (coordinates from -1 to 1 over the page) that does not change
// along any word. A word of slope s at (x, y) asks dh/dx + s dh/dy = 0, which is linear in a, b, c, d: least squares over the
// words, weighted by their widths. The page's homography is nearly of this form.
#include "ocr/page/straighten.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

namespace bifrons {

void straighten(std::vector<Item>& items, Rules& rules, const PageWords& words, const ReadingFrame& frame) {
  constexpr double level = 0.002;  // slopes below it shift a word by less than a fifth of its height over a page
  if (words.vertical) return;      // its words are too short to have a slope
  struct Slope {
    double x, y, s, weight;
  };
  std::vector<Slope> slopes;
  double steep = 0, weight = 0;
  for (const auto& word : words.words) {
    const cv::Point2d a = through(frame.from_page, word.quad[0], word.quad[1]),
                      b = through(frame.from_page, word.quad[2], word.quad[3]),
                      c = through(frame.from_page, word.quad[4], word.quad[5]),
                      d = through(frame.from_page, word.quad[6], word.quad[7]);
    const double width = (b.x - a.x + c.x - d.x) / 2, height = (d.y - a.y + c.y - b.y) / 2;
    if (height <= 0 || width < 1.5 * height) continue;
    const double s = (b.y - a.y + c.y - d.y) / (2 * width);
    slopes.push_back({(a.x + b.x + c.x + d.x) / 4, (a.y + b.y + c.y + d.y) / 4, s, width});
    steep += std::abs(s) * width, weight += width;
  }
  if (slopes.size() < 8 || steep < level * weight) return;
  double x0 = slopes[0].x, x1 = x0, y0 = slopes[0].y, y1 = y0;
  for (const auto& p : slopes) x0 = std::min(x0, p.x), x1 = std::max(x1, p.x), y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
  const double half = std::max({1.0, (x1 - x0) / 2, (y1 - y0) / 2}), cx = (x0 + x1) / 2, cy = (y0 + y1) / 2;
  cv::Mat left(int(slopes.size()), 4, CV_64F), right(int(slopes.size()), 1, CV_64F), answer;
  for (int i = 0; i < left.rows; ++i) {
    const Slope& p = slopes[size_t(i)];
    const double x = (p.x - cx) / half, y = (p.y - cy) / half, w = std::sqrt(p.weight);
    double* row = left.ptr<double>(i);
    row[0] = w, row[1] = w * (y + p.s * x), row[2] = w * 2 * x, row[3] = w * (2 * x * y + p.s * x * x);
    right.at<double>(i) = -w * p.s;
  }
  if (!cv::solve(left, right, answer, cv::DECOMP_SVD)) return;
  const auto height = [&](double px, double py) {
    const double x = (px - cx) / half, y = (py - cy) / half;
    return cy + half * (y + answer.at<double>(0) * x + answer.at<double>(1) * x * y + answer.at<double>(2) * x * x +
                        answer.at<double>(3) * x * x * y);
  };
  for (size_t i = 0; i < items.size(); ++i) {
    Box& box = items[i].box;
    const double x = (box.x0 + box.x1) / 2;
    double top = box.y0, bottom = box.y1;  // of the middle, without what the slope adds to the hull
    const double slant = std::abs(height(box.x1, box.y0) - height(box.x0, box.y0)) / 2;
    if (bottom - top > 2.5 * slant) top += slant, bottom -= slant;
    box.y0 = height(x, top), box.y1 = height(x, bottom);
  }
  for (auto* list : {&rules.level, &rules.upright})
    for (auto& rule : *list) {
      const double x = (rule.x0 + rule.x1) / 2, y = (rule.y0 + rule.y1) / 2, tall = rule.y1 - rule.y0;
      if (list == &rules.level)
        rule.y0 = rule.y1 = height(x, y);
      else
        rule.y0 = height(x, y - tall / 2), rule.y1 = height(x, y + tall / 2);
    }
}

}  // namespace bifrons
