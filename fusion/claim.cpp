// fusion/claim.cpp - what a statement claims: see evidence.h.
#include <algorithm>
#include <array>
#include <set>

#include "fusion/evidence.h"
#include "ocr/document/fold.h"
#include "ocr/document/search.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

// Sorted lists of folded words that prove nothing.
constexpr std::u32string_view stop_words[] = {
    U"a",     U"about",   U"according", U"additionally", U"all",       U"also",      U"an",    U"and",  U"any",       U"are",
    U"as",    U"at",      U"be",        U"been",         U"being",     U"both",      U"but",   U"by",   U"can",       U"contains",
    U"could", U"did",     U"do",        U"document",     U"documents", U"does",      U"each",  U"find", U"following", U"for",
    U"from",  U"given",   U"had",       U"has",          U"have",      U"he",        U"her",   U"here", U"his",       U"how",
    U"i",     U"if",      U"in",        U"indicated",    U"indicates", U"into",      U"is",    U"it",   U"its",       U"listed",
    U"lists", U"may",     U"me",        U"mentioned",    U"mentions",  U"must",      U"my",    U"of",   U"on",        U"or",
    U"our",   U"passage", U"passages",  U"please",       U"provided",  U"says",      U"shall", U"she",  U"should",    U"shown",
    U"shows", U"so",      U"specified", U"stated",       U"states",    U"such",      U"tell",  U"text", U"than",      U"that",
    U"the",   U"their",   U"them",      U"then",         U"there",     U"therefore", U"these", U"they", U"this",      U"those",
    U"to",    U"up",      U"us",        U"was",          U"we",        U"were",      U"what",  U"when", U"where",     U"which",
    U"who",   U"whom",    U"whose",     U"why",          U"will",      U"with",      U"would", U"yes",  U"you",       U"your"};
constexpr std::u32string_view negations[] = {U"not",     U"no",    U"never",   U"none",    U"without",   U"cannot",   U"neither",
                                             U"nor",     U"don't", U"doesn't", U"didn't",  U"isn't",     U"aren't",   U"wasn't",
                                             U"weren't", U"won't", U"can't",   U"mustn't", U"shouldn't", U"excluding"};
constexpr std::u32string_view number_words[] = {
    U"two",      U"three",   U"four",     U"five",     U"six",     U"seven",   U"eight",     U"nine",     U"ten",
    U"eleven",   U"twelve",  U"thirteen", U"fourteen", U"fifteen", U"sixteen", U"seventeen", U"eighteen", U"nineteen",
    U"twenty",   U"thirty",  U"forty",    U"fifty",    U"sixty",   U"seventy", U"eighty",    U"ninety",   U"hundred",
    U"thousand", U"million", U"billion",  U"half",     U"twice",   U"double",  U"dozen"};
constexpr std::u32string_view units[] = {U"day",    U"days",  U"week",   U"weeks",   U"month",    U"months",  U"year",
                                         U"years",  U"hour",  U"hours",  U"minute",  U"minutes",  U"kg",      U"g",
                                         U"km",     U"m",     U"cm",     U"mm",      U"l",        U"t",       U"tons",
                                         U"pieces", U"units", U"people", U"working", U"business", U"calendar"};
constexpr std::u32string_view months[] = {U"january", U"february", U"march",     U"april",   U"may",      U"june",
                                          U"july",    U"august",   U"september", U"october", U"november", U"december",
                                          U"jan",     U"feb",      U"mar",       U"apr",     U"jun",      U"jul",
                                          U"aug",     U"sep",      U"sept",      U"oct",     U"nov",      U"dec"};
