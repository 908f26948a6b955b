// fusion/extractor.h - a short answer read off labels and tables without any model: totals, dates, identifiers, addresses,
// parties, prices of named things, and whatever else stands behind a label that the question names. Right or silent: where labels
// compete or the question says more than the label, there is no answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/evidence.h"
#include "fusion/passages.h"

namespace bifrons {

struct ShortAnswer {
  std::string value;                       // as it stands on the page, in plain signs
  std::vector<const EvidenceLine*> lines;  // of the shelf
  std::vector<Support::Found> found;       // words of them
};
std::optional<ShortAnswer> short_answer(std::string_view question, PageShelf& shelf);

}  // namespace bifrons
