// ocr/page/letter_cells.cpp - see letter_cells.h.
#include "ocr/page/letter_cells.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ocr/page/script.h"

namespace bifrons {
namespace {

constexpr double member = 99;            // confidence from which on a cell counts for the average of its character
constexpr double most_high = 2;          // of a cell's width: a box that is higher holds something else too
constexpr double descender = 0.3;        // of a cell's width
constexpr char32_t first_other = 0x590;  // Hebrew; from there on text may run the other way, or its signs be wider than a cell
constexpr double least_better = 0.002;   // gain in likeness, summed over a word, that is worth a move

bool hangs(char32_t c) { return std::u32string_view(U"gjpqyQ,;()[]{}@|/\\_").find(c) != std::u32string_view::npos; }

void normalise(float* shape, int size) {  // mean 0, length 1
  float mean = 0;
  for (int i = 0; i < size; ++i) mean += shape[i];
  mean /= float(size);
  for (int i = 0; i < size; ++i) shape[i] -= mean;
  const float length = std::sqrt(dot(shape, shape, size)) + 1e-6F;  // a blank one stays blank
  for (int i = 0; i < size; ++i) shape[i] /= length;
}

}  // namespace

float dot(const float* a, const float* b, int size) {
  std::array<float, 8> sums{};  // eight, so that the compiler may work on them at once
  int i = 0;
  for (; i + 8 <= size; i += 8)
    for (int k = 0; k < 8; ++k) sums[size_t(k)] += a[i + k] * b[i + k];
  float sum = 0;
  for (; i < size; ++i) sum += a[i] * b[i];
  for (float s : sums) sum += s;
  return sum;
}

CellFrame::CellFrame(double of_cell)
    : cell(of_cell),
      above(cvRound(1.4 * of_cell)),
      below(cvRound(0.5 * of_cell)),
      half(cvRound(0.5 * of_cell) + 1),
      width(2 * half + 1),
      size((above + below) * width) {}

LetterCells::LetterCells(std::vector<FoundWord>& words, const Pitch& pitch, const cv::Mat& gray)
    : frame_(pitch.cell), gray_(gray) {
  place(words, pitch);
  std::erase_if(words_, [&](Word& word) { return find_middle(word), !cut(word); });
  average();
  for (const double step : {1.0, 0.5}) {
    for (Word& word : words_)
      if (word.complete()) align(word, step);
    average();
  }
}

void LetterCells::place(std::vector<FoundWord>& words, const Pitch& pitch) {
  std::map<int, std::vector<int>> bases;  // of the words of a row
  for (FoundWord& found : words) {
    Word word{.found = &found, .text = bifrons::characters(found.text), .sure = found.sure, .shapes = {}};
    word.cells = characters_in(pitch, found.box.width);
    const bool fits = word.cells > 0 && (word.text.size() == word.cells || word.text.size() == word.cells + 1);
    const bool in_order = std::all_of(word.text.begin(), word.text.end(), [](char32_t c) { return c < first_other; });
    if (!fits || !in_order || word.sure.size() != word.text.size() || found.box.height > most_high * pitch.cell) continue;
    const bool hanging = std::any_of(word.text.begin(), word.text.end(), hangs);
    bases[found.row].push_back(found.box.y + found.box.height - (hanging ? cvRound(descender * pitch.cell) : 0));
    words_.push_back(std::move(word));
  }
  for (Word& word : words_) {
    auto& of_row = bases[word.found->row];
    const auto middle = of_row.begin() + std::ptrdiff_t((of_row.size() - 1) / 2);
    std::nth_element(of_row.begin(), middle, of_row.end());
    word.base = *middle;
  }
}

// Near the middle of the word's box, where the least ink lies between the cells.
void LetterCells::find_middle(Word& word) const {
  const cv::Rect& box = word.found->box;
  const int reach = frame_.half;
  const cv::Rect strip = cv::Rect(box.x - reach, word.base - frame_.above, box.width + 2 * reach, frame_.above + frame_.below) &
                         cv::Rect({}, gray_.size());
  std::vector<int> ink(size_t(strip.width), 0);  // of the columns
  for (int y = strip.y; y < strip.y + strip.height; ++y) {
    const uint8_t* row = gray_.ptr<uint8_t>(y) + strip.x;
    for (int x = 0; x < strip.width; ++x) ink[size_t(x)] += 255 - row[x];
  }
  const double centre = box.x + 0.5 * box.width, most = 0.3 * frame_.cell;
  double least = -1;
  for (double shift = -most; shift <= most; shift += 0.5) {
    double cost = 20 * std::abs(shift) * double(word.cells);  // without a reason it stays in the middle
    for (size_t i = 0; i <= word.cells; ++i) {
      const int x = int(std::floor(centre + shift + (double(i) - 0.5 * double(word.cells)) * frame_.cell)) - strip.x;
      if (x >= 0 && x < strip.width) cost += ink[size_t(x)];
    }
    if (least < 0 || cost < least) least = cost, word.middle = centre + shift;
  }
}

bool LetterCells::cut(Word& word) const {
  word.shapes.resize(word.cells * size_t(frame_.size));
  const int y0 = word.base - frame_.above;
  if (y0 < 0 || word.base + frame_.below > gray_.rows) return false;
  for (size_t i = 0; i < word.cells; ++i) {
    const double left = word.middle + (double(i) - 0.5 * double(word.cells - 1)) * frame_.cell - 0.5 - frame_.half;
    const int x0 = int(std::floor(left));
    if (x0 < 0 || x0 + frame_.width + 1 > gray_.cols) return false;
    const auto right_part = float(left - x0), left_part = 1 - right_part;
    float* const shape = &word.shapes[i * size_t(frame_.size)];
    float* pixel = shape;
    for (int y = y0; y < word.base + frame_.below; ++y) {
      const uint8_t* row = gray_.ptr<uint8_t>(y) + x0;
      for (int x = 0; x < frame_.width; ++x) *pixel++ = 255 - (left_part * float(row[x]) + right_part * float(row[x + 1]));
    }
    normalise(shape, frame_.size);
  }
  return true;
}

// Moves a word, step by step, to where its cells are most like the averages.
void LetterCells::align(Word& word, double step) const {
  const auto worth = [&](const Word& w) {
    double sum = 0;
    for (size_t i = 0; i < w.cells; ++i) sum += std::max(0.0, likeness(w.shape(i), w.text[i]));
    return sum;
  };
  double most = worth(word);
  Word moved = word;
  moved.middle = word.found->box.x + 0.5 * word.found->box.width;  // letters that touch may have misled `find_middle`
  if (cut(moved))
    if (const double sum = worth(moved); sum > most + least_better) most = sum, word = moved;
  moved = word;
  for (int moves = 0, since = 0; moves < 12 && since < 4; ++since) {
    constexpr std::array<std::array<int, 2>, 4> ways = {{{0, 1}, {0, -1}, {1, 0}, {-1, 0}}};
    const auto [dx, dy] = ways[size_t(since)];
    moved.middle = word.middle + dx * step, moved.base = word.base + dy;
    if (!cut(moved)) continue;
    if (const double sum = worth(moved); sum > most + least_better) most = sum, word = moved, ++moves, since = -1;
  }
}

void LetterCells::align(Word& word) const { align(word, 1), align(word, 0.5); }

void LetterCells::average() {
  averages_.clear();
  for (const Word& word : words_)
    for (size_t i = 0; i < word.cells; ++i) {
      if (!counts(word, i)) continue;
      Average& average = averages_[word.text[i]];
      average.sum.resize(size_t(frame_.size));
      const float* shape = word.shape(i);
      for (int k = 0; k < frame_.size; ++k) average.sum[size_t(k)] += shape[k];
      ++average.count;
    }
  for (auto& [c, average] : averages_) average.length = std::sqrt(dot(average.sum.data(), average.sum.data(), frame_.size));
}

std::u32string LetterCells::characters() const {
  std::u32string all;
  for (const auto& [c, average] : averages_) all += c;
  return all;
}

int LetterCells::count(char32_t c) const {
  const auto average = averages_.find(c);
  return average == averages_.end() ? 0 : average->second.count;
}

bool LetterCells::counts(const Word& word, size_t at) const { return word.complete() && word.sure[at] >= member; }

double LetterCells::likeness(const float* shape, char32_t c) const {
  const auto average = averages_.find(c);
  return average == averages_.end() ? -1 : dot(shape, average->second.sum.data(), frame_.size) / average->second.length;
}

double LetterCells::likeness(const Word& word, size_t cell, char32_t c) const {
  const double all = likeness(word.shape(cell), c);
  if (word.text[cell] != c || !counts(word, cell)) return all;
  const Average& average = averages_.at(c);
  if (average.count == 1) return -1;
  const double along = all * average.length;  // without the cell, whose length is 1, the sum is this much shorter:
  return (along - 1) / std::sqrt(std::max(1e-6, average.length * average.length - 2 * along + 1));
}

LetterCells::Average LetterCells::others(const Word& word, size_t cell, char32_t c) const {
  const auto average = averages_.find(c);
  if (average == averages_.end()) return {};
  Average others = average->second;
  if (word.text[cell] != c || !counts(word, cell)) return others;
  const float* shape = word.shape(cell);
  for (int k = 0; k < frame_.size; ++k) others.sum[size_t(k)] -= shape[k];
  others.length = std::sqrt(dot(others.sum.data(), others.sum.data(), frame_.size));
  --others.count;
  return others;
}

bool LetterCells::goes_on(const Word& word, bool after, char32_t c) const {
  constexpr double alike = 0.5;  // white and neighbouring characters stay below
  Word wider = word;
  ++wider.cells, wider.middle += (after ? 0.5 : -0.5) * frame_.cell;
  return count(c) == 0 || (cut(wider) && likeness(wider.shape(after ? word.cells : 0), c) > alike);
}

std::vector<float> LetterCells::mean(char32_t c) const {
  std::vector<float> shape = averages_.at(c).sum;
  normalise(shape.data(), frame_.size);
  return shape;
}

}  // namespace bifrons
