// ocr/page/transform.h - maps between frames as 3x3 matrices on continuous coordinates (a pixel's centre is at its index + 0.5).
#pragma once

#include <array>

#include <opencv2/core.hpp>

namespace bifrons {

using Map = cv::Matx33d;  // homogeneous: (x, y, 1) to (x', y', w')

Map shift_map(double x, double y);
Map scale_map(double x, double y);
Map rotation_map(double degrees);  // clockwise as seen (y down), about the origin
// From a picture whose text is upright to one of `width` x `height` pixels whose text is turned clockwise by 0, 90, 180 or 270.
Map turn_map(int turned, double width, double height);

cv::Point2d through(const Map& map, double x, double y);
std::array<double, 8> quad_through(const Map& map, double x0, double y0, double x1, double y1);  // clockwise from the top left

// Fills `size` pixels of the result from `source`; `back` maps the result's coordinates to the source's. What lies outside the
// source gets `white`, or with white < 0 the source's nearest pixel.
cv::Mat resample(const cv::Mat& source, const Map& back, cv::Size size, double white);
// `source` in smaller, each pixel the mean of its area: by halves first, which OpenCV does several times as fast as other ratios.
// Not a copy where it has that size already.
cv::Mat shrink(const cv::Mat& source, cv::Size size);

}  // namespace bifrons
