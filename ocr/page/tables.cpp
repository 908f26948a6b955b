// ocr/page/tables.cpp - see tables.h.
#include "ocr/page/tables.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "ocr/page/script.h"

namespace bifrons {
namespace {

double middle_x(const Box& b) { return (b.x0 + b.x1) / 2; }
double middle_y(const Box& b) { return (b.y0 + b.y1) / 2; }

// Values within `near` of each other become one.
std::vector<double> levels(std::vector<double> values, double near) {
  std::sort(values.begin(), values.end());
  std::vector<double> result;
  double sum = 0, count = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0 && values[i] - values[i - 1] > near) result.push_back(sum / count), sum = count = 0;
    sum += values[i], count += 1;
  }
  if (count > 0) result.push_back(sum / count);
  return result;
}

struct Grid {
  std::vector<double> xs, ys;
  std::vector<RuledLine> upright;
};

// Ruled lines that touch or cross belong together.
std::vector<Grid> grids(const Rules& rules, double near) {
  const size_t level_count = rules.level.size(), count = level_count + rules.upright.size();
  std::vector<size_t> group(count);
  std::iota(group.begin(), group.end(), size_t(0));
  const auto root = [&](size_t i) {
    while (group[i] != i) i = group[i] = group[group[i]];
    return i;
  };
  for (size_t i = 0; i < level_count; ++i)
    for (size_t j = level_count; j < count; ++j) {
      const RuledLine &a = rules.level[i], &b = rules.upright[j - level_count];
      const double y = (a.y0 + a.y1) / 2, x = (b.x0 + b.x1) / 2;
      if (x > a.x0 - near && x < a.x1 + near && y > b.y0 - near && y < b.y1 + near) group[root(i)] = root(j);
    }
  std::vector<Grid> result;
  for (size_t g = 0; g < count; ++g) {
    if (root(g) != g) continue;
    Grid grid;
    for (size_t i = 0; i < count; ++i) {
      if (root(i) != g) continue;
      if (i < level_count)
        grid.ys.push_back((rules.level[i].y0 + rules.level[i].y1) / 2);
      else
        grid.xs.push_back((rules.upright[i - level_count].x0 + rules.upright[i - level_count].x1) / 2),
            grid.upright.push_back(rules.upright[i - level_count]);
    }
    grid.xs = levels(std::move(grid.xs), near), grid.ys = levels(std::move(grid.ys), near);
    if (grid.xs.size() >= 3 && grid.ys.size() >= 3) result.push_back(std::move(grid));
  }
  return result;
}

size_t band_of(const std::vector<double>& edges, double value) {  // index of the interval that holds it, clamped
  const auto above = std::upper_bound(edges.begin(), edges.end(), value);
  return size_t(std::clamp<std::ptrdiff_t>(above - edges.begin() - 1, 0, std::ptrdiff_t(edges.size()) - 2));
}

// Figures with a currency or a unit at most: "$310.00", "12 pcs".
bool is_figure(const std::vector<const Item*>& items) {
  int digits = 0, others = 0;
  for (const Item* item : items)
    for (const char32_t c : characters(item->text))
      if (c >= U'0' && c <= U'9')
        ++digits;
      else
        others += is_letter_or_digit(c);
  return digits > 0 && others <= 3;
}

