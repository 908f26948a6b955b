// tests/ocr/document/search_test.cpp - terms, ranking, and how often the right line is among the best passages.
#include "ocr/document/search.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ocr/document/made_pages.h"

namespace bifrons {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SearchTerms, CodesStayWholeAndAreSplit) {
  EXPECT_THAT(search_terms("INV-2024-17"), ElementsAre("inv-2024-17", "inv", "2024", "17"));
  EXPECT_THAT(search_terms("12.03.2024"), ElementsAre("12.03.2024", "12", "03", "2024"));
  EXPECT_THAT(search_terms("1,204.00"), ElementsAre("1,204.00", "1204.00", "1204", "1", "204", "00"));
  EXPECT_THAT(search_terms("A4"), ElementsAre("a4", "4"));  // "a" is a stop word
}
TEST(SearchTerms, FoldsCaseAndWidth) {
  EXPECT_EQ(search_terms("\uFF34\uFF2F\uFF34\uFF21\uFF2C \uFF11\uFF12"), search_terms("total 12"));
  EXPECT_EQ(search_terms("\uFB01le"), search_terms("FILE"));
  EXPECT_EQ(search_terms("2024\uF98E \u2ED3 \u2F00 PO\u20118831"), search_terms("2024年 长 一 PO-8831"))
      << "signs of text layers";
}
TEST(SearchTerms, FormsOfAWordMeet) {
  for (const auto& [one, other] : std::vector<std::pair<const char*, const char*>>{{"invoices", "invoice"},
                                                                                   {"invoiced", "invoicing"},
                                                                                   {"deliveries", "delivery"},
                                                                                   {"shipped", "ship"},
                                                                                   {"weighs", "weigh"},
                                                                                   {"boxes", "box"},
                                                                                   {"addresses", "address"},
                                                                                   {"ends", "end"},
                                                                                   {"paying", "pays"}})
    EXPECT_EQ(search_terms(one), search_terms(other)) << one << ' ' << other;
  for (const auto& [one, other] :
       std::vector<std::pair<const char*, const char*>>{{"status", "state"}, {"glass", "gla"}, {"king", "k"}})
    EXPECT_NE(search_terms(one), search_terms(other)) << one << ' ' << other;
}
TEST(SearchTerms, LeavesStopWordsOut) {
  EXPECT_THAT(search_terms("What is the of and to?"), IsEmpty());
  EXPECT_THAT(search_terms(""), IsEmpty());
  EXPECT_THAT(search_terms("Invoice No"), ElementsAre("invoic", "no"));
}
TEST(SearchTerms, IdeographsAsOnesAndPairs) {
  EXPECT_THAT(search_terms("\u4fdd\u4fee\u671f"), ElementsAre("\u4fdd", "\u4fdd\u4fee", "\u4fee", "\u4fee\u671f", "\u671f"));
}

