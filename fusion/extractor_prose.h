// fusion/extractor_prose.h - where a value in prose ends, and whether it still holds: "The tenant is Ada Fox and the landlord is
// Cy Holt", "the rent was 800; it is now 850". Used by the extractor only.
#pragma once

#include <optional>
#include <string_view>

#include "fusion/extractor_fields.h"
#include "fusion/extractor_pairs.h"

namespace bifrons {

// The end of the name that begins at `begin`, before another label, a pronoun or a verb; "Marks and Spencer" and "Smith, Jones
// and Partners LLP" are whole. Nothing: where it ends is not certain, or it is said to have ended.
std::optional<size_t> end_of_name(const EvidenceLine& line, size_t begin, size_t end);

// Does the question ask for what was?
bool asks_for_the_past(std::u32string_view question);
// Is the value of the pair, which ends at `end`, said to hold no longer, or is another one said to hold from now on or later?
bool is_superseded(const LabelPair& pair, ValueType type, size_t end);

}  // namespace bifrons
