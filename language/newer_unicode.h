// language/newer_unicode.h - characters that got their general category after Unicode 14, which is what PCRE2 10.42 (Debian 12)
// knows; the tokenizers library (0.23) cuts by Unicode 16.
#pragma once

#include <string>
#include <string_view>

namespace bifrons {

// "Lo" and the like; empty for characters that are older or not assigned.
std::string_view newer_category(char32_t code);
// The newer characters of a category ("Lo", or "L" for all letters) or of the script Han, as items of a PCRE2 class.
std::string newer_items(std::string_view category);

}  // namespace bifrons
