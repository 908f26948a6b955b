// tests/ocr/page/spoil.cpp - see spoil.h.
#include "spoil.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace bifrons::test {
namespace {

// Smooth values around 1 from a few random ones.
cv::Mat clouds(Dice& dice, cv::Size size, int across, int down, double low, double high) {
  cv::Mat few(down, across, CV_32F), many;
  for (int y = 0; y < down; ++y)
    for (int x = 0; x < across; ++x) few.at<float>(y, x) = float(roll(dice, low, high));
  cv::resize(few, many, size, 0, 0, cv::INTER_CUBIC);
  return many;
}

void multiply(cv::Mat& page, const cv::Mat& by) {
  cv::Mat wide;
  page.convertTo(wide, CV_32F);
  cv::multiply(wide, by, wide);
  wide.convertTo(page, CV_8U);
}

}  // namespace

void move_page(Canvas& canvas, const Map& forward, cv::Size size, double white) {
  canvas.page = resample(canvas.page, forward.inv(), size, white);
  for (auto& word : canvas.words)
    for (size_t i = 0; i < 8; i += 2) {
      const cv::Point2d p = through(forward, word.quad[i], word.quad[i + 1]);
      word.quad[i] = p.x, word.quad[i + 1] = p.y;
    }
}

void skew(Canvas& canvas, double degrees, double white) {
  const double w = canvas.page.cols, h = canvas.page.rows;
  move_page(canvas, shift_map(w / 2, h / 2) * rotation_map(degrees) * shift_map(-w / 2, -h / 2), canvas.page.size(), white);
}

void turn(Canvas& canvas, int clockwise) {
  const int w = canvas.page.cols, h = canvas.page.rows;
  const cv::Size size = clockwise % 180 ? cv::Size(h, w) : cv::Size(w, h);
  move_page(canvas, turn_map(clockwise, size.width, size.height), size, 255);
}

void blur(Canvas& canvas, double sigma) { cv::GaussianBlur(canvas.page, canvas.page, {}, sigma); }

void noise(Canvas& canvas, Dice& dice, double sigma) {
  cv::RNG random(dice());
  cv::Mat wide(canvas.page.size(), CV_16S);
  random.fill(wide, cv::RNG::NORMAL, 0, sigma);
  cv::add(canvas.page, wide, canvas.page, cv::noArray(), CV_8U);
}

void fade(Canvas& canvas, double ink, double paper) { canvas.page.convertTo(canvas.page, CV_8U, (paper - ink) / 255, ink); }

void stain(Canvas& canvas, Dice& dice, double strength) {
  const auto paler = [&](double shade) { return 1 + strength * (shade - 1); };
  multiply(canvas.page, clouds(dice, canvas.page.size(), 7, 9, paler(0.82), paler(1.05)));
  cv::Mat marks(canvas.page.size(), CV_32F, cv::Scalar(1));
  const int side = std::min(canvas.page.cols, canvas.page.rows);
  for (int i = 0; i < 5; ++i) {  // rings and blots
    const int y = roll(dice, 0, canvas.page.rows), x = roll(dice, 0, canvas.page.cols);
    const int radius = roll(dice, side / 16, side / 5);
    const int thick = roll(dice, 0, 1) ? -1 : radius / 5;
    cv::circle(marks, {x, y}, radius, cv::Scalar(roll(dice, paler(0.72), paler(0.9))), thick);
  }
  cv::GaussianBlur(marks, marks, {}, side / 120.0);
  multiply(canvas.page, marks);
}

void thermal(Canvas& canvas, Dice& dice) {
  // Share of the ink that was printed: pale vertical bands (worn heating dots) and a mottled grain.
  cv::Mat heat = clouds(dice, canvas.page.size(), 14, 1, 0.55, 1.0);
  cv::Mat grain(canvas.page.size(), CV_32F);
  cv::RNG random(dice());
  random.fill(grain, cv::RNG::NORMAL, 1, 0.25);
  cv::GaussianBlur(grain, grain, {}, 0.8);
  cv::multiply(heat, grain, heat);
  cv::Mat ink = 255 - canvas.page;
  multiply(ink, heat);
  canvas.page = 255 - ink;
}

void jpeg(Canvas& canvas, int quality) {
  // The luminance table of ITU-T T.81, annex K, scaled as libjpeg does for a quality below 50.
  const cv::Mat table = (cv::Mat_<float>(8, 8) << 16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24,
                         40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81,
                         104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99) *
                        (50.0 / quality);
  for (int y = 0; y + 8 <= canvas.page.rows; y += 8)
    for (int x = 0; x + 8 <= canvas.page.cols; x += 8) {
      cv::Mat pixels = canvas.page(cv::Rect(x, y, 8, 8)), block;
      pixels.convertTo(block, CV_32F, 1, -128);
      cv::dct(block, block);
      for (int i = 0; i < 64; ++i) {
        const float step = std::max(1.0F, table.at<float>(i / 8, i % 8));
        block.at<float>(i / 8, i % 8) = step * std::round(block.at<float>(i / 8, i % 8) / step);
      }
      cv::idct(block, block);
      block.convertTo(pixels, CV_8U, 1, 128);
    }
}

void black_and_white(Canvas& canvas, double threshold) {
  cv::threshold(canvas.page, canvas.page, threshold, 255, cv::THRESH_BINARY);
}

void photograph(Canvas& canvas, Dice& dice, const PhotoTaken& taken) {
  fade(canvas, 35, 228);
  const cv::Size size(2300, 3100);
  const double w = canvas.page.cols, h = canvas.page.rows;
  const auto near = [&](double x, double y) {
    const double down = taken.slant * roll(dice, -0.035, 0.035), across = taken.slant * roll(dice, -0.045, 0.045);
    return cv::Point2f(float((x + across) * size.width), float((y + down) * size.height));
  };
  const cv::Point2f from[] = {{0, 0}, {float(w), 0}, {float(w), float(h)}, {0, float(h)}};
  const cv::Point2f to[] = {near(0.11, 0.09), near(0.9, 0.1), near(0.92, 0.92), near(0.08, 0.9)};
  move_page(canvas, Map(cv::getPerspectiveTransform(from, to).ptr<double>()), size, 0);
  // The desk: dark wood with a grain; where the sheet is not.
  cv::Mat sheet(size, CV_8U, cv::Scalar(0));
  std::vector<cv::Point> corners;
  for (const auto& p : to) corners.emplace_back(cvRound(p.x), cvRound(p.y));
  cv::fillConvexPoly(sheet, corners, 255);
  cv::Mat desk = clouds(dice, size, 40, 6, 60, 95);
  desk.convertTo(desk, CV_8U);
  desk.copyTo(canvas.page, ~sheet);
  // Light from one side, and the shadow of a hand or a phone.
  multiply(canvas.page, clouds(dice, size, 3, 3, 0.78, 1.0));
  cv::Mat shadow(size, CV_32F, cv::Scalar(1));
  const double edge = roll(dice, 0.25, 0.6) * size.width, slant = roll(dice, -0.3, 0.3) * size.width;
  const std::vector<cv::Point> dark = {
      {cvRound(edge), 0}, {size.width, 0}, {size.width, size.height}, {cvRound(edge + slant), size.height}};
  cv::fillConvexPoly(shadow, dark, cv::Scalar(roll(dice, taken.shadow_low, taken.shadow_high)));
  cv::GaussianBlur(shadow, shadow, {}, 35);
  multiply(canvas.page, shadow);
  blur(canvas, 0.8);
  noise(canvas, dice, 3.5);
}

}  // namespace bifrons::test
