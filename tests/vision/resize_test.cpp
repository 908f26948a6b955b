// tests/vision/resize_test.cpp - the resize against the published vectors of Pillow, and the two ways to a square.
#include "vision/resize.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/error.h"
#include "tests/vision/sha256.h"
#include "vision/preprocess.h"

namespace bifrons {
namespace {

// The test picture of janus.md 2.2: channel c = (7x + 13y + 29c + floor(xy / (3 + c))) mod 256.
Image pattern(int64_t width, int64_t height) {
  Image image(width, height);
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (int64_t c = 0; c < 3; ++c)
        image.rgb[size_t((y * width + x) * 3 + c)] = uint8_t((7 * x + 13 * y + 29 * c + x * y / (3 + c)) % 256);
  return image;
}

struct PillowCase {
  int64_t width, height, resized_width, resized_height;
  const char* digest;
  uint64_t byte_sum;
  std::array<int, 3> pixel;  // at x = 100, y = 200
  double mean;               // after normalising
};

class PillowVectors : public testing::TestWithParam<PillowCase> {};

TEST_P(PillowVectors, PaddedSquareIsBitExact) {
  const PillowCase& want = GetParam();
  const Image image = pattern(want.width, want.height);
  const Image square = pad_to_square(image, 384);
  ASSERT_EQ(square.width, 384);
  ASSERT_EQ(square.height, 384);
  EXPECT_EQ(std::accumulate(square.rgb.begin(), square.rgb.end(), uint64_t(0)), want.byte_sum);
  EXPECT_EQ(sha256(square.rgb).substr(0, 16), want.digest);
  for (size_t c = 0; c < 3; ++c) EXPECT_EQ(square.rgb[(200 * 384 + 100) * 3 + c], want.pixel[c]);

  Tensor<float, 3> pixels(Memory::host, {3, 384, 384});
  preprocess(pixels, image, {});
  double sum = 0;
  for (float v : pixels.view().flat()) sum += v;
  EXPECT_NEAR(sum / (3 * 384 * 384), want.mean, 6e-8);
}

INSTANTIATE_TEST_SUITE_P(
    Spec, PillowVectors,
    testing::Values(PillowCase{767, 206, 384, 103, "d15ffe7880d91d1d", 56263083, {149, 94, 176}, -0.0024616},
                    PillowCase{500, 333, 384, 255, "570956bc25432352", 56394110, {212, 71, 171}, -0.0001385},
                    PillowCase{100, 40, 384, 153, "7a607218ef0f2291", 56326278, {138, 121, 121}, -0.0013411},
                    PillowCase{383, 384, 383, 384, "3a822f5ab055a02f", 56507071, {238, 137, 190}, 0.0018643},
                    PillowCase{384, 384, 384, 384, "38047a4a58bdcc5f", 56509983, {238, 137, 190}, 0.0019160},
                    PillowCase{384, 100, 384, 100, "56f6eda27e3a1461", 56256360, {59, 117, 112}, -0.0025808},
                    PillowCase{2522, 1000, 384, 152, "42fa790983786bb6", 56316205, {124, 126, 128}, -0.0015197},
                    PillowCase{5000, 20, 384, 14, "483dfb08ce6c7075", 56190207, {127, 127, 127}, -0.0037536},
                    PillowCase{33, 700, 18, 384, "85d07be7cadae1f3", 56191978, {127, 127, 127}, -0.0037222},
                    PillowCase{1, 1, 384, 384, "d3800419985402f2", 12828672, {0, 29, 58}, -0.7725490}),
    [](const auto& one) { return std::to_string(one.param.width) + "x" + std::to_string(one.param.height); });

TEST(Resize, TinyModelPictureOfTheSpec) {  // janus.md 12.4
  const Image square = pad_to_square(pattern(20, 13), 32);
  EXPECT_EQ(sha256(square.rgb).substr(0, 16), "3c6b545d7eaf28af");
  EXPECT_EQ(std::accumulate(square.rgb.begin(), square.rgb.end(), uint64_t(0)), 402894u);
}

TEST(Resize, PassOrderOfPillow13) {  // digests made with it, on both sides of its rule and where one side grows
  EXPECT_EQ(sha256(resize_bicubic(pattern(100, 300), 60, 220).rgb).substr(0, 16), "b03b87c055453974");
  EXPECT_EQ(sha256(resize_bicubic(pattern(100, 300), 60, 219).rgb).substr(0, 16), "64a820508d3773da");
  EXPECT_EQ(sha256(resize_bicubic(pattern(100, 300), 120, 299).rgb).substr(0, 16), "7681b746e9cce8ae");
  EXPECT_EQ(sha256(resize_bicubic(pattern(100, 300), 140, 310).rgb).substr(0, 16), "cb6cc8f03549fe55");
  EXPECT_EQ(sha256(resize_bicubic(pattern(60, 200), 61, 199).rgb).substr(0, 16), "bebc3fe048c50425");
  EXPECT_EQ(sha256(resize_bicubic(pattern(60, 200), 60, 100).rgb).substr(0, 16), "686cda78b0c1bc08");
}

TEST(Resize, LanczosMatchesPillow13) {  // digests made with Pillow 13.0's LANCZOS from the same pattern
  EXPECT_EQ(sha256(resize_lanczos(pattern(384, 384), 768, 768).rgb).substr(0, 16), "0013020929d2dc22");
  EXPECT_EQ(sha256(resize_lanczos(pattern(97, 61), 33, 40).rgb).substr(0, 16), "8f2f59c2d7991153");
}

TEST(Resize, CropMatchesResizeThenCut) {  // a crop computes its window only; Pillow computes everything and cuts
  for (const auto& [w, h] :
       {std::pair<int64_t, int64_t>{90, 40}, {40, 90}, {33, 33}, {300, 31}, {17, 200}, {48, 200}, {200, 48}, {48, 48}}) {
    SCOPED_TRACE(testing::Message() << w << "x" << h);
    const Image image = pattern(w, h);
    const int64_t size = 48, shortest = std::min(w, h), rw = w * size / shortest, rh = h * size / shortest;
    const Image whole = resize_bicubic(image, rw, rh), crop = crop_to_square(image, size);
    ASSERT_EQ(crop.width, size);
    ASSERT_EQ(crop.height, size);
    const int64_t left = (rw - size) / 2, top = (rh - size) / 2;
    for (int64_t y = 0; y < size; ++y)
      for (int64_t i = 0; i < size * 3; ++i)
        ASSERT_EQ(crop.rgb[size_t(y * size * 3 + i)], whole.rgb[size_t(((top + y) * rw + left) * 3 + i)])
            << "row " << y << " byte " << i;
  }
}

TEST(Resize, ExtremeShapesStaySmall) {  // a 65535 x 1 strip's cropped square must not pass through 384 x 25 million pixels
  const Image strip = pattern(65535, 1), column = pattern(1, 65535);
  EXPECT_EQ(crop_to_square(strip, 384).rgb.size(), 384u * 384 * 3);
  EXPECT_EQ(crop_to_square(column, 384).rgb.size(), 384u * 384 * 3);
  EXPECT_EQ(pad_to_square(strip, 384).rgb.size(), 384u * 384 * 3);
  EXPECT_EQ(pad_to_square(column, 384).rgb.size(), 384u * 384 * 3);
}

TEST(Resize, SmallSquaresHoldTheClampedSide) {  // the published code fails here: min_size 14 in a square of 8
  const Image square = pad_to_square(pattern(100, 3), 8);
  EXPECT_EQ(square.width, 8);
  EXPECT_EQ(square.height, 8);
}

TEST(Resize, ConstantStaysConstant) {
  Image image(123, 45);
  std::fill(image.rgb.begin(), image.rgb.end(), uint8_t(201));
  EXPECT_THAT(resize_bicubic(image, 384, 17).rgb, testing::Each(201));
  EXPECT_THAT(resize_lanczos(image, 50, 400).rgb, testing::Each(201));
}

TEST(Resize, RefusesNothingAndNegative) {
  EXPECT_THROW(resize_bicubic(Image(), 10, 10), Error);
  EXPECT_THROW(resize_bicubic(pattern(4, 4), 0, 10), Error);
  EXPECT_THROW(pad_to_square(Image(), 32), Error);
  EXPECT_THROW(crop_to_square(pattern(4, 4), -1), Error);
}

TEST(Preprocess, ValuesAreTheTableOfTheSpec) {
  Image image(2, 2);
  image.rgb = {0, 127, 255, 0, 127, 255, 0, 127, 255, 0, 127, 255};
  Tensor<float, 3> pixels(Memory::host, {3, 2, 2});
  preprocess(pixels, image, {.image_size = 2});
  EXPECT_EQ(pixels.view()[0][0][0], -1.0f);
  EXPECT_FLOAT_EQ(pixels.view()[1][1][1], -0.00392157f);
  EXPECT_EQ(pixels.view()[2][0][1], 1.0f);
}

TEST(Preprocess, BackToBytesTruncatesAndClips) {
  Tensor<float, 3> pixels(Memory::host, {3, 1, 2});
  const std::vector<float> values{-1.5f, 2.0f, 0.0f, NAN, 0.9999f, -1.0f + 2.0f / 255};
  std::copy(values.begin(), values.end(), pixels.view().data);
  const Image image = to_image(View<const float, 3>(pixels.view()));
  EXPECT_THAT(image.rgb, testing::ElementsAre(0, 127, 254, 255, 0, testing::AnyOf(0, 1)));
}

TEST(Preprocess,
     BytesSurviveThereAndBack) {  // trunc((x + 1) / 2 * 255) of a normalised byte is that byte or one less, by rounding
  for (int byte = 0; byte < 256; ++byte) {
    Image image(1, 1);
    image.rgb = {uint8_t(byte), uint8_t(byte), uint8_t(byte)};
    Tensor<float, 3> pixels(Memory::host, {3, 1, 1});
    preprocess(pixels, image, {.image_size = 1, .min_size = 1});
    EXPECT_NEAR(to_image(View<const float, 3>(pixels.view())).rgb[0], byte, 1);
  }
}

}  // namespace
}  // namespace bifrons