// Between two level lines may stand many records, as where only the head has a line under it: each line with figures in the
// columns of figures begins one. A line without is the rest of the record above it.
std::vector<std::vector<DraftTable::Cell>> records(std::vector<DraftTable::Cell> row) {
  std::vector<double> heights, middles;
  for (const auto& cell : row)
    for (const auto& item : cell.items) heights.push_back(item.box.y1 - item.box.y0), middles.push_back(middle_y(item.box));
  if (middles.size() < 4) return {std::move(row)};
  const std::vector<double> lines = levels(middles, 0.5 * median(std::move(heights)));
  if (lines.size() < 2) return {std::move(row)};
  const auto line_of = [&](const Item& item) {
    size_t best = 0;
    for (size_t l = 1; l < lines.size(); ++l)
      if (std::abs(middle_y(item.box) - lines[l]) < std::abs(middle_y(item.box) - lines[best])) best = l;
    return best;
  };
  // By line: the cells that hold something, and those that hold figures.
  std::vector<std::vector<bool>> filled(lines.size(), std::vector<bool>(row.size())), figures = filled;
  for (size_t c = 0; c < row.size(); ++c) {
    std::vector<std::vector<const Item*>> of(lines.size());
    for (const auto& item : row[c].items) of[line_of(item)].push_back(&item);
    for (size_t l = 0; l < lines.size(); ++l) filled[l][c] = !of[l].empty(), figures[l][c] = is_figure(of[l]);
  }
  size_t columns_of_figures = 0;
  std::vector<bool> begins(lines.size(), false);
  for (size_t c = 0; c < row.size(); ++c) {
    size_t with = 0, without = 0;
    for (size_t l = 0; l < lines.size(); ++l) with += figures[l][c], without += filled[l][c] && !figures[l][c];
    if (with < 2 || without > 0) continue;
    ++columns_of_figures;
    for (size_t l = 0; l < lines.size(); ++l)
      if (figures[l][c]) begins[l] = true;
  }
  if (columns_of_figures == 0 || !begins[0]) return {std::move(row)};
  for (size_t l = 0; l < lines.size(); ++l)  // a figure by itself is no record
    if (begins[l] && std::count(filled[l].begin(), filled[l].end(), true) < 2) return {std::move(row)};
  std::vector<size_t> record(lines.size(), 0);
  for (size_t l = 1; l < lines.size(); ++l) record[l] = record[l - 1] + (begins[l] ? 1 : 0);
  if (record.back() == 0) return {std::move(row)};
  std::vector<std::vector<DraftTable::Cell>> result(record.back() + 1, std::vector<DraftTable::Cell>(row.size()));
  for (size_t r = 0; r < result.size(); ++r) {
    const auto first = size_t(std::find(record.begin(), record.end(), r) - record.begin());
    const auto next = size_t(std::find(record.begin(), record.end(), r + 1) - record.begin());
    for (size_t c = 0; c < row.size(); ++c) {
      Box& place = result[r][c].place = row[c].place;
      if (first > 0) place.y0 = (lines[first - 1] + lines[first]) / 2;
      if (next < lines.size()) place.y1 = (lines[next - 1] + lines[next]) / 2;
    }
  }
  for (size_t c = 0; c < row.size(); ++c)
    for (auto& item : row[c].items) result[record[line_of(item)]][c].items.push_back(std::move(item));
  return result;
}

