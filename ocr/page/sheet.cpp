// ocr/page/sheet.cpp - see sheet.h.
#include "ocr/page/sheet.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace bifrons {
namespace {

constexpr int small_side = 640;                          // corners to a fraction of a pixel of this, by fitted sides
constexpr double least_share = 0.25, most_share = 0.98;  // of the frame

double cross(cv::Point2d a, cv::Point2d b) { return a.x * b.y - a.y * b.x; }

// Corners by straight lines fitted to the outline near each side, which is finer than the outline's own corner points.
std::array<cv::Point2d, 4> refine(const std::array<cv::Point2d, 4>& rough, const std::vector<cv::Point>& outline) {
  std::array<cv::Vec4f, 4> sides;
  for (size_t i = 0; i < 4; ++i) {
    const cv::Point2d a = rough[i], b = rough[(i + 1) % 4], along = b - a;
    const double length = std::hypot(along.x, along.y);
    std::vector<cv::Point2f> near;
    for (size_t j = 0; j < outline.size(); ++j) {  // outlines leave straight runs out: walk them
      const cv::Point from = outline[j], to = outline[(j + 1) % outline.size()];
      const int steps = std::max(1, std::max(std::abs(to.x - from.x), std::abs(to.y - from.y)));
      for (int k = 0; k < steps; ++k) {
        const cv::Point2d p(from.x + double(to.x - from.x) * k / steps, from.y + double(to.y - from.y) * k / steps);
        const double t = (p - a).dot(along) / (length * length), off = cross(along, p - a) / length;
        if (t > 0.05 && t < 0.95 && std::abs(off) < 6) near.emplace_back(float(p.x), float(p.y));
      }
    }
    if (near.size() < 20) return rough;
    cv::fitLine(near, sides[i], cv::DIST_HUBER, 0, 0.01, 0.01);
  }
  std::array<cv::Point2d, 4> corners;
  for (size_t i = 0; i < 4; ++i) {
    const cv::Vec4f &p = sides[(i + 3) % 4], &q = sides[i];
    const cv::Point2d dp(p[0], p[1]), dq(q[0], q[1]), between(q[2] - p[2], q[3] - p[3]);
    const double slant = cross(dp, dq);
    if (std::abs(slant) < 0.2) return rough;
    const double t = cross(between, dq) / slant;
    corners[i] = {p[2] + t * dp.x, p[3] + t * dp.y};
    if (std::hypot(corners[i].x - rough[i].x, corners[i].y - rough[i].y) > 20) return rough;
  }
  return corners;
}

struct Candidate {
  std::array<cv::Point2d, 4> corners;
  double area = 0, fit = 0;  // pixels; the region's area over the four-corner's
};

std::optional<Candidate> sheet_at(const cv::Mat& small, double threshold) {
  cv::Mat bright;
  cv::threshold(small, bright, threshold, 255, cv::THRESH_BINARY);
  const cv::Mat raw = bright.clone();
  cv::morphologyEx(bright, bright, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {9, 9}));  // text is no hole
  cv::morphologyEx(bright, bright, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, {9, 9}));   // nor are specks paper
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
  result.corners = refine(result.corners, outline);
  std::vector<cv::Point2f> quad(result.corners.begin(), result.corners.end());
  result.fit = area / std::max(1.0, cv::contourArea(quad));
  if (result.fit < 0.93 || result.fit > 1.05) return {};
  const double margin = 2;  // a sheet that leaves the picture is not seen whole
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
  if (cv::countNonZero(raw & inside) < 0.6 * pixels) return {};  // light letters on dark are no sheet
  if (cv::mean(small, inside)[0] - cv::mean(small, ~inside)[0] < 30) return {};
  return result;
}

}  // namespace

std::optional<std::array<cv::Point2d, 4>> find_sheet(const cv::Mat& gray) {
  const double factor = double(small_side) / std::max(gray.rows, gray.cols);
  if (factor > 1) return {};  // too small to be a photo of a page
  cv::Mat small, bright;
  cv::resize(gray, small, {}, factor, factor, cv::INTER_AREA);
  cv::GaussianBlur(small, small, {}, 1.5);
  const double otsu = cv::threshold(small, bright, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  std::optional<Candidate> best;
  for (double share :
       {1.15, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4})  // lower ones where a shadow falls on the sheet, which is the larger
    if (auto found = sheet_at(small, otsu * share); found && (!best || found->area > best->area)) best = found;
  if (!best) return {};
  for (auto& corner : best->corners) {
    corner.x = (corner.x + 0.5) * gray.cols / small.cols;
    corner.y = (corner.y + 0.5) * gray.rows / small.rows;
  }
  return best->corners;
}

}  // namespace bifrons
