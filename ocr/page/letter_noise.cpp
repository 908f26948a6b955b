// ocr/page/letter_noise.cpp - see letter_noise.h.
#include "ocr/page/letter_noise.h"

#include <algorithm>
#include <cmath>

#include "ocr/page/rows.h"

namespace bifrons {
namespace {

constexpr int least_others = 2;       // cells that an average must have beside the one that is compared with it
constexpr size_t least_rests = 20;    // on the page
constexpr double least_usual = 0.92;  // receipts have 0.93 and more; less where many words were cut beside their characters

}  // namespace

LetterNoise::LetterNoise(const LetterCells& cells) : cells_(cells) {
  const int size = cells.frame().size;
  std::vector<double> likenesses;
  for (const auto& word : cells.words())
    for (size_t i = 0; i < word.cells; ++i) {
      if (!cells.counts(word, i)) continue;
      const auto others = cells.others(word, i, word.text[i]);
      if (others.count < least_others) continue;
      const float* shape = word.shape(i);
      const double like = dot(shape, others.sum.data(), size) / others.length;
      std::vector<float>& rest = rests_.emplace_back(shape, shape + size);
      for (int k = 0; k < size; ++k) rest[size_t(k)] -= float(like / others.length) * others.sum[size_t(k)];
      likenesses.push_back(like);
    }
  if (rests_.size() >= least_rests) usual_ = median(std::move(likenesses));
}

double LetterNoise::variance(const std::vector<float>& direction) const {
  double sum = 0;
  for (const auto& rest : rests_) {
    const double along = dot(rest.data(), direction.data(), int(direction.size()));
    sum += along * along;
  }
  return sum / double(rests_.size());
}

// The lead of the one likeness over the other is normally distributed about one value for either character, as widely as the
// rests of all cells are along this difference.
double LetterNoise::evidence(const LetterCells::Word& word, size_t at, char32_t other) const {
  const auto mine = cells_.others(word, at, word.text[at]), theirs = cells_.others(word, at, other);
  if (mine.count == 0 || theirs.count == 0 || usual_ < least_usual) return 0;
  const int size = cells_.frame().size;
  const float* shape = word.shape(at);
  std::vector<float> direction(size_t(size), 0);
  for (size_t k = 0; k < direction.size(); ++k) direction[k] = float(theirs.sum[k] / theirs.length - mine.sum[k] / mine.length);
  // The fewer cells an average has, the less it is like the character itself, and any cell like it.
  const double noise = 1 / (usual_ * usual_) - 1;
  const auto purity = [&](int count) { return 1 / std::sqrt(1 + noise / count); };
  const double my_purity = purity(mine.count), their_purity = purity(theirs.count);
  const double alike =
      std::min(1.0, dot(mine.sum.data(), theirs.sum.data(), size) / (mine.length * theirs.length) / (my_purity * their_purity));
  const double apart = usual_ * (my_purity + their_purity) * (1 - alike);       // of the two values
  const double middle = usual_ * (their_purity - my_purity) * (1 + alike) / 2;  // between them
  const double like =
      std::max(dot(shape, mine.sum.data(), size) / mine.length, dot(shape, theirs.sum.data(), size) / theirs.length);
  const double spoilt = std::max(1.0, (1 - like * like) / (1 - usual_ * usual_));  // more than the page's cells are
  return (dot(shape, direction.data(), size) - middle) * apart / (variance(direction) * spoilt);
}

}  // namespace bifrons
