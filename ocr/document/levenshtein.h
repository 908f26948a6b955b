// ocr/document/levenshtein.h - edit distance of one pattern against many texts, bit-parallel: 64 rows of the table at a time.
// Source: Myers, "A fast bit-vector algorithm for approximate string matching" (J. ACM 46, 1999), with the blocks and the cut-off
// of its section 4; Hyyro's form of the column step (2003).
//
// Cost: rows / 64 * text steps; find() touches only the blocks that can still come under its limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrons {

class LevenshteinPattern {
 public:
  explicit LevenshteinPattern(std::u32string_view pattern);
  size_t size() const { return size_; }

  size_t distance(std::u32string_view text) const;  // to the whole of it
  struct End {
    size_t end = 0;       // characters of the text up to there
    size_t distance = 0;  // least distance of the pattern to any part of the text that ends there
  };
  std::vector<End> find(std::u32string_view text, size_t most) const;  // all ends with distance <= most, ascending
  End best_prefix(std::u32string_view text) const;  // the beginning of the text that is nearest; the longest of them

 private:
  struct Column;
  const uint64_t* bits(char32_t c) const;
  size_t size_ = 0, blocks_ = 0;
  std::vector<uint64_t> table_;                 // [character of the pattern + 1, block]; the first row is of all others
  std::vector<uint32_t> small_;                 // row of characters below 0x10000 that occur, in pages of 256
  std::unordered_map<char32_t, uint32_t> map_;  // of the others
};

size_t levenshtein(std::u32string_view a, std::u32string_view b);
double similarity(std::u32string_view a, std::u32string_view b);  // 1 - distance / longer length; 1 for two empty ones

}  // namespace bifrons