// The same of German; used where statement and question read as German.
constexpr std::u32string_view german_stops[] = {
    U"der",     U"die",     U"das",      U"den",       U"dem",     U"des",       U"ein",        U"eine",      U"einen",
    U"einem",   U"einer",   U"eines",    U"und",       U"oder",    U"aber",      U"sowie",      U"ist",       U"sind",
    U"war",     U"waren",   U"sei",      U"wird",      U"werden",  U"wurde",     U"wurden",     U"worden",    U"hat",
    U"haben",   U"hatte",   U"kann",     U"können",    U"könnte",  U"darf",      U"dürfen",     U"muss",      U"muß",
    U"müssen",  U"soll",    U"sollen",   U"sollte",    U"will",    U"wollen",    U"ich",        U"du",        U"er",
    U"sie",     U"es",      U"wir",      U"ihr",       U"mich",    U"mir",       U"uns",        U"ihn",       U"ihm",
    U"ihnen",   U"sich",    U"mein",     U"meine",     U"meinen",  U"meiner",    U"meinem",     U"dein",      U"deine",
    U"unser",   U"unsere",  U"unserem",  U"unseren",   U"unserer", U"sein",      U"seine",      U"seinen",    U"seiner",
    U"seinem",  U"ihre",    U"ihren",    U"ihrem",     U"ihrer",   U"ihres",     U"im",         U"in",        U"am",
    U"an",      U"auf",     U"aus",      U"bei",       U"beim",    U"bis",       U"durch",      U"für",       U"gegen",
    U"mit",     U"nach",    U"seit",     U"um",        U"unter",   U"über",      U"von",        U"vom",       U"vor",
    U"zu",      U"zum",     U"zur",      U"zwischen",  U"als",     U"wie",       U"wo",         U"was",       U"wann",
    U"wer",     U"wem",     U"wen",      U"wessen",    U"warum",   U"weshalb",   U"wieso",      U"wohin",     U"woher",
    U"wofür",   U"wodurch", U"womit",    U"welche",    U"welcher", U"welches",   U"welchen",    U"welchem",   U"wieviel",
    U"viel",    U"viele",   U"dass",     U"daß",       U"da",      U"damit",     U"dann",       U"denn",      U"hier",
    U"dort",    U"noch",    U"nur",      U"auch",      U"so",      U"also",      U"bitte",      U"gibt",      U"geben",
    U"gemäß",   U"laut",    U"dokument", U"dokuments", U"text",    U"abschnitt", U"abschnitte", U"angegeben", U"genannt",
    U"erwähnt", U"steht",   U"stehen",   U"lautet",    U"heißt",   U"beträgt",   U"betragen",   U"beläuft",   U"davon",
    U"dafür",   U"dazu",    U"ja",       U"man",       U"dies",    U"diese",     U"dieser",     U"dieses",    U"diesem",
    U"diesen",  U"jede",    U"jeder",    U"jedes",     U"jeden",   U"alle",      U"allen",      U"aller",     U"etwas",
    U"etwa",    U"ca",      U"wenn",     U"ob",        U"je",      U"pro",       U"mal",        U"gerade",    U"genau",
    U"sagen",   U"finde",   U"finden",   U"nenne",     U"zeige"};
constexpr std::u32string_view german_negations[] = {U"nicht",  U"kein", U"keine", U"keinen",  U"keinem", U"keiner",
                                                    U"keines", U"ohne", U"nie",   U"niemals", U"weder"};
constexpr std::u32string_view german_number_words[] = {
    U"zwei",    U"drei",     U"vier",     U"fünf",     U"sechs",    U"sieben",  U"acht",    U"neun",    U"zehn",    U"elf",
    U"zwölf",   U"dreizehn", U"vierzehn", U"fünfzehn", U"sechzehn", U"zwanzig", U"dreißig", U"vierzig", U"fünfzig", U"sechzig",
    U"siebzig", U"achtzig",  U"neunzig",  U"hundert",  U"tausend",  U"hälfte",  U"halb",    U"halbe",   U"doppelt", U"dreifach"};
constexpr std::u32string_view german_units[] = {U"tag",         U"tage",         U"tagen",        U"woche",         U"wochen",
                                                U"monat",       U"monate",       U"monaten",      U"monats",        U"jahr",
                                                U"jahre",       U"jahren",       U"stunde",       U"stunden",       U"minute",
                                                U"minuten",     U"stück",        U"quadratmeter", U"werktage",      U"werktagen",
                                                U"arbeitstage", U"arbeitstagen", U"kalendertage", U"kalendertagen", U"nächte",
                                                U"personen",    U"euro",         U"uhr",          U"prozent",       U"nr"};
constexpr std::u32string_view german_months[] = {U"januar",  U"februar",  U"märz", U"mai", U"juni", U"juli",
                                                 U"oktober", U"dezember", U"mär",  U"mrz", U"okt",  U"dez"};
// German writes every noun with a capital: names are those behind a title, in pairs, or behind a preposition without an article.
constexpr std::u32string_view german_titles[] = {U"herr", U"herrn", U"frau", U"dr", U"prof", U"firma", U"familie"};
constexpr std::u32string_view before_places[] = {U"in", U"aus", U"nach", U"bei"};
constexpr std::u32string_view no_place[] = {U"höhe",    U"form",       U"verzug",    U"raten",  U"bezug",  U"ablauf",
                                            U"erhalt",  U"eingang",    U"beginn",    U"ende",   U"bar",    U"zukunft",
                                            U"kraft",   U"verbindung", U"absprache", U"wunsch", U"bedarf", U"rückgabe",
                                            U"vertrag", U"monaten",    U"wochen",    U"tagen",  U"eile"};
