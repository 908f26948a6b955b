// fusion/asked.cpp - see asked.h.
#include "fusion/asked.h"

#include <algorithm>
#include <iterator>

#include <unicode/uchar.h>

#include "fusion/extractor_pairs.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

// Of a question; its beginning says what it asks.
constexpr size_t most_characters = 4096, most_terms = 48;
constexpr double near_quality = 0.75;  // of a word that means nearly the same

template <class List>
bool among(View word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Words of one row mean nearly the same, separated by blanks. Irregular forms stand beside their verbs; regular endings are
// same_stem's business.
constexpr View groups[] = {
    U"end expire expiry expiration terminate termination finish conclude lapse cease until",
    U"begin began begun start commence commencement beginning from",
    U"finish complete completion ready done deliver delivered",
    U"cost price fee charge rate",
    U"total sum altogether overall payable final paid",
    U"pay paid payable payment settle settled remit transfer due owe owed",
    U"back refund repay repaid reimburse return",
    U"return exchange",
    U"thing goods item article product",
    U"go come visit",
    U"deliver delivery ship shipped shipment dispatch dispatched send sent",
    U"buy bought purchase order ordered acquire",
    U"sell sold sale",
    U"contract agreement lease tenancy",
    U"tenant lessee renter",
    U"landlord lessor owner",
    U"salary wage pay earn income remuneration",
    U"holiday vacation leave",
    U"probation trial",
    U"boss superior supervisor manager leader report",
    U"worker employee staff",
    U"job work employment position",
    U"notice cancel cancellation resign terminate termination",
    U"allow permit permission forbid forbidden prohibit prohibited may",
    U"repair mend fix maintenance",
    U"guarantee warranty",
    U"damage defect fault accident",
    U"meeting session",
    U"happen occur held place",
    U"phone telephone tel call mobile",
    U"email e-mail mail",
    U"address located",
    U"customer client buyer purchaser",
    U"supplier seller vendor",
    U"absent apologies excused",
    U"attend attended present participant participate",
    U"get got receive obtain",
    U"collect collected pick picked",
    U"examine examination inspect inspection check survey",
    U"ill illness sick sickness",
    U"confidential secret secrecy",
    U"discount rebate reduction deduct",
    U"fine penalty",
    U"car vehicle automobile",
    U"company firm business",
    U"doctor physician",
    U"sign signed signature sincerely regards faithfully",
    U"objection object appeal",
    U"complain complaint",
    U"replace exchange change",
    U"open opening",
    U"year annual annually annum",
    U"keep kept",
    U"take took taken",
    U"give gave given",
    U"wait waiting",
    U"responsible care charge looks",
    U"extra additional further",
    U"need require required necessary must",
    U"change amend amendment alter modify",
    U"money balance",
    U"tax vat",
    U"insure insurance",
    U"law governed",
    U"approve approval approved consent",
};
constexpr View chinese_groups[] = {
    U"到期 期满 届满 终止 结束 截止 止",
    U"开始 起 生效 开工 开课",
    U"租约 租赁 租期 合同 协议",
    U"房子 房屋 住房",
    U"价格 单价 价钱 费用 金额",
    U"一共 总共 合计 总计 总额 总金额 总价",
    U"支付 付款 缴纳 交纳 付",
    U"退还 返还 退款 退费 归还",
    U"允许 准许 不得 禁止 同意",
    U"罚款 违约金 罚",
    U"完成 竣工 完工",
    U"地点 地址 位于 坐落",
    U"老师 教师 教授 讲师",
    U"推迟 延期 延迟 顺延",
    U"举行 召开 举办 设在",
    U"持续 为期",
    U"最晚 最迟 截止",
    U"负责 承担",
    U"工资 月薪 薪酬 薪水",
    U"年假 休假 假期",
    U"电话 手机 联系方式",
    U"出租方 甲方 房东 出租人",
    U"承租方 乙方 租客 承租人",
    U"交货 发货 交付 送货",
    U"逾期 迟交 拖欠",
    U"管辖 法院 争议",
    U"每月 每个月 月",
    U"抽烟 吸烟",
};

// What a question of these words asks for; the first that it holds counts.
struct Cue {
  View words;
  AnswerKind kind;
};
constexpr Cue cues[] = {
    {U"how much time", AnswerKind::duration},
    {U"how long", AnswerKind::duration},
    {U"how soon", AnswerKind::duration},
    {U"how often", AnswerKind::duration},
    {U"how many days", AnswerKind::duration},
    {U"when", AnswerKind::date},
    {U"what time", AnswerKind::date},
    {U"what date", AnswerKind::date},
    {U"which date", AnswerKind::date},
    {U"what day", AnswerKind::date},
    {U"which day", AnswerKind::date},
    {U"deadline", AnswerKind::date},
    {U"date", AnswerKind::date},
    {U"period", AnswerKind::duration},
    {U"who", AnswerKind::person},
    {U"whom", AnswerKind::person},
    {U"whose", AnswerKind::person},
    {U"where", AnswerKind::place},
    {U"address", AnswerKind::place},
    {U"which city", AnswerKind::place},
    {U"what place", AnswerKind::place},
    {U"why", AnswerKind::reason},
    {U"reason", AnswerKind::reason},
    {U"how many", AnswerKind::number},
    {U"percentage", AnswerKind::percent},
    {U"percent", AnswerKind::percent},
    {U"interest", AnswerKind::percent},
    {U"how much", AnswerKind::money},
    {U"cost", AnswerKind::money},
    {U"price", AnswerKind::money},
    {U"amount", AnswerKind::money},
    {U"total", AnswerKind::money},
    {U"fee", AnswerKind::money},
    {U"salary", AnswerKind::money},
    {U"rent", AnswerKind::money},
    {U"rate", AnswerKind::money},
    {U"budget", AnswerKind::money},
    {U"how", AnswerKind::number},
};
// Of Chinese; taken out of the question, as its grammar is not the answer's. A cue of another kind only is no grammar.
struct ChineseCue {
  View words;
  AnswerKind kind;
  bool grammar = true;
};
constexpr ChineseCue chinese_cues[] = {
    {U"什么时候", AnswerKind::date},
    {U"什么时间", AnswerKind::date},
    {U"何时", AnswerKind::date},
    {U"哪一天", AnswerKind::date},
    {U"哪天", AnswerKind::date},
    {U"哪一年", AnswerKind::date},
    {U"哪年", AnswerKind::date},
    {U"几号", AnswerKind::date},
    {U"几点", AnswerKind::date},
    {U"几月", AnswerKind::date},
    {U"多长时间", AnswerKind::duration},
    {U"多久", AnswerKind::duration},
    {U"多少天", AnswerKind::duration},
    {U"几天", AnswerKind::duration},
    {U"多少钱", AnswerKind::money},
    {U"几块", AnswerKind::money},
    {U"百分之多少", AnswerKind::percent},
    {U"什么地方", AnswerKind::place},
    {U"哪里", AnswerKind::place},
    {U"哪儿", AnswerKind::place},
    {U"何处", AnswerKind::place},
    {U"哪个城市", AnswerKind::place},
    {U"为什么", AnswerKind::reason},
    {U"为何", AnswerKind::reason},
    {U"什么原因", AnswerKind::reason},
    {U"谁", AnswerKind::person},
    {U"哪位", AnswerKind::person},
    {U"何人", AnswerKind::person},
    {U"比例", AnswerKind::percent, false},
    {U"利率", AnswerKind::percent, false},
    {U"税率", AnswerKind::percent, false},
    {U"金额", AnswerKind::money, false},
    {U"租金", AnswerKind::money, false},
    {U"费用", AnswerKind::money, false},
    {U"价格", AnswerKind::money, false},
    {U"单价", AnswerKind::money, false},
    {U"预算", AnswerKind::money, false},
    {U"押金", AnswerKind::money, false},
    {U"地址", AnswerKind::place, false},
    {U"地点", AnswerKind::place, false},
    {U"日期", AnswerKind::date, false},
    {U"期限", AnswerKind::duration, false},
    {U"多少", AnswerKind::number},
    {U"几个", AnswerKind::number},
    {U"几", AnswerKind::number},
    {U"是什么", AnswerKind::any},
    {U"什么", AnswerKind::any},
    {U"哪些", AnswerKind::any},
    {U"哪个", AnswerKind::any},
    {U"怎么", AnswerKind::any},
    {U"如何", AnswerKind::any},
    {U"是否", AnswerKind::any},
    {U"可以", AnswerKind::any},
    {U"能否", AnswerKind::any},
    {U"能不能", AnswerKind::any},
    {U"请问", AnswerKind::any},
    {U"需要", AnswerKind::any},
};

// Words that measure what is asked ("how long is the period") and are not to be expected beside the answer.
constexpr View measures[] = {U"long",  U"much",   U"many",   U"big",    U"large", U"high",  U"tall",   U"heavy",
                             U"often", U"soon",   U"far",    U"old",    U"when",  U"until", U"before", U"exactly",
                             U"get",   U"one",    U"person", U"people", U"name",  U"named", U"kind",   U"sort",
                             U"there", U"either", U"other",  U"out",    U"up",    U"off"};

constexpr View months[] = {U"january",   U"february", U"march",    U"april",    U"may",  U"june", U"july", U"august",
                           U"september", U"october",  U"november", U"december", U"jan",  U"feb",  U"mar",  U"apr",
                           U"jun",       U"jul",      U"aug",      U"sep",      U"sept", U"oct",  U"nov",  U"dec"};
constexpr View weekdays[] = {U"monday", U"tuesday", U"wednesday", U"thursday",  U"friday",  U"saturday",
                             U"sunday", U"mondays", U"tuesdays",  U"thursdays", U"fridays", U"saturdays"};
constexpr View spans[] = {U"second", U"seconds", U"minute", U"minutes", U"hour",  U"hours", U"day",     U"days",   U"week",
                          U"weeks",  U"month",   U"months", U"quarter", U"years", U"year",  U"months'", U"weeks'", U"days'"};
constexpr View number_words[] = {U"one",   U"two",    U"three",   U"four",    U"five",     U"six",    U"seven", U"eight",
                                 U"nine",  U"ten",    U"eleven",  U"twelve",  U"twenty",   U"thirty", U"forty", U"fifty",
                                 U"sixty", U"ninety", U"hundred", U"fifteen", U"fourteen", U"half",   U"once",  U"twice"};
constexpr View ordinals[] = {U"first",   U"second", U"third", U"fourth", U"fifth", U"sixth",
                             U"seventh", U"eighth", U"ninth", U"tenth",  U"last"};
constexpr View titles[] = {U"mr", U"mrs", U"ms", U"miss", U"dr", U"doctor", U"prof", U"professor", U"sir", U"madam"};
constexpr View companies[] = {U"ltd", U"inc", U"gmbh", U"llc", U"plc", U"ag", U"corp", U"limited", U"company"};
constexpr View places[] = {U"street", U"road",  U"lane",     U"avenue",    U"square",  U"yard",  U"row",     U"drive",  U"park",
                           U"quay",   U"court", U"house",    U"building",  U"floor",   U"room",  U"hall",    U"office", U"wing",
                           U"unit",   U"site",  U"premises", U"warehouse", U"factory", U"store", U"station", U"airport"};
constexpr View place_words[] = {U"in", U"at", U"to", U"near", U"from", U"beside", U"behind", U"opposite"};
constexpr View reasons[] = {U"because", U"since", U"due", U"owing", U"reason", U"therefore", U"as", U"for"};

constexpr View endings[] = {U"ment", U"able", U"ance", U"ing", U"ion", U"ed", U"ly", U"al"};

bool capital(char32_t c) { return u_isupper(UChar32(c)); }

// The word of the page that a token comes from, as it is written.
std::u32string written(const EvidenceLine& line, const EvidenceLine::Token& token) {
  const size_t word = token.begin < line.owner.size() ? line.owner[token.begin] : 0;
  return word < line.line->words.size() ? code_points(line.line->words[word].text) : token.text;
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
    if (!is_number(tokens[i]->text) && !among(tokens[i]->text, ordinals)) continue;
    if (among(tokens[i + 1]->text, spans)) return 1;
    if (i + 2 < tokens.size() && among(tokens[i + 2]->text, spans)) return 0.9;  // "three working days"
  }
  return 0;
}
double person_in(const EvidenceLine& line, const Tokens& tokens) {
  double best = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (among(tokens[i]->text, titles) && i + 1 < tokens.size()) return 1;
    if (among(tokens[i]->text, companies)) best = std::max(best, 0.8);
    if (!is_name_like(line, *tokens[i])) continue;
    const bool first = sentence_ended_before(line, tokens[i]->begin);
    const bool pair = i + 1 < tokens.size() && is_name_like(line, *tokens[i + 1]) &&
                      tokens[i + 1]->begin - tokens[i]->begin <= tokens[i]->text.size() + 2;
    best = std::max(best, pair ? (first ? 0.8 : 1) : first ? 0 : 0.6);
  }
  return best;
}
double place_in(const EvidenceLine& line, const Tokens& tokens) {
  double best = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const View word = tokens[i]->text;
    if (among(word, places) || word.ends_with(U"strasse") || word.ends_with(U"stra\u00DFe"))
      best = std::max(best, i > 0 && is_name_like(line, *tokens[i]) ? 1.0 : 0.7);
    if (among(word, place_words) && i + 1 < tokens.size() && is_name_like(line, *tokens[i + 1])) best = std::max(best, 0.8);
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
// Broader at the end of long words than same_word, which checks claims, and stricter with short ones: "carry" is no "car".
bool same_stem(View a, View b) {
  if (a == b) return true;
  if (std::any_of(a.begin(), a.end(), is_digit) || std::any_of(b.begin(), b.end(), is_digit)) return false;
  if (a.empty() || b.empty() || a.front() != b.front()) return false;
  const std::u32string x = stem(a), y = stem(b);
  size_t common = 0;
  while (common < std::min(x.size(), y.size()) && x[common] == y[common]) ++common;
  return x == y || (common >= 5 && double(common) >= 0.7 * double(std::max(x.size(), y.size())));
}

const auto& near_table() {
  static const auto table = [] {
    std::vector<std::vector<View>> rows;
    const auto cut = [&](const auto& list) {
      for (View rest : list) {
        auto& row = rows.emplace_back();
        while (!rest.empty()) {
          const size_t end = std::min(rest.find(U' '), rest.size());
          row.push_back(rest.substr(0, end));
          rest.remove_prefix(std::min(end + 1, rest.size()));
        }
      }
    };
    cut(groups);
    cut(chinese_groups);
    return rows;
  }();
  return table;
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
      terms.push_back({std::u32string(text), known ? near_of(text) : std::vector<View>{}, false});
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

double quality_of(View token, const Asked::Term& term) {
  if (same_stem(token, term.text)) return 1;
  return std::any_of(term.near.begin(), term.near.end(), [&](View near) { return same_stem(token, near); }) ? near_quality : 0;
}

}  // namespace

Asked asked_of(std::string_view question) {
  Asked asked;
  std::u32string text = letters_of(question).text;
  if (text.size() > most_characters) text.resize(most_characters);
  if (std::any_of(text.begin(), text.end(), is_ideographic)) {
    for (const ChineseCue& cue : chinese_cues)
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
    for (const Cue& cue : cues)
      if (plain.find(U" " + std::u32string(cue.words) + U" ") != std::u32string::npos) {
        asked.kind = cue.kind;
        break;
      }
  }
  std::u32string before;
  for (std::u32string& word : content_words(to_utf8(text))) {
    if (asked.terms.size() >= most_terms) break;
    if (is_ideographic(word.front())) continue;
    std::u32string both = std::move(before);
    both.append(U" ").append(word);
    const bool follows = both.size() > word.size() + 1 && text.find(both) != std::u32string::npos;
    before = word;
    if (among(word, measures)) {
      before.clear();
      continue;
    }
    if (std::none_of(asked.terms.begin(), asked.terms.end(), [&](const Asked::Term& t) { return t.text == word; })) {
      std::vector<View> near = near_of(word);
      asked.terms.push_back({std::move(word), std::move(near), follows});
    }
  }
  if (asked.terms.empty())  // of question words only
    for (std::u32string& word : content_words(to_utf8(text))) asked.terms.push_back({std::move(word), {}, false});
  if (asked.terms.size() > most_terms) asked.terms.resize(most_terms);
  return asked;
}

double holds(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& term) {
  if (is_ideographic(term.text.front())) {
    const View text = View(line.letters.text).substr(begin, end - begin);
    if (text.find(term.text) != View::npos) return 1;
    return std::any_of(term.near.begin(), term.near.end(), [&](View near) { return text.find(near) != View::npos; })
               ? near_quality
               : 0;
  }
  double best = 0;
  for (const EvidenceLine::Token& token : line.tokens)
    if (token.begin >= begin && token.begin < end) best = std::max(best, quality_of(token.text, term));
  return best;
}

bool holds_in_a_row(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& first, const Asked::Term& second) {
  for (size_t i = 0; i + 1 < line.tokens.size(); ++i)
    if (line.tokens[i].begin >= begin && line.tokens[i + 1].begin < end && quality_of(line.tokens[i].text, first) > 0 &&
        quality_of(line.tokens[i + 1].text, second) > 0)
      return true;
  return false;
}

double holds(const EvidenceLine& line, size_t begin, size_t end, AnswerKind kind) {
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
    case AnswerKind::person: at_least(person_in(line, tokens)); break;
    case AnswerKind::place: at_least(place_in(line, tokens)); break;
    case AnswerKind::reason:
      at_least(std::any_of(tokens.begin(), tokens.end(), [](const auto* token) { return among(token->text, reasons); }) ? 0.8
                                                                                                                        : 0);
      break;
    case AnswerKind::any: break;
  }
  return best;
}

}  // namespace bifrons
