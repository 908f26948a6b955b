// ocr/page/layout.cpp - see layout.h.
#include "ocr/page/layout.h"

#include <algorithm>
#include <cmath>

#include "ocr/page/columns.h"
#include "ocr/page/script.h"
#include "ocr/page/straighten.h"
#include "ocr/page/tables.h"

namespace bifrons {
namespace {

struct DraftBlock {
  Block::Type type = Block::Type::text;
  std::vector<Row> rows;
  std::vector<std::vector<DraftTable::Cell>> cells;  // of a table
  bool opposite = false;                             // against the page's other text
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

std::vector<DraftBlock> blocks_of(const Region& region, const Rules& rules) {
  std::vector<DraftTable> tables = find_tables(region, rules);
  std::vector<double> gaps;
  double left = 1e300, right = -1e300;  // margins of the prose
  size_t table = 0;
  for (size_t i = 0; i < region.size(); ++i) {
    while (table < tables.size() && i > tables[table].last) ++table;
    if (table < tables.size() && i >= tables[table].first) continue;
    if (i > 0) gaps.push_back(std::max(0.0, region[i].box.y0 - region[i - 1].box.y1));
    left = std::min(left, region[i].box.x0), right = std::max(right, region[i].box.x1);
  }
  std::sort(gaps.begin(), gaps.end());
  const double gap = gaps.empty() ? 0 : gaps[gaps.size() / 3];
  std::vector<DraftBlock> blocks;
  table = 0;
  bool fresh = true;
  for (size_t i = 0; i < region.size(); ++i) {
    if (table < tables.size() && i == tables[table].first) {
      DraftBlock block;
      block.type = Block::Type::table;
      block.rows.assign(region.begin() + std::ptrdiff_t(i), region.begin() + std::ptrdiff_t(tables[table].last) + 1);
      block.cells = std::move(tables[table].rows);
      blocks.push_back(std::move(block));
      i = tables[table++].last;
      fresh = true;
      continue;
    }
    if (fresh || breaks_block(region[i - 1], region[i], gap, left, right)) blocks.emplace_back();
    blocks.back().rows.push_back(region[i]);
    fresh = false;
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
    double smallest = 1e9;
    for (const auto& row : block.rows) smallest = std::min(smallest, row_size(row));
    if (blocks.size() > 1 && block.rows.size() <= 3 && smallest > 1.2 * body)
      block.type = Block::Type::heading;  // "1. The premises" too
    else if (starts_list_item(block.rows[0]))
      block.type = Block::Type::list;
  }
}

Table table_of(const std::vector<std::vector<DraftTable::Cell>>& rows, const Box& box, const ReadingFrame& frame,
               const Page& page) {
  Table table;
  table.box = box;
  for (const auto& row : rows) {
    table.rows.emplace_back();
    for (const auto& cell : row) {
      TableCell done;
      Row words;
      for (const auto& item : cell.items) {
        done.box = words.items.empty() ? item.page_box : hull(done.box, item.page_box);
        words.items.push_back(item);
      }
      done.text = text_of(words);
      if (cell.items.empty()) {
        const auto q = quad_through(frame.to_page, cell.place.x0, cell.place.y0, cell.place.x1, cell.place.y1);
        const auto [x0, x1] = std::minmax({q[0], q[2], q[4], q[6]});
        const auto [y0, y1] = std::minmax({q[1], q[3], q[5], q[7]});
        done.box = {std::clamp(x0, 0.0, page.width), std::clamp(y0, 0.0, page.height), std::clamp(x1, 0.0, page.width),
                    std::clamp(y1, 0.0, page.height)};
      }
      table.rows.back().push_back(std::move(done));
    }
  }
  return table;
}

bool runs_backwards(const PlacedWord& word, const PageWords& words, const ReadingFrame& frame) {
  if (word.confidence >= 0 || words.vertical) return false;  // what was recognised was read one way up
  const cv::Point2d along =
      through(frame.from_page, word.quad[2], word.quad[3]) - through(frame.from_page, word.quad[0], word.quad[1]);
  return along.x < 0 && -along.x > 2 * std::abs(along.y);
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
  std::vector<DraftBlock> drafts;
  const auto draft = [&](const PageWords& part, const ReadingFrame& part_frame, bool opposite) {
    std::vector<Item> items = items_of(part, part_frame);
    Rules rules = rules_of(part, part_frame);
    straighten(items, rules, part, part_frame);
    for (const auto& region : reading_order(std::move(items), rules))
      for (auto& block : blocks_of(region, rules)) {
        block.opposite = opposite;
        drafts.push_back(std::move(block));
      }
  };
  // Upside-down words of a text layer are read after the others, with the page turned: in one frame their lines would run
  // backwards.
  PageWords along, against;
  along.turned = words.turned, along.skew = words.skew, along.vertical = words.vertical;
  along.rules = words.rules, along.ticks = words.ticks;
  against.turned = (words.turned + 180) % 360, against.skew = words.skew;
  for (const auto& word : words.words) (runs_backwards(word, words, frame) ? against : along).words.push_back(word);
  const ReadingFrame opposite_frame = reading_frame(page, against);
  if (against.words.empty()) {
    draft(words, frame, false);
  } else {
    draft(along, frame, false);
    draft(against, opposite_frame, true);
  }
  name_types(drafts);

  const std::string prefix = "p" + std::to_string(page.page);
  const bool quads = words.turned != 0 || words.vertical || std::abs(words.skew) > 0.5;
  int64_t lines = 0;
  for (auto& done : drafts) {
    const ReadingFrame& own = done.opposite ? opposite_frame : frame;
    Block block;
    block.id = prefix + "b" + std::to_string(page.blocks.size() + 1);
    block.type = done.type;
    for (auto& row : done.rows) {
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
      Box level = row.items[0].level_box;
      for (const auto& item : row.items) level = hull(level, item.level_box);
      if (quads || done.opposite) line.quad = quad_through(own.to_page, level.x0, level.y0, level.x1, level.y1);
      block.box = block.lines.empty() ? line.box : hull(block.box, line.box);
      block.lines.push_back(std::move(line));
    }
    if (!done.cells.empty()) page.tables.push_back(table_of(done.cells, block.box, own, page));
    page.blocks.push_back(std::move(block));
  }
}

}  // namespace bifrons
