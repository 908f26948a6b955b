// tests/ocr/document/chunks_test.cpp - passages: whole lines, their size and overlap, headings, tables; running heads.
#include "ocr/document/chunks.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ocr/document/exports.h"
#include "ocr/document/head_marks.h"
#include "ocr/document/running_heads.h"
#include "tests/ocr/document/made_pages.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Chunk> chunks_of(const Page& page) {
  std::string heading;
  return make_chunks(page, heading);
}
std::vector<std::string> numbered(const std::string& words, int count) {
  std::vector<std::string> lines;
  for (int i = 1; i <= count; ++i) lines.push_back(words + " " + std::to_string(i));
  return lines;
}

TEST(Chunks, WholeLinesWithTwoLinesOfOverlap) {
  const auto chunks =
      chunks_of(made_page(1, {{Block::Type::text, numbered("ten words are in this line of text with number", 30)}}));
  ASSERT_THAT(chunks, SizeIs(4));  // 11 words a line: ten lines are 110; 10, 8, 8 and 4 new ones
  for (const Chunk& chunk : chunks) EXPECT_LE(chunk.lines.size(), 10u);
  for (size_t i = 1; i < chunks.size(); ++i) {
    EXPECT_EQ(chunks[i].lines[0], chunks[i - 1].lines[chunks[i - 1].lines.size() - 2]);
    EXPECT_EQ(chunks[i].lines[1], chunks[i - 1].lines.back());
  }
  EXPECT_EQ(chunks[0].lines.front(), "p1l1");
  EXPECT_THAT(chunks[0].text, HasSubstr("number 1\nten words"));
}
TEST(Chunks, EveryLineIsSomewhereAndNothingElse) {
  for (const MadeDocument& made : {made_english(40, 150), made_chinese(40, 150)})
    for (const Page& page : made.pages) {
      std::set<std::string> expected, found;
      for (const Block& block : page.blocks)
        for (const Line& line : block.lines) expected.insert(line.id);
      for (const Chunk& chunk : chunks_of(page)) {
        EXPECT_EQ(chunk.page, page.page);
        EXPECT_FALSE(chunk.heading.empty());
        size_t newlines = size_t(std::count(chunk.text.begin(), chunk.text.end(), '\n'));
        EXPECT_EQ(newlines + 1, chunk.lines.size());
        found.insert(chunk.lines.begin(), chunk.lines.end());
      }
      EXPECT_EQ(found, expected);
    }
}
TEST(Chunks, IdeographsCountToo) {
  std::string line;
  for (int i = 0; i < 30; ++i) line += "\u6587";
  const auto chunks = chunks_of(made_page(1, {{Block::Type::text, std::vector<std::string>(14, line)}}));
  ASSERT_THAT(chunks, SizeIs(3));
  EXPECT_THAT(chunks[0].lines, SizeIs(6));
}
TEST(Chunks, HeadingsAreKnownAndCarriedOn) {
  std::string heading = "Before";
  const auto lines = numbered("ten words are in this line of text with number", 4);
  auto chunks = make_chunks(made_page(1, {{Block::Type::text, lines},
                                          {Block::Type::heading, {"First", "section"}},
                                          {Block::Type::text, lines},
                                          {Block::Type::heading, {"Second"}},
                                          {Block::Type::text, lines}}),
                            heading);
  ASSERT_THAT(chunks, SizeIs(3));
  EXPECT_EQ(chunks[0].heading, "Before");
  EXPECT_EQ(chunks[1].heading, "First section");
  EXPECT_THAT(chunks[1].lines, ElementsAre("p1l5", "p1l6", "p1l7", "p1l8", "p1l9", "p1l10"));  // no overlap over a heading
  EXPECT_EQ(heading, "Second");
  chunks = make_chunks(made_page(2, {{Block::Type::text, lines}}), heading);
  EXPECT_EQ(chunks.at(0).heading, "Second");
}
TEST(Chunks, TablesCarryTheirHead) {
  std::vector<std::string> rows{"Article\tNumber\tQuantity\tPrice"};
  for (int i = 1; i <= 60; ++i) rows.push_back("hydraulic pump\tA-" + std::to_string(i) + "\t5\t12.00");
  const Page page = made_page(1, {{Block::Type::table, rows}});
  const auto chunks = chunks_of(page);
  ASSERT_GE(chunks.size(), 3u);
  std::set<std::string> seen;
  for (const Chunk& chunk : chunks) {
    EXPECT_EQ(chunk.lines[0], "p1l1");
    EXPECT_THAT(chunk.text, HasSubstr("Article Number Quantity Price\nhydraulic"));
    for (size_t i = 1; i < chunk.lines.size(); ++i) EXPECT_TRUE(seen.insert(chunk.lines[i]).second) << "a row twice";
  }
  EXPECT_EQ(seen.size(), 60u);
  EXPECT_GT(chunks[1].box.y0, page.blocks[0].lines[1].box.y1) << "the repeated head is not in the box";
}
TEST(Chunks, RowsOfSeveralLinesStayWhole) {
  Page page =
      made_page(1, {{Block::Type::table, numbered("cell words of a row that goes over two lines with so many words", 40)}});
  Table& table = page.tables[0];  // two lines make a row
  std::vector<std::vector<TableCell>> rows;
  for (size_t i = 0; i < 40; i += 2)
    rows.push_back({{table.rows[i][0].text + table.rows[i + 1][0].text, hull(table.rows[i][0].box, table.rows[i + 1][0].box)}});
  table.rows = rows;
  for (const Chunk& chunk : chunks_of(page)) EXPECT_EQ(chunk.lines.size() % 2, 0u);
}
TEST(Chunks, OddPages) {
  EXPECT_THAT(chunks_of(made_page(1, {})), IsEmpty());
  std::string endless;
  for (int i = 0; i < 5000; ++i) endless += "word ";
  const auto chunks = chunks_of(made_page(1, {{Block::Type::text, {endless, "short", endless}}}));
  EXPECT_THAT(chunks, SizeIs(3));
  Page headed =
      made_page(2, {{Block::Type::header, {"Company"}}, {Block::Type::text, {"body"}}, {Block::Type::footer, {"Invoice 7"}}});
  EXPECT_THAT(chunks_of(headed).at(0).lines, SizeIs(3)) << "marked, but said nowhere else";
  EXPECT_THAT(repeated_heads(headed).lines, IsEmpty());
  headed.blocks[0].repeats = 1;
  EXPECT_THAT(chunks_of(headed).at(0).lines, ElementsAre("p2l2", "p2l3"));
  EXPECT_THAT(repeated_heads(headed).lines, ElementsAre("p2l1"));
  std::string heading;
  EXPECT_THAT(thrown([&] { make_chunks(made_page(1, {}), heading, {.words = 0}); }), HasSubstr("0 words"));
}

