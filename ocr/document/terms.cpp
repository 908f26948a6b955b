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

// German: words of grammar that are no English words, so that they tell the language too.
constexpr TextView german_grammar[] = {
    U"aber",       U"alle",    U"allen",   U"aller",         U"als",         U"auch",    U"auf",         U"aus",    U"bei",
    U"beim",       U"bis",     U"bitte",   U"br\u00E4uchte", U"dann",        U"darf",    U"das",         U"dass",   U"dein",
    U"dem",        U"den",     U"der",     U"des",           U"dessen",      U"dich",    U"dies",        U"diese",  U"diesem",
    U"diesen",     U"dieser",  U"dieses",  U"dort",          U"du",          U"durch",   U"d\u00FCrfen", U"ein",    U"eine",
    U"einem",      U"einen",   U"einer",   U"eines",         U"er",          U"es",      U"etwas",       U"euer",   U"f\u00FCr",
    U"gegen",      U"gibt",    U"haben",   U"hatte",         U"hier",        U"ich",     U"ihm",         U"ihn",    U"ihnen",
    U"ihr",        U"ihre",    U"ihrem",   U"ihren",         U"ihrer",       U"im",      U"ist",         U"jede",   U"jeden",
    U"jeder",      U"jedes",   U"kann",    U"k\u00F6nnen",   U"k\u00F6nnte", U"mein",    U"meine",       U"meinem", U"meinen",
    U"meiner",     U"mich",    U"mir",     U"mit",           U"m\u00F6chte", U"muss",    U"m\u00FCssen", U"nach",   U"nur",
    U"oder",       U"ob",      U"sein",    U"seine",         U"seinen",      U"seiner",  U"sich",        U"sie",    U"sind",
    U"soll",       U"sollen",  U"sollte",  U"\u00FCber",     U"um",          U"und",     U"uns",         U"unser",  U"unsere",
    U"unseren",    U"unserer", U"unter",   U"viel",          U"viele",       U"vom",     U"von",         U"wann",   U"warum",
    U"welche",     U"welchem", U"welchen", U"welcher",       U"welches",     U"wem",     U"wen",         U"wer",    U"werde",
    U"werden",     U"weshalb", U"wessen",  U"wie",           U"wieso",       U"wieviel", U"wir",         U"wird",   U"wo",
    U"wof\u00FCr", U"woher",   U"wohin",   U"wurde",         U"wurden",      U"zu",      U"zum",         U"zur",    U"zwischen"};
// More that tell the language but may be what is looked for.
constexpr TextView german_telling[] = {U"betr\u00E4gt", U"dauert",  U"endet",   U"beginnt", U"gilt",   U"hoch",   U"kein",
                                       U"keine",        U"keinen",  U"keiner",  U"kostet",  U"kosten", U"lautet", U"nicht",
                                       U"steht",        U"heisst",  U"pro",     U"seit",    U"ab",     U"jahr",   U"monat",
                                       U"tage",         U"tagen",   U"prozent", U"uhr",     U"euro",   U"frau",   U"herr",
                                       U"rechnung",     U"vertrag", U"ende"};
constexpr TextView german_nouns[] = {U"nummer",    U"betrag", U"datum", U"frist", U"vertrag", U"summe",  U"preis",  U"adresse",
                                     U"anschrift", U"ung",    U"ungen", U"keit",  U"heit",    U"schaft", U"gericht"};
// What German compounds end with in business papers: "K\u00FCndigungsfrist" is also a "Frist" and a "K\u00FCndigung".
constexpr TextView compound_heads[] = {
    U"adresse",      U"anschrift", U"anspruch", U"anteil",   U"anzahl",   U"auftrag", U"bedingung", U"beginn",   U"beitrag",
    U"betrag",       U"datum",     U"dauer",    U"ende",     U"fall",     U"form",    U"frist",     U"gebuhr",   U"gehalt",
    U"geld",         U"gericht",   U"grund",    U"gut",      U"haltung",  U"kosten",  U"kost",      U"leistung", U"lieferung",
    U"lohn",         U"menge",     U"miete",    U"nummer",   U"ordnung",  U"ort",     U"pflicht",   U"plan",     U"platz",
    U"preis",        U"rate",      U"raum",     U"recht",    U"rechnung", U"satz",    U"schein",    U"schluss",  U"schutz",
    U"stelle",       U"steuer",    U"stunde",   U"summe",    U"tag",      U"termin",  U"umfang",    U"verein",   U"verhaltnis",
    U"versicherung", U"vertrag",   U"wagen",    U"wert",     U"woche",    U"zahl",    U"zahlung",   U"zeichen",  U"zeit",
    U"zeitraum",     U"zins",      U"zinsen",   U"zuschlag", U"zweck"};

