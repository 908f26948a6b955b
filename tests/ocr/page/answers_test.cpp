// tests/ocr/page/answers_test.cpp - the answers to questions on scans stand in what was read (documents.md 10: at least 95 %), on
// seeds that nothing was tuned on; and what counts as an answer and as standing.
#include "answers.h"

#include <cstdio>

#include <gmock/gmock.h>

#include "quality_check.h"

namespace bifrons::test {
namespace {

using testing::UnorderedElementsAre;

TEST(Answers, AreTakenFromTheTruth) {
  EXPECT_THAT(
      answers_in("The committee met on 3\nMarch 2004, and Anna Keller explained that $1,234.50 was paid at 9:30 for K12-3456."),
      UnorderedElementsAre("3 March 2004", "Anna Keller", "$1,234.50", "9:30", "K12-3456"));
  EXPECT_THAT(answers_in("Name Ruth Marsh Date of birth 1 May 1999\nStreet 7 Mill Lane Town Northbridge\nYearly fees are due."),
              UnorderedElementsAre("Ruth Marsh", "1 May 1999", "7 Mill Lane", "Northbridge"));
  EXPECT_THAT(answers_in("3 Copper pipe 15 mm 12 4.50 54.00"), UnorderedElementsAre("Copper pipe 15 mm", "4.50", "54.00"));
  EXPECT_THAT(answers_in("Wall clock 12.00\nTOTAL 12.00"), UnorderedElementsAre("Wall clock", "TOTAL", "12.00"));
  EXPECT_THAT(answers_in("会议决定暂停，\n十二岁以下\n免费。"), UnorderedElementsAre("会议决定暂停", "十二岁以下免费"));
  for (const Kind kind : all_kinds) EXPECT_GE(answers_in(make_page(kind, 1, 0).text).size(), 4u) << name_of(kind);
}

TEST(Answers, StandWholeOrNotAtAll) {
  EXPECT_TRUE(stands_in("3 March 2004", "on 3  March\n2004."));
  EXPECT_FALSE(stands_in("3 March 2004", "on 13 March 2004."));
  EXPECT_FALSE(stands_in("3 March 2004", "on 3 Match 2004."));
  EXPECT_TRUE(stands_in("234.50", "EUR 234.50, paid"));
  EXPECT_FALSE(stands_in("234.50", "1,234.50"));
  EXPECT_FALSE(stands_in("1,234", "1,234.50"));
  EXPECT_FALSE(stands_in("234.50", "234.507"));
  EXPECT_TRUE(stands_in("$4.50", "of $4.50."));
  EXPECT_TRUE(stands_in("１２", "12"));  // NFKC
  EXPECT_TRUE(stands_in("十二岁以下免费", "会议\n十二岁 以下免费，不"));
  EXPECT_FALSE(stands_in("", "x"));
  const Standing one = standing("Wall clock 12.80\nTOTAL 12.00", "Wall clock 12.00\nDesk lamp 3.00");
  EXPECT_EQ(one.asked, 4);  // two articles, two amounts
  EXPECT_EQ(one.stand, 2);
}

TEST(PageAnswers, StandInTheRecognisedText) {
  Standing all;
  for (const Kind kind : all_kinds) {
    Standing here;
    for (uint32_t seed = 141; seed <= 142; ++seed) {
      const TruePage truth = make_page(kind, seed, int(seed % 2));
      here.add(standing(text_of(read_page(truth.picture)), truth.text));
    }
    std::printf("%s: %d of %d answers stand (%.1f %%)\n", name_of(kind).c_str(), here.stand, here.asked, 100 * here.share());
    all.add(here);
  }
  std::printf("all kinds: %d of %d answers stand (%.1f %%)\n", all.stand, all.asked, 100 * all.share());
  EXPECT_GE(all.asked, 300);
  EXPECT_GE(all.share(), 0.95);
}

}  // namespace
}  // namespace bifrons::test
