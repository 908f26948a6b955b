// fusion/asked_tongues.h - the common words of business papers side by side in English, German and Chinese, for questions about a
// paper in another language; and which language a paper is in. Used by asked.cpp and sentences.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "fusion/answer_phrases.h"

namespace bifrons {

// What papers of the other language write for a folded word of a question; none where the table does not know it. Static storage.
struct ForeignWords {
  std::vector<std::u32string_view> words;
  bool measure = false;  // "period", "number": they say what kind of thing is asked for, not of what
};
ForeignWords words_in_tongue(std::u32string_view word, Tongue from, Tongue to);
// Of Chinese text: the words of the table that stand in it, longest first at each place.
std::vector<std::u32string_view> known_chinese(std::u32string_view text);

// By its grammar, or, of a paper that is all labels and figures, by those.
Tongue tongue_of_paper(std::string_view text);

}  // namespace bifrons
