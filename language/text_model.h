// language/text_model.h - one interface for whatever turns messages into a stream of text and, for reasoning models, thoughts: a
// remote OpenAI-compatible endpoint (remote_model.h), later the local engines.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/error.h"

namespace bifrons {

struct TextMessage {
  enum class Role { system, user, assistant } role = Role::user;
  std::string content;
};
struct TextRequest {
  std::vector<TextMessage> messages;
  int64_t max_tokens = 1024;
  double temperature = 0.6;
  double top_p = 0.95;
  std::optional<uint64_t> seed = {};
  // Asked at least every 50 ms, also while a remote model connects or waits; true ends the answer with End::cancelled.
  std::function<bool()> stop = {};
  // One sentence for people when the model has to be waited for (a retry and its reason, a queue). Called on answer()'s thread.
  std::function<void(const std::string&)> on_status = {};
};
struct TextUsage {
  int64_t prompt_tokens = 0, cached_tokens = 0, answer_tokens = 0;
};
struct TextAnswer {
  std::string text, thoughts;
  enum class End { stop, length, cancelled } end = End::stop;
  std::optional<TextUsage> usage;  // as the model reports it
  std::string model;               // the name it goes by
  double first_token_seconds = 0, seconds = 0;
};
struct TextPiece {
  enum class Kind { text, thought } kind = Kind::text;
  std::string_view text;  // whole characters
};

// The prompt does not fit: who asked may ask again with less.
class ContextTooLong : public Error {
 public:
  ContextTooLong(const std::string& sentence, int64_t most_tokens) : Error(Fault::limit, sentence), most_tokens_(most_tokens) {}
  int64_t most_tokens() const { return most_tokens_; }  // 0: the model did not say

 private:
  int64_t most_tokens_;
};

class TextModel {
 public:
  virtual ~TextModel() = default;
  virtual std::string name() const = 0;                           // shown to people
  virtual int64_t context_tokens() const = 0;                     // prompt and answer together
  virtual int64_t count_tokens(std::string_view text) const = 0;  // exact for local models, else an estimate from above
  // on_piece returning false ends the answer with End::cancelled. Throws Error; ContextTooLong.
  virtual TextAnswer answer(const TextRequest& request, const std::function<bool(const TextPiece&)>& on_piece = {}) = 0;
};

}  // namespace bifrons
