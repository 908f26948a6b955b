// ocr/page/letter_shapes.cpp - see letter_shapes.h. The cells that were read alike are averaged; a doubtful cell is compared with
// these averages, and the other cells of both characters, or all of the page's, say how much a difference means on this page.
#include "ocr/page/letter_shapes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ocr/page/letter_cells.h"
#include "ocr/page/letter_noise.h"
#include "ocr/page/script.h"

namespace bifrons {
namespace {

// Confidences, as the engine gives them to single characters of receipts, seeds 3001-3040.
constexpr double doubtful = 99.5;  // below: 1 right character in 4, 29 wrong ones in 30
constexpr double unsure = 99;      // below: 1 right character in 30, 3 wrong ones in 4
constexpr double guessed = 98.7;   // below: 1 right character in 50, 2 wrong ones in 3

constexpr double least_like = 0.8;    // correlation with a character's average; its own cells mostly have 0.9 to 0.98
constexpr double least_lead = 0.01;   // of that over the reading's own
constexpr double least_letter = 0.8;  // mean over a word whose surplus character is dropped
constexpr double most_strange = 0.4;  // of the cells read alike that look more like the other character
constexpr int most_passes = 4;        // each makes the averages purer
constexpr size_t least_typical = 4;   // cells that say what is usual
constexpr double least_figures = 3;   // cells of either figure: with fewer an amount is not changed

using Word = LetterCells::Word;

bool one_of(char32_t c, std::u32string_view list) { return list.find(c) != std::u32string_view::npos; }
bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_letter(char32_t c) { return is_letter_or_digit(c) && !is_digit(c); }
bool is_capital(char32_t c) { return c >= 'A' && c <= 'Z'; }
bool is_stop(char32_t c) { return c == '.' || c == ','; }
bool is_currency(char32_t c) { return one_of(c, U"$§@¢£&#"); }  // signs that the engine makes of damaged figures
// Letters whose capitals are the same shape, only larger.
bool has_twin(char32_t c) { return one_of(c, U"cosuvwxzCOSUVWXZ"); }
char32_t twin(char32_t c) { return is_capital(c) ? c + 32 : c - 32; }

// What may have been taken for what. Letters and figures stay apart: in many faces some of them are drawn alike.
bool may_be(char32_t read, char32_t other) {
  if (read == other) return false;
  if (is_digit(other)) return is_digit(read) || is_currency(read);
  if (is_letter(other)) return is_letter(read);
  return is_stop(read) && is_stop(other);
}

struct Spread {  // of the cells of a character: how much more they are like one average than like another
  double count = 0, sum = 0, squares = 0;
  void add(double value) { ++count, sum += value, squares += value * value; }
  double mean() const { return sum / count; }
  double scatter() const { return squares - sum * sum / count; }
  double deviation() const { return std::sqrt(std::max(0.0, scatter() / count)); }
};

class Opinion {
 public:
  explicit Opinion(const LetterCells& cells) : cells_(cells), noise_(cells), known_(cells.characters()) { measure_heights(); }
  char32_t of(const Word& word, size_t at) const;  // the character itself where there is nothing better

 private:
  void measure_heights();
  double raised(const float* shape) const;
  bool other_case(const Word& word, size_t at, char32_t other, double lead) const;
  double evidence(const Word& word, size_t at, char32_t other) const;
  bool outright(const Word& word, size_t at, char32_t other) const;
  bool typical(char32_t c, double like, double slack) const;

