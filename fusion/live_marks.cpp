// fusion/live_marks.cpp - see live_marks.h.
#include "fusion/live_marks.h"

#include <algorithm>

#include "fusion/statements.h"

namespace bifrons {

namespace {
// Of a statement that is judged while the answer is written; what never ends is left to the final check, as looking for its end
// after each piece would take ever longer.
constexpr size_t longest_statement = 8192;

// "am 24. No": whether a statement ended there, the whole next word tells ("November").
bool may_go_on(std::string_view open, const std::vector<Statement>& statements) {
  if (statements.size() < 2) return false;
  const size_t point = statements[statements.size() - 2].text_end;
  return point >= 2 && open[point - 1] == '.' && open[point - 2] >= '0' && open[point - 2] <= '9' &&
         open.find_first_of(" \n", statements.back().begin) == std::string_view::npos;
}

}  // namespace

bool LiveMarks::take(const AnswerPiece& piece) {
  if (piece.kind == AnswerPiece::Kind::thought) return on_piece_(piece);
  held_.push_back({piece.kind, std::string(piece.text), piece.passage, open_.size()});
  open_ += piece.text;
  // A statement is over when the next begins: only then is it known that no citation of its own follows.
  const std::vector<Statement> statements = split_statements(open_);
  if (may_go_on(open_, statements)) return true;
  for (size_t i = 0; i < statements.size(); ++i) {
    if (!pass_on(statements[i].end)) return false;
    if (i + 1 < statements.size() && !(cut_ && i == 0) && !judge(statements[i].begin, statements[i + 1].begin, false))
      return false;
  }
  if (statements.size() > 1) {
    open_.erase(0, statements.back().begin);
    for (Held& held : held_) held.at -= statements.back().begin;
    cut_ = false;
  }
  if (open_.size() <= longest_statement) return true;
  const bool go_on = pass_on(open_.size());
  open_.clear();
  cut_ = true;
  return go_on;
}

bool LiveMarks::finish() {
  const std::vector<Statement> statements = split_statements(open_);
  for (size_t i = 0; i + 1 < statements.size(); ++i)
    if (!pass_on(statements[i].end) || (!(cut_ && i == 0) && !judge(statements[i].begin, statements[i + 1].begin, false)))
      return false;
  const size_t begin = statements.size() > 1 ? statements.back().begin : 0;
  const size_t end = statements.empty() ? 0 : statements.back().end;
  const bool known = cut_ && statements.size() <= 1;
  return pass_on(end) && (known || judge(begin, open_.size(), true)) && pass_on(open_.size());
}

bool LiveMarks::pass_on(size_t end) {
  while (!held_.empty() && held_.front().at < end) {
    Held& held = held_.front();
    const bool text = held.kind == AnswerPiece::Kind::text;
    const size_t now = text ? std::min(held.text.size(), end - held.at) : held.text.size();
    if (!on_piece_({held.kind, std::string_view(held.text).substr(0, now), held.passage})) return false;
    if (now == held.text.size()) {
      held_.pop_front();
    } else {
      held.text.erase(0, now);
      held.at += now;
    }
  }
  return true;
}

bool LiveMarks::judge(size_t begin, size_t end, bool last) {
  return !unsupported_(std::string_view(open_).substr(begin, end - begin), last) ||
         on_piece_({AnswerPiece::Kind::unsupported, mark_, 0});
}

}  // namespace bifrons
