// language/pretokenizer.h - the pre_tokenizer of tokenizer.json: steps that cut text into ever smaller pieces, each piece on its
// own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "language/regex.h"

namespace bifrons {

class PreTokenizer {
 public:
  // The "pre_tokenizer" value: Split, Digits, ByteLevel (last), or a Sequence of them. Others are refused by name.
  PreTokenizer(const nlohmann::json& value, const std::string& name);

  size_t steps() const { return steps_.size(); }
  // Cuts one piece (valid UTF-8, not empty) by one step; nothing that is empty comes out. `pieces` is overwritten and points into
  // `piece`, or into `buffer` where the step puts a space in front.
  void cut(size_t step, std::string_view piece, std::vector<std::string_view>& pieces, std::string& buffer,
           Regex::Scratch& scratch) const;

 private:
  enum class Behavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };
  struct Step {
    enum class Kind { split, digits, byte_level } kind;
    std::optional<Regex> regex;  // of Split, and of ByteLevel with use_regex
    Behavior behavior = Behavior::isolated;
    bool invert = false;
    bool space_in_front = false;  // ByteLevel: add_prefix_space
  };
  void add(const nlohmann::json& value, const std::string& name);
  static void cut_by_regex(const Step& step, std::string_view piece, std::vector<std::string_view>& pieces,
                           Regex::Scratch& scratch);

  std::vector<Step> steps_;
};

}  // namespace bifrons
