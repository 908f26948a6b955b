// ocr/page/letter_cells.h - the characters of a page in fixed pitch as small pictures of one size, all cut out alike about the
// cell's middle and the base line, and what each character looks like on average. Used by letter_shapes.cpp and letter_noise.cpp.
#pragma once

#include <map>
#include <string>

#include "ocr/page/fixed_pitch.h"

namespace bifrons {

struct CellFrame {   // pixels
  double cell;       // width
  int above, below;  // rows from the base line up and down
  int half, width;   // columns: 2 * half + 1
  int size;          // pixels of a shape
  explicit CellFrame(double cell);
};

float dot(const float* a, const float* b, int size);

class LetterCells {
 public:
  struct Average {
    std::vector<float> sum;
    double length = 0;  // of the sum
    int count = 0;
  };
  struct Word {
    FoundWord* found = nullptr;
    std::u32string text;        // as it is taken to be by now
    std::vector<float> sure;    // of each character of `text`
    size_t cells = 0;           // that it has room for
    double middle = 0;          // of the cells
    int base = 0;               // first row below the base line
    std::vector<float> shapes;  // [cells, size], each of mean 0 and length 1
    bool complete() const { return text.size() == cells; }
    const float* shape(size_t cell) const { return &shapes[cell * (shapes.size() / cells)]; }
  };

  // Takes the words that stand on the grid, with as many characters as they have room for or one more. `words` must outlive it;
  // `gray` is dark on white.
  LetterCells(std::vector<FoundWord>& words, const Pitch& pitch, const cv::Mat& gray);

  const CellFrame& frame() const { return frame_; }
  std::vector<Word>& words() { return words_; }
  const std::vector<Word>& words() const { return words_; }

  void average();                                  // after a change of words' texts
  void align(Word& word) const;                    // after a change of its length
  std::u32string characters() const;               // that have an average
  int count(char32_t c) const;                     // cells that it was made of
  bool counts(const Word& word, size_t at) const;  // is this cell one of its character's?
  // Correlation of a cell with the average of `c`, the cell itself left out of it; -1: there is no other cell of it.
  double likeness(const Word& word, size_t cell, char32_t c) const;
  double likeness(const float* shape, char32_t c) const;            // of a shape that is in no average
  Average others(const Word& word, size_t cell, char32_t c) const;  // the cells of `c` without this one
  std::vector<float> mean(char32_t c) const;
  // Does the cell before the word's first, or after its last, look like `c`, or is nothing known to tell it by?
  bool goes_on(const Word& word, bool after, char32_t c) const;

 private:
  void place(std::vector<FoundWord>& words, const Pitch& pitch);
  void find_middle(Word& word) const;
  bool cut(Word& word) const;  // false: not all of it lies inside the picture
  void align(Word& word, double step) const;

  CellFrame frame_;
  cv::Mat gray_;
  std::vector<Word> words_;
  std::map<char32_t, Average> averages_;
};

}  // namespace bifrons
