// fusion/extractor_prose.cpp - see extractor_prose.h.
#include "fusion/extractor_prose.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fusion/extractor_question.h"
#include "ocr/document/fold.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

// Words, in lower case on the page, of what goes on behind a name. Behind a comma only: `behind_comma`.
constexpr View go_on[] = {U"who",    U"whom",     U"whose", U"which", U"while",   U"whereas", U"but",
                          U"though", U"although", U"since", U"seit",  U"während", U"wobei",   U"aber"};
constexpr View behind_comma[] = {
    U"not",     U"formerly", U"previously", U"where",  U"replacing", U"succeeding", U"as",    U"since",  U"nicht",   U"ehemals",
    U"vormals", U"früher",   U"zuvor",      U"dessen", U"deren",     U"dem",        U"denen", U"welche", U"welcher", U"welches",
    U"he",      U"she",      U"they",       U"it",     U"er",        U"sie",        U"es",    U"der",    U"die",     U"das"};
constexpr View joints[] = {U"and", U"und", U"sowie"};
constexpr View verbs[] = {U"is",   U"was",   U"are",  U"were",  U"has",   U"had",   U"have", U"shall",
                          U"will", U"lives", U"pays", U"owns",  U"acts",  U"ist",   U"war",  U"sind",
                          U"hat",  U"haben", U"wird", U"waren", U"heißt", U"zahlt", U"wohnt"};
constexpr View plural[] = {U"are", U"were", U"have", U"sind", U"waren", U"haben"};
constexpr View pronouns[] = {U"he", U"she", U"it", U"they", U"we", U"er", U"sie", U"es", U"wir"};
constexpr View articles[] = {U"the", U"a", U"an", U"our", U"your", U"der", U"die", U"das", U"den", U"dem", U"ein", U"eine"};
// Of those who belong to a name: "and her husband Cy Fox", "and sons".
constexpr View belong[] = {U"her",   U"his",        U"their",   U"others",   U"sons",     U"son",    U"daughters", U"daughter",
                           U"wife",  U"husband",    U"company", U"co",       U"partners", U"family", U"brothers",  U"sisters",
                           U"two",   U"associates", U"three",   U"children", U"seine",    U"ihre",   U"seinen",    U"ihr",
                           U"söhne", U"partner",    U"andere",  U"weitere",  U"sein"};

template <size_t N>
bool among(View word, const View (&list)[N]) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

struct Token {
  size_t begin = 0, end = 0;
  View word;           // without signs around it
  bool comma = false;  // or another sign before it
  bool capital = false;
};
std::vector<Token> tokens_of(const EvidenceLine& line, size_t begin, size_t end) {
  const View s = line.letters.text;
  const auto inside = [](char32_t c) { return is_letter(c) || is_digit(c) || is_ideographic(c); };
  std::vector<Token> out;
  bool comma = false;
  for (size_t i = begin; i < end;) {
    if (is_blank(s[i]) || s[i] == U',' || s[i] == U';') {
      comma |= !is_blank(s[i++]);
      continue;
    }
    Token token{.begin = i, .end = i, .word = {}, .comma = comma, .capital = begins_with_capital(line, i)};
    while (token.end < end && !is_blank(s[token.end]) && s[token.end] != U',' && s[token.end] != U';') ++token.end;
    size_t a = token.begin, b = token.end;
    while (a < b && !inside(s[a])) ++a;
    while (b > a && !inside(s[b - 1])) --b;
    token.word = s.substr(a, b - a);
    if (token.word.empty() && (s[i] == U'-')) {  // a dash between blanks
      comma = true;
    } else {
      comma = false;
      out.push_back(token);
    }
    i = token.end;
  }
  return out;
}

// "the landlord", "buyer": some of the words from `at` on are a label, and something follows.
bool names_a_label(View text, const std::vector<Token>& tokens, size_t at) {
  const bool article = at < tokens.size() && !tokens[at].capital && among(tokens[at].word, articles);
  if (article) ++at;
  for (size_t last = at; last + 1 < tokens.size() && last < at + 3; ++last)
    if ((article || !tokens[at].capital) &&
        is_field_label(plain_label(text.substr(tokens[at].begin, tokens[last].end - tokens[at].begin))))
      return true;
  return false;
}

std::optional<size_t> end_of_ideographic_name(View s, size_t begin, size_t end) {
  for (size_t i = begin + 1; i < end; ++i)
    if (s[i] == U',' && (is_ideographic(s[i - 1]) || (i + 1 < end && is_ideographic(s[i + 1])))) return i;
  // "张伟和出租方为李明".
  const size_t verb = std::min(s.substr(0, end).find(U'为', begin), s.substr(0, end).find(U'是', begin));
  if (verb == View::npos) return end;
  const size_t joint = s.substr(0, verb).find_last_of(U"和与及而");
  if (joint == View::npos || joint <= begin) return {};
  return joint;
}

bool says_any(View text, std::initializer_list<View> words) {
  return std::any_of(words.begin(), words.end(), [&](View word) { return find_phrase(text, word) != View::npos; });
}

bool same_kind(const Value& value, ValueType type) {
  const bool sum = value.kind == Value::Kind::amount || value.kind == Value::Kind::number;
  switch (type) {
    case ValueType::amount: return sum;
    case ValueType::percent: return value.kind == Value::Kind::percent;
    case ValueType::date: return value.kind == Value::Kind::date;
    case ValueType::time: return value.kind == Value::Kind::time;
    case ValueType::phone: return value.kind == Value::Kind::phone || sum;
    case ValueType::email: return value.kind == Value::Kind::email;
    default: return false;
  }
}

}  // namespace

