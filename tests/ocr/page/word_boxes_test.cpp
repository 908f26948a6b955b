// tests/ocr/page/word_boxes_test.cpp - boxes guessed around drawn words are drawn close; right ones stay; those of grainy pages
// fit.
#include "ocr/page/word_boxes.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "canvas.h"
#include "quality_check.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

struct Drawn {
  Canvas canvas{900, 300};
  std::vector<FoundWord> words;
  std::vector<cv::Rect> truth;

  Drawn(const std::vector<std::string>& rows, double step) {
    const Font font("LiberationSans-Regular.ttf");
    constexpr double pixels = 28;
    for (size_t row = 0; row < rows.size(); ++row) {
      const size_t first = canvas.words.size();
      canvas.put(font, 40, 60 + double(row) * step, rows[row], pixels);
      for (size_t i = first; i < canvas.words.size(); ++i) {
        const auto& q = canvas.words[i].quad;
        const cv::Rect box{int(q[0]), int(q[1]), int(q[4] - q[0]), int(q[5] - q[1])};
        truth.push_back(box);
        words.push_back({.text = canvas.words[i].text, .box = box, .confidence = 95, .size = pixels, .row = int(row)});
      }
    }
  }
  int farthest_edge() const {  // pixels from where it should be
    int far = 0;
    for (size_t i = 0; i < words.size(); ++i) {
      const cv::Rect &now = words[i].box, &was = truth[i];
      far = std::max({far, std::abs(now.x - was.x), std::abs(now.y - was.y), std::abs(now.br().x - was.br().x),
                      std::abs(now.br().y - was.br().y)});
    }
    return far;
  }
};

const std::vector<std::string> sentences = {"A deposit of 475.84 is payable when", "the order is placed at a gallery of",
                                            "lilies; I pay fully."};

TEST(WordBoxes, GuessesAreDrawnCloseAroundTheInk) {
  for (const int shift : {-8, -4, 4, 8}) {
    Drawn drawn(sentences, 36);
    for (FoundWord& word : drawn.words) word.box = {word.box.x + shift, word.box.y - 5, word.box.width, word.box.height + 9};
    fit_boxes(drawn.words, drawn.canvas.page);
    EXPECT_LE(drawn.farthest_edge(), 3) << shift;
  }
}

TEST(WordBoxes, RightOnesStay) {
  Drawn drawn(sentences, 31);  // ascenders reach the descenders above
  fit_boxes(drawn.words, drawn.canvas.page);
  EXPECT_LE(drawn.farthest_edge(), 2);
}

TEST(WordBoxes, NothingThereOrOutside) {
  Drawn drawn({}, 36);
  drawn.words = {{.text = "white", .box = {100, 100, 80, 20}, .confidence = 95, .size = 28},
                 {.text = "out", .box = {880, 290, 80, 20}, .confidence = 95, .size = 28},
                 {.text = "far", .box = {2000, 2000, 80, 20}, .confidence = 95, .size = 28, .row = 1}};
  fit_boxes(drawn.words, drawn.canvas.page);
  EXPECT_EQ(drawn.words[0].box, cv::Rect(100, 100, 80, 20));
}

TEST(WordBoxes, FitOnGrainyPages) {
  for (const uint32_t seed : {7402u, 7404u, 7413u}) {
    const TruePage truth = make_page(Kind::form, seed, 0);
    Canvas grainy(truth.picture.width, truth.picture.height);
    grainy.page =
        cv::Mat(truth.picture.height, truth.picture.width, CV_8U, const_cast<uint8_t*>(truth.picture.pixels.data())).clone();
    Dice dice(seed);
    noise(grainy, dice, 20);
    Picture picture = truth.picture;
    picture.pixels.assign(grainy.page.datastart, grainy.page.dataend);
    EXPECT_GE(box_hits(read_page(picture), truth.words), 0.94) << seed;
  }
}

}  // namespace
}  // namespace bifrons::test
