// tests/ocr/page/score_test.cpp - the measures themselves: a wrong page must not score well.
#include "score.h"

#include <gtest/gtest.h>

namespace bifrons::test {
namespace {

TEST(PageScore, CharacterErrorsAreCounted) {
  EXPECT_DOUBLE_EQ(character_error_rate("hello", "hello"), 0);
  EXPECT_DOUBLE_EQ(character_error_rate("hxllo", "hello"), 0.2);
  EXPECT_DOUBLE_EQ(character_error_rate("", "hello"), 1);
  EXPECT_DOUBLE_EQ(character_error_rate("hello hello", "hello"), 1.2);
  EXPECT_DOUBLE_EQ(character_error_rate("a  b\nc", "a b c"), 0);      // white space is one
  EXPECT_DOUBLE_EQ(character_error_rate("“a” – b", "\"a\" - b"), 0);  // plain quotes and dashes
  EXPECT_DOUBLE_EQ(character_error_rate("港 口，", "港口,"), 0);      // none between ideographs, NFKC
  EXPECT_DOUBLE_EQ(character_error_rate("港山", "港口"), 0.5);
  EXPECT_GT(character_error_rate("second first", "first second"), 0.5);  // order counts
}

TEST(PageScore, WordErrorsAreCountedInOrder) {
  EXPECT_DOUBLE_EQ(word_error_rate("to be  or\nnot", "to be or not"), 0);
  EXPECT_DOUBLE_EQ(word_error_rate("to bee or not", "to be or not"), 0.25);  // one letter, one word
  EXPECT_DOUBLE_EQ(word_error_rate("tobe or not", "to be or not"), 0.5);     // a space lost: one changed, one missing
  EXPECT_DOUBLE_EQ(word_error_rate("", "to be"), 1);
  EXPECT_DOUBLE_EQ(word_error_rate("to be or not", "to"), 3);
  EXPECT_DOUBLE_EQ(word_error_rate("b a", "a b"), 1);  // unlike the bag
  EXPECT_DOUBLE_EQ(word_error_rate("港 山，", "港口,"), 1. / 3);
}

TEST(PageScore, WordsAreABag) {
  EXPECT_DOUBLE_EQ(word_f1("b a", "a b"), 1);
  EXPECT_DOUBLE_EQ(word_f1("a a", "a b"), 0.5);
  EXPECT_DOUBLE_EQ(word_f1("", "a"), 0);
}

TEST(PageScore, BoxesMustFitAndSayTheSame) {
  const std::vector<TrueWord> truth = {{"word", {10, 10, 50, 10, 50, 20, 10, 20}}};
  const auto page = [](const std::string& text, Box box) {
    Page p;
    p.blocks.resize(1);
    p.blocks[0].lines.resize(1);
    p.blocks[0].lines[0].words.push_back({text, box, {}});
    return p;
  };
  EXPECT_DOUBLE_EQ(box_hits(page("word", {11, 9, 51, 21}), truth), 1);
  EXPECT_DOUBLE_EQ(box_hits(page("ward", {11, 9, 51, 21}), truth), 0);
  EXPECT_DOUBLE_EQ(box_hits(page("word", {31, 10, 71, 20}), truth), 0);
  EXPECT_DOUBLE_EQ(box_hits(page("word", {0, 0, 200, 200}), truth), 0);
  EXPECT_DOUBLE_EQ(box_hits(Page{}, truth), 0);
}

}  // namespace
}  // namespace bifrons::test
