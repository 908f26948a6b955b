// fusion/extractor_candidate.h - a label pair as a possible answer: its value read as a field's values look, or nothing. Used by
// the extractor only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fusion/extractor_fields.h"
#include "fusion/extractor_pairs.h"

namespace bifrons {

struct Candidate {
  std::u32string key;  // what makes it different from another
  const EvidenceLine* line = nullptr;
  size_t begin = 0, end = 0;  // characters
  const EvidenceLine* label_line = nullptr;
  size_t label_begin = 0;
  size_t level = 0;  // of the label that it stands behind, 0 the strongest
  std::u32string label = {};
};
// The pair's value, if it looks as values of this type do; of a name, where a name is asked for.
std::optional<Candidate> candidate_of(const LabelPair& pair, ValueType type, bool wants_name, size_t level = 0);

// Does the question say "annual" where the label says "monthly", or "billing" where it says "delivery"? What stands on neither
// side of the label is taken for a month's, and for no particular address.
bool otherwise_qualified(std::u32string_view question, const LabelPair& pair);

}  // namespace bifrons
