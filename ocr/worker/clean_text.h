// ocr/worker/clean_text.h - the characters of a text layer that nobody can see are taken out and counted; what cannot be mapped
// to a character is counted. Source: documents.md 3.2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrons {

struct TextCounts {
  int64_t letters = 0;    // letters, digits and ideographs
  int64_t unmapped = 0;   // U+FFFD and private use: the font does not say what it draws
  int64_t invisible = 0;  // zero-width, direction-changing, tag and control characters, variation selectors: removed
};
// Well-formed UTF-8 without them; Latin ligatures as letters, a soft hyphen at the end as a hyphen (elsewhere it is not drawn).
std::string visible_text(std::string_view text, TextCounts& counts);

// One character of UTF-8, moving `at`; U+FFFD for what is malformed.
char32_t next_character(std::string_view text, size_t& at);
void append_character(std::string& text, char32_t c);
int64_t character_count(std::string_view text);

}  // namespace bifrons
