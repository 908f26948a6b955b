// tests/ocr/reader/columns_test.cpp - pages of one, two and three columns with a text layer: characters in reading order and word
// boxes against what was written where. Source of the bars: documents.md 10.
#include <cstdio>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/ocr/page/answers.h"
#include "tests/ocr/page/score.h"
#include "tests/ocr/page/texts.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/read_with.h"

namespace bifrons {
namespace {

constexpr double page_width = 595, page_height = 842, margin = 60, gap = 24;  // pt

struct Face {
  const char* name;  // of PdfWriter's
  double ascent, descent;
  // Thousandths of the size, from ' ' to 'z'. Source: Adobe's font metrics (Core14_AFMs), Helvetica.afm and Times-Roman.afm.
  std::array<int, 91> widths;
  double width(const std::string& text, double size) const {
    double sum = 0;
    for (const char c : text) sum += widths.at(size_t(c - ' '));
    return sum * size / 1000;
  }
};
std::array<int, 91> all_of(int width) {
  std::array<int, 91> widths{};
  widths.fill(width);
  return widths;
}
const Face faces[] = {
    {"F1", 0.72, 0.21, {278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
                        556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
                        611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
                        667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
                        222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500}},
    {"F2", 0.68, 0.22, {250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
                        500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
                        556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
                        722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
                        278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444}},
    {"F3", 0.62, 0.16, all_of(600)}};

struct Written {
  std::string content, text;  // of the page, and its truth
  std::vector<test::TrueWord> words;
};

// One line with its left end at `x`, as one string; `spread`: points more for each space, as justified lines have.
void write_line(Written& page, const Face& face, double x, double y, const std::string& line, double size, double spread) {
  page.content += PdfWriter::text(x, y, line, size, face.name, PdfWriter::number(spread) + " Tw");
  page.text += line + "\n";
  std::istringstream words(line);
  for (std::string word; words >> word; x += face.width(" ", size) + spread) {
    const double end = x + face.width(word, size), top = page_height - y - face.ascent * size,
                 bottom = page_height - y + face.descent * size;
    page.words.push_back({word, {x, top, end, top, end, bottom, x, bottom}});
    x = end;
  }
}

Written make_columns(int columns, uint32_t seed) {
  test::Dice dice(seed * 10 + uint32_t(columns));
  const Face& face = faces[seed % 3];
  const double size = columns == 3 ? 8 : test::roll(dice, 9., 11.), column = (page_width - 2 * margin + gap) / columns;
  const bool justified = test::roll(dice, 0, 1) == 1;
  Written page;
  write_line(page, face, margin, page_height - 70, test::english_title(dice), 16, 0);
  for (int c = 0; c < columns; ++c) {
    const double left = margin + c * column, width = column - gap, last = c + 1 < columns ? 80 : test::roll(dice, 80., 300.);
    double y = page_height - 110;
    while (y > last) {  // paragraphs
      std::istringstream words(test::english_text(dice, test::roll(dice, 3, 6)));
      std::string line, word;
      for (bool more = true; more && y > last;) {
        more = bool(words >> word);
        if (more && (line.empty() || face.width(line + " " + word, size) <= width)) {
          line += (line.empty() ? "" : " ") + word;
          continue;
        }
        const auto spaces = double(std::count(line.begin(), line.end(), ' '));
        const double spread = justified && more && spaces > 0 ? (width - face.width(line, size)) / spaces : 0;
        write_line(page, face, left, y, line, size, spread);
        line = word;
        y -= 1.25 * size;
      }
      y -= 0.6 * size;
    }
  }
  return page;
}

class TextColumns : public testing::TestWithParam<int> {};

TEST_P(TextColumns, EveryCharacterInOrderAndEveryWordInItsPlace) {
  const int columns = GetParam();
  PdfWriter pdf;
  std::vector<Written> truth;
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    truth.push_back(make_columns(columns, seed));
    pdf.add_page(truth.back().content);
  }
  const Document document = read_bytes(pdf.bytes());
  ASSERT_EQ(document.pages.size(), truth.size());
  double error = 0, word_error = 0, boxes = 0;
  test::Standing answers;
  for (size_t i = 0; i < truth.size(); ++i) {
    const Page& page = document.pages[i];
    const std::string text = text_of(page);
    const double rate = test::character_error_rate(text, truth[i].text), hits = test::box_hits(page, truth[i].words);
    EXPECT_EQ(page.source, Page::Source::text);
    EXPECT_GE(truth[i].words.size(), 250u);
    EXPECT_GE(hits, 0.995) << "page " << i + 1;
    if (rate > 0) std::printf("page %zu: CER %.2f %%, boxes %.2f %%\n", i + 1, 100 * rate, 100 * hits);
    error += rate, boxes += hits, word_error += test::word_error_rate(text, truth[i].text);
    answers.add(test::standing(text, truth[i].text));
  }
  const auto pages = double(truth.size());
  std::printf("%d columns: CER %.3f %%, WER %.3f %%, boxes %.2f %%, %d of %d answers stand\n", columns, 100 * error / pages,
              100 * word_error / pages, 100 * boxes / pages, answers.stand, answers.asked);
  EXPECT_LE(error / pages, columns == 2 ? 0.005 : 0.002);
  EXPECT_LE(word_error / pages, columns == 2 ? 0.01 : 0.005);
  EXPECT_EQ(answers.stand, answers.asked);
}

INSTANTIATE_TEST_SUITE_P(Pages, TextColumns, testing::Values(1, 2, 3));

}  // namespace
}  // namespace bifrons
