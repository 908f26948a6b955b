// tests/ocr/document/locate_test.cpp - quotations, true and misread, and their places; edit distance against the plain table.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ocr/document/fold.h"
#include "ocr/document/levenshtein.h"
#include "ocr/document/search.h"
#include "tests/ocr/document/made_pages.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The table, row by row. `anywhere`: the pattern may begin at any character of the text.
std::vector<size_t> last_row(const std::u32string& pattern, const std::u32string& text, bool anywhere) {
  std::vector<size_t> column(pattern.size() + 1), ends;
  for (size_t i = 0; i <= pattern.size(); ++i) column[i] = i;
  for (size_t j = 0; j < text.size(); ++j) {
    size_t corner = column[0];
    column[0] = anywhere ? 0 : j + 1;
    for (size_t i = 1; i <= pattern.size(); ++i) {
      const size_t above = column[i];
      column[i] = std::min({corner + (pattern[i - 1] != text[j]), above + 1, column[i - 1] + 1});
      corner = above;
    }
    ends.push_back(column.back());
  }
  return ends;
}
std::u32string random_text(uint64_t& state, size_t size, uint64_t letters) {
  std::u32string text;
  for (size_t i = 0; i < size; ++i) {
    const uint64_t c = next_random(state) % letters;
    text += c == 0 ? char32_t(0x1F600) : c == 1 ? char32_t(0x4E2D) : char32_t('a' + c);
  }
  return text;
}

TEST(Levenshtein, AgreesWithTheTable) {
  uint64_t state = 5;
  for (int run = 0; run < 4000; ++run) {
    const uint64_t letters = 2 + next_random(state) % 5;
    const std::u32string pattern = random_text(state, 1 + next_random(state) % (run % 3 == 0 ? 220 : 20), letters);
    std::u32string text = random_text(state, next_random(state) % 300, letters);
    if (run % 2 == 0) text.insert(next_random(state) % (text.size() + 1), pattern);
    const LevenshteinPattern prepared(pattern);
    const auto whole = last_row(pattern, text, false);
    ASSERT_EQ(prepared.distance(text), whole.empty() ? pattern.size() : whole.back());
    const auto ends = last_row(pattern, text, true);
    const size_t most = next_random(state) % (pattern.size() + 2);
    std::vector<std::pair<size_t, size_t>> expected, found;
    for (size_t j = 0; j < ends.size(); ++j)
      if (ends[j] <= std::min(most, pattern.size())) expected.emplace_back(j + 1, ends[j]);
    for (const auto& end : prepared.find(text, most)) found.emplace_back(end.end, end.distance);
    ASSERT_EQ(found, expected) << "run " << run << ", pattern " << pattern.size() << ", text " << text.size() << ", most "
                               << most;
    const auto prefix = prepared.best_prefix(text);
    const size_t least = whole.empty() ? pattern.size() : std::min(pattern.size(), *std::min_element(whole.begin(), whole.end()));
    ASSERT_EQ(prefix.distance, least);
    ASSERT_EQ(prefix.end == 0 ? pattern.size() : whole[prefix.end - 1], least);
  }
}
TEST(Levenshtein, Similarity) {
  EXPECT_EQ(similarity(U"", U""), 1);
  EXPECT_EQ(similarity(U"", U"abc"), 0);
  EXPECT_EQ(levenshtein(U"kitten", U"sitting"), 3u);
  EXPECT_NEAR(similarity(U"kitten", U"sitting"), 1 - 3.0 / 7, 1e-12);
}

std::vector<Page> one_page(const std::vector<std::string>& lines, const MadeOptions& options = {}) {
  return {made_page(1, {{Block::Type::text, lines}}, options)};
}
Box words_box(const Page& page, size_t line, size_t first, size_t last) {
  const auto& words = page.blocks[0].lines[line].words;
  return hull(words[first].box, words[last].box);
}