constexpr std::u32string_view noun_endings[] = {U"ung",    U"ungen", U"heit",  U"keit",      U"schaft", U"tion",   U"ionen",
                                                U"tät",    U"nis",   U"ment",  U"abschluss", U"erhalt", U"ablauf", U"eingang",
                                                U"beginn", U"ende",  U"bruch", U"fall",      U"verzug"};
// Ideographs that only join: runs are cut at them.
constexpr std::u32string_view joining =
    U"的了是在和与及为于对这那个其该并也都就将被把或以由从到至而之所者您我你他她它们吗呢吧啊请问哪谁什么几多少怎";
constexpr std::u32string_view chinese_stops[] = {U"根据", U"文档", U"文件", U"段落", U"文中", U"以上", U"原文", U"显示",
                                                 U"提到", U"指出", U"如下", U"可以", U"以下", U"因此", U"所以", U"另外",
                                                 U"此外", U"同时", U"规定", U"约定", U"说明", U"记载", U"共有"};
constexpr std::u32string_view chinese_digits = U"〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟";
constexpr std::u32string_view chinese_units = U"天日周月年个小时分钟公斤千克吨米台件人套份次";
constexpr std::u32string_view surnames =
    U"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方"
    U"石"
    U"姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
constexpr std::u32string_view no_names[] = {U"金额",   U"方式", U"文件", U"时间", U"任何", U"高度", U"常用", U"万元", U"石油",
                                            U"马上",   U"方面", U"程序", U"余额", U"周期", U"白色", U"黄色", U"许可", U"段落",
                                            U"曾经",   U"何时", U"任务", U"方法", U"高于", U"白天", U"文字", U"易于", U"钱款",
                                            U"段时间", U"方案", U"任期", U"常规", U"许多", U"江苏", U"金融", U"周末", U"方可"};

template <class List>
bool among(std::u32string_view word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool alnum(char32_t c) { return is_digit(c) || is_letter(c); }

std::vector<std::u32string> runs_of_ideographs(std::u32string_view text) {
  std::vector<std::u32string> runs(1);
  for (const char32_t c : text) {
    if (is_ideographic(c) && joining.find(c) == std::u32string_view::npos)
      runs.back() += c;
    else if (!runs.back().empty())
      runs.emplace_back();
  }
  if (runs.back().empty()) runs.pop_back();
  std::vector<std::u32string> kept;
  for (std::u32string& run : runs) {  // "根据合同" -> "合同"
    bool cut = true;
    while (cut) {
      cut = false;
      for (const std::u32string_view stop : chinese_stops) {
        if (std::u32string_view(run).starts_with(stop)) run.erase(0, stop.size()), cut = true;
        if (std::u32string_view(run).ends_with(stop)) run.erase(run.size() - stop.size()), cut = true;
      }
    }
    if (!run.empty()) kept.push_back(std::move(run));
  }
  return kept;
}

// The rarer a kind of value, the more finding it tells.
double weight_of(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::email:
    case Value::Kind::url:
    case Value::Kind::iban:
    case Value::Kind::phone:
    case Value::Kind::code: return 4;
    case Value::Kind::number: return 2;
    default: return 2.5;
  }
}

}  // namespace

bool same_word(std::u32string_view a, std::u32string_view b) {
  if (a == b) return true;
  // A code is what it is to the last digit.
  if (std::any_of(a.begin(), a.end(), is_digit) || std::any_of(b.begin(), b.end(), is_digit)) return false;
  const size_t longer = std::max(a.size(), b.size()), shorter = std::min(a.size(), b.size());
  size_t common = 0;
  while (common < shorter && a[common] == b[common]) ++common;
  if (shorter >= 3 && longer - shorter <= 2 && common == shorter) return true;  // an ending: s, ed, 's
  return common >= 4 && double(common) >= 0.7 * double(longer);
}

std::vector<std::u32string> content_words(std::string_view text) {
  const bool german = reads_as_german(text);
  const Letters letters = letters_of(text);
  std::vector<std::u32string> words;
  std::u32string word;
  for (size_t i = 0; i <= letters.text.size(); ++i) {
    const char32_t c = i < letters.text.size() ? letters.text[i] : U' ';
    if (alnum(c) || (c == U'\'' && !word.empty())) {
      word += c;
      continue;
    }
    while (!word.empty() && word.back() == U'\'') word.pop_back();
    if (word.size() > 2 && word.ends_with(U"'s")) word.erase(word.size() - 2);
    if (!word.empty() && !among(word, stop_words) && !(german && among(word, german_stops))) words.push_back(word);
    word.clear();
  }
  for (const std::u32string& run : runs_of_ideographs(letters.text))
    for (size_t i = 0; i + 1 < run.size(); ++i) words.push_back(run.substr(i, 2));
  return words;
}

