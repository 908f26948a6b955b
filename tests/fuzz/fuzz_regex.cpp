// tests/fuzz/fuzz_regex.cpp - regexes of tokenizer files: any pattern is matched in bounded time, or refused with an Error. The
// input is the pattern, a NUL byte, and a text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kernels/core/error.h"
#include "language/regex.h"
#include "language/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\0'), size);
  const std::string text = end < size ? lossy_utf8(input.substr(end + 1, 1024)) : "aab AB'S  12\n\n½ ü日本 \xE1\xA0\x8E x  ";
  try {
    const Regex regex = Regex::pattern(input.substr(0, end), "fuzz");
    Regex::Scratch scratch;
    scratch.begin(text.size(), 10'000);
    Regex::Match match;
    for (size_t from = 0; from <= text.size() && regex.find(text, from, scratch, match);) {
      if (match.begin < from || match.end < match.begin || match.end > text.size()) std::abort();
      if (!is_utf8(std::string_view(text).substr(match.begin, match.end - match.begin))) std::abort();
      from = match.end;
      if (match.end == match.begin) from += from < text.size() ? utf8_step(text, from).length : 1;
    }
  } catch (const Error&) {
  }
  return 0;
}
