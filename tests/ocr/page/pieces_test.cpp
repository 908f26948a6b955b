// tests/ocr/page/pieces_test.cpp - pieces of ink against OpenCV's, on chance, on shapes that join late, and on a page's size.
#include "ocr/page/pieces.h"

#include <algorithm>
#include <random>
#include <tuple>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace bifrons::test {
namespace {

using Numbers = std::tuple<int, int, int, int, int>;

std::vector<Numbers> ours(const cv::Mat& ink) {
  std::vector<Numbers> all;
  for (const auto& [box, pixels] : pieces_of(ink)) all.emplace_back(box.y, box.x, box.width, box.height, pixels);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Numbers> of_opencv(const cv::Mat& ink) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
  std::vector<Numbers> all;
  for (int i = 1; i < count; ++i) {
    const int* s = stats.ptr<int>(i);
    all.emplace_back(s[cv::CC_STAT_TOP], s[cv::CC_STAT_LEFT], s[cv::CC_STAT_WIDTH], s[cv::CC_STAT_HEIGHT], s[cv::CC_STAT_AREA]);
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Pieces, OfChance) {
  std::mt19937 dice(5);
  for (const double share : {0.01, 0.1, 0.3, 0.4, 0.5, 0.7, 0.95})
    for (const cv::Size size : {cv::Size(1, 1), {1, 40}, {40, 1}, {7, 5}, {64, 64}, {300, 211}}) {
      cv::Mat ink(size, CV_8U);
      for (int y = 0; y < ink.rows; ++y)
        for (int x = 0; x < ink.cols; ++x) ink.at<uint8_t>(y, x) = dice() < share * double(dice.max()) ? 255 : 0;
      EXPECT_EQ(ours(ink), of_opencv(ink)) << share << " of " << size;
    }
}

TEST(Pieces, ThatAreJoinedLate) {
  cv::Mat comb(30, 60, CV_8U, cv::Scalar(0)), spiral(200, 200, CV_8U, cv::Scalar(0));
  for (int x = 1; x < 60; x += 4) cv::line(comb, {x, 2}, {x, 28}, 255);
  cv::line(comb, {0, 29}, {59, 29}, 255);  // only the last row says that it is one piece
  EXPECT_EQ(ours(comb).size(), 1U);
  for (double turn = 0; turn < 60; turn += 0.005)
    spiral.at<uint8_t>(cvRound(100 + 1.5 * turn * std::sin(turn)), cvRound(100 + 1.5 * turn * std::cos(turn))) = 255;
  EXPECT_EQ(ours(spiral).size(), 1U);
  for (const cv::Mat& ink : {comb, spiral, cv::Mat(255 - spiral)}) EXPECT_EQ(ours(ink), of_opencv(ink));
}

TEST(Pieces, OfAPartOfAPictureAndInOrder) {
  cv::Mat ink(50, 50, CV_8U, cv::Scalar(255));
  cv::Mat inside = ink(cv::Rect(10, 10, 20, 20));
  inside.setTo(0);
  inside.at<uint8_t>(5, 9) = inside.at<uint8_t>(5, 2) = inside.at<uint8_t>(3, 19) = 255;
  const auto pieces = pieces_of(inside);
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].box, cv::Rect(19, 3, 1, 1));
  EXPECT_EQ(pieces[1].box, cv::Rect(2, 5, 1, 1));
  EXPECT_EQ(pieces[2].box, cv::Rect(9, 5, 1, 1));
}

}  // namespace
}  // namespace bifrons::test
