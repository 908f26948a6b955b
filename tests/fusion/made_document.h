// tests/fusion/made_document.h - documents out of lines of text, laid out in a fixed-width font, for tests of answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ocr/document/document.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

// Each character is 6 pt wide, an ideograph 12; lines are 14 pt apart. Words are cut at blanks, ideographs stay in one word, and
// two or more blanks are a gap between cells. A tab stops at multiples of 60 pt. `confidence` below 0: a text layer.
inline Line made_line(std::string_view text, int64_t page, size_t number, double y, double confidence = -1) {
  Line line;
  line.id = "p" + std::to_string(page) + "l" + std::to_string(number);
  double x = 72;
  Word word;
  double from = x;
  const auto flush = [&] {
    if (word.text.empty()) return;
    word.box = {from, y, x, y + 11};
    if (confidence >= 0) word.confidence = confidence;
    line.words.push_back(word);
    word = {};
  };
  each_code_point(text, [&](char32_t c, size_t begin, size_t end) {
    if (c == U' ' || c == U'\t' || c == 0x3000) {
      flush();
      if (c == U'\t')
        x = (double(int(x / 60)) + 1) * 60;
      else
        x += c == 0x3000 ? 12 : 6;
      return;
    }
    if (word.text.empty()) from = x;
    word.text += text.substr(begin, end - begin);
    x += is_ideographic(c) || (c >= 0xFF00 && c < 0xFF5F) || (c >= 0x3001 && c < 0x3010) ? 12 : 6;
  });
  flush();
  for (size_t i = 0; i < line.words.size(); ++i) {
    const std::u32string now = code_points(line.words[i].text);
    const bool joined = i > 0 && is_ideographic(now.front()) && is_ideographic(code_points(line.words[i - 1].text).back());
    line.text += (i == 0 || joined ? "" : " ") + line.words[i].text;
    line.box = i == 0 ? line.words[i].box : hull(line.box, line.words[i].box);
  }
  if (confidence >= 0) line.confidence = confidence;
  return line;
}

// Lines separated by newlines; an empty line ends a block; a form feed ends a page.
inline Document made_document(std::string_view text, std::string name = "made.pdf", double confidence = -1) {
  Document document;
  document.file.name = std::move(name);
  document.file.type = "pdf";
  document.file.sha256 = std::string(64, '0');
  size_t at = 0;
  while (at <= text.size()) {
    const size_t end = std::min(text.find('\f', at), text.size());
    Page page;
    page.page = int64_t(document.pages.size()) + 1;
    page.width = 595, page.height = 842;
    page.unit = Page::Unit::pt;
    page.source = confidence < 0 ? Page::Source::text : Page::Source::ocr;
    size_t number = 0, row = 0;
    Block block;
    const auto flush = [&] {
      if (!block.lines.empty()) page.blocks.push_back(block);
      block = {};
    };
    std::string_view rest = text.substr(at, end - at);
    while (!rest.empty()) {
      const size_t stop = std::min(rest.find('\n'), rest.size());
      const std::string_view one = rest.substr(0, stop);
      rest.remove_prefix(std::min(stop + 1, rest.size()));
      const double y = 60 + 14 * double(row++);
      if (one.find_first_not_of(" \t") == std::string_view::npos) {
        flush();
        continue;
      }
      Line line = made_line(one, page.page, ++number, y, confidence);
      if (block.lines.empty()) block.id = "p" + std::to_string(page.page) + "b" + std::to_string(page.blocks.size() + 1);
      block.box = block.lines.empty() ? line.box : hull(block.box, line.box);
      block.lines.push_back(std::move(line));
    }
    flush();
    document.pages.push_back(std::move(page));
    at = end + 1;
  }
  document.page_count = int64_t(document.pages.size());
  return document;
}

}  // namespace bifrons
