// ocr/document/head_text.cpp - see head_text.h.
#include "ocr/document/head_text.h"

#include <algorithm>
#include <cstdlib>

#include "ocr/document/fold.h"
#include "ocr/document/levenshtein.h"

namespace bifrons {
namespace {

using View = std::u32string_view;

constexpr double alike_text = 0.85;   // misread letters are forgiven
constexpr double wide_gap = 1.5;      // of the line's height, between two words: they do not belong together
constexpr int64_t front_matter = 64;  // pages that a page number beside other words may be off the page's own
constexpr size_t most_digits = 5;     // of a page number
constexpr char32_t gap = '\t';

constexpr View page_words[] = {U"seite", U"page", U"pág.", U"pag.", U"pg.", U"pg", U"p.", U"s.", U"页", U"頁"};
constexpr View of_words[] = {U"of", U"von", U"de", U"sur", U"/", U"共"};

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 0xC0 && c < 0x2000); }  // ideographs touch their numbers
bool is_word(char32_t c) { return is_letter(c) || is_ideographic(c); }
bool joins(char32_t c) { return c == '.' || c == ',' || c == ':' || c == '/' || c == '-' || c == '\''; }
bool sets_off(char32_t c) {
  return c == gap || c == '|' || c == '-' || c == '(' || c == ')' || c == '[' || c == ']' || c == U'·' || c == U'•';
}
bool is_page_sign(char32_t c) { return c == U'页' || c == U'頁'; }

int64_t value_of(View digits) {
  int64_t value = 0;
  for (const char32_t digit : digits.substr(0, most_digits)) value = value * 10 + (digit - '0');
  return value;
}
View trimmed(View text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}
bool ends_with_page_word(View text) {
  text = trimmed(text);
  if (text.ends_with(':')) text = trimmed(text.substr(0, text.size() - 1));
  return std::any_of(std::begin(page_words), std::end(page_words), [&](View word) {
    if (!text.ends_with(word)) return false;
    text.remove_suffix(word.size());
    return text.empty() || is_ideographic(word[0]) || !is_word(text.back());
  });
}
// " of 30", "/30", "页共30页" behind a page number; without it where there is none.
View without_total(View text) {
  View rest = trimmed(text);
  if (!rest.empty() && is_page_sign(rest[0])) rest = trimmed(rest.substr(1));
  for (const View word : of_words) {
    if (!rest.starts_with(word)) continue;
    View total = trimmed(rest.substr(word.size()));
    size_t digits = 0;
    while (digits < total.size() && is_digit(total[digits])) ++digits;
    if (digits > 0) return trimmed(total.substr(digits));
  }
  return trimmed(text);
}

// What is printed as one line, with a gap where its words stand far apart.
std::u32string spaced(const Line& line) {
  if (line.words.empty()) return folded(line.text);
  std::u32string text;
  const Word* before = nullptr;
  for (const Word& word : line.words) {
    if (before != nullptr) {
      const double high = std::max(before->box.y1 - before->box.y0, word.box.y1 - word.box.y0);
      text += word.box.x0 - before->box.x1 > wide_gap * high ? gap : U' ';
    }
    text += folded(word.text);
    before = &word;
  }
  return text;
}

}  // namespace

HeadText::HeadText(std::span<const Line> lines, int64_t page) : page_(page) {
  for (const Line& line : lines) add(spaced(line));
}

void HeadText::add(View line) {
  const bool alone = std::none_of(line.begin(), line.end(), is_word);
  for (size_t i = 0, end = 0; i < line.size(); i = end) {
    for (end = i; end < line.size() && is_digit(line[end]);) ++end;
    const View left = line.substr(0, i), digits = line.substr(i, end - i), right = line.substr(end);
    const bool glued = (!left.empty() && is_letter(left.back())) || (!right.empty() && is_letter(right.front()));
    if (digits.empty() || (glued && digits.size() == 1)) {  // "Confidentia1"
      end = i + 1;
      if (line[i] > ' ') letters_ += line[i];
      words_ += is_word(line[i]);
      continue;
    }
    numbers_.push_back({std::u32string(digits), !glued && counts_pages(left, digits, right, alone)});
    letters_ += U'#';
  }
}

bool HeadText::counts_pages(View left, View digits, View right, bool alone) const {
  const View before = trimmed(left), after = without_total(right);
  const View next = after.size() < trimmed(right).size() ? after : right;
  const auto goes_on = [](View text) { return text.size() >= 2 && joins(text[0]) && is_digit(text[1]); };
  const bool joined = goes_on(next) || (left.size() >= 2 && joins(left.back()) && is_digit(left[left.size() - 2]));
  if (joined || digits.size() > most_digits) return false;  // an amount, a date, a code
  if (ends_with_page_word(before) || (!trimmed(right).empty() && is_page_sign(trimmed(right).front()))) return true;
  // A dash that touches the number belongs to it ("INV-7"), unless nothing else is there ("-7-").
  const bool free_left = before.empty() || (sets_off(before.back()) && (left.back() != '-' || before.size() == 1));
  const bool free_right = after.empty() || (sets_off(after.front()) && (right.front() != '-' || after.size() == 1));
  return free_left && free_right && (alone || std::abs(value_of(digits) - page_) <= front_matter);
}

bool HeadText::same_numbers(const HeadText& other) const {
  if (numbers_.size() != other.numbers_.size()) return false;
  size_t changed = 0;
  for (size_t i = 0; i < numbers_.size(); ++i) {
    const Number &a = numbers_[i], &b = other.numbers_[i];
    if (a.digits == b.digits) continue;
    if (!a.counts || !b.counts || value_of(b.digits) - value_of(a.digits) != other.page_ - page_) return false;
    ++changed;
  }
  return changed <= 1 && (changed == 1 || !is_number());  // a bare number that stays the same counts no pages
}

bool HeadText::says_something() const {
  return words_ > 2 || std::any_of(numbers_.begin(), numbers_.end(), [](const Number& number) { return number.counts; });
}
bool HeadText::alike(const HeadText& other) const {
  const bool bare = is_number() && other.is_number();
  return same_numbers(other) && (bare || similarity(letters_, other.letters_) >= alike_text);
}
bool HeadText::equal(const HeadText& other) const {
  const bool bare = is_number() && other.is_number();
  return same_numbers(other) && (bare || letters_ == other.letters_);
}

}  // namespace bifrons
