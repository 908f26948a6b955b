// tests/ocr/page/ideograph_boxes_test.cpp - boxes of ideographs that reach over each other or over the next line are put right.
#include "ocr/page/ideograph_boxes.h"

#include <gtest/gtest.h>

#include "ocr/page/word_boxes.h"

namespace bifrons::test {
namespace {

FoundWord word(const std::string& text, cv::Rect box, int row = 0) {
  return {.text = text, .box = box, .confidence = 95, .size = 40, .row = row};
}

void expect_in_order(const std::vector<FoundWord>& words) {
  for (size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i].row == words[i + 1].row) {
      EXPECT_LE(words[i].box.br().x, words[i + 1].box.x + 2) << words[i].text << words[i + 1].text;
    }
}

TEST(IdeographBoxes, ThatReachOverEachOtherAreSetSideBySide) {
  std::vector<FoundWord> words = {word("提供", {100, 50, 60, 30}),        word("较", {170, 50, 40, 30}),
                                  word("低", {224, 70, 6, 10}),           word("，", {205, 50, 85, 57}),
                                  word("并", {262, 50, 23, 30}),          word("且", {295, 50, 25, 30}),
                                  word("会议决定", {100, 90, 130, 30}, 1)};
  const std::vector<FoundWord> before = words;
  part_ideographs(words);
  expect_in_order(words);
  for (const size_t i : {0u, 5u, 6u}) EXPECT_EQ(words[i].box, before[i].box) << words[i].text;
  EXPECT_EQ(words[3].box.height, 30);
  EXPECT_EQ(words[3].box.y, 50);
}

TEST(IdeographBoxes, OneThatReachesIntoTheNextLineIsAsHighAsItsNeighbours) {
  std::vector<FoundWord> words = {word("书面", {100, 50, 60, 30}), word("意见", {165, 26, 43, 76}), word("。", {212, 70, 8, 10})};
  part_ideographs(words);
  EXPECT_EQ(words[1].box, cv::Rect(165, 50, 43, 30));
}

TEST(IdeographBoxes, RightOnesStayAndNoneIsNoFault) {
  std::vector<FoundWord> words = {word("提", {100, 50, 29, 30}), word("前", {131, 50, 29, 30}), word("2026", {162, 52, 60, 26})};
  const std::vector<FoundWord> before = words;
  part_ideographs(words);
  for (size_t i = 0; i < words.size(); ++i) EXPECT_EQ(words[i].box, before[i].box);
  words.clear();
  part_ideographs(words);
}

TEST(IdeographBoxes, RowsOfThemAreNotFittedToTheWhiteWithin) {
  cv::Mat page(200, 400, CV_8U, cv::Scalar(255));
  for (const int x : {104, 118, 135, 149, 166}) page(cv::Rect(x, 50, 8, 30)).setTo(0);  // halves of ideographs, and a comma
  std::vector<FoundWord> words = {word("讨", {100, 50, 30, 30}), word("，", {130, 50, 30, 30}), word("论", {162, 50, 30, 30})};
  const std::vector<FoundWord> before = words;
  fit_boxes(words, page);
  for (size_t i = 0; i < words.size(); ++i) EXPECT_EQ(words[i].box, before[i].box);
}

}  // namespace
}  // namespace bifrons::test
