// fusion/rival_beside.h - which label stands beside which value or name of a text: right before it ("ends on"), right behind it
// ("is the start"), or as its definition ("hereinafter called the tenant"). Used by rival_labels.cpp and rival_sayings.cpp only.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "fusion/rival_words.h"
#include "fusion/values.h"

namespace bifrons::rival_words {

struct Range {
  size_t begin = 0, end = 0;  // characters
};
struct Item : Range {           // something that may have a label
  std::optional<size_t> owner;  // class
  bool fixed = false;           // by the cell it stands in
};

bool is_of(Of of, const Value& value);
inline bool alnum(char32_t c) { return is_digit(c) || is_letter(c); }
inline bool is_space(char32_t c) { return is_blank(c) || c == U'\n'; }
std::vector<std::u32string_view> words_in(std::u32string_view text);
template <size_t n>
bool among(std::u32string_view word, const std::u32string_view (&list)[n]) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Gives each item, in their order, the label beside it. `used`: marks that are another's already; those given here are added.
void assign(std::u32string_view text, Of of, size_t classes, const std::vector<Mark>& marks, std::vector<bool>& used,
            std::vector<Item>& items);

bool joined_behind(std::u32string_view gap);  // "is the", "起": between a value and the label behind it
bool defines(std::u32string_view gap);        // "..., hereinafter called the", "... (the": between a name and the label behind it
bool relative(std::u32string_view text, const Mark& mark);  // "before the end": the value beside it is not the end's

// The only class that the marks name; none where they name several, or one of them says neither.
std::optional<size_t> only_class(const std::vector<Mark>& marks, size_t classes);
std::vector<Mark> strong(std::vector<Mark> marks);  // not the weak ones

}  // namespace bifrons::rival_words
