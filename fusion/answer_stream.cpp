// fusion/answer_stream.cpp - see answer_stream.h.
#include "fusion/answer_stream.h"

#include <algorithm>

#include "fusion/statements.h"

namespace bifrons {

namespace {

constexpr std::string_view open_thought = "<think>", close_thought = "</think>";

// Bytes at the end of `text` that may be the beginning of `mark`.
size_t beginning_of(std::string_view text, std::string_view mark) {
  for (size_t n = std::min(text.size(), mark.size() - 1); n > 0; --n)
    if (text.ends_with(mark.substr(0, n))) return n;
  return 0;
}

}  // namespace

bool AnswerStream::emit(AnswerPiece::Kind kind, std::string_view text, int64_t passage) {
  if (text.empty()) return true;
  started_ = true;
  return !on_piece_ || on_piece_({kind, text, passage});
}

bool AnswerStream::feed(const TextPiece& piece) {
  if (piece.kind == TextPiece::Kind::thought) return emit(AnswerPiece::Kind::thought, piece.text);
  return text(piece.text);
}

bool AnswerStream::text(std::string_view more) {
  held_ += more;
  if (thought_ == Thought::unknown) {
    const size_t first = held_.find_first_not_of(" \n\r\t");
    if (first == std::string::npos) return true;
    const std::string_view rest = std::string_view(held_).substr(first);
    if (rest.starts_with(open_thought)) {
      thought_ = Thought::inside;
      held_.erase(0, first + open_thought.size());
    } else if (open_thought.starts_with(rest)) {
      return true;
    } else {
      thought_ = Thought::none;
    }
  }
  if (thought_ == Thought::inside) {
    const size_t end = held_.find(close_thought);
    if (end == std::string::npos) {
      const size_t safe = held_.size() - beginning_of(held_, close_thought);
      const bool go_on = emit(AnswerPiece::Kind::thought, std::string_view(held_).substr(0, safe));
      held_.erase(0, safe);
      return go_on;
    }
    if (!emit(AnswerPiece::Kind::thought, std::string_view(held_).substr(0, end))) return false;
    held_.erase(0, end + close_thought.size());
    thought_ = Thought::none;
    trim_ = true;
  }
  if (trim_) {
    held_.erase(0, std::min(held_.find_first_not_of("\n\r"), held_.size()));
    trim_ = held_.empty();
  }
  size_t from = 0;
  for (size_t i = 0; i < held_.size();) {
    if (const auto mark = citation_mark(held_, i)) {
      if (!emit(AnswerPiece::Kind::text, std::string_view(held_).substr(from, i - from))) return false;
      const std::string_view written = std::string_view(held_).substr(i, mark->end - i);
      if (mark->passages.empty() && !emit(AnswerPiece::Kind::text, written)) return false;
      for (const int64_t passage : mark->passages)
        if (!emit(AnswerPiece::Kind::citation, written, passage)) return false;
      from = i = mark->end;
    } else if (begins_citation_mark(std::string_view(held_).substr(i))) {
      break;
    } else {
      ++i;
      if (i == held_.size()) {
        const bool go_on = emit(AnswerPiece::Kind::text, std::string_view(held_).substr(from));
        held_.clear();
        return go_on;
      }
      continue;
    }
  }
  // From the first byte that may begin a mark on, it is held.
  size_t safe = from;
  for (size_t i = from; i < held_.size(); ++i) {
    if (begins_citation_mark(std::string_view(held_).substr(i))) break;
    safe = i + 1;
  }
  const bool go_on = emit(AnswerPiece::Kind::text, std::string_view(held_).substr(from, safe - from));
  held_.erase(0, safe);
  return go_on;
}

bool AnswerStream::finish() {
  std::string rest;
  rest.swap(held_);
  return emit(thought_ == Thought::inside ? AnswerPiece::Kind::thought : AnswerPiece::Kind::text, rest);
}

void part_thoughts(std::string& text, std::string& thoughts) {
  const size_t first = text.find_first_not_of(" \n\r\t");
  if (first == std::string::npos || text.compare(first, open_thought.size(), open_thought) != 0) return;
  const size_t end = text.find(close_thought, first);
  thoughts += text.substr(first + open_thought.size(), end == std::string::npos ? end : end - first - open_thought.size());
  text = end == std::string::npos ? "" : text.substr(end + close_thought.size());
  text.erase(0, std::min(text.find_first_not_of("\n\r"), text.size()));
}

}  // namespace bifrons
