// fusion/route_phrases.h - phrases looked for in a lower-case request: Latin ones as whole words, those of ideographs anywhere.
// Used by route_words.cpp and route_drawing.cpp only.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace bifrons::route_phrases {

using Phrases = std::span<const std::string_view>;

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

inline bool has(std::string_view text, std::string_view phrase) {
  for (size_t at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
    const size_t end = at + phrase.size();
    const bool begins = !is_letter(phrase.front()) || at == 0 || !is_letter(text[at - 1]);
    const bool ends = !is_letter(phrase.back()) || end == text.size() || !is_letter(text[end]);
    if (begins && ends) return true;
  }
  return false;
}
inline bool any(std::string_view text, Phrases phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) { return has(text, phrase); });
}
inline bool among(std::string_view word, Phrases words) { return std::find(words.begin(), words.end(), word) != words.end(); }

}  // namespace bifrons::route_phrases
