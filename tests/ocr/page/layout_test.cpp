// tests/ocr/page/layout_test.cpp - reading order and structure on words with boxes, as a text layer gives them: in no useful
// order.
#include "ocr/page/layout.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "ocr/page/right_to_left.h"
#include "ocr/page/transform.h"
#include "texts.h"

namespace bifrons::test {
namespace {

// Sets words of a fixed pitch (half the font size a letter), which is all that the layout can see of a font.
struct Setter {
  PageWords words;
  std::vector<std::string> lines;  // in the order in which they ought to be read

  void word(const std::string& text, double x, double baseline, double size) {
    const double right = x + width(text, size), top = baseline - 0.75 * size, bottom = baseline + 0.2 * size;
    PlacedWord placed;
    placed.text = text;
    placed.quad = {x, top, right, top, right, bottom, x, bottom};
    placed.size = size;
    words.words.push_back(placed);
  }
  static double width(const std::string& text, double size) { return 0.5 * size * double(text.size()); }
  double line(const std::string& text, double x, double baseline, double size, bool listed = true) {
    std::string piece;
    for (char c : text + " ")
      if (c == ' ') {
        if (!piece.empty()) word(piece, x, baseline, size), x += width(piece, size) + 0.3 * size;
        piece.clear();
      } else {
        piece += c;
      }
    if (listed) lines.push_back(text);
    return x;
  }
  double paragraph(const std::string& text, double left, double right, double top, double size) {
    std::string current, piece;
    double baseline = top;
    const auto flush = [&] {
      baseline += 1.2 * size;
      line(current, left, baseline, size);
      current.clear();
    };
    for (char c : text + " ")
      if (c == ' ') {
        const std::string longer = current.empty() ? piece : current + " " + piece;
        if (width(longer, 0.92 * size) > right - left && !current.empty())
          flush(), current = piece;
        else
          current = longer;
        piece.clear();
      } else {
        piece += c;
      }
    if (!current.empty()) flush();
    return baseline;
  }
  Page laid_out(uint32_t seed = 1) {
    std::shuffle(words.words.begin(), words.words.end(), Dice(seed));
    Page page;
    page.page = 3, page.width = 595, page.height = 842, page.unit = Page::Unit::pt;
    lay_out(page, words);
    return page;
  }
};

std::vector<std::string> lines_of(const Page& page) {
  std::vector<std::string> lines;
  for (const auto& block : page.blocks)
    for (const auto& line : block.lines) lines.push_back(line.text);
  return lines;
}
// Empty when equal, else the first place where they differ.
std::string difference(const Page& page, const std::vector<std::string>& wanted) {
  const auto found = lines_of(page);
  for (size_t i = 0; i < std::max(found.size(), wanted.size()); ++i) {
    const std::string a = i < found.size() ? found[i] : "(nothing)", b = i < wanted.size() ? wanted[i] : "(nothing)";
    if (a != b) return "line " + std::to_string(i) + ": '" + a + "', wanted '" + b + "'";
  }
  return "";
}
const Block* block_with(const Page& page, const std::string& text) {
  for (const auto& block : page.blocks)
    for (const auto& line : block.lines)
      if (line.text.find(text) != std::string::npos) return &block;
  return nullptr;
}

class PageColumns : public testing::TestWithParam<int> {};

TEST_P(PageColumns, AreReadOneAfterTheOther) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Setter setter;
    setter.line("Heading Over All Columns Of The Page", 60, 70, 20);
    const int columns = GetParam();
    const double gutter = 18, width = (480 - gutter * (columns - 1)) / columns;
    for (int c = 0; c < columns; ++c) {
      const double left = 60 + c * (width + gutter);
      // Lines of neighbours need not be level; one column ends early.
      double y = 95 + 3.3 * c;
      while (y < (c == columns - 1 ? 480 : 640)) y = setter.paragraph(english_text(dice, 3), left, left + width, y, 9) + 6;
    }
    const Page page = setter.laid_out(seed);
    EXPECT_EQ(difference(page, setter.lines), "");
    EXPECT_EQ(page.blocks[0].type, Block::Type::heading);
  }
}

INSTANTIATE_TEST_SUITE_P(Counts, PageColumns, testing::Values(1, 2, 3));

// A curriculum vitae: short lines beside the prose of a life. `pitch`: of the short lines, in their size.
constexpr double level_pitch = 12 / 9.0;  // as that of the prose
class PageSidebar : public testing::TestWithParam<std::tuple<bool, double>> {};
TEST_P(PageSidebar, IsReadByItself) {
  const bool right = std::get<0>(GetParam());
  const double pitch = std::get<1>(GetParam());
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Setter setter;
    const std::string name = person(dice) + " Engineer Of Harbours And Canals";
    setter.line(name, 60, 70, 18);
    const double side = right ? 420 : 50, left = right ? 50 : 200;
    const auto write_sidebar = [&] {
      double y = pitch == level_pitch ? 112 : 110 + roll(dice, 0.0, 6.0);
      const std::vector<std::vector<std::string>> parts = {
          {"Contact", "anna.k@example.org", "+41 44 123 45 67", "4 Mill Lane", "Northbridge"},
          {"Skills", "Surveying", "Project management", "Steel and concrete", "Public speaking", "Python"},
          {"Languages", "German (native)", "English (fluent)", "Some French"},
          {"Education", "Master of Science", "University of Zurich", "2004 - 2009"},
          {"Interests", "Rowing", "Old maps", "Chess"}};
      for (const auto& part : parts) {
        for (const auto& line : part) {
          const double size = &line == part.data() ? 11 : 9;
          setter.line(line, side, y, size);
          y += pitch * 9;
        }
        y += 10;
      }
    };
    const auto write_life = [&] {
      double y = 112;
      for (const char* heading : {"Profile", "Experience"}) {
        setter.line(heading, left, y, 13);
        y += 4;
        for (int i = 0; i < (heading[0] == 'P' ? 1 : 4); ++i) {
          if (heading[0] == 'E') {
            const std::string post = "Engineer, " + person(dice);
            const double from = roll(dice, 1998, 2020);
            setter.line(post + " " + std::to_string(int(from)) + " - " + std::to_string(int(from) + 2), left, y += 14, 10);
          }
          y = setter.paragraph(english_text(dice, 3), left, left + 340, y, 10) + 8;
        }
        y += 14;
      }
    };
    if (right)
      write_life(), write_sidebar();
    else
      write_sidebar(), write_life();
    EXPECT_EQ(difference(setter.laid_out(seed), setter.lines), "");
  }
}
INSTANTIATE_TEST_SUITE_P(Sides, PageSidebar, testing::Combine(testing::Bool(), testing::Values(1.2, level_pitch, 1.45, 1.7)));

