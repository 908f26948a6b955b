// ocr/page/tables.cpp - see tables.h.
#include "ocr/page/tables.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "ocr/page/ruled_tables.h"
#include "ocr/page/script.h"

namespace bifrons {
namespace {

double middle_x(const Box& b) { return (b.x0 + b.x1) / 2; }

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

size_t column_of(const std::vector<Interval>& columns, const Item& item) {
  size_t c = 0;
  while (c + 1 < columns.size() && middle_x(item.box) > columns[c].x1) ++c;
  return c;
}

// A run of rows without those at its ends that stand over the white of the others, as the head of a letter does with few parts:
// what remains has the most white between its cells. `parts`: of each row of the run, `least` apart.
std::pair<size_t, size_t> without_letterhead(const Region& region, size_t first, size_t last, const std::vector<size_t>& parts,
                                             double least) {
  constexpr size_t most = 8;  // rows to leave at either end
  const size_t widest = *std::max_element(parts.begin(), parts.end());
  const auto may_go = [&](size_t r) { return 2 * parts[r - first] <= widest; };
  std::pair<size_t, size_t> best{first, last};
  size_t earliest_end = last, most_white = 0;
  while (earliest_end > first + 2 && earliest_end + most > last && may_go(earliest_end)) --earliest_end;
  if (!may_go(first) && earliest_end == last) return best;
  for (size_t a = first; a + 2 <= last && a <= first + most && (a == first || may_go(a - 1)); ++a) {
    std::vector<Interval> cover;
    for (size_t e = a; e <= last; ++e) {
      cover = covered(cover, region[e]);
      if (e < std::max(earliest_end, a + 2)) continue;
      const std::vector<Interval> columns = joined(cover, least);
      size_t white = 0;
      for (size_t r = a; r <= e; ++r) {
        const auto& items = region[r].items;
        for (size_t k = 1; k < items.size(); ++k) white += column_of(columns, items[k]) != column_of(columns, items[k - 1]);
      }
      bool few = columns.size() > 2;  // parts in all that goes
      for (size_t r = first; r <= last; ++r) few &= (r >= a && r <= e) || 2 * parts[r - first] <= columns.size();
      const bool whole = a == first && e == last;
      if (whole ? white >= most_white : few && white > most_white) best = {a, e}, most_white = white;
    }
  }
  return best;
}

// Its last cells begin anywhere, and hold no figures, which end alike: no column.
bool ragged(const DraftTable& table, double height) {
  double least = 1e300, most = -1e300;
  size_t cells = 0, figures = 0;
  for (const auto& row : table.rows) {
    std::vector<const Item*> items;
    for (const auto& item : row.back().items) items.push_back(&item);
    if (items.empty()) continue;
    least = std::min(least, items[0]->box.x0), most = std::max(most, items[0]->box.x0);
    ++cells, figures += is_figure(items);
  }
  return most - least > 2 * height && 2 * figures < cells;
}

std::optional<DraftTable> aligned_table(const Region& region, size_t first, size_t end, double height) {
  const double least_gap = 1.5 * height;
  std::vector<Interval> cover;
  std::vector<size_t> parts;
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
    parts.push_back(own.size());
    cover = next, last = r;
  }
  if (last - first < 2 || rows_with_two * 10 < parts.size() * 8) return {};
  std::tie(first, last) = without_letterhead(region, first, last, parts, least_gap);
  const size_t count = last - first + 1;
  cover.clear();
  for (size_t r = first; r <= last; ++r) cover = covered(cover, region[r]);
  const auto columns = joined(cover, least_gap);
  DraftTable table;
  table.first = first, table.last = last;
  double words = 0, cells = 0, narrowest = 1e9, marks = 0;
  for (size_t c = 1; c < columns.size(); ++c) narrowest = std::min(narrowest, columns[c].x0 - columns[c - 1].x1);
  for (size_t r = first; r <= last; ++r) {
    std::vector<DraftTable::Cell> row(columns.size());
    for (size_t c = 0; c < columns.size(); ++c) row[c].place = {columns[c].x0, region[r].box.y0, columns[c].x1, region[r].box.y1};
    for (const auto& item : region[r].items) {
      row[column_of(columns, item)].items.push_back(item);
      words += item.length;
    }
    for (const auto& cell : row) cells += !cell.items.empty();
    marks += starts_list_item(region[r]);
    table.rows.push_back(std::move(row));
  }
  if (columns.size() == 2 && marks * 2 >= double(count)) return {};                // a list
  if (columns.size() == 2 && count <= 5 && ragged(table, height)) return {};       // an address and the numbers beside it
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
  std::vector<DraftTable> tables = ruled_tables(region, rules, 0.6 * height, turned);
  std::vector<bool> taken(region.size(), false);
  for (const auto& table : tables)
    for (size_t r = table.first; r <= table.last; ++r) taken[r] = true;
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
      const size_t above = table->first > r ? table->first - 1 : r > 0 && !taken[r - 1] ? r - 1 : r;
      add_turned_head(*table, region, above, turned, placed, height);
      if (auto over = aligned_table(region, r, table->first, height)) tables.push_back(std::move(*over));
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
