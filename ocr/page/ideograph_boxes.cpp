// ocr/page/ideograph_boxes.cpp - see ideograph_boxes.h.
#include "ocr/page/ideograph_boxes.h"

#include <algorithm>

#include "ocr/page/script.h"

namespace bifrons {
namespace {

constexpr double over = 0.4;     // of the narrower of two boxes, under the other
constexpr double high = 1.5;     // of the median of the row's boxes: more than one line
constexpr double narrow = 0.55;  // of an ideograph's width: a letter or figure

double width_of(const FoundWord& word) {
  double width = 0;
  for (char32_t c : characters(word.text)) width += is_wide(c) ? 1 : narrow;
  return width;
}

bool reaches_over(const FoundWord& a, const FoundWord& b) {  // b after a
  return a.box.br().x - b.box.x > over * std::min(a.box.width, b.box.width);
}

using Words = std::vector<FoundWord>::iterator;

void set(Words from, Words to, int left, int right) {
  double all = 0, before = 0;
  for (Words word = from; word != to; ++word) all += width_of(*word);
  const auto at = [&](double part) { return left + cvRound((right - left) * part / std::max(all, 1e-9)); };
  for (Words word = from; word != to; ++word) {
    const double after = before + width_of(*word);
    word->box.x = at(before), word->box.width = std::max(1, at(after) - at(before));
    before = after;
  }
}

void part_row(Words first, Words last) {
  const auto median = [&](auto&& of) {
    std::vector<int> values;
    for (Words word = first; word != last; ++word) values.push_back(of(word->box));
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
  };
  const int top = median([](const cv::Rect&box) { return box.y; }),
            height = median([](const cv::Rect&box) { return box.height; });
  std::vector<bool> wrong(size_t(last - first));
  for (size_t i = 0; i < wrong.size(); ++i) {
    const FoundWord& word = first[std::ptrdiff_t(i)];
    if (word.box.height > high * height) wrong[i] = true;
    if (i + 1 < wrong.size() && reaches_over(word, first[std::ptrdiff_t(i + 1)])) wrong[i] = wrong[i + 1] = true;
  }
  for (size_t i = 0, end = 0; i < wrong.size(); i = end + 1) {
    for (end = i; end < wrong.size() && wrong[end];) ++end;
    const Words from = first + std::ptrdiff_t(i), to = first + std::ptrdiff_t(end);
    int left = from->box.x, right = from->box.br().x;
    for (Words word = from; word != to; ++word) {
      left = std::min(left, word->box.x), right = std::max(right, word->box.br().x);
      if (word->box.height > high * height) word->box.y = top, word->box.height = height;
    }
    if (i > 0) left = std::max(left, from[-1].box.br().x);
    if (end < wrong.size()) right = std::min(right, to->box.x);
    if (end - i > 1 && right > left) set(from, to, left, right);
  }
}

}  // namespace

void part_ideographs(std::vector<FoundWord>& words) {
  for (Words first = words.begin(), last = first; first != words.end(); first = last) {
    last = std::find_if(first, words.end(), [&](const FoundWord& word) { return word.row != first->row; });
    part_row(first, last);
  }
}

void set_evenly(std::vector<FoundWord>& words, int left, int right) { set(words.begin(), words.end(), left, right); }

}  // namespace bifrons
