// ocr/document/text_export.cpp - a page as plain text and as Markdown. Source: documents.md 4.
#include <algorithm>
#include <cctype>
#include <span>

#include <unicode/uchar.h>

#include "ocr/document/exports.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

constexpr size_t most_row_lines = 8;  // of a table's row
constexpr size_t most_rows = 1000;    // of a table whose rows are looked for among lines

bool is_letter(char32_t c) { return u_isalpha(UChar32(c)) && !is_ideographic(c); }

// Where the hyphen of "infor-" begins, or npos: a hyphen at the very end, behind a letter.
size_t line_end_hyphen(std::string_view line) {
  size_t begin = std::string_view::npos;
  bool after_letter = false;
  char32_t before = 0;
  each_code_point(line, [&](char32_t c, size_t at, size_t end) {
    if (end == line.size() && (c == '-' || c == 0x2010 || c == 0xAD)) {
      begin = at;
      after_letter = is_letter(before);
    }
    before = c;
  });
  return after_letter ? begin : std::string_view::npos;
}
bool begins_small(std::string_view line) {
  bool small = false;
  each_code_point(line, [&](char32_t c, size_t at, size_t) {
    if (at == 0) small = u_islower(UChar32(c));
  });
  return small;
}
std::string all_lines(const Page& page) {
  std::string text;
  for (const Block& block : page.blocks)
    for (const Line& line : block.lines) text += line.text + '\n';
  return text;
}
std::vector<std::string> line_texts(const Block& block) {
  std::vector<std::string> lines;
  for (const Line& line : block.lines) lines.push_back(line.text);
  return lines;
}
std::string joined(const std::vector<std::string>& lines, std::string_view between) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += between;
    text += lines[i];
  }
  return text;
}
void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

double overlap(const Box& a, const Box& b) {
  const double wide = std::min(a.x1, b.x1) - std::max(a.x0, b.x0), high = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  return wide > 0 && high > 0 ? wide * high : 0;
}
const Table* table_of(const Block& block, const Page& page) {  // the one that covers most of the block, at least half of it
  const Table* best = nullptr;
  double most = 0.5 * overlap(block.box, block.box);
  for (const Table& table : page.tables)
    if (const double common = overlap(block.box, table.box); common > most) {
      best = &table;
      most = common;
    }
  return best;
}
size_t columns_of(const Table& table) {
  size_t columns = 0;
  for (const auto& row : table.rows) columns = std::max(columns, row.size());
  return columns;
}
std::string pipe_row(const std::vector<TableCell>& row, size_t columns) {
  std::string text = "|";
  for (size_t i = 0; i < columns; ++i) {
    std::string cell = i < row.size() ? row[i].text : "";
    replace_all(cell, "\n", " ");
    replace_all(cell, "|", "\\|");
    text += ' ' + cell + " |";
  }
  return text;
}
std::string rule_below_head(size_t columns) {
  std::string text = "|";
  for (size_t i = 0; i < columns; ++i) text += " --- |";
  return text;
}
std::string pipe_table(const Table& table) {
  const size_t columns = columns_of(table);
  if (columns == 0) return "";
  std::string text = pipe_row(table.rows.front(), columns) + '\n' + rule_below_head(columns);
  for (size_t i = 1; i < table.rows.size(); ++i) text += '\n' + pipe_row(table.rows[i], columns);
  return text;
}

// The row whose cells hold just what the lines say, in whatever order; none: -1.
ptrdiff_t row_with(const Table& table, std::span<const Line* const> lines) {
  const auto add = [](std::u32string& letters, std::string_view text) {
    each_code_point(text, [&](char32_t c, size_t, size_t) {
      if (c > ' ') letters += c;
    });
  };
  std::u32string said;
  double top = 1e300, bottom = -1e300;
  for (const Line* line : lines) {
    add(said, line->text);
    top = std::min(top, line->box.y0);
    bottom = std::max(bottom, line->box.y1);
  }
  std::sort(said.begin(), said.end());
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::vector<TableCell>& row = table.rows[i];
    if (std::none_of(row.begin(), row.end(), [&](const TableCell& cell) { return cell.box.y0 < bottom && cell.box.y1 > top; }))
      continue;
    std::u32string held;
    for (const TableCell& cell : row) add(held, cell.text);
    if (held.size() != said.size()) continue;
    std::sort(held.begin(), held.end());
    if (held == said) return ptrdiff_t(i);
  }
  return -1;
}

// How many bytes the mark of a list item takes at the beginning of a line ("- ", "3. ", "(a) ", "•"), 0: no mark.
size_t item_mark(std::string_view line, bool& numbered) {
  numbered = false;
  for (const std::string_view bullet :
       {"\u2022", "\u00B7", "\u25AA", "\u25E6", "\u2023", "\u25CF", "\u25CB", "\u25A0", "\u2013", "\u2014", "-", "*", "+"})
    if (line.substr(0, bullet.size()) == bullet) {
      const size_t after = line.find_first_not_of(' ', bullet.size());
      if (bullet.size() > 1 || after > bullet.size()) return after == std::string_view::npos ? line.size() : after;
    }
  size_t i = line.substr(0, 1) == "(" ? 1 : 0;
  const size_t first = i;
  while (i < line.size() && i < first + 3 && std::isalnum(static_cast<unsigned char>(line[i]))) ++i;
  const bool letter = i == first + 1 && std::isalpha(static_cast<unsigned char>(line[first]));
  const bool digits = i > first && std::all_of(line.begin() + ptrdiff_t(first), line.begin() + ptrdiff_t(i),
                                               [](unsigned char c) { return std::isdigit(c); });
  if ((letter || digits) && i + 1 < line.size() && (line[i] == '.' || line[i] == ')') && line[i + 1] == ' ') {
    numbered = true;
    return i + 2;
  }
  return 0;
}

