// ocr/page/ruled_tables.cpp - see ruled_tables.h.
#include "ocr/page/ruled_tables.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

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
  double left = 0, right = 0;  // as far as most level lines reach: not every table has a line at its sides
};

bool between(double low, double value, double high) { return value > low && value < high; }

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
    std::vector<double> starts, ends, tops, bottoms;
    for (size_t i = 0; i < count; ++i) {
      if (root(i) != g) continue;
      if (i < level_count)
        grid.ys.push_back((rules.level[i].y0 + rules.level[i].y1) / 2), starts.push_back(rules.level[i].x0),
            ends.push_back(rules.level[i].x1);
      else
        grid.xs.push_back((rules.upright[i - level_count].x0 + rules.upright[i - level_count].x1) / 2),
            grid.upright.push_back(rules.upright[i - level_count]);
    }
    for (const auto& rule : grid.upright) tops.push_back(rule.y0), bottoms.push_back(rule.y1);
    grid.xs = levels(std::move(grid.xs), near), grid.ys = levels(std::move(grid.ys), near);
    if (grid.xs.size() < 3 || grid.ys.size() < 3) continue;
    grid.left = std::min(grid.xs.front(), median(std::move(starts))),
    grid.right = std::max(grid.xs.back(), median(std::move(ends)));
    // Nor has every table one over its first row, as under a dark head, or under its last.
    if (const double top = median(std::move(tops)); top < grid.ys.front() - 2 * near) grid.ys.insert(grid.ys.begin(), top);
    if (const double bottom = median(std::move(bottoms)); bottom > grid.ys.back() + 2 * near) grid.ys.push_back(bottom);
    result.push_back(std::move(grid));
  }
  return result;
}

