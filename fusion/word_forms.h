// fusion/word_forms.h - the forms of one word, in English and German: endings, participles, compounds. Used to rank, never to
// check claims. Used by asked.cpp only.
#pragma once

#include <string>
#include <string_view>

namespace bifrons {

// English. Broader at the end of long words than same_word, which checks claims, and stricter with short ones: "carry" is no
// "car".
bool same_stem(std::u32string_view a, std::u32string_view b);

// German: umlauts and endings do not count, nor the "ge" of participles: "gezahlt", "Zahlung" -> "zahl".
std::u32string german_stem(std::u32string_view word);
// How well a word of the page is the German word: 1 up to its ending, less where the one is part of the other, 0 neither.
double german_quality(std::u32string_view token, std::u32string_view word);

}  // namespace bifrons