TEST(PageLayout, NamesBesideTheirValuesAreReadAcross) {  // though the values go on for some lines, and look like prose
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Setter setter;
    double y = 80;
    std::vector<std::string> wanted;
    for (const char* label : {"Purpose", "Place", "Duration", "Price", "Notice period", "Insurance", "Keys", "Pets", "Repairs"}) {
      y += 6;
      setter.line(label, 60, y + 12, 10, false);
      const size_t before = setter.lines.size();
      y = setter.paragraph(english_text(dice, roll(dice, 1, 2)), 180, 540, y, 10);
      setter.lines[before] = std::string(label) + " " + setter.lines[before];
    }
    EXPECT_EQ(difference(setter.laid_out(seed), setter.lines), "");
  }
}

TEST(PageLayout, ANumberedHeadingIsNoListItem) {
  Dice dice(4);
  Setter setter;
  setter.line("1. The premises", 60, 70, 16);
  const double y = setter.paragraph(english_text(dice, 4), 60, 540, 90, 11) + 30;
  setter.line("2. of the same size as the text", 60, y, 11);
  const Page page = setter.laid_out();
  ASSERT_TRUE(block_with(page, "The premises") && block_with(page, "same size"));
  EXPECT_EQ(block_with(page, "The premises")->type, Block::Type::heading);
  EXPECT_EQ(block_with(page, "same size")->type, Block::Type::list);
}

TEST(PageLayout, TextUnderAndOverColumns) {
  Dice dice(9);
  Setter setter;
  double y = setter.paragraph(english_text(dice, 4), 60, 540, 60, 10) + 20;
  double lowest = y;
  for (int c = 0; c < 2; ++c)
    lowest = std::max(lowest, setter.paragraph(english_text(dice, 12), 60 + c * 250, 290 + c * 250, y, 9));
  setter.paragraph(english_text(dice, 4), 60, 540, lowest + 25, 10);
  EXPECT_EQ(difference(setter.laid_out(), setter.lines), "");
}

TEST(PageLayout, AWordThatReachesAcrossAGutterLeavesItOne) {  // a speck far behind it was read as its full stop
  constexpr double size = 9, left_end = 285, right_start = 303;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const double lower = roll(dice, 0, 1) ? 3.3 : 0;  // lines of neighbours need not be level
    Setter setter;
    setter.line("Heading Over All Columns Of The Page", 60, 70, 20);
    double y = 95;
    while (y < 500) y = setter.paragraph(english_text(dice, 3), 60, left_end, y, size) + 6;
    std::vector<PlacedWord*> ends;  // the last words of long lines
    const size_t words_of_left = setter.words.words.size();
    for (y = 95 + lower; y < 500;) y = setter.paragraph(english_text(dice, 3), right_start, 528, y, size) + 6;
    for (size_t i = 0; i < words_of_left; ++i)
      if (PlacedWord& word = setter.words.words[i]; word.quad[2] > left_end - 20 && word.quad[1] > 200 && word.quad[1] < 350)
        ends.push_back(&word);
    ASSERT_FALSE(ends.empty());
    PlacedWord& longer = *ends[size_t(roll(dice, 0, int(ends.size()) - 1))];
    longer.quad[2] = longer.quad[4] = right_start - 3;
    EXPECT_EQ(difference(setter.laid_out(seed), setter.lines), "");
  }
}

TEST(PageLayout, AWordWithDirtBeforeItLeavesTheGutterToLinesBelow) {  // which are longer than those before it
  constexpr double left_end = 285, right_start = 303;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Setter setter;
    setter.line("Heading Over All Columns Of The Page", 60, 70, 20);
    double y = 95;
    while (y < 500) y = setter.paragraph(english_text(dice, 3), 60, y < 300 ? left_end - 5 : left_end, y, 9) + 6;
    const size_t words_of_left = setter.words.words.size();
    for (y = 98; y < 500;) y = setter.paragraph(english_text(dice, 3), right_start, 528, y, 9) + 6;
    std::vector<PlacedWord*> starts;
    for (size_t i = words_of_left; i < setter.words.words.size(); ++i)
      if (PlacedWord& word = setter.words.words[i]; word.quad[0] == right_start && word.quad[1] > 200 && word.quad[1] < 300)
        starts.push_back(&word);
    ASSERT_FALSE(starts.empty());
    PlacedWord& longer = *starts[size_t(roll(dice, 0, int(starts.size()) - 1))];
    longer.quad[0] = longer.quad[6] = left_end + 3;
    EXPECT_EQ(difference(setter.laid_out(seed), setter.lines), "");
  }
}

