// tests/ocr/page/lost_colours_test.cpp - coloured letters that are as bright as their ground, and colours that are none.
#include <cstdio>

#include "ocr/page/clean.h"
#include "quality_check.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

struct Colour {
  double red, green, blue;
};

// The gray picture with its black as `ink` and its white as `paper` in a box from row `from` down; around it, black on white.
Picture in_colours(const Picture& gray, int from, Colour ink, Colour paper) {
  Picture colour = gray;
  colour.channels = 3;
  colour.pixels.clear();
  for (int y = 0; y < gray.height; ++y)
    for (int x = 0; x < gray.width; ++x) {
      const double white = gray.pixels[size_t(y) * size_t(gray.width) + size_t(x)] / 255.0;
      const bool inside = y >= from && y < 0.95 * gray.height && x > 0.06 * gray.width && x < 0.94 * gray.width;
      const Colour a = inside ? ink : Colour{0, 0, 0}, b = inside ? paper : Colour{255, 255, 255};
      for (const auto& [low, high] : {std::pair(a.red, b.red), {a.green, b.green}, {a.blue, b.blue}})
        colour.pixels.push_back(uint8_t(low + (high - low) * white));
    }
  return colour;
}

struct Lost {
  const char* name;
  Colour ink, paper;
};
class LostColours : public testing::TestWithParam<Lost> {};
TEST_P(LostColours, AreRead) {
  for (const bool whole : {false, true}) {
    const TruePage truth = make_turned(0, 23);
    const double heading = truth.words[0].quad[5] + 10;
    const Picture picture =
        in_colours(truth.picture, int((whole ? 0.04 * truth.picture.height : heading)), GetParam().ink, GetParam().paper);
    const double rate = character_error_rate(text_of(read_page(picture)), truth.text);
    std::printf("%s%s: CER %.2f %%\n", GetParam().name, whole ? "" : " under black", 100 * rate);
    EXPECT_LE(rate, 0.015) << (whole ? "whole page" : "under its heading");
  }
}
INSTANTIATE_TEST_SUITE_P(
    Colours, LostColours,
    testing::Values(Lost{"YellowOnWhite", {255, 240, 0}, {255, 255, 255}}, Lost{"CyanOnWhite", {0, 255, 255}, {255, 255, 255}},
                    Lost{"RedOnGreen", {230, 0, 0}, {0, 117, 0}}, Lost{"GreenOnRed", {0, 117, 0}, {230, 0, 0}},
                    Lost{"PinkOnGray", {255, 40, 200}, {122, 122, 122}}, Lost{"BlackOnYellow", {0, 0, 0}, {255, 240, 0}}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(LostColours, AMarkersLinesStayLight) {  // over black words, across the page and some way beyond them
  const TruePage truth = make_turned(0, 29);
  Picture picture = in_colours(truth.picture, truth.picture.height, {}, {});
  for (size_t i = 3; i < truth.words.size(); i += 5) {
    const auto& quad = truth.words[i].quad;
    for (int y = int(quad[1]) - 6; y < int(quad[5]) + 5; ++y)
      for (int x = int(quad[0]) - 20; x < int(quad[2]) + 60 && x < picture.width; ++x)
        picture.pixels[(size_t(y) * size_t(picture.width) + size_t(x)) * 3 + 2] /= 5;
  }
  const cv::Mat gray = gray_of(picture);
  double darkest = 255;  // under the marker, where there are no letters
  for (size_t i = 0; i < truth.picture.pixels.size(); ++i)
    if (truth.picture.pixels[i] == 255) darkest = std::min<double>(darkest, gray.data[i]);
  EXPECT_GE(darkest, 200);
  EXPECT_LE(character_error_rate(text_of(read_page(picture)), truth.text), 0.01);
}

TEST(LostColours, AColouredShadowDoesNoHarm) {  // half a photo under a blue one, with a hard edge
  const TruePage truth = make_page(Kind::dark_photo, 3, 0);
  Picture picture = in_colours(truth.picture, 0, {0, 0, 0}, {255, 255, 255});
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width * 2 / 3 - y / 3; ++x) {
      uint8_t* p = &picture.pixels[(size_t(y) * size_t(picture.width) + size_t(x)) * 3];
      p[0] = uint8_t(p[0] * 0.5), p[1] = uint8_t(p[1] * 0.65), p[2] = uint8_t(p[2] * 0.95);
    }
  EXPECT_LE(character_error_rate(text_of(read_page(picture)), truth.text), 0.01);
}

TEST(LostColours, ThinPicturesAreOnlyTurnedGray) {
  for (const auto& [width, height] : {std::pair(43, 60'000), {60'000, 43}, {1, 1}}) {
    Picture picture;
    picture.width = width, picture.height = height, picture.channels = 3;
    for (int i = 0; i < width * height; ++i) picture.pixels.insert(picture.pixels.end(), {255, 255, uint8_t(i % 5 ? 255 : 0)});
    EXPECT_GT(cv::mean(gray_of(picture))[0], 225);
  }
}

TEST(LostColours, GrayAndTintedPicturesAreOnlyTurnedGray) {
  const TruePage truth = make_page(Kind::dark_photo, 3, 0);
  const Picture tinted = in_colours(truth.picture, 0, {20, 15, 5}, {255, 240, 215});
  const cv::Mat gray = gray_of(tinted);
  for (size_t i = 0; i < truth.picture.pixels.size(); ++i) {
    const uint8_t* p = &tinted.pixels[3 * i];
    ASSERT_NEAR(gray.data[i], 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2], 1);
  }
}

}  // namespace
}  // namespace bifrons::test
