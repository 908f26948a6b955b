// fusion/asked.cpp - see asked.h.
#include "fusion/asked.h"

#include <algorithm>
#include <iterator>
#include <span>

#include <unicode/uchar.h>

#include "fusion/asked_tongues.h"
#include "fusion/asked_words.h"
#include "fusion/extractor_pairs.h"
#include "fusion/word_forms.h"
#include "ocr/document/fold.h"
#include "ocr/document/levenshtein.h"
#include "ocr/document/search.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

// Of a question; its beginning says what it asks.
constexpr size_t most_characters = 4096, most_terms = 48;
constexpr double near_quality = 0.75;  // of a word that means nearly the same
constexpr size_t shortest_misread = 7;
constexpr double least_similarity = 0.8;  // of a misread word

template <class List>
bool among(View word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Words that measure what is asked ("how long is the period") and are not to be expected beside the answer.
constexpr View measures[] = {U"long",  U"much",   U"many",   U"big",    U"large", U"high",  U"tall",   U"heavy",
                             U"often", U"soon",   U"far",    U"old",    U"when",  U"until", U"before", U"exactly",
                             U"get",   U"one",    U"person", U"people", U"name",  U"named", U"kind",   U"sort",
                             U"there", U"either", U"other",  U"out",    U"up",    U"off"};

constexpr View german_measures[] = {U"ab",    U"lange", U"hoch",      U"oft",    U"schnell", U"spätestens",
                                    U"genau", U"name",  U"heißt",     U"heisst", U"heißen",  U"uhr",
                                    U"datum", U"monat", U"monatlich", U"pro",    U"selbst",  U"eigentlich"};

constexpr View months[] = {U"januar",    U"februar",  U"märz",     U"mai",      U"juni", U"juli", U"oktober", U"dezember",
                           U"january",   U"february", U"march",    U"april",    U"may",  U"june", U"july",    U"august",
                           U"september", U"october",  U"november", U"december", U"jan",  U"feb",  U"mar",     U"apr",
                           U"jun",       U"jul",      U"aug",      U"sep",      U"sept", U"oct",  U"nov",     U"dec"};
constexpr View weekdays[] = {U"montag",   U"dienstag", U"mittwoch",  U"donnerstag", U"freitag",     U"samstag",  U"sonnabend",
                             U"sonntag",  U"montags",  U"dienstags", U"mittwochs",  U"donnerstags", U"freitags", U"samstags",
                             U"sonntags", U"monday",   U"tuesday",   U"wednesday",  U"thursday",    U"friday",   U"saturday",
                             U"sunday",   U"mondays",  U"tuesdays",  U"thursdays",  U"fridays",     U"saturdays"};
constexpr View spans[] = {U"tag",          U"tage",         U"tagen",         U"woche",    U"wochen",    U"monat",
                          U"monate",       U"monaten",      U"jahr",          U"jahre",    U"jahren",    U"stunde",
                          U"stunden",      U"minute",       U"minuten",       U"werktage", U"werktagen", U"arbeitstage",
                          U"arbeitstagen", U"kalendertage", U"kalendertagen", U"quartal",  U"nächte",    U"second",
                          U"seconds",      U"minute",       U"minutes",       U"hour",     U"hours",     U"day",
                          U"days",         U"week",         U"weeks",         U"month",    U"months",    U"quarter",
                          U"years",        U"year",         U"months'",       U"weeks'",   U"days'"};
constexpr View number_words[] = {
    U"zwei",    U"drei",     U"vier",     U"fünf",    U"sechs",   U"sieben",  U"acht",    U"neun",    U"zehn",    U"elf",
    U"zwölf",   U"vierzehn", U"fünfzehn", U"zwanzig", U"dreißig", U"vierzig", U"fünfzig", U"sechzig", U"neunzig", U"hundert",
    U"einmal",  U"zweimal",  U"one",      U"two",     U"three",   U"four",    U"five",    U"six",     U"seven",   U"eight",
    U"nine",    U"ten",      U"eleven",   U"twelve",  U"twenty",  U"thirty",  U"forty",   U"fifty",   U"sixty",   U"ninety",
    U"hundred", U"fifteen",  U"fourteen", U"half",    U"once",    U"twice"};
constexpr View ordinals[] = {U"first",   U"second", U"third", U"fourth", U"fifth", U"sixth",
                             U"seventh", U"eighth", U"ninth", U"tenth",  U"last"};
constexpr View german_one[] = {U"ein", U"eine", U"einen", U"einem", U"einer", U"eines"};
constexpr View titles[] = {U"herr", U"herrn", U"frau",   U"familie", U"mr",        U"mrs", U"ms",
                           U"miss", U"dr",    U"doctor", U"prof",    U"professor", U"sir", U"madam"};
constexpr View companies[] = {U"ltd", U"inc", U"gmbh", U"llc", U"plc", U"ag", U"corp", U"limited", U"company"};
constexpr View places[] = {U"platz",
                           U"weg",
                           U"gasse",
                           U"allee",
                           U"gebäude",
                           U"raum",
                           U"saal",
                           U"büro",
                           U"etage",
                           U"stock",
                           U"obergeschoss",
                           U"erdgeschoss",
                           U"filiale",
                           U"lager",
                           U"werk",
                           U"rathaus",
                           U"bahnhof",
                           U"standort",
                           U"besprechungsraum",
                           U"konferenzraum",
                           U"street",
                           U"road",
                           U"lane",
                           U"avenue",
                           U"square",
                           U"yard",
                           U"row",
                           U"drive",
                           U"park",
                           U"quay",
                           U"court",
                           U"house",
                           U"building",
                           U"floor",
                           U"room",
                           U"hall",
                           U"office",
                           U"wing",
                           U"unit",
                           U"site",
                           U"premises",
                           U"warehouse",
                           U"factory",
                           U"store",
                           U"station",
                           U"airport"};
constexpr View place_words[] = {U"im", U"nach", U"bei",  U"beim",   U"aus",    U"in",      U"at",
                                U"to", U"near", U"from", U"beside", U"behind", U"opposite"};
constexpr View reasons[] = {U"weil",    U"wegen", U"aufgrund", U"daher", U"deshalb", U"denn",      U"infolge", U"grund",
                            U"because", U"since", U"due",      U"owing", U"reason",  U"therefore", U"as",      U"for"};

bool capital(char32_t c) { return u_isupper(UChar32(c)); }

// The word of the page that a token comes from, as it is written.
std::u32string written(const EvidenceLine& line, const EvidenceLine::Token& token) {
  const size_t word = token.begin < line.owner.size() ? line.owner[token.begin] : 0;
  return word < line.line->words.size() ? code_points(line.line->words[word].text) : token.text;
}
bool in_capitals(View word) {
  return std::none_of(word.begin(), word.end(), [](char32_t c) { return is_letter(c) && !capital(c); });
}
bool is_number(View token) { return std::any_of(token.begin(), token.end(), is_digit) || among(token, number_words); }
bool is_name_like(const EvidenceLine& line, const EvidenceLine::Token& token) {
  const std::u32string word = written(line, token);
  size_t first = 0;
  while (first < word.size() && !is_letter(word[first])) ++first;
  const bool all_capitals = word.size() - first > 2 && std::all_of(word.begin() + ptrdiff_t(first), word.end(),
                                                                   [](char32_t c) { return !is_letter(c) || capital(c); });
  return first < word.size() && capital(word[first]) && !all_capitals && !among(token.text, months) &&
         !among(token.text, weekdays) && !is_number(token.text);
}
bool sentence_ended_before(const EvidenceLine& line, size_t at) {
  while (at > 0 && is_blank(line.letters.text[at - 1])) --at;
  return at == 0 || View(U".!?:\u3002").find(line.letters.text[at - 1]) != View::npos;
}

using Tokens = std::vector<const EvidenceLine::Token*>;

double date_in(const EvidenceLine& line, const Tokens& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    const View word = tokens[i]->text;
    const bool number_beside =
        (i > 0 && is_number(tokens[i - 1]->text)) ||
        (i + 1 < tokens.size() && std::any_of(tokens[i + 1]->text.begin(), tokens[i + 1]->text.end(), is_digit));
    if (among(word, months) && (number_beside || (word.size() > 3 && is_name_like(line, *tokens[i])))) return 1;
    if (among(word, weekdays)) return 0.9;
  }
  return 0;
}
double span_in(const Tokens& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!is_number(tokens[i]->text) && !among(tokens[i]->text, ordinals) && !among(tokens[i]->text, german_one)) continue;
    if (among(tokens[i + 1]->text, spans)) return 1;
    if (i + 2 < tokens.size() && among(tokens[i + 2]->text, spans)) return 0.9;  // "three working days"
  }
  return 0;
}
// In German every noun has a capital: one by itself tells nothing.
double person_in(const EvidenceLine& line, const Tokens& tokens, bool german) {
  double best = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (among(tokens[i]->text, titles) && i + 1 < tokens.size()) return 1;
    if (among(tokens[i]->text, companies)) best = std::max(best, 0.8);
    if (!is_name_like(line, *tokens[i])) continue;
    const bool first = sentence_ended_before(line, tokens[i]->begin);
    const bool pair = i + 1 < tokens.size() && is_name_like(line, *tokens[i + 1]) &&
                      tokens[i + 1]->begin - tokens[i]->begin <= tokens[i]->text.size() + 2;
    best = std::max(best, pair ? (first ? 0.8 : german ? 0.9 : 1) : first || german ? 0 : 0.6);
  }
  return best;
}
double place_in(const EvidenceLine& line, const Tokens& tokens, bool german) {
  double best = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const View word = tokens[i]->text;
    if (among(word, places) || word.ends_with(U"strasse") || word.ends_with(U"stra\u00DFe") ||
        (german && (word.ends_with(U"saal") || word.ends_with(U"raum") || word.ends_with(U"geb\u00E4ude") ||
                    word.ends_with(U"platz") || word.ends_with(U"weg") || word.ends_with(U"allee") || word.ends_with(U"gasse"))))
      best = std::max(best, i > 0 && is_name_like(line, *tokens[i]) ? 1.0 : 0.7);
    if (among(word, place_words) && i + 1 < tokens.size() && is_name_like(line, *tokens[i + 1]))
      best = std::max(best, german ? 0.6 : 0.8);
  }
  return best;
}

