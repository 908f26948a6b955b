// kernels/weights/stored_tensor.cpp - checks and words that the weight parsers share.
#include "kernels/weights/stored_tensor.h"

#include <algorithm>

namespace bifrons {
namespace {

// Bytes of the UTF-8 character at the start of `text`, 0 when it is none (overlong, surrogate, cut short, beyond U+10FFFF).
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? uint8_t(text[i]) : uint8_t(0); };
  const auto follows = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && second < 0xa0, surrogate = first == 0xed && second > 0x9f;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && second < 0x90, beyond = first == 0xf4 && second > 0x8f;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::optional<int64_t> count_elements(std::span<const int64_t> shape, size_t bytes_per_element) {
  if (shape.size() > most_dimensions) return std::nullopt;
  int64_t count = 1, bound = int64_t(bytes_per_element);
  for (int64_t d : shape) {
    if (d < 0 || __builtin_mul_overflow(bound, std::max(d, int64_t(1)), &bound) || bound > int64_t(1) << 62) return std::nullopt;
    count *= d;
  }
  return count;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() < 120) {
    const size_t length = character_length(text);
    const bool control =
        uint8_t(text[0]) < 0x20 || text[0] == 0x7f || (length == 2 && uint8_t(text[0]) == 0xc2 && uint8_t(text[1]) < 0xa0);
    if (length == 0 || control) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max(length, size_t(1)));
  }
  return text.empty() ? out : out + "...";
}

bool well_formed_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace bifrons
