// tests/ocr/page/dark_blocks_test.cpp - light letters on dark blocks of a light page, and dark things that are no such block.
#include "ocr/page/dark_blocks.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "canvas.h"
#include "quality_check.h"
#include "score.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

constexpr double pixels = 30;  // of the letters' size; their height is half of it

// A table whose head row is light on a bar of `level`, with a grid of lines `thick` pixels wide.
Canvas table_with_head(double level, double head_ink, int thick) {
  const std::vector<std::vector<std::string>> rows = {{"Description", "Quantity", "Amount"},
                                                      {"Office chair", "34", "2,935.90"},
                                                      {"Laser toner black", "36", "201.60"},
                                                      {"Network switch", "11", "6,076.98"},
                                                      {"Coffee filter", "21", "4,862.76"}};
  Canvas canvas(1300, 620);
  const Font font("LiberationSans-Bold.ttf");
  canvas.put(font, 100, 110, "Order overview", pixels);
  canvas.lines.push_back("Order overview");
  const double x[] = {100, 600, 900, 1200};
  double y = 180;
  for (size_t row = 0; row < rows.size(); ++row, y += 60) {
    if (row == 0) cv::rectangle(canvas.page, cv::Rect(100, 180, 1100, 60), level, cv::FILLED);
    canvas.ink = row == 0 ? head_ink : 0;
    for (size_t column = 0; column < 3; ++column) canvas.put(font, x[column] + 14, y + 41, rows[row][column], pixels);
    canvas.lines.push_back(rows[row][0] + " " + rows[row][1] + " " + rows[row][2]);
    canvas.ink = 0;
    for (size_t column = 0; thick > 0 && column < 3; ++column) canvas.frame(x[column], y, x[column + 1], y + 60, thick);
  }
  return canvas;
}

Picture picture_of(const cv::Mat& page) {
  Picture picture{.width = page.cols, .height = page.rows, .pixels = {}};
  picture.pixels.assign(page.datastart, page.dataend);
  return picture;
}

TEST(DarkBlocks, HeadRowsAreRead) {
  for (const auto& [level, ink] : {std::pair{0.0, 255.0}, {0.0, 200.0}, {70.0, 255.0}, {120.0, 255.0}})
    for (const int thick : {0, 2})
      for (const double degrees : {0.0, 1.2}) {
        Canvas canvas = table_with_head(level, ink, thick);
        if (degrees != 0) skew(canvas, degrees);
        Dice dice(3);
        noise(canvas, dice, 5);
        const Page page = read_page(picture_of(canvas.page));
        EXPECT_GE(box_hits(page, canvas.words), 0.94)
            << "block " << level << ", letters " << ink << ", lines " << thick << ", skew " << degrees << "\n"
            << text_of(page);
      }
}

TEST(DarkBlocks, BecomeDarkLettersOnWhite) {
  const Canvas canvas = table_with_head(90, 255, 0);
  const auto light = without_dark_blocks(canvas.page, 16);
  ASSERT_TRUE(light);
  const cv::Rect bar(100, 180, 1100, 60);
  EXPECT_GT(cv::mean((*light)(bar))[0], 215);                     // mostly paper now
  EXPECT_EQ(cv::countNonZero((*light)(bar) < 100) > 1000, true);  // and letters on it
  cv::Mat outside = *light != canvas.page;
  outside(cv::Rect(bar.x - 4, bar.y - 4, bar.width + 8, bar.height + 8)).setTo(0);
  EXPECT_EQ(cv::countNonZero(outside), 0);  // nothing else was touched
}

TEST(DarkBlocks, OtherDarkThingsStay) {
  Dice dice(8);
  Canvas dense(1000, 1000), bordered(1000, 1000), solid(1000, 1000), shaded(1000, 1000), chequered(1000, 1000);
  const Font font("LiberationSans-Bold.ttf");
  double y = 30;
  for (const auto& line : wrap(font, std::string(40, 'W') + " " + std::string(400, 'M'), pixels, 900))
    dense.put(font, 20, y += 31, line, pixels);
  for (int row = 0; row < 25; ++row)
    dense.put(font, 20, 60 + 32 * row, "EVERY LINE OF THIS PAGE IS SET IN BOLD CAPITALS", pixels);
  cv::rectangle(bordered.page, cv::Rect(0, 0, 1000, 1000), 0, 80);  // a scanner's black edge, and a page inside
  bordered.put(font, 200, 500, "A letter inside of the frame", pixels);
  cv::rectangle(solid.page, cv::Rect(100, 100, 600, 300), 40, cv::FILLED);
  for (int x = 0; x < 600; ++x) cv::line(shaded.page, {200 + x, 200}, {200 + x, 600}, 20 + x * 200 / 600);  // a photo's sky
  for (int row = 0; row < 20; ++row)
    for (int column = 0; column < 20; ++column)
      if ((dice() & 1u) != 0) cv::rectangle(chequered.page, cv::Rect(200 + 20 * column, 200 + 20 * row, 20, 20), 0, cv::FILLED);
  for (const auto* canvas : {&dense, &bordered, &solid, &shaded, &chequered})
    EXPECT_FALSE(without_dark_blocks(canvas->page, 16)) << (canvas == &dense      ? "dense"
                                                            : canvas == &bordered ? "bordered"
                                                            : canvas == &solid    ? "solid"
                                                            : canvas == &shaded   ? "shaded"
                                                                                  : "chequered");
  EXPECT_FALSE(without_dark_blocks(table_with_head(90, 255, 0).page, 0));  // of letters of unknown height
}

}  // namespace
}  // namespace bifrons::test