bool has_any(View text, std::initializer_list<View> words) {
  return std::any_of(words.begin(), words.end(), [&](View word) { return text.find(word) != View::npos; });
}
constexpr View chinese_numbers = U"0123456789〇零一二三四五六七八九十百千万亿两半";
// A number right before one of the words.
bool counted(View text, std::initializer_list<View> words) {
  for (const View word : words)
    for (size_t at = text.find(word); at != View::npos; at = text.find(word, at + 1))
      if (at > 0 && chinese_numbers.find(text[at - 1]) != View::npos) return true;
  return false;
}
double chinese_kind_in(View text, AnswerKind kind) {
  switch (kind) {
    case AnswerKind::date:
      if (counted(text, {U"月"}) && counted(text, {U"年", U"日", U"号", U"底", U"初"})) return 1;
      return counted(text, {U"年", U"日", U"号", U"点", U"天", U"周", U"个月"}) ? 0.7 : 0;
    case AnswerKind::duration:
      return counted(text, {U"天", U"个月", U"周", U"小时", U"分钟", U"日内", U"年"}) ? 1 : counted(text, {U"日"}) ? 0.5 : 0;
    case AnswerKind::money: return counted(text, {U"元", U"块", U"美元", U"欧元"}) ? 1 : 0;
    case AnswerKind::number:
      return std::any_of(text.begin(), text.end(), [](char32_t c) { return chinese_numbers.find(c) != View::npos; });
    case AnswerKind::percent: return has_any(text, {U"%", U"百分之", U"千分之", U"万分之"});
    case AnswerKind::person:
      return has_any(text, {U"公司", U"先生", U"女士", U"小姐", U"教授", U"老师", U"经理", U"主任", U"甲方", U"乙方", U"法院"})
                 ? 0.7
                 : 0;
    case AnswerKind::place:
      return counted(text, {U"号", U"层", U"楼", U"室"}) && has_any(text, {U"路", U"街", U"区", U"市", U"楼", U"大厦"}) ? 1
             : has_any(text, {U"位于", U"路", U"街", U"市", U"省", U"县", U"楼", U"厅", U"会议室", U"分公司", U"设在"}) ? 0.7
                                                                                                                        : 0;
    case AnswerKind::reason: return has_any(text, {U"因", U"由于", U"鉴于", U"受"});
    case AnswerKind::any: break;
  }
  return 0;
}

