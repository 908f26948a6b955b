// ocr/page/letter_noise.h - how far the cells of a page lie from their characters' averages by chance, and what it is worth by
// that to be nearer to one average than to another. All cells of the page say it together, so characters of which only a few
// cells are known, or some of whose cells were misread, can be told apart too. Used by letter_shapes.cpp only.
#pragma once

#include <vector>

#include "ocr/page/letter_cells.h"

namespace bifrons {

class LetterNoise {
 public:
  explicit LetterNoise(const LetterCells& cells);  // must outlive it, and not change
  // How much likelier a cell is `other` than what it was read as: the logarithm of the ratio. 0: one of them is not known.
  double evidence(const LetterCells::Word& word, size_t at, char32_t other) const;

 private:
  double variance(const std::vector<float>& direction) const;

  const LetterCells& cells_;
  std::vector<std::vector<float>> rests_;  // what each cell has that its character's average has not
  double usual_ = 0;                       // correlation of a cell with its character
};

}  // namespace bifrons
