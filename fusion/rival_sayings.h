// fusion/rival_sayings.h - what a statement says of labels: this date is the end, this person the landlord. Used by
// rival_labels.cpp only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/values.h"

namespace bifrons::rival_words {

struct Saying {
  size_t row = 0, of = 0;      // of rivals(): the pair of opposites, and the class
  std::optional<Value> value;  // or a name
  std::u32string name = {};
};
std::vector<Saying> sayings_of(std::string_view statement, std::string_view question);

}  // namespace bifrons::rival_words