  const LetterCells& cells_;
  LetterNoise noise_;
  std::u32string known_;
  int capital_top_ = 0, small_top_ = 0;  // rows of a shape
};

// The first rows of capitals and of small letters.
void Opinion::measure_heights() {
  const CellFrame& frame = cells_.frame();
  const auto top = [&](std::u32string_view list) {
    std::vector<double> profile(size_t(frame.above), 0);
    for (char32_t c : known_) {
      if (!one_of(c, list)) continue;
      const auto mean = cells_.mean(c);
      const float white = *std::min_element(mean.begin(), mean.end());
      for (int y = 0; y < frame.above; ++y)
        for (int x = 2; x < frame.width - 2; ++x) profile[size_t(y)] += mean[size_t(y) * size_t(frame.width) + size_t(x)] - white;
    }
    std::vector<double> lower(profile.end() - frame.above / 3, profile.end());
    const auto middle = lower.begin() + std::ptrdiff_t(lower.size() / 2);
    std::nth_element(lower.begin(), middle, lower.end());
    return int(std::find_if(profile.begin(), profile.end(), [&](double ink) { return ink > 0.5 * *middle; }) - profile.begin());
  };
  small_top_ = top(U"aceomnrsuvxz");
  capital_top_ = top(U"ABCDEFGHIKLMNOPRSTUVXYZ0123456789");
}

// Ink between the tops of capitals and of small letters, as a share of the ink in the rows below: 0.12 and more, or less than
// 0.1.
double Opinion::raised(const float* shape) const {
  const CellFrame& frame = cells_.frame();
  const float white = *std::min_element(shape, shape + frame.size);
  const auto ink = [&](int from, int to) {
    double sum = 0;
    for (int y = from; y < to; ++y)
      for (int x = 2; x < frame.width - 2; ++x) sum += shape[y * frame.width + x] - white;
    return sum / (to - from);
  };
  const double below = ink(small_top_, frame.above);
  return below > 0 ? ink(capital_top_, small_top_ - 1) / below : 0;
}

// Is it the capital of the small letter that it was read as, or the other way round? `other`: what it is most like, by `lead`.
bool Opinion::other_case(const Word& word, size_t at, char32_t other, double lead) const {
  if (small_top_ == cells_.frame().above || small_top_ - capital_top_ < 3) return false;  // nothing to measure by
  const char32_t read = word.text[at];
  const double up = raised(word.shape(at)), mine = cells_.likeness(word, at, read);
  const int others = cells_.count(read) - cells_.counts(word, at);
  const bool clear = other == twin(read) && others > 0 && lead > 0.02 + 0.08 / others;
  if (is_capital(read)) return up < 0.08 && clear;
  if (at > 0 && is_letter(word.text[at - 1]) && !is_capital(word.text[at - 1])) return false;  // no capitals within words
  if (clear) return up > 0.12;
  if (one_of(read, U"uvwxz")) return up > 0.14;  // no round tops that reach up: small ones have at most 0.12
  if (word.sure[at] >= unsure) return false;
  return up > (others == 0 ? 0.2 : mine < 0.9 ? 0.15 : 0.3);
}

// How much likelier it is `other` than what it was read as: the logarithm of the ratio, from the cells of both. How much more
// each of them is like the one average than like the other is taken as normally distributed.
double Opinion::evidence(const Word& word, size_t at, char32_t other) const {
  const char32_t read = word.text[at];
  const auto lead_of = [&](const Word& w, size_t i) -> std::optional<double> {
    const double a = cells_.likeness(w, i, read), b = cells_.likeness(w, i, other);
    return a < 0 || b < 0 ? std::nullopt : std::optional(b - a);
  };
  std::array<Spread, 2> sides;  // of what was read as `read`, as `other`
  std::array<double, 2> strange{};
  for (const Word& w : cells_.words())
    for (size_t i = 0; i < w.cells; ++i) {
      if ((w.text[i] != read && w.text[i] != other) || !cells_.counts(w, i) || (&w == &word && i == at)) continue;
      const auto lead = lead_of(w, i);
      if (!lead) continue;
      const size_t side = w.text[i] == other;
      if (side == 0 ? *lead < 0 : *lead > 0)
        sides[side].add(*lead);
      else
        ++strange[side];  // may be misread like this one
    }
  for (size_t side = 0; side < 2; ++side)
    if (strange[side] > most_strange * (sides[side].count + strange[side])) return 0;
  if (sides[0].count + sides[1].count == 0) return 0;
  if (!is_letter(read) && std::min(sides[0].count, sides[1].count) < least_figures) return 0;
  for (size_t side = 0; side < 2; ++side) {  // only one cell of it: as far away as the other, but that is half a guess
    if (sides[side].count > 0) continue;
    if (word.sure[at] >= unsure) return 0;
    const double mirrored = -sides[1 - side].mean();
    sides[side] = {0.5, 0.5 * mirrored, 0.5 * mirrored * mirrored};
  }
  constexpr double usual = 0.03, weight = 2;  // spread, and how many cells it counts for: a few cells say little about theirs
  const double variance = (sides[0].scatter() + sides[1].scatter() + weight * usual * usual) /
                          (std::max(0.0, sides[0].count + sides[1].count - 2) + weight);
  const double lead = lead_of(word, at).value_or(0);
  const auto distance = [&](const Spread& side) {
    return (lead - side.mean()) * (lead - side.mean()) / (2 * variance * (1 + 1 / side.count));
  };
  return distance(sides[0]) - distance(sides[1]);
}

// Is a cell that is `like` the average of `c` as like it as its own cells are? `slack`: in standard deviations.
bool Opinion::typical(char32_t c, double like, double slack) const {
  Spread usual;
  for (const Word& w : cells_.words())
    for (size_t i = 0; i < w.cells; ++i)
      if (w.text[i] == c && cells_.counts(w, i)) usual.add(cells_.likeness(w, i, c));
  return usual.count >= double(least_typical) && like > usual.mean() - slack * usual.deviation();
}

// Is a figure, a full stop or a comma `other`, by what a difference means on the page as a whole? Where many zeros were read as
// nines, `evidence` cannot tell: it has to take the cells of either character for what they were read as.
bool Opinion::outright(const Word& word, size_t at, char32_t other) const {
  const char32_t read = word.text[at];
  if (is_digit(read) ? cells_.count(read) - cells_.counts(word, at) < int(least_figures) : !is_stop(read)) return false;
  const double wanted = is_stop(read) ? 9 : 6;  // stops are small: more is asked of them
  return noise_.evidence(word, at, other) > std::max(wanted, wanted + 2 * (double(word.sure[at]) - 98));
}

char32_t Opinion::of(const Word& word, size_t at) const {
  const char32_t read = word.text[at];
  const double sure = word.sure[at];
  const bool of_amounts = is_digit(read) || is_stop(read);
  if (sure >= doubtful && !has_twin(read) && !of_amounts) return read;
  char32_t other = read;
  double like = -1;
  for (char32_t c : known_)
    if (may_be(read, c))
      if (const double l = cells_.likeness(word.shape(at), c); l > like) like = l, other = c;
  const double mine = cells_.likeness(word, at, read), lead = like - mine;
  if (has_twin(read) && other_case(word, at, other, lead)) return twin(read);
  if (like >= least_like && lead >= least_lead && outright(word, at, other)) return other;
  // There are many letters, few cells of each: more doubt is asked for before one is taken for another.
  if (sure >= (is_letter(read) ? guessed : doubtful) || like < least_like || lead < least_lead) return read;
  if (has_twin(read) && other == twin(read)) return read;
  if (is_currency(read)) {
    const bool amount = word.cells > 1 && std::all_of(word.text.begin(), word.text.end(), [&](char32_t c) {
                          return c == read || is_digit(c) || is_stop(c) || c == ':';
                        });
    return amount && typical(other, like, 2) ? other : read;
  }
  if (mine < 0) return (is_letter(read) || is_stop(read)) && typical(other, like, 0) ? other : read;  // it stands nowhere else
  const double wanted = std::clamp(6 + 2 * (sure - 98), 6.0, 9.0);  // the engine's opinion, as a logarithm too
  return evidence(word, at, other) > wanted ? other : read;
}

// Drops the character that is missed least from words that hold one too many.
void drop_surplus(LetterCells& cells) {
  constexpr double least_gain = 0.05;  // in likeness, summed over the word
  for (Word& word : cells.words()) {
    if (word.complete()) continue;
    const auto like = [&](size_t cell, size_t at) { return std::max(0.0, cells.likeness(word.shape(cell), word.text[at])); };
    double best = -1, second = -1;
    size_t dropped = 0;
    for (size_t drop = 0; drop < word.text.size(); ++drop) {
      if (drop > 0 && word.text[drop] == word.text[drop - 1]) continue;  // leaves the same text
      double sum = 0;
      for (size_t i = 0; i < word.cells; ++i) sum += like(i, i < drop ? i : i + 1);
      if (sum > best)
        second = best, best = sum, dropped = drop;
      else
        second = std::max(second, sum);
    }
    if (best < least_letter * double(word.cells) || best - second < least_gain) continue;
    // The engine's boxes may leave out what is faint at the ends: signs mostly, but figures too.
    const char32_t c = word.text[dropped];
    const bool first = dropped == 0, last = word.text.find_first_not_of(c, dropped) == std::u32string::npos;
    if ((first || dropped + 1 == word.text.size()) && !is_letter_or_digit(c)) continue;
    if ((first && cells.goes_on(word, false, c)) || (last && cells.goes_on(word, true, c))) continue;
    word.text.erase(dropped, 1);
    word.sure.erase(word.sure.begin() + std::ptrdiff_t(dropped));
    cells.align(word);
  }
  cells.average();
}

bool correct(LetterCells& cells) {  // true: something changed
  const Opinion opinion(cells);
  std::vector<std::u32string> texts;
  for (const Word& word : cells.words()) {
    texts.push_back(word.text);
    for (size_t i = 0; word.complete() && i < word.cells; ++i) texts.back()[i] = opinion.of(word, i);
  }
  bool changed = false;
  for (size_t i = 0; i < texts.size(); ++i)
    if (Word& word = cells.words()[i]; word.text != texts[i]) word.text = std::move(texts[i]), changed = true;
  if (changed) cells.average();
  return changed;
}

}  // namespace

void mend_by_shapes(std::vector<FoundWord>& words, const Pitch& pitch, const cv::Mat& gray) {
  LetterCells cells(words, pitch, gray);
  drop_surplus(cells);
  for (int pass = 0; pass < most_passes && correct(cells);) ++pass;
  for (const Word& word : cells.words()) {
    std::string text;
    for (char32_t c : word.text) text += utf8(c);
    word.found->text = std::move(text), word.found->sure = word.sure;
  }
}

}  // namespace bifrons