std::optional<DraftTable> ruled_table(const Region& region, const Grid& grid, const std::vector<TurnedLine>& turned) {
  DraftTable table;
  bool any = false;
  for (size_t r = 0; r < region.size(); ++r) {
    const double y = middle_y(region[r].box);
    if (y < grid.ys.front() || y > grid.ys.back()) continue;
    const auto inside = std::count_if(region[r].items.begin(), region[r].items.end(), [&](const Item& item) {
      return middle_x(item.box) > grid.xs.front() && middle_x(item.box) < grid.xs.back();
    });
    if (size_t(inside) * 2 < region[r].items.size()) {
      if (any) break;
      continue;
    }
    if (!any) table.first = r;
    table.last = r, any = true;
  }
  if (!any) return {};
  const size_t down = grid.ys.size() - 1, across = grid.xs.size() - 1;
  std::vector<std::vector<DraftTable::Cell>> cells(down, std::vector<DraftTable::Cell>(across));
  for (size_t r = 0; r < down; ++r)
    for (size_t c = 0; c < across; ++c) cells[r][c].place = {grid.xs[c], grid.ys[r], grid.xs[c + 1], grid.ys[r + 1]};
  for (size_t r = table.first; r <= table.last; ++r)
    for (const auto& item : region[r].items)
      cells[band_of(grid.ys, middle_y(item.box))][band_of(grid.xs, middle_x(item.box))].items.push_back(item);
  for (size_t i = 0; i < turned.size(); ++i) {
    const double x = middle_x(turned[i].box), y = turned[i].place;
    if (x < grid.xs.front() || x > grid.xs.back() || y < grid.ys.front() || y > grid.ys.back()) continue;
    auto& items = cells[band_of(grid.ys, y)][band_of(grid.xs, x)].items;
    items.insert(items.end(), turned[i].in_main.begin(), turned[i].in_main.end());
    table.turned.push_back(i);
  }
  std::stable_sort(table.turned.begin(), table.turned.end(), [&](size_t a, size_t b) {
    const size_t row_a = band_of(grid.ys, turned[a].place), row_b = band_of(grid.ys, turned[b].place);
    return row_a != row_b ? row_a < row_b : middle_x(turned[a].box) < middle_x(turned[b].box);
  });
  int good_rows = 0;
  for (size_t r = 0; r < down; ++r) {
    std::vector<DraftTable::Cell> row;
    int filled = 0;
    for (size_t c = 0; c < across; ++c) {
      const double y = middle_y(cells[r][c].place), x = cells[r][c].place.x0;
      const bool walled =
          c == 0 || std::any_of(grid.upright.begin(), grid.upright.end(), [&](const RuledLine& rule) {
            return std::abs((rule.x0 + rule.x1) / 2 - x) < 0.2 * (grid.xs[c + 1] - grid.xs[c - 1]) && rule.y0 < y && rule.y1 > y;
          });
      if (walled) {
        row.push_back(std::move(cells[r][c]));
      } else {  // one cell over several columns
        row.back().items.insert(row.back().items.end(), cells[r][c].items.begin(), cells[r][c].items.end());
        row.back().place = hull(row.back().place, cells[r][c].place);
      }
    }
    for (const auto& cell : row) filled += !cell.items.empty();
    good_rows += filled >= 2;
    if (filled == 0) continue;
    for (auto& record : records(std::move(row))) table.rows.push_back(std::move(record));
  }
  if (good_rows < 2) return {};
  return table;
}

struct Interval {
  double x0, x1;
};

// The union of the intervals and one row's words.
std::vector<Interval> covered(const std::vector<Interval>& before, const Row& row) {
  std::vector<Interval> all = before;
  for (const auto& item : row.items) all.push_back({item.box.x0, item.box.x1});
  std::sort(all.begin(), all.end(), [](const Interval& a, const Interval& b) { return a.x0 < b.x0; });
  std::vector<Interval> merged;
  for (const auto& i : all) {
    if (!merged.empty() && i.x0 <= merged.back().x1)
      merged.back().x1 = std::max(merged.back().x1, i.x1);
    else
      merged.push_back(i);
  }
  return merged;
}

// The places of columns: intervals whose gaps are narrower than `least` belong together.
std::vector<Interval> joined(const std::vector<Interval>& intervals, double least) {
  std::vector<Interval> result;
  for (const auto& i : intervals) {
    if (!result.empty() && i.x0 - result.back().x1 < least)
      result.back().x1 = std::max(result.back().x1, i.x1);
    else
      result.push_back(i);
  }
  return result;
}

std::optional<DraftTable> aligned_table(const Region& region, size_t first, size_t end, double height) {
  const double least_gap = 1.5 * height;
  std::vector<Interval> cover;
  size_t last = first, rows_with_two = 0;
  std::vector<double> steps;
  for (size_t r = first; r < end; ++r) {
    const auto next = covered(cover, region[r]);
    const auto own = joined(covered({}, region[r]), least_gap);
    if (joined(next, least_gap).size() < 2) break;
    if (own.size() < 2 && (r == first || r + 1 == end || joined(covered({}, region[r + 1]), least_gap).size() < 2)) break;
    if (r > first) {
      const double step = region[r].box.y1 - region[r - 1].box.y1;
      if (!steps.empty() && step > 2.2 * median(steps)) break;
      steps.push_back(step);
    }
    rows_with_two += own.size() >= 2;
    cover = next, last = r;
  }
  const size_t count = last - first + 1;
  if (count < 3 || rows_with_two * 10 < count * 8) return {};
  const auto columns = joined(cover, least_gap);
  DraftTable table;
  table.first = first, table.last = last;
  double words = 0, cells = 0, narrowest = 1e9, marks = 0;
  for (size_t c = 1; c < columns.size(); ++c) narrowest = std::min(narrowest, columns[c].x0 - columns[c - 1].x1);
  for (size_t r = first; r <= last; ++r) {
    std::vector<DraftTable::Cell> row(columns.size());
    for (size_t c = 0; c < columns.size(); ++c) row[c].place = {columns[c].x0, region[r].box.y0, columns[c].x1, region[r].box.y1};
    for (const auto& item : region[r].items) {
      const auto at = std::find_if(columns.begin(), columns.end(), [&](const Interval& i) { return middle_x(item.box) <= i.x1; });
      row[size_t(at == columns.end() ? std::ptrdiff_t(columns.size()) - 1 : at - columns.begin())].items.push_back(item);
      words += item.length;
    }
    for (const auto& cell : row) cells += !cell.items.empty();
    marks += starts_list_item(region[r]);
    table.rows.push_back(std::move(row));
  }
  if (columns.size() == 2 && marks * 2 >= double(count)) return {};                // a list
  if (words > (narrowest > 3 * height ? 8 : 4) * std::max(1.0, cells)) return {};  // prose with rivers of white
  return table;
}

