// language/added_tokens.cpp - matching of added tokens. Source: the documentation of AddedToken in the tokenizers library, and
// its answers (tests/data/tokenizers).
#include "language/added_tokens.h"

#include <algorithm>

#include "kernels/core/error.h"

namespace bifrons {

namespace {

char32_t character_before(std::string_view text, size_t at) {  // text is valid UTF-8, at > 0
  do --at;
  while (at > 0 && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80);
  return utf8_step(text, at).code;
}

size_t spaces_before(std::string_view text, size_t at) {  // where the white space that ends at `at` begins
  while (at > 0) {
    const char32_t c = character_before(text, at);
    if (!is_space(c)) break;
    do --at;
    while ((static_cast<uint8_t>(text[at]) & 0xC0) == 0x80);
  }
  return at;
}

size_t spaces_after(std::string_view text, size_t at) {  // where the white space that begins at `at` ends
  while (at < text.size()) {
    const Utf8Step step = utf8_step(text, at);
    if (!is_space(step.code)) break;
    at += step.length;
  }
  return at;
}

}  // namespace

void AddedTokens::Trie::build(std::vector<std::pair<std::string, int32_t>> words) {
  // Of equal words the first one given counts, so the sort must be stable.
  std::stable_sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  words.erase(std::unique(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
              words.end());
  // Level by level: each node stands for the words [begin, end) that share their first `depth` bytes.
  struct Range {
    size_t begin, end;
    int64_t node;
  };
  std::vector<Range> level = {{0, words.size(), -1}}, next;
  for (size_t depth = 0; !level.empty(); ++depth, level.swap(next)) {
    next.clear();
    for (const Range& r : level) {
      size_t begin = r.begin;
      if (begin < r.end && words[begin].first.size() == depth) {
        nodes[r.node].token = words[begin].second;
        ++begin;
      }
      const size_t first = nodes.size();
      while (begin < r.end) {
        const char byte = words[begin].first[depth];
        size_t end = begin;
        while (end < r.end && words[end].first[depth] == byte) ++end;
        next.push_back({begin, end, static_cast<int64_t>(nodes.size())});
        if (r.node < 0) roots[static_cast<uint8_t>(byte)] = static_cast<int32_t>(nodes.size());
        nodes.push_back({.byte = static_cast<uint8_t>(byte)});
        begin = end;
      }
      if (r.node >= 0) {
        nodes[r.node].first_child = static_cast<uint32_t>(first);
        nodes[r.node].children = static_cast<uint16_t>(nodes.size() - first);
      }
    }
  }
}

int32_t AddedTokens::Trie::longest_at(std::string_view text, size_t at, size_t& length) const {
  int32_t node = roots[static_cast<uint8_t>(text[at])], found = -1;
  const size_t start = at;
  while (node >= 0) {
    const Node& n = nodes[node];
    ++at;
    if (n.token >= 0) found = n.token, length = at - start;
    if (at == text.size()) break;
    const auto byte = static_cast<uint8_t>(text[at]);
    const auto first = nodes.begin() + n.first_child, last = first + n.children;
    const auto child = std::lower_bound(first, last, byte, [](const Node& c, uint8_t b) { return c.byte < b; });
    node = child != last && child->byte == byte ? static_cast<int32_t>(child - nodes.begin()) : -1;
  }
  return found;
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, NormalForm form, const std::string& name) : tokens_(std::move(tokens)) {
  if (tokens_.size() > most) fail(Fault::limit, name, ": ", tokens_.size(), " added tokens, at most ", most);
  std::vector<std::pair<std::string, int32_t>> raw, normalized;
  std::string normal;
  for (const bool specials : {true, false})  // of two that are equal once normalised, the library prefers the special one
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const AddedToken& t = tokens_[i];
      if (t.special != specials) continue;
      if (t.content.empty() || t.content.size() > longest)
        fail(Fault::unreadable, name, ": added token ", t.id, " has ", t.content.size(), " bytes, allowed are 1 to ", longest);
      if (!by_id_.emplace(t.id, i).second) fail(Fault::unreadable, name, ": two added tokens have the id ", t.id);
      if (!by_text_.emplace(t.content, i).second)
        fail(Fault::unreadable, name, ": the added token '", t.content, "' occurs twice");
      if (!t.normalized)
        raw.emplace_back(t.content, i);
      else
        normalized.emplace_back(normalize(t.content, form, normal) ? normal : t.content, i);
    }
  raw_.build(std::move(raw));
  normalized_.build(std::move(normalized));
}

const AddedToken* AddedTokens::find(int32_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &tokens_[found->second];
}

const AddedToken* AddedTokens::find(std::string_view content) const {
  const auto found = by_text_.find(content);
  return found == by_text_.end() ? nullptr : &tokens_[found->second];
}

void AddedTokens::cut(std::string_view text, bool normalized, const Filter& filter, std::vector<Part>& parts) const {
  const Trie& trie = normalized ? normalized_ : raw_;
  size_t done = 0;  // all before has been handed on
  for (size_t at = 0; at < text.size() && !trie.nodes.empty();) {
    if (trie.roots[static_cast<uint8_t>(text[at])] < 0) {
      ++at;
      continue;
    }
    size_t length = 0;
    const int32_t found = trie.longest_at(text, at, length);
    if (found < 0) {
      ++at;
      continue;
    }
    const AddedToken& token = tokens_[found];
    size_t begin = at, end = at + length;
    at = end;  // what is refused below is plain text as a whole: no shorter token is looked for inside it
    if (token.special && !filter.specials) continue;
    if (std::find(filter.never.begin(), filter.never.end(), token.id) != filter.never.end()) continue;
    if (token.single_word &&
        ((begin > 0 && is_word(character_before(text, begin))) || (end < text.size() && is_word(utf8_step(text, end).code))))
      continue;
    if (token.lstrip) begin = std::max(spaces_before(text, begin), done);
    if (token.rstrip) end = spaces_after(text, end);
    if (done < begin) parts.push_back({-1, text.substr(done, begin - done)});
    parts.push_back({token.id, text.substr(begin, end - begin)});
    done = end;
  }
  if (done < text.size()) parts.push_back({-1, text.substr(done)});
}

}  // namespace bifrons
