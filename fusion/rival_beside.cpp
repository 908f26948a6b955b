// fusion/rival_beside.cpp - see rival_beside.h.
#include "fusion/rival_beside.h"

#include <iterator>

#include "ocr/document/fold.h"

namespace bifrons::rival_words {

namespace {

using View = std::u32string_view;

constexpr size_t widest_gap = 60, widest_definition = 200;  // characters; what is longer joins nothing

View trimmed(View text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Does nothing stand between a label and what follows it but what joins them?
bool joined_before(View gap, bool weak) {
  if (gap.size() > widest_gap) return false;
  static constexpr View behind_weak[] = {U"the", U"den", U"dem", U"der", U"zum", U"including", U"einschließlich"};
  for (size_t i = 0; i < gap.size();) {
    if (alnum(gap[i])) {
      size_t end = i;
      while (end < gap.size() && alnum(gap[end])) ++end;
      const View word = gap.substr(i, end - i);
      const bool percent = std::all_of(word.begin(), word.end(), is_digit) && gap.find(U'%', end) <= end + 4;
      if (weak ? !among(word, behind_weak) : !joins_label(word) && !percent) return false;
      i = end;
    } else {
      const bool sign = is_space(gap[i]) || gap[i] == U':' || gap[i] == U'%' || gap[i] == U'=' || gap[i] == U'|' ||
                        View(U"$\u20AC\u00A3\u00A5").find(gap[i]) != View::npos || (gap[i] == U'.' && i == 0);
      if (!sign && (!is_ideographic(gap[i]) || joining_ideographs.find(gap[i]) == View::npos)) return false;
      ++i;
    }
  }
  return true;
}
// Behind " and ": "A, called the landlord, and B, called the tenant".
View last_clause(View text) {
  for (const View sign : {View(U" and "), View(U" und "), View(U"\nand "), View(U"\nund ")})
    if (const size_t at = text.rfind(sign); at != View::npos) text.remove_prefix(at + sign.size());
  return text;
}

}  // namespace

bool is_of(Of of, const Value& value) {
  if (of == Of::dates) return value.kind == Value::Kind::date || value.kind == Value::Kind::time;
  return of == Of::sums && (value.kind == Value::Kind::amount || value.kind == Value::Kind::number);
}

std::vector<View> words_in(View text) {
  std::vector<View> words;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && alnum(text[end])) ++end;
    if (end > i) words.push_back(text.substr(i, end - i));
    i = std::max(end, i + 1);
  }
  return words;
}

// "1 March is the start", "169.00 in total", "2024年3月5日起".
bool joined_behind(View gap) {
  static constexpr View words[] = {U"is", U"was", U"as", U"the", U"in", U"ist", U"war", U"der", U"die", U"das", U"als"};
  if (gap.find(U'\n') != View::npos) return false;
  for (const View word : words_in(gap))
    if (!among(word, words)) return false;
  return std::all_of(gap.begin(), gap.end(), [](char32_t c) {
    return is_space(c) || alnum(c) || c == U'(' || View(U"起日正式为是").find(c) != View::npos;
  });
}
// "Larkfield Ltd, 4 Quay Street, hereinafter called the", "Northwind Ltd (the \""
bool defines(View gap) {
  if (gap.size() > widest_definition) gap.remove_prefix(gap.size() - widest_definition);
  static constexpr View articles[] = {U"the", U"der", U"die", U"das"};
  static constexpr View definers[] = {U"called", U"as",  U"is",  U"was",   U"hereinafter", U"nachfolgend",
                                      U"als",    U"ist", U"war", U"named", U"are"};
  for (const View word : words_in(gap))
    if (word == U"and" || word == U"und" || word == U"with" || word == U"mit") return false;
  while (!gap.empty() && (is_space(gap.back()) || gap.back() == U'"')) gap.remove_suffix(1);
  std::vector<View> words = words_in(gap);
  if (!words.empty() && !gap.empty() && alnum(gap.back()) && among(words.back(), articles)) {
    gap.remove_suffix(words.back().size());
    words.pop_back();
    while (!gap.empty() && (is_space(gap.back()) || gap.back() == U'"')) gap.remove_suffix(1);
  }
  if (gap.empty()) return false;
  return gap.back() == U'(' || gap.ends_with(U"简称") || gap.ends_with(U"下称") || gap.ends_with(U"是") || gap.ends_with(U"为") ||
         (alnum(gap.back()) && !words.empty() && among(words.back(), definers));
}

