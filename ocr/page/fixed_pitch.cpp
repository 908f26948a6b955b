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
constexpr double least_bearing = -0.7, most_bearing = 1;  // cells; few words say little about it, and bold serifs reach out
constexpr double most_narrowing = 0.18;  // cells that a narrow character lacks: in fixed pitch 0.11 at most, else 0.2 to 0.7
constexpr double least_told = 3;         // squared counts of narrow characters, so far as words of one length differ in them
constexpr double narrow = 0.75;          // of a cell: the white between neighbours; beside a space it is a cell and more
constexpr double narrow_stop = 0.95;     // the same beside a full stop or comma, which has white on its own sides
constexpr double most_narrow = 0.15;     // of the gaps: where there are more, spaces are narrow on this page

struct Extent {
  double count, width;
  double narrow;  // characters that proportional faces set narrowly, less the ones that they set widely
};

Extent extent_of(const FoundWord& word) {
  const std::u32string text = characters(word.text);
  Extent extent{double(text.size()), double(word.box.width), 0};
  for (const char32_t c : text) {
    extent.narrow += std::u32string_view(U"iljtfrI.,:;'!|()[]").find(c) != std::u32string_view::npos;
    extent.narrow -= std::u32string_view(U"mwMWQO@%").find(c) != std::u32string_view::npos;
  }
  return extent;
}

// Figures are equally wide in most proportional faces too, and most words of a timetable are figures: are words with more narrow
// characters narrower than others of as many characters? False where the words do not tell.
bool equally_wide(const std::vector<Extent>& extents, const Pitch& pitch) {
  double n = 0, x = 0, k = 0, xx = 0, xk = 0;
  const auto lacks = [&](const Extent& e) { return e.count - (e.width + pitch.bearing) / pitch.cell; };
  const auto usable = [&](const Extent& e) { return std::abs(lacks(e)) < 1; };  // else the engine missed characters
  for (const Extent& e : extents)
    if (usable(e)) n += 1, x += e.count, k += e.narrow, xx += e.count * e.count, xk += e.count * e.narrow;
  const double spread = n * xx - x * x;
  if (spread <= 0) return false;
  const double each = (n * xk - x * k) / spread, none = (k - each * x) / n;  // narrow ones that longer words have more of
  double told = 0, lacking = 0;
  for (const Extent& e : extents)
    if (const double more = e.narrow - none - each * e.count; usable(e)) told += more * more, lacking += more * lacks(e);
  return told >= least_told && lacking <= most_narrowing * told;
}

bool same_line(const FoundWord& a, const FoundWord& b) {
  const int overlap = std::min(a.box.y + a.box.height, b.box.y + b.box.height) - std::max(a.box.y, b.box.y);
  return 2 * overlap >= std::min(a.box.height, b.box.height);
}

// Does a figure go on from `a` to `b`, with a full stop, comma or colon at the end of `a` or the start of `b`?
bool divided_figure(const std::string& a, const std::string& b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto stop = [](char c) { return c == '.' || c == ',' || c == ':'; };
  if (a.empty() || b.empty()) return false;
  if (stop(a.back())) return a.size() > 1 && digit(a[a.size() - 2]) && digit(b.front());
  return digit(a.back()) && b.size() > 1 && stop(b.front()) && digit(b[1]);
}

class Joiner {
 public:
  explicit Joiner(const Pitch& pitch) : pitch_(pitch) {}
  bool close(const FoundWord& a, const FoundWord& b) const {  // no room for a space between them
    const bool stop = std::string_view(".,:;'").find(a.text.back()) != std::string_view::npos;
    const int gap = b.box.x - (a.box.x + a.box.width);
    return gap > -tolerance * pitch_.cell && gap < (stop ? narrow_stop : narrow) * pitch_.cell;
  }
  bool join(FoundWord& a, const FoundWord& b) const;  // false: they fill no whole number of cells together
  void join_figures(std::vector<FoundWord>& words) const;

 private:
  bool fits(const FoundWord& word) const { return characters_in(pitch_, word.box.width) == characters(word.text).size(); }
  const Pitch& pitch_;
};

bool Joiner::join(FoundWord& a, const FoundWord& b) const {
  if (!fits(a) && !fits(b)) return false;
  FoundWord both = a;
  const double first = double(a.text.size()), second = double(b.text.size());
  both.confidence = (a.confidence * first + b.confidence * second) / (first + second);
  both.text += b.text;
  both.box |= b.box;
  both.sure.insert(both.sure.end(), b.sure.begin(), b.sure.end());
  if (!fits(both)) return false;
  a = std::move(both);
  return true;
}

// Figures are divided at their stops, which have much white. Where a table has many, the engine takes what stands on either side
// for columns, so the rest of a figure may be in another row.
void Joiner::join_figures(std::vector<FoundWord>& words) const {
  for (size_t i = 0; i < words.size();) {
    const auto rest = std::find_if(words.begin(), words.end(), [&](const FoundWord& word) {
      return divided_figure(words[i].text, word.text) && close(words[i], word) && same_line(words[i], word);
    });
    if (rest == words.end() || !join(words[i], *rest)) {
      ++i;
      continue;
    }
    const bool before = rest - words.begin() < std::ptrdiff_t(i);
    words.erase(rest);
    i -= before;  // once more: it may go on
  }
}

}  // namespace

std::optional<Pitch> find_pitch(const std::vector<FoundWord>& words) {
  std::vector<Extent> extents;
  for (const FoundWord& word : words)
    if (const Extent extent = extent_of(word); extent.count >= 2) extents.push_back(extent);
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
  if (pitch.bearing < least_bearing * pitch.cell || pitch.bearing > most_bearing * pitch.cell) return {};
  return equally_wide(extents, pitch) ? std::optional(pitch) : std::nullopt;
}

size_t characters_in(const Pitch& pitch, double width) {
  const double count = (width + pitch.bearing) / pitch.cell, whole = std::round(count);
  return whole >= 1 && std::abs(count - whole) <= tolerance ? size_t(whole) : 0;
}

void join_words(std::vector<FoundWord>& words, const Pitch& pitch) {
  const Joiner joiner(pitch);
  joiner.join_figures(words);
  const auto close = [&](const FoundWord& a, const FoundWord& b) { return a.row == b.row && joiner.close(a, b); };
  double gaps = 0, close_gaps = 0;
  for (size_t i = 1; i < words.size(); ++i) gaps += words[i].row == words[i - 1].row, close_gaps += close(words[i - 1], words[i]);
  if (close_gaps == 0 || close_gaps > most_narrow * gaps) return;
  std::vector<FoundWord> joined;
  joined.reserve(words.size());
  for (FoundWord& word : words)
    if (joined.empty() || !close(joined.back(), word) || !joiner.join(joined.back(), word)) joined.push_back(std::move(word));
  words = std::move(joined);
}

}  // namespace bifrons