// The white between columns: places at least `least` wide, between words, that at most `most` of the rows cover; of each the part
// that the fewest cover.
std::vector<Interval> white_between(const std::vector<std::vector<Interval>>& rows, int most, double least) {
  std::vector<std::pair<double, int>> edges;
  for (const auto& row : rows)
    for (const auto& i : row) edges.emplace_back(i.x0, 1), edges.emplace_back(i.x1, -1);
  std::sort(edges.begin(), edges.end());
  std::vector<Interval> white;
  int covering = 0, fewest = 0;
  double from = 0;
  bool words = false;  // at the left of what is white now
  Interval best{};
  for (size_t i = 0; i < edges.size(); ++i) {
    const bool was_clear = covering <= most;
    if (was_clear && words) {
      const Interval part{edges[i - 1].first, edges[i].first};
      if (covering < fewest || (covering == fewest && part.x1 - part.x0 > best.x1 - best.x0)) fewest = covering, best = part;
    }
    covering += edges[i].second;
    const bool clear = covering <= most;
    if (was_clear && !clear) {
      if (words && edges[i].first - from >= least) white.push_back(best);
      words = true;
    }
    if (!was_clear && clear) from = edges[i].first, fewest = most + 1, best = {};
  }
  return white;
}

// Where a row has letters: recognition of Chinese sees quotation marks in the white between cells.
std::vector<Interval> without_quotes(const Row& row) {
  const auto is_quote = [](char32_t c) { return c == U'\u201c' || c == U'\u201d' || c == U'\u2018' || c == U'\u2019'; };
  Row rest;
  for (Item item : row.items) {
    const std::u32string letters = characters(item.text);
    const auto first = std::find_if_not(letters.begin(), letters.end(), is_quote);
    if (first == letters.end()) continue;
    const auto last = std::find_if_not(letters.rbegin(), letters.rend(), is_quote);
    const double each = (item.box.x1 - item.box.x0) / double(letters.size());
    item.box.x0 += each * double(first - letters.begin()), item.box.x1 -= each * double(last - letters.rbegin());
    rest.items.push_back(std::move(item));
  }
  return covered({}, rest);
}

// As prose does, not a cell or two: it fills a third of the white places.
bool crosses(const std::vector<Interval>& line, const std::vector<Interval>& white) {
  const auto crossed = std::count_if(white.begin(), white.end(), [&](const Interval& gap) {
    double filled = 0;
    for (const auto& i : line) filled += std::max(0.0, std::min(i.x1, gap.x1) - std::max(i.x0, gap.x0));
    return filled > 0.8 * (gap.x1 - gap.x0);  // wide heads of narrow columns fill half
  });
  return crossed * 3 > std::ptrdiff_t(white.size());
}

