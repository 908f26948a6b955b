// ocr/worker/clean_text.cpp - see clean_text.h. Classes of characters: Unicode 15, chapter 23 (special areas and format
// characters).
#include "ocr/worker/clean_text.h"

namespace bifrons {
namespace {

bool invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) ||  // controls
         c == 0x34f || c == 0x61c || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || (c >= 0x180b && c <= 0x180f) ||
         (c >= 0x200b && c <= 0x200f) ||  // zero width, left-to-right and right-to-left marks
         (c >= 0x202a && c <= 0x202e) ||  // embedding and override
         (c >= 0x2060 && c <= 0x206f) ||  // word joiner, invisible operators, isolates
         c == 0x3164 || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || c == 0xffa0 || (c >= 0xfff0 && c <= 0xfffb) ||
         (c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a) ||
         (c >= 0xe0000 && c <= 0xe0fff);  // tags, further variation selectors
}
bool unmapped(char32_t c) { return c == 0xfffd || (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000; }
bool letter(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c < 0x2c00) && !(c >= 0x3000 && c < 0x3005) && !unmapped(c);
}

std::string_view ligature(char32_t c) {
  switch (c) {
    case 0xfb00: return "ff";
    case 0xfb01: return "fi";
    case 0xfb02: return "fl";
    case 0xfb03: return "ffi";
    case 0xfb04: return "ffl";
    case 0xfb05:
    case 0xfb06: return "st";
    default: return {};
  }
}

}  // namespace

char32_t next_character(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(at);
  const size_t start = at++;
  if (first < 0x80) return first;
  const int more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xc2 && first < 0xe0 ? 1 : 0;
  if (more == 0) return 0xfffd;
  char32_t c = first & (0x3fu >> more);
  for (int i = 1; i <= more; ++i) {
    if ((byte(start + size_t(i)) & 0xc0) != 0x80) return 0xfffd;
    c = c << 6 | (byte(start + size_t(i)) & 0x3f);
  }
  constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0xfffd;
  at = start + size_t(more) + 1;
  return c;
}

void append_character(std::string& text, char32_t c) {
  if (c < 0x80)
    text += char(c);
  else if (c < 0x800)
    (text += char(0xc0 | c >> 6)) += char(0x80 | (c & 63));
  else if (c < 0x10000)
    ((text += char(0xe0 | c >> 12)) += char(0x80 | (c >> 6 & 63))) += char(0x80 | (c & 63));
  else
    (((text += char(0xf0 | c >> 18)) += char(0x80 | (c >> 12 & 63))) += char(0x80 | (c >> 6 & 63))) += char(0x80 | (c & 63));
}

int64_t character_count(std::string_view text) {
  int64_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return n;
}

std::string visible_text(std::string_view text, TextCounts& counts) {
  std::string clean;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (c == 0xad) {
      if (at == text.size()) clean += '-';
    } else if (invisible(c)) {
      ++counts.invisible;
    } else if (const std::string_view letters = ligature(c); !letters.empty()) {
      clean += letters;
      counts.letters += int64_t(letters.size());
    } else if (c == 0xa0 || c == 0x3000 || c == ' ') {
      clean += ' ';
    } else {
      counts.unmapped += unmapped(c);
      counts.letters += letter(c);
      append_character(clean, c);
    }
  }
  const size_t first = clean.find_first_not_of(' ');
  if (first == clean.npos) return {};
  return clean.substr(first, clean.find_last_not_of(' ') - first + 1);
}

}  // namespace bifrons