// A page with these blocks, the first at the top edge, the last at the bottom edge.
Page edged(int64_t number, const std::string& top, const std::string& bottom) {
  Page page = made_page(number, {{Block::Type::text, {top}},
                                 {Block::Type::text, numbered("body line of page " + std::to_string(number * 37 % 11), 20)},
                                 {Block::Type::text, {bottom}}});
  for (Line& line : page.blocks[0].lines) line.box.y0 = page.blocks[0].box.y0 = 30, line.box.y1 = page.blocks[0].box.y1 = 42;
  for (Line& line : page.blocks[2].lines) line.box.y0 = page.blocks[2].box.y0 = 800, line.box.y1 = page.blocks[2].box.y1 = 812;
  return page;
}
std::vector<Page> run(std::vector<Page> pages) {
  const std::vector<Page> before = pages;
  RunningHeads heads;
  std::vector<Page> out;
  size_t taken = 0;
  for (Page& page : pages) {
    ++taken;
    for (Page& ready : heads.add(std::move(page))) out.push_back(std::move(ready));
    EXPECT_LE(taken - out.size(), 2u);
  }
  for (Page& ready : heads.finish()) out.push_back(std::move(ready));
  for (size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i].page, int64_t(i) + 1);
    Page again = before[i];
    mark_heads(again, head_marks(out[i]));
    EXPECT_EQ(page_json(again), page_json(out[i])) << "marked later";
  }
  return out;
}
using Type = Block::Type;
TEST(RunningHeads, RepeatedLinesAndPageNumbers) {
  std::vector<Page> pages;
  for (int64_t i = 1; i <= 5; ++i) pages.push_back(edged(i, "Annual Report 2024", std::to_string(i + 11)));
  for (const Page& page : run(std::move(pages))) {
    EXPECT_EQ(page.blocks[0].type, Type::header);
    EXPECT_EQ(page.blocks[1].type, Type::text);
    EXPECT_EQ(page.blocks[2].type, Type::footer);
    EXPECT_FALSE(page.blocks[0].lines.empty()) << "marked, not dropped";
  }
}
TEST(RunningHeads, DigitsAndMisreadLettersAreForgiven) {
  for (const Page& page : run({edged(1, "Report, page 1 of 3", "Confidential - Halden Foods"),
                               edged(2, "Report, page 2 of 3", "Confidentia1 - Halden Foods"),
                               edged(3, "Report, page 3 of 3", "Confidential - Haiden Foods")})) {
    EXPECT_EQ(page.blocks[0].type, Type::header);
    EXPECT_EQ(page.blocks[2].type, Type::footer);
  }
}
TEST(RunningHeads, LeftAndRightPages) {
  std::vector<Page> pages;
  for (int64_t i = 1; i <= 6; ++i)
    pages.push_back(edged(i, i % 2 ? "The Book of Pumps" : "Chapter on Valves", "- " + std::to_string(i) + " -"));
  for (const Page& page : run(std::move(pages))) {
    EXPECT_EQ(page.blocks[0].type, Type::header);
    EXPECT_EQ(page.blocks[2].type, Type::footer);
  }
}
TEST(RunningHeads, WhatDoesNotRepeatStays) {
  for (const Page& page :
       run({edged(1, "Dear Ms Novak", "12"), edged(2, "Second thoughts", "40"), edged(3, "Yours faithfully", "7")})) {
    EXPECT_EQ(page.blocks[0].type, Type::text);
    EXPECT_EQ(page.blocks[2].type, Type::text) << "numbers that do not count pages";
  }
  for (const Page& page : run({edged(1, "Alone", "1")}))
    for (const Block& block : page.blocks) EXPECT_EQ(block.type, Type::text);
  std::vector<Page> bodies;  // the same line in the middle of the page is no running head
  for (int64_t i = 1; i <= 3; ++i)
    bodies.push_back(made_page(
        i,
        {{Type::text, numbered("filler words", 14)}, {Type::text, {"the same words here"}}, {Type::text, numbered("more", 14)}}));
  for (const Page& page : run(std::move(bodies))) EXPECT_EQ(page.blocks[1].type, Type::text);
}

