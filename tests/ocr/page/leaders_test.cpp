// tests/ocr/page/leaders_test.cpp - dotted leaders go, other dots stay.
#include "ocr/page/leaders.h"

#include <gtest/gtest.h>

#include "canvas.h"
#include "quality_check.h"
#include "score.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

const std::vector<std::pair<std::string, std::string>> fields = {
    {"Surname", "Brandt"},           {"Occupation", "Engineer"}, {"Town", "Oxford"},         {"Policy number", "K335232"},
    {"Date of birth", "15.10.1990"}, {"Postcode", "50604"},      {"Nationality", "British"}, {"First name", "Oliver"}};

// Labels and values with rows of dots between them, `step` pixels from one to the next.
Canvas form(double step) {
  Canvas canvas(1200, 800);
  const Font font("LiberationSans-Regular.ttf");
  double y = 80;
  for (const auto& [label, value] : fields) {
    double x = canvas.put(font, 100, y, label, 30) + 12;
    canvas.lines.push_back(label + " " + value);
    canvas.put(font, 800, y, value, 30);
    const size_t words = canvas.words.size();
    for (; x < 780; x += step) canvas.put(font, x, y, ".", 30);
    canvas.words.resize(words);  // the dots say nothing
    y += 80;
  }
  return canvas;
}

TEST(Leaders, AreNotReadAsLetters) {
  for (const double step : {9.0, 14.0})
    for (const double grain : {0.0, 12.0}) {
      Canvas canvas = form(step);
      Dice dice(7);
      noise(canvas, dice, grain);
      Picture picture{.width = canvas.page.cols, .height = canvas.page.rows, .pixels = {}};
      picture.pixels.assign(canvas.page.datastart, canvas.page.dataend);
      const Page page = read_page(picture);
      std::string wanted;
      for (const auto& line : canvas.lines) wanted += line + "\n";
      EXPECT_LE(character_error_rate(text_of(page), wanted), 0.01) << "step " << step << ", noise " << grain << "\n"
                                                                   << text_of(page);
      EXPECT_GE(box_hits(page, canvas.words), 0.94);
    }
}

TEST(Leaders, OtherDotsStay) {
  Canvas canvas(1000, 300);
  const Font latin("LiberationSans-Regular.ttf");
  canvas.put(latin, 40, 60, "Wait... i.e. 1.2.3.4.5.6.7.8.9 and so on. No. It. Is.", 30);
  for (int i = 0; i < 6; ++i) canvas.put(latin, 40 + 11 * i, 140, ".", 30);  // an ellipsis among ideographs
  cv::Mat page = canvas.page.clone();
  paint_over_leaders(page, 16);
  EXPECT_EQ(cv::countNonZero(page != canvas.page), 0);
  paint_over_leaders(page, 0);  // of letters of unknown height
  EXPECT_EQ(cv::countNonZero(page != canvas.page), 0);
}

}  // namespace
}  // namespace bifrons::test