size_t band_of(const std::vector<double>& edges, double value) {  // index of the interval that holds it, clamped
  const auto above = std::upper_bound(edges.begin(), edges.end(), value);
  return size_t(std::clamp<std::ptrdiff_t>(above - edges.begin() - 1, 0, std::ptrdiff_t(edges.size()) - 2));
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

std::optional<DraftTable> ruled_table(const Region& region, Grid grid, const std::vector<TurnedLine>& turned) {
  DraftTable table;
  double left = grid.xs.front(), right = grid.xs.back();
  for (const auto& row : region)
    for (const auto& item : row.items) {
      if (!between(grid.ys.front(), middle_y(item.box), grid.ys.back())) continue;
      if (middle_x(item.box) < grid.xs.front()) left = std::min(left, item.box.x0);
      if (middle_x(item.box) > grid.xs.back()) right = std::max(right, item.box.x1);
    }
  // What is no part of the table has been cut off: it has columns without a line at its sides.
  if (left < grid.xs.front()) grid.xs.insert(grid.xs.begin(), left);
  if (right > grid.xs.back()) grid.xs.push_back(right);
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

// Where the tables with ruled lines stand; those that overlap are one place.
std::vector<Box> places_of_grids(const Region& region, const Rules& rules, double near) {
  std::vector<Box> places;
  for (const auto& grid : grids(rules, near)) {
    Box place{grid.left, grid.ys.front(), grid.right, grid.ys.back()};
    std::vector<Item> inside;
    for (const auto& row : region)
      for (const auto& item : row.items)
        if (between(place.x0, middle_x(item.box), place.x1) && between(place.y0, middle_y(item.box), place.y1))
          inside.push_back(item);
    if (!ruled_table(rows_of(std::move(inside)), grid, {})) continue;
    for (size_t i = 0; i < places.size();) {
      const bool apart =
          places[i].x1 <= place.x0 || places[i].x0 >= place.x1 || places[i].y1 <= place.y0 || places[i].y0 >= place.y1;
      if (apart) {
        ++i;
        continue;
      }
      place = hull(place, places[i]);
      places.erase(places.begin() + std::ptrdiff_t(i)), i = 0;
    }
    places.push_back(place);
  }
  return places;
}

// Short lines, level with lines in the grid, are names of its rows.
bool names_rows(const std::vector<Item>& beside, const std::vector<Item>& inside) {
  const std::vector<Row> lines = rows_of(beside);
  std::vector<Item> both = beside;
  both.insert(both.end(), inside.begin(), inside.end());
  double words = 0;
  for (const auto& item : beside) words += item.length;
  const double rows = double(rows_of(std::move(both)).size());
  return double(lines.size()) >= 0.7 * rows && double(rows_of(inside).size()) >= 0.7 * rows && words <= 4 * double(lines.size());
}

// The items among which the tables stand at `places`, in reading order: of tables beside each other, and of one and the text
// beside it, each is a region.
void cut_beside(std::vector<Item> items, std::vector<Box> places, std::vector<Region>& regions) {
  const auto take = [&](auto&& is_part) {
    const auto part = std::stable_partition(items.begin(), items.end(), [&](const Item& item) { return !is_part(item.box); });
    std::vector<Item> taken(part, items.end());
    items.erase(part, items.end());
    return taken;
  };
  std::sort(places.begin(), places.end(), [](const Box& a, const Box& b) { return a.y0 < b.y0; });
  std::vector<Item> done;  // no cut among these
  const auto flush = [&](std::vector<Item> part) {
    if (!part.empty()) regions.push_back(rows_of(std::move(part)));
  };
  for (size_t i = 0; i < places.size();) {
    std::vector<Box> level;  // with each other
    double y1 = places[i].y1;
    for (; i < places.size() && places[i].y0 < y1; ++i) level.push_back(places[i]), y1 = std::max(y1, places[i].y1);
    const double y0 = level[0].y0;
    for (auto& item : take([&](const Box& box) { return middle_y(box) <= y0; })) done.push_back(std::move(item));
    std::vector<Item> band = take([&](const Box& box) { return middle_y(box) < y1; });
    std::sort(level.begin(), level.end(), [](const Box& a, const Box& b) { return a.x0 < b.x0; });
    double reached = level[0].x1, cut = 0;
    size_t left = 1;  // tables left of the cut
    for (; left < level.size() && level[left].x0 < reached; ++left) reached = std::max(reached, level[left].x1);
    std::swap(items, band);
    if (left < level.size()) {
      cut = (reached + level[left].x0) / 2;
      const std::vector<Row> above = rows_of(std::exchange(done, {}));
      size_t heads = above.size();  // from here on, rows above the tables that are in two as well
      double reached_up = y0;
      const auto in_two = [&](const Row& row) {
        const auto is_left = [&](const Item& item) { return item.box.x1 < cut; };
        return std::is_partitioned(row.items.begin(), row.items.end(), is_left) && is_left(row.items.front()) &&
               row.items.back().box.x0 > cut && row.box.y1 > reached_up - 2 * (row.box.y1 - row.box.y0);
      };
      for (; heads > 0 && in_two(above[heads - 1]); --heads) reached_up = above[heads - 1].box.y0;
      for (size_t r = 0; r < above.size(); ++r) {
        auto& to = r < heads ? done : items;
        to.insert(to.end(), above[r].items.begin(), above[r].items.end());
      }
      flush(std::exchange(done, {}));
      const auto split = level.begin() + std::ptrdiff_t(left);
      cut_beside(take([&](const Box& box) { return middle_x(box) < cut; }), {level.begin(), split}, regions);
      cut_beside(std::move(items), {split, level.end()}, regions);
    } else {
      std::vector<Item> before = take([&](const Box& box) { return middle_x(box) < level[0].x0; });
      std::vector<Item> after = take([&](const Box& box) { return middle_x(box) > reached; });
      if (!before.empty() && names_rows(before, items)) items.insert(items.end(), before.begin(), before.end()), before.clear();
      if (!before.empty() || !after.empty()) {
        flush(std::exchange(done, {}));
        flush(std::move(before)), flush(std::move(items)), flush(std::move(after));
      } else {
        done.insert(done.end(), items.begin(), items.end());
      }
    }
    items = std::move(band);
  }
  done.insert(done.end(), items.begin(), items.end());
  flush(std::move(done));
}

}  // namespace

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

std::vector<DraftTable> ruled_tables(const Region& region, const Rules& rules, double near,
                                     const std::vector<TurnedLine>& turned) {
  std::vector<DraftTable> tables;
  for (const auto& grid : grids(rules, near))
    if (auto table = ruled_table(region, grid, turned);
        table && std::none_of(tables.begin(), tables.end(),
                              [&](const DraftTable& other) { return other.first <= table->last && other.last >= table->first; }))
      tables.push_back(std::move(*table));
  return tables;
}

std::vector<Region> cut_beside_grids(Region region, const Rules& rules) {
  std::vector<double> heights;
  std::vector<Item> items;
  for (const auto& row : region)
    for (const auto& item : row.items) heights.push_back(item.box.y1 - item.box.y0), items.push_back(item);
  std::vector<Region> regions;
  cut_beside(std::move(items), places_of_grids(region, rules, 0.6 * median(std::move(heights))), regions);
  if (regions.size() < 2) return {std::move(region)};
  return regions;
}

}  // namespace bifrons
