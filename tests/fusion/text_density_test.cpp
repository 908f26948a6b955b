// tests/fusion/text_density_test.cpp - pages of drawn letters are dense; shapes, gradients, noise and photo-like blobs are not.
#include "fusion/text_density.h"

#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fusion/router.h"
#include "kernels/core/error.h"

namespace bifrons {
namespace {

struct Canvas {
  int64_t width, height;
  std::vector<uint8_t> rgb;
  Canvas(int64_t w, int64_t h, uint8_t level) : width(w), height(h), rgb(size_t(w * h * 3), level) {}
  void dot(int64_t x, int64_t y, uint8_t level) {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    for (int64_t c = 0; c < 3; ++c) rgb[size_t((y * width + x) * 3 + c)] = level;
  }
  void block(int64_t x, int64_t y, int64_t w, int64_t h, uint8_t level) {
    for (int64_t dy = 0; dy < h; ++dy)
      for (int64_t dx = 0; dx < w; ++dx) dot(x + dx, y + dy, level);
  }
  double density() const { return text_density(rgb, width, height); }
};

// Sixteen letters of a font of 5 x 7 dots, a row a byte.
constexpr std::array<std::array<uint8_t, 7>, 16> letters = {{{14, 17, 17, 31, 17, 17, 17},
                                                             {30, 17, 30, 17, 17, 17, 30},
                                                             {14, 17, 16, 16, 16, 17, 14},
                                                             {31, 16, 30, 16, 16, 16, 31},
                                                             {17, 17, 31, 17, 17, 17, 17},
                                                             {14, 4, 4, 4, 4, 4, 14},
                                                             {16, 16, 16, 16, 16, 16, 31},
                                                             {17, 27, 21, 17, 17, 17, 17},
                                                             {17, 25, 21, 19, 17, 17, 17},
                                                             {14, 17, 17, 17, 17, 17, 14},
                                                             {30, 17, 17, 30, 20, 18, 17},
                                                             {15, 16, 14, 1, 1, 17, 14},
                                                             {31, 4, 4, 4, 4, 4, 4},
                                                             {17, 17, 17, 17, 17, 17, 14},
                                                             {0, 0, 14, 1, 15, 17, 15},
                                                             {0, 0, 22, 25, 17, 17, 17}}};

void line(Canvas& canvas, int64_t x, int64_t y, int scale, int count, uint8_t ink, std::mt19937& random, double slope = 0) {
  int word = 3 + int(random() % 7);
  for (int i = 0; i < count; ++i) {
    if (word-- == 0) {
      word = 3 + int(random() % 7);
      x += 5 * scale;
      continue;
    }
    const auto& letter = letters[random() % letters.size()];
    for (int row = 0; row < 7; ++row)
      for (int column = 0; column < 5; ++column)
        if (letter[size_t(row)] >> (4 - column) & 1)
          canvas.block(x + column * scale, y + row * scale + int64_t(std::lround(slope * double(x))), scale, scale, ink);
    x += 6 * scale;
  }
}
Canvas page(uint8_t paper, uint8_t ink, int scale, int lines, uint64_t seed, double slope = 0) {
  Canvas canvas(900, 1200, paper);
  std::mt19937 random(static_cast<uint32_t>(seed));
  for (int i = 0; i < lines; ++i) line(canvas, 60, 60 + i * 12 * scale, scale, 720 / (6 * scale), ink, random, slope);
  return canvas;
}
Canvas turned(const Canvas& from) {
  Canvas to(from.height, from.width, 0);
  for (int64_t y = 0; y < from.height; ++y)
    for (int64_t x = 0; x < from.width; ++x) to.dot(from.height - 1 - y, x, from.rgb[size_t((y * from.width + x) * 3)]);
  return to;
}
void speckle(Canvas& canvas, double deviation, uint64_t seed) {
  std::mt19937 random(static_cast<uint32_t>(seed));
  std::normal_distribution<double> noise(0, deviation);
  for (size_t i = 0; i < canvas.rgb.size(); i += 3) {
    const auto level = uint8_t(std::clamp(canvas.rgb[i] + noise(random), 0.0, 255.0));
    canvas.rgb[i] = canvas.rgb[i + 1] = canvas.rgb[i + 2] = level;
  }
}
// Smooth blobs of all sizes: what grass, leaves and faces have in common.
Canvas blobs(double size, uint64_t seed) {
  Canvas canvas(900, 900, 0);
  std::mt19937 random(static_cast<uint32_t>(seed));
  const auto grid = int64_t(900 / size) + 3;
  std::vector<double> values(size_t(grid * grid));
  for (double& v : values) v = double(random() % 256);
  for (int64_t y = 0; y < 900; ++y)
    for (int64_t x = 0; x < 900; ++x) {
      const double gx = double(x) / size, gy = double(y) / size;
      const auto ix = int64_t(gx), iy = int64_t(gy);
      const double fx = gx - double(ix), fy = gy - double(iy);
      const auto at = [&](int64_t yy, int64_t xx) { return values[size_t(yy * grid + xx)]; };
      canvas.dot(x, y,
                 uint8_t((1 - fy) * ((1 - fx) * at(iy, ix) + fx * at(iy, ix + 1)) +
                         fy * ((1 - fx) * at(iy + 1, ix) + fx * at(iy + 1, ix + 1))));
    }
  return canvas;
}

TEST(TextDensity, PagesOfTextAreDense) {
  for (const int scale : {2, 3, 4}) {
    EXPECT_GE(page(255, 0, scale, 24, 1).density(), 0.8) << "scale " << scale;
    EXPECT_GE(page(240, 90, scale, 24, 2).density(), 0.8) << "faint, scale " << scale;
    EXPECT_GE(page(20, 230, scale, 24, 3).density(), 0.8) << "light on dark, scale " << scale;
    EXPECT_GE(page(255, 0, scale, 24, 4, 0.05).density(), 0.6) << "skewed, scale " << scale;
  }
}

TEST(TextDensity, AFewLinesAreEnough) { EXPECT_GE(page(255, 0, 3, 8, 5).density(), dense_text); }

// A sheet with two lines and nothing else, and a narrow table or form in ruled cells of a few letters each.
Canvas ruled(int64_t rows, int64_t columns, int letters_each, uint64_t seed) {
  Canvas canvas(900, 1200, 255);
  std::mt19937 random(static_cast<uint32_t>(seed));
  const int64_t w = 760 / columns, h = 48;
  for (int64_t r = 0; r <= rows; ++r) canvas.block(70, 100 + r * h, columns * w, 2, 0);
  for (int64_t c = 0; c <= columns; ++c) canvas.block(70 + c * w, 100, 2, rows * h, 0);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) line(canvas, 82 + c * w, 116 + r * h, 2, letters_each, 0, random);
  return canvas;
}
TEST(TextDensity, TwoLinesOnASheetAreText) { EXPECT_GE(page(255, 0, 2, 2, 5).density(), dense_text); }
TEST(TextDensity, RuledTablesAreText) {
  EXPECT_GE(ruled(12, 5, 7, 21).density(), dense_text);
  EXPECT_GE(ruled(6, 4, 6, 22).density(), dense_text);
  EXPECT_GE(turned(ruled(12, 5, 7, 23)).density(), dense_text);
  EXPECT_LT(ruled(12, 5, 0, 24).density(), 0.1);  // the rules alone
  // Boxes apart, each with its own sides.
  Canvas form(900, 1200, 255);
  std::mt19937 random(25);
  for (int64_t r = 0; r < 7; ++r) {
    line(form, 60, 112 + r * 80, 2, 10, 0, random);
    for (const int64_t y : {100 + r * 80, 138 + r * 80}) form.block(300, y, 520, 2, 0);
    for (const int64_t x : {300, 818}) form.block(x, 100 + r * 80, 2, 40, 0);
    line(form, 312, 112 + r * 80, 2, 14, 0, random);
  }
  EXPECT_GE(form.density(), dense_text);
}

// A page of 1,240 x 1,754 dots as a scanner or a screen gives it: smaller, askew, its edges gray.
Canvas scanned(const Canvas& page, double ratio, double degrees) {
  Canvas scan(int64_t(double(page.width) * ratio), int64_t(double(page.height) * ratio), 255);
  constexpr int parts = 3;  // of a pixel, each way
  const double angle = degrees * 3.14159265358979 / 180, cosine = std::cos(angle), sine = std::sin(angle);
  for (int64_t y = 0; y < scan.height; ++y)
    for (int64_t x = 0; x < scan.width; ++x) {
      int sum = 0;
      for (int i = 0; i < parts * parts; ++i) {
        const double dx = (double(x) + (i % parts + 0.5) / parts) / ratio - double(page.width) / 2;
        const double dy = (double(y) + (double(i) / parts + 0.5) / parts) / ratio - double(page.height) / 2;
        const auto px = int64_t(std::floor(dx * cosine - dy * sine + double(page.width) / 2));
        const auto py = int64_t(std::floor(dx * sine + dy * cosine + double(page.height) / 2));
        const bool inside = px >= 0 && py >= 0 && px < page.width && py < page.height;
        sum += inside ? page.rgb[size_t((py * page.width + px) * 3)] : 255;
      }
      scan.dot(x, y, uint8_t(sum / (parts * parts)));
    }
  return scan;
}
// Twelve boxes, each with a small label and a value: few letters, much rule.
Canvas boxed_form(int rule) {
  Canvas form(1240, 1754, 255);
  std::mt19937 random(31);
  line(form, 120, 80, 4, 16, 0, random);
  for (int64_t r = 0; r < 6; ++r)
    for (int64_t c = 0; c < 2; ++c) {
      const int64_t x = 120 + c * 500, y = 155 + r * 104, w = 460, h = 68;
      form.block(x, y, w, rule, 0), form.block(x, y + h, w, rule, 0);
      form.block(x, y, rule, h, 0), form.block(x + w, y, rule, h + rule, 0);
      line(form, x + 8, y + 12, 2, 10, 0, random);
      line(form, x + 12, y + 38, 3, 11, 0, random);
    }
  return form;
}
Canvas ruled_table(int rule) {
  Canvas table(1240, 1754, 255);
  std::mt19937 random(32);
  line(table, 150, 90, 4, 12, 0, random);
  for (int64_t r = 0; r <= 5; ++r) table.block(150, 200 + r * 40, 900, rule, 0);
  for (int64_t c = 0; c <= 5; ++c) table.block(150 + c * 180, 200, rule, 200 + rule, 0);
  for (int64_t r = 0; r < 5; ++r)
    for (int64_t c = 0; c < 5; ++c) line(table, 160 + c * 180, 212 + r * 40, 2, c == 0 ? 9 : 6, 0, random);
  return table;
}
TEST(TextDensity, FormsAndTablesAskewAndSmallAreText) {
  const Canvas form = boxed_form(3), table = ruled_table(3);
  for (const auto& [ratio, degrees] : {std::pair{1.0, 1.0}, {0.8, 0.0}, {0.8, 1.0}, {0.67, 0.0}, {0.67, -2.0}}) {
    EXPECT_GE(scanned(form, ratio, degrees).density(), dense_text) << "form, " << ratio << ", " << degrees;
    EXPECT_GE(scanned(table, ratio, degrees).density(), dense_text) << "table, " << ratio << ", " << degrees;
  }
  Canvas bare(1240, 1754, 255);  // the rules alone
  for (int64_t y = 155; y < 800; y += 104)
    for (const int64_t x : {120, 620}) {
      bare.block(x, y, 460, 3, 0), bare.block(x, y + 68, 460, 3, 0);
      bare.block(x, y, 3, 68, 0), bare.block(x + 460, y, 3, 68, 0);
    }
  EXPECT_LT(scanned(bare, 1, 1).density(), 0.1);
}
// Pages a little larger than the measure's limit once were halved, and small letters lost.
TEST(TextDensity, ThreeLinesOnASmallScanAreText) {
  Canvas sheet(1240, 1754, 255);
  std::mt19937 random(33);
  for (int64_t i = 0; i < 3; ++i) line(sheet, 160, 180 + i * 30, 2, 34, 0, random);
  for (const auto& [ratio, degrees] : {std::pair{1.0, 1.5}, {0.81, 0.0}, {0.81, 0.5}, {0.67, 0.0}, {0.67, 1.5}}) {
    Canvas scan = scanned(sheet, ratio, degrees);
    EXPECT_GE(scan.density(), dense_text) << ratio << ", " << degrees;
    for (uint8_t& level : scan.rgb) level = uint8_t(235 - level * 200 / 255);
    EXPECT_GE(scan.density(), dense_text) << "dark, " << ratio << ", " << degrees;
  }
}
TEST(TextDensity, ScribbleIsNoText) {
  for (const uint32_t seed : {1u, 2u, 3u}) {
    Canvas scribble(1000, 800, 255);
    std::mt19937 random(seed);
    for (int i = 0; i < 100; ++i) {
      const auto side = [&](int64_t most) { return double(random() % uint32_t(most)); };
      const double x0 = side(1000), y0 = side(800), x1 = side(1000), y1 = side(800);
      const auto level = uint8_t(random() % 200);
      const auto thick = int64_t(1 + random() % 5);
      for (int step = 0; step <= 1500; ++step)
        scribble.block(int64_t(x0 + (x1 - x0) * step / 1500), int64_t(y0 + (y1 - y0) * step / 1500), thick, thick, level);
    }
    EXPECT_LT(scribble.density(), 0.1) << seed;
  }
}

TEST(TextDensity, NoisyAndTurnedPages) {
  Canvas noisy = page(220, 40, 3, 24, 6);
  speckle(noisy, 12, 7);
  EXPECT_GE(noisy.density(), 0.6);
  EXPECT_GE(turned(page(255, 0, 3, 24, 8)).density(), 0.8);
}

TEST(TextDensity, ASheetOnADarkDeskIsText) {
  for (const uint8_t desk : {90, 40})
    for (const int lines : {12, 6}) {
      const Canvas sheet = page(245, 20, 3, lines, 11);
      Canvas photo(1125, 1500, desk);
      for (int64_t y = 0; y < photo.height; ++y)  // held askew
        for (int64_t x = 0; x < photo.width; ++x) {
          const int64_t sx = x - 110 - y / 40, sy = y - 140 + x / 50;
          if (sx >= 0 && sy >= 0 && sx < sheet.width && sy < sheet.height)
            photo.dot(x, y, sheet.rgb[size_t((sy * sheet.width + sx) * 3)]);
        }
      EXPECT_GE(photo.density(), dense_text) << int(desk) << " " << lines;
    }
  Canvas bare(1125, 1500, 60);
  bare.block(110, 140, 900, 1200, 245);
  EXPECT_LT(bare.density(), dense_text) << "an empty sheet";
}

TEST(TextDensity, PicturesAreNot) {
  Canvas empty(600, 600, 255);
  EXPECT_EQ(empty.density(), 0);

  Canvas shapes(800, 800, 230);
  shapes.block(100, 100, 200, 300, 30);
  shapes.block(450, 200, 250, 120, 90);
  for (int64_t y = 0; y < 800; ++y)
    for (int64_t x = 0; x < 800; ++x)
      if ((x - 500) * (x - 500) + (y - 600) * (y - 600) < 90 * 90) shapes.dot(x, y, 10);
  EXPECT_LT(shapes.density(), 0.1);

  Canvas gradient(800, 800, 0);
  for (int64_t y = 0; y < 800; ++y)
    for (int64_t x = 0; x < 800; ++x) gradient.dot(x, y, uint8_t((x + y) * 255 / 1600));
  EXPECT_LT(gradient.density(), 0.05);

  Canvas stripes(800, 800, 255), checks(800, 800, 255);
  for (int64_t i = 0; i < 800; i += 16) stripes.block(0, i, 800, 8, 0);
  for (int64_t y = 0; y < 50; ++y)
    for (int64_t x = 0; x < 50; ++x)
      if ((x + y) % 2) checks.block(x * 16, y * 16, 16, 16, 0);
  EXPECT_LT(stripes.density(), 0.1);
  EXPECT_LT(checks.density(), 0.1);

  Canvas noise(800, 800, 128);
  speckle(noise, 80, 9);
  EXPECT_LT(noise.density(), 0.2);
  for (const double size : {6.0, 10.0, 20.0, 50.0, 150.0}) EXPECT_LT(blobs(size, 10).density(), dense_text) << size;
}

TEST(TextDensity, AWordOnAPhotoIsNoPage) {
  Canvas photo = blobs(60, 11);
  std::mt19937 random(12);
  photo.block(300, 300, 300, 100, 250);
  line(photo, 320, 330, 6, 7, 10, random);
  EXPECT_LT(photo.density(), dense_text);
}

TEST(TextDensity, OddSizes) {
  EXPECT_EQ(text_density({}, 0, 0), 0);
  EXPECT_EQ(Canvas(1, 1, 9).density(), 0);
  EXPECT_EQ(Canvas(4000, 3, 9).density(), 0);
  EXPECT_EQ(Canvas(47, 4000, 0).density(), 0);
  EXPECT_EQ(Canvas(20000, 60, 0).density(), 0);
  const std::vector<uint8_t> few(10);
  EXPECT_THROW(text_density(few, 2, 2), Error);
  EXPECT_THROW(text_density(few, -1, 2), Error);
}

TEST(TextDensity, IsNeverOutOfRange) {
  for (const int scale : {1, 2, 5, 9})
    for (const int lines : {1, 5, 40}) {
      const double got = page(255, 0, scale, lines, 13).density();
      EXPECT_GE(got, 0);
      EXPECT_LE(got, 1);
    }
}

}  // namespace
}  // namespace bifrons
