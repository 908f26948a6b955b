// language/tokenizer.h - text to token ids and back, from tokenizer.json as the tokenizers library reads it: byte-level BPE,
// Split / Digits / ByteLevel pre-tokenizer sequences, NFC, added tokens. No Python, no network; nothing is guessed: an
// unknown component is an Error that names it. Immutable after construction, safe to share between threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

// Which added tokens are recognised in the text. Input that is not UTF-8 is read with U+FFFD in place of bad bytes.
enum class Added {
  all,       // special strings become their tokens: for text we made ourselves
  ordinary,  // special ones are plain text, others (the 13 letters) are matched: for text a user typed
};

class Tokenizer {
 public:
  // folder/tokenizer.json (at most 256 MiB), and tokenizer_config.json beside it for bos, eos, pad when it names them.
  static Tokenizer load(const std::filesystem::path& folder);
  static Tokenizer parse(std::string_view tokenizer_json, const std::string& name_for_errors);  // the fuzzer's door
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  // Ids of the text alone: nothing is ever added (no BOS).
  std::vector<int32_t> encode(std::string_view text, Added added = Added::ordinary) const;
  // Also matched are none of the added tokens in `never`: for chat content, where a user must not type the template's marks
  // even when the file calls them ordinary.
  std::vector<int32_t> encode(std::string_view text, Added added, std::span<const int32_t> never) const;

  // Bytes of one id: added tokens are their own text, ids without a token are empty.
  std::string_view bytes(int32_t id) const;
  std::string decode(std::span<const int32_t> ids, bool skip_special = false) const;  // invalid UTF-8 -> U+FFFD

  std::optional<int32_t> id(std::string_view token) const;  // of a token by its exact text (specials: "<begin_of_image>")
  int32_t require(std::string_view token) const;            // throws an Error naming token and tokenizer
  bool is_special(int32_t id) const;
  int32_t size() const;                                          // largest id + 1
  std::optional<int32_t> bos() const, eos() const, pad() const;  // from tokenizer_config.json or special_tokens_map.json

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

// Decoding while ids arrive: returns the characters that are complete, never half of one.
class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer, bool skip_special = true);
  std::string push(int32_t id);  // text that became complete, maybe empty
  std::string finish();          // what is left, incomplete characters as U+FFFD

 private:
  const Tokenizer* tokenizer_;
  bool skip_special_;
  std::string pending_;
};

}  // namespace bifrons