// What repeats with other numbers is the page's matter unless the number is the page's.
struct EdgeCase {
  const char* what;
  std::string (*line)(int64_t page);
  bool is_head;
};
std::string n(int64_t number) { return std::to_string(number); }
const EdgeCase edge_cases[] = {
    {"report and page", [](int64_t i) { return "Annual report 2023 - page " + n(i); }, true},
    {"from a later page", [](int64_t i) { return "Annual report 2023 - page " + n(i + 211); }, true},
    {"page of pages", [](int64_t i) { return n(i) + " of 30"; }, true},
    {"page of pages, with a word", [](int64_t i) { return "Page " + n(i) + " of 30"; }, true},
    {"slash", [](int64_t i) { return n(i) + "/30"; }, true},
    {"dashes", [](int64_t i) { return "- " + n(i) + " -"; }, true},
    {"touching dashes", [](int64_t i) { return "-" + n(i) + "-"; }, true},
    {"bar", [](int64_t i) { return "Halden Foods | " + n(i); }, true},
    {"German", [](int64_t i) { return "Seite " + n(i) + " von 12"; }, true},
    {"Chinese", [](int64_t i) { return "第" + n(i) + "页"; }, true},
    {"Chinese, of all", [](int64_t i) { return "第" + n(i) + "页 共30页"; }, true},
    {"the same number", [](int64_t) { return std::string("Halden Foods, Tel. 555 0199"); }, true},
    {"invoice, one by one", [](int64_t i) { return "Invoice no. " + n(9100 + i); }, false},
    {"ticket, as the pages", [](int64_t i) { return "Ticket " + n(i); }, false},
    {"of several, but no page", [](int64_t i) { return "Ticket " + n(i) + " of 30"; }, false},
    {"year", [](int64_t i) { return "Price list for year " + n(2018 + i); }, false},
    {"total", [](int64_t i) { return "Total of this sheet: " + n(63 + i * 37) + ".11 EUR"; }, false},
    {"whole amounts", [](int64_t i) { return "Total: " + n(100 + i) + " EUR"; }, false},
    {"bare amounts", [](int64_t i) { return n(i) + ".50"; }, false},
    {"date", [](int64_t i) { return n(i) + ".2.2024"; }, false},
    {"date with slashes", [](int64_t i) { return n(i) + "/2/2024"; }, false},
    {"code", [](int64_t i) { return "Order INV-" + n(i); }, false},
    {"long code", [](int64_t i) { return "Parcel 12345678901" + n(i); }, false},
    {"several numbers", [](int64_t i) { return "Seat " + n(3 + 2 * i) + ", row " + n(9 + i); }, false},
    {"page and invoice", [](int64_t i) { return "Page " + n(i) + " of 5, Invoice " + n(9100 + i); }, false},
    {"page that stays", [](int64_t i) { return "Page 1, sheet " + n(i); }, false},
};
TEST(RunningHeads, OnlyThePagesNumberMayChange) {
  for (const EdgeCase& one : edge_cases)
    for (const bool at_top : {true, false}) {
      std::vector<Page> pages;
      for (int64_t i = 1; i <= 5; ++i)
        pages.push_back(at_top ? edged(i, one.line(i), "end " + std::string(size_t(i) * 5, char('a' + i)))
                               : edged(i, std::string(size_t(i) * 5, char('a' + i)) + " begin", one.line(i)));
      std::string heading;
      for (const Page& page : run(std::move(pages))) {
        const Block& block = page.blocks[at_top ? 0 : 2];
        const Type type = !one.is_head ? Type::text : at_top ? Type::header : Type::footer;
        EXPECT_EQ(block.type, type) << one.what << ", page " << page.page;
        EXPECT_EQ(block.repeats, one.is_head && page.page > 1 ? 1 : 0) << one.what << ", page " << page.page;
        bool found = false;
        for (const Chunk& chunk : make_chunks(page, heading)) found |= chunk.text.find(one.line(page.page)) != std::string::npos;
        EXPECT_EQ(found, !one.is_head || page.page == 1) << one.what << ", page " << page.page;
      }
    }
}
TEST(RunningHeads, AWideGapSetsThePagesNumberOff) {
  for (const double shift : {0.0, 200.0}) {
    std::vector<Page> pages;
    for (int64_t i = 1; i <= 4; ++i) {
      pages.push_back(edged(i, "Pumps and valves " + n(i + 20), "end " + std::string(size_t(i) * 5, char('a' + i))));
      Box& number = pages.back().blocks[0].lines[0].words.back().box;
      number.x0 += shift, number.x1 += shift;
    }
    for (const Page& page : run(std::move(pages))) EXPECT_EQ(page.blocks[0].type, shift > 0 ? Type::header : Type::text);
  }
}
TEST(RunningHeads, AHeadStandsBesideABody) {
  const auto lines_at_the_top = [](int64_t number, const std::vector<std::string>& lines, bool one_block) {
    std::vector<MadeBlock> blocks;
    for (const std::string& line : lines) blocks.push_back({Type::text, {line}});
    if (one_block) blocks = {{Type::text, lines}};
    Page page = made_page(number, blocks);
    double y = 40;
    for (Block& block : page.blocks) {
      block.box.y0 = y;
      for (Line& line : block.lines) line.box.y0 = y, line.box.y1 = block.box.y1 = y + 12, y += 18;
    }
    return page;
  };
  for (const bool one_block : {true, false}) {
    std::vector<Page> registers, payslips;
    for (int64_t i = 1; i <= 6; ++i) {
      registers.push_back(
          lines_at_the_top(i, {"Page " + n(i) + " of the register", "The code word is W" + n(i * 17)}, one_block));
      payslips.push_back(lines_at_the_top(
          i, {"Employee " + std::string(size_t(i) * 3, char('a' + i)), "Tax: EUR 300.00", std::string(80, char('a' + i))},
          one_block));
    }
    for (const auto* pages : {&registers, &payslips})
      for (const Page& page : run(*pages))
        for (const Block& block : page.blocks) EXPECT_EQ(block.type, Type::text) << block.lines[0].text;
  }
}
TEST(RunningHeads, MisreadOnesAreMarkedAndKept) {
  const auto pages = run({edged(1, "Confidential - Halden Foods", "1"), edged(2, "Confidentia1 - Halden Foods", "2"),
                          edged(3, "Confidential - Halden Foods", "3")});
  EXPECT_THAT(pages[1].blocks[0].type, Type::header);
  EXPECT_EQ(pages[1].blocks[0].repeats, 0) << "not letter for letter";
  EXPECT_EQ(pages[2].blocks[0].repeats, 1);
  EXPECT_EQ(pages[1].blocks[2].repeats, 1);
}

}  // namespace
}  // namespace bifrons
