// tests/ocr/page/ticks_test.cpp - tick boxes with thin and thick outlines are found; letters, ideographs and cells of tables that
// look like them are not.
#include <gtest/gtest.h>

#include "canvas.h"
#include "ocr/page/marks.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

constexpr double glyph = 24;  // height of letters, as in prepared pages

TEST(Ticks, BoxesAreFoundHoweverThinTheirOutline) {
  for (const int thick : {1, 2, 3})
    for (const int side : {26, 34, 44})
      for (const double slant : {0.0, 0.2}) {
        SCOPED_TRACE(std::to_string(thick) + " thick, side " + std::to_string(side) + ", slant " + std::to_string(slant));
        Canvas canvas(600, 500);
        for (int i = 0; i < 4; ++i) {
          const double top = 40 + 100 * i;
          canvas.frame(60, top, 60 + side, top + side, thick);
          if (i % 2) {
            canvas.line(66, top + 6, 54 + side, top + side - 6, 2);
            canvas.line(54 + side, top + 6, 66, top + side - 6, 2);
          }
          canvas.put(Font("LiberationSans-Regular.ttf"), 180, top + side, "Accident at work", 30);
        }
        skew(canvas, slant);
        const auto ticks = find_marks(canvas.page, glyph, false).ticks;
        ASSERT_EQ(ticks.size(), 4U);
        for (size_t i = 0; i < 4; ++i) {
          EXPECT_EQ(ticks[i].ticked, i % 2 == 1);
          EXPECT_NEAR(ticks[i].box.width, side + thick, 3);
        }
      }
}

TEST(Ticks, LettersAreNone) {
  for (const char* face : {"LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", "LiberationSerif-Regular.ttf",
                           "LiberationMono-Regular.ttf", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "FreeSerif.ttf"})
    for (double pixels = 24; pixels <= 90; pixels += 3) {
      Canvas canvas(1500, 400);
      const Font font(face);
      canvas.put(font, 40, 110, "O D 0 Q B 8 C G U o", pixels, 60);
      canvas.put(font, 40, 240, "DOOR BOOK 8000 0.00 DO", pixels);
      EXPECT_EQ(find_marks(canvas.page, glyph, false).ticks.size(), 0U) << face << " " << pixels;
    }
}

// Its bars meet both sides, so only its round corners tell.
TEST(Ticks, ABlurredLetterAloneIsNone) {
  for (const double pixels : {32, 38, 46, 58, 68})
    for (const double height : {16, 24, 32}) {
      Canvas canvas(300, 300);
      canvas.put(Font("LiberationSans-Bold.ttf"), 100, 180, "B", pixels);
      blur(canvas, 2);
      EXPECT_EQ(find_marks(canvas.page, height, false).ticks.size(), 0U) << pixels << " " << height;
    }
}

TEST(Ticks, IdeographsAmongOthersAreNone) {
  for (const double pixels : {24, 30, 42, 48, 60}) {
    Canvas canvas(1500, 300);
    canvas.put(Font("NotoSansCJK-Regular.ttc"), 40, 100, "人口田地国家回日本品目", pixels);
    EXPECT_EQ(find_marks(canvas.page, glyph, false).ticks.size(), 0U) << pixels;
  }
}

TEST(Ticks, CellsOfTablesAreNone) {
  for (const int thick : {1, 2, 3})
    for (const int side : {30, 45, 60}) {
      Canvas canvas(900, 500);
      for (int i = 0; i <= 6; ++i) {
        canvas.line(50, 50 + side * i, 50 + 10 * side, 50 + side * i, thick);
        for (int k = 0; k <= 10 && i < 6; ++k)
          canvas.line(50 + side * k, 50 + side * i, 50 + side * k, 50 + side * (i + 1), thick);
      }
      EXPECT_EQ(find_marks(canvas.page, glyph, false).ticks.size(), 0U) << thick << " " << side;
    }
}

}  // namespace
}  // namespace bifrons::test
