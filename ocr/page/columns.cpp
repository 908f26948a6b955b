// ocr/page/columns.cpp - see columns.h. Source of the numbers: documents.md 3.5 (six rows, three words a row, half filled).
#include "ocr/page/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "ocr/page/script.h"

namespace bifrons {
namespace {

constexpr int least_rows = 6;
constexpr double least_words = 3, least_fill = 0.5;
constexpr double least_white = 0.4;      // of a word's height, between two columns within a side
constexpr double least_in_column = 1.8;  // words a line
constexpr size_t settled = 3;            // rows of a gutter before and after one that crosses it
constexpr double endless = std::numeric_limits<double>::infinity();

struct Gutter {
  double x0 = 0, x1 = 0;
  size_t first = 0, last = 0;         // rows, both inside
  size_t crossed = 0;                 // the last row with a word that reaches into it; 0: none
  double without0 = 0, without1 = 0;  // as it would be without the row that narrowed it most
  size_t narrowed = 0;                // that row; 0: none
  double width() const { return x1 - x0; }
  void run_on(size_t row, double low, double high) {  // beside the white of a row
    without0 = std::max(without0, low), without1 = std::min(without1, high);
    if (!std::isinf(width()) && width() > without1 - without0) without0 = x0, without1 = x1, narrowed = row;
    x0 = std::max(x0, low), x1 = std::min(x1, high), last = row;
  }
};

struct Side {
  int rows = 0, levels = 0;  // levels: rows below each other; where a side has columns of its own, their lines need not be level
  struct Piece {
    double x0 = 0, x1 = 0;
    int row = 0;
  };
  std::vector<Piece> cover;  // of all rows
  double words = 0, filled = 0, left = endless, right = -endless, top = endless, bottom = -endless, level_ends = -endless;
  void add(const Row& row, double low, double high) {
    double y0 = endless, y1 = -endless;
    for (const auto& item : row.items) {
      const double middle = (item.box.x0 + item.box.x1) / 2;
      if (middle <= low || middle >= high) continue;
      words += item.length;
      filled += item.box.x1 - item.box.x0;
      left = std::min(left, item.box.x0), right = std::max(right, item.box.x1);
      y0 = std::min(y0, item.box.y0), y1 = std::max(y1, item.box.y1);
      cover.push_back({item.box.x0, item.box.x1, rows});
    }
    if (y0 > y1) return;
    ++rows;
    if (y0 > level_ends - 0.25 * (y1 - y0)) ++levels, level_ends = y1;
    top = std::min(top, y0), bottom = std::max(bottom, y1);
  }
  // Columns of its own that no row crosses; those of a table hold few words each. `lines`: of the longest of them.
  struct Columns {
    int count = 0, lines = 0;
  };
  Columns own_columns(double height) const {
    auto places = cover;
    std::sort(places.begin(), places.end(), [](const Piece& a, const Piece& b) { return a.x0 < b.x0; });
    Columns found;
    std::set<int> here;  // rows
    double reached = -endless;
    for (const auto& [x0, x1, row] : places) {
      if (x0 - reached > least_white * height) ++found.count, here.clear();
      here.insert(row), found.lines = std::max(found.lines, int(here.size()));
      reached = std::max(reached, x1);
    }
    return found;
  }
  int columns(double height) const { return own_columns(height).count; }
  // Lines that stand between those of the next column are levels of their own, though no line is.
  bool prose(double height) const {
    const Columns own = own_columns(height);
    const int deep = std::min(levels, own.lines);
    return rows >= least_rows && words > least_words * rows && filled >= least_fill * deep * (right - left) &&
           words > least_in_column * deep * own.count;
  }
};

// Short lines beside prose, as in a curriculum vitae: they have nothing to do with the lines that happen to stand beside them.
// Names beside their values, whose rows look alike, are level with the first line of each value, and there the line before it,
// the last one of the value before, seldom reaches the margin.
struct Sidebar {
  static constexpr double level = 0.15;        // of a line's height, between the tops or the bottoms of lines of one row
  static constexpr double most_level = 0.65;   // of the short lines
  static constexpr double least_broken = 0.5;  // of those with another one right below them: beside lines that go on below, too
  static constexpr int least_followed = 8;
  static constexpr double full = 0.88;  // of the column's width, so that a line was broken there
  static constexpr double least_named =
      0.5;  // of the short lines hold some letters; numbers and marks are of the line they are in
  static constexpr size_t letters = 3;