TEST(PageLayout, ALineOverColumnsEndsTheColumnsAboveIt) {  // though only one of its words stands in their gutter, and partly
  Dice dice(9);
  Setter setter;
  double y = 60;
  const auto columns = [&] {
    double lowest = y;
    for (const double left : {60.0, 310.0})
      lowest = std::max(lowest, setter.paragraph(english_text(dice, 9), left, left + 230, y, 9));
    y = lowest;
  };
  columns();
  y += 24;
  double x = 70;
  for (const char* word :
       {"Samples", "Of", "All", "Wells", "From", "The", "Northern", "Harbour", "In", "The", "Second", "Year"}) {
    setter.word(word, x, y, 9);
    x += Setter::width(word, 9) + 3;
  }
  setter.lines.push_back("Samples Of All Wells From The Northern Harbour In The Second Year");
  y += 12;
  columns();
  EXPECT_EQ(difference(setter.laid_out(), setter.lines), "");
}

TEST(PageLayout, TableAcrossThePageIsReadAcross) {
  Dice dice(2);
  Setter setter;
  double y = setter.paragraph(english_text(dice, 4), 60, 540, 60, 10) + 30;
  std::vector<std::vector<std::string>> cells = {{"Item", "Town", "Pieces", "Amount"}};
  for (int r = 0; r < 9; ++r) cells.push_back({"A" + std::to_string(r), "Northbridge", std::to_string(10 + r), amount(dice)});
  for (const auto& row : cells) {
    std::string line;
    for (size_t c = 0; c < row.size(); ++c) {
      setter.line(row[c], 60 + 120 * double(c), y, 10, false);
      line += (c ? " " : "") + row[c];
    }
    setter.lines.push_back(line);
    y += 14;
  }
  setter.paragraph(english_text(dice, 4), 60, 540, y + 20, 10);
  const Page page = setter.laid_out();
  EXPECT_EQ(difference(page, setter.lines), "");
  ASSERT_EQ(page.tables.size(), 1u);
  ASSERT_EQ(page.tables[0].rows.size(), cells.size());
  for (size_t r = 0; r < cells.size(); ++r) {
    ASSERT_EQ(page.tables[0].rows[r].size(), 4u);
    for (size_t c = 0; c < 4; ++c) EXPECT_EQ(page.tables[0].rows[r][c].text, cells[r][c]);
  }
  EXPECT_EQ(block_with(page, "Northbridge")->type, Block::Type::table);
  EXPECT_EQ(block_with(page, "Northbridge")->box, page.tables[0].box);
}

TEST(PageLayout, TableInAColumn) {
  Dice dice(4);
  Setter setter;
  setter.paragraph(english_text(dice, 24), 60, 290, 60, 9);
  double y = setter.paragraph(english_text(dice, 6), 310, 540, 63, 9) + 22;
  for (int r = 0; r < 6; ++r) {
    const std::string name = "Sample" + std::to_string(r), value = amount(dice);
    setter.line(name, 310, y, 9, false);
    setter.line(value, 470, y, 9, false);
    setter.lines.push_back(name + " " + value);
    y += 12;
  }
  setter.paragraph(english_text(dice, 6), 310, 540, y + 10, 9);
  const Page page = setter.laid_out();
  EXPECT_EQ(difference(page, setter.lines), "");
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(page.tables[0].rows.size(), 6u);
  EXPECT_GT(page.tables[0].box.x0, 300);
}

TEST(PageLayout, RuledTableKeepsEmptyAndWideCells) {
  Setter setter;
  const double xs[] = {60, 200, 340, 480}, ys[] = {100, 120, 140, 160};
  const char* texts[3][3] = {{"First", "Second", "Third"}, {"alpha", "", "gamma"}, {"over two cells", nullptr, "end"}};
  for (double y : ys) setter.words.rules.push_back({60, y, 480, y});
  for (int c = 0; c < 4; ++c) {
    if (c == 1)
      setter.words.rules.push_back({xs[c], 100, xs[c], 140});  // not between the last row's first two cells
    else
      setter.words.rules.push_back({xs[c], 100, xs[c], 160});
  }
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c)
      if (texts[r][c] && *texts[r][c]) setter.line(texts[r][c], xs[c] + 5, ys[r] + 14, 10, false);
  const Page page = setter.laid_out();
  ASSERT_EQ(page.tables.size(), 1u);
  const auto& rows = page.tables[0].rows;
  ASSERT_EQ(rows.size(), 3u);
  ASSERT_EQ(rows[1].size(), 3u);
  EXPECT_EQ(rows[1][0].text, "alpha");
  EXPECT_EQ(rows[1][1].text, "");
  EXPECT_EQ(rows[1][1].box, (Box{200, 120, 340, 140}));
  EXPECT_EQ(rows[1][2].text, "gamma");
  ASSERT_EQ(rows[2].size(), 2u);
  EXPECT_EQ(rows[2][0].text, "over two cells");
  EXPECT_EQ(rows[2][1].text, "end");
}

