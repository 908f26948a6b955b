// ocr/page/layout.cpp - see layout.h.
#include "ocr/page/layout.h"

#include <algorithm>
#include <cmath>

#include "ocr/page/columns.h"
#include "ocr/page/script.h"

namespace bifrons {
namespace {

struct DraftBlock {
  Block::Type type = Block::Type::text;
  std::vector<Row> rows;
};

double row_size(const Row& row) {  // font size, by the words
  std::vector<double> sizes;
  for (const auto& item : row.items) sizes.push_back(item.size > 0 ? item.size : item.box.y1 - item.box.y0);
  return median(std::move(sizes));
}

std::string text_of(const Row& row) {
  std::string text;
  char32_t last = 0;
  for (const auto& item : row.items) {
    const std::u32string letters = characters(item.text);
    if (!text.empty() && !letters.empty() && !(is_wide(last) && is_wide(letters.front()))) text += ' ';
    text += item.text;
    if (!letters.empty()) last = letters.back();
  }
  return text;
}

bool starts_list_item(const Row& row) {
  const std::u32string first = characters(row.items[0].text);
  if (row.items.size() > 1 && first.size() == 1 &&
      std::u32string_view(U"•◦▪‣·*-–—●○■□").find(first[0]) != std::u32string_view::npos)
    return true;
  if (row.items.size() > 1 && (row.items[0].text == "[x]" || row.items[0].text == "[ ]")) return true;
  if (first.size() < 2 || first.size() > 4 || row.items.size() < 2) return false;  // 1. 12) (a) b)
  const char32_t end = first.back();
  if (end != '.' && end != ')') return false;
  size_t from = first.front() == '(' ? 1 : 0;
  bool digits = true;
  for (size_t i = from; i + 1 < first.size(); ++i) digits &= first[i] >= '0' && first[i] <= '9';
  return from + 1 < first.size() && (digits || (end == ')' && first.size() - from == 2 && is_letter_or_digit(first[from])));
}

bool breaks_block(const Row& last, const Row& row, double gap, double left, double right) {
  const double size = row_size(row), before = row_size(last), larger = std::max(size, before);
  if (row.box.y0 - last.box.y1 > gap + 0.6 * larger) return true;
  if (larger > 1.2 * std::min(size, before)) return true;
  if (starts_list_item(row)) return true;
  // A first line drawn in, after a line that starts at the margin; or a line after one that ends early.
  const double indent = 1.0 * larger;
  if (row.box.x0 > left + indent && row.box.x0 < left + 4 * indent && last.box.x0 < left + 0.4 * indent) return true;
  return last.box.x1 < left + 0.6 * (right - left) && row.box.x1 > left + 0.8 * (right - left);
}

std::vector<DraftBlock> blocks_of(const Region& region) {
  std::vector<double> gaps;
  double left = region[0].box.x0, right = region[0].box.x1;
  for (size_t i = 1; i < region.size(); ++i) {
    gaps.push_back(std::max(0.0, region[i].box.y0 - region[i - 1].box.y1));
    left = std::min(left, region[i].box.x0), right = std::max(right, region[i].box.x1);
  }
  std::sort(gaps.begin(), gaps.end());
  const double gap = gaps.empty() ? 0 : gaps[gaps.size() / 3];
  std::vector<DraftBlock> blocks;
  for (size_t i = 0; i < region.size(); ++i) {
    if (i == 0 || breaks_block(region[i - 1], region[i], gap, left, right)) blocks.emplace_back();
    blocks.back().rows.push_back(region[i]);
  }
  return blocks;
}

void name_types(std::vector<DraftBlock>& blocks) {
  std::vector<std::pair<double, double>> sizes;  // of lines, with their characters
  double total = 0;
  for (const auto& block : blocks)
    for (const auto& row : block.rows) {
      sizes.emplace_back(row_size(row), double(text_of(row).size()));
      total += sizes.back().second;
    }
  std::sort(sizes.begin(), sizes.end());
  double body = 0, sum = 0;
  for (const auto& [size, weight] : sizes)
    if ((sum += weight) >= total / 2) {
      body = size;
      break;
    }
  for (auto& block : blocks) {
    if (block.type != Block::Type::text) continue;
    if (starts_list_item(block.rows[0])) {
      block.type = Block::Type::list;
      continue;
    }
    double largest = 1e9;
    for (const auto& row : block.rows) largest = std::min(largest, row_size(row));
    if (blocks.size() > 1 && block.rows.size() <= 3 && largest > 1.2 * body) block.type = Block::Type::heading;
  }
}

}  // namespace

void lay_out(Page& page, const PageWords& words) {
  page.turned = words.turned;
  page.skew = words.skew;
  page.languages = words.languages;
  if (words.confidence >= 0) page.confidence = words.confidence;
  page.warnings.insert(page.warnings.end(), words.warnings.begin(), words.warnings.end());
  for (auto& warning : page.warnings) warning.page = page.page;
  page.blocks.clear();
  page.tables.clear();
  const ReadingFrame frame = reading_frame(page, words);
  const Rules rules = rules_of(words, frame);
  std::vector<DraftBlock> drafts;
  for (const auto& region : reading_order(items_of(words, frame), rules))
    for (auto& block : blocks_of(region)) drafts.push_back(std::move(block));
  name_types(drafts);

  const std::string prefix = "p" + std::to_string(page.page);
  const bool quads = words.turned != 0 || words.vertical || std::abs(words.skew) > 0.5;
  int64_t lines = 0;
  for (auto& draft : drafts) {
    Block block;
    block.id = prefix + "b" + std::to_string(page.blocks.size() + 1);
    block.type = draft.type;
    for (auto& row : draft.rows) {
      Line line;
      line.id = prefix + "l" + std::to_string(++lines);
      line.text = text_of(row);
      double sum = 0, weight = 0;
      for (auto& item : row.items) {
        line.box = line.words.empty() ? item.page_box : hull(line.box, item.page_box);
        Word word{.text = item.text, .box = item.page_box};
        if (item.confidence >= 0) {
          word.confidence = item.confidence;
          sum += item.confidence * double(item.text.size()), weight += double(item.text.size());
        }
        line.words.push_back(std::move(word));
      }
      if (weight > 0) line.confidence = sum / weight;
      if (quads) line.quad = quad_through(frame.to_page, row.box.x0, row.box.y0, row.box.x1, row.box.y1);
      block.box = block.lines.empty() ? line.box : hull(block.box, line.box);
      block.lines.push_back(std::move(line));
    }
    page.blocks.push_back(std::move(block));
  }
}

}  // namespace bifrons
