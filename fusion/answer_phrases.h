// fusion/answer_phrases.h - every sentence that document answers say or ask of a model, in the three languages, and how to tell
// which.
#pragma once

#include <string_view>

namespace bifrons {

enum class Tongue { english, chinese, german };
Tongue tongue_of(std::string_view text);  // Chinese where ideographs outnumber half of the other words; German by its grammar

struct AnswerPhrases {
  std::string_view rules;        // after the question in the prompt; documents.md 7.1
  std::string_view not_found;    // the whole reply when nothing is found
  std::string_view unsupported;  // mark behind a statement without a place
  std::string_view quotation;    // before quotations
};
const AnswerPhrases& phrases(Tongue tongue);

// A sentence that says the document does not hold the answer, in whatever words models use for it.
bool is_refusal(std::string_view statement);

}  // namespace bifrons
