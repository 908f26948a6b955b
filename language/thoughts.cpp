// language/thoughts.cpp - see thoughts.h.
#include "language/thoughts.h"

#include <algorithm>

namespace bifrons {
namespace {

constexpr std::string_view open_tag = "<think>", close_tag = "</think>", newlines = "\r\n";
constexpr std::string_view blank = " \t\r\n";

// How many bytes at the end of s may be the beginning of the tag.
size_t begun(std::string_view s, std::string_view tag) {
  for (size_t n = std::min(s.size(), tag.size() - 1); n > 0; --n)
    if (s.substr(s.size() - n) == tag.substr(0, n)) return n;
  return 0;
}

}  // namespace

void ThoughtSplitter::tell(TextPiece::Kind kind, std::string_view piece) {
  if (piece.empty()) return;
  (kind == TextPiece::Kind::text ? text_ : thoughts_) += piece;
  on_piece_(kind, piece);
}

void ThoughtSplitter::tell_thought(std::string_view piece) {
  if (piece.empty()) return;
  const size_t last = piece.find_last_not_of(newlines);
  if (last == std::string_view::npos) {
    newlines_ += piece;
    return;
  }
  if (!thoughts_.empty()) tell(TextPiece::Kind::thought, newlines_);
  newlines_ = piece.substr(last + 1);
  piece = piece.substr(0, last + 1);
  if (thoughts_.empty()) piece.remove_prefix(piece.find_first_not_of(newlines));
  tell(TextPiece::Kind::thought, piece);
}

void ThoughtSplitter::push(std::string_view content) {
  waiting_ += content;
  while (step()) {
  }
}

void ThoughtSplitter::push_thought(std::string_view thought) {
  if (place_ == Place::start || place_ == Place::guessed || place_ == Place::text) {
    if (place_ == Place::start && waiting_.find_first_not_of(blank) == std::string::npos) waiting_.clear();
    place_ = Place::only_text;
    while (step()) {
    }
  }
  tell(TextPiece::Kind::thought, thought);
}

bool ThoughtSplitter::step() {
  if (waiting_.empty()) return false;
  const std::string_view all = waiting_;
  switch (place_) {
    case Place::start: {
      const size_t first = all.find_first_not_of(blank);
      if (first == std::string_view::npos) return false;
      const std::string_view head = all.substr(first);
      if (head.size() < open_tag.size() && head == open_tag.substr(0, head.size())) return false;
      if (head.substr(0, open_tag.size()) == open_tag) {
        waiting_.erase(0, first + open_tag.size());
        place_ = Place::thought;
      } else {
        place_ = thinks_ ? Place::guessed : Place::text;
      }
      return true;
    }
    case Place::guessed:
    case Place::thought: {
      const size_t close = all.find(close_tag);
      const size_t told = close != std::string_view::npos ? close : all.size() - begun(all, close_tag);
      tell_thought(all.substr(0, told));
      waiting_.erase(0, close != std::string::npos ? close + close_tag.size() : told);
      if (close == std::string_view::npos) return false;
      newlines_.clear();
      place_ = Place::after;
      return true;
    }
    case Place::after: {
      const size_t first = all.find_first_not_of(newlines);
      waiting_.erase(0, first);
      if (first == std::string_view::npos) return false;
      place_ = Place::only_text;
      return true;
    }
    case Place::text: {
      const size_t close = all.find(close_tag), open = all.find(open_tag);
      if (open < close) mentions_open_ = true;
      if (mentions_open_) {
        place_ = Place::only_text;
        return true;
      }
      const size_t told =
          close != std::string_view::npos ? close : all.size() - std::max(begun(all, close_tag), begun(all, open_tag));
      tell(TextPiece::Kind::text, all.substr(0, told));
      waiting_.erase(0, close != std::string::npos ? close + close_tag.size() : told);
      if (close == std::string_view::npos) return false;
      thoughts_ = std::move(text_);  // the answer only closed: all so far was thought
      text_.clear();
      const size_t first = thoughts_.find_first_not_of(newlines), last = thoughts_.find_last_not_of(newlines);
      thoughts_ = first == std::string::npos ? "" : thoughts_.substr(first, last + 1 - first);
      place_ = Place::after;
      return true;
    }
    case Place::only_text: {
      const std::string piece = std::move(waiting_);
      waiting_.clear();
      tell(TextPiece::Kind::text, piece);
      return false;
    }
  }
  return false;
}

void ThoughtSplitter::finish(bool ended_by_itself) {
  const std::string rest = std::move(waiting_);  // the beginning of a tag that never came, or white space alone
  waiting_.clear();
  switch (place_) {
    case Place::thought: tell_thought(rest); break;
    case Place::guessed: {
      if (!ended_by_itself) {
        tell_thought(rest);
        break;
      }
      const std::string answer = std::move(thoughts_) + newlines_ + rest;
      thoughts_.clear();
      tell(TextPiece::Kind::text, answer);
      break;
    }
    case Place::start:
    case Place::text:
    case Place::only_text: tell(TextPiece::Kind::text, rest); break;
    case Place::after: break;
  }
  newlines_.clear();
}

}  // namespace bifrons
