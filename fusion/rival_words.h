// fusion/rival_words.h - labels that exclude each other: what has the one is not the other. English, German, Chinese. Used by
// rival_labels.cpp only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons::rival_words {

enum class Of { dates, sums, names };

struct Rivals {
  Of of;
  std::vector<std::u32string_view> classes;  // phrases separated by '|': "x*" begins so, "*x" ends so, "~x" only right before
  std::u32string_view neither = {};          // phrases that hold such a word and say nothing of it
};
std::span<const Rivals> rivals();

// A label of one class found in a text.
struct Mark {
  size_t begin = 0, end = 0;  // characters
  size_t of = 0;              // class; their number: neither
  bool weak = false;
};
std::vector<Mark> marks_of(std::u32string_view text, size_t rivals);

// May nothing but such words stand between a label and its value ("of the contract is the")?
bool joins_label(std::u32string_view word);
inline constexpr std::u32string_view joining_ideographs = U"为是于在日期间时的之金额总计人民币约定应每月年工资";

}  // namespace bifrons::rival_words
