// fusion/extractor_question.h - what a question asks the extractor for, by its words alone: which field, what it says beside the
// field, and whether it asks for something that no label answers. Used by the extractor only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fusion/extractor_fields.h"

namespace bifrons {

// Questions and phrases here are as plain_label leaves them.
std::vector<std::u32string> split_phrases(std::string_view list, char sign);
bool has_ideograph(std::u32string_view text);
size_t find_phrase(std::u32string_view text, std::u32string_view phrase);  // as whole words; ideographs anywhere

bool fits(std::u32string_view question, ValueType type);  // can a value of this type answer it?
bool speaks_of_paying(std::u32string_view text);          // a date of that kind is no other
bool refused(std::u32string_view question);               // yes or no, why, how many: no label tells

struct Chosen {
  const Field* field = nullptr;
  std::u32string phrase, rest;  // of the question: what names the field, and what else it says
};
Chosen choose(std::u32string_view question);
// What the question says beside the field: content words and ideographs that are not generic.
std::vector<std::u32string> left_over(std::u32string rest);

}  // namespace bifrons
