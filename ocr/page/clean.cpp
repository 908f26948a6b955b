// ocr/page/clean.cpp - see clean.h.
#include "ocr/page/clean.h"

#include <algorithm>
#include <array>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "ocr/page/lost_colours.h"
#include "ocr/page/stray_pixels.h"
#include "ocr/page/transform.h"

namespace bifrons {
namespace {

// Of the pixels, cumulated.
std::array<double, 256> shares(const cv::Mat& gray) {
  std::array<std::array<int64_t, 256>, 4> count{};  // four, because equal neighbours would wait for each other
  for (int y = 0; y < gray.rows; ++y) {
    const uint8_t* row = gray.ptr<uint8_t>(y);
    int x = 0;
    for (; x + 4 <= gray.cols; x += 4)
      for (size_t k = 0; k < 4; ++k) ++count[k][row[x + int(k)]];
    for (; x < gray.cols; ++x) ++count[0][row[x]];
  }
  std::array<double, 256> share{};
  int64_t sum = 0;
  for (size_t i = 0; i < share.size(); ++i)
    share[i] = double(sum += count[0][i] + count[1][i] + count[2][i] + count[3][i]) / double(gray.total());
  return share;
}

int percentile(const std::array<double, 256>& share, double part) {
  return int(std::lower_bound(share.begin(), share.end(), part) - share.begin());
}

// Divided by the paper's own brightness, which a closing of so many pixels sees in the picture shrunk by `factor`.
cv::Mat without_paper(const cv::Mat& gray, double factor, int closing) {
  const cv::Mat small = shrink(gray, {std::max(1, cvRound(factor * gray.cols)), std::max(1, cvRound(factor * gray.rows))});
  cv::Mat paper;
  // Closing: wider than strokes, and unlike dilation it leaves the edges of stains and shadows where they are.
  cv::morphologyEx(small, paper, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_ELLIPSE, {closing, closing}));
  cv::medianBlur(paper, paper, 5);
  cv::GaussianBlur(paper, paper, {}, 1.5);
  double darkest = 0, brightest = 0;
  cv::minMaxLoc(paper, &darkest, &brightest);
  if (darkest >= 250) return gray;
  cv::resize(paper, paper, gray.size(), 0, 0, cv::INTER_LINEAR);
  cv::Mat divided;  // an own one: `gray` is the caller's picture
  cv::divide(gray, paper, divided, 255);
  return divided;
}

}  // namespace

cv::Mat gray_of(const Picture& picture) {
  // OpenCV takes no pointer to const; nobody writes through this view.
  auto* pixels = const_cast<uint8_t*>(picture.pixels.data());
  if (picture.channels == 1) return without_stray_pixels(cv::Mat(picture.height, picture.width, CV_8UC1, pixels));
  cv::Mat gray;
  const cv::Mat rgb(picture.height, picture.width, CV_8UC3, pixels);
  cv::cvtColor(rgb, gray, cv::COLOR_RGB2GRAY);
  darken_lost_strokes(gray, rgb);
  return without_stray_pixels(gray);
}

bool light_on_dark(const cv::Mat& gray) {
  const int edge = std::max(1, std::min(gray.rows, gray.cols) / 30);
  std::array<double, 256> border{};
  double pixels = 0;
  for (const cv::Mat& side : {gray.rowRange(0, edge), gray.rowRange(gray.rows - edge, gray.rows), gray.colRange(0, edge),
                              gray.colRange(gray.cols - edge, gray.cols)}) {
    const auto share = shares(side);
    for (size_t i = 0; i < border.size(); ++i) border[i] += share[i] * double(side.total());
    pixels += double(side.total());
  }
  // The whole must be dark too, not only a frame round it.
  return percentile(border, 0.5 * pixels) < 100 && percentile(shares(gray), 0.5) < 110;
}

Cleaned clean(const cv::Mat& gray, bool background, cv::Size whole, double glyph) {
  constexpr int widest = 9, narrowest = 5;  // closings, pixels of 500; strokes are narrower
  constexpr double letters_wide = 1.3;      // a closing that letters do not survive, in their height
  constexpr int faint = 105;                // of 255; thermal paper has 60 to 80, faded ink 40 to 50, other pages 120 and more
  Cleaned result{gray};
  if (background && std::max(gray.rows, gray.cols) >= 32) {
    const double factor = std::min(1.0, 500.0 / std::max({gray.rows, gray.cols, whole.width, whole.height}));
    const int narrow = 2 * int(letters_wide * glyph * factor / 2) + 1;
    result.gray = without_paper(gray, factor, glyph > 0 ? std::clamp(narrow, narrowest, widest) : widest);
  }
  const auto share = shares(result.gray);
  const double inked = 0.01 * std::max(1.0, double(whole.area()) / double(gray.total()));
  const int white = std::min(percentile(share, 0.5), 245), darkest = percentile(share, 0.0005);
  // Where few letters stand, 1 % of the page reaches into their soft edges and a JPEG's ripples around them.
  const double dark = share[size_t(std::max(0, darkest + white)) / 2] / 2;
  const int ink = percentile(share, std::min({inked, 0.1, dark}));
  result.faint = white - ink < faint;
  if (white - ink < 25 || (ink <= 40 && white >= 235)) return result;  // blank, or good already
  cv::Mat table(1, 256, CV_8U);
  for (int i = 0; i < 256; ++i) table.at<uint8_t>(i) = cv::saturate_cast<uint8_t>(255.0 * (i - ink) / (white - ink));
  cv::Mat stretched;
  cv::LUT(result.gray, table, stretched);
  result.gray = stretched;
  return result;
}

double grain(const cv::Mat& gray) {
  // Laplacian of Laplacians: blind to slopes and edges; its median is blind to text. Source of the kernel: J. Immerkaer, Fast
  // noise variance estimation, 1996.
  const cv::Mat kernel = (cv::Mat_<float>(3, 3) << 1, -2, 1, -2, 4, -2, 1, -2, 1);
  const int side = 1000;  // the middle of a large page says enough
  const cv::Rect middle(std::max(0, (gray.cols - side) / 2), std::max(0, (gray.rows - side) / 2), std::min(side, gray.cols),
                        std::min(side, gray.rows));
  cv::Mat response;
  cv::filter2D(gray(middle), response, CV_16S, kernel);
  response = cv::abs(response);
  cv::Mat small;
  response.convertTo(small, CV_8U);
  return percentile(shares(small), 0.5) / (0.6745 * 6);
}

}  // namespace bifrons
