// language/whole_characters.cpp - see whole_characters.h.
#include "language/whole_characters.h"

#include <cstdint>

namespace bifrons {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// How many bytes the character at the front has; 0: the text ends inside it; negative: so many bytes are no character. UTF-16
// halves in three bytes are no characters unless both stand there (then 6).
int front(std::string_view s) {
  const auto at = [&](size_t i) { return uint8_t(s[i]); };
  const uint8_t a = at(0);
  if (a < 0x80) return 1;
  const int length = a >= 0xC2 && a <= 0xDF ? 2 : (a & 0xF0) == 0xE0 ? 3 : a >= 0xF0 && a <= 0xF4 ? 4 : 0;
  if (length == 0) return -1;
  for (int i = 1; i < length; ++i) {
    if (size_t(i) >= s.size()) return 0;
    const uint8_t b = at(size_t(i));
    const bool fits = i > 1 ? (b & 0xC0) == 0x80
                            : b >= (a == 0xE0   ? 0xA0
                                    : a == 0xF0 ? 0x90
                                                : 0x80) &&
                                  b <= (a == 0xF4 ? 0x8F : 0xBF);
    if (!fits) return -i;
  }
  if (a != 0xED || at(1) < 0xA0) return length;
  if (at(1) >= 0xB0) return -3;  // a low half without its high half
  for (size_t i = 3; i < 6; ++i) {
    if (i >= s.size()) return 0;
    if (i == 3 ? at(3) != 0xED : i == 4 ? at(4) < 0xB0 || at(4) > 0xBF : (at(5) & 0xC0) != 0x80) return -3;
  }
  return 6;
}

void append(std::string& out, uint32_t code) {
  if (code < 0x10000) {
    out += char(0xE0 | code >> 12);
  } else {
    out += char(0xF0 | code >> 18);
    out += char(0x80 | (code >> 12 & 0x3F));
  }
  out += char(0x80 | (code >> 6 & 0x3F));
  out += char(0x80 | (code & 0x3F));
}

uint32_t half(std::string_view s) {  // of a pair, written in three bytes
  return uint32_t(uint8_t(s[0]) & 0xF) << 12 | uint32_t(uint8_t(s[1]) & 0x3F) << 6 | uint32_t(uint8_t(s[2]) & 0x3F);
}

constexpr uint32_t private_bytes = 0x10FF00;

// The value of \uXXXX at the front of s, or -1.
int escape(std::string_view s) {
  if (s.size() < 6 || s[0] != '\\' || s[1] != 'u') return -1;
  int value = 0;
  for (size_t i = 2; i < 6; ++i) {
    const char c = s[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

}  // namespace

std::string WholeCharacters::push(std::string_view bytes) {
  waiting_ += bytes;
  return take(false);
}
std::string WholeCharacters::finish() { return take(true); }

std::string WholeCharacters::take(bool last) {
  std::string out;
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    const int n = front(rest);
    if (n == 0 && !last) break;
    if (n == 6) {
      append(out, 0x10000 + ((half(rest) & 0x3FF) << 10) + (half(rest.substr(3)) & 0x3FF));
      rest.remove_prefix(6);
    } else if (n > 0) {
      out += rest.substr(0, size_t(n));
      rest.remove_prefix(size_t(n));
    } else {
      out += replacement;
      rest.remove_prefix(n == 0 ? rest.size() : size_t(-n));
    }
  }
  waiting_.erase(0, waiting_.size() - rest.size());
  return out;
}

std::string readable_json(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text[0] == '\\') {
      const int first = escape(text);
      if (first >= 0xD800 && first <= 0xDFFF) {
        const int second = first < 0xDC00 ? escape(text.substr(6)) : -1;
        if (second >= 0xDC00 && second <= 0xDFFF) {
          out += text.substr(0, 12);
          text.remove_prefix(12);
          continue;
        }
        std::string bytes;
        append(bytes, uint32_t(first));
        for (const char c : bytes) append(out, private_bytes + uint8_t(c));
        text.remove_prefix(6);
        continue;
      }
      const size_t step = text.size() > 1 && uint8_t(text[1]) < 0x80 ? 2 : 1;  // an escaped backslash begins no escape
      out += text.substr(0, step);
      text.remove_prefix(step);
      continue;
    }
    const int n = front(text);
    if (n > 0 && n < 6) {
      out += text.substr(0, size_t(n));
      text.remove_prefix(size_t(n));
    } else {
      append(out, private_bytes + uint8_t(text[0]));
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string bytes_of(std::string_view parsed) {
  std::string out;
  for (size_t i = 0; i < parsed.size();) {
    // U+10FF00 .. U+10FFFF is F4 8F BC 80 .. F4 8F BF BF
    if (uint8_t(parsed[i]) == 0xF4 && i + 3 < parsed.size() && uint8_t(parsed[i + 1]) == 0x8F && uint8_t(parsed[i + 2]) >= 0xBC) {
      out += char((uint8_t(parsed[i + 2]) & 0x3) << 6 | (uint8_t(parsed[i + 3]) & 0x3F));
      i += 4;
    } else {
      out += parsed[i++];
    }
  }
  return out;
}

}  // namespace bifrons
