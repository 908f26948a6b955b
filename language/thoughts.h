// language/thoughts.h - splits a streamed answer into thoughts and text at <think> and </think>, for servers that leave a
// reasoning model's tags in the content. Source: the chat templates of DeepSeek-R1 and its distills (specs:
// text-models.md 6.3, 7.2).
//
// Only tags at their place count: <think> where the answer begins (after white space), the first </think> after it. Where a
// template has written <think> itself the answer only closes; then
//   - thinks = true (the caller expects thoughts): what comes is a thought from the start; if no </think> ever comes and the
//   answer
//     did end by itself, it was the answer after all and is told again as text;
//   - thinks = false: what came before </think> has been told as text, but counts as thoughts in thoughts() and text().
// An answer that mentions <think> in its middle is about the tag and is left alone. Newlines around the tags are dropped.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "language/text_model.h"

namespace bifrons {

class ThoughtSplitter {
 public:
  using OnPiece = std::function<void(TextPiece::Kind, std::string_view)>;
  ThoughtSplitter(bool thinks, OnPiece on_piece) : thinks_(thinks), on_piece_(std::move(on_piece)) {}

  void push(std::string_view content);          // whole characters
  void push_thought(std::string_view thought);  // from a field of its own; from then on the content is all text
  void finish(bool ended_by_itself);            // not cut by a length limit

  const std::string& text() const { return text_; }
  const std::string& thoughts() const { return thoughts_; }

 private:
  enum class Place { start, guessed, thought, after, text, only_text };
  void tell(TextPiece::Kind kind, std::string_view piece);
  void tell_thought(std::string_view piece);  // newlines wait: those before </think> are dropped
  bool step();                                // one move on waiting_; false: more is needed

  bool thinks_;
  OnPiece on_piece_;
  Place place_ = Place::start;
  std::string waiting_, newlines_, text_, thoughts_;
  bool mentions_open_ = false;  // the text itself speaks of <think>
};

}  // namespace bifrons