Chunk chunk(const std::string& text, const std::string& heading = "") {
  Chunk made;
  made.page = 1;
  made.lines = {"p1l1"};
  made.heading = heading;
  made.text = text;
  return made;
}
TEST(SearchIndex, RanksRareTermsAboveCommonOnes) {
  SearchIndex index;
  index.add(chunk("the pump and the valve"));
  index.add(chunk("the pump and the boiler"));
  index.add(chunk("the pump"));
  const auto hits = index.search("pump boiler", 3);
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].chunk.text, "the pump and the boiler");
  EXPECT_GT(hits[0].score, hits[1].score);
  EXPECT_EQ(hits[1].chunk.text, "the pump");  // shorter
  EXPECT_THAT(index.search("the of", 3), IsEmpty());
  EXPECT_THAT(index.search("pump", 0), IsEmpty());
  EXPECT_THAT(index.search("\"' OR NEAR( * ^ AND", 3), IsEmpty());  // nothing of it is FTS5's language
}
TEST(SearchIndex, FollowsTheFormula) {
  SearchIndex index;  // BM25, k1 1.2, b 0.75: N 2, n 1, lengths 1 and 3, average 2
  index.add(chunk("alpha"));
  index.add(chunk("beta gamma delta"));
  const double rarity = std::log(1 + 1.5 / 1.5), often = 2.2 / (1 + 1.2 * (0.25 + 0.75 * 0.5));
  EXPECT_NEAR(index.search("alpha", 1).at(0).score, rarity * often, 1e-12);
}
TEST(SearchIndex, HeadingsCountDouble) {
  SearchIndex index;
  index.add(chunk("words about nothing in particular"));
  index.add(chunk("payment words about nothing here"));
  index.add(chunk("words about nothing special here", "payment"));
  const auto hits = index.search("payment", 3);
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(hits[0].chunk.heading, "payment");
}
TEST(SearchIndex, KeepsAPassageAsItWas) {
  SearchIndex index;
  Chunk made = chunk("Total: 12 \u20AC\nsecond line", "Sums & more");
  made.page = 7;
  made.lines = {"p7l3", "p7l4"};
  made.box = {1.25, 2.5, 300, 400.75};
  index.add(made);
  const Chunk found = index.search("total", 1).at(0).chunk;
  EXPECT_EQ(found.page, 7);
  EXPECT_EQ(found.lines, made.lines);
  EXPECT_EQ(found.box, made.box);
  EXPECT_EQ(found.heading, made.heading);
  EXPECT_EQ(found.text, made.text);
}

struct Quality {
  double first = 0, best3 = 0, best5 = 0;
};
Quality quality(const std::vector<MadeDocument>& documents, const char* name) {
  size_t asked = 0, first = 0, three = 0, five = 0, chunks = 0;
  for (const MadeDocument& document : documents) {
    SearchIndex index;
    std::string heading;
    for (const Page& page : document.pages)
      for (const Chunk& one : make_chunks(page, heading)) {
        index.add(one);
        ++chunks;
      }
    for (const Question& question : document.questions) {
      const auto hits = index.search(question.text, 5);
      size_t rank = 0;
      while (rank < hits.size() && std::count(hits[rank].chunk.lines.begin(), hits[rank].chunk.lines.end(), question.line) == 0)
        ++rank;
      if (rank >= 3 && std::getenv("BIFRONS_SHOW_MISSES") != nullptr)
        std::printf("miss (%zu): %s\n", rank, question.text.c_str());
      ++asked;
      first += rank < 1;
      three += rank < 3;
      five += rank < 5;
    }
  }
  const double all = double(asked);
  std::printf("%s: %zu questions, %zu passages; right line first %.1f %%, among the best 3 %.1f %%, 5 %.1f %%\n", name, asked,
              chunks, 100 * double(first) / all, 100 * double(three) / all, 100 * double(five) / all);
  EXPECT_GE(asked, 200u);
  return {double(first) / all, double(three) / all, double(five) / all};
}
TEST(SearchQuality, EnglishBusinessDocuments) {
  const Quality found = quality({made_english(1, 60), made_english(2, 120), made_english(3, 300)}, "English");
  EXPECT_GE(found.best3, 0.95);
  EXPECT_GE(found.best5, 0.98);
}
TEST(SearchQuality, Registers) {  // a passage has all words of the question, none has more of them together
  const Quality found = quality({made_register(11, 150), made_register(12, 400), made_register(13, 1200)}, "Registers");
  EXPECT_GE(found.best3, 0.95);
  EXPECT_GE(found.best5, 0.98);
}
TEST(SearchQuality, ChineseBusinessDocuments) {
  const Quality found = quality({made_chinese(1, 60), made_chinese(2, 120), made_chinese(3, 300)}, "Chinese");
  EXPECT_GE(found.best3, 0.95);
  EXPECT_GE(found.best5, 0.98);
}

}  // namespace
}  // namespace bifrons