Claim claim_of(std::string_view statement, std::string_view question) {
  using Kind = Claim::Part::Kind;
  Claim claim;
  const bool german = reads_as_german(std::string(statement) + ' ' + std::string(question));
  const auto stops = [&](std::u32string_view w) { return among(w, stop_words) || (german && among(w, german_stops)); };
  const auto denies = [&](std::u32string_view w) { return among(w, negations) || (german && among(w, german_negations)); };
  const Letters letters = letters_of(statement);
  const std::u32string original = code_points(statement);  // with its capitals
  const std::vector<std::u32string> asked = content_words(question);
  const auto is_asked = [&](std::u32string_view word) {
    return std::any_of(asked.begin(), asked.end(), [&](const std::u32string& a) { return same_word(a, word); });
  };
  for (const char32_t c : letters.text)
    if (alnum(c) || is_ideographic(c)) claim.tight += c;
  std::vector<char> taken(letters.text.size(), 0);
  const std::vector<Value> question_values = find_values(letters_of(question));
  for (Value& value : find_values(letters)) {
    std::fill(taken.begin() + long(value.begin), taken.begin() + long(value.end), char(1));
    // "(page 2)" speaks of the place itself.
    const std::u32string_view before = std::u32string_view(letters.text).substr(0, value.begin);
    const bool page_en = value.kind == Value::Kind::number &&
                         (before.ends_with(U"page ") || before.ends_with(U"p. ") || (german && before.ends_with(U"seite ")));
    const bool page_zh = before.ends_with(U"第") && value.end < letters.text.size() && letters.text[value.end] == U'页';
    if (page_en || page_zh) {
      claim.pages.push_back(value.key);
      continue;
    }
    Claim::Part part{.kind = Kind::value, .text = {}, .value = value, .weight = 2, .required = true, .asked = false};
    part.weight = weight_of(value.kind);
    for (size_t i = value.begin; i < value.end; ++i)
      if (!is_blank(letters.text[i])) part.text += letters.text[i];
    part.asked =
        std::any_of(question_values.begin(), question_values.end(), [&](const Value& q) { return same_value(q, value); });
    if (value.kind == Value::Kind::number && value.end < letters.text.size() &&
        chinese_units.find(letters.text[value.end]) != std::u32string_view::npos) {
      claim.parts.push_back({.kind = Kind::phrase,
                             .text = part.text + letters.text[value.end],
                             .value = {},
                             .weight = 0.5,
                             .required = true,
                             .asked = part.asked});
    }
    claim.parts.push_back(std::move(part));
  }
  // Quotations.
  constexpr std::array<std::pair<char32_t, char32_t>, 4> quotes = {
      {{U'"', U'"'}, {0x201C, 0x201D}, {0x300C, 0x300D}, {0x300E, 0x300F}}};
  for (const auto& [open, close] : quotes)
    for (size_t i = original.find(open); i != std::u32string::npos;) {
      const size_t end = original.find(close, i + 1);
      if (end == std::u32string::npos) break;
      std::u32string text;
      for (size_t k = i + 1; k < end; ++k)
        if (alnum(letters.text[k]) || is_ideographic(letters.text[k])) text += letters.text[k];
      if (text.size() >= 2)
        claim.parts.push_back({.kind = Kind::quote, .text = text, .value = {}, .weight = 2, .required = true, .asked = false});
      i = original.find(open, end + 1);
    }
  // Words.
  bool first = true, sentence_start = true, after_value = false;
  std::u32string word_before;   // with one blank behind it
  bool before_capital = false;  // it has one and is no stop word
  for (size_t i = 0; i < letters.text.size();) {
    if (taken[i]) {
      after_value = true;
      first = false;
      word_before.clear(), before_capital = false;
      ++i;
      continue;
    }
    const char32_t c = letters.text[i];
    if (!alnum(c)) {
      if (c == U':' || c == U'.' || c == U'!') sentence_start = true;
      if (!is_blank(c) && c != U'-') after_value = false;
      if (!is_blank(c) && c != U'.' && c != U'-') word_before.clear(), before_capital = false;
      ++i;
      continue;
    }
    size_t end = i;
    while (end < letters.text.size() && (alnum(letters.text[end]) || letters.text[end] == U'\'') && !taken[end]) ++end;
    std::u32string word = letters.text.substr(i, end - i);
    if (word.size() > 2 && word.ends_with(U"'s")) word.erase(word.size() - 2);
    const bool capital = original[i] != letters.text[i];
    size_t next = end;
    while (next < original.size() && is_blank(letters.text[next])) ++next;
    const bool next_capital = next < original.size() && original[next] != letters.text[next] && next > end;
    // "Invoice No. 17" denies nothing.
    const std::u32string_view behind = std::u32string_view(letters.text).substr(end);
    const bool before_word = behind.size() > 1 && behind[0] == U' ' && is_letter(behind[1]) && !taken[end + 1];
    const bool label_no = word == U"no" && (!before_word || behind.starts_with(U" is ") || behind.starts_with(U" was "));
    if (denies(word) && !label_no) claim.negated = true;
    const bool unit = after_value && (among(word, units) || (german && among(word, german_units)));
    after_value = unit && (word == U"working" || word == U"business" || word == U"calendar");
    if (!stops(word) && !denies(word)) {
      Claim::Part part{.kind = Kind::word, .text = word, .value = {}, .weight = 1, .required = false, .asked = is_asked(word)};
      const bool month = among(word, months) || (german && among(word, german_months));
      bool name = !(first || sentence_start) || next_capital;
      if (german) {
        size_t next_end = next;
        while (next_end < letters.text.size() && alnum(letters.text[next_end])) ++next_end;
        const std::u32string_view next_word = std::u32string_view(letters.text).substr(next, next_end - next);
        const bool pair_behind = next_capital && next == end + 1 && !stops(next_word) && !among(next_word, months) &&
                                 !among(next_word, german_months) && !among(next_word, german_units);
        const bool place = among(word_before, before_places) && !among(word, no_place) &&
                           std::none_of(std::begin(noun_endings), std::end(noun_endings),
                                        [&](std::u32string_view ending) { return word.ends_with(ending); });
        name = !among(word, german_titles) && !among(word, german_units) &&
               (pair_behind || before_capital || among(word_before, german_titles) || place);
      }
      if (capital && !month && name && word.size() > 1) {
        part.kind = Kind::name;
        part.required = !part.asked;
      }
      if (unit || among(word, number_words) || (german && among(word, german_number_words))) part.required = !part.asked;
      if (month) part.weight = 0.5;
      if (word.size() > 1) claim.parts.push_back(std::move(part));
    }
    first = sentence_start = false;
    word_before = word;
    before_capital = capital && !stops(word) && !among(word, german_titles) && !among(word, german_units) &&
                     !among(word, months) && !among(word, german_months);
    i = end;
  }
  // Ideographs.
  std::u32string chinese;
  for (size_t i = 0; i < letters.text.size(); ++i) chinese += taken[i] ? U' ' : letters.text[i];
  for (const char32_t c : {U'不', U'未', U'没', U'无', U'非'})
    if (chinese.find(c) != std::u32string::npos) claim.negated = true;
  for (const std::u32string& run : runs_of_ideographs(chinese)) {
    const bool name =
        run.size() >= 2 && run.size() <= 3 && surnames.find(run.front()) != std::u32string_view::npos && !among(run, no_names);
    if (name && !is_asked(run.substr(0, 2)))
      claim.parts.push_back({.kind = Kind::phrase, .text = run, .value = {}, .weight = 1, .required = true, .asked = false});
    for (size_t i = 0; i + 1 < run.size(); ++i)
      claim.parts.push_back({.kind = Kind::ideographs,
                             .text = run.substr(i, 2),
                             .value = {},
                             .weight = 0.5,
                             .required = false,
                             .asked = is_asked(run.substr(i, 2))});
    size_t digits = 0;  // numbers written out
    for (size_t i = 0; i <= run.size(); ++i) {
      if (i < run.size() && chinese_digits.find(run[i]) != std::u32string_view::npos) {
        ++digits;
      } else {
        if (digits >= 2)
          claim.parts.push_back({.kind = Kind::phrase,
                                 .text = run.substr(i - digits, digits),
                                 .value = {},
                                 .weight = 1,
                                 .required = true,
                                 .asked = false});
        digits = 0;
      }
    }
  }
  for (const Claim::Part& part : claim.parts)
    if (part.kind == Kind::word || part.kind == Kind::name || part.kind == Kind::ideographs) claim.context.push_back(part.text);
  claim.context.insert(claim.context.end(), asked.begin(), asked.end());
  return claim;
}

}  // namespace bifrons
