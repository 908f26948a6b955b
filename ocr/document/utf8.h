// ocr/document/utf8.h - UTF-8 to code points and back for text that may be invalid: bad bytes become U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <unicode/utf8.h>

namespace bifrons {

template <class Visit>  // visit(code point, first byte, byte after it)
void each_code_point(std::string_view text, Visit visit) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    if (bytes[i] < 0x80) {
      ++i;
      visit(char32_t(bytes[begin]), begin, i);
      continue;
    }
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, i, text.size(), c);
    visit(char32_t(c), begin, i);
  }
}
inline std::u32string code_points(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  each_code_point(text, [&](char32_t c, size_t, size_t) { out += c; });
  return out;
}
inline void append_code_point(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += char(c);
    return;
  }
  char bytes[4];
  size_t size = 0;
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
  U8_APPEND_UNSAFE(bytes, size, UChar32(c));
  out.append(bytes, size);
}
inline bool valid_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t i = 0; i < text.size();) {
    if (bytes[i] < 0x80) {
      ++i;
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(bytes, i, text.size(), c);
    if (c < 0) return false;
  }
  return true;
}

}  // namespace bifrons
