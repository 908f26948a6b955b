// language/vocabulary.h - the tokens of a tokenizer: bytes by id, id by bytes. Two kinds share the ids: tokens spelled in the
// byte alphabet (text is made of them) and tokens that stand for their own text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrons {

class Vocabulary {
 public:
  static constexpr int32_t none = -1;
  static constexpr int64_t largest_id = 1 << 24;

  // Ids are bounded by what a file of that size can hold, so that one lying id cannot claim all memory.
  explicit Vocabulary(size_t file_bytes);

  // As the file spells it. Throws when the id is out of range, taken, or the token is there already.
  void add(std::string_view spelling, int64_t id, const std::string& name);
  // An added token: its own text, whatever the alphabet says. It may already be there under the same id.
  void add_text(std::string_view text, int64_t id, const std::string& name);

  int32_t find_bytes(std::string_view bytes) const { return lookup(bytes, Kind::letters); }  // among those that text is made of
  int32_t find_spelling(std::string_view spelling, std::string& scratch) const;
  std::string_view bytes(int32_t id) const;  // empty for ids without a token
  int32_t size() const { return static_cast<int32_t>(by_id_.size()); }
  int64_t count() const { return count_; }
  size_t memory() const;

 private:
  enum class Kind : uint8_t { absent, letters, text };
  struct Token {
    uint32_t offset = 0;
    uint32_t length : 29 = 0, own_text : 1 = 0 /* an added token that the vocabulary spells in letters */, kind : 2 = 0;
  };
  std::string_view stored(int32_t id) const { return {text_.data() + by_id_[id].offset, by_id_[id].length}; }
  int32_t lookup(std::string_view bytes, Kind kind) const;
  int32_t put(std::string_view bytes, Kind kind, int64_t id, std::string_view spelling, const std::string& name);
  void grow();

  size_t file_bytes_;
  int64_t largest_;
  std::string text_;            // the bytes of all tokens, one after the other
  std::vector<Token> by_id_;    // index: id
  std::vector<int32_t> slots_;  // open addressing: ids, or none
  std::unordered_map<int32_t, std::string> own_texts_;
  int64_t count_ = 0;
  std::string scratch_;
};

uint64_t hash_bytes(std::string_view bytes, uint64_t seed);  // fast on short strings; not keyed against attackers

}  // namespace bifrons
