// ocr/page/upright_cells.cpp - see upright_cells.h.
#include "ocr/page/upright_cells.h"

#include <algorithm>
#include <cmath>

#include "ocr/page/script.h"

namespace bifrons {
namespace {

constexpr double widest = 2.1;     // of an ideograph: two of them side by side, as the heads of columns have, do not fit
constexpr double over_edge = 0.3;  // of an ideograph, that it may stand over a ruled line
constexpr double farthest = 3;     // of an ideograph, from one to the next
constexpr double other_size = 1.7;

double size_of(const Item& item) { return std::max(item.box.x1 - item.box.x0, item.box.y1 - item.box.y0); }
double middle_y(const Item& item) { return (item.box.y0 + item.box.y1) / 2; }

struct Walls {
  double x0 = 0, x1 = 0;
};

// The ruled lines at its sides, if they are near enough.
std::optional<Walls> walls_of(const Item& item, const Rules& rules) {
  const double size = size_of(item), y = middle_y(item);
  std::optional<double> left, right;
  for (const RuledLine& rule : rules.upright) {
    if (rule.y0 > y || rule.y1 < y) continue;
    const double x = (rule.x0 + rule.x1) / 2;
    if (x < item.box.x0 + over_edge * size && (!left || x > *left)) left = x;
    if (x > item.box.x1 - over_edge * size && (!right || x < *right)) right = x;
  }
  if (!left || !right || *right - *left > widest * size || *right <= *left) return {};
  return Walls{*left, *right};
}

// The ruled line nearest above (the greatest y) or below (the least) this place, across it.
std::optional<double> level_rule(const Rules& rules, const Walls& walls, double y, bool above) {
  std::optional<double> nearest;
  const double x = (walls.x0 + walls.x1) / 2;
  for (const RuledLine& rule : rules.level) {
    const double at = (rule.y0 + rule.y1) / 2;
    if (rule.x0 > x || rule.x1 < x || (above ? at > y : at < y)) continue;
    if (!nearest || (above ? at > *nearest : at < *nearest)) nearest = at;
  }
  return nearest;
}

}  // namespace

std::vector<TurnedLine> take_upright_cells(std::vector<Item>& items, const Rules& rules, const Page& page, const PageWords& words,
                                           size_t first_block, size_t turn) {
  std::vector<TurnedLine> lines;
  if (rules.upright.size() < 2) return lines;
  struct Single {
    size_t item;
    Walls walls;
  };
  std::vector<Single> singles;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::u32string letters = characters(items[i].text);
    if (letters.size() != 1 || !is_ideograph(letters[0])) continue;
    if (const auto walls = walls_of(items[i], rules)) singles.push_back({i, *walls});
  }
  std::sort(singles.begin(), singles.end(), [&](const Single& a, const Single& b) {
    return std::pair(middle_y(items[a.item]), a.item) < std::pair(middle_y(items[b.item]), b.item);
  });
  PageWords down;
  down.turned = words.turned, down.skew = words.skew, down.vertical = true;
  const ReadingFrame frame = reading_frame(page, down);
  std::vector<bool> used(singles.size(), false), gone(items.size(), false);
  for (size_t s = 0; s < singles.size(); ++s) {
    if (used[s]) continue;
    std::vector<size_t> stack = {s};
    for (size_t t = s + 1; t < singles.size(); ++t) {
      const Item &last = items[singles[stack.back()].item], &next = items[singles[t].item];
      const double size = std::max(size_of(last), size_of(next));
      if (middle_y(next) - middle_y(last) > farthest * size) break;
      if (used[t] || size > other_size * std::min(size_of(last), size_of(next))) continue;
      const Walls &a = singles[s].walls, &b = singles[t].walls;
      if (std::abs(a.x0 - b.x0) > over_edge * size || std::abs(a.x1 - b.x1) > over_edge * size) continue;
      if (middle_y(next) - middle_y(last) < 0.6 * size) continue;  // beside it
      if (const auto rule = level_rule(rules, a, middle_y(last), false); rule && *rule < middle_y(next)) continue;
      stack.push_back(t);
    }
    if (stack.size() < 2) continue;
    Item whole = items[singles[s].item];
    double sum = 0;
    whole.text.clear();
    for (const size_t k : stack) {
      const Item& one = items[singles[k].item];
      whole.text += one.text;
      whole.box = hull(whole.box, one.box), whole.page_box = hull(whole.page_box, one.page_box);
      sum += one.confidence;
      used[k] = gone[singles[k].item] = true;
    }
    whole.confidence = whole.confidence < 0 ? -1 : std::max(0.0, sum / double(stack.size()));
    whole.number = size_t(-1);  // not of the main frame
    TurnedLine line;
    line.frame = frame;
    line.box = whole.box;
    const double top =
        level_rule(rules, singles[s].walls, whole.box.y0 + 0.5 * size_of(items[singles[s].item]), true).value_or(whole.box.y0);
    line.place = std::max(top, whole.box.y0 - farthest * (whole.box.y1 - whole.box.y0)) + 0.01;
    line.block = first_block + lines.size();
    line.turn = turn;
    line.in_main.push_back(whole);
    whole.box = whole.level_box = box_in(frame, whole.page_box);
    line.row.box = whole.box;
    line.row.items.push_back(std::move(whole));
    lines.push_back(std::move(line));
  }
  if (lines.empty()) return lines;
  size_t kept = 0;
  for (size_t i = 0; i < items.size(); ++i)
    if (!gone[i]) {
      if (kept != i) items[kept] = std::move(items[i]);
      ++kept;
    }
  items.resize(kept);
  return lines;
}

}  // namespace bifrons