TEST(Locate, GivesPageLinesBoxAndWords) {
  const auto pages = one_page({"The total amount due is", "EUR 4,312.50 by March."}, {.confidence = 71});
  const auto places = locate(pages, "Amount due is EUR 4,312.50");
  ASSERT_EQ(places.size(), 1u);
  EXPECT_EQ(places[0].page, 1);
  EXPECT_THAT(places[0].lines, ElementsAre("p1l1", "p1l2"));
  EXPECT_EQ(places[0].box, hull(words_box(pages[0], 0, 2, 4), words_box(pages[0], 1, 0, 1)));
  EXPECT_EQ(places[0].quote, "amount due is EUR 4,312.50");
  EXPECT_EQ(places[0].similarity, 1);
  EXPECT_EQ(places[0].confidence, 71);
  EXPECT_EQ(locate(one_page({"no confidence here"}), "confidence").at(0).confidence, -1);
}
TEST(Locate, ForgivesCaseSpacesHyphensAndWidth) {
  const auto pages = one_page({"Please read the infor-", "mation on co-operation, No. 4711/B"});
  for (const char* text : {"INFORMATION", "in formation", "infor-mation", "infor-\nmation", "the information on cooperation",
                           "\uFF29\uFF4E\uFF46\uFF4F\uFF52\uFF4D\uFF41\uFF54\uFF49\uFF4F\uFF4E", "No.4711/B", "infor\u00ADmation",
                           "co\u2010operation"}) {
    const auto places = locate(pages, text);
    ASSERT_EQ(places.size(), 1u) << text;
    EXPECT_EQ(places[0].similarity, 1) << text;
  }
  EXPECT_THAT(locate(pages, "information").at(0).lines, ElementsAre("p1l1", "p1l2"));
}
TEST(Locate, NumbersAreWhole) {
  const auto pages = one_page({"The sum of 1,204.50 was paid, see item 12."});
  EXPECT_THAT(locate(pages, "204.50"), IsEmpty());
  EXPECT_THAT(locate(pages, "204"), IsEmpty());
  EXPECT_EQ(locate(pages, "1,204.50").at(0).box, words_box(pages[0], 0, 3, 3));
  EXPECT_EQ(locate(pages, "item 12").size(), 1u);
}
TEST(Locate, WordsAreWholeButTheirParts) {
  const auto pages = one_page({"The invoice INV-2024-17 of EUR500 came"});
  EXPECT_THAT(locate(pages, "voice"), IsEmpty());
  EXPECT_EQ(locate(pages, "2024").size(), 1u);
  EXPECT_EQ(locate(pages, "500").at(0).box, words_box(pages[0], 0, 4, 4));
  EXPECT_THAT(locate(pages, ""), IsEmpty());
  EXPECT_THAT(locate(pages, "  "), IsEmpty());
  EXPECT_THAT(locate(pages, "entirely different words"), IsEmpty());
  EXPECT_THAT(locate({}, "invoice"), IsEmpty());
}
TEST(Locate, BestFirstAndSeveral) {
  const auto pages = one_page({"The delivery date is 4 May.", "The delivery data is 4 Mai.", "The delivery date is 4 May."});
  const auto places = locate(pages, "delivery date is 4 May", 5);
  ASSERT_EQ(places.size(), 3u);
  EXPECT_THAT(places[0].lines, ElementsAre("p1l1"));
  EXPECT_THAT(places[1].lines, ElementsAre("p1l3"));
  EXPECT_THAT(places[2].lines, ElementsAre("p1l2"));
  EXPECT_LT(places[2].similarity, 1);
  EXPECT_EQ(locate(pages, "delivery date is 4 May", 1).size(), 1u);
}
TEST(Locate, WithinAPassage) {
  const auto pages = one_page({"Net 500 EUR", "Tax 95 EUR", "Net 500 EUR"});
  Chunk within;
  within.page = 1;
  within.lines = {"p1l2", "p1l3"};
  EXPECT_THAT(locate(pages, within, "net 500").at(0).lines, ElementsAre("p1l3"));
  within.page = 2;
  EXPECT_THAT(locate(pages, within, "net 500"), IsEmpty());
}
TEST(Locate, PartOfALongIdeographicWord) {
  const auto pages =
      one_page({"\u5408\u540c\u603b\u91d1\u989d\u4e3a\u4eba\u6c11\u5e01\u4e94\u5343\u5143"}, {.ideographs_together = true});
  const Place place = locate(pages, "\u4eba\u6c11\u5e01").at(0);
  EXPECT_EQ(place.quote, "\u4eba\u6c11\u5e01");
  EXPECT_NEAR(place.box.x0, 72 + 6 * 12, 1e-9);
  EXPECT_NEAR(place.box.x1, 72 + 9 * 12, 1e-9);
}
TEST(Locate, RefusesSenselessSimilarities) {
  Fault fault{};
  EXPECT_THAT(thrown([] { locate({}, "word", 1, 0); }, &fault), HasSubstr("similarity 0"));
  EXPECT_EQ(fault, Fault::arguments);
}

