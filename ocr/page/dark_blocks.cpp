// ocr/page/dark_blocks.cpp - see dark_blocks.h.
#include "ocr/page/dark_blocks.h"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "ocr/page/transform.h"

namespace bifrons {
namespace {

constexpr double looked_at = 8;       // pixels a letter's height has in the picture where blocks are looked for
constexpr double dark = 0.7;          // of the paper's brightness
constexpr int strokes = 3;            // pixels there: light strokes on a block are narrower
constexpr int least_side = 12;        // the same: rows of dark letters on white are lower
constexpr double least_filled = 0.8;  // of what its outline holds: no frame, no heap of words
constexpr double least_letters = 0.01, most_letters = 0.45;  // of the block
constexpr double least_contrast = 50;                        // gray levels, between block and letters
constexpr double most_between = 0.3;                         // of the pixels neither as dark as the block nor as light as letters

// The level that `share` of the pixels under `mask` (empty: of all) do not exceed.
int percentile(const cv::Mat& gray, const cv::Mat& mask, double share) {
  const int channel = 0, levels = 256;
  const float range[] = {0, 256};
  const float* ranges[] = {range};
  cv::Mat count;
  cv::calcHist(&gray, 1, &channel, mask, count, 1, &levels, ranges);
  const double wanted = share * cv::sum(count)[0];
  double sum = 0;
  for (int i = 0; i < levels; ++i)
    if ((sum += double(count.at<float>(i))) > wanted) return i;
  return levels - 1;
}

using Outlines = std::vector<std::vector<cv::Point>>;

struct Levels {
  double block, letters;
};

// Of the pixels under `mask`, if these are a block of one shade with light letters on it.
std::optional<Levels> levels_of(const cv::Mat& gray, const cv::Mat& mask) {
  const double block = percentile(gray, mask, 0.5), letters = percentile(gray, mask, 1 - least_letters);
  if (letters - block < least_contrast) return {};
  const double all = cv::countNonZero(mask), step = letters - block;
  const double light = cv::countNonZero((gray > block + 0.6 * step) & mask);
  const double between = cv::countNonZero((gray > block + 0.2 * step) & (gray <= block + 0.6 * step) & mask) +
                         cv::countNonZero((gray < block - 0.2 * step) & mask);
  if (light > most_letters * all || between > most_between * all) return {};
  return Levels{block, letters};
}

// Outlines of solid dark blocks in the small picture.
Outlines blocks_in(const cv::Mat& small, double paper) {
  cv::Mat closed, solid;
  cv::threshold(small, closed, dark * paper, 255, cv::THRESH_BINARY_INV);
  const auto square = [](int side) { return cv::getStructuringElement(cv::MORPH_RECT, {side, side}); };
  cv::morphologyEx(closed, closed, cv::MORPH_CLOSE, square(strokes));
  cv::morphologyEx(closed, solid, cv::MORPH_OPEN, square(least_side));
  Outlines outlines;
  if (cv::countNonZero(solid) == 0) return outlines;
  cv::dilate(solid, solid, square(5));  // the steps that are cut off slanting edges
  solid &= closed;
  cv::findContours(solid, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  std::erase_if(outlines, [&](const std::vector<cv::Point>& outline) {
    const cv::Rect box = cv::boundingRect(outline);
    if (box.width < 2 * least_side) return true;
    cv::Mat inside = cv::Mat::zeros(box.size(), CV_8U);
    cv::drawContours(inside, Outlines{outline}, 0, 255, cv::FILLED, cv::LINE_8, {}, 0, -box.tl());
    return cv::countNonZero(solid(box) & inside) < least_filled * cv::countNonZero(inside);
  });
  return outlines;
}

}  // namespace

std::optional<cv::Mat> without_dark_blocks(const cv::Mat& gray, double glyph) {
  if (glyph <= 0) return {};
  const double factor = std::min(1.0, looked_at / glyph);
  const cv::Mat small = shrink(gray, {std::max(1, cvRound(factor * gray.cols)), std::max(1, cvRound(factor * gray.rows))});
  const double paper = percentile(small, {}, 0.5);
  std::optional<cv::Mat> result;
  const double to_x = double(gray.cols) / small.cols, to_y = double(gray.rows) / small.rows;
  for (auto outline : blocks_in(small, paper)) {
    for (auto& p : outline) p = {cvRound((p.x + 0.5) * to_x), cvRound((p.y + 0.5) * to_y)};
    const int rim = std::max(2, cvRound(1.5 * std::max(to_x, to_y)));  // neither block nor paper
    const cv::Rect near = cv::boundingRect(outline);
    const cv::Rect box =
        cv::Rect(near.x - 2 * rim, near.y - 2 * rim, near.width + 4 * rim, near.height + 4 * rim) & cv::Rect({}, gray.size());
    cv::Mat mask = cv::Mat::zeros(box.size(), CV_8U), inner, outer;
    cv::drawContours(mask, Outlines{outline}, 0, 255, cv::FILLED, cv::LINE_8, {}, 0, -box.tl());
    const cv::Mat round = cv::getStructuringElement(cv::MORPH_RECT, {2 * rim + 1, 2 * rim + 1});
    cv::erode(mask, inner, round, {-1, -1}, 1, cv::BORDER_CONSTANT, 0);
    cv::dilate(mask, outer, round);
    const auto levels = levels_of(gray(box), inner);
    if (!levels) continue;
    if (!result) result = gray.clone();
    cv::Mat part = (*result)(box), turned;
    const double scale = -paper / (levels->letters - levels->block);
    gray(box).convertTo(turned, CV_8U, scale, paper - scale * levels->block);
    part.setTo(paper, outer);
    cv::min(turned, paper, turned);
    turned.copyTo(part, inner);
  }
  return result;
}

}  // namespace bifrons
