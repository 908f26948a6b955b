// fusion/asked_words.h - the words of questions and of business papers, in English, Chinese and German: which mean nearly the
// same, and which say what kind of thing is asked for. General lists: nothing here is about one paper. Used by asked.cpp.
#pragma once

#include <span>
#include <string_view>

#include "fusion/asked.h"

namespace bifrons::asked_words {

// Words of one row mean nearly the same, separated by blanks. Irregular forms stand beside their verbs; regular endings are
// asked.cpp's business.
extern const std::span<const std::u32string_view> groups, german_groups, chinese_groups;

// What people say who have not read the paper, and the words that papers use for it: a phrase of the question stands as one term.
struct Saying {
  std::u32string_view phrases;  // separated by '|', as plain_label leaves them
  std::u32string_view near;
};
extern const std::span<const Saying> sayings;

// What a question of these words asks for; the first that it holds counts.
struct Cue {
  std::u32string_view words;
  AnswerKind kind;
};
extern const std::span<const Cue> cues, german_cues;

// Of Chinese; taken out of the question, as its grammar is not the answer's. A cue of another kind only is no grammar.
struct ChineseCue {
  std::u32string_view words;
  AnswerKind kind;
  bool grammar = true;
};
extern const std::span<const ChineseCue> chinese_cues;

}  // namespace bifrons::asked_words
