// fusion/citations_place.h - do a statement's numbers stand where its words do? "Six months" of one sentence and "notice" of
// another are not a notice of six months. Used by citations.cpp only. Source: documents.md 7.3.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusion/evidence.h"
#include "fusion/passages.h"
#include "fusion/quantities.h"

namespace bifrons {

// What is read in one go, with the labels over it and beside it.
struct NumberPlace {
  std::u32string text, labels;  // as Letters are
  std::vector<Quantity> quantities;
  std::vector<const EvidenceLine*> lines;  // of each quantity's first character
};

class NumberPlaces {
 public:
  NumberPlaces(const std::vector<Passage>& passages, PageShelf& shelf) : passages_(passages), shelf_(shelf) {}

  // For a statement that these lines support: each number stands in one of them, with its unit, in the sentence, row or labelled
  // cell that holds words of the statement too, where these stand anywhere in the passages.
  bool hold(const Claim& claim, std::string_view statement, std::string_view question,
            std::span<const EvidenceLine* const> lines);

 private:
  const std::vector<NumberPlace>& places(int64_t document, int64_t page);

  const std::vector<Passage>& passages_;
  PageShelf& shelf_;
  std::map<std::pair<int64_t, int64_t>, std::vector<NumberPlace>> pages_;
};

}  // namespace bifrons
