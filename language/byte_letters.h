// language/byte_letters.h - the alphabet in which byte-level vocabularies are written: one printable letter per byte. Bytes that
// are printable in Latin-1 stand for themselves; the others get U+0100 onwards in order (so a space is written U+0120).
// Source: bytes_to_unicode in openai/gpt-2 encoder.py.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bifrons {

inline constexpr char32_t byte_letters_end = 0x144;  // letters are below

constexpr std::array<char32_t, 256> letters_of_bytes() {
  std::array<char32_t, 256> letters{};
  char32_t next = 0x100;
  for (char32_t b = 0; b < 256; ++b) {
    const bool printable = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
    letters[b] = printable ? b : next++;
  }
  return letters;
}

constexpr std::array<int16_t, byte_letters_end> bytes_of_letters() {  // -1: no letter
  std::array<int16_t, byte_letters_end> bytes{};
  for (auto& b : bytes) b = -1;
  const auto letters = letters_of_bytes();
  for (int b = 0; b < 256; ++b) bytes[letters[b]] = static_cast<int16_t>(b);
  return bytes;
}

// A token as the file spells it -> its bytes. False, and the bytes of the spelling itself, when a character is no letter of
// the alphabet: such a token can be written but never read from text.
bool bytes_of_spelling(std::string_view spelling, std::string& bytes);

}  // namespace bifrons