std::vector<View> cut(View list, char32_t between) {
  std::vector<View> parts;
  while (!list.empty()) {
    const size_t end = std::min(list.find(between), list.size());
    parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}
const auto& near_table() {
  static const auto table = [] {
    std::vector<std::vector<View>> rows;
    for (const View list : asked_words::groups) rows.push_back(cut(list, U' '));
    for (const View list : asked_words::chinese_groups) rows.push_back(cut(list, U' '));
    return rows;
  }();
  return table;
}
const auto& german_table() {
  static const auto table = [] {
    std::vector<std::vector<View>> rows;
    for (const View list : asked_words::german_groups) rows.push_back(cut(list, U' '));
    return rows;
  }();
  return table;
}
std::vector<View> german_near_of(View word) {
  std::vector<View> near;
  const std::u32string stem_of_word = german_stem(word);
  for (const auto& row : german_table())
    if (std::any_of(row.begin(), row.end(), [&](View one) { return one == word || german_stem(one) == stem_of_word; }))
      for (const View one : row)
        if (one != word && !among(one, near)) near.push_back(one);
  return near;
}
// "Nettogehalt" may stand as "Nettoentgelt": what is nearly the same as the last part, behind the first.
std::vector<std::u32string> german_compounds_of(View word) {
  constexpr size_t shortest_part = 4;
  View head;
  for (const auto& row : german_table())
    for (const View one : row)
      if (one.size() > std::max(head.size(), shortest_part) && word.size() >= one.size() + shortest_part && word.ends_with(one))
        head = one;
  std::vector<std::u32string> compounds;
  if (head.empty()) return compounds;
  for (const View near : german_near_of(head))
    if (near.size() >= shortest_part) compounds.push_back(std::u32string(word.substr(0, word.size() - head.size())).append(near));
  return compounds;
}
std::vector<View> near_of(View word) {
  std::vector<View> near;
  for (const auto& row : near_table())
    if (std::any_of(row.begin(), row.end(), [&](View one) { return same_stem(one, word); }))
      for (const View one : row)
        if (one != word && !among(one, near)) near.push_back(one);
  return near;
}

void add_chinese_run(View run, std::vector<Asked::Term>& terms) {
  const auto add = [&](View text, bool known) {
    if (std::none_of(terms.begin(), terms.end(), [&](const Asked::Term& t) { return t.text == text; }))
      terms.push_back({std::u32string(text), known ? near_of(text) : std::vector<View>{}, false, false});
  };
  size_t plain = 0;  // where what no list knows begins
  const auto pairs = [&](size_t end) {
    for (size_t i = plain; i + 1 < end; ++i) add(run.substr(i, 2), false);
  };
  for (size_t i = 0; i < run.size();) {
    size_t longest = 0;
    for (const auto& row : near_table())
      for (const View one : row)
        if (one.size() > std::max<size_t>(longest, 1) && run.substr(i).starts_with(one)) longest = one.size();
    if (longest == 0) {
      ++i;
      continue;
    }
    pairs(i);
    add(run.substr(i, longest), true);
    i += longest;
    plain = i;
  }
  pairs(run.size());
}

// What shows itself by its form.
std::optional<Value::Kind> shown_as(View word) {
  static constexpr std::pair<View, Value::Kind> kinds[] = {
      {U"phone", Value::Kind::phone},         {U"telephone", Value::Kind::phone}, {U"mobile", Value::Kind::phone},
      {U"telefonnummer", Value::Kind::phone}, {U"telefon", Value::Kind::phone},   {U"rufnummer", Value::Kind::phone},
      {U"电话", Value::Kind::phone},          {U"手机", Value::Kind::phone},      {U"email", Value::Kind::email},
      {U"e-mail", Value::Kind::email},        {U"mail", Value::Kind::email},      {U"邮箱", Value::Kind::email},
      {U"website", Value::Kind::url},         {U"webseite", Value::Kind::url},    {U"网址", Value::Kind::url},
      {U"iban", Value::Kind::iban},           {U"time", Value::Kind::time},       {U"uhrzeit", Value::Kind::time},
      {U"call", Value::Kind::phone},          {U"ring", Value::Kind::phone},      {U"anrufen", Value::Kind::phone}};
  for (const auto& [name, kind] : kinds)
    if (word == name) return kind;
  return {};
}
// "purchase order number" may stand as "PO".
void add_initials(std::vector<Asked::Term>& terms) {
  constexpr size_t most = 4;
  for (size_t first = 0; first < terms.size(); ++first) {
    std::u32string initials;
    for (size_t t = first; t < terms.size() && t - first < most; ++t) {
      if (t > first && !terms[t].follows) break;
      if (!is_letter(terms[t].text.front()) || terms[t].text.size() < 2) break;
      initials += terms[t].text.front();
      if (initials.size() < 2) continue;
      for (size_t i = first; i <= t; ++i) terms[i].initials.push_back(initials);
    }
  }
}

double quality_of(View token, const Asked::Term& term) {
  if (term.german) {
    double best = german_quality(token, term.text);
    for (const View near : term.near)
      if (best < near_quality) best = std::max(best, near_quality * german_quality(token, near));
    if (best < near_quality && among(token, term.compounds)) best = near_quality;
    return best;
  }
  if (same_stem(token, term.text)) return 1;
  return std::any_of(term.near.begin(), term.near.end(), [&](View near) { return same_stem(token, near); }) ? near_quality : 0;
}

// Sayings become one term each; the first word stands for the rest.
void take_sayings(std::u32string& text, std::vector<Asked::Term>& terms) {
  std::u32string plain = U" ";
  for (const char32_t c : text) plain += is_letter(c) || is_digit(c) || c == U'-' ? c : U' ';
  plain += U' ';
  for (const auto& saying : asked_words::sayings)
    for (const View phrase : cut(saying.phrases, U'|')) {
      const size_t at = plain.find(U" " + std::u32string(phrase) + U" ");
      if (at == std::u32string::npos) continue;
      const View head = phrase.substr(0, phrase.find(U' '));
      terms.push_back(
          {std::u32string(head == U"how" || head == U"what" || head == U"who" ? cut(saying.near, U' ').front() : head),
           cut(saying.near, U' '), false, false});
      for (size_t i = 0; i < phrase.size(); ++i) text[at + i] = U' ', plain[at + 1 + i] = U' ';
      break;
    }
}

}  // namespace

