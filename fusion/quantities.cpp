// fusion/quantities.cpp - see quantities.h.
#include "fusion/quantities.h"

#include <utility>

#include "fusion/extractor_fields.h"
#include "ocr/document/fold.h"

namespace bifrons {
namespace {

using View = std::u32string_view;

bool alnum(char32_t c) { return is_digit(c) || is_letter(c); }

}  // namespace

View word_at(View text, size_t at) {
  size_t end = at;
  while (end < text.size() && alnum(text[end])) ++end;
  return text.substr(std::min(at, text.size()), end - at);
}
std::vector<View> words_of(View text) {
  std::vector<View> words;
  for (size_t i = 0; i < text.size();) {
    const View word = word_at(text, i);
    if (!word.empty()) words.push_back(word);
    i += std::max<size_t>(word.size(), 1);
  }
  return words;
}

namespace {

struct Unit {
  std::vector<View> words;       // as they stand behind a number; "*x": ends so
  std::vector<View> ideographs;  // likewise
  std::vector<View> stems;       // of "monthly", "a month", "Monatsmiete": that it is meant at all
  View signs;                    // likewise, of Chinese
  std::vector<View> rates;       // adjectives and phrases that make an amount one of each day, month, ...
};
const std::vector<Unit>& units() {
  static const std::vector<Unit> all = {
      {{U"day", U"days", U"*tag", U"*tage", U"*tagen"},
       {U"工作日", U"天", U"日"},
       {U"day", U"dai", U"tag", U"täg"},
       U"天日",
       {U"daily", U"täglich*", U"每天", U"每日"}},
      {{U"week", U"weeks", U"*woche", U"*wochen"},
       {U"周", U"星期", U"个星期"},
       {U"week", U"woche", U"wöch"},
       U"周",
       {U"weekly", U"wöchentlich*", U"每周"}},
      {{U"month", U"months", U"*monat", U"*monate", U"*monaten", U"*monats"},
       {U"个月", U"月"},
       {U"month", U"monat"},
       U"月",
       {U"monthly", U"monatlich*", U"每月", U"月薪", U"月租"}},
      {{U"year", U"years", U"*jahr", U"*jahre", U"*jahren", U"*jahres"},
       {U"年"},
       {U"year", U"annu", U"jahr", U"jähr"},
       U"年",
       {U"annual", U"annually", U"yearly", U"annum", U"jährlich*", U"每年", U"年薪", U"年租"}},
      {{U"hour", U"hours", U"*stunde", U"*stunden"},
       {U"个小时", U"小时"},
       {U"hour", U"stund", U"stünd"},
       U"时",
       {U"hourly", U"stündlich*", U"每小时"}},
      {{U"minute", U"minutes", U"minuten"}, {U"分钟"}, {U"minut"}, U"分", {}},
      {{U"percent", U"prozent"}, {}, {U"percent", U"prozent"}, U"%", {}},
      {{U"kg", U"kilograms"}, {U"公斤", U"千克"}, {U"kg"}, U"", {}},
      {{U"km", U"kilometers", U"kilometres", U"kilometer"}, {U"公里"}, {U"km"}, U"", {}},
      {{U"m", U"metres", U"meters", U"meter"}, {U"米"}, {U"m", U"met"}, U"米", {}},
      {{U"people", U"persons", U"personen"}, {U"人"}, {U"people", U"person"}, U"人", {}},
      {{U"pieces", U"units", U"stück"}, {U"台", U"件", U"套", U"份"}, {U"piece", U"unit", U"stück"}, U"台件套份", {}}};
  return all;
}
bool fits(View word, View pattern) {
  if (pattern.starts_with(U'*')) return word.ends_with(pattern.substr(1));
  if (pattern.ends_with(U'*')) return word.starts_with(pattern.substr(0, pattern.size() - 1));
  return word == pattern;
}
}  // namespace

int unit_of(View word) {
  for (size_t u = 0; u < units().size(); ++u)
    for (const View pattern : units()[u].words)
      if (fits(word, pattern)) return int(u);
  return -1;
}

namespace {

// Right behind a number: "28 days", "six (6) working days", "30-day".
int unit_behind(View text, size_t at) {
  static constexpr View between[] = {U"working", U"business", U"calendar", U"full",   U"consecutive", U"whole",
                                     U"volle",   U"vollen",   U"weitere",  U"ganzen", U"further",     U"additional"};
  for (int skipped = 0; skipped < 3;) {
    while (at < text.size() && (is_blank(text[at]) || text[at] == U'-')) ++at;
    if (at < text.size() && text[at] == U'(') {
      const size_t close = text.find(U')', at);
      if (close == View::npos || close - at > 20) return -1;
      at = close + 1, ++skipped;
      continue;
    }
    for (size_t u = 0; u < units().size(); ++u)
      for (const View sign : units()[u].ideographs)
        if (text.substr(std::min(at, text.size())).starts_with(sign)) return int(u);
    const View word = word_at(text, at);
    if (!among(word, between)) return unit_of(word);
    at += word.size(), ++skipped;
  }
  return -1;
}

}  // namespace

std::optional<int> number_in_words(View word) {
  struct Row {
    View words;
    int number;
  };
  static constexpr Row rows[] = {{U"one|eine|einen|einer|einem|ein", 1},
                                 {U"two|zwei", 2},
                                 {U"three|drei", 3},
                                 {U"four|vier", 4},
                                 {U"five|fünf", 5},
                                 {U"six|sechs", 6},
                                 {U"seven|sieben", 7},
                                 {U"eight|acht", 8},
                                 {U"nine|neun", 9},
                                 {U"ten|zehn", 10},
                                 {U"eleven|elf", 11},
                                 {U"twelve|zwölf", 12},
                                 {U"thirteen|dreizehn", 13},
                                 {U"fourteen|vierzehn", 14},
                                 {U"fifteen|fünfzehn", 15},
                                 {U"sixteen|sechzehn", 16},
                                 {U"seventeen|siebzehn", 17},
                                 {U"eighteen|achtzehn", 18},
                                 {U"nineteen|neunzehn", 19},
                                 {U"twenty|zwanzig", 20},
                                 {U"thirty|dreißig|dreissig", 30},
                                 {U"forty|vierzig", 40},
                                 {U"fifty|fünfzig", 50},
                                 {U"sixty|sechzig", 60},
                                 {U"seventy|siebzig", 70},
                                 {U"eighty|achtzig", 80},
                                 {U"ninety|neunzig", 90},
                                 {U"hundred|hundert", 100}};
  for (const Row& row : rows)
    for (View rest = row.words; !rest.empty();) {
      const size_t end = std::min(rest.find(U'|'), rest.size());
      if (rest.substr(0, end) == word) return row.number;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  return {};
}

namespace {

constexpr View chinese_digits = U"零一二三四五六七八九", chinese_tens = U"十百千";
bool chinese_digit(char32_t c) {
  return chinese_digits.find(c) != View::npos || chinese_tens.find(c) != View::npos || c == U'两' || c == U'〇';
}
std::string chinese_number(View digits) {
  int64_t sum = 0, one = -1;
  for (const char32_t c : digits.substr(0, 8)) {
    if (const size_t tens = chinese_tens.find(c); tens != View::npos) {
      sum += (one < 0 ? 1 : one) * (tens == 0 ? 10 : tens == 1 ? 100 : 1000);
      one = -1;
    } else {
      const size_t digit = c == U'两' ? 2 : c == U'〇' ? 0 : chinese_digits.find(c);
      one = (one < 0 ? 0 : one * 10) + int64_t(digit);
    }
  }
  return std::to_string(sum + std::max<int64_t>(one, 0));
}

}  // namespace

std::vector<Quantity> quantities_of(const std::u32string& text) {
  Letters letters{text, {}};
  for (size_t i = 0; i <= text.size(); ++i) letters.at.push_back(i);
  std::vector<Quantity> found;
  std::vector<char> taken(text.size(), 0);
  for (Value& value : find_values(letters)) {
    std::fill(taken.begin() + ptrdiff_t(value.begin), taken.begin() + ptrdiff_t(value.end), char(1));
    const int unit = value.kind == Value::Kind::number ? unit_behind(text, value.end) : -1;
    found.push_back({std::move(value), unit});
  }
  const auto add = [&](size_t begin, size_t end, std::string key) {
    found.push_back({{Value::Kind::number, begin, end, std::move(key), {}}, unit_behind(text, end)});
  };
  for (size_t i = 0; i < text.size();) {
    if (taken[i]) {
      ++i;
    } else if (chinese_digit(text[i])) {
      size_t end = i;
      while (end < text.size() && !taken[end] && chinese_digit(text[end])) ++end;
      if (unit_behind(text, end) >= 0 || end - i >= 2) add(i, end, chinese_number(View(text).substr(i, end - i)));
      i = end;
    } else if (alnum(text[i])) {
      const View word = word_at(text, i);
      size_t end = i + word.size();
      if (auto number = number_in_words(word)) {
        if (*number >= 20 && *number < 100 && end + 1 < text.size() && text[end] == U'-')  // "twenty-eight"
          if (const auto ones = number_in_words(word_at(text, end + 1)); ones && *ones < 10)
            *number += *ones, end += 1 + word_at(text, end + 1).size();
        if (*number != 1 || unit_behind(text, end) >= 0) add(i, end, std::to_string(*number));
      }
      i = end;
    } else {
      ++i;
    }
  }
  std::sort(found.begin(), found.end(), [](const Quantity& a, const Quantity& b) { return a.value.begin < b.value.begin; });
  return found;
}

bool mentions(View text, size_t unit, const std::vector<Quantity>& quantities) {
  std::u32string rest(text);
  for (const Quantity& quantity : quantities)
    if (quantity.value.kind == Value::Kind::date && quantity.value.end <= rest.size())
      std::fill(rest.begin() + ptrdiff_t(quantity.value.begin), rest.begin() + ptrdiff_t(quantity.value.end), U' ');
  for (const View word : words_of(rest)) {
    if (unit_of(word) == int(unit)) return true;
    for (const View stem : units()[unit].stems)
      if (word.starts_with(stem) || (stem.size() >= whole_word && word.find(stem) != View::npos)) return true;
  }
  return rest.find_first_of(units()[unit].signs) != std::u32string::npos;
}

std::set<size_t> rates_of(View text) {
  static constexpr View each[] = {U"a", U"an", U"per", U"each", U"every", U"pro", U"im", U"je", U"jeden", U"jede", U"p"};
  std::set<size_t> rates;
  const std::vector<View> words = words_of(text);
  for (size_t w = 0; w < words.size(); ++w) {
    if (w > 0 && among(words[w - 1], each))
      if (const int unit = unit_of(words[w]); unit >= 0 && !units()[size_t(unit)].rates.empty()) rates.insert(size_t(unit));
    for (size_t u = 0; u < units().size(); ++u)
      for (const View rate : units()[u].rates)
        if (!is_ideographic(rate.front()) && fits(words[w], rate)) rates.insert(u);
  }
  for (size_t u = 0; u < units().size(); ++u)
    for (const View rate : units()[u].rates)
      if (is_ideographic(rate.front()) && text.find(rate) != View::npos) rates.insert(u);
  return rates;
}

}  // namespace bifrons