TEST(PageLayout, FormAndReceiptAreReadAcross) {
  Dice dice(6);
  Setter form;
  for (int r = 0; r < 8; ++r) {
    std::string line;
    for (int k = 0; k < 2; ++k) {
      const std::string label = (k ? "Date" : "Name") + std::to_string(r), value = k ? date(dice) : person(dice);
      form.line(label, 60 + 260 * k, 100 + 30 * r, 10, false);
      form.line(value, 140 + 260 * k, 100 + 30 * r, 10, false);
      line += (k ? " " : "") + label + " " + value;
    }
    form.lines.push_back(line);
  }
  EXPECT_EQ(difference(form.laid_out(), form.lines), "");

  Setter receipt;
  for (int r = 0; r < 12; ++r) {
    const std::string name = thing(dice), value = amount(dice);
    receipt.line(name, 60, 100 + 14 * r, 10, false);
    receipt.line(value, 400 - Setter::width(value, 10), 100 + 14 * r, 10, false);
    receipt.lines.push_back(name + " " + value);
  }
  const Page page = receipt.laid_out();
  EXPECT_EQ(difference(page, receipt.lines), "");
  ASSERT_EQ(page.tables.size(), 1u);
  EXPECT_EQ(page.tables[0].rows.size(), 12u);
}

TEST(PageLayout, TickBoxesBecomeWords) {
  Setter setter;
  setter.line("I agree to the terms", 80, 100, 10, false);
  setter.line("Please write to me", 80, 120, 10, false);
  setter.words.ticks = {{{60, 91, 70, 101}, true}, {{60, 111, 70, 121}, false}};
  EXPECT_EQ(lines_of(setter.laid_out()), (std::vector<std::string>{"[x] I agree to the terms", "[ ] Please write to me"}));

  Setter form;  // boxes larger than the letters, far apart: they are no headings
  for (int line = 0; line < 6; ++line)
    form.line("Words of the form in its usual size of letters", 60, 100 + 14 * line, 10, false);
  for (const auto& [y, choice] : {std::pair(260, "Single"), {300, "Married"}, {340, "Divorced"}}) {
    form.line(choice, 90, y, 10, false);
    form.words.ticks.push_back({{60, double(y) - 15, 80, double(y) + 5}, y == 300});
  }
  const Page page = form.laid_out();
  EXPECT_EQ(lines_of(page).back(), "[ ] Divorced");
  for (const Block& block : page.blocks) EXPECT_NE(block.type, Block::Type::heading) << block.lines[0].text;
}

TEST(PageLayout, ListsAndParagraphsAreBlocks) {
  Dice dice(8);
  Setter setter;
  double y = setter.paragraph(english_text(dice, 3), 60, 540, 60, 10) + 16;
  for (const char* item : {"1. Bring warm clothes", "2. Bring a lamp", "3. Leave dogs at home"})
    setter.line(item, 70, y += 13, 10);
  setter.paragraph(english_text(dice, 3), 60, 540, y + 16, 10);
  const Page page = setter.laid_out();
  EXPECT_EQ(difference(page, setter.lines), "");
  EXPECT_EQ(block_with(page, "Bring a lamp")->type, Block::Type::list);
  EXPECT_EQ(page.blocks.front().type, Block::Type::text);
  EXPECT_EQ(page.blocks.back().type, Block::Type::text);
}

TEST(PageLayout, IdsRunThroughThePage) {
  Dice dice(5);
  Setter setter;
  double y = 60;
  for (int i = 0; i < 3; ++i) y = setter.paragraph(english_text(dice, 3), 60, 540, y, 10) + 14;
  const Page page = setter.laid_out();
  size_t block = 0, line = 0;
  for (const auto& b : page.blocks) {
    EXPECT_EQ(b.id, "p3b" + std::to_string(++block));
    for (const auto& l : b.lines) {
      EXPECT_EQ(l.id, "p3l" + std::to_string(++line));
      EXPECT_FALSE(l.quad);
      EXPECT_FALSE(l.confidence);
    }
  }
  EXPECT_EQ(block, 3u);
}

TEST(PageLayout, IdeographsTakeNoSpaces) {
  PageWords words;
  const auto add = [&](const std::string& text, double x, double width) {
    PlacedWord word;
    word.text = text;
    word.quad = {x, 100, x + width, 100, x + width, 112, x, 112};
    words.words.push_back(word);
  };
  add("港口", 60, 24), add("管理处", 86, 36), add("ABC", 126, 20), add("9:30", 150, 20), add("开门", 174, 24);
  const auto line = [&] {
    Page page;
    page.page = 1, page.width = 595, page.height = 842;
    lay_out(page, words);
    return lines_of(page);
  };
  EXPECT_EQ(line(), (std::vector<std::string>{"港口管理处 ABC 9:30 开门"}));
  words.words.clear();  // boxes that meet, as Tesseract cuts a date
  add("2025", 60, 24), add("年", 84, 12), add("12", 96, 12), add("月", 108, 12), add("3", 123, 6), add("日起", 129, 24);
  EXPECT_EQ(line(), (std::vector<std::string>{"2025年12月 3日起"}));
}

// Words set in squares of 10, as a text layer has them, figures half as wide.
void ideographs(PageWords& words, const std::string& text, double x, double baseline) {
  double width = 0;
  for (const char c : text) width += (c & 0xc0) == 0x80 ? 0 : (c & 0x80) != 0 ? 10 : 5;
  PlacedWord word;
  word.text = text;
  word.quad = {x, baseline - 8, x + width, baseline - 8, x + width, baseline + 2, x, baseline + 2};
  word.size = 10;
  words.words.push_back(word);
}
Page laid_out(const PageWords& words) {
  Page page;
  page.page = 1, page.width = 595, page.height = 842, page.unit = Page::Unit::pt;
  lay_out(page, words);
  return page;
}
const std::vector<std::vector<std::string>> order_list = {
    {"序号", "品名", "规格", "数量", "单价", "备注"},   {"1", "不锈钢螺栓", "中号", "120", "0.85", "含税"},
    {"2", "防水胶带", "宽型", "8", "6.00", "急需"},     {"3", "照明灯具", "吸顶", "16", "88.00", "白色"},
    {"4", "木工板材", "一级", "20", "95.50", "代运"},   {"5", "电缆", "三芯", "50", "12.40", "进口"},
    {"6", "不锈钢螺母", "小号", "300", "0.20", "含税"}, {"7", "油漆", "桶装", "4", "75.00", "白色"}};

