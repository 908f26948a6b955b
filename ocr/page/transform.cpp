// ocr/page/transform.cpp - see transform.h.
#include "ocr/page/transform.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace bifrons {

Map shift_map(double x, double y) { return Map(1, 0, x, 0, 1, y, 0, 0, 1); }
Map scale_map(double x, double y) { return Map(x, 0, 0, 0, y, 0, 0, 0, 1); }

Map rotation_map(double degrees) {
  const double angle = degrees * CV_PI / 180, c = std::cos(angle), s = std::sin(angle);
  return Map(c, -s, 0, s, c, 0, 0, 0, 1);
}

Map turn_map(int turned, double width, double height) {
  switch (turned) {
    case 90: return Map(0, -1, width, 1, 0, 0, 0, 0, 1);  // reading goes down, lines go left
    case 180: return Map(-1, 0, width, 0, -1, height, 0, 0, 1);
    case 270: return Map(0, 1, 0, -1, 0, height, 0, 0, 1);  // reading goes up, lines go right
    default: return Map::eye();
  }
}

cv::Point2d through(const Map& map, double x, double y) {
  const cv::Vec3d p = map * cv::Vec3d(x, y, 1);
  return {p[0] / p[2], p[1] / p[2]};
}

std::array<double, 8> quad_through(const Map& map, double x0, double y0, double x1, double y1) {
  const cv::Point2d a = through(map, x0, y0), b = through(map, x1, y0), c = through(map, x1, y1), d = through(map, x0, y1);
  return {a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y};
}

cv::Mat resample(const cv::Mat& source, const Map& back, cv::Size size, double white) {
  const Map pixels = shift_map(-0.5, -0.5) * back * shift_map(0.5, 0.5);  // OpenCV counts from pixel centres
  const bool affine = std::abs(pixels(2, 0)) < 1e-12 && std::abs(pixels(2, 1)) < 1e-12;
  const double step =
      std::sqrt(std::abs(pixels(0, 0) * pixels(1, 1) - pixels(0, 1) * pixels(1, 0)) / (pixels(2, 2) * pixels(2, 2)));
  cv::Mat from = source;
  if (step > 1.3) {
    cv::Mat smooth;  // an own one: `from` is the caller's picture
    cv::GaussianBlur(source, smooth, {}, 0.45 * std::sqrt(step * step - 1));
    from = smooth;
  }  // against aliasing when shrinking
  cv::Mat result;
  const int border = white < 0 ? cv::BORDER_REPLICATE : cv::BORDER_CONSTANT;
  const int how = (step < 0.95 ? cv::INTER_CUBIC : cv::INTER_LINEAR) | cv::WARP_INVERSE_MAP;
  if (affine) {
    const cv::Matx23d rows =
        cv::Matx23d(pixels(0, 0), pixels(0, 1), pixels(0, 2), pixels(1, 0), pixels(1, 1), pixels(1, 2)) * (1 / pixels(2, 2));
    cv::warpAffine(from, result, rows, size, how, border, cv::Scalar::all(white));
  } else {
    cv::warpPerspective(from, result, pixels, size, how, border, cv::Scalar::all(white));
  }
  return result;
}

cv::Mat shrink(const cv::Mat& source, cv::Size size) {
  cv::Mat result = source;
  while (result.cols >= 2 * size.width && result.rows >= 2 * size.height) {
    const cv::Size half(result.cols / 2, result.rows / 2);
    cv::Mat smaller;
    cv::resize(result(cv::Rect(0, 0, 2 * half.width, 2 * half.height)), smaller, half, 0, 0, cv::INTER_AREA);
    result = smaller;
  }
  if (result.size() == size) return result;
  cv::Mat rest;
  cv::resize(result, rest, size, 0, 0, cv::INTER_AREA);
  return rest;
}

}  // namespace bifrons
