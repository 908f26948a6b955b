// tests/ocr/page/sheet_test.cpp - a sheet on a desk: found to the pixel, also where a shadow makes it darker than the lit desk;
// nothing found where there is none.
#include "ocr/page/sheet.h"

#include <cmath>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "canvas.h"
#include "ocr/page/clean.h"
#include "pages.h"

namespace bifrons::test {
namespace {

const std::array<cv::Point2d, 4> corners = {{{240, 180}, {1310, 260}, {1330, 1830}, {180, 1760}}};  // clockwise from top left

// A desk with a lit left part, on it a sheet with lines of ink, of which a soft shadow covers all but the left quarter.
cv::Mat desk(double dark_desk, double lit_desk, double paper, double shadow) {
  const cv::Size size(1500, 2000);
  cv::Mat sheet(size, CV_8U, cv::Scalar(0)), ink(size, CV_8U, cv::Scalar(0));
  std::vector<cv::Point> filled;
  for (const auto& c : corners) filled.emplace_back(cvRound(c.x), cvRound(c.y));
  cv::fillConvexPoly(sheet, filled, 255);
  for (int y = 400; y < 1200; y += 40) cv::line(ink, {350, y}, {1150, y + 55}, 255, 10);
  cv::Mat result(size, CV_8U);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const double lit = 1 / (1 + std::exp((x - 0.1 * y - 350) / 40.0));  // 1 on the left, soft towards 0
      double level = dark_desk + (lit_desk - dark_desk) * lit;
      if (sheet.at<uint8_t>(y, x)) level = paper * (shadow + (1 - shadow) * lit) * (ink.at<uint8_t>(y, x) ? 0.3 : 1);
      result.at<uint8_t>(y, x) = cv::saturate_cast<uint8_t>(level);
    }
  cv::GaussianBlur(result, result, {}, 1.0);
  return result;
}

void expect_found(const cv::Mat& picture) {
  const auto found = find_sheet(picture);
  ASSERT_TRUE(found.has_value());
  for (size_t i = 0; i < 4; ++i)
    EXPECT_LT(std::hypot((*found)[i].x - corners[i].x, (*found)[i].y - corners[i].y), 4) << "corner " << i;
}

TEST(PageSheet, EvenlyLit) { expect_found(desk(40, 40, 220, 1)); }
TEST(PageSheet, ShadowHardlyBrighterThanTheLitDesk) { expect_found(desk(30, 92, 215, 0.46)); }
TEST(PageSheet, ShadowDarkerThanTheLitDesk) { expect_found(desk(30, 125, 220, 0.48)); }

TEST(PageSheet, NoneOnAScan) {
  EXPECT_FALSE(find_sheet(gray_of(make_page(Kind::form, 1, 0).picture)));
  cv::Mat boxed(2000, 1500, CV_8U, cv::Scalar(250));  // a frame round most of the page is no sheet
  cv::rectangle(boxed, cv::Rect(150, 150, 1200, 1500), 0, 6);
  EXPECT_FALSE(find_sheet(boxed));
  cv::Mat tinted(2000, 1500, CV_8U, cv::Scalar(200));  // nor is a white field of a tinted form
  cv::rectangle(tinted, cv::Rect(150, 150, 1200, 900), 250, cv::FILLED);
  EXPECT_FALSE(find_sheet(tinted));
  EXPECT_FALSE(find_sheet(cv::Mat(2000, 1500, CV_8U, cv::Scalar(128))));
  for (const cv::Size thin : {cv::Size(5000, 8), cv::Size(8, 10000)})  // a ruled line that is a picture of its own
    EXPECT_FALSE(find_sheet(cv::Mat(thin, CV_8U, cv::Scalar(128))));
}

TEST(PageSheet, LinesOfLightLettersAreNone) {
  Canvas canvas(1500, 2000);
  const Font font("LiberationSans-Bold.ttf");
  for (int y = 300; y < 1700; y += 60) canvas.put(font, 200, y, "Light letters on a dark ground, set large and bold", 44);
  const cv::Mat dark = 255 - 0.9 * canvas.page;
  EXPECT_FALSE(find_sheet(dark));
}

}  // namespace
}  // namespace bifrons::test
