// ocr/page/word_boxes.cpp - see word_boxes.h.
#include "ocr/page/word_boxes.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include <opencv2/imgproc.hpp>

#include "ocr/page/script.h"

namespace bifrons {
namespace {

constexpr double ink = 150;  // darker is ink, of pixels averaged with their neighbours; the picture reaches from 0 to 255

// In heights of the row.
constexpr double space = 0.12;   // the least white between words
constexpr double letters = 0.2;  // the most between letters
constexpr double reach = 0.7;    // how far an edge is moved across
constexpr double rise = 0.25;    // and up or down
constexpr double beside = 1.5;   // words farther apart are no neighbours

// Of the columns (or rows) of `area`: is there ink?
std::vector<bool> inked(const cv::Mat& dark, const cv::Rect& area, bool columns) {
  cv::Mat sums;
  cv::reduce(dark(area), sums, columns ? 0 : 1, cv::REDUCE_MAX, CV_8U);
  std::vector<bool> line(sums.total());
  for (size_t i = 0; i < line.size(); ++i) line[i] = sums.data[i] != 0;
  return line;
}

// The white between two words: of all in their halves the one that is widest for its distance from where it was thought to be.
bool widest_white(const std::vector<bool>& line, int thought, double height, int& from, int& to) {
  double best = 0;
  const auto size = int(line.size());
  for (int i = 0; i < size; ++i) {
    if (line[size_t(i)]) continue;
    int end = i;
    while (end < size && !line[size_t(end)]) ++end;
    const double away = thought < i ? i - thought : thought > end ? thought - end : 0;
    const double worth = end - i - 0.3 * away;
    if (end - i >= space * height && away <= reach * height && worth > best) best = worth, from = i, to = end;
    i = end;
  }
  return best > 0;
}

cv::Rect within(const cv::Rect& box, int x0, int x1) { return {x0, box.y, x1 - x0, box.height}; }

// An outer edge: outwards along ink that goes on, over gaps as they are between letters; or to the first ink inside.
int outer_edge(const std::vector<bool>& line, int edge, int inwards, double most, double gap) {
  const auto size = int(line.size());
  const auto at = [&](int i) { return i >= 0 && i < size && line[size_t(i)]; };
  int moved = edge;
  bool found = at(edge);
  for (int i = edge, white = 0; std::abs(i - edge) < most && white <= gap; i -= inwards)
    if (at(i))
      moved = i, white = 0, found = true;
    else
      ++white;
  if (found) return moved;
  while (!at(moved) && std::abs(moved - edge) < most) moved += inwards;
  return at(moved) ? moved : edge;
}

}  // namespace

void fit_boxes(std::vector<FoundWord>& words, const cv::Mat& gray) {
  std::vector<size_t> order(words.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return words[a].row != words[b].row ? words[a].row < words[b].row : words[a].box.x < words[b].box.x;
  });
  cv::Mat dark;
  cv::blur(gray, dark, {3, 3});
  cv::threshold(dark, dark, ink, 255, cv::THRESH_BINARY_INV);
  const cv::Rect page({}, gray.size());
  std::vector<cv::Rect> boxes(words.size());
  for (size_t i = 0; i < words.size(); ++i) boxes[i] = words[i].box & page;
  std::set<int> rows_of_ideographs;  // white within those is as wide as between them
  for (const FoundWord& word : words)
    if (ideograph_share(word.text) > 0) rows_of_ideographs.insert(word.row);
  const auto fits = [&](size_t i) { return !rows_of_ideographs.contains(words[i].row); };

  // Between neighbours.
  std::vector<bool> left(words.size()), right(words.size());
  for (size_t k = 0; k + 1 < order.size(); ++k) {
    const size_t a = order[k], b = order[k + 1];
    cv::Rect &one = boxes[a], &two = boxes[b];
    const double height = words[a].size;
    if (!fits(a) || words[a].row != words[b].row || two.x - (one.x + one.width) > beside * height) continue;
    // From middle to middle; a narrow word may lie wholly beside its place.
    const int past = int(letters * height);
    const int x0 = std::min(one.x + one.width / 2, one.br().x - past), x1 = std::max(two.x + two.width / 2, two.x + past);
    if (x1 <= x0) continue;
    const int y0 = std::min(one.y, two.y), y1 = std::max(one.y + one.height, two.y + two.height);
    const cv::Rect area = cv::Rect(x0, y0, x1 - x0, y1 - y0) & page;
    if (area.empty()) continue;
    int from = 0, to = 0;
    if (!widest_white(inked(dark, area, true), (one.x + one.width + two.x) / 2 - area.x, height, from, to)) continue;
    one.width = area.x + from - one.x, two.width = two.x + two.width - (area.x + to), two.x = area.x + to;
    right[a] = left[b] = true;
  }
  for (size_t i = 0; i < words.size(); ++i) {
    cv::Rect& box = boxes[i];
    if (box.empty() || !fits(i)) continue;
    const double height = words[i].size;
    const int around = int(reach * height);
    const cv::Rect wide = cv::Rect(box.x - around, box.y, box.width + 2 * around, box.height) & page;
    const auto columns = inked(dark, wide, true);
    int x0 = box.x, x1 = box.x + box.width;
    if (!left[i]) x0 = wide.x + outer_edge(columns, x0 - wide.x, 1, reach * height, letters * height);
    if (!right[i]) x1 = wide.x + outer_edge(columns, x1 - 1 - wide.x, -1, reach * height, letters * height) + 1;
    if (x1 - x0 < 2) continue;
    box = within(box, x0, x1);
    const int above = int(rise * height);
    const cv::Rect high = cv::Rect(box.x, box.y - above, box.width, box.height + 2 * above) & page;
    const auto rows = inked(dark, high, false);
    const int y0 = high.y + outer_edge(rows, box.y - high.y, 1, box.height / 2.0, 0);
    const int y1 = high.y + outer_edge(rows, box.y + box.height - 1 - high.y, -1, box.height / 2.0, 0) + 1;
    if (y1 - y0 >= 2) box.y = y0, box.height = y1 - y0;
    words[i].box = box;
  }
}

}  // namespace bifrons
