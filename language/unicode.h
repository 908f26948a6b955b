// language/unicode.h - what the tokenizer must know of Unicode: UTF-8 that may be broken, normal forms, the classes of
// characters that the tokenizers library asks for. Tables: ICU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bifrons {

// The bytes at text[at] (at < text.size()) as UTF-8 decoders see them.
struct Utf8Step {
  enum Kind : uint8_t {
    character,  // a whole one, `length` bytes
    broken,     // `length` bytes that together become one U+FFFD (a maximal subpart, as Unicode 3.9 recommends)
    cut,        // the text ends inside a character that is right so far
  } kind;
  uint8_t length;
  char32_t code;  // of a character
};
Utf8Step utf8_step(std::string_view text, size_t at);

bool is_utf8(std::string_view text);
// Appends `bytes` to `text` with U+FFFD for every broken sequence, up to a last character that is cut; returns how many bytes
// were used (all but at most three).
size_t append_complete_utf8(std::string& text, std::string_view bytes);
// The same for all bytes: what is cut becomes U+FFFD too.
std::string lossy_utf8(std::string_view bytes);
void append_utf8(std::string& text, char32_t code);

enum class NormalForm { none, nfc, nfd, nfkc, nfkd };
// Replaces valid UTF-8 by its normal form; false when it already was in that form (then `out` is untouched).
bool normalize(std::string_view text, NormalForm form, std::string& out);

bool is_numeric(char32_t code);  // Nd, Nl, No: what the Digits step splits at
bool is_space(char32_t code);    // White_Space
bool is_word(char32_t code);     // Alphabetic, M, Nd, Pc, Join_Control: a word character of the added tokens' single_word rule
bool folds_to_several(char32_t code);  // full case folding makes more than one character of it

}  // namespace bifrons