TEST(PageLayout, NarrowColumnsOfIdeographsAreATable) {
  for (const double white : {4., 8., 12.}) {
    SCOPED_TRACE(white);
    PageWords words;
    std::vector<std::string> wanted = {"采购清单如下，请于本月底之前送达港口管理处仓库，逾期不予验收。"};
    double at = 60;  // in pieces, as recognition gives it, with white at its marks
    for (const char* piece : {"采购清单如下，", "请于本月底之前", "送达港口", "管理处仓库，", "逾期不予验收。"}) {
      ideographs(words, piece, at, 115);
      at += 10 * double(std::string_view(piece).size() / 3) + 4;
    }
    const double widths[] = {20, 50, 20, 20, 25, 20};
    double y = 130;
    for (const auto& row : order_list) {
      double x = 60;
      std::string line;
      for (size_t c = 0; c < row.size(); ++c) {
        ideographs(words, row[c], x, y);
        x += widths[c] + white;
        line += (c ? " " : "") + row[c];
      }
      wanted.push_back(line);
      y += 15;
    }
    ideographs(words, "以上价格均含运费，验收合格后三十日内付款。", 60, y + 15);
    wanted.push_back("以上价格均含运费，验收合格后三十日内付款。");
    const Page page = laid_out(words);
    EXPECT_EQ(difference(page, wanted), "");
    ASSERT_EQ(page.tables.size(), 1u);
    ASSERT_EQ(page.tables[0].rows.size(), order_list.size());
    for (size_t r = 0; r < order_list.size(); ++r) {
      ASSERT_EQ(page.tables[0].rows[r].size(), 6u);
      for (size_t c = 0; c < 6; ++c) EXPECT_EQ(page.tables[0].rows[r][c].text, order_list[r][c]);
    }
  }
}

TEST(PageLayout, WordsAcrossColumnsOfIdeographsAreCut) {
  PageWords words;  // as recognition gives them: two cells of one row as one word
  std::vector<std::string> wanted;
  const double xs[] = {60, 88, 146, 174, 202, 235};
  double y = 130;
  for (size_t r = 0; r < order_list.size(); ++r) {
    std::string line;
    for (size_t c = 0; c < 6; ++c) {
      const bool joined = r == 4 && c == 1;  // 木工板材 and 一级, with the white between them
      if (joined) {
        PlacedWord word{.text = order_list[r][1] + order_list[r][2]};
        word.quad = {xs[1], y - 8, xs[2] + 20, y - 8, xs[2] + 20, y + 2, xs[1], y + 2};
        words.words.push_back(word);
      } else if (!(r == 4 && c == 2)) {
        ideographs(words, order_list[r][c], xs[c], y);
      }
      line += (c ? " " : "") + order_list[r][c];
    }
    wanted.push_back(line);
    y += 15;
  }
  for (auto& word : words.words) word.confidence = 90;
  const Page page = laid_out(words);
  EXPECT_EQ(difference(page, wanted), "");
  ASSERT_EQ(page.tables.size(), 1u);
  ASSERT_EQ(page.tables[0].rows.size(), order_list.size());
  ASSERT_EQ(page.tables[0].rows[4].size(), 6u);
  EXPECT_EQ(page.tables[0].rows[4][1].text, "木工板材");
  EXPECT_EQ(page.tables[0].rows[4][2].text, "一级");
}

TEST(PageLayout, HeadingsOfATextLayerMayBeALittleLarger) {
  Dice dice(41);
  Setter setter;
  double y = setter.paragraph(english_text(dice, 4), 60, 540, 60, 11) + 24;
  setter.line("Notice and deposit", 60, y, 13);
  setter.paragraph(english_text(dice, 4), 60, 540, y + 6, 11);
  const Page page = setter.laid_out();
  EXPECT_EQ(difference(page, setter.lines), "");
  EXPECT_EQ(block_with(page, "Notice and deposit")->type, Block::Type::heading);
  EXPECT_EQ(block_with(page, "Notice and deposit")->lines.size(), 1u);
}

TEST(PageLayout, IdeographsAreCutAtRuledLines) {
  PageWords words;
  for (int i = 0; i <= 4; ++i) words.rules.push_back({60. + 34 * i, 100, 60. + 34 * i, 142});
  for (int i = 0; i <= 3; ++i) words.rules.push_back({60, 100. + 14 * i, 196, 100. + 14 * i});
  const auto across = [&](const std::string& text, double x0, double x1, double y) {
    PlacedWord word{.text = text, .confidence = 90};
    word.quad = {x0, y - 9, x1, y - 9, x1, y + 2, x0, y + 2};
    words.words.push_back(word);
  };
  across("星期一星期二", 62, 126, 111), across("星期三", 130, 160, 111), across("星期四", 164, 194, 111);
  across("语文", 67, 87, 125), across("数学英语", 101, 155, 125), across("物理", 169, 189, 125);
  across("体育", 67, 87, 139), across("化学", 101, 121, 139), across("历史地理", 135, 189, 139);
  const Page page = laid_out(words);
  EXPECT_EQ(lines_of(page),
            (std::vector<std::string>{"星期一 星期二 星期三 星期四", "语文 数学 英语 物理", "体育 化学 历史 地理"}));
  ASSERT_EQ(page.tables.size(), 1u);
  ASSERT_EQ(page.tables[0].rows.size(), 3u);
  ASSERT_EQ(page.tables[0].rows[1].size(), 4u);
  EXPECT_EQ(page.tables[0].rows[1][1].text, "数学");
  EXPECT_EQ(page.tables[0].rows[1][2].text, "英语");
  EXPECT_NEAR(page.tables[0].rows[1][2].box.x0, 128, 0.01);
  EXPECT_EQ(page.tables[0].rows[2][3].text, "地理");
}

