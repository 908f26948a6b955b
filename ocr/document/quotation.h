// ocr/document/quotation.h - does a text hold a quotation, roughly? Quick, without words or boxes: which pages are worth a look.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ocr/document/levenshtein.h"

namespace bifrons {

// As locate.cpp compares: folded, no spaces, no hyphens between letters.
std::u32string comparable(std::string_view text);
// The largest distance that a window of similarity >= least can have: d <= (1 - least) * longer length, and a window is at most d
// longer than the quotation.
size_t most_distance(size_t quotation_size, double least);

class QuotationFinder {
 public:
  QuotationFinder(std::string_view quotation, double least);
  // The distance of the quotation to the part of the text that is nearest; none where no part can be similar enough.
  std::optional<size_t> distance_in(std::string_view text) const;
  double best_similarity(size_t distance) const {  // of any part of a text at that distance
    return double(pattern_.size()) / double(pattern_.size() + distance);
  }

 private:
  LevenshteinPattern pattern_;
  size_t most_;
};

}  // namespace bifrons