Asked asked_of(std::string_view question) {
  Asked asked;
  const bool german = asked.german = reads_as_german(question);
  asked.tongue = asked.paper = tongue_of(question);
  std::u32string text = letters_of(question).text;
  if (text.size() > most_characters) text.resize(most_characters);
  if (std::any_of(text.begin(), text.end(), is_ideographic)) {
    for (const auto& cue : asked_words::chinese_cues)
      for (size_t at = text.find(cue.words); at != std::u32string::npos; at = text.find(cue.words, at)) {
        if (asked.kind == AnswerKind::any) asked.kind = cue.kind;
        if (!cue.grammar) break;
        text.replace(at, cue.words.size(), U" ");
      }
    std::u32string run;
    for (size_t i = 0; i <= text.size(); ++i) {
      const bool inside =
          i < text.size() && is_ideographic(text[i]) && View(U"的了是在和与及为由吗呢吧请问").find(text[i]) == View::npos;
      if (inside) {
        run += text[i];
      } else if (!run.empty()) {
        add_chinese_run(run, asked.terms);
        run.clear();
      }
    }
  } else {
    const std::u32string plain = U" " + plain_label(text) + U" ";
    const auto& list = german ? asked_words::german_cues : asked_words::cues;
    for (const auto& cue : list)
      if (plain.find(U" " + std::u32string(cue.words) + U" ") != std::u32string::npos) {
        asked.kind = cue.kind;
        break;
      }
    if (!german) take_sayings(text, asked.terms);
  }
  std::u32string before;
  for (std::u32string& word : content_words(to_utf8(text))) {
    if (asked.terms.size() >= most_terms) break;
    if (is_ideographic(word.front())) continue;
    std::u32string both = std::move(before);
    both.append(U" ").append(word);
    const bool follows = both.size() > word.size() + 1 && text.find(both) != std::u32string::npos;
    before = word;
    if (german ? among(word, german_measures) : among(word, measures)) {
      before.clear();
      continue;
    }
    if (std::none_of(asked.terms.begin(), asked.terms.end(), [&](const Asked::Term& t) { return t.text == word; })) {
      std::vector<View> near = german ? german_near_of(word) : near_of(word);
      asked.terms.push_back({std::move(word), std::move(near), follows, german});
      if (german) asked.terms.back().compounds = german_compounds_of(asked.terms.back().text);
    }
  }
  if (asked.terms.empty())  // of question words only
    for (std::u32string& word : content_words(to_utf8(text))) asked.terms.push_back({std::move(word), {}, false, german});
  if (asked.terms.size() > most_terms) asked.terms.resize(most_terms);
  add_initials(asked.terms);
  for (Asked::Term& term : asked.terms) term.shown = shown_as(term.text);
  return asked;
}

