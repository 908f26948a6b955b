// language/regex.cpp - PCRE2 behind Regex.
#include "language/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <new>

#include <pcre2.h>

#include "kernels/core/error.h"
#include "language/regex_syntax.h"

namespace bifrons {

namespace {

constexpr size_t stack_least = 32 << 10, stack_most = 64 << 20;  // of the JIT: grows only under groups that repeat
constexpr uint64_t steps_per_byte = 100;                         // ordinary text takes less than one
constexpr int out_of_steps = -1000;

struct Free {
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
  void operator()(pcre2_compile_context* p) const { pcre2_compile_context_free(p); }
};

std::string message(int code) {
  PCRE2_UCHAR text[256];
  if (pcre2_get_error_message(code, text, sizeof text) < 0) return "error " + std::to_string(code);
  return reinterpret_cast<const char*>(text);
}

}  // namespace

int count_step(void* block, void* data) {
  const auto& at = *static_cast<const pcre2_callout_block*>(block);
  auto& scratch = *static_cast<Regex::Scratch*>(data);
  const size_t from = at.start_match == scratch.last_start_ ? scratch.last_position_ : at.start_match;
  const uint64_t cost = 1 + (at.current_position > from ? (at.current_position - from) / 16 : 0);
  scratch.last_start_ = at.start_match;
  scratch.last_position_ = at.current_position;
  if (cost > scratch.steps_left_) return out_of_steps;
  scratch.steps_left_ -= cost;
  return 0;
}

Regex::Scratch::Scratch()
    : match_(pcre2_match_data_create(1, nullptr)),
      context_(pcre2_match_context_create(nullptr)),
      stack_(pcre2_jit_stack_create(stack_least, stack_most, nullptr)) {
  if (!match_ || !context_) {
    pcre2_match_data_free(match_);
    pcre2_match_context_free(context_);
    pcre2_jit_stack_free(stack_);
    throw std::bad_alloc();
  }
  pcre2_set_callout(
      context_, [](pcre2_callout_block* block, void* data) { return count_step(block, data); }, this);
  pcre2_set_match_limit(context_, 50'000'000);
  pcre2_set_heap_limit(context_, 256 << 10);  // KiB
  if (stack_) pcre2_jit_stack_assign(context_, nullptr, stack_);
}

Regex::Scratch::~Scratch() {
  pcre2_match_data_free(match_);
  pcre2_match_context_free(context_);
  pcre2_jit_stack_free(stack_);
}

void Regex::Scratch::begin(size_t text_bytes, uint64_t steps_always) { steps_left_ = steps_always + steps_per_byte * text_bytes; }

void Regex::compile(std::string_view text, uint32_t options, const std::string& name) {
  const std::unique_ptr<pcre2_compile_context, Free> context(pcre2_compile_context_create(nullptr));
  if (!context) throw std::bad_alloc();
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  pcre2_set_bsr(context.get(), PCRE2_BSR_UNICODE);
  pcre2_set_parens_nest_limit(context.get(), 250);
  int error = 0;
  size_t where = 0;
  code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options | PCRE2_UTF | PCRE2_NO_UTF_CHECK,
                            &error, &where, context.get()),
              Free());
  if (!code_) fail(Fault::lacking, name, ": PCRE2 cannot compile the regex '", shown_, "': ", message(error));
  jit_ = pcre2_jit_compile(code_.get(), PCRE2_JIT_COMPLETE) ==
         0;  // not where memory may not be made executable: slower, same result
  pcre2_pattern_info(code_.get(), PCRE2_INFO_FIRSTBITMAP, &first_bytes_);
  uint32_t may_be_empty = 0;
  pcre2_pattern_info(code_.get(), PCRE2_INFO_MATCHEMPTY, &may_be_empty);
  if (may_be_empty) first_bytes_ = nullptr;
}

Regex Regex::pattern(std::string_view oniguruma, const std::string& name) {
  Regex regex;
  regex.shown_ = std::string(oniguruma.substr(0, 200)) + (oniguruma.size() > 200 ? "..." : "");
  regex.compile(pcre2_from_oniguruma(oniguruma, name), PCRE2_UCP | PCRE2_MULTILINE, name);
  return regex;
}

Regex Regex::literal(std::string_view text, const std::string& name) {
  Regex regex;
  if (text.empty() || text.size() > 65536) fail(Fault::lacking, name, ": a Split pattern is a string of ", text.size(), " bytes");
  regex.shown_ = text.substr(0, 200);
  regex.compile(text, PCRE2_LITERAL, name);
  return regex;
}

bool Regex::find(std::string_view text, size_t from, Scratch& scratch, Match& match) const {
  const auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  scratch.last_start_ = SIZE_MAX;
  const int found =
      jit_ ? pcre2_jit_match(code_.get(), subject, text.size(), from, 0, scratch.match_, scratch.context_)
           : pcre2_match(code_.get(), subject, text.size(), from, PCRE2_NO_UTF_CHECK, scratch.match_, scratch.context_);
  if (found >= 0) {
    const size_t* ends = pcre2_get_ovector_pointer(scratch.match_);
    match = {ends[0], ends[1]};
    return true;
  }
  if (found == PCRE2_ERROR_NOMATCH) return false;
  fail(Fault::limit, "the tokenizer's regex '", shown_, "' takes too long on a text of ", text.size(), " bytes (",
       found == out_of_steps ? "its steps are used up" : message(found), "): shorten the text or cut it into parts");
}

}  // namespace bifrons
