// ocr/page/sheet.cpp - see sheet.h.
#include "ocr/page/sheet.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "ocr/page/transform.h"

namespace bifrons {
namespace {

constexpr int small_side = 640;                            // corners to a fraction of a pixel of this, by fitted sides
constexpr int least_side = 32;                             // of that picture, across: what is narrower shows no sheet
constexpr double search = 0.5;                             // of this size the threshold is looked for
constexpr double least_share = 0.25, most_share = 0.98;    // of the frame
constexpr double least_support = 0.6, sure_support = 0.9;  // see Candidate
constexpr double most_desk = 0.75;                         // of the paper's brightness: a white field on tinted paper is no sheet

double cross(cv::Point2d a, cv::Point2d b) { return a.x * b.y - a.y * b.x; }

struct Candidate {
  std::array<cv::Point2d, 4> corners;  // clockwise from the top left
  double area = 0, fit = 0;            // pixels; the region's area over the four-corner's
  double support = 0;                  // share of the sides along which the picture has an edge
};

// Sides by straight lines fitted to where the picture is steepest near each: a threshold below the middle of the edge lies
// outside the sheet, one above it inside. Leaves a candidate without such edges as it is, unsupported.
void refine(Candidate& sheet, const cv::Mat& small) {
  constexpr int points = 64, reach = 12;  // on each side; half pixels to either side of it
  constexpr int least_step = 4;           // gray levels
  constexpr double on_line = 1.5;         // pixels
  const auto& rough = sheet.corners;
  std::array<cv::Vec4f, 4> sides;
  double supported = 0;
  for (size_t i = 0; i < 4; ++i) {
    const cv::Point2d a = rough[i], along = rough[(i + 1) % 4] - a;
    const double length = std::hypot(along.x, along.y);
    const cv::Point2d out(along.y / length, -along.x / length);
    std::vector<cv::Point2f> steepest;
    for (int k = 0; k < points; ++k) {
      const cv::Point2d middle = a + (0.05 + 0.9 * k / (points - 1)) * along;
      const auto level = [&](int half) {
        const cv::Point2d p = middle + 0.5 * half * out;
        return int(small.at<uint8_t>(std::clamp(cvRound(p.y), 0, small.rows - 1), std::clamp(cvRound(p.x), 0, small.cols - 1)));
      };
      int best = least_step;
      double at = 0, count = 0;
      for (int half = -reach; half <= reach; ++half) {
        const int step = std::abs(level(half - 3) - level(half + 3));
        if (step < best) continue;
        if (step > best) at = count = 0;
        best = step, at += half, count += 1;
      }
      if (count == 0) continue;
      const int half = cvRound(at / count);  // a shadow's edge is straight too, but soft: it goes on rising farther away
      if (best < 0.5 * std::abs(level(half - 12) - level(half + 12))) continue;
      steepest.emplace_back(middle + 0.5 * at / count * out);
    }
    if (steepest.size() < points / 3) return;
    cv::fitLine(steepest, sides[i], cv::DIST_HUBER, 0, 0.01, 0.01);
    for (const auto& p : steepest)
      supported += std::abs(cross({sides[i][0], sides[i][1]}, {p.x - sides[i][2], p.y - sides[i][3]})) < on_line;
  }
  std::array<cv::Point2d, 4> corners;
  for (size_t i = 0; i < 4; ++i) {
    const cv::Vec4f &p = sides[(i + 3) % 4], &q = sides[i];
    const cv::Point2d dp(p[0], p[1]), dq(q[0], q[1]), between(q[2] - p[2], q[3] - p[3]);
    const double slant = cross(dp, dq);
    if (std::abs(slant) < 0.2) return;
    const double t = cross(between, dq) / slant;
    corners[i] = {p[2] + t * dp.x, p[3] + t * dp.y};
    if (std::hypot(corners[i].x - rough[i].x, corners[i].y - rough[i].y) > 20) return;
  }
  sheet.corners = corners;
  sheet.support = supported / (4 * points);
}

// The sheet, if the largest part of `bright` (255: may be paper) is one. `gap`: what is thinner than this, text on the sheet or
// specks beside it, does not count; pixels, odd. `fine`: corners by fitted sides, most of the work.
std::optional<Candidate> sheet_in(const cv::Mat& small, const cv::Mat& raw, int gap, bool fine) {
  cv::Mat bright;
  const cv::Mat square = cv::getStructuringElement(cv::MORPH_RECT, {gap, gap});
  cv::morphologyEx(raw, bright, cv::MORPH_CLOSE, square);
  cv::morphologyEx(bright, bright, cv::MORPH_OPEN, square);
  std::vector<std::vector<cv::Point>> outlines;
  cv::findContours(bright, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  if (outlines.empty()) return {};
  const auto& outline = *std::max_element(outlines.begin(), outlines.end(),
                                          [](const auto& a, const auto& b) { return cv::contourArea(a) < cv::contourArea(b); });
  const double frame = double(small.total()), area = cv::contourArea(outline);
  if (area < least_share * frame || area > most_share * frame) return {};
  std::vector<cv::Point> hull, corners;
  cv::convexHull(outline, hull);
  const double around = cv::arcLength(hull, true);
  for (double slack = 0.01; slack < 0.08 && corners.size() != 4; slack += 0.01)
    cv::approxPolyDP(hull, corners, slack * around, true);
  if (corners.size() != 4) return {};
  Candidate result;
  result.area = area;
  std::vector<cv::Point> ordered = corners;
  if (cv::contourArea(ordered, true) < 0) std::reverse(ordered.begin(), ordered.end());  // clockwise with y down
  const auto first = std::min_element(ordered.begin(), ordered.end(), [](auto a, auto b) { return a.x + a.y < b.x + b.y; });
  std::rotate(ordered.begin(), first, ordered.end());
  for (size_t i = 0; i < 4; ++i) result.corners[i] = ordered[i];
  if (fine) refine(result, small);
  if (fine && result.support < least_support) return {};
  std::vector<cv::Point2f> quad(result.corners.begin(), result.corners.end());
  result.fit = area / std::max(1.0, cv::contourArea(quad));
  if (result.fit < 0.93 || result.fit > 1.05) return {};
  const double margin = fine ? 2 : 1;  // a sheet that leaves the picture is not seen whole
  for (const auto& corner : result.corners)
    if (corner.x < margin || corner.y < margin || corner.x > small.cols - margin || corner.y > small.rows - margin) return {};
  for (size_t i = 0; i < 4; ++i) {  // no corner flatter than 130 or sharper than 50 degrees
    const cv::Point2d a = result.corners[(i + 3) % 4] - result.corners[i], b = result.corners[(i + 1) % 4] - result.corners[i];
    if (std::abs(a.dot(b)) > 0.64 * std::hypot(a.x, a.y) * std::hypot(b.x, b.y)) return {};
  }
  cv::Mat inside = cv::Mat::zeros(small.size(), CV_8U);
  std::vector<cv::Point> filled;
  for (auto p : result.corners) filled.emplace_back(cvRound(p.x), cvRound(p.y));
  cv::fillConvexPoly(inside, filled, 255);
  const double pixels = cv::countNonZero(inside);
  if (pixels > most_share * frame) return {};
  cv::Mat lightest;  // light letters on dark are no sheet: most of it is as light as what is near
  cv::dilate(small, lightest, square);
  if (cv::countNonZero((small > 0.6 * lightest) & inside) < 0.7 * pixels) return {};
  const double paper = cv::mean(small, inside)[0], desk = cv::mean(small, ~inside)[0];
  if (paper - desk < 30 || desk > most_desk * paper) return {};
  return result;
}

bool better(const std::optional<Candidate>& a, const std::optional<Candidate>& b) { return a && (!b || a->support > b->support); }

std::optional<Candidate> brighter_than(const cv::Mat& small, double threshold, int gap, bool fine) {
  cv::Mat bright;
  cv::threshold(small, bright, threshold, 255, cv::THRESH_BINARY);
  return sheet_in(small, bright, gap, fine);
}

// Where a shadow makes paper darker than the lit part of the desk no threshold tells them apart. But the sheet has sharp edges,
// and shadows and lamps have none: the sheet is what its middle is connected with without crossing an edge.
std::optional<Candidate> within_edges(const cv::Mat& small) {
  std::optional<Candidate> best;
  cv::Mat across, down, slope, labels, sizes, middles;
  cv::Scharr(small, across, CV_32F, 1, 0, 1.0 / 32);
  cv::Scharr(small, down, CV_32F, 0, 1, 1.0 / 32);
  cv::magnitude(across, down, slope);  // gray levels a pixel
  for (const double steep : {2.0, 3.0, 4.5, 7.0}) {
    cv::Mat level;
    cv::threshold(slope, level, steep, 255, cv::THRESH_BINARY_INV);
    level.convertTo(level, CV_8U);
    const int regions = cv::connectedComponentsWithStats(level, labels, sizes, middles, 4);
    int largest = 0;
    for (int i = 1; i < regions; ++i) {
      const bool inside = sizes.at<int>(i, cv::CC_STAT_LEFT) > 0 && sizes.at<int>(i, cv::CC_STAT_TOP) > 0 &&
                          sizes.at<int>(i, cv::CC_STAT_LEFT) + sizes.at<int>(i, cv::CC_STAT_WIDTH) < small.cols &&
                          sizes.at<int>(i, cv::CC_STAT_TOP) + sizes.at<int>(i, cv::CC_STAT_HEIGHT) < small.rows;
      if (inside && (largest == 0 || sizes.at<int>(i, cv::CC_STAT_AREA) > sizes.at<int>(largest, cv::CC_STAT_AREA))) largest = i;
    }
    if (largest == 0) continue;
    if (const auto found = sheet_in(small, labels == largest, 9, true); better(found, best)) best = found;
  }
  return best;
}

// Share of the outermost pixels that are brighter than `threshold`.
double frame_share(const cv::Mat& small, double threshold) {
  const cv::Mat bright = small > threshold;
  const double all = 2.0 * (small.rows + small.cols);
  return (cv::countNonZero(bright.row(0)) + cv::countNonZero(bright.row(small.rows - 1)) + cv::countNonZero(bright.col(0)) +
          cv::countNonZero(bright.col(small.cols - 1))) /
         all;
}

}  // namespace

std::optional<std::array<cv::Point2d, 4>> find_sheet(const cv::Mat& gray) {
  const double factor = double(small_side) / std::max(gray.rows, gray.cols);
  if (factor > 1 || factor * std::min(gray.rows, gray.cols) < least_side) return {};  // too small to be a photo of a page
  cv::Mat small, smaller, bright;
  cv::GaussianBlur(shrink(gray, {cvRound(factor * gray.cols), cvRound(factor * gray.rows)}), small, {}, 1.5);
  cv::resize(small, smaller, {}, search, search, cv::INTER_AREA);
  const double otsu = cv::threshold(small, bright, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  if (frame_share(smaller, otsu) > 0.6) return {};  // a scan: nothing darker lies round it
  // Low thresholds where a shadow falls on the sheet: the darkest of it may be hardly brighter than the lightest of the desk.
  // What is largest is the whole sheet.
  std::vector<std::pair<double, double>> seen;  // area, threshold
  for (double share = 1.15; share > 0.39; share -= 0.04)
    if (const auto found = brighter_than(smaller, otsu * share, 5, false)) seen.emplace_back(found->area, otsu * share);
  std::sort(seen.begin(), seen.end(), std::greater<>());
  std::optional<Candidate> best;
  for (size_t i = 0; i < seen.size() && (!best || best->support < sure_support); ++i)
    if (const auto found = brighter_than(small, seen[i].second, 9, true); better(found, best)) best = found;
  if (!best || best->support < sure_support)
    if (const auto found = within_edges(small); better(found, best)) best = found;
  if (!best) return {};
  for (auto& corner : best->corners) {
    corner.x = (corner.x + 0.5) * gray.cols / small.cols;
    corner.y = (corner.y + 0.5) * gray.rows / small.rows;
  }
  return best->corners;
}

}  // namespace bifrons
