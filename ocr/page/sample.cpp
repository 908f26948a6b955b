// ocr/page/sample.cpp - see sample.h.
#include "ocr/page/sample.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bifrons {
namespace {

// The part of `area`, about `length` pixels along its rows (or columns), that holds the most ink; its ends lie where within
// `slack` pixels the least ink is cut.
cv::Range most_crowded(const cv::Mat& area, bool rows, int length, int slack) {
  const int all = rows ? area.rows : area.cols;
  cv::Mat sums;
  cv::reduce(area, sums, rows ? 1 : 0, cv::REDUCE_SUM, CV_64F);
  const double white = 255.0 * (rows ? area.cols : area.rows);
  std::vector<double> ink(size_t(all) + 1, 0);  // cumulated
  for (int i = 0; i < all; ++i) ink[size_t(i) + 1] = ink[size_t(i)] + white - sums.at<double>(i);
  int best = 0;
  for (int i = 0; i + length <= all; i += std::max(1, length / 8))
    if (ink[size_t(i) + size_t(length)] - ink[size_t(i)] > ink[size_t(best) + size_t(length)] - ink[size_t(best)]) best = i;
  const auto whitest = [&](int middle) {
    int place = middle;
    double least = 1e300;
    for (int i = std::max(0, middle - slack); i <= std::min(all, middle + slack); ++i) {
      const double cut = i == 0 || i == all ? 0 : ink[size_t(i) + 1] - ink[size_t(i)];
      if (cut < least || (cut == least && std::abs(i - middle) < std::abs(place - middle))) least = cut, place = i;
    }
    return place;
  };
  return {whitest(best), whitest(std::min(all, best + length))};
}

}  // namespace

cv::Rect sample_band(const Prepared& page, bool vertical) {
  const int across = vertical ? page.gray.cols : page.gray.rows, along = vertical ? page.gray.rows : page.gray.cols;
  const int least_band = vertical ? 90 : 140, least_length = vertical ? 400 : 720;  // pixels
  const int band = std::min(across, std::max(least_band, int(page.glyph * 5))),
            length = std::min(along, std::max(least_length, int(page.glyph * 28)));
  const int slack = std::min(int(1.2 * page.glyph), band / 4);
  const cv::Range lines = most_crowded(page.gray, !vertical, band, slack);
  const cv::Range words = most_crowded(vertical ? page.gray.colRange(lines) : page.gray.rowRange(lines), vertical, length, slack);
  return vertical ? cv::Rect(lines.start, words.start, lines.size(), words.size())
                  : cv::Rect(words.start, lines.start, words.size(), lines.size());
}

}  // namespace bifrons