std::optional<size_t> end_of_name(const EvidenceLine& line, size_t begin, size_t end) {
  const View s = line.letters.text;
  if (has_ideograph(s.substr(begin, end - begin))) return end_of_ideographic_name(s, begin, end);
  const std::vector<Token> tokens = tokens_of(line, begin, end);
  const auto cut = [&](size_t k) -> std::optional<size_t> {  // the name ends before token k
    return tokens[k - 1].end;
  };
  size_t joint = 0;  // the last comma or "and" so far
  size_t joined = 0;
  for (size_t k = 1; k < tokens.size(); ++k) {
    const Token& token = tokens[k];
    const bool is_joint = !token.capital && among(token.word, joints);
    if (!token.capital) {
      if (token.word == U"until" || token.word == U"bis") return {};  // it has ended
      if (among(token.word, go_on) || (token.comma && among(token.word, behind_comma))) {
        return cut(k);
      }
      if (token.word == U"as" && k + 1 < tokens.size() && tokens[k + 1].word == U"of") return cut(k);
      if (token.comma && token.word.size() > 4 && token.word.ends_with(U"ing")) return cut(k);  // ", acting for ..."
      // "Ola Berg (phone 55 20 31 44)"; "Acme (2019) Ltd" goes on.
      if (s[token.begin] == U'(') {
        const size_t close = s.substr(0, end).find(U')', token.begin);
        const bool last = close == View::npos || close + 1 == end || s[close + 1] == U',' ||
                          (close + 2 < end && !begins_with_capital(line, close + 2));
        const View inside = s.substr(token.begin, std::min(close, end) - token.begin);
        if (last && std::count_if(inside.begin(), inside.end(), is_digit) > 4) return cut(k);
      }
      if (among(token.word, verbs)) {
        if (joint == 0 || (joined > 1 && among(token.word, plural))) return {};
        return cut(joint);
      }
    }
    if (!is_joint && !token.comma) continue;
    joint = k, ++joined;
    const size_t next = is_joint ? k + 1 : k;
    if (names_a_label(s, tokens, next)) return cut(k);
    if (!is_joint || next >= tokens.size() || tokens[next].capital) continue;
    const View word = tokens[next].word;
    if (word.empty() || is_digit(word.front()) || among(word, belong) || among(word, articles) || among(word, verbs)) continue;
    if (among(word, pronouns) || among(word, go_on) || word.ends_with(U"s") || word.ends_with(U"ed")) return cut(k);
    return {};
  }
  return end;
}

bool asks_for_the_past(View question) {
  return says_any(question, {U"was", U"were", U"did", U"had", U"used to", U"war", U"waren", U"betrug", U"hatte", U"wurde",
                             U"former", U"old", U"originally", U"original", U"früher", U"bisherige", U"alte"}) ||
         question.find(U'原') != View::npos || question.find(U'曾') != View::npos || question.find(U"以前") != View::npos;
}

bool is_superseded(const LabelPair& pair, ValueType type, size_t end) {
  const EvidenceLine& line = *pair.line;
  const View s = line.letters.text;
  // "Deposit (formerly): 500".
  for (const std::u32string& inside : pair.inside)
    if (says_any(inside, {U"old", U"former", U"formerly", U"previous", U"previously", U"superseded", U"until", U"alt", U"bisher",
                          U"früher", U"vormals", U"ehemals", U"bis", U"原", U"旧"}))
      return true;
  // "Rent (from July)".
  if (type == ValueType::amount)
    for (const std::u32string& inside : pair.inside)
      if (says_any(inside, {U"from", U"ab", U"seit", U"since", U"自"})) return true;
  // "800 (old)", "800 euros until June"; "850 (formerly 800)" holds.
  const std::u32string behind = plain_label(s.substr(end, std::max(pair.end, end) - end));
  const bool value_behind =
      std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) { return v.begin >= end && v.end <= pair.end; });
  if (!value_behind && type != ValueType::text &&
      says_any(behind, {U"old", U"former", U"formerly", U"previous", U"previously", U"superseded", U"cancelled", U"no longer",
                        U"alt", U"bisher", U"früher", U"vormals", U"ehemals", U"ungültig", U"原", U"旧", U"作废"}))
    return true;
  if (type == ValueType::amount && says_any(behind, {U"until", U"till", U"bis", U"from", U"ab"})) return true;
  if (type == ValueType::text &&
      says_any(s.substr(pair.begin, end - pair.begin), {U"(until", U"(bis", U"(old)", U"(former)", U"(alt)", U"(bisher)"}))
    return true;
  if ((!pair.verb && !pair.glued) || (pair.past && type != ValueType::date)) return false;  // only who asks for the past gets it
  // "It is now 850", "from July it is 850".
  const View rest = s.substr(end);
  const bool another =
      std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) { return v.begin >= end && same_kind(v, type); });
  if (type == ValueType::text) return says_any(rest, {U"now", U"jetzt", U"nunmehr"}) || rest.find(U"现为") != View::npos;
  return another && (says_any(rest, {U"now",       U"from",    U"since",    U"thereafter", U"instead", U"afterwards", U"then",
                                     U"increased", U"raised",  U"reduced",  U"changed",    U"moved",   U"postponed",  U"extended",
                                     U"jetzt",     U"nun",     U"nunmehr",  U"ab",         U"seit",    U"danach",     U"künftig",
                                     U"erhöht",    U"gesenkt", U"geändert", U"verschoben"}) ||
                     rest.find(U'现') != View::npos || rest.find(U'起') != View::npos || rest.find(U'改') != View::npos ||
                     rest.find(U"调整") != View::npos || rest.find(U"变更") != View::npos);
}

}  // namespace bifrons