double share(const Box& a, const Box& b) {  // intersection over union
  const double wide = std::min(a.x1, b.x1) - std::max(a.x0, b.x0), high = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  if (wide <= 0 || high <= 0) return 0;
  const auto area = [](const Box& box) { return (box.x1 - box.x0) * (box.y1 - box.y0); };
  return wide * high / (area(a) + area(b) - wide * high);
}
struct Found {
  double page = 0, box = 0;
  size_t asked = 0;
};
// Quotations of three to fourteen words (ideographs) at random places of the document; `noise` is the share of letters that the
// page has misread.
Found find_quotations(const std::vector<Page>& truth, double noise, uint64_t seed, size_t ideographs) {
  uint64_t state = seed;
  std::vector<Page> read = truth;
  for (Page& page : read)
    for (Block& block : page.blocks)
      for (Line& line : block.lines)
        for (Word& word : line.words) {
          const std::string damaged = misread(word.text, state, noise);
          if (!damaged.empty()) word.text = damaged;
        }
  Found found;
  double pages = 0, boxes = 0;
  for (int run = 0; run < 300; ++run) {
    const Page& page = truth[next_random(state) % truth.size()];
    std::vector<std::pair<const Line*, const Word*>> words;
    const Block& block = page.blocks[next_random(state) % page.blocks.size()];
    for (const Line& line : block.lines)
      for (const Word& word : line.words) words.emplace_back(&line, &word);
    const size_t count = 3 + ideographs + next_random(state) % 12;
    if (words.size() < count) continue;
    const size_t first = next_random(state) % (words.size() - count + 1);
    std::string text;
    Box box = words[first].second->box;
    for (size_t i = first; i < first + count; ++i) {
      text += (text.empty() || ideographs > 0 ? "" : " ") + words[i].second->text;
      box = hull(box, words[i].second->box);
    }
    const auto same_text = [&](const Place& place) {  // the same words may stand in several places: any of them is right
      return place.similarity == 1 && place.page == page.page;
    };
    const auto places = locate(read, text, 3, 0.7);
    ++found.asked;
    bool right_page = false, right_box = false;
    for (const Place& place : places) {
      right_page |= place.page == page.page;
      right_box |= place.page == page.page && share(place.box, box) > 0.9;
    }
    // of equally good places elsewhere the first three are given
    if (!right_page && places.size() == 3 && places[2].similarity == 1) right_page = right_box = true;
    if (!right_box && places.size() == 3 && std::all_of(places.begin(), places.end(), same_text)) right_box = true;
    pages += right_page;
    boxes += right_box;
  }
  found.page = pages / double(found.asked);
  found.box = boxes / double(found.asked);
  std::printf("%zu quotations, %.0f %% of the letters misread: page %.1f %%, box %.1f %%\n", found.asked, 100 * noise,
              100 * found.page, 100 * found.box);
  return found;
}
TEST(LocateQuality, TrueQuotations) {
  for (const Found& found :
       {find_quotations(made_english(4, 300).pages, 0, 1, 0), find_quotations(made_chinese(4, 300).pages, 0, 2, 8)}) {
    EXPECT_GE(found.asked, 150u);
    EXPECT_EQ(found.page, 1);
    EXPECT_GE(found.box, 0.95);
  }
}
TEST(LocateQuality, MisreadPages) {
  for (const Found& found :
       {find_quotations(made_english(5, 300).pages, 0.03, 3, 0), find_quotations(made_chinese(5, 300).pages, 0.03, 4, 8)}) {
    EXPECT_GE(found.page, 0.98);
    EXPECT_GE(found.box, 0.95);
  }
}
TEST(LocateQuality, TwoThousandPages) {  // the time is printed, not tested
  std::vector<Page> pages;
  for (int64_t i = 1; i <= 2000; ++i) pages.push_back(filler_page(i, 99));
  pages[1700].blocks[1].lines[20].words[3].text = "Xylophone";
  const std::string line = pages[1700].blocks[1].lines[20].text;
  for (const std::string& text :
       {std::string("Xylophone"), pages[1234].blocks[1].lines[7].text + " " + pages[1234].blocks[1].lines[8].text}) {
    const std::clock_t begin = std::clock();
    const auto places = locate(pages, text);
    std::printf("2,000 pages, %zu letters: %.0f ms of CPU, %zu places\n", text.size(),
                1e3 * double(std::clock() - begin) / CLOCKS_PER_SEC, places.size());
    ASSERT_FALSE(places.empty());
    if (text == "Xylophone") {
      EXPECT_EQ(places[0].page, 1701);
    } else {
      EXPECT_EQ(places[0].similarity, 1);
    }
  }
}

}  // namespace
}  // namespace bifrons