template <class List>
bool among(TextView word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
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

// Umlauts, plurals and cases: "Vertr\u00E4gen", "Vertrages", "Vertrag" -> "vertrag".
Text german_stem(TextView given) {
  Text word;
  for (const char32_t c : given) {
    if (c == 0xE4 || c == 0xF6 || c == 0xFC)
      word += c == 0xE4 ? U'a' : c == 0xF6 ? U'o' : U'u';
    else
      word += c;
  }
  for (const TextView ending : {TextView(U"en"), TextView(U"es"), TextView(U"e"), TextView(U"s")})
    if (TextView(word).ends_with(ending) && word.size() >= ending.size() + 3 &&
        !(ending == U"s" && TextView(word).ends_with(U"ss"))) {
      word.resize(word.size() - ending.size());
      break;
    }
  return word;
}
// The parts of a compound whose end is a known noun, or none.
std::vector<Text> compound_parts(TextView word) {
  const Text stem = german_stem(word);
  TextView longest;
  for (const TextView head : compound_heads) {
    const TextView end = head.ends_with(U"e") ? head.substr(0, head.size() - 1) : head;
    if (TextView(stem).ends_with(end) && stem.size() >= end.size() + 3 && end.size() > longest.size()) longest = end;
  }
  if (longest.empty()) return {};
  TextView rest = TextView(stem).substr(0, stem.size() - longest.size());
  if (rest.size() > 4 && rest.ends_with(U"s")) rest.remove_suffix(1);  // "Kuendigung-s-frist"
  return {german_stem(rest), Text(longest)};
}

class TermList {
 public:
  explicit TermList(bool german) : german_(german) {}
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
  void add_word(TextView word);
  bool german_;
  std::vector<std::string> terms_;
};

// In German beside the word as ever, so that passages kept by earlier versions are still found.
void TermList::add_word(TextView word) {
  if (stop_words().contains(Text(word)) || (german_ && among(word, german_grammar))) return;
  const Text plain = stem(Text(word));
  add(plain);
  if (!german_ || std::any_of(word.begin(), word.end(), is_digit)) return;
  const Text form = german_stem(word);
  if (form != plain) add(form);
  for (const Text& part : compound_parts(word))
    if (part != form) add(part);
}

// "1,204.00" is also 1204.00 and 1204: thousands groups and empty cents are a matter of taste.
void TermList::add_number(TextView run) {
  const size_t comma = run.rfind(U',');
  const size_t behind = comma == TextView::npos ? 0 : run.size() - comma - 1;
  const bool decimal_comma = (behind == 1 || behind == 2) && run.find(U',') == comma;  // "1.234,56"
  Text plain;
  for (size_t i = 0; i < run.size(); ++i)
    if (run[i] != (decimal_comma ? U'.' : U',')) plain += decimal_comma && run[i] == ',' ? U'.' : run[i];
  if (plain != run) add(plain);
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
    if (letters)
      add_word(pieces[0]);
    else
      add(pieces[0]);
    return;
  }
  add(run);
  if (!others) add_number(run);
  for (const TextView piece : pieces) add_word(piece);
}

}  // namespace

bool reads_as_german(std::string_view text) {
  size_t german = 0, english = 0;
  Text word;
  Text all = folded(text.substr(0, 20'000));
  all += U' ';
  for (const char32_t c : all) {
    if (is_word_character(c) && !is_ideographic(c)) {
      word += c;
      continue;
    }
    if (word.empty()) continue;
    const bool umlaut = word.find_first_of(U"\u00E4\u00F6\u00FC") != Text::npos;
    const bool noun = word.size() >= 8 && std::any_of(std::begin(german_nouns), std::end(german_nouns),
                                                      [&](TextView end) { return TextView(word).ends_with(end); });
    if (among(word, german_grammar) || among(word, german_telling) || umlaut || noun)
      ++german;
    else if (word != U"was" && word != U"in" && word != U"an" && word != U"am" && word != U"so" && word != U"a" && word != U"s" &&
             word != U"will" && stop_words().contains(word))
      ++english;
    word.clear();
  }
  return german > english;
}

std::vector<std::string> search_terms(std::string_view text) {
  const Text all = folded(text);
  TermList terms(reads_as_german(text));
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
