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

std::optional<DraftTable> ruled_table(const Region& region, const Grid& grid) {
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
    if (filled > 0) table.rows.push_back(std::move(row));
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

std::vector<DraftTable> find_tables(const Region& region, const Rules& rules) {
  std::vector<double> heights;
  for (const auto& row : region)
    for (const auto& item : row.items) heights.push_back(item.box.y1 - item.box.y0);
  const double height = median(std::move(heights));
  std::vector<DraftTable> tables;
  std::vector<bool> taken(region.size(), false);
  for (const auto& grid : grids(rules, 0.6 * height))
    if (auto table = ruled_table(region, grid);
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
    if (auto table = aligned_table(region, r, end, height)) {
      r = table->last + 1;
      tables.push_back(std::move(*table));
    } else {
      ++r;
    }
  }
  std::sort(tables.begin(), tables.end(), [](const DraftTable& a, const DraftTable& b) { return a.first < b.first; });
  return tables;
}

}  // namespace bifrons
