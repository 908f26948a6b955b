// tests/ocr/page/tables_test.cpp - which words of a page are in which cell of which table, where tables have other things beside
// or above them.
#include <algorithm>

#include <gtest/gtest.h>

#include "ocr/page/layout.h"

namespace bifrons::test {
namespace {

using Cells = std::vector<std::vector<std::string>>;

constexpr double size = 10, letter = 0.5 * size, space = 0.3 * size;

void write(PageWords& words, const std::string& text, double x, double baseline) {
  std::string piece;
  for (char c : text + " ") {
    if (c != ' ') {
      piece += c;
      continue;
    }
    const double right = x + letter * double(piece.size()), top = baseline - 7.5, bottom = baseline + 2;
    PlacedWord word;
    word.text = piece, word.size = size;
    word.quad = {x, top, right, top, right, bottom, x, bottom};
    words.words.push_back(word);
    x = right + space;
    piece.clear();
  }
}

void write(PageWords& words, const Cells& cells, const std::vector<double>& xs, double baseline, double pitch) {
  for (size_t r = 0; r < cells.size(); ++r)
    for (size_t c = 0; c < cells[r].size(); ++c)
      if (!cells[r][c].empty()) write(words, cells[r][c], xs[c] + 4, baseline + pitch * double(r));
}

// With a line between all cells; `xs`: of the upright lines.
void write_grid(PageWords& words, const Cells& cells, const std::vector<double>& xs, double top, double pitch) {
  write(words, cells, xs, top + 0.5 * pitch + 3, pitch);
  const double bottom = top + pitch * double(cells.size());
  for (const double x : xs) words.rules.push_back({x, top, x, bottom});
  for (size_t r = 0; r <= cells.size(); ++r)
    words.rules.push_back({xs.front(), top + pitch * double(r), xs.back(), top + pitch * double(r)});
}

Page laid_out(const PageWords& words) {
  Page page;
  page.page = 1, page.width = 595, page.height = 842, page.unit = Page::Unit::pt;
  lay_out(page, words);
  return page;
}

Cells cells_of(const Table& table) {
  Cells cells;
  for (const auto& row : table.rows) {
    cells.emplace_back();
    for (const auto& cell : row) cells.back().push_back(cell.text);
  }
  return cells;
}

std::vector<std::string> lines_of(const Page& page, Block::Type type) {
  std::vector<std::string> lines;
  for (const auto& block : page.blocks)
    if (block.type == type)
      for (const auto& line : block.lines) lines.push_back(line.text);
  return lines;
}

const Cells income = {{"Income", "Plan", "Actual"}, {"Hand", "2,455", "5,225"}, {"Cable", "1,964", "9,630"},
                      {"Office", "4,618", "3,537"}, {"Laser", "7,786", ""},     {"Floor", "2,028", "1,617"}};
const Cells costs = {{"Costs", "Plan", "Actual"},
                     {"Paint", "1,222", "4,137"},
                     {"Water", "8,723", "1,137"},
                     {"Wall", "9,399", "6,717"},
                     {"Ring", "6,593", "5,586"}};

TEST(PageTables, GridsBesideEachOtherAreTwoTables) {
  for (const double pitch : {18., 23.}) {  // of the one on the right: its rows need not be level with the other's
    SCOPED_TRACE(pitch);
    PageWords words;
    write(words, "Comparison of branches and what they cost in all", 60, 80);
    write_grid(words, income, {60, 150, 210, 270}, 100, 18);
    write_grid(words, costs, {300, 390, 450, 510}, 100, pitch);
    write(words, "All amounts are in thousands and without tax", 60, 240);
    const Page page = laid_out(words);
    ASSERT_EQ(page.tables.size(), 2u);
    EXPECT_EQ(cells_of(page.tables[0]), income);
    EXPECT_EQ(cells_of(page.tables[1]), costs);
    EXPECT_EQ(lines_of(page, Block::Type::text), (std::vector<std::string>{"Comparison of branches and what they cost in all",
                                                                           "All amounts are in thousands and without tax"}));
  }
}

TEST(PageTables, AShortGridBesideATallOneHasItsOwnTextUnderIt) {
  PageWords words;
  const Cells small(costs.begin(), costs.begin() + 3);
  write_grid(words, income, {60, 150, 210, 270}, 100, 18);
  write_grid(words, small, {300, 390, 450, 510}, 100, 18);
  write(words, "The walls are not", 300, 175);
  write(words, "counted here", 300, 187);
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 2u);
  EXPECT_EQ(cells_of(page.tables[0]), income);
  EXPECT_EQ(cells_of(page.tables[1]), small);
  EXPECT_EQ(lines_of(page, Block::Type::text), (std::vector<std::string>{"The walls are not", "counted here"}));
}

TEST(PageTables, HeadsOverTwoGridsAreReadWithTheirOwn) {
  PageWords words;
  write(words, "Money that came in and money that went out in a year", 60, 70);
  write(words, "Branch in town", 60, 94);
  write(words, "Branch at sea", 300, 94);
  write_grid(words, income, {60, 150, 210, 270}, 100, 18);
  write_grid(words, costs, {300, 390, 450, 510}, 100, 18);
  const Page page = laid_out(words);
  ASSERT_EQ(page.blocks.size(), 5u);
  EXPECT_EQ(page.blocks[1].lines[0].text, "Branch in town");
  EXPECT_EQ(page.blocks[2].type, Block::Type::table);
  EXPECT_EQ(page.blocks[3].lines[0].text, "Branch at sea");
  EXPECT_EQ(page.blocks[4].type, Block::Type::table);
}

TEST(PageTables, RowsOutsideTheLevelLinesAreInTheGridAsFarAsItsUprightOnesReach) {
  PageWords words;
  write_grid(words, income, {60, 150, 210, 270}, 100, 18);
  const double bottom = 100 + 18 * double(income.size());
  std::erase_if(words.rules, [&](const RuledLine& rule) { return rule.y0 == rule.y1 && (rule.y0 == 100 || rule.y0 == bottom); });
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(cells_of(page.tables[0]), income);
}

TEST(PageTables, TextBesideAGridIsInNoCell) {
  PageWords words;
  write_grid(words, income, {60, 150, 210, 270}, 100, 18);
  write(words, "Prices are those of May", 300, 112);
  write(words, "and hold for a year", 300, 124);
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(cells_of(page.tables[0]), income);
  EXPECT_EQ(lines_of(page, Block::Type::text), (std::vector<std::string>{"Prices are those of May", "and hold for a year"}));
}

TEST(PageTables, NamesBeforeTheFirstLineAreAColumn) {  // not every table has lines at its sides
  PageWords words;
  Cells figures, all;
  for (const auto& row : income) {
    figures.push_back({row[1], row[2], "ok"});
    all.push_back({row[0], row[1], row[2], "ok"});
  }
  write_grid(words, figures, {150, 210, 270, 330}, 100, 18);
  for (size_t r = 0; r < income.size(); ++r) write(words, income[r][0], 60, 112 + 18 * double(r));
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(cells_of(page.tables[0]), all);
  EXPECT_TRUE(lines_of(page, Block::Type::text).empty());
}

const Cells statement = {
    {"Date", "Details", "Paid out", "Paid in", "Balance"},       {"01/03/24", "Transfer Oakfield", "", "911.99", "5,552.41"},
    {"01/03/24", "Salary Oakfield", "1,593.50", "", "3,958.91"}, {"03/03/24", "Card payment Harbour", "877.24", "", "3,081.67"},
    {"04/03/24", "Direct debit Blue", "", "885.60", "3,967.27"}, {"06/03/24", "Standing order Summit", "711.63", "", "3,255.64"}};

TEST(PageTables, RowsOfALetterheadAreNotInTheTableBelow) {
  PageWords words;
  write(words, "County Savings Bank of Northbridge", 60, 60);
  write(words, "Statement of account", 400, 60);
  write(words, "Account number 38-96-81 21440895", 60, 84);
  write(words, "Page 1 of 3", 440, 84);
  write(words, statement, {60, 125, 260, 350, 440}, 106, 16);
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(cells_of(page.tables[0]), statement);
}

TEST(PageTables, RowsOfAFooterAreNotInTheTableAbove) {
  PageWords words;
  write(words, statement, {60, 125, 260, 350, 440}, 106, 16);
  write(words, "County Savings Bank of Northbridge", 60, 206);
  write(words, "Statement of account", 400, 206);
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(cells_of(page.tables[0]), statement);
}

TEST(PageTables, AListRightAboveATableIsATableOfItsOwn) {
  const Cells list = {{"Opening balance of the account", "4,640.42"},
                      {"Money paid in over the month", "3,391.09"},
                      {"Money paid out over the month", "3,182.63"}};
  PageWords words;
  write(words, list, {60, 340}, 90, 16);
  write(words, statement, {60, 125, 260, 350, 440}, 138, 16);
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 2u);
  EXPECT_EQ(cells_of(page.tables[0]), list);
  EXPECT_EQ(cells_of(page.tables[1]), statement);
}