TEST(PageLayout, IdeographsUprightInANarrowCellAreOneLine) {  // a VAT invoice: the parties stand upright beside their rows
  PageWords words;
  const double xs[] = {60, 76, 400}, ys[] = {100, 166, 200, 266};
  for (const double y : ys) words.rules.push_back({60, y, 400, y});
  for (const double x : xs) words.rules.push_back({x, 100, x, 266});
  const auto party = [&](const std::vector<std::string>& upright, double top, double step, const std::vector<std::string>& rows) {
    for (size_t i = 0; i < upright.size(); ++i) ideographs(words, upright[i], 63, top + 16 + step * double(i));
    for (size_t i = 0; i < rows.size(); ++i) ideographs(words, rows[i], 80, top + 14 + 15 * double(i));
  };
  party({"购", "买", "方"}, 100, 20,
        {"名称：港口工程有限公司", "纳税人识别号：91310000", "地址：南京东路三百号", "开户行：工商银行"});
  party({"备", "注"}, 166, 14, {"含税", "代运"});
  party({"销", "售", "方"}, 200, 20, {"名称：北方钢铁厂", "纳税人识别号：91210000", "地址：解放路八号", "开户行：建设银行"});
  const Page page = laid_out(words);
  EXPECT_EQ(difference(page, {"购买方", "名称：港口工程有限公司", "纳税人识别号：91310000", "地址：南京东路三百号",
                              "开户行：工商银行", "备注", "含税", "代运", "销售方", "名称：北方钢铁厂", "纳税人识别号：91210000",
                              "地址：解放路八号", "开户行：建设银行"}),
            "");
  ASSERT_EQ(page.tables.size(), 1u);
  ASSERT_EQ(page.tables[0].rows.size(), 3u);
  EXPECT_EQ(page.tables[0].rows[0][0].text, "购买方");
  EXPECT_EQ(page.tables[0].rows[1][0].text, "备注");
  EXPECT_EQ(page.tables[0].rows[2][0].text, "销售方");
}

TEST(PageLayout, ANarrowColumnOfSingleIdeographsIsNoLine) {  // units of measure, without ruled lines between the rows
  PageWords words;
  for (const double y : {100., 116., 180.}) words.rules.push_back({60, y, 300, y});
  for (const double x : {60., 160., 184., 300.}) words.rules.push_back({x, 100, x, 180});
  std::vector<std::string> wanted;
  const std::vector<std::vector<std::string>> rows = {
      {"品名", "单位", "金额"}, {"不锈钢螺栓", "个", "102.00"}, {"防水胶带", "卷", "48.00"}, {"照明灯具", "台", "1408.00"}};
  for (size_t r = 0; r < rows.size(); ++r) {
    const double y = r == 0 ? 112 : 113 + 16 * double(r);
    ideographs(words, rows[r][0], 64, y), ideographs(words, rows[r][1], r == 0 ? 162 : 167, y),
        ideographs(words, rows[r][2], 240, y);
    wanted.push_back(rows[r][0] + " " + rows[r][1] + " " + rows[r][2]);
  }
  EXPECT_EQ(difference(laid_out(words), wanted), "");
}

TEST(PageLayout, ProseOfIdeographsIsNoTable) {
  Dice dice(3);
  PageWords words;  // marks leave white, and stand below each other now and then
  std::vector<std::string> wanted;
  for (int r = 0; r < 30; ++r) {
    double x = 60;
    std::string line;
    while (x < 480) {
      std::string piece;
      const int n = 2 + int(dice() % 4);
      for (int i = 0; i < n; ++i) piece += "港口管理处仓库逾期不予验收" + std::string();
      piece = piece.substr(0, size_t(3 * n));
      ideographs(words, piece, x, 100 + 15. * r);
      x += 10. * n;
      line += piece;
      if (dice() % 3 == 0) x += 6;  // the white of a mark that was not read
    }
    wanted.push_back(line);
  }
  const Page page = laid_out(words);
  EXPECT_EQ(difference(page, wanted), "");
  EXPECT_TRUE(page.tables.empty());
}

TEST(PageLayout, VerticalColumnsRunRightToLeft) {
  PageWords words;
  words.vertical = true;
  const auto add = [&](const std::string& text, double x, double y, double length) {
    PlacedWord word;
    word.text = text;
    word.quad = {x, y, x + 12, y, x + 12, y + length, x, y + length};
    words.words.push_back(word);
  };
  add("第二", 480, 60, 24), add("行", 480, 88, 12), add("第一", 500, 60, 24), add("行", 500, 88, 12), add("第三行", 460, 60, 36);
  Page page;
  page.page = 1, page.width = 595, page.height = 842;
  lay_out(page, words);
  EXPECT_EQ(lines_of(page), (std::vector<std::string>{"第一行", "第二行", "第三行"}));
}

