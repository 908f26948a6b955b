// ocr/page/rows.cpp - see rows.h.
#include "ocr/page/rows.h"

#include <algorithm>
#include <cmath>

#include "ocr/page/script.h"

namespace bifrons {

ReadingFrame reading_frame(const Page& page, const PageWords& words) {
  ReadingFrame frame;
  frame.to_page = turn_map(words.turned, page.width, page.height) * rotation_map(words.skew);
  // Vertical writing: lines run down and follow each other leftwards.
  if (words.vertical) frame.to_page = frame.to_page * Map(0, -1, 0, 1, 0, 0, 0, 0, 1);
  frame.from_page = frame.to_page.inv();
  return frame;
}

std::vector<Item> items_of(const PageWords& words, const ReadingFrame& frame) {
  std::vector<Item> items;
  for (const auto& word : words.words) {
    if (word.text.empty()) continue;
    Item item;
    item.text = word.text;
    item.confidence = word.confidence;
    item.size = word.size;
    item.bold = word.bold;
    for (size_t i = 0; i < 8; i += 2) {
      const double x = word.quad[i], y = word.quad[i + 1];
      const cv::Point2d p = through(frame.from_page, x, y);
      const Box here{p.x, p.y, p.x, p.y}, there{x, y, x, y};
      item.box = i ? hull(item.box, here) : here;
      item.page_box = i ? hull(item.page_box, there) : there;
    }
    size_t ideographs = 0;
    for (char32_t c : characters(word.text)) ideographs += is_ideograph(c);
    item.length = std::max(1.0, 0.5 * double(ideographs));
    item.level_box = item.box;
    items.push_back(std::move(item));
  }
  for (const auto& tick : words.ticks) {
    Item item;
    item.text = tick.ticked ? "[x]" : "[ ]";
    item.page_box = tick.box;
    const double corners[][2] = {
        {tick.box.x0, tick.box.y0}, {tick.box.x1, tick.box.y0}, {tick.box.x1, tick.box.y1}, {tick.box.x0, tick.box.y1}};
    for (const auto& corner : corners) {
      const cv::Point2d p = through(frame.from_page, corner[0], corner[1]);
      const Box here{p.x, p.y, p.x, p.y};
      item.box = &corner == &corners[0] ? here : hull(item.box, here);
    }
    item.length = 1;
    item.level_box = item.box;
    items.push_back(std::move(item));
  }
  return items;
}

std::vector<Item> cut_at(const Item& item, std::vector<double> places, const ReadingFrame& frame) {
  constexpr size_t piece_numbers = 1'000'000;  // above those of whole words
  const std::u32string letters = characters(item.text);
  const double wide = item.box.x1 - item.box.x0, each = wide / double(std::max<size_t>(1, letters.size()));
  std::erase_if(places, [&](double x) { return x < item.box.x0 + 0.4 * each || x > item.box.x1 - 0.4 * each; });
  if (places.empty() || letters.size() < 2 || !std::all_of(letters.begin(), letters.end(), is_wide)) return {item};
  std::sort(places.begin(), places.end());
  places.push_back(item.box.x1);
  std::vector<Item> pieces;
  size_t done = 0;
  for (const double place : places) {
    const size_t upto = std::min(letters.size(), size_t(std::round((place - item.box.x0) / each)));
    if (upto <= done) continue;
    Item piece = item;
    piece.number = item.number + pieces.size() * piece_numbers;
    piece.text.clear();
    for (size_t i = done; i < upto; ++i) piece.text += utf8(letters[i]);
    const double from = double(done) / double(letters.size()), to = double(upto) / double(letters.size());
    const double level = item.level_box.x1 - item.level_box.x0;
    piece.box.x0 = item.box.x0 + from * wide, piece.box.x1 = item.box.x0 + to * wide;
    piece.level_box.x0 = item.level_box.x0 + from * level, piece.level_box.x1 = item.level_box.x0 + to * level;
    const auto q = quad_through(frame.to_page, piece.level_box.x0, piece.level_box.y0, piece.level_box.x1, piece.level_box.y1);
    const auto [x0, x1] = std::minmax({q[0], q[2], q[4], q[6]});
    const auto [y0, y1] = std::minmax({q[1], q[3], q[5], q[7]});
    piece.page_box = {std::max(x0, item.page_box.x0), std::max(y0, item.page_box.y0), std::min(x1, item.page_box.x1),
                      std::min(y1, item.page_box.y1)};
    piece.length = std::max(1.0, 0.5 * double(upto - done));
    pieces.push_back(std::move(piece));
    done = upto;
  }
  return pieces;
}

void cut_at_rules(std::vector<Item>& items, const Rules& rules, const ReadingFrame& frame) {
  for (size_t i = 0; i < items.size(); ++i) items[i].number = i;
  if (rules.upright.empty()) return;
  std::vector<Item> result;
  for (auto& item : items) {
    const double y = (item.box.y0 + item.box.y1) / 2;
    std::vector<double> places;
    for (const auto& rule : rules.upright)
      if (rule.y0 < y && rule.y1 > y && rule.x0 > item.box.x0 && rule.x1 < item.box.x1) places.push_back((rule.x0 + rule.x1) / 2);
    for (auto& piece : cut_at(item, std::move(places), frame)) result.push_back(std::move(piece));
  }
  items = std::move(result);
}

Rules rules_of(const PageWords& words, const ReadingFrame& frame) {
  Rules rules;
  for (const auto& rule : words.rules) {
    const cv::Point2d a = through(frame.from_page, rule.x0, rule.y0), b = through(frame.from_page, rule.x1, rule.y1);
    RuledLine line{std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)};
    (line.x1 - line.x0 > line.y1 - line.y0 ? rules.level : rules.upright).push_back(line);
  }
  return rules;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double ideograph_width(const std::vector<Row>& rows) {
  std::vector<double> widths;
  for (const auto& row : rows)
    for (const auto& item : row.items) {
      const std::u32string letters = characters(item.text);
      if (letters.size() > 1 && std::all_of(letters.begin(), letters.end(), is_ideograph))
        widths.push_back((item.box.x1 - item.box.x0) / double(letters.size()));
    }
  return median(std::move(widths));
}

double median_height(const std::vector<Item>& items) {
  std::vector<double> heights;
  heights.reserve(items.size());
  for (const auto& item : items) heights.push_back(item.box.y1 - item.box.y0);
  return median(std::move(heights));
}

Box hull_of(const std::vector<Item>& items) {
  Box box = items.empty() ? Box{} : items[0].box;
  for (const auto& item : items) box = hull(box, item.box);
  return box;
}

std::vector<Row> rows_of(std::vector<Item> items) {
  struct Band {  // mean upper and lower edge, weighted by width
    double top = 0, bottom = 0, weight = 0;
  };
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.box.y0 + a.box.y1 < b.box.y0 + b.box.y1; });
  std::vector<Row> rows;
  std::vector<Band> bands;
  for (auto& item : items) {
    const double height = item.box.y1 - item.box.y0;
    double most = 0.5;
    size_t best = rows.size();
    for (size_t i = rows.size(); i-- > 0 && rows.size() - i < 12;) {
      const double overlap = std::min(item.box.y1, bands[i].bottom) - std::max(item.box.y0, bands[i].top);
      const double share = overlap / std::max(1e-9, std::min(height, bands[i].bottom - bands[i].top));
      if (share > most) most = share, best = i;
    }
    if (best == rows.size()) rows.emplace_back(), bands.emplace_back();
    Band& band = bands[best];
    const double weight = std::max(1e-6, item.box.x1 - item.box.x0);
    band.top = (band.top * band.weight + item.box.y0 * weight) / (band.weight + weight);
    band.bottom = (band.bottom * band.weight + item.box.y1 * weight) / (band.weight + weight);
    band.weight += weight;
    rows[best].items.push_back(std::move(item));
  }
  for (auto& row : rows) {
    std::stable_sort(row.items.begin(), row.items.end(), [](const Item& a, const Item& b) { return a.box.x0 < b.box.x0; });
    row.box = hull_of(row.items);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.box.y0 + a.box.y1 < b.box.y0 + b.box.y1; });
  return rows;
}

}  // namespace bifrons