TEST(PageTables, ARowOverTwoColumnsInTheMiddleIsInTheTable) {  // what is above it is no letterhead
  Cells rows = statement;
  rows.insert(rows.begin() + 3, {{"Brought forward from page one of this", "", "", "", "3,958.91"}});
  PageWords words;
  write(words, rows, {60, 125, 260, 350, 440}, 106, 16);
  const Page page = laid_out(words);
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(page.tables[0].rows.size(), rows.size());
}

TEST(PageTables, AnAddressBesideNumbersIsNoTable) {
  PageWords words;
  const Cells rows = {{"158 Mill Lane", "Invoice no.: 2019-7981"},
                      {"Plymouth YO10 2BF", "Date: 27/05/2024"},
                      {"Tel. 06066 643415", "Customer no.: 82824"}};
  for (size_t r = 0; r < rows.size(); ++r) {
    write(words, rows[r][0], 60, 100 + 13 * double(r));
    const double spaces = double(std::count(rows[r][1].begin(), rows[r][1].end(), ' '));
    write(words, rows[r][1], 540 - letter * (double(rows[r][1].size()) - spaces) - space * spaces, 100 + 13 * double(r));
  }
  EXPECT_TRUE(laid_out(words).tables.empty());
}

TEST(PageTables, AFewNamesBesideWordsOrPricesAreATable) {
  const Cells words_of = {{"Library", "open on Sundays"}, {"Museum", "closed"}, {"Harbour", "open all day"}};
  const Cells prices = {{"Adults", "$12.00"}, {"Children", "$1,006.50"}, {"Dogs", "$2"}};
  for (const Cells& rows : {words_of, prices}) {
    PageWords words;
    for (size_t r = 0; r < rows.size(); ++r) {
      const bool right = rows[r][1][0] == '$';
      write(words, rows[r][0], 60, 100 + 13 * double(r));
      write(words, rows[r][1], right ? 300 - letter * double(rows[r][1].size()) : 250, 100 + 13 * double(r));
    }
    const Page page = laid_out(words);
    ASSERT_EQ(page.tables.size(), 1u);
    EXPECT_EQ(cells_of(page.tables[0]), rows);
  }
}

}  // namespace
}  // namespace bifrons::test
