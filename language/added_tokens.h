// language/added_tokens.h - the added_tokens of tokenizer.json: literal strings that are cut out of the text before anything else
// sees it, leftmost first, longest first.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "language/unicode.h"

namespace bifrons {

struct AddedToken {
  int32_t id = 0;
  std::string content;
  bool special = false;                 // not matched in what a user typed, left out by decode when asked
  bool normalized = true;               // matched after the normaliser, its own text normalised too
  bool single_word = false;             // only where no word character touches it
  bool lstrip = false, rstrip = false;  // takes the white space on that side with it
};

class AddedTokens {
 public:
  static constexpr size_t longest = 1024;  // bytes of a token
  static constexpr size_t most = 1 << 20;

  AddedTokens(std::vector<AddedToken> tokens, NormalForm form, const std::string& name);

  struct Filter {
    bool specials = false;             // match special tokens too
    std::span<const int32_t> never{};  // and never these
  };
  struct Part {
    int32_t id;             // or -1: text between
    std::string_view text;  // of the input
  };
  // Cuts text into parts by the tokens that are matched before normalisation, or after it. Parts are appended.
  void cut(std::string_view text, bool normalized, const Filter& filter, std::vector<Part>& parts) const;

  const AddedToken* find(int32_t id) const;
  const AddedToken* find(std::string_view content) const;
  std::span<const AddedToken> all() const { return tokens_; }

 private:
  // A byte trie; a node's children lie side by side, in order of their bytes.
  struct Trie {
    struct Node {
      int32_t token = -1;  // index into tokens_
      uint32_t first_child = 0;
      uint16_t children = 0;
      uint8_t byte = 0;
    };
    std::vector<Node> nodes;
    std::array<int32_t, 256> roots;  // node by first byte, or -1
    Trie() { roots.fill(-1); }
    void build(std::vector<std::pair<std::string, int32_t>> words);
    int32_t longest_at(std::string_view text, size_t at, size_t& length) const;
  };

  std::vector<AddedToken> tokens_;
  std::unordered_map<int32_t, int32_t> by_id_;             // -> index
  std::unordered_map<std::string_view, int32_t> by_text_;  // keys live in tokens_
  Trie raw_, normalized_;
};

}  // namespace bifrons
