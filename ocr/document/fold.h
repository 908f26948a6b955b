// ocr/document/fold.h - text made comparable: NFKC case folding (ICU; width forms, ligatures, case), plain quotes and dashes.
#pragma once

#include <string>
#include <string_view>

namespace bifrons {

bool is_ideographic(char32_t c);  // written without spaces: Han, kana
// Text layers write ideographs as compatibility forms (U+F98E) or radicals (U+2F00, U+2ED3): the ideograph meant, or c itself.
char32_t plain_ideograph(char32_t c);
// A value as it is shown: plain ideographs, hyphens as '-', no soft hyphens.
std::string with_plain_signs(std::string_view utf8);
// NFKC_Casefold; typographic quotes to ' and ", dashes and the minus sign to -; ignorable characters are gone.
std::u32string folded(std::string_view utf8);
std::string to_utf8(std::u32string_view text);

}  // namespace bifrons
