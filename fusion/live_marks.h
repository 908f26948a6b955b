// fusion/live_marks.h - an answer while it is written, with a mark behind each statement that has no place on the pages, as soon
// as the statement is over: not only when the whole answer is checked. The judgement is the final check's, statement by
// statement.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "fusion/document_answer.h"

namespace bifrons {

class LiveMarks {
 public:
  // `unsupported` is given a statement with its citation marks, and whether it is the answer's last. All must outlive this.
  LiveMarks(const std::function<bool(const AnswerPiece&)>& on_piece,
            const std::function<bool(std::string_view statement, bool last)>& unsupported, std::string_view mark)
      : on_piece_(on_piece), unsupported_(unsupported), mark_(mark) {}
  // Passed on at once, but for what stands between two statements: a mark may have to go before it. false: stop.
  bool take(const AnswerPiece& piece);
  bool finish();  // what was held back, and the last statement's mark

 private:
  struct Held {
    AnswerPiece::Kind kind;
    std::string text;
    int64_t passage;
    size_t at;  // in open_
  };
  bool pass_on(size_t end);  // what is held of open_ before it
  bool judge(size_t begin, size_t end, bool last);

  const std::function<bool(const AnswerPiece&)>& on_piece_;
  const std::function<bool(std::string_view, bool)>& unsupported_;
  std::string_view mark_;
  std::string open_;  // as the model wrote it, from the beginning of the statement that is not yet over
  bool cut_ = false;  // its beginning is gone: it is not judged
  std::deque<Held> held_;
};

}  // namespace bifrons
