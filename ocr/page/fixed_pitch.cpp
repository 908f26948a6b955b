// ocr/page/fixed_pitch.cpp - see fixed_pitch.h.
#include "ocr/page/fixed_pitch.h"

#include <algorithm>
#include <cmath>

#include "ocr/page/rows.h"
#include "ocr/page/script.h"

namespace bifrons {
namespace {

constexpr double tolerance = 0.3;     // of a cell: letters fill their cells more or less
constexpr double least_share = 0.8;   // of the words that fit; of fixed pitch 0.92 and more do, of other faces 0.6 at most
constexpr size_t least_words = 12;    // that fit
constexpr double least_cell = 6;      // pixels: what is narrower are dots, not letters
constexpr size_t most_compared = 64;  // words, each with each other
constexpr double narrow = 0.75;       // of a cell: the white between neighbours; beside a space it is a cell and more
constexpr double narrow_stop = 0.95;  // the same beside a full stop or comma, which has white on its own sides
constexpr double most_narrow = 0.15;  // of the gaps: where there are more, spaces are narrow on this page

}  // namespace

std::optional<Pitch> find_pitch(const std::vector<FoundWord>& words) {
  struct Extent {
    double count, width;
  };
  std::vector<Extent> extents;
  for (const FoundWord& word : words)
    if (const size_t count = characters(word.text).size(); count >= 2) extents.push_back({double(count), double(word.box.width)});
  if (extents.size() < least_words) return {};
  // The slope that most pairs of words agree on (Theil and Sen), then the best line through the words on it.
  std::vector<double> slopes, bearings;
  const size_t step = (extents.size() - 1) / most_compared + 1;
  for (size_t i = 0; i < extents.size(); i += step)
    for (size_t j = 0; j < i; j += step)
      if (const double more = extents[i].count - extents[j].count; std::abs(more) >= 2)
        slopes.push_back((extents[i].width - extents[j].width) / more);
  if (slopes.size() < least_words) return {};
  Pitch pitch{.cell = median(std::move(slopes))};
  if (pitch.cell < least_cell) return {};
  for (const Extent& e : extents) bearings.push_back(e.count * pitch.cell - e.width);
  pitch.bearing = median(std::move(bearings));
  for (int pass = 0; pass < 2; ++pass) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const Extent& e : extents) {
      if (std::abs(e.count * pitch.cell - pitch.bearing - e.width) > tolerance * pitch.cell) continue;
      n += 1, x += e.count, y += e.width, xx += e.count * e.count, xy += e.count * e.width;
    }
    const double spread = n * xx - x * x;
    if (n < double(least_words) || n < least_share * double(extents.size()) || spread <= 0) return {};
    pitch.cell = (n * xy - x * y) / spread;
    pitch.bearing = (pitch.cell * x - y) / n;
  }
  return pitch;
}

size_t characters_in(const Pitch& pitch, double width) {
  const double count = (width + pitch.bearing) / pitch.cell, whole = std::round(count);
  return whole >= 1 && std::abs(count - whole) <= tolerance ? size_t(whole) : 0;
}

void join_words(std::vector<FoundWord>& words, const Pitch& pitch) {
  const auto gap = [](const FoundWord& a, const FoundWord& b) { return b.box.x - (a.box.x + a.box.width); };
  const auto close = [&](const FoundWord& a, const FoundWord& b) {
    const bool stop = std::string_view(".,:;'").find(a.text.back()) != std::string_view::npos;
    return a.row == b.row && gap(a, b) > -tolerance * pitch.cell && gap(a, b) < (stop ? narrow_stop : narrow) * pitch.cell;
  };
  double gaps = 0, close_gaps = 0;
  for (size_t i = 1; i < words.size(); ++i) gaps += words[i].row == words[i - 1].row, close_gaps += close(words[i - 1], words[i]);
  if (close_gaps == 0 || close_gaps > most_narrow * gaps) return;
  const auto fits = [&](const FoundWord& word) { return characters_in(pitch, word.box.width) == characters(word.text).size(); };
  std::vector<FoundWord> joined;
  joined.reserve(words.size());
  for (FoundWord& word : words) {
    if (!joined.empty() && close(joined.back(), word) && (fits(joined.back()) || fits(word))) {
      FoundWord both = joined.back();
      const double first = double(both.text.size()), second = double(word.text.size());
      both.confidence = (both.confidence * first + word.confidence * second) / (first + second);
      both.text += word.text;
      both.box |= word.box;
      both.sure.insert(both.sure.end(), word.sure.begin(), word.sure.end());
      if (fits(both)) {
        joined.back() = std::move(both);
        continue;
      }
    }
    joined.push_back(std::move(word));
  }
  words = std::move(joined);
}

}  // namespace bifrons
