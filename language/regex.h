// language/regex.h - a regular expression of tokenizer.json, run by PCRE2 (with its JIT where the machine allows) on UTF-8 text
// in bounded time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct pcre2_real_code_8;
struct pcre2_real_match_context_8;
struct pcre2_real_match_data_8;
struct pcre2_real_jit_stack_8;

namespace bifrons {

class Regex {
 public:
  // What one thread needs to match. Counts steps: a pattern that goes wild on some text ends in an Error, never in a hang.
  class Scratch {
   public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    // Sets the budget for one text. A step is one try of what follows a quantifier, or 16 bytes passed over: about 10 ns.
    void begin(size_t text_bytes, uint64_t steps_always = 5'000'000);

   private:
    friend class Regex;
    pcre2_real_match_data_8* match_;
    pcre2_real_match_context_8* context_;
    pcre2_real_jit_stack_8* stack_;
    uint64_t steps_left_ = 0;
    size_t last_start_ = 0, last_position_ = 0;
    friend int count_step(void*, void*);
  };

  // Oniguruma syntax. Throws Fault::lacking for what is not supported, naming it. `name` is the file, for errors.
  static Regex pattern(std::string_view oniguruma, const std::string& name);
  static Regex literal(std::string_view text, const std::string& name);

  struct Match {
    size_t begin, end;
  };
  // The first match at or after `from`; false if there is none. `text` must be valid UTF-8.
  bool find(std::string_view text, size_t from, Scratch& scratch, Match& match) const;
  bool could_begin_with(uint8_t byte) const { return !first_bytes_ || (first_bytes_[byte / 8] >> byte % 8 & 1); }
  bool knows_first_bytes() const { return first_bytes_; }

 private:
  Regex() = default;
  void compile(std::string_view text, uint32_t options, const std::string& name);
  std::shared_ptr<pcre2_real_code_8> code_;
  std::string shown_;                     // for errors
  const uint8_t* first_bytes_ = nullptr;  // 256 bits inside code_, or null: any byte, or a match may be empty
  bool jit_ = false;
};

}  // namespace bifrons