TEST(PageLayout, SlantedAndTurnedTextIsReadAlongItsLines) {
  for (int turned : {0, 90, 180, 270}) {
    SCOPED_TRACE(turned);
    Dice dice(12);
    Setter setter;
    setter.paragraph(english_text(dice, 8), 60, 540, 60, 10);
    PageWords& words = setter.words;
    words.turned = turned, words.skew = 2.5;
    const Map map = turn_map(turned, 595, 842) * rotation_map(2.5);
    for (auto& word : words.words)
      for (size_t i = 0; i < 8; i += 2) {
        const cv::Point2d p = through(map, word.quad[i], word.quad[i + 1]);
        word.quad[i] = p.x, word.quad[i + 1] = p.y;
      }
    const Page page = setter.laid_out();
    EXPECT_EQ(difference(page, setter.lines), "");
    EXPECT_TRUE(page.blocks[0].lines[0].quad);
    EXPECT_EQ(page.turned, turned);
  }
}

// A line on its side in a text layer: `turned` 90 is read downwards, 270 upwards, from the baseline's left end at x, y.
void turned_line(Setter& setter, const std::string& text, double x, double y, double size, int turned) {
  Setter own;
  own.line(text, 0, 0, size, false);
  for (auto& word : own.words.words) {
    for (size_t i = 0; i < 8; i += 2) {
      const double along = word.quad[i], up = -word.quad[i + 1];
      word.quad[i] = turned == 90 ? x + up : x - up;
      word.quad[i + 1] = turned == 90 ? y + along : y - along;
    }
    setter.words.words.push_back(word);
  }
}

TEST(PageLayout, NotesInTheMarginAreLinesOfTheirOwn) {
  for (int turned : {90, 270}) {
    SCOPED_TRACE(turned);
    Dice dice(14);
    Setter setter;
    double y = setter.paragraph(english_text(dice, 10), 90, 540, 60, 10) + 14;
    setter.paragraph(english_text(dice, 10), 90, 540, y, 10);
    const double start = turned == 90 ? 200 : 500;
    turned_line(setter, "A note on the side of the page", turned == 90 ? 40 : 30, start, 16, turned);
    turned_line(setter, "and its second line", turned == 90 ? 20 : 50, start, 16, turned);
    setter.lines.insert(setter.lines.end(), {"A note on the side of the page", "and its second line"});
    const Page page = setter.laid_out();
    EXPECT_EQ(difference(page, setter.lines), "");
    EXPECT_EQ(page.turned, 0);
    const Block& note = page.blocks.back();
    EXPECT_EQ(note.type, Block::Type::text);  // however large it is
    ASSERT_EQ(note.lines.size(), 2u);
    ASSERT_TRUE(note.lines[0].quad);
    const auto& q = *note.lines[0].quad;
    EXPECT_NEAR(q[1], start, 0.01);  // the text's own top left
    EXPECT_NEAR(q[0], turned == 90 ? 52 : 18, 0.01);
    EXPECT_NEAR(q[3], turned == 90 ? note.lines[0].box.y1 : note.lines[0].box.y0, 0.01);
    EXPECT_FALSE(page.blocks[0].lines[0].quad);
  }
}

TEST(PageLayout, HeadsOnTheirSideBelongToTheTable) {
  for (const bool ruled : {true, false}) {
    SCOPED_TRACE(ruled);
    Dice dice(21);
    Setter setter;
    const double top = setter.paragraph(english_text(dice, 4), 60, 540, 60, 10) + 20, bottom = top + 100;
    const char* heads[] = {"Opening hours", "Parking", "Dogs allowed"};
    const char* rows[][4] = {{"Library", "yes", "no", "yes"}, {"Museum", "no", "no", "yes"}, {"Harbour", "yes", "yes", "no"}};
    const double xs[] = {60, 160, 190, 220, 250};
    setter.line("Place", 64, bottom - 5, 10, false);
    std::vector<std::string> wanted;
    for (int c = 0; c < 3; ++c) turned_line(setter, heads[c], xs[c + 1] + 18, bottom - 5, 10, 270);
    for (int r = 0; r < 3; ++r)
      for (int c = 0; c < 4; ++c) setter.line(rows[r][c], xs[c] + 4, bottom + 13 + 18 * r, 10, false);
    if (ruled) {
      for (double x : xs) setter.words.rules.push_back({x, top, x, bottom + 54});
      for (double y : {top, bottom, bottom + 18, bottom + 36, bottom + 54}) setter.words.rules.push_back({60, y, 250, y});
    }
    setter.lines.insert(setter.lines.end(), {"Opening hours", "Parking", "Dogs allowed", "Place", "Library yes no yes",
                                             "Museum no no yes", "Harbour yes yes no"});
    setter.paragraph(english_text(dice, 4), 60, 540, bottom + 90, 10);
    const Page page = setter.laid_out();
    EXPECT_EQ(difference(page, setter.lines), "");
    ASSERT_EQ(page.tables.size(), 1u);
    const auto& table = page.tables[0];
    ASSERT_EQ(table.rows.size(), 4u);
    ASSERT_EQ(table.rows[0].size(), 4u);
    EXPECT_EQ(table.rows[0][0].text, "Place");
    for (size_t c = 0; c < 3; ++c) EXPECT_EQ(table.rows[0][c + 1].text, heads[c]);
    for (size_t r = 0; r < 3; ++r)
      for (size_t c = 0; c < 4; ++c) EXPECT_EQ(table.rows[r + 1][c].text, rows[r][c]);
    EXPECT_EQ(block_with(page, "Parking"), block_with(page, "Museum"));
    EXPECT_TRUE(block_with(page, "Parking")->lines[0].quad);
  }
}