  std::vector<Row> lines, prose;
  Sidebar(const std::vector<Row>& rows, const Gutter& gutter, bool left) {
    std::vector<Item> own, other;
    for (size_t i = gutter.first; i <= gutter.last; ++i)
      for (const auto& item : rows[i].items) {
        const double middle = (item.box.x0 + item.box.x1) / 2;
        if (middle < gutter.x0 || middle > gutter.x1) ((middle < gutter.x0) == left ? own : other).push_back(item);
      }
    lines = rows_of(std::move(own)), prose = rows_of(std::move(other));
  }
  const Row* beside(const Row& line) const {  // the line of prose that has most of its height in common
    const Row* best = nullptr;
    double most = 0;
    for (const Row& row : prose)
      if (const double common = std::min(row.box.y1, line.box.y1) - std::max(row.box.y0, line.box.y0); common > most)
        most = common, best = &row;
    return best;
  }
  bool reads_by_itself(double height) const {
    if (lines.size() < size_t(least_rows) || prose.empty()) return false;
    const Box whole = [&] {
      Box box = prose[0].box;
      for (const Row& row : prose) box = hull(box, row.box);
      return box;
    }();
    const auto is_full = [&](const Row& row) {
      double reached = row.box.x0;
      for (const auto& item : row.items) {
        if (item.box.x0 - reached > 1.2 * height) return false;  // cells
        reached = std::max(reached, item.box.x1);
      }
      return row.box.x1 > whole.x0 + full * (whole.x1 - whole.x0);
    };
    double named = 0, with_prose = 0, on_level = 0;
    int followed = 0, broken = 0;
    for (size_t i = 0; i < lines.size(); ++i) {
      size_t count = 0;
      for (const auto& item : lines[i].items)
        for (char32_t c : characters(item.text)) count += is_letter_or_digit(c) && !(c >= '0' && c <= '9');
      named += count >= letters;
      const Row* row = beside(lines[i]);
      if (row == nullptr) continue;
      const double high = lines[i].box.y1 - lines[i].box.y0;
      ++with_prose;
      on_level +=
          std::abs(row->box.y0 - lines[i].box.y0) < level * high || std::abs(row->box.y1 - lines[i].box.y1) < level * high;
      if (i + 1 == lines.size() || row == &prose.back() || beside(lines[i + 1]) != row + 1) continue;
      ++followed, broken += is_full(*row);
    }
    if (named < least_named * double(lines.size()) || with_prose < least_rows) return false;
    return on_level < most_level * with_prose || (followed >= least_followed && broken >= least_broken * followed);
  }
};

bool has(const Row& row, double low, double high) {
  return std::any_of(row.items.begin(), row.items.end(), [&](const Item& item) {
    const double middle = (item.box.x0 + item.box.x1) / 2;
    return middle > low && middle < high;
  });
}

// Rows at the start or end of the run that have words on one side only and stand apart (a heading, a date, a footer) are not
// part of the columns.
void trim(Gutter& gutter, const std::vector<Row>& rows) {
  double pitch = 0;  // each side's own: lines of two columns need not be level
  for (const bool left : {true, false}) {
    std::vector<double> steps;
    double last = 0;
    bool any = false;
    for (size_t i = gutter.first; i <= gutter.last; ++i) {
      if (!(left ? has(rows[i], -endless, gutter.x0) : has(rows[i], gutter.x1, endless))) continue;
      if (any) steps.push_back(rows[i].box.y1 - last);
      last = rows[i].box.y1, any = true;
    }
    pitch = std::max(pitch, median(std::move(steps)));
  }
  const double apart = 2.2 * pitch;
  const auto both = [&](size_t i) { return has(rows[i], -endless, gutter.x0) && has(rows[i], gutter.x1, endless); };
  size_t first_both = gutter.first, last_both = gutter.last;
  while (first_both < gutter.last && !both(first_both)) ++first_both;
  while (last_both > gutter.first && !both(last_both)) --last_both;
  if (first_both >= last_both) return;  // lines of the columns are not level with each other
  for (size_t i = first_both; i > gutter.first; --i)
    if (rows[i].box.y1 - rows[i - 1].box.y1 > apart) {
      gutter.first = i;
      break;
    }
  for (size_t i = last_both; i < gutter.last; ++i)
    if (rows[i + 1].box.y1 - rows[i].box.y1 > apart) {
      gutter.last = i;
      break;
    }
}

bool ruled_across(const Rules& rules, const Row& above, const Row& below, const Gutter& gutter, double height) {
  return std::any_of(rules.level.begin(), rules.level.end(), [&](const RuledLine& rule) {
    const double y = (rule.y0 + rule.y1) / 2;
    return y > (above.box.y0 + above.box.y1) / 2 && y < (below.box.y0 + below.box.y1) / 2 && rule.x0 < gutter.x0 - 3 * height &&
           rule.x1 > gutter.x1 + 3 * height;
  });
}

// White of a row, from end to end, `without` one of its words.
std::vector<std::pair<double, double>> gaps_of(const Row& row, double least_width, const Item* without = nullptr) {
  std::vector<std::pair<double, double>> gaps;
  double reached = -endless;
  for (const auto& item : row.items) {
    if (&item == without) continue;
    if (item.box.x0 - reached >= least_width) gaps.emplace_back(reached, item.box.x0);
    reached = std::max(reached, item.box.x1);
  }
  gaps.emplace_back(reached, endless);
  return gaps;
}

// A row of words of the page's height for the most part, as near to its neighbours as lines are: no heading over the columns.
bool among_lines(const std::vector<Row>& rows, size_t r, double height) {
  constexpr double largest = 1.2, farthest = 1.2;  // of the height of words: the row's own; between rows
  if (r == 0 || r + 1 >= rows.size()) return false;
  double all = 0, usual = 0;  // width
  for (const auto& item : rows[r].items) {
    const double width = item.box.x1 - item.box.x0;
    all += width;
    if (item.box.y1 - item.box.y0 <= largest * height) usual += width;
  }
  return 2 * usual > all && rows[r].box.y0 - rows[r - 1].box.y1 <= farthest * height &&
         rows[r + 1].box.y0 - rows[r].box.y1 <= farthest * height;
}

// The gutter below a row that ends it, if it goes on there: where one word reaches into it, as one with dirt beside it does, be
// it of this row or of one before. Of two such words the one that takes more of it.
std::optional<Gutter> beyond(const std::vector<Row>& rows, size_t r, const Gutter& gutter, double height, double least_width) {
  constexpr double least_left = 0.6;  // of the gutter, by the row's other words
  const size_t begin = std::max(gutter.first, gutter.crossed) + settled;
  if (std::isinf(gutter.width()) || gutter.last + 1 != r) return {};  // a margin, or crossed just before
  std::optional<Gutter> widest;
  const auto consider = [&](double low, double high, double least, size_t last, size_t crossed) {
    if (high - low >= std::max(least_width, least) && (!widest || high - low > widest->width()))
      widest = Gutter{.x0 = low, .x1 = high, .first = gutter.first, .last = last, .crossed = crossed};
  };
  if (r >= begin && among_lines(rows, r, height))
    for (const auto& item : rows[r].items) {
      const bool over = item.box.x0 <= gutter.x0 && item.box.x1 >= gutter.x1;
      if (over || item.box.x1 <= gutter.x0 || item.box.x0 >= gutter.x1) continue;
      for (const auto& [x0, x1] : gaps_of(rows[r], least_width, &item))
        consider(std::max(x0, gutter.x0), std::min(x1, gutter.x1), least_left * gutter.width(), r - 1, r);
    }
  if (gutter.narrowed >= begin && among_lines(rows, gutter.narrowed, height))
    for (const auto& [x0, x1] : gaps_of(rows[r], least_width))
      consider(std::max(x0, gutter.without0), std::min(x1, gutter.without1), 0, r, gutter.narrowed);
  return widest;
}

std::optional<Gutter> best_gutter(const std::vector<Row>& rows, const Rules& rules, double height) {
  std::vector<Gutter> open, done;
  for (size_t r = 0; r < rows.size(); ++r) {
    if (r > 0) {
      std::vector<Gutter> kept;
      for (const auto& gutter : open) (ruled_across(rules, rows[r - 1], rows[r], gutter, height) ? done : kept).push_back(gutter);
      open = std::move(kept);
    }
    const double least_width = 0.7 * std::max(height, median_height(rows[r].items));  // headings have wider spaces
    const auto gaps = gaps_of(rows[r], least_width);
    std::vector<Gutter> next;
    for (const auto& gutter : open) {
      bool lives = false;
      for (const auto& [x0, x1] : gaps) {
        const double low = std::max(x0, gutter.x0), high = std::min(x1, gutter.x1);
        if (high - low < least_width) continue;
        next.push_back(gutter);
        next.back().run_on(r, x0, x1);
        lives = true;
      }
      if (lives) continue;
      if (gutter.last + 1 == r) done.push_back(gutter);
      if (const auto below = beyond(rows, r, gutter, height, least_width)) next.push_back(*below);
    }
    for (const auto& [x0, x1] : gaps)
      if (std::none_of(next.begin(), next.end(), [low = x0, high = x1](const Gutter& g) { return g.x0 <= low && g.x1 >= high; }))
        next.push_back({.x0 = x0, .x1 = x1, .first = r, .last = r});
    if (next.size() > 256) next.resize(256);
    open = std::move(next);
  }
  done.insert(done.end(), open.begin(), open.end());
  std::optional<Gutter> best;
  double most = 0;
  for (auto& gutter : done) {
    if (std::isinf(gutter.x0) || std::isinf(gutter.x1) || gutter.last - gutter.first + 1 < least_rows) continue;
    if (gutter.crossed > 0 && gutter.last < gutter.crossed + settled) continue;  // ends above: that one is here, too
    trim(gutter, rows);
    Side left, right;
    for (size_t i = gutter.first; i <= gutter.last; ++i)
      left.add(rows[i], -endless, gutter.x0), right.add(rows[i], gutter.x1, endless);
    const bool left_prose = left.prose(height), right_prose = right.prose(height);
    if (!left_prose && !right_prose) continue;
    if (const Side& other = left_prose ? right : left;
        left_prose != right_prose && (other.columns(height) > 1 || !Sidebar(rows, gutter, !left_prose).reads_by_itself(height)))
      continue;
    const double top = std::max(left.top, right.top), bottom = std::min(left.bottom, right.bottom);
    if (bottom - top < 4 * height) continue;  // not beside each other
    const double score = std::min(left.rows, right.rows) + std::min(0.9, (gutter.x1 - gutter.x0) / (100 * height));
    if (score > most) most = score, best = gutter;
  }
  return best;
}

void order(std::vector<Item> items, const Rules& rules, int depth, std::vector<Region>& regions) {
  if (items.empty()) return;
  const double height = median_height(items);
  std::vector<Row> rows = rows_of(std::move(items));
  const auto gutter = depth > 0 ? best_gutter(rows, rules, height) : std::nullopt;
  if (!gutter) {
    regions.push_back(std::move(rows));
    return;
  }
  std::vector<Item> above, left, right, below;
  const double between = (gutter->x0 + gutter->x1) / 2;
  for (size_t i = 0; i < rows.size(); ++i)
    for (auto& item : rows[i].items) {
      const double middle = (item.box.x0 + item.box.x1) / 2;
      (i < gutter->first ? above : i > gutter->last ? below : middle < between ? left : right).push_back(std::move(item));
    }
  for (auto* part : {&above, &left, &right, &below}) order(std::move(*part), rules, depth - 1, regions);
}

}  // namespace

std::vector<Region> reading_order(std::vector<Item> items, const Rules& rules) {
  constexpr int deepest = 24;  // a page has no more columns than that
  std::vector<Region> regions;
  order(std::move(items), rules, deepest, regions);
  return regions;
}

}  // namespace bifrons