Asked asked_of(std::string_view question, Tongue paper) {
  Asked asked = asked_of(question);
  asked.paper = paper;
  if (paper == asked.tongue) return asked;
  if (asked.tongue == Tongue::chinese) {
    for (const View word : known_chinese(letters_of(question).text)) {
      const auto [foreign, measure] = words_in_tongue(word, asked.tongue, paper);
      bool met = false;
      for (Asked::Term& term : asked.terms)
        if (term.text.find(word) != View::npos || word.find(term.text) != View::npos) {
          term.measure = measure && (term.foreign.empty() || term.measure);
          term.foreign.insert(term.foreign.end(), foreign.begin(), foreign.end());
          met = true;
        }
      if (!met && asked.terms.size() < most_terms)
        asked.terms.push_back({.text = std::u32string(word), .foreign = foreign, .measure = measure});
    }
    return asked;
  }
  for (Asked::Term& term : asked.terms) {
    ForeignWords foreign = words_in_tongue(term.text, asked.tongue, paper);
    term.foreign = std::move(foreign.words);
    term.measure = foreign.measure;
  }
  return asked;
}

// "1 July 2025 to 30 June 2026" tells a beginning and an end without their names.
static bool date_range_in(const EvidenceLine& line, size_t begin, size_t end) {
  static constexpr View joints[] = {U" to ", U" until ", U" till ", U" bis ", U" bis zum ", U" - ", U"-", U"至", U"到", U"~"};
  for (size_t v = 0; v + 1 < line.values.size(); ++v) {
    const Value &first = line.values[v], &second = line.values[v + 1];
    if (first.kind == Value::Kind::date && second.kind == Value::Kind::date && first.begin >= begin && second.end <= end &&
        among(View(line.letters.text).substr(first.end, second.begin - first.end), joints))
      return true;
  }
  return false;
}
static bool ends_of_range(View word) {
  static constexpr View words[] = {U"end",     U"ends",     U"expire", U"expires", U"start", U"starts",
                                   U"begin",   U"begins",   U"ende",   U"enden",   U"endet", U"beginn",
                                   U"beginnt", U"beginnen", U"结束",   U"到期",    U"终止",  U"开始"};
  return among(word, words);
}