std::string list_items(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    bool numbered = false;
    const size_t mark = item_mark(line, numbered);
    if (!text.empty()) text += '\n';
    if (mark == 0)
      text += text.empty() ? "- " + line : "  " + line;
    else
      text += numbered ? line : "- " + line.substr(mark);
  }
  return text;
}

std::string block_markdown(const Block& block, const Page& page, const HeadingLevels& levels, std::string_view whole) {
  if (block.type == Block::Type::table)
    if (const Table* table = table_of(block, page)) return pipe_table(*table);
  std::vector<std::string> lines = join_hyphens(line_texts(block), whole);
  if (block.type == Block::Type::heading) return std::string(size_t(levels.level(block)), '#') + ' ' + joined(lines, " ");
  if (block.type == Block::Type::list) return list_items(lines);
  for (std::string& line : lines)
    if (line.starts_with('#')) line = '\\' + line;
  return joined(lines, "\n");
}

}  // namespace

std::vector<std::string> join_hyphens(const std::vector<std::string>& lines, std::string_view whole) {
  std::vector<std::string> out = lines;
  for (size_t i = 0; i + 1 < out.size(); ++i) {
    const size_t hyphen = line_end_hyphen(out[i]);
    if (hyphen == std::string::npos || !begins_small(out[i + 1])) continue;
    const std::string tail = out[i + 1].substr(0, out[i + 1].find(' '));
    const size_t space = out[i].rfind(' ');
    const std::string head =
        out[i].substr(space == std::string::npos ? 0 : space + 1, hyphen - (space == std::string::npos ? 0 : space + 1));
    const std::string plain_tail = tail.substr(0, tail.find_last_not_of(".,;:!?)\"'") + 1);
    const bool compound = !plain_tail.empty() && whole.find(head + '-' + plain_tail) != std::string_view::npos;
    out[i].resize(hyphen);
    out[i] += (compound ? "-" : "") + tail;
    out[i + 1].erase(0, std::min(out[i + 1].size(), tail.size() + 1));
    if (out[i + 1].empty()) {  // its only word went up; that word may itself end in a hyphen
      out.erase(out.begin() + ptrdiff_t(i) + 1);
      --i;
    }
  }
  return out;
}

std::string plain_text(const Page& page) {
  const std::string whole = all_lines(page);
  std::string text;
  for (const Block& block : page.blocks) {
    if (!text.empty()) text += '\n';
    for (const std::string& line : join_hyphens(line_texts(block), whole)) text += line + '\n';
  }
  return text;
}
std::string plain_text(const Document& document) {
  std::string text;
  for (size_t i = 0; i < document.pages.size(); ++i) text += (i == 0 ? "" : "\f") + plain_text(document.pages[i]);
  return text;
}

std::string passage_markdown(const Page& page, const std::set<std::string>& ids) {
  std::string text;
  const auto put = [&](const std::string& line) { text += (text.empty() ? "" : "\n") + line; };
  for (const Block& block : page.blocks) {
    std::vector<const Line*> lines;
    for (const Line& line : block.lines)
      if (ids.count(line.id) > 0) lines.push_back(&line);
    const Table* table = block.type == Block::Type::table && !lines.empty() ? table_of(block, page) : nullptr;
    const size_t columns = table != nullptr && table->rows.size() <= most_rows ? columns_of(*table) : 0;
    for (size_t i = 0, taken = 1; i < lines.size(); i += taken) {
      ptrdiff_t row = -1;
      for (taken = columns > 1 ? std::min(most_row_lines, lines.size() - i) : 0; taken > 0 && row < 0; --taken)
        row = row_with(*table, std::span(lines).subspan(i, taken));
      ++taken;
      if (row < 0) {
        put(lines[i]->text);
        continue;
      }
      put(pipe_row(table->rows[size_t(row)], columns));
      if (row == 0) put(rule_below_head(columns));
    }
  }
  return text;
}

std::string markdown(const Block& block, const Page& page) {
  HeadingLevels levels;
  levels.add(page);
  return block_markdown(block, page, levels, all_lines(page));
}
std::string markdown(const Page& page, const HeadingLevels& levels) {
  const std::string whole = all_lines(page);
  std::string text;
  for (const Block& block : page.blocks) {
    const std::string part = block_markdown(block, page, levels, whole);
    if (!part.empty()) text += (text.empty() ? "" : "\n") + part + '\n';
  }
  return text;
}
std::string markdown(const Page& page) {
  HeadingLevels levels;
  levels.add(page);
  return markdown(page, levels);
}
void write_markdown(const EachPage& pages, const WriteText& write) {
  HeadingLevels levels;
  pages([&](const Page& page) { levels.add(page); });
  bool first = true;
  pages([&](const Page& page) {
    const std::string part = markdown(page, levels);
    if (part.empty()) return;
    write((first ? "" : "\n") + part);
    first = false;
  });
}
std::string markdown(const Document& document) {
  std::string text;
  write_markdown(pages_of(document), [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace bifrons
