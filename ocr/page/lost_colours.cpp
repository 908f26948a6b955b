// ocr/page/lost_colours.cpp - see lost_colours.h.
#include "ocr/page/lost_colours.h"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace bifrons {
namespace {

constexpr int vivid = 80;              // between a pixel's largest channel and its smallest
constexpr double some_vivid = 0.0002;  // of the pixels
constexpr double small_side = 1200;    // pixels, of the picture in which strokes are looked for
constexpr int ground_side = 21;        // pixels of half of that: several letters
constexpr int widest_stroke = 11;      // what is wider is a marker's line, a box, a photo
constexpr int longest_stroke = 41;     // what is longer is a line, or the edge of a coloured box
constexpr int near_ground = 17;        // as far as the ground that is taken may be wrong beside another
constexpr int lost_depth = 110;        // from the ground, in gray: strokes that differ more are seen
constexpr int more_depth = 50;         // in a channel, than in gray
constexpr int least_strokes = 100;     // pixels; a letter has some 20

bool has_vivid_colours(const cv::Mat& rgb) {
  constexpr int step = 4;
  int64_t count = 0, seen = 0;
  for (int y = 0; y < rgb.rows; y += step) {
    const uint8_t* p = rgb.ptr<uint8_t>(y);
    for (int x = 0; x < rgb.cols; x += step, p += ptrdiff_t(3) * step) {
      count += std::max({p[0], p[1], p[2]}) - std::min({p[0], p[1], p[2]}) > vivid;
      ++seen;
    }
  }
  return double(count) > some_vivid * double(seen);
}

// What letters stand on, which cover less of it than they leave free.
cv::Mat ground_of(const cv::Mat& shades) {
  cv::Mat ground;
  cv::resize(shades, ground, {}, 0.5, 0.5, cv::INTER_AREA);
  cv::medianBlur(ground, ground, ground_side);
  cv::resize(ground, ground, shades.size(), 0, 0, cv::INTER_NEAREST);
  return ground;
}

}  // namespace

void darken_lost_strokes(cv::Mat& gray, const cv::Mat& rgb) {
  const double factor = std::min(1.0, small_side / std::max(rgb.rows, rgb.cols));
  if (factor * std::min(rgb.rows, rgb.cols) < ground_side || !has_vivid_colours(rgb)) return;
  cv::Mat small;
  cv::resize(rgb, small, {}, factor, factor, cv::INTER_AREA);
  std::vector<cv::Mat> planes(3);
  cv::split(small, planes);
  cv::Mat small_gray;
  cv::cvtColor(small, small_gray, cv::COLOR_RGB2GRAY);
  planes.push_back(small_gray);
  std::vector<cv::Mat> grounds, depths;
  for (const cv::Mat& plane : planes) {
    grounds.push_back(ground_of(plane));
    depths.push_back(grounds.back() - plane);  // 0 where it is lighter
  }
  const cv::Mat beside = cv::getStructuringElement(cv::MORPH_RECT, {near_ground, near_ground});
  cv::Mat strokes = cv::Mat::zeros(small.size(), CV_8U);
  for (size_t c = 0; c < 3; ++c) {
    cv::Mat more, lost, wide, part;
    cv::subtract(depths[c], depths[3], more);
    lost = (more > more_depth) & (depths[3] < lost_depth);
    // A marker's line goes on under the letters that are seen.
    for (const cv::Size& size : {cv::Size(widest_stroke, widest_stroke), {longest_stroke, 1}, {1, longest_stroke}}) {
      cv::morphologyEx(lost | (depths[3] >= lost_depth), part, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, size));
      wide = wide.empty() ? part.clone() : cv::Mat(wide | part);
    }
    cv::dilate(wide, wide, cv::getStructuringElement(cv::MORPH_RECT, {widest_stroke, widest_stroke}));  // its frayed edges too
    // Between two grounds it is not sure which one a pixel belongs to.
    cv::Mat lightest, darkest;
    cv::dilate(grounds[c], lightest, beside);
    cv::erode(grounds[c], darkest, beside);
    strokes |= lost & ~wide & (lightest - darkest < more_depth);
  }
  if (cv::countNonZero(strokes) < least_strokes) return;
  cv::dilate(strokes, strokes, cv::getStructuringElement(cv::MORPH_RECT, {5, 5}));  // their soft edges
  for (int y = 0; y < gray.rows; ++y) {
    const int small_y = std::min(strokes.rows - 1, int((y + 0.5) * factor));
    const uint8_t *inside = strokes.ptr<uint8_t>(small_y), *colour = rgb.ptr<uint8_t>(y);
    uint8_t* out = gray.ptr<uint8_t>(y);
    for (int x = 0; x < gray.cols; ++x) {
      const int small_x = std::min(strokes.cols - 1, int((x + 0.5) * factor));
      if (!inside[small_x]) continue;
      int depth = 0;
      for (int c = 0; c < 3; ++c) depth = std::max(depth, grounds[size_t(c)].at<uint8_t>(small_y, small_x) - colour[3 * x + c]);
      out[x] = uint8_t(std::min<int>(out[x], std::max(0, grounds[3].at<uint8_t>(small_y, small_x) - depth)));
    }
  }
}

}  // namespace bifrons
