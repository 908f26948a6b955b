// tests/ocr/page/specks_test.cpp - dirt on black and white pages, and what looks like it: dots of small letters, thin rules,
// screens.
#include "ocr/page/specks.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "canvas.h"
#include "quality_check.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

const std::string text = "It is six in the morning. In his mind, Mr. J. Hill is still in Illinois; his list is: jam, milk, rice.";

// A black and white page of lines as large as that, beside a white margin.
cv::Mat page_of(double pixels, double notes = 0) {
  Canvas canvas(1400, 1000);
  const Font font("LiberationSerif-Regular.ttf");
  double y = 60;
  for (const double size : {pixels, notes}) {
    if (size == 0) break;
    for (const double end = y + 400; y < end; y += 1.4 * size)
      for (const auto& line : wrap(font, text, size, 1000)) canvas.put(font, 300, y += 1.4 * size, line, size);
  }
  black_and_white(canvas, 150);
  return canvas.page;
}

// Specks of `pixels` in a row, so many in 1000 pixels, none nearer than `room` to a letter or to another of them.
cv::Mat with_specks(const cv::Mat& page, int pixels, double in_1000, int room) {
  Dice dice(7);
  cv::Mat result = page.clone();
  for (int left = int(in_1000 * double(page.total()) / 1000); left > 0;) {
    const cv::Rect speck(roll(dice, room, page.cols - room - pixels), roll(dice, room, page.rows - room - 1), pixels, 1);
    const cv::Rect near(speck.x - room, speck.y - room, speck.width + 2 * room, speck.height + 2 * room);
    double darkest = 0;
    cv::minMaxLoc(result(near), &darkest);
    if (darkest < 255) continue;
    result(speck).setTo(0);
    --left;
  }
  return result;
}

bool same(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF) == 0; }

TEST(PageSpecks, AreTakenOut) {
  constexpr double letters = 46;  // of 11 points at 300 dpi
  constexpr double height = 21;
  const cv::Mat page = page_of(letters);
  for (const int pixels : {1, 2, 4}) {
    const cv::Mat dirty = with_specks(page, pixels, 1, 3);
    EXPECT_TRUE(same(without_specks(dirty, height), page)) << pixels;
    cv::Mat off_white = dirty.clone();
    off_white.setTo(250, dirty);
    EXPECT_EQ(cv::countNonZero(without_specks(off_white, height) != 250), cv::countNonZero(page == 0)) << pixels;
  }
}

TEST(PageSpecks, DotsStay) {
  for (const auto& [letters, height] :
       {std::pair{25.0, 11.5}, {17.0, 8.0}, {11.0, 5.0}}) {  // 12 and 8 points at 150 dpi, 8 at 100
    const cv::Mat page = page_of(letters);
    EXPECT_TRUE(same(without_specks(with_specks(page, 1, 1, 3), height), height < 11 ? with_specks(page, 1, 1, 3) : page))
        << height;
  }
  const cv::Mat page = page_of(50, 29);  // notes of 7 points under 12
  EXPECT_TRUE(same(without_specks(with_specks(page, 1, 1, 3), 23), page));
  const cv::Mat few = with_specks(page, 1, 0.01, 3);
  EXPECT_EQ(without_specks(few, 23).data, few.data) << "not worth a copy";
}

TEST(PageSpecks, WhatIsNotStrewnStays) {
  cv::Mat rules = page_of(46), gray = with_specks(rules, 1, 1, 3), screen = rules.clone();
  for (int y = 40; y < rules.rows; y += 60)
    for (int x = 10; x < 280; x += 4) rules.at<uint8_t>(y, x) = 0;  // dotted
  EXPECT_EQ(without_specks(rules, 21).data, rules.data);
  for (int y = 0; y < screen.rows; y += 4)
    for (int x = 0; x < 250; x += 4) screen(cv::Rect(x, y, 2, 2)).setTo(0);
  EXPECT_EQ(without_specks(screen, 21).data, screen.data);
  cv::GaussianBlur(gray, gray, {}, 1.5);
  EXPECT_EQ(without_specks(gray, 21).data, gray.data);
}

TEST(PageSpecks, NoFullStopIsReadFromOne) {
  TruePage truth = make_page(Kind::two_columns, 7403, 0);
  Dice dice(7);
  for (auto& pixel : truth.picture.pixels)
    if (roll(dice, 0, 9999) < 15) pixel = 0;
  EXPECT_LE(character_error_rate(text_of(read_page(truth.picture)), truth.text), 0.002);
}

}  // namespace
}  // namespace bifrons::test
