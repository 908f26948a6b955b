// ocr/page/script.cpp - see script.h.
#include "ocr/page/script.h"

namespace bifrons {

std::string utf8(char32_t c) {
  if (c < 0x80) return {char(c)};
  if (c < 0x800) return {char(0xC0 | c >> 6), char(0x80 | (c & 0x3F))};
  if (c < 0x10000) return {char(0xE0 | c >> 12), char(0x80 | (c >> 6 & 0x3F)), char(0x80 | (c & 0x3F))};
  return {char(0xF0 | c >> 18), char(0x80 | (c >> 12 & 0x3F)), char(0x80 | (c >> 6 & 0x3F)), char(0x80 | (c & 0x3F))};
}

std::u32string characters(std::string_view utf8) {
  std::u32string result;
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = uint8_t(utf8[i]);
    const int more = lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : -1;
    char32_t c = more == 0 ? lead : more == 1 ? lead & 0x1F : more == 2 ? lead & 0x0F : lead & 0x07;
    bool good = more >= 0 && i + size_t(more) < utf8.size();
    for (int k = 1; good && k <= more; ++k) {
      const auto next = uint8_t(utf8[i + size_t(k)]);
      good = (next & 0xC0) == 0x80;
      c = c << 6 | (next & 0x3F);
    }
    result.push_back(good ? c : U'\uFFFD');
    i += good ? size_t(more) + 1 : 1;
  }
  return result;
}

bool is_ideograph(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3005 || c == 0x3007;
}

bool is_wide(char32_t c) {
  return is_ideograph(c) || (c >= 0x3000 && c <= 0x30FF) || (c >= 0xFE10 && c <= 0xFE1F) || (c >= 0xFE30 && c <= 0xFE4F) ||
         (c >= 0xFF01 && c <= 0xFF60);
}

bool is_latin(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_letter_or_digit(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || is_latin(c);
  return (c >= 0xC0 && c <= 0x1FFF && c != 0xD7 && c != 0xF7) || is_ideograph(c) || (c >= 0x3040 && c <= 0x30FF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF5A);
}

double ideograph_share(std::string_view utf8) {
  double ideographs = 0, letters = 0;
  for (char32_t c : characters(utf8)) ideographs += is_ideograph(c), letters += is_letter_or_digit(c);
  return letters > 0 ? ideographs / letters : 0;
}

}  // namespace bifrons
