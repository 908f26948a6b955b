// fusion/answer_stream.h - a model's words as they come, sorted for people: text, thoughts, citation marks. A mark that is not
// yet whole is held back, so nobody sees half of "[citation:3]".
#pragma once

#include <functional>
#include <string>

#include "fusion/document_answer.h"
#include "language/text_model.h"

namespace bifrons {

class AnswerStream {
 public:
  explicit AnswerStream(const std::function<bool(const AnswerPiece&)>& on_piece) : on_piece_(on_piece) {}
  bool feed(const TextPiece& piece);  // false: stop
  bool finish();                      // what was held back comes out as it is; only where nobody said stop
  bool started() const { return started_; }

 private:
  bool text(std::string_view more);
  bool emit(AnswerPiece::Kind kind, std::string_view text, int64_t passage = 0);

  const std::function<bool(const AnswerPiece&)>& on_piece_;
  std::string held_;
  bool started_ = false;
  // A model whose interface does not part thoughts from text begins with "<think>".
  enum class Thought { unknown, inside, none } thought_ = Thought::unknown;
  bool trim_ = false;  // newlines right behind a thought
};

// The same parting for a whole text: moves what stands between <think> and </think> at its beginning to `thoughts`.
void part_thoughts(std::string& text, std::string& thoughts);

}  // namespace bifrons
