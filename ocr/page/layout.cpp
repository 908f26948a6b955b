// ocr/page/layout.cpp - see layout.h.
#include "ocr/page/layout.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "ocr/page/columns.h"
#include "ocr/page/right_to_left.h"
#include "ocr/page/ruled_tables.h"
#include "ocr/page/script.h"
#include "ocr/page/straighten.h"
#include "ocr/page/tables.h"
#include "ocr/page/turned_lines.h"
#include "ocr/page/upright_cells.h"

namespace bifrons {
namespace {

// Of a word's height. Ideographs so far from each other are written with a space: Tesseract's boxes leave up to 1.7 between
// letters that stand together. A figure and an ideograph whose boxes meet (年12月) are written without one.
constexpr double wide_space = 1.8, meeting = 0.03;
// Size against another line's, or the page's: a heading, another block. Sizes of recognised letters are not as exact.
constexpr double larger_exact = 1.14, larger_recognised = 1.2;
constexpr double least_slant = 3, same_slant = 2;  // degrees
constexpr size_t most_slants = 40;
constexpr size_t many_words = 60;  // turned against the page's other text: laid out as a page of their own

struct DraftLine {
  Row row;
  const ReadingFrame* frame = nullptr;
  bool turned = false;  // against the page's other text
};
struct DraftBlock {
  Block::Type type = Block::Type::text;
  bool plain = false;  // no heading, whatever its size
  std::vector<DraftLine> lines;
  std::vector<std::vector<DraftTable::Cell>> cells;  // of a table, in `frame`
  const ReadingFrame* frame = nullptr;
  Box box;  // in the main reading frame
};

double row_size(const Row& row) {  // font size, by the words
  std::vector<double> sizes;
  for (const auto& item : row.items) sizes.push_back(item.size > 0 ? item.size : item.box.y1 - item.box.y0);
  return median(std::move(sizes));
}

double clearly_larger(const Row& row) { return row.items[0].confidence >= 0 ? larger_recognised : larger_exact; }

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

std::string text_of(const Row& row) {
  std::string text;
  char32_t last = 0;
  for (const auto& item : row.items) {
    const std::u32string letters = characters(item.text);
    bool together = false;
    if (&item != row.items.data() && last && !letters.empty() && !item.apart) {
      const char32_t first = letters.front();
      const Box &before = (&item)[-1].box, &box = item.box;
      const double gap = (box.x0 - before.x1) / std::max({before.y1 - before.y0, box.y1 - box.y0, 1e-6});
      const bool figure = (is_wide(last) && is_digit(first)) || (is_digit(last) && is_wide(first));
      together = is_wide(last) && is_wide(first) ? gap <= wide_space : figure && std::abs(gap) <= meeting;
    }
    if (!text.empty() && !letters.empty() && !together) text += ' ';
    text += item.text;
    if (!letters.empty()) last = letters.back();
  }
  return text;
}

bool breaks_block(const Row& last, const Row& row, double gap, double left, double right) {
  const double size = row_size(row), before = row_size(last), larger = std::max(size, before);
  if (row.box.y0 - last.box.y1 > gap + 0.6 * larger) return true;
  if (larger > clearly_larger(row) * std::min(size, before)) return true;
  if (starts_list_item(row)) return true;
  // A first line drawn in, after a line that starts at the margin; or a line after one that ends early.
  const double indent = 1.0 * larger;
  if (row.box.x0 > left + indent && row.box.x0 < left + 4 * indent && last.box.x0 < left + 0.4 * indent) return true;
  return last.box.x1 < left + 0.6 * (right - left) && row.box.x1 > left + 0.8 * (right - left);
}

// `turned`: lines that may stand in cells of a table; those that do are marked in `placed`.
std::vector<DraftBlock> blocks_of(Region region, const Rules& rules, const DraftLine& like, const std::vector<TurnedLine>& turned,
                                  std::vector<bool>& placed) {
  std::vector<DraftTable> tables = find_tables(region, *like.frame, rules, turned, placed);
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
  const auto add = [&](const DraftLine& line, const Box& box) {
    DraftBlock& block = blocks.back();
    block.box = block.lines.empty() ? box : hull(block.box, box);
    block.lines.push_back(line);
  };
  const auto add_row = [&](const Row& row) { add({row, like.frame, like.turned}, row.box); };
  const auto middle = [](const Box& box) { return (box.y0 + box.y1) / 2; };
  table = 0;
  bool fresh = true;
  for (size_t i = 0; i < region.size(); ++i) {
    if (table < tables.size() && i == tables[table].first) {
      DraftBlock& block = blocks.emplace_back();
      block.type = Block::Type::table;
      block.cells = std::move(tables[table].rows);
      block.frame = like.frame;
      std::map<size_t, const DraftTable::Cell*> cell_of;
      for (const auto& row : block.cells)
        for (const auto& cell : row)
          for (const auto& item : cell.items) cell_of[item.number] = &cell;
      size_t next = 0;
      const std::vector<size_t>& own = tables[table].turned;
      for (; i <= tables[table].last; ++i) {
        for (; next < own.size() && turned[own[next]].place < middle(region[i].box); ++next)
          add({turned[own[next]].row, &turned[own[next]].frame, true}, turned[own[next]].box);
        Row row = region[i];
        for (size_t k = 1; k < row.items.size(); ++k)
          row.items[k].apart = cell_of[row.items[k].number] != cell_of[row.items[k - 1].number];
        add_row(row);
      }
      for (; next < own.size(); ++next) add({turned[own[next]].row, &turned[own[next]].frame, true}, turned[own[next]].box);
      i = tables[table++].last;
      fresh = true;
      continue;
    }
    if (fresh || breaks_block(region[i - 1], region[i], gap, left, right)) blocks.emplace_back();
    add_row(region[i]);
    fresh = false;
  }
  return blocks;
}

// Where blocks that take up `box` are read: before the first block under its middle; where nothing stands over or under it, as
// beside a note in the margin, after all.
size_t place_of(const Box& box, const std::vector<DraftBlock>& blocks) {
  size_t after = blocks.size();
  for (size_t i = 0; i < blocks.size(); ++i) {
    const Box& other = blocks[i].box;
    if (other.x0 >= box.x1 || other.x1 <= box.x0) continue;
    if (other.y0 + other.y1 > box.y0 + box.y1) return i;
    after = i + 1;
  }
  return after;
}

void name_types(std::vector<DraftBlock>& blocks) {
  std::vector<std::pair<double, double>> sizes;  // of lines, with their characters
  double total = 0;
  for (const auto& block : blocks)
    for (const auto& line : block.lines) {
      sizes.emplace_back(row_size(line.row), double(text_of(line.row).size()));
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
    if (block.type != Block::Type::text || block.plain) continue;
    double smallest = 1e9;
    for (const auto& line : block.lines) smallest = std::min(smallest, row_size(line.row));
    const std::string& first = block.lines[0].row.items[0].text;
    const bool tick = first == "[x]" || first == "[ ]";  // a box larger than the letters beside it makes no heading of them
    if (blocks.size() > 1 && !tick && block.lines.size() <= 3 && smallest > clearly_larger(block.lines[0].row) * body)
      block.type = Block::Type::heading;  // "1. The premises" too
    else if (starts_list_item(block.lines[0].row))
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
      to_reading_order(words.items);
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

}  // namespace

void lay_out(Page& page, const PageWords& words) {
  page.turned = words.turned;
  page.skew = words.skew;
  page.languages = words.languages;
  if (words.confidence >= 0) page.confidence = words.confidence;
  page.blocks.clear();
  page.tables.clear();
  const ReadingFrame frame = reading_frame(page, words);
  // Words that are turned against the page's others are lines of their own frames: in the main one they would stand one a line,
  // or run backwards.
  std::array<PageWords, 4> parts;
  for (int turn = 0; turn < 4; ++turn)
    parts[size_t(turn)].turned = (words.turned + 90 * turn) % 360, parts[size_t(turn)].skew = words.skew;
  parts[0].vertical = words.vertical;
  parts[0].rules = words.rules, parts[0].ticks = words.ticks;
  std::vector<PageWords> slanted;
  for (const auto& word : words.words) {
    const Turn turn = words.vertical ? Turn{} : turn_of(word, frame);
    if (word.confidence >= 0 || std::abs(turn.slant) < least_slant) {  // what was recognised was made level for it
      parts[size_t(turn.quarters)].words.push_back(word);
      continue;
    }
    const int turned = (words.turned + 90 * turn.quarters) % 360;
    const double skew = words.skew + turn.slant;
    auto like = std::find_if(slanted.begin(), slanted.end(), [&](const PageWords& part) {
      return part.turned == turned && std::abs(part.skew - skew) < same_slant;
    });
    if (like == slanted.end() && slanted.size() == most_slants) like = slanted.end() - 1;
    if (like == slanted.end()) {
      PageWords part;
      part.turned = turned, part.skew = skew;
      like = slanted.insert(slanted.end(), std::move(part));
    }
    like->words.push_back(word);
  }
  std::array<ReadingFrame, 4> frames;
  for (size_t turn = 0; turn < 4; ++turn) frames[turn] = reading_frame(page, parts[turn]);

  std::vector<TurnedLine> turned;
  std::vector<bool> placed;
  size_t turns = 0;
  const auto drafts_of = [&](size_t turn) {
    std::vector<DraftBlock> blocks;
    const PageWords& part = parts[turn];
    std::vector<Item> items = items_of(part, frames[turn]);
    Rules rules = rules_of(part, frames[turn]);
    straighten(items, rules, part, frames[turn]);
    cut_at_rules(items, rules, frames[turn]);
    if (turn == 0 && !words.vertical) {
      const size_t block = turned.empty() ? 0 : turned.back().block + 1;
      for (auto& line : take_upright_cells(items, rules, page, words, block, turns)) turned.push_back(std::move(line));
      placed.resize(turned.size(), false);
      ++turns;
    }
    const DraftLine like{{}, &frames[turn], turn != 0};
    std::vector<bool> none;
    for (auto& whole : reading_order(std::move(items), rules))
      for (const auto& region : cut_beside_grids(std::move(whole), rules))
        for (auto& block : turn == 0 ? blocks_of(region, rules, like, turned, placed) : blocks_of(region, rules, like, {}, none))
          blocks.push_back(std::move(block));
    return blocks;
  };
  const auto gather = [&](const PageWords& part) {
    const size_t before = turned.empty() ? 0 : turned.back().block + 1;
    for (auto& line : turned_lines(page, part, frame)) {
      line.block += before, line.turn = turns;
      turned.push_back(std::move(line));
    }
    ++turns;
  };
  for (size_t turn : {1, 3}) {
    if (parts[turn].words.size() >= many_words) {
      parts[turn].rules = words.rules;
      continue;
    }
    gather(parts[turn]);
  }
  for (const auto& part : slanted) gather(part);
  placed.assign(turned.size(), false);
  std::vector<DraftBlock> drafts = drafts_of(0);
  std::vector<std::pair<size_t, DraftBlock>> others;  // before which of `drafts` they are read
  std::vector<DraftBlock> beside;                     // blocks turned alike beside each other, as the labels of an axis
  size_t beside_turn = 0;
  Box beside_box;
  const auto place_beside = [&] {
    const size_t place = place_of(beside_box, drafts);
    for (auto& block : beside) others.emplace_back(place, std::move(block));
    beside.clear();
  };
  for (size_t i = 0; i < turned.size();) {
    DraftBlock block;
    block.plain = true;
    const size_t number = turned[i].block, turn = turned[i].turn;
    for (; i < turned.size() && turned[i].block == number; ++i) {
      if (placed[i]) continue;
      block.box = block.lines.empty() ? turned[i].box : hull(block.box, turned[i].box);
      block.lines.push_back({turned[i].row, &turned[i].frame, true});
    }
    if (block.lines.empty()) continue;
    const double common = std::min(beside_box.y1, block.box.y1) - std::max(beside_box.y0, block.box.y0),
                 smaller = std::min(beside_box.y1 - beside_box.y0, block.box.y1 - block.box.y0);
    if (!beside.empty() && (turn != beside_turn || common < 0.5 * smaller)) place_beside();
    beside_box = beside.empty() ? block.box : hull(beside_box, block.box);
    beside_turn = turn;
    beside.push_back(std::move(block));
  }
  if (!beside.empty()) place_beside();
  for (size_t turn : {1, 3, 2}) {
    if (turn != 2 && parts[turn].words.size() < many_words) continue;
    std::vector<DraftBlock> blocks = drafts_of(turn);
    if (blocks.empty()) continue;
    for (auto& block : blocks) {
      const Item& first = block.lines[0].row.items[0];
      Box box = first.page_box;
      for (const auto& line : block.lines)
        for (const auto& item : line.row.items) box = hull(box, item.page_box);
      block.box = box_in(frame, box);
    }
    Box whole = blocks[0].box;
    for (const auto& block : blocks) whole = hull(whole, block.box);
    const size_t place = turn == 2 ? drafts.size() : place_of(whole, drafts);  // upside down: after all others
    for (auto& block : blocks) others.emplace_back(place, std::move(block));
  }
  std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = others.size(); i-- > 0;)
    drafts.insert(drafts.begin() + std::ptrdiff_t(others[i].first), std::move(others[i].second));
  name_types(drafts);

  const std::string prefix = "p" + std::to_string(page.page);
  const bool quads = words.turned != 0 || words.vertical || std::abs(words.skew) > 0.5;
  int64_t lines = 0;
  for (auto& done : drafts) {
    Block block;
    block.id = prefix + "b" + std::to_string(page.blocks.size() + 1);
    block.type = done.type;
    for (auto& [row, own, against] : done.lines) {
      Line line;
      line.id = prefix + "l" + std::to_string(++lines);
      to_reading_order(row.items);
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
      if (quads || against) line.quad = quad_through(own->to_page, level.x0, level.y0, level.x1, level.y1);
      block.box = block.lines.empty() ? line.box : hull(block.box, line.box);
      block.lines.push_back(std::move(line));
    }
    if (!done.cells.empty()) page.tables.push_back(table_of(done.cells, block.box, *done.frame, page));
    page.blocks.push_back(std::move(block));
  }
}

}  // namespace bifrons
