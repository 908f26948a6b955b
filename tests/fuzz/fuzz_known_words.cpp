// tests/fuzz/fuzz_known_words.cpp - the word list of a model folder and a prompt: whatever they are, the list is refused or the
// unknown words are lower-case, each named once, and none of them in the list. A line "---" parts the list from the prompt.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "demos/known_words.h"
#include "kernels/core/error.h"
#include "language/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t cut = input.find("\n---\n");
  const std::string_view list = input.substr(0, cut);
  const std::string prompt(cut == std::string_view::npos ? input : input.substr(cut + 5));
  const ModelFolder model("fuzz", {{"known_words.txt", std::as_bytes(std::span(list.data(), list.size()))}});
  try {
    const std::vector<std::string> unknown = unknown_words(model, {&prompt, 1});
    const std::string lines = '\n' + std::string(list) + '\n';
    std::set<std::string> seen;
    for (const std::string& word : unknown) {
      if (word.empty() || !is_utf8(word) || !seen.insert(word).second) std::abort();
      if (std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) std::abort();
      if (lines.find('\n' + word + '\n') != std::string::npos) std::abort();
    }
    const std::string warning = unknown_words_warning(model, {&prompt, 1}, guessed_answer);
    if (warning.empty() != unknown.empty() || warning.size() > 1024 || !is_utf8(warning)) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
