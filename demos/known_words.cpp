// demos/known_words.cpp - see known_words.h.
#include "demos/known_words.h"

#include <algorithm>
#include <set>

#include "kernels/core/error.h"
#include "language/unicode.h"

namespace bifrons {

namespace {

constexpr const char* list_name = "known_words.txt";
constexpr size_t list_limit = 1u << 20, word_limit = 64;  // bytes
constexpr size_t most_named = 8;

std::string lower(std::string_view word) {  // ASCII: the list of a model that reads English
  std::string out(word);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

std::set<std::string> read_list(const ModelFolder& model) {
  const std::string text = model.read(list_name, list_limit);
  std::set<std::string> words;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    const size_t next = end + 1;
    ++number;
    if (end > begin && text[end - 1] == '\r') --end;
    const std::string word = text.substr(begin, end - begin);
    begin = next;
    if (word.empty()) continue;
    if (word.size() > word_limit || !is_utf8(word) || word != lower(word) || word.find_first_of(" \t") != std::string::npos)
      fail(Fault::unreadable, model.label(list_name), ": line ", number, " is no lower-case word of at most ", word_limit,
           " bytes; write one a line");
    words.insert(word);
  }
  return words;
}

// Runs of word characters; an apostrophe between two of them belongs to the word ("don't").
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool apostrophe = false;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(lower(word));
    word.clear(), apostrophe = false;
  };
  for (size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_step(text, at);
    const std::string_view bytes = text.substr(at, step.length);
    at += step.length;
    if (step.kind == Utf8Step::character && is_word(step.code)) {
      if (apostrophe) word += '\'', apostrophe = false;
      word += bytes;
    } else if (bytes == "'" && !word.empty() && !apostrophe) {
      apostrophe = true;
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

}  // namespace

bool knows_few_words(const ModelFolder& model) { return model.has(list_name); }

std::vector<std::string> unknown_words(const ModelFolder& model, std::span<const std::string> prompts) {
  std::vector<std::string> unknown;
  if (!model.has(list_name)) return unknown;
  std::set<std::string> seen = read_list(model);
  for (const std::string& prompt : prompts)
    for (std::string& word : words_of(prompt))
      if (seen.insert(word).second) unknown.push_back(std::move(word));
  return unknown;
}

std::string unknown_words_warning(const ModelFolder& model, std::span<const std::string> prompts, std::string_view outcome) {
  const std::vector<std::string> unknown = unknown_words(model, prompts);
  if (unknown.empty()) return "";
  std::string names;
  for (size_t i = 0; i < std::min(unknown.size(), most_named); ++i) {
    std::string name = unknown[i];
    if (name.size() > word_limit) {  // cut at a whole character
      size_t end = word_limit - 3;
      while (end > 0 && (uint8_t(name[end]) & 0xC0) == 0x80) --end;
      name = name.substr(0, end) + "...";
    }
    names += (i ? ", " : "") + name;
  }
  if (unknown.size() > most_named) names += " and " + std::to_string(unknown.size() - most_named) + " more";
  return "the model does not know: " + names + "; " + std::string(outcome);
}

}  // namespace bifrons
