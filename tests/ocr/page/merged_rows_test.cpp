// tests/ocr/page/merged_rows_test.cpp - which words are taken for two lines in one, what the engine is shown of them, and when
// its second reading counts.
#include "ocr/page/merged_rows.h"

#include <gtest/gtest.h>

#include "quality_check.h"

namespace bifrons::test {
namespace {

FoundWord word(const std::string& text, cv::Rect box, int row, double confidence) {
  return {.text = text, .box = box, .confidence = confidence, .size = 40, .base = double(box.y + box.height), .row = row};
}

struct Merged {  // a clean column beside one of two lines in one row
  cv::Mat gray{400, 1000, CV_8U, cv::Scalar(255)};
  Reading reading;
  std::vector<cv::Mat> shown;
  Reading answer;

  Merged() {
    reading.words = {word("above", {600, 60, 120, 30}, 0, 95), word("well", {40, 100, 90, 30}, 1, 96),
                     word("read", {140, 100, 90, 30}, 1, 96),  word("sthoreed", {600, 95, 150, 72}, 1, 30),
                     word("wells", {760, 95, 100, 72}, 1, 40), word("below", {40, 180, 90, 30}, 2, 96),
                     word("under", {620, 160, 120, 30}, 2, 95)};
    for (const FoundWord& w : reading.words) gray(w.box).setTo(uint8_t(w.row == 1 ? 0 : 100));
    answer.words = {word("stored", {20, 22, 150, 30}, 0, 95), word("three", {30, 60, 120, 30}, 1, 95),
                    word("wells", {160, 60, 90, 30}, 1, 95)};
    answer.confidence = 95;
  }
  void mend() {
    mend_merged_rows(reading, gray, [&](const cv::Mat& place) {
      shown.push_back(place.clone());
      return answer;
    });
  }
  std::string text() const {
    std::string all;
    for (const FoundWord& w : reading.words) all += w.text + " ";
    return all;
  }
};

TEST(MergedRows, AreReadAgainApart) {
  Merged page;
  page.mend();
  ASSERT_EQ(page.shown.size(), 1u);
  EXPECT_EQ(cv::countNonZero(page.shown[0] == 100), 0) << "of the lines above and below nothing is seen";
  EXPECT_GT(cv::countNonZero(page.shown[0] == 0), 0);
  EXPECT_EQ(page.text(), "above well read below under stored three wells ");
  const FoundWord& stored = page.reading.words[5];
  EXPECT_NEAR(stored.box.x, 600, 10);
  EXPECT_NEAR(stored.box.y, 95, 10);
  EXPECT_LT(stored.row, page.reading.words[6].row);
  EXPECT_EQ(page.reading.words[6].row, page.reading.words[7].row);
  EXPECT_NEAR(page.reading.confidence, 95, 1);
}

TEST(MergedRows, StayWhereTheSecondReadingIsWorse) {
  for (const int how : {0, 1, 2}) {
    Merged page;
    const std::string before = page.text();
    if (how == 0) page.answer.confidence = 20;
    if (how == 1) page.answer.words.resize(1);
    if (how == 2) page.answer.in_time = false;
    page.mend();
    EXPECT_EQ(page.shown.size(), 1u);
    EXPECT_EQ(page.text(), before) << how;
  }
}

TEST(MergedRows, NothingIsReadAgainWhereNothingIsAmiss) {
  Merged page;
  std::erase_if(page.reading.words, [](const FoundWord& w) { return w.box.height > 60; });
  page.mend();
  EXPECT_TRUE(page.shown.empty());
  page.reading.words.clear();
  page.mend();
  EXPECT_TRUE(page.shown.empty());
}

TEST(MergedRows, ALineBesideItsRowIsReadAgain) {
  Merged page;
  page.reading.words = {word("well", {40, 100, 90, 30}, 0, 96), word("alc", {600, 76, 90, 30}, 0, 26),
                        word("cals", {700, 76, 90, 30}, 0, 20)};
  for (size_t i = 1; i < 3; ++i) page.reading.words[i].base = 130;
  page.mend();
  EXPECT_EQ(page.text(), "well stored three wells ");
}

TEST(MergedRows, OfTwoColumns) {  // 1.8 % of the characters were wrong
  check_kind(Kind::two_columns, 7435, 7435);
}

}  // namespace
}  // namespace bifrons::test
