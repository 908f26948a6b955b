// fusion/word_forms.cpp - see word_forms.h.
#include "fusion/word_forms.h"

#include <algorithm>
#include <iterator>

#include "fusion/values.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

constexpr View endings[] = {U"ment", U"able", U"ance", U"ing", U"ion", U"ed", U"ly", U"al"};
constexpr double part_quality = 0.8;  // of a compound that the word is part of

template <class List>
bool among(View word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool is_vowel(char32_t c) { return View(U"aeiou").find(c) != View::npos; }

// A word less its ending: "employs", "employment" -> "employ"; "hires", "hired" -> "hire"; "shipped" -> "ship".
std::u32string stem(View word) {
  std::u32string out(word);
  const auto ends = [&](View ending) { return View(out).ends_with(ending); };
  if (out.size() > 3 && ends(U"s") && !ends(U"ss") && !ends(U"us") && !ends(U"is")) out.pop_back();
  for (const View ending : endings) {
    if (!ends(ending) || out.size() < ending.size() + (ending == U"al" ? 4 : 3)) continue;
    out.resize(out.size() - ending.size());
    const size_t n = out.size();
    const bool closed = n == 3 && !is_vowel(out[0]) && is_vowel(out[1]) && !is_vowel(out[2]) && out[2] != U'y' && out[2] != U'w';
    if (closed && (ending == U"ed" || ending == U"ing"))
      out += U'e';
    else if (n > 3 && out[n - 1] == out[n - 2] && !is_vowel(out[n - 1]) && out[n - 1] != U'l' && out[n - 1] != U's')
      out.pop_back();
    break;
  }
  if (out.size() > 4 && out.back() == U'e') out.pop_back();
  if (out.size() > 3 && out.back() == U'y') out.back() = U'i';
  return out;
}

}  // namespace

bool same_stem(View a, View b) {
  if (a == b) return true;
  if (std::any_of(a.begin(), a.end(), is_digit) || std::any_of(b.begin(), b.end(), is_digit)) return false;
  if (a.empty() || b.empty() || a.front() != b.front()) return false;
  const std::u32string x = stem(a), y = stem(b);
  size_t common = 0;
  while (common < std::min(x.size(), y.size()) && x[common] == y[common]) ++common;
  return x == y || (common >= 5 && double(common) >= 0.7 * double(std::max(x.size(), y.size())));
}

std::u32string german_stem(View word) {
  std::u32string out;
  for (const char32_t c : word) {
    if (c == 0xDF)
      out += U"ss";
    else
      out += c == 0xE4 ? U'a' : c == 0xF6 ? U'o' : c == 0xFC ? U'u' : c;
  }
  static constexpr View german_endings[] = {U"ungen", U"lich", U"ern", U"ung", U"end", U"en", U"er",
                                            U"es",    U"em",   U"e",   U"n",   U"s",   U"t"};
  static constexpr View doers[] = {U"mieter", U"leiter", U"arbeiter", U"vertreter", U"meister", U"nehmer", U"geber"};
  if (out.size() >= 7 && (out.ends_with(U"t") || out.ends_with(U"en"))) {
    if (out.starts_with(U"ge")) out.erase(0, 2);
    // "ausgezahlt", "Auszahlung"
    static constexpr View separable[] = {U"ab",  U"an",  U"auf",  U"aus", U"ein", U"her",
                                         U"hin", U"mit", U"nach", U"vor", U"zu",  U"zuruck"};
    for (const View prefix : separable)
      if (View(out).starts_with(prefix) && View(out).substr(prefix.size()).starts_with(U"ge") &&
          out.size() >= prefix.size() + 7) {
        out.erase(prefix.size(), 2);
        break;
      }
  }
  for (bool again = true; again;) {
    again = false;
    if (std::any_of(std::begin(doers), std::end(doers), [&](View doer) { return View(out).ends_with(doer); })) break;
    for (const View ending : german_endings) {
      if (!View(out).ends_with(ending) || out.size() < ending.size() + 4) continue;
      if (ending == U"n" && View(U"erl").find(out[out.size() - 2]) == View::npos) continue;
      if (ending == U"s" && out[out.size() - 2] == U's') continue;
      out.resize(out.size() - ending.size());
      again = true;
      break;
    }
  }
  return out;
}
double german_quality(View token, View word) {
  if (token == word) return 1;
  if (std::any_of(token.begin(), token.end(), is_digit) || std::any_of(word.begin(), word.end(), is_digit)) return 0;
  const std::u32string a = german_stem(token), b = german_stem(word);
  if (a == b) return 1;
  const View longer = a.size() > b.size() ? View(a) : View(b), shorter = a.size() > b.size() ? View(b) : View(a);
  // The words themselves five letters or more: "nach" is no part of "Übernachtung". Of four letters only with one ending cut off:
  // what is left of "rechten" is no part of "Rechnung".
  static constexpr View one_ending[] = {U"e", U"en", U"er", U"n", U"s", U"es", U"em", U"et"};
  const View part = a.size() > b.size() ? word : token;
  if (shorter.size() == 4 && part.size() > 4 && !among(part.substr(4), one_ending)) return 0;
  if (std::min(token.size(), word.size()) >= 5 && shorter.size() >= 4 && longer.size() >= shorter.size() + 3 &&
      (longer.ends_with(shorter) || longer.starts_with(shorter)))
    return part_quality;
  return 0;
}

}  // namespace bifrons
