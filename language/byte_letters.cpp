// language/byte_letters.cpp - spelled tokens to bytes.
#include "language/byte_letters.h"

#include "language/unicode.h"

namespace bifrons {

bool bytes_of_spelling(std::string_view spelling, std::string& bytes) {
  static constexpr auto table = bytes_of_letters();
  bytes.clear();
  for (size_t at = 0; at < spelling.size();) {
    const Utf8Step step = utf8_step(spelling, at);
    if (step.kind != Utf8Step::character || step.code >= byte_letters_end || table[step.code] < 0) {
      bytes = spelling;
      return false;
    }
    bytes += static_cast<char>(table[step.code]);
    at += step.length;
  }
  return true;
}

}  // namespace bifrons
