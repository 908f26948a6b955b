// ocr/page/square_pixels.cpp - see square_pixels.h.
#include "ocr/page/square_pixels.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace bifrons {

std::optional<Picture> with_square_pixels(const Picture& picture, int64_t most_pixels) {
  constexpr double square = 1.1, most = 5;  // 204 x 196, the finer fax, is square enough
  const double higher = picture.pixel_height;
  if (std::max(higher, 1 / higher) < square || std::max(higher, 1 / higher) > most) return std::nullopt;
  double across = std::max(1.0, 1 / higher), down = std::max(1.0, higher);
  if (across * down * picture.width * picture.height > double(most_pixels)) across /= down * across, down = across * higher;
  const cv::Size size(std::max(1, cvRound(picture.width * across)), std::max(1, cvRound(picture.height * down)));
  const int type = picture.channels == 3 ? CV_8UC3 : CV_8UC1;
  // OpenCV takes no pointer to const; nobody writes through this view.
  const cv::Mat from(picture.height, picture.width, type, const_cast<uint8_t*>(picture.pixels.data()));
  Picture result;
  result.width = size.width, result.height = size.height, result.channels = picture.channels, result.dpi = picture.dpi * across;
  result.pixels.resize(size_t(size.width) * size_t(size.height) * size_t(picture.channels));
  cv::Mat to(size, type, result.pixels.data());
  cv::resize(from, to, size, 0, 0, cv::INTER_CUBIC);
  return result;
}

}  // namespace bifrons