// Columns of ideographs and figures that stand closer than an ideograph: nothing in running text of ideographs is as
// wide as that but a mark, and marks do not stand below each other. A word across the white, as recognition joins them, is cut
// where most rows have it white.
std::optional<DraftTable> narrow_table(Region& region, const ReadingFrame& frame, size_t first, size_t end, double ideograph) {
  const bool recognised = region[first].items[0].confidence >= 0;  // boxes then leave white within words
  const double least_gap = (recognised ? 0.5 : 0.33) * ideograph;
  std::vector<std::vector<Interval>> rows;
  std::vector<double> steps;
  size_t last = first;
  for (size_t r = first; r < end; ++r) {
    auto own = without_quotes(region[r]);
    const auto parts = joined(own, least_gap);
    if (parts.size() < 2) break;
    if (rows.size() >= 2 && crosses(parts, white_between(rows, 0, least_gap))) break;
    if (r > first) {
      const double step = region[r].box.y1 - region[r - 1].box.y1;
      if (!steps.empty() && step > 2.2 * median(steps)) break;
      steps.push_back(step);
    }
    rows.push_back(std::move(own));
    last = r;
  }
  const size_t count = rows.size();
  if (count < 3) return {};
  for (size_t r : {0, 1})  // prose above a table: it begins later
    if (count > r + 2 &&
        crosses(joined(rows[r], least_gap), white_between({rows.begin() + std::ptrdiff_t(r) + 1, rows.end()}, 0, least_gap)))
      return {};
  const auto white = white_between(rows, int(0.15 * double(count)), least_gap);
  if (white.size() < 2) return {};
  std::vector<double> middles;
  middles.reserve(white.size());
  for (const auto& gap : white) middles.push_back((gap.x0 + gap.x1) / 2);
  double left = region[first].box.x0, right = region[first].box.x1;
  for (size_t r = first; r <= last; ++r) left = std::min(left, region[r].box.x0), right = std::max(right, region[r].box.x1);
  std::vector<std::vector<Item>> pieces;
  DraftTable table;
  table.first = first, table.last = last;
  double words = 0, cells = 0;
  for (size_t r = first; r <= last; ++r) {
    std::vector<DraftTable::Cell> row(white.size() + 1);
    for (size_t c = 0; c < row.size(); ++c)
      row[c].place = {c == 0 ? left : white[c - 1].x1, region[r].box.y0, c == white.size() ? right : white[c].x0,
                      region[r].box.y1};
    pieces.emplace_back();
    for (const auto& item : region[r].items)
      for (auto& piece : cut_at(item, middles, frame)) {
        const auto column = std::upper_bound(middles.begin(), middles.end(), middle_x(piece.box)) - middles.begin();
        row[size_t(column)].items.push_back(piece);
        words += piece.length;
        pieces.back().push_back(std::move(piece));
      }
    for (const auto& cell : row) cells += !cell.items.empty();
    table.rows.push_back(std::move(row));
  }
  if (words > 2.5 * cells || cells < 0.6 * double(count * (white.size() + 1))) return {};
  for (size_t r = first; r <= last; ++r) region[r].items = std::move(pieces[r - first]);
  return table;
}