TEST(PageLayout, RecordsBetweenTwoRuledLinesAreRows) {
  Setter setter;
  const char* rows[][3] = {{"Item", "Qty", "Price"},
                           {"Filter", "8", "$38.75"},
                           {"Pump of cast", "1", "$489.00"},
                           {"iron", "", ""},
                           {"Hose clamp", "50", "$2.41"}};
  const double xs[] = {60, 160, 220, 300};
  for (int r = 0; r < 5; ++r)
    for (int c = 0; c < 3; ++c)
      if (*rows[r][c]) setter.line(rows[r][c], xs[c] + 4, 113 + 15 * r, 10, false);
  for (double x : xs) setter.words.rules.push_back({x, 100, x, 180});
  for (double y : {100.0, 118.0, 180.0}) setter.words.rules.push_back({60, y, 300, y});
  const Page page = setter.laid_out();
  ASSERT_EQ(page.tables.size(), 1u);
  const auto& table = page.tables[0];
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[1][0].text, "Filter");
  EXPECT_EQ(table.rows[1][2].text, "$38.75");
  EXPECT_EQ(table.rows[2][0].text, "Pump of cast iron");
  EXPECT_EQ(table.rows[2][1].text, "1");
  EXPECT_EQ(table.rows[3][0].text, "Hose clamp");
  EXPECT_EQ(table.rows[3][2].text, "$2.41");
}

TEST(PageLayout, LinesOfOneCellStayTogether) {
  Setter setter;
  const char* rows[][2] = {{"Name", "Address"}, {"Ada Bloom", "Mill Lane 22"}, {"Bookbinder", "Leeds"}};
  const double xs[] = {60, 160, 300};
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 2; ++c) setter.line(rows[r][c], xs[c] + 4, 113 + 15 * r, 10, false);
  for (double x : xs) setter.words.rules.push_back({x, 100, x, 150});
  for (double y : {100.0, 118.0, 150.0}) setter.words.rules.push_back({60, y, 300, y});
  const Page page = setter.laid_out();
  ASSERT_EQ(page.tables.size(), 1u);
  ASSERT_EQ(page.tables[0].rows.size(), 2u);
  EXPECT_EQ(page.tables[0].rows[1][0].text, "Ada Bloom Bookbinder");
}

TEST(PageLayout, LabelsOfAxesStandWithTheirDrawing) {
  Dice dice(33);
  Setter setter;
  double y = setter.paragraph(english_text(dice, 4), 60, 540, 60, 10) + 30;
  for (int i = 0; i < 6; ++i) setter.line(std::to_string(50 - 10 * i), 90, y + 30 * i, 8);
  turned_line(setter, "Price per tonne", 76, y + 120, 9, 270);
  setter.lines.push_back("Price per tonne");
  for (const char* year : {"year 2021", "year 2022", "year 2023"}) {  // below the drawing, wider than all above them
    turned_line(setter, year, 110 + 160 * (year[8] - '1'), y + 205, 8, 270);
    setter.lines.push_back(year);
  }
  y += 50;
  setter.paragraph(english_text(dice, 4), 60, 540, y + 190, 10);
  const Page page = setter.laid_out();
  EXPECT_EQ(difference(page, setter.lines), "");
}

TEST(PageLayout, WarningsAreToldOnce) {  // the worker tells those of a reading, whether its words are laid out or not
  Setter setter;
  setter.line("words", 60, 100, 10);
  setter.words.warnings = {{"timeout", 0, "recognition took too long"}};
  Page page;
  page.page = 1, page.width = 595, page.height = 842;
  page.warnings = {{"timeout", 1, "recognition took too long"}};
  lay_out(page, setter.words);
  EXPECT_EQ(page.warnings.size(), 1u);
}

TEST(PageLayout, LettersThatRunToTheLeftAreReadFromTheRight) {
  // As seen from the left, so the first letter in the string is the last that is read.
  EXPECT_EQ(in_reading_order("\u05DD\u05D5\u05DC\u05E9"), "\u05E9\u05DC\u05D5\u05DD");  // shalom
  EXPECT_EQ(in_reading_order("\u0645\u0644\u0627\u0639\u0644\u0627\u0628"), "\u0628\u0627\u0644\u0639\u0627\u0644\u0645");
  EXPECT_EQ(in_reading_order("1,250.00\u05DD\u05D5"), "\u05D5\u05DD1,250.00");  // figures run to the right all the same
  EXPECT_EQ(in_reading_order("(\u05DD\u05D5)"), "(\u05D5\u05DD)");              // a bracket opens where the reader begins
  EXPECT_EQ(in_reading_order("Total:"), "Total:");
  EXPECT_EQ(in_reading_order("\u5408\u8BA1"), "\u5408\u8BA1");
  const auto line_of = [](std::vector<std::string> from_the_left) {
    Setter page;
    double x = 50;
    for (const auto& word : from_the_left) page.word(word, x, 100, 12), x += 40;
    Page result;
    result.page = 1, result.width = 600, result.height = 800;
    lay_out(result, page.words);
    EXPECT_EQ(result.blocks.size(), 1u);
    return result.blocks.at(0).lines.at(0).text;
  };
  EXPECT_EQ(line_of({"\u05D3", "12", "May", "\u05D1", "\u05D0"}), "\u05D0 \u05D1 12 May \u05D3");
  EXPECT_EQ(line_of({"The", "word", "\u05D1", "\u05D0", "means", "that"}), "The word \u05D0 \u05D1 means that");
}

TEST(PageLayout, NothingGivesNothing) {
  Page page;
  page.page = 1, page.width = 595, page.height = 842;
  lay_out(page, {});
  EXPECT_TRUE(page.blocks.empty());
  EXPECT_TRUE(page.tables.empty());
  EXPECT_FALSE(page.confidence);
}

}  // namespace
}  // namespace bifrons::test