void assign(View text, Of of, size_t classes, const std::vector<Mark>& marks, std::vector<bool>& used, std::vector<Item>& items) {
  used.resize(marks.size(), false);
  const auto item_behind = [&](const Mark& mark) {
    return std::lower_bound(items.begin(), items.end(), mark.end, [](const Item& item, size_t end) { return item.begin < end; });
  };
  for (size_t m = 0; m < marks.size(); ++m) {
    if (used[m] || marks[m].of >= classes) continue;
    const auto next = item_behind(marks[m]);
    if (next == items.end() || next->fixed || (m + 1 < marks.size() && marks[m + 1].begin < next->begin)) continue;
    if (!joined_before(text.substr(marks[m].end, next->begin - marks[m].end), marks[m].weak)) continue;
    next->owner = marks[m].of;
    used[m] = true;
  }
  for (size_t m = 0; m < marks.size(); ++m) {
    if (used[m] || marks[m].weak || marks[m].of >= classes) continue;
    const auto next = item_behind(marks[m]);
    if (next == items.begin()) continue;
    Item& before = *std::prev(next);
    if (before.end > marks[m].begin) continue;
    if (m > 0 && marks[m - 1].end > before.end) {  // "2024年3月5日起生效": two words for one thing
      used[m] = used[m - 1] && marks[m - 1].of == marks[m].of && marks[m].begin - marks[m - 1].end <= 1;
      continue;
    }
    const View gap = text.substr(before.end, marks[m].begin - before.end);
    if ((before.owner && *before.owner != marks[m].of) || (of == Of::names ? !defines(gap) : !joined_behind(gap))) continue;
    before.owner = marks[m].of;
    used[m] = true;
  }
  // "1 April 2024 to 31 March 2027", but not "moved from 1 April to 31 May".
  static constexpr View moving[] = {U"moved", U"postponed", U"changed", U"verschoben", U"verlegt", U"geändert", U"instead"};
  const std::vector<View> said = words_in(text);
  const bool moves = std::any_of(said.begin(), said.end(), [](View word) { return among(word, moving); });
  if (of == Of::dates && classes == 2 && !moves)
    for (size_t i = 0; i + 1 < items.size(); ++i) {
      const View gap = trimmed(text.substr(items[i].end, items[i + 1].begin - items[i].end));
      static constexpr View to[] = {U"-",       U"to",     U"until", U"till", U"through", U"bis",
                                    U"bis zum", U"to the", U"至",    U"到",   U"~"};
      if (!among(gap, to)) continue;
      if (!items[i].owner) items[i].owner = 0;
      if (!items[i + 1].owner) items[i + 1].owner = 1;
    }
  // Of names only those meant are known: a label that another defines or is given to by a colon is not theirs.
  if (of == Of::names)
    for (size_t m = 0; m < marks.size(); ++m) {
      const size_t from = m > 0 ? marks[m - 1].end : 0;
      size_t behind = marks[m].end;
      while (behind < text.size() && (is_space(text[behind]) || text[behind] == U')')) ++behind;
      if (defines(last_clause(text.substr(from, marks[m].begin - from))) || (behind < text.size() && text[behind] == U':'))
        used[m] = true;
    }
}

// The only class that the text names; none where it names several, or qualifies one.
std::optional<size_t> only_class(const std::vector<Mark>& marks, size_t classes) {
  std::optional<size_t> only;
  for (const Mark& mark : marks) {
    if (mark.of >= classes || (only && *only != mark.of)) return {};
    only = mark.of;
  }
  return only;
}
std::vector<Mark> strong(std::vector<Mark> marks) {
  std::erase_if(marks, [](const Mark& mark) { return mark.weak; });
  return marks;
}

// "Before the end": the value beside it is not the end's.
bool relative(View text, const Mark& mark) {
  static constexpr View before[] = {U"before", U"after", U"prior", U"vor",    U"nach",
                                    U"since",  U"seit",  U"days",  U"months", U"weeks"};
  const std::vector<View> words = words_in(text.substr(0, mark.begin));
  for (size_t i = 0; i < std::min<size_t>(3, words.size()); ++i)
    if (among(words[words.size() - 1 - i], before)) return true;
  return false;
}

}  // namespace bifrons::rival_words
