// demos/asked_once.h - a text model that is asked no question twice: who asks again with the same words, as --eager does when
// new pages bring nothing new, gets the answer there was. For the time of one question.
#pragma once

#include <map>
#include <string>
#include <variant>

#include "language/text_model.h"

namespace bifrons {

class AskedOnce : public TextModel {
 public:
  explicit AskedOnce(TextModel& model) : model_(model) {}  // must outlive this

  std::string name() const override { return model_.name(); }
  int64_t context_tokens() const override { return model_.context_tokens(); }
  int64_t count_tokens(std::string_view text) const override { return model_.count_tokens(text); }
  TextAnswer answer(const TextRequest& request, const std::function<bool(const TextPiece&)>& on_piece = {}) override;

 private:
  TextModel& model_;
  std::map<std::string, std::variant<TextAnswer, ContextTooLong>> answers_;  // by the request
};

}  // namespace bifrons
