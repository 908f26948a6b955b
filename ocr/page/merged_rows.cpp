// ocr/page/merged_rows.cpp - see merged_rows.h.
#include "ocr/page/merged_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace bifrons {
namespace {

// In heights of the row, as the engine gives it.
constexpr double tall = 1.6;      // a word of two lines
constexpr double aside = 0.4;     // a word's foot off the baseline; descenders reach 0.3
constexpr double gutter = 1.0;    // white that parts columns
constexpr double margin = 0.2;    // around the place
constexpr double sure = 90;       // confidence from which a part is left as it is
constexpr int border = 20;        // white pixels that the engine wants around text
constexpr double kept = 0.8;      // of the characters: the least that a second reading must find
constexpr size_t neighbours = 3;  // rows above and below that tell a row's height

using Part = std::vector<size_t>;  // numbers of words that stand beside each other in one row

std::vector<Part> parts_of(const std::vector<FoundWord>& words) {
  std::vector<size_t> order(words.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return words[a].row != words[b].row ? words[a].row < words[b].row : words[a].box.x < words[b].box.x;
  });
  std::vector<Part> parts;
  int row = -1, reached = 0;
  for (const size_t i : order) {
    const FoundWord& word = words[i];
    if (word.row != row || word.box.x - reached > gutter * word.size) parts.emplace_back(), reached = 0;
    parts.back().push_back(i);
    row = word.row, reached = std::max(reached, word.box.x + word.box.width);
  }
  return parts;
}

// Of each row: the median height around it, because that of a row with a merged line in it is too large.
std::vector<double> heights_of(const std::vector<FoundWord>& words) {
  int last = 0;
  for (const FoundWord& word : words) last = std::max(last, word.row);
  std::vector<double> own(size_t(last) + 1), around(own.size());
  for (const FoundWord& word : words) own[size_t(word.row)] = word.size;
  for (size_t row = 0; row < own.size(); ++row) {
    std::vector<double> near(own.begin() + std::ptrdiff_t(row - std::min(row, neighbours)),
                             own.begin() + std::ptrdiff_t(std::min(own.size(), row + neighbours + 1)));
    std::nth_element(near.begin(), near.begin() + std::ptrdiff_t(near.size() / 2), near.end());
    around[row] = near[near.size() / 2];
  }
  return around;
}

bool looks_merged(const std::vector<FoundWord>& words, const Part& part, double height) {
  double letters = 0, confidence = 0, high = 0, off = 0;
  for (const size_t i : part) {
    const FoundWord& word = words[i];
    const auto length = double(word.text.size());
    letters += length, confidence += length * word.confidence;
    high += word.box.height > tall * height ? length : 0;
    off += std::abs(word.box.y + word.box.height - word.base) > aside * height ? length : 0;
  }
  return confidence < sure * letters && (high > 0 || off > letters / 2);
}

// Where merged rows are; those of three lines reach over each other and are one place.
std::vector<cv::Rect> merged_places(const std::vector<FoundWord>& words, const std::vector<double>& heights, cv::Size size) {
  std::vector<cv::Rect> places;
  for (const Part& part : parts_of(words)) {
    const double height = heights[size_t(words[part[0]].row)];
    if (!looks_merged(words, part, height)) continue;
    cv::Rect place;
    for (const size_t i : part) place = place.empty() ? words[i].box : place | words[i].box;
    const int pad = int(margin * height);
    place = (place + cv::Size(2 * pad, 2 * pad) - cv::Point(pad, pad)) & cv::Rect({}, size);
    for (auto other = places.begin(); other != places.end();)
      if ((*other & place).empty())
        ++other;
      else
        place |= *other, places.erase(other), other = places.begin();
    places.push_back(place);
  }
  return places;
}

double length_of(const std::vector<FoundWord>& words) {
  double length = 0;
  for (const FoundWord& word : words) length += double(word.text.size());
  return length;
}

}  // namespace

void mend_merged_rows(Reading& reading, const cv::Mat& gray, const std::function<Reading(const cv::Mat&)>& read_block) {
  std::vector<FoundWord>& words = reading.words;
  const std::vector<double> heights = heights_of(words);
  const auto height_at = [&](const FoundWord& word) {  // of words found here: the engine's own
    return size_t(word.row) < heights.size() ? heights[size_t(word.row)] : word.size;
  };
  bool mended = false;
  for (const cv::Rect& place : merged_places(words, heights, gray.size())) {
    cv::Mat cut = gray(place).clone();
    std::vector<FoundWord> inside, others;
    for (const FoundWord& word : words)
      if (place.contains((word.box.tl() + word.box.br()) / 2)) {
        inside.push_back(word);
      } else {
        const cv::Rect common = word.box & place;
        if (!common.empty() && word.box.height <= tall * height_at(word)) cut(common - place.tl()).setTo(255);
        others.push_back(word);
      }
    cv::copyMakeBorder(cut, cut, border, border, border, border, cv::BORDER_CONSTANT, cv::Scalar(255));
    Reading again = read_block(cut);
    if (!again.in_time || again.confidence <= confidence_of(inside) || length_of(again.words) < kept * length_of(inside))
      continue;
    const int above = words.back().row + 1;  // rows are counted upwards
    for (FoundWord& word : again.words) {
      word.box += place.tl() - cv::Point(border, border), word.base += place.y - border, word.row += above;
      others.push_back(std::move(word));
    }
    words = std::move(others);
    mended = true;
  }
  if (mended) reading.confidence = confidence_of(words);
}

}  // namespace bifrons