double holds(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& term) {
  const bool recognised = line.line->confidence.has_value();
  const bool shown = term.shown && std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) {
                       return v.kind == *term.shown && v.begin >= begin && v.end <= end;
                     });
  if (is_ideographic(term.text.front())) {
    const View text = View(line.letters.text).substr(begin, end - begin);
    if (text.find(term.text) != View::npos) return 1;
    return shown || std::any_of(term.near.begin(), term.near.end(), [&](View near) { return text.find(near) != View::npos; })
               ? near_quality
               : 0;
  }
  double best = shown || (ends_of_range(term.text) && date_range_in(line, begin, end)) ? near_quality : 0;
  for (const EvidenceLine::Token& token : line.tokens)
    if (token.begin >= begin && token.begin < end) {
      best = std::max(best, quality_of(token.text, term));
      // "Rtickstand": recognised letters may be wrong here and there.
      if (best < near_quality && recognised && std::min(token.text.size(), term.text.size()) >= shortest_misread &&
          std::none_of(token.text.begin(), token.text.end(), is_digit) && similarity(token.text, term.text) >= least_similarity)
        best = near_quality;
      if (best < near_quality && among(token.text, term.initials) && in_capitals(written(line, token))) best = near_quality;
    }
  return best;
}

double holds(std::u32string_view word, const Asked::Term& term) { return quality_of(word, term); }

