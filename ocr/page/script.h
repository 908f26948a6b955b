// ocr/page/script.h - which writing a character belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

std::string utf8(char32_t c);
std::u32string characters(std::string_view utf8);  // broken bytes become U+FFFD
bool is_ideograph(char32_t c);                     // Han characters
bool is_wide(char32_t c);                          // Han, kana and full-width or CJK punctuation: no space beside it
bool is_latin(char32_t c);                         // letters without accents
bool is_letter_or_digit(char32_t c);
double ideograph_share(std::string_view utf8);  // of the letters

}  // namespace bifrons
