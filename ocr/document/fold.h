// ocr/document/fold.h - text made comparable: NFKC case folding (ICU; width forms, ligatures, case), plain quotes and dashes.
#pragma once

#include <string>
#include <string_view>

namespace bifrons {

bool is_ideographic(char32_t c);  // written without spaces: Han, kana
// NFKC_Casefold; typographic quotes to ' and ", dashes and the minus sign to -; ignorable characters are gone.
std::u32string folded(std::string_view utf8);
std::string to_utf8(std::u32string_view text);

}  // namespace bifrons
