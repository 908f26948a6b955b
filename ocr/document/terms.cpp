// ocr/document/terms.cpp - text to the terms that search compares (search_terms in search.h). Source: documents.md 6.
#include <algorithm>
#include <array>
#include <unordered_set>

#include <unicode/uchar.h>

#include "ocr/document/fold.h"
#include "ocr/document/search.h"

namespace bifrons {
namespace {

using Text = std::u32string;
using TextView = std::u32string_view;

const std::unordered_set<Text>& stop_words() {  // words of questions and grammar; "no" stays: "Invoice No"
  static const std::unordered_set<Text> words = [] {
    std::unordered_set<Text> set;
    for (const char32_t* list : {U"a an and are as at be been but by can could did do does for from had has have he her his how "
                                 U"i if in into is it its many me "
                                 U"much my of on or our she should so such s t than that the their them then there these they "
                                 U"this those to us was we were "
                                 U"what when where which who whom whose why will with would you your please tell show find give",
                                 U"的 了 吗 呢 是 在 和 与 及 有 请 问 哪 谁 吧 么 什 什么 多少 哪个 哪些 哪里 请问 是多 是什 "
                                 U"么是 几个 谁是 怎么 如何 为何 是谁 "
                                 U"少是 是哪 的是"}) {
      TextView rest = list;
      while (!rest.empty()) {
        const size_t end = std::min(rest.find(U' '), rest.size());
        if (end > 0) set.emplace(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return set;
  }();
  return words;
}

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_word_character(char32_t c) {
  if (c < 0x80) return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return u_isalnum(UChar32(c)) || (U_GET_GC_MASK(UChar32(c)) & U_GC_M_MASK) != 0;
}
bool joins_codes(char32_t c) { return c == '-' || c == '.' || c == ',' || c == '/' || c == ':' || c == '_'; }
bool is_vowel(char32_t c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'; }

// Plurals, -ed and -ing, a last e or y: enough that the forms of one word meet ("invoices", "invoiced", "invoice" -> "invoic").
Text stem(Text word) {
  if (word.size() < 4 || !std::all_of(word.begin(), word.end(), [](char32_t c) { return c >= 'a' && c <= 'z'; })) return word;
  const auto ends = [&](TextView with) { return TextView(word).ends_with(with); };
  const auto cut = [&](size_t count) { word.resize(word.size() - count); };
  if (ends(U"ies") && word.size() > 4) {
    cut(3);
    word += U'y';
  } else if (ends(U"sses") || ends(U"shes") || ends(U"ches") || ends(U"xes")) {
    cut(2);
  } else if (ends(U"s") && !ends(U"ss") && !ends(U"us") && !ends(U"is")) {
    cut(1);
  }
  for (const TextView suffix : {TextView(U"ing"), TextView(U"ed")}) {
    if (!ends(suffix) || word.size() < suffix.size() + 3) continue;
    const TextView rest = TextView(word).substr(0, word.size() - suffix.size());
    if (std::none_of(rest.begin(), rest.end(), is_vowel)) continue;
    word = Text(rest);
    const size_t n = word.size();
    if (word[n - 1] == word[n - 2] && word[n - 1] != 'l' && word[n - 1] != 's' && word[n - 1] != 'z') cut(1);  // "shipped"
    break;
  }
  if (word.size() > 3 && word.back() == 'e') cut(1);
  if (word.size() > 3 && word.back() == 'y') word.back() = U'i';
  return word;
}

class TermList {
 public:
  void add(TextView term) {
    if (term.size() <= 64 && !stop_words().contains(Text(term))) terms_.push_back(to_utf8(term));
  }
  void add_code(TextView run);
  void add_ideographs(TextView run) {
    for (size_t i = 0; i < run.size(); ++i) {
      add(run.substr(i, 1));
      if (i + 1 < run.size()) add(run.substr(i, 2));
    }
  }
  std::vector<std::string> take() { return std::move(terms_); }

 private:
  void add_number(TextView run);
  std::vector<std::string> terms_;
};

// "1,204.00" is also 1204.00 and 1204: thousands groups and empty cents are a matter of taste.
void TermList::add_number(TextView run) {
  Text plain;
  for (size_t i = 0; i < run.size(); ++i)
    if (run[i] != ',') plain += run[i];
  if (plain.size() != run.size()) add(plain);
  if (TextView(plain).ends_with(U".00")) add(TextView(plain).substr(0, plain.size() - 3));
}

void TermList::add_code(TextView run) {
  std::vector<TextView> pieces;
  bool letters = false, others = false;
  for (size_t i = 0; i < run.size();) {
    const bool digit = is_digit(run[i]), joint = joins_codes(run[i]);
    const size_t begin = i;
    while (i < run.size() && is_digit(run[i]) == digit && joins_codes(run[i]) == joint) ++i;
    if (joint) continue;
    letters |= !digit;
    pieces.push_back(run.substr(begin, i - begin));
  }
  for (const char32_t c : run) others |= c != '.' && c != ',' && !is_digit(c);
  if (pieces.size() == 1) {
    add(letters && !stop_words().contains(Text(run)) ? stem(Text(pieces[0])) : Text(pieces[0]));
    return;
  }
  add(run);
  if (!others) add_number(run);
  for (const TextView piece : pieces)
    if (!stop_words().contains(Text(piece))) add(stem(Text(piece)));
}

}  // namespace

std::vector<std::string> search_terms(std::string_view text) {
  const Text all = folded(text);
  TermList terms;
  for (size_t i = 0; i < all.size();) {
    const size_t begin = i;
    if (is_ideographic(all[i])) {
      while (i < all.size() && is_ideographic(all[i])) ++i;
      terms.add_ideographs(TextView(all).substr(begin, i - begin));
    } else if (is_word_character(all[i])) {
      const auto inside = [&](size_t at) { return at < all.size() && is_word_character(all[at]) && !is_ideographic(all[at]); };
      while (inside(i) || (i < all.size() && joins_codes(all[i]) && inside(i + 1))) ++i;
      terms.add_code(TextView(all).substr(begin, i - begin));
    } else {
      ++i;
    }
  }
  return terms.take();
}

}  // namespace bifrons