// Labels on their side over the columns of an aligned table are its head, together with what stands upright beside them in the
// row `above` (the table's own first row: there is none).
void add_turned_head(DraftTable& table, const Region& region, size_t above, const std::vector<TurnedLine>& turned,
                     const std::vector<bool>& placed, double height) {
  if (table.rows.empty()) return;
  const auto& first = table.rows[0];
  const double top = first[0].place.y0;
  std::vector<DraftTable::Cell> head(first.size());
  std::vector<size_t> used;
  Box all;
  for (size_t i = 0; i < turned.size(); ++i) {
    const Box& box = turned[i].box;
    if (placed[i] || box.y1 > top + 0.5 * height || box.y1 < top - 2.5 * height) continue;
    for (size_t c = 0; c < first.size(); ++c) {
      if (middle_x(box) < first[c].place.x0 - 0.5 * height || middle_x(box) > first[c].place.x1 + 0.5 * height) continue;
      head[c].items.insert(head[c].items.end(), turned[i].in_main.begin(), turned[i].in_main.end());
      all = used.empty() ? box : hull(all, box);
      used.push_back(i);
      break;
    }
  }
  const auto filled = [](const DraftTable::Cell& cell) { return !cell.items.empty(); };
  if (std::count_if(head.begin(), head.end(), filled) < 2) return;
  for (size_t c = 0; c < first.size(); ++c) head[c].place = {first[c].place.x0, all.y0, first[c].place.x1, all.y1};
  if (above < table.first && region[above].box.y1 > all.y0 && region[above].box.y0 < all.y1) {
    std::vector<std::vector<Item>> beside(first.size());
    for (const auto& item : region[above].items)
      for (size_t c = 0; c < first.size(); ++c)
        if (c + 1 == first.size() || middle_x(item.box) < (first[c].place.x1 + first[c + 1].place.x0) / 2) {
          beside[c].push_back(item);
          break;
        }
    bool free = true;
    for (size_t c = 0; c < first.size(); ++c) free &= beside[c].empty() || head[c].items.empty();
    if (free) {
      for (size_t c = 0; c < first.size(); ++c)
        if (!beside[c].empty()) head[c].items = std::move(beside[c]);
      table.first = above;
    }
  }
  table.rows.insert(table.rows.begin(), std::move(head));
  std::stable_sort(used.begin(), used.end(),
                   [&](size_t a, size_t b) { return middle_x(turned[a].box) < middle_x(turned[b].box); });
  table.turned = std::move(used);
}

}  // namespace

bool starts_list_item(const Row& row) {
  const std::u32string first = characters(row.items[0].text);
  if (row.items.size() > 1 && first.size() == 1 &&
      std::u32string_view(U"•◦▪‣·*-–—●○■□").find(first[0]) != std::u32string_view::npos)
    return true;
  if (row.items.size() > 1 && (row.items[0].text == "[x]" || row.items[0].text == "[ ]")) return true;
  if (first.size() < 2 || first.size() > 4 || row.items.size() < 2) return false;  // 1. 12) (a) b)
  const char32_t end = first.back();
  if (end != '.' && end != ')') return false;
  const size_t from = first.front() == '(' ? 1 : 0;
  bool digits = true;
  for (size_t i = from; i + 1 < first.size(); ++i) digits &= first[i] >= '0' && first[i] <= '9';
  return from + 1 < first.size() && (digits || (end == ')' && first.size() - from == 2 && is_letter_or_digit(first[from])));
}

std::vector<DraftTable> find_tables(Region& region, const ReadingFrame& frame, const Rules& rules,
                                    const std::vector<TurnedLine>& turned, std::vector<bool>& placed) {
  std::vector<double> heights;
  for (const auto& row : region)
    for (const auto& item : row.items) heights.push_back(item.box.y1 - item.box.y0);
  const double height = median(std::move(heights));
  const double ideographs = ideograph_width(region);
  std::vector<DraftTable> tables;
  std::vector<bool> taken(region.size(), false);
  for (const auto& grid : grids(rules, 0.6 * height))
    if (auto table = ruled_table(region, grid, turned);
        table && std::none_of(taken.begin() + std::ptrdiff_t(table->first), taken.begin() + std::ptrdiff_t(table->last) + 1,
                              [](bool t) { return t; })) {
      for (size_t r = table->first; r <= table->last; ++r) taken[r] = true;
      tables.push_back(std::move(*table));
    }
  for (size_t r = 0; r < region.size();) {
    if (taken[r]) {
      ++r;
      continue;
    }
    size_t end = r;
    while (end < region.size() && !taken[end]) ++end;
    auto table = ideographs > 0 ? narrow_table(region, frame, r, end, ideographs) : std::nullopt;
    if (!table) table = aligned_table(region, r, end, height);
    if (table) {
      add_turned_head(*table, region, r > 0 && !taken[r - 1] ? r - 1 : r, turned, placed, height);
      r = table->last + 1;
      tables.push_back(std::move(*table));
    } else {
      ++r;
    }
  }
  for (auto& table : tables) {
    std::erase_if(table.turned, [&](size_t i) { return placed[i]; });
    for (const size_t i : table.turned) placed[i] = true;
  }
  std::sort(tables.begin(), tables.end(), [](const DraftTable& a, const DraftTable& b) { return a.first < b.first; });
  return tables;
}

}  // namespace bifrons
