// fusion/quantities.h - the numbers of a text in digits and words, English, German and Chinese, with the unit right behind each.
// Used by citations_place.cpp only.
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/evidence.h"

namespace bifrons {

// A number of a text, in digits or in words, with the unit right behind it.
struct Quantity {
  Value value;    // "six": a number with the key "6"
  int unit = -1;  // of quantities.cpp's list
};
// All texts as Letters have them: folded.
std::vector<Quantity> quantities_of(const std::u32string& text);
int unit_of(std::u32string_view word);  // "days", "monat": -1 for what is none
std::optional<int> number_in_words(std::u32string_view word);
// Does the text speak of the unit at all? Dates do not, though they hold months and days.
bool mentions(std::u32string_view text, size_t unit, const std::vector<Quantity>& quantities);
// "a month", "per year", "weekly", "每月": the units that a statement's number is one of each of.
std::set<size_t> rates_of(std::u32string_view text);

std::u32string_view word_at(std::u32string_view text, size_t at);  // of letters and digits, empty where none begins
std::vector<std::u32string_view> words_of(std::u32string_view text);
template <class List>
bool among(std::u32string_view word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}
inline constexpr size_t whole_word = 4;  // a word of so many letters may be part of a compound

}  // namespace bifrons