double holds_foreign(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& term, Tongue paper) {
  double best = 0;
  for (const View word : term.foreign) {
    if (paper == Tongue::chinese) {
      if (View(line.letters.text).substr(begin, end - begin).find(word) != View::npos) return near_quality;
      continue;
    }
    for (const EvidenceLine::Token& token : line.tokens)
      if (token.begin >= begin && token.begin < end)
        best = std::max(best, paper == Tongue::german ? german_quality(token.text, word) : double(same_stem(token.text, word)));
  }
  return near_quality * best;
}

bool holds_in_a_row(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& first, const Asked::Term& second) {
  for (size_t i = 0; i + 1 < line.tokens.size(); ++i)
    if (line.tokens[i].begin >= begin && line.tokens[i + 1].begin < end && quality_of(line.tokens[i].text, first) > 0 &&
        quality_of(line.tokens[i + 1].text, second) > 0)
      return true;
  return false;
}

double holds(const EvidenceLine& line, size_t begin, size_t end, AnswerKind kind, bool german) {
  if (kind == AnswerKind::any) return 0;
  Tokens tokens;
  for (const EvidenceLine::Token& token : line.tokens)
    if (token.begin >= begin && token.begin < end) tokens.push_back(&token);
  const auto value = [&](std::initializer_list<Value::Kind> kinds) {
    return std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) {
      return v.begin >= begin && v.begin < end && std::find(kinds.begin(), kinds.end(), v.kind) != kinds.end();
    });
  };
  double best = chinese_kind_in(View(line.letters.text).substr(begin, end - begin), kind);
  const auto at_least = [&](double quality) { best = std::max(best, quality); };
  switch (kind) {
    case AnswerKind::date:
      if (value({Value::Kind::date, Value::Kind::time})) return 1;
      at_least(date_in(line, tokens));
      at_least(0.7 * span_in(tokens));
      break;
    case AnswerKind::duration:
      at_least(span_in(tokens));
      at_least(value({Value::Kind::date, Value::Kind::time}) ? 0.5 : 0.5 * date_in(line, tokens));
      break;
    case AnswerKind::money:
      if (value({Value::Kind::amount})) return 1;
      at_least(value({Value::Kind::percent}) ? 0.6 : value({Value::Kind::number}) ? 0.3 : 0);
      // "801.00": a sum needs no currency.
      at_least(std::any_of(line.values.begin(), line.values.end(),
                           [&](const Value& v) {
                             const View shown = View(line.letters.text).substr(v.begin, v.end - v.begin);
                             return v.kind == Value::Kind::number && v.begin >= begin && v.begin < end && shown.size() > 3 &&
                                    (shown[shown.size() - 3] == U'.' || shown[shown.size() - 3] == U',');
                           })
                   ? 0.9
                   : 0);
      break;
    case AnswerKind::number:
      if (value({Value::Kind::number, Value::Kind::amount, Value::Kind::percent})) return 1;
      if (std::any_of(tokens.begin(), tokens.end(), [](const auto* token) { return is_number(token->text); })) return 0.9;
      break;
    case AnswerKind::percent:
      if (value({Value::Kind::percent})) return 1;
      at_least(std::any_of(tokens.begin(), tokens.end(), [](const auto* token) { return token->text == U"percent"; }) ? 1 : 0);
      at_least(value({Value::Kind::amount}) ? 0.5 : 0);
      break;
    case AnswerKind::person: at_least(person_in(line, tokens, german)); break;
    case AnswerKind::place: at_least(place_in(line, tokens, german)); break;
    case AnswerKind::reason:
      at_least(std::any_of(tokens.begin(), tokens.end(), [](const auto* token) { return among(token->text, reasons); }) ? 0.8
                                                                                                                        : 0);
      break;
    case AnswerKind::any: break;
  }
  return best;
}

}  // namespace bifrons
