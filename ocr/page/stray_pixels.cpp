// ocr/page/stray_pixels.cpp - see stray_pixels.h.
#include "ocr/page/stray_pixels.h"

#include <algorithm>
#include <cstdlib>

#include <opencv2/imgproc.hpp>

namespace bifrons {
namespace {

constexpr int unlike = 100;                   // levels of gray: sensor noise strays less
constexpr double many = 0.004, dense = 0.03;  // of the pixels; with so many, pairs of them are frequent too

// Which pixels of `gray` stray: unlike the median around them, with at most `company` neighbours that are like them.
size_t stray(const cv::Mat& gray, const cv::Mat& median, int company, cv::Mat& found) {
  cv::absdiff(gray, median, found);
  cv::threshold(found, found, unlike - 1, 255, cv::THRESH_BINARY);
  size_t count = 0;
  for (int y = 0; y < gray.rows; ++y) {
    uint8_t* mark = found.ptr<uint8_t>(y);
    for (int x = 0; x < gray.cols; ++x) {
      if (mark[x] == 0) continue;
      const int level = gray.at<uint8_t>(y, x);
      int alike = -1;  // itself
      for (int v = std::max(0, y - 1); v <= std::min(gray.rows - 1, y + 1); ++v)
        for (int u = std::max(0, x - 1); u <= std::min(gray.cols - 1, x + 1); ++u)
          alike += std::abs(gray.at<uint8_t>(v, u) - level) < unlike;
      if (alike > company)
        mark[x] = 0;
      else
        ++count;
    }
  }
  return count;
}

double stray_share(const cv::Mat& gray) {  // in one band of rows in eight
  constexpr int band = 16;
  size_t count = 0, all = 0;
  cv::Mat median, found;
  for (int y = 0; y + band <= gray.rows; y += 8 * band) {
    const cv::Mat rows = gray.rowRange(y, y + band);
    cv::medianBlur(rows, median, 3);
    count += stray(rows, median, 0, found), all += rows.total();
  }
  return all > 0 ? double(count) / double(all) : 0;
}

}  // namespace

cv::Mat without_stray_pixels(const cv::Mat& gray) {
  const double share = stray_share(gray);
  if (share < many) return gray;
  cv::Mat result = gray.clone(), median, found;
  for (int company = 0; company <= (share >= dense ? 1 : 0); ++company) {
    cv::medianBlur(result, median, 3);
    stray(result, median, company, found);
    median.copyTo(result, found);
  }
  return result;
}

}  // namespace bifrons
