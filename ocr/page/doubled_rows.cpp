// ocr/page/doubled_rows.cpp - see doubled_rows.h.
#include "ocr/page/doubled_rows.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

namespace bifrons {
namespace {

constexpr double same_place = 0.5;        // share of the smaller word's box under the other
constexpr double most_high = 1.7;         // of a row's own height: what is higher is more than one line
constexpr double tall = 1.3;              // of a row's height: a box that reaches over another line
constexpr double gutter = 1.0;            // of a row's height: white that parts columns
constexpr double margin = 0.2;            // of a row's height, around the place
constexpr double within = 3;              // points of confidence: what is there twice is wrong, however surely it was read
constexpr double scrap = 50, whole = 80;  // confidence at most, at least, of a word's upper or lower edge and of the word

bool lie_over_each_other(const FoundWord& a, const FoundWord& b) {
  return a.row != b.row && (a.box & b.box).area() > same_place * std::min(a.box.area(), b.box.area());
}

// The edge of a word of another row, read as a word of its own.
bool is_scrap_of(const FoundWord& a, const FoundWord& b) {
  return b.confidence > whole && lie_over_each_other(a, b) && 2 * a.box.height < b.box.height;
}

// One part of a line, with all the words found there, to `words`.
void mend(std::vector<FoundWord> part, double high, cv::Size size, const std::function<Reading(const cv::Rect&)>& read_line,
          std::vector<FoundWord>& words) {
  bool doubled = false;
  cv::Rect place;
  for (size_t i = 0; i < part.size(); ++i) {
    if (part[i].box.height <= tall * high) place = place.empty() ? part[i].box : place | part[i].box;
    for (size_t j = i + 1; j < part.size() && !doubled; ++j) doubled = lie_over_each_other(part[i], part[j]);
  }
  if (doubled && !place.empty() && place.height <= most_high * high) {
    const int pad = int(margin * high);
    place = (place + cv::Size(2 * pad, 2 * pad) - cv::Point(pad, pad)) & cv::Rect({}, size);
    Reading again = read_line(place);
    if (again.in_time && again.confidence > confidence_of(part) - within) {
      for (FoundWord& word : again.words) word.box += place.tl(), word.row = part[0].row;
      part = std::move(again.words);
    }
  }
  std::move(part.begin(), part.end(), std::back_inserter(words));
}

}  // namespace

void mend_doubled_rows(Reading& reading, cv::Size size, const std::function<Reading(const cv::Rect&)>& read_line) {
  std::vector<FoundWord>& words = reading.words;
  const std::vector<FoundWord> all = words;
  std::erase_if(words, [&](const FoundWord& word) {
    return word.confidence < scrap &&
           std::any_of(all.begin(), all.end(), [&](const FoundWord& other) { return is_scrap_of(word, other); });
  });
  if (words.empty()) return;
  std::vector<int> group(size_t(words.back().row) + 1);  // of each row; rows are counted upwards
  std::iota(group.begin(), group.end(), 0);
  const auto root = [&](int row) {
    while (group[size_t(row)] != row) row = group[size_t(row)] = group[size_t(group[size_t(row)])];
    return row;
  };
  std::vector<size_t> down(words.size());  // from the top
  std::iota(down.begin(), down.end(), size_t(0));
  std::sort(down.begin(), down.end(), [&](size_t a, size_t b) { return words[a].box.y < words[b].box.y; });
  bool doubled = false;
  for (size_t i = 0; i < down.size(); ++i) {
    const FoundWord& upper = words[down[i]];
    for (size_t j = i + 1; j < down.size() && words[down[j]].box.y < upper.box.y + upper.box.height; ++j) {
      const FoundWord& lower = words[down[j]];
      if (!lie_over_each_other(upper, lower)) continue;
      group[size_t(root(lower.row))] = root(upper.row);
      doubled = true;
    }
  }
  if (!doubled) return;

  std::map<int, std::vector<FoundWord>> lines;
  for (FoundWord& word : words) lines[root(word.row)].push_back(std::move(word));
  words.clear();
  for (auto& [row, line] : lines) {
    std::sort(line.begin(), line.end(), [](const FoundWord& a, const FoundWord& b) { return a.box.x < b.box.x; });
    // Rows may go on in the next column, where they are well.
    for (auto from = line.begin(), to = from; from != line.end(); from = to) {
      double high = 0;
      for (int reached = from->box.x; to != line.end() && (to == from || to->box.x - reached < gutter * high); ++to)
        reached = std::max(reached, to->box.x + to->box.width), high = std::max(high, to->size);
      mend({std::make_move_iterator(from), std::make_move_iterator(to)}, high, size, read_line, words);
    }
  }
  reading.confidence = confidence_of(words);
}

}  // namespace bifrons
