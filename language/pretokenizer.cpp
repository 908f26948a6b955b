// language/pretokenizer.cpp - Split, Digits and ByteLevel as the tokenizers library applies them. Source: its documentation of
// pre-tokenizers and SplitDelimiterBehavior, and its answers (tests/data/tokenizers).
#include "language/pretokenizer.h"

#include <nlohmann/json.hpp>

#include "kernels/core/error.h"
#include "language/unicode.h"

namespace bifrons {

namespace {

constexpr size_t most_steps = 64;
// GPT-2's, which ByteLevel applies when use_regex is true (or absent).
constexpr std::string_view byte_level_regex = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

bool flag(const nlohmann::json& value, const char* key, bool otherwise, const std::string& name) {
  const auto found = value.find(key);
  if (found == value.end() || found->is_null()) return otherwise;
  if (!found->is_boolean()) fail(Fault::unreadable, name, ": pre_tokenizer: '", key, "' is no boolean");
  return found->get<bool>();
}

std::string text(const nlohmann::json& value, const char* key, const std::string& name) {
  const auto found = value.find(key);
  if (found == value.end() || !found->is_string()) fail(Fault::unreadable, name, ": pre_tokenizer: '", key, "' is no string");
  return found->get<std::string>();
}

}  // namespace

PreTokenizer::PreTokenizer(const nlohmann::json& value, const std::string& name) {
  if (value.is_null())
    fail(Fault::lacking, name, ": pre_tokenizer is null; only byte-level tokenizers (with a ByteLevel step) are supported");
  add(value, name);
  if (steps_.empty() || steps_.back().kind != Step::Kind::byte_level)
    fail(Fault::lacking, name, ": the pre_tokenizer's last step must be ByteLevel; only byte-level tokenizers are supported");
}

void PreTokenizer::add(const nlohmann::json& value, const std::string& name) {
  if (!value.is_object()) fail(Fault::unreadable, name, ": a pre_tokenizer is no object");
  const std::string type = text(value, "type", name);
  if (type == "Sequence") {
    const auto parts = value.find("pretokenizers");
    if (parts == value.end() || !parts->is_array())
      fail(Fault::unreadable, name, ": pre_tokenizer Sequence: 'pretokenizers' is no list");
    for (const auto& part : *parts) add(part, name);
    return;
  }
  if (steps_.size() == most_steps) fail(Fault::limit, name, ": pre_tokenizer: more than ", most_steps, " steps");
  if (!steps_.empty() && steps_.back().kind == Step::Kind::byte_level)
    fail(Fault::lacking, name, ": pre_tokenizer: a step ", type, " after ByteLevel is not supported");
  if (type == "Split") {
    const auto pattern = value.find("pattern");
    if (pattern == value.end() || !pattern->is_object() || pattern->size() != 1)
      fail(Fault::unreadable, name, ": pre_tokenizer Split: 'pattern' is neither {\"Regex\": ...} nor {\"String\": ...}");
    Step step{.kind = Step::Kind::split, .regex = std::nullopt};
    if (pattern->contains("Regex"))
      step.regex = Regex::pattern(text(*pattern, "Regex", name), name);
    else if (pattern->contains("String"))
      step.regex = Regex::literal(text(*pattern, "String", name), name);
    else
      fail(Fault::lacking, name, ": pre_tokenizer Split: unknown pattern kind '", pattern->begin().key(),
           "' (known: Regex, String)");
    const std::string behavior = text(value, "behavior", name);
    if (behavior == "Removed")
      step.behavior = Behavior::removed;
    else if (behavior == "Isolated")
      step.behavior = Behavior::isolated;
    else if (behavior == "MergedWithPrevious")
      step.behavior = Behavior::merged_with_previous;
    else if (behavior == "MergedWithNext")
      step.behavior = Behavior::merged_with_next;
    else if (behavior == "Contiguous")
      step.behavior = Behavior::contiguous;
    else
      fail(Fault::lacking, name, ": pre_tokenizer Split: unknown behavior '", behavior,
           "' (known: Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous)");
    step.invert = flag(value, "invert", false, name);
    steps_.push_back(std::move(step));
  } else if (type == "Digits") {
    Step step{.kind = Step::Kind::digits, .regex = std::nullopt};
    step.behavior = flag(value, "individual_digits", false, name) ? Behavior::isolated : Behavior::contiguous;
    steps_.push_back(std::move(step));
  } else if (type == "ByteLevel") {
    Step step{.kind = Step::Kind::byte_level, .regex = std::nullopt};
    step.space_in_front = flag(value, "add_prefix_space", true, name);
    if (flag(value, "use_regex", true, name)) step.regex = Regex::pattern(byte_level_regex, name);
    steps_.push_back(std::move(step));
  } else {
    fail(Fault::lacking, name, ": unknown pre_tokenizer '", type, "' (known: Sequence, Split, Digits, ByteLevel)");
  }
}

void PreTokenizer::cut_by_regex(const Step& step, std::string_view piece, std::vector<std::string_view>& pieces,
                                Regex::Scratch& scratch) {
  if (step.regex->knows_first_bytes() && !step.invert) {  // most words have no byte at which most steps could match
    bool possible = false;
    if (piece.size() <= 32) {
      for (const char c : piece) possible |= step.regex->could_begin_with(static_cast<uint8_t>(c));
      if (!possible) {
        pieces.push_back(piece);
        return;
      }
    }
  }
  // The parts in order. `open` is where the piece being put together began; a part is handed on when its piece is complete.
  size_t open = 0;              // merged_*, contiguous: start of the unfinished piece
  bool previous_match = false;  // of the part before, with `invert` applied
  bool first = true;
  const auto emit = [&](size_t begin, size_t end) {
    if (begin < end) pieces.push_back(piece.substr(begin, end - begin));
  };
  const auto part = [&](size_t begin, size_t end, bool matched) {
    matched ^= step.invert;
    switch (step.behavior) {
      case Behavior::isolated: emit(begin, end); break;
      case Behavior::removed:
        if (!matched) emit(begin, end);
        break;
      case Behavior::contiguous:  // joins neighbours of one kind
        if (!first && matched != previous_match) emit(open, begin), open = begin;
        break;
      case Behavior::merged_with_previous:  // a match joins what precedes it, unless that is a match too
        if (!first && !(matched && !previous_match)) emit(open, begin), open = begin;
        break;
      case Behavior::merged_with_next:  // a match joins what follows it, unless that is a match too
        if (!first && !(previous_match && !matched)) emit(open, begin), open = begin;
        break;
    }
    previous_match = matched;
    first = false;
  };
  size_t done = 0, from = 0;
  bool any = false;  // a match that ended at `done`
  Regex::Match match;
  while (from <= piece.size() && step.regex->find(piece, from, scratch, match)) {
    if (match.begin == match.end && any && match.end == done) {  // no empty match right behind another
      if (from >= piece.size()) break;
      from = done + (done < piece.size() ? utf8_step(piece, done).length : 1);
      continue;
    }
    if (done < match.begin) part(done, match.begin, false);
    part(match.begin, match.end, true);
    done = from = match.end;
    any = true;
  }
  if (done < piece.size()) part(done, piece.size(), false);
  if (step.behavior != Behavior::isolated && step.behavior != Behavior::removed) emit(open, piece.size());
}

void PreTokenizer::cut(size_t index, std::string_view piece, std::vector<std::string_view>& pieces, std::string& buffer,
                       Regex::Scratch& scratch) const {
  const Step& step = steps_[index];
  pieces.clear();
  if (step.kind == Step::Kind::digits) {
    size_t open = 0;
    bool inside = false;  // a run of digits
    for (size_t at = 0; at < piece.size();) {
      const Utf8Step c = utf8_step(piece, at);
      const bool digit = is_numeric(c.code);
      if (at > open && (digit != inside || (digit && step.behavior == Behavior::isolated))) {
        pieces.push_back(piece.substr(open, at - open));
        open = at;
      }
      inside = digit;
      at += c.length;
    }
    if (open < piece.size()) pieces.push_back(piece.substr(open));
    return;
  }
  if (step.space_in_front && piece.front() != ' ') {
    buffer.assign(1, ' ').append(piece);
    piece = buffer;
  }
  if (step.regex)
    cut_by_regex(step, piece, pieces, scratch);
  else
    pieces.push_back(piece);
}

}  // namespace bifrons
