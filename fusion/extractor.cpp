// fusion/extractor.cpp - see extractor.h.
#include "fusion/extractor.h"

#include <algorithm>
#include <map>
#include <set>

#include "fusion/document_answer.h"
#include "fusion/extractor_fields.h"
#include "fusion/extractor_pairs.h"
#include "fusion/extractor_table.h"
#include "ocr/document/fold.h"
#include "ocr/document/search.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

constexpr size_t most_pages = 60;  // of one document that are read; of longer ones, those that search names
constexpr size_t longest_text = 90;

std::vector<std::u32string> split(std::string_view list, char sign) {
  std::vector<std::u32string> out;
  while (true) {
    const size_t end = list.find(sign);
    out.push_back(plain_label(letters_of(list.substr(0, end)).text));
    if (end == std::string_view::npos) return out;
    list.remove_prefix(end + 1);
  }
}

bool has_ideograph(std::u32string_view text) { return std::any_of(text.begin(), text.end(), is_ideographic); }
// As whole words; ideographs anywhere.
size_t find_phrase(std::u32string_view text, std::u32string_view phrase) {
  for (size_t at = text.find(phrase); at != std::u32string_view::npos; at = text.find(phrase, at + 1)) {
    const size_t end = at + phrase.size();
    if (has_ideograph(phrase) || ((at == 0 || text[at - 1] == U' ' || is_ideographic(text[at - 1])) &&
                                  (end == text.size() || text[end] == U' ' || is_ideographic(text[end]))))
      return at;
  }
  return std::u32string_view::npos;
}

// What a question can be answered with.
bool fits(std::u32string_view question, ValueType type) {
  const auto has = [&](std::u32string_view phrase) { return find_phrase(question, phrase) != std::u32string_view::npos; };
  const bool date = type == ValueType::date, time = type == ValueType::time, text = type == ValueType::text;
  if (has(U"wann")) return date || time;
  if (has(U"wer") || has(U"wem") || has(U"wen")) return text;
  if (has(U"wie lange")) return text;
  if (has(U"wie viel uhr") || has(U"wieviel uhr")) return time;
  if (has(U"wie viel") || has(U"wieviel") || has(U"wie hoch") || has(U"wie teuer"))
    return type == ValueType::amount || type == ValueType::percent;
  if (has(U"wo")) return text;
  if (has(U"when") || has(U"什么时候") || has(U"何时") || has(U"哪天")) return date || time;
  if (has(U"who") || has(U"whom") || has(U"谁")) return text;
  if (has(U"how much") || has(U"多少钱")) return type == ValueType::amount || type == ValueType::percent;
  if (has(U"where") || has(U"哪里") || has(U"哪儿")) return text;
  if (has(U"几点") || has(U"what time")) return time || date;
  return true;
}
bool refused(std::u32string_view question) {
  for (const std::u32string_view first :
       {U"ist ", U"sind ", U"hat ", U"haben ", U"kann ", U"können ", U"darf ", U"dürfen ", U"wird ", U"wurde ", U"wurden ",
        U"muss ", U"müssen ", U"soll ", U"gibt es ", U"warum "})
    if (question.starts_with(first)) return true;
  for (const std::u32string_view word : {U"warum", U"weshalb", U"wieso", U"nicht", U"ohne", U"vor", U"nach", U"vorher",
                                         U"vorjahr", U"letztes jahr", U"letzten jahr", U"wie viele", U"wieviele", U"wie oft",
                                         U"durchschnitt", U"durchschnittlich", U"unterschied", U"oder", U"ob"})
    if (find_phrase(question, word) != std::u32string_view::npos) return true;
  if (reads_as_german(to_utf8(question))) return false;  // "Was ist ..."
  for (const std::u32string_view first : {U"is ", U"are ", U"was ", U"were ", U"does ", U"do ", U"did ", U"has ", U"have ",
                                          U"can ", U"may ", U"will ", U"should ", U"why ", U"must "})
    if (question.starts_with(first)) return true;
  for (const std::u32string_view word : {U"why", U"not", U"without", U"before", U"after", U"previous", U"last year", U"how many",
                                         U"how long", U"how often", U"average", U"difference", U"or"})
    if (find_phrase(question, word) != std::u32string_view::npos) return true;
  for (const std::u32string_view word :
       {U"为什么", U"吗", U"是否", U"有没有", U"不", U"没", U"去年", U"上次", U"多久", U"平均", U"相差", U"还是"})
    if (question.find(word) != std::u32string_view::npos) return true;
  return false;
}

struct Chosen {
  const Field* field = nullptr;
  std::u32string phrase, rest;  // of the question: what names the field, and what else it says
};

Chosen choose(std::u32string_view question) {
  Chosen best;
  size_t best_length = 0;
  for (const Field& field : extractor_fields()) {
    if (!fits(question, field.type)) continue;
    for (const std::u32string& phrase : split(field.asks, '|')) {
      const size_t at = find_phrase(question, phrase);
      if (at == std::u32string_view::npos) continue;
      // "How much is the rent?" asks for the rent.
      const bool vague = phrase == U"how much" || phrase == U"多少钱";
      const size_t length = vague ? 1 : phrase.size() * (has_ideograph(phrase) ? 2 : 1) + 1;
      if (length <= best_length) continue;
      best_length = length;
      best.field = &field;
      best.phrase = phrase;
      best.rest = std::u32string(question.substr(0, at)) + U" " + std::u32string(question.substr(at + phrase.size()));
    }
  }
  return best;
}

// What the question says beside the field: content words and ideographs that are not generic.
std::vector<std::u32string> left_over(std::u32string rest) {
  for (const std::u32string_view word : generic_chinese())
    for (size_t at = rest.find(word); at != std::u32string::npos; at = rest.find(word)) rest.replace(at, word.size(), U" ");
  std::vector<std::u32string> out;
  std::u32string ideographs;
  for (const char32_t c : rest)
    if (is_ideographic(c) && generic_ideographs().find(c) == std::u32string_view::npos) ideographs += c;
  if (!ideographs.empty()) out.push_back(ideographs);
  std::u32string latin;
  for (const char32_t c : rest) latin += is_ideographic(c) ? U' ' : c;
  for (std::u32string& word : content_words(to_utf8(latin)))
    if (!is_generic(word)) out.push_back(std::move(word));
  return out;
}

struct Candidate {
  std::u32string key;  // what makes it different from another
  std::string value;
  const EvidenceLine* line = nullptr;
  size_t begin = 0, end = 0;  // characters
  const EvidenceLine* label_line = nullptr;
  size_t label_begin = 0;
  size_t level = 0;
  std::u32string label = {};
};

std::string as_written(const EvidenceLine& line, size_t begin, size_t end) {
  // The letters were made of the words joined by blanks, so their bytes are those of that text.
  std::string text;
  const std::vector<Word>& words = line.line->words;
  if (words.empty()) return line.line->text.substr(line.letters.at[begin], line.letters.at[end] - line.letters.at[begin]);
  for (size_t w = 0; w < words.size(); ++w) {
    if (w > 0) {
      const std::u32string before = code_points(words[w - 1].text), now = code_points(words[w].text);
      if (before.empty() || now.empty() || !is_ideographic(before.back()) || !is_ideographic(now.front())) text += ' ';
    }
    text += words[w].text;
  }
  return text.substr(line.letters.at[begin], line.letters.at[end] - line.letters.at[begin]);
}

std::u32string tight(std::u32string_view text) {
  std::u32string out;
  for (const char32_t c : text)
    if (is_digit(c) || is_letter(c) || is_ideographic(c)) out += c;
  return out;
}

// Does a text behind "is" go on as a statement instead of naming something?
bool says_more(std::u32string_view text) {
  const std::u32string_view first = text.substr(0, text.find(U' '));
  if (first.size() == text.size()) return false;
  static constexpr std::u32string_view words[] = {
      U"responsible", U"liable", U"subject", U"not",  U"to",    U"also",         U"free",       U"only",
      U"bound",       U"due",    U"from",    U"with", U"by",    U"for",          U"under",      U"one",
      U"no",          U"held",   U"paid",    U"as",   U"given", U"verpflichtet", U"berechtigt", U"verantwortlich",
      U"zu",          U"bei",    U"im",      U"in",   U"am",    U"für",          U"nicht",      U"zur",
      U"zum",         U"von",    U"vom",     U"mit",  U"durch", U"auf",          U"nach",       U"bis",
      U"gehalten",    U"frei"};
  return (first.size() > 3 && first.ends_with(U"ed")) || first.ends_with(U"ing") ||
         std::find(std::begin(words), std::end(words), first) != std::end(words);
}

// Does the question say "annual" where the label says "monthly", or "billing" where it says "delivery"? What stands on neither
// side of the label is taken for a month's, and for no particular address.
bool otherwise_qualified(std::u32string_view question, const LabelPair& pair) {
  struct Class {
    std::vector<std::vector<std::u32string_view>> kinds;
    size_t usual;  // needs not be said; size: none
  };
  static const std::vector<Class> classes = {
      {{{U"month", U"monat", U"月薪", U"月工资", U"每月", U"月租"},
        {U"annual", U"year", U"annum", U"jahr", U"jährlich", U"年薪", U"每年", U"年租", U"年度", U"全年"},
        {U"week", U"woche", U"wöchentlich", U"每周", U"周薪"},
        {U"hour", U"stunde", U"时薪", U"每小时"},
        {U"daily", U"per day", U"a day", U"täglich", U"pro tag", U"日薪", U"每天"},
        {U"quarter", U"quartal", U"vierteljähr", U"季度"}},
       0},
      {{{U"delivery addr", U"shipping addr", U"ship to", U"deliver to", U"lieferadr", U"lieferanschr", U"送货地址", U"收货地址"},
        {U"billing addr", U"bill to", U"invoice addr", U"rechnungsadr", U"rechnungsanschr", U"账单地址"}},
       2}};
  const std::u32string said =
      pair.label + U" " +
      plain_label(std::u32string_view(pair.line->letters.text).substr(pair.begin, std::min<size_t>(pair.end - pair.begin, 80)));
  for (const Class& of : classes) {
    const auto in = [](std::u32string_view text, const std::vector<std::u32string_view>& words) {
      return std::any_of(words.begin(), words.end(),
                         [&](std::u32string_view word) { return text.find(word) != std::u32string_view::npos; });
    };
    bool any = false, asked = false, unusual = false, held = false;
    for (size_t k = 0; k < of.kinds.size(); ++k) {
      const bool in_question = in(question, of.kinds[k]), here = in(said, of.kinds[k]);
      any |= here;
      asked |= in_question;
      unusual |= in_question && k != of.usual;
      held |= in_question && here;
    }
    if (asked && !held && (any || unusual)) return true;
  }
  // "Gross" is said, or nothing is.
  for (const auto& [one, other] : {std::pair(U"gross", U"net"), std::pair(U"brutto", U"netto"), std::pair(U"net", U"gross"),
                                   std::pair(U"netto", U"brutto"), std::pair(U"税前", U"税后"), std::pair(U"税后", U"税前")}) {
    const std::u32string_view word(one);
    const auto holds = [](std::u32string_view text, std::u32string_view w) {
      return w.size() < 5 ? find_phrase(text, w) != std::u32string_view::npos : text.find(w) != std::u32string_view::npos;
    };
    if (holds(question, word) && holds(said, other) && !holds(said, word)) return true;
  }
  return false;
}

// "Tenant: see clause 1", "n/a": a label without an answer.
bool says_nothing(std::u32string_view text) {
  static constexpr std::u32string_view whole[] = {U"none", U"n/a",     U"na",    U"nil",    U"unknown",   U"tbd",
                                                  U"tba",  U"pending", U"keine", U"keiner", U"unbekannt", U"offen",
                                                  U"无",   U"待定",    U"同上",  U"未知",   U"暂无"};
  static constexpr std::u32string_view first[] = {U"see ",    U"n/a",  U"to be ", U"as above", U"as agreed", U"as stated",
                                                  U"same as", U"not ", U"siehe ", U"wie oben", U"s. o",      U"nach vereinbarung",
                                                  U"详见",    U"见附", U"见第",   U"见上",     U"如上"};
  const auto is = [&](std::u32string_view word) { return text == word; };
  const auto begins = [&](std::u32string_view word) { return text.starts_with(word); };
  return std::any_of(std::begin(whole), std::end(whole), is) || std::any_of(std::begin(first), std::end(first), begins);
}

// The value of a pair, if it looks as the field's values do; of a name, where a name is asked for.
bool read_value(const LabelPair& pair, ValueType type, bool wants_name, Candidate& out) {
  const EvidenceLine& line = *pair.line;
  const std::u32string& s = line.letters.text;
  size_t end = pair.end;
  std::vector<const Value*> inside;
  for (const Value& v : line.values)
    if (v.begin >= pair.begin && v.end <= end) inside.push_back(&v);
  const auto take = [&](const Value& v) {
    out.begin = v.begin;
    out.end = v.end;
    out.key = letters_of(v.key).text;
    return true;
  };
  const auto first = [&](Value::Kind kind, size_t within) {
    for (const Value* v : inside)
      if (v->kind == kind) return v->begin - pair.begin <= within && take(*v);
    return false;
  };
  switch (type) {
    case ValueType::amount: {
      const Value* found = nullptr;
      size_t count = 0;
      for (const Value* v : inside) {
        if (v->kind != Value::Kind::amount && v->kind != Value::Kind::number) {
          if (v->kind != Value::Kind::percent) return false;  // a code or a date is no sum
          continue;
        }
        ++count;
        if (!found) found = v;
      }
      if (!found || found->begin - pair.begin > 6) return false;
      if (count > 1 && !(found->kind == Value::Kind::amount && s.find(U'(', found->end) < end)) return false;
      // "2 units" is no sum; nothing but a note in parentheses may follow.
      size_t rest = found->end;
      while (rest < end && (is_blank(s[rest]) || std::u32string_view(U".,/-;。，；").find(s[rest]) != std::u32string_view::npos))
        ++rest;
      static constexpr std::u32string_view may_follow[] = {
          U"(",         U"per ", U"a month",  U"month", U"incl",    U"excl",        U"net",      U"gross",
          U"only",      U"整",   U"每月",     U"月",    U"and is ", U"and payable", U"und ist ", U"und wird ",
          U"monatlich", U"pro ", U"im monat", U"je ",   U"inkl",    U"zzgl",        U"netto",    U"brutto"};
      const std::u32string_view tail = std::u32string_view(s).substr(rest, end - rest);
      if (!tail.empty() &&
          std::none_of(std::begin(may_follow), std::end(may_follow), [&](std::u32string_view w) { return tail.starts_with(w); }))
        return false;
      // "12 months" is a time.
      if (!tail.empty() && !tail.starts_with(U"(") && found->kind == Value::Kind::number &&
          std::all_of(s.begin() + ptrdiff_t(found->begin), s.begin() + ptrdiff_t(found->end), is_digit))
        return false;
      // A year, or the page that a table of contents names.
      if (found->kind == Value::Kind::number && found->key.size() <= 4 && !pair.colon &&
          std::all_of(s.begin() + ptrdiff_t(found->begin), s.begin() + ptrdiff_t(found->end), is_digit))
        return false;
      return take(*found);
    }
    case ValueType::percent: return first(Value::Kind::percent, 2);
    case ValueType::date: return first(Value::Kind::date, 14);
    case ValueType::time:
      for (const Value* v : inside)
        if (v->kind == Value::Kind::time) return take(*v);
      return false;
    case ValueType::iban: return first(Value::Kind::iban, 4);
    case ValueType::email: return first(Value::Kind::email, 2);
    case ValueType::url:
      if (first(Value::Kind::url, 2)) return true;
      break;
    case ValueType::phone: {
      size_t digits = 0, stop = pair.begin;
      for (size_t i = pair.begin; i < end; ++i) {
        const char32_t c = s[i];
        if (is_digit(c))
          ++digits;
        else if (c != U'+' && c != U'-' && c != U' ' && c != U'(' && c != U')' && c != U'/' && c != U'.')
          break;
        if (is_digit(c)) stop = i + 1;
      }
      if (digits < 7 || digits > 15) return false;
      out.begin = pair.begin;
      out.end = stop;
      out.key = tight(std::u32string_view(s).substr(pair.begin, stop - pair.begin));
      return true;
    }
    case ValueType::code: {
      // One run of letters, digits and joints, or a few short groups of them; a digit among them.
      size_t stop = pair.begin, blanks = 0;
      bool digit = false;
      while (stop < end) {
        const char32_t c = s[stop];
        const bool part =
            c < 128 && (is_digit(c) || is_letter(c) || c == U'-' || c == U'/' || c == U'.' || c == U'_' || c == U'#');
        if (!part && !(c == U' ' && blanks < 4)) break;
        digit |= is_digit(c);
        blanks += c == U' ';
        ++stop;
      }
      const bool ideographic_code = stop == pair.begin && s[stop] > 127;
      if (ideographic_code) return false;
      if (stop < end && s[stop] != U',' && s[stop] != U'(' && s[stop] != U';') return false;
      if (stop + 1 < end && s[stop] == U',' && is_digit(s[stop + 1])) return false;  // "84,000 km"
      // Several groups: only if each holds a digit or is two letters long (DE 123 456 789).
      if (blanks > 0) {
        size_t from = pair.begin;
        for (size_t i = pair.begin; i <= stop; ++i)
          if (i == stop || s[i] == U' ') {
            const std::u32string_view group = std::u32string_view(s).substr(from, i - from);
            if (!group.empty() && group.size() != 2 && std::none_of(group.begin(), group.end(), is_digit)) return false;
            from = i + 1;
          }
        if (std::any_of(inside.begin(), inside.end(), [](const Value* v) { return v->kind == Value::Kind::date; })) return false;
      }
      while (stop > pair.begin && (s[stop - 1] == U'.' || s[stop - 1] == U' ' || s[stop - 1] == U'-')) --stop;
      if (!digit || stop - pair.begin < 2 || stop - pair.begin > 40) return false;
      // A date or a sum is no number of an invoice.
      for (const Value* v : inside)
        if (v->begin == pair.begin &&
            (v->kind == Value::Kind::date || v->kind == Value::Kind::amount || v->kind == Value::Kind::time))
          return false;
      out.begin = pair.begin;
      out.end = stop;
      out.key = tight(std::u32string_view(s).substr(pair.begin, stop - pair.begin));
      return true;
    }
    case ValueType::text: break;
  }
  // Text: not too long, letters in it, no further label.
  if (pair.glued) return false;  // "The landlord 1s Ada Bloom", as recognition reads it
  while (end > pair.begin &&
         (s[end - 1] == U'.' || s[end - 1] == U',' || s[end - 1] == 0x3002 || s[end - 1] == 0xFF0C || s[end - 1] == U';')) {
    const bool company = s[end - 1] == U'.' && end - pair.begin > 4 &&
                         std::u32string_view(s).substr(pair.begin, end - pair.begin).find(U' ') != std::u32string_view::npos &&
                         (s.substr(end - 4, 4) == U"inc." || s.substr(end - 4, 4) == U"ltd." || s.substr(end - 3, 3) == U"co.");
    if (company) break;
    --end;
  }
  if (end <= pair.begin || end - pair.begin > longest_text) return false;
  const std::u32string_view text = std::u32string_view(s).substr(pair.begin, end - pair.begin);
  const size_t letters =
      size_t(std::count_if(text.begin(), text.end(), [](char32_t c) { return is_letter(c) || is_ideographic(c); }));
  // "The supplier is represented by ..." says something about the supplier, not who it is; and what no full stop ends may go on
  // in the next line.
  if (pair.verb && !has_ideograph(text) &&
      (says_more(text) || pair.end == s.size() || (wants_name && !begins_with_capital(line, pair.begin))))
    return false;
  if (says_nothing(text)) return false;
  if (letters < 2 || (type == ValueType::url && text.find(U'.') == std::u32string_view::npos) ||
      text.find(U':') != std::u32string_view::npos)
    return false;
  out.begin = pair.begin;
  out.end = end;
  out.key = tight(text);
  return true;
}

class Extractor {
 public:
  Extractor(std::string_view question, PageShelf& shelf)
      : question_(question), shelf_(shelf), plain_(plain_label(letters_of(question).text)) {}

  std::optional<ShortAnswer> run() {
    if (plain_.empty() || refused(plain_)) return {};
    gather();
    const Chosen chosen = choose(plain_);
    if (chosen.field) {
      if (auto answer = field_answer(chosen)) return answer;
      if (left_over(chosen.rest).empty()) return {};  // the label is known, its value looks otherwise
    }
    return named_label();
  }
  const std::vector<const std::vector<EvidenceLine>*>& pages() {
    gather();
    return pages_;
  }

 private:
  void gather() {
    if (!pages_.empty()) return;
    for (int64_t d = 0; d < shelf_.documents(); ++d) {
      std::vector<int64_t> numbers = shelf_.source(d).pages();
      if (numbers.size() > most_pages) {
        std::set<int64_t> likely;
        for (const Hit& hit : shelf_.source(d).search(question_, 12)) likely.insert(hit.chunk.page);
        numbers.assign(likely.begin(), likely.end());
      }
      for (const int64_t number : numbers) {
        pages_.push_back(&shelf_.lines(d, number));
        for (LabelPair& pair : label_pairs(*pages_.back())) pairs_.push_back(std::move(pair));
      }
    }
  }

  std::optional<ShortAnswer> field_answer(const Chosen& chosen) {
    std::vector<std::vector<std::u32string>> levels;
    std::string_view labels = chosen.field->labels;
    while (true) {
      const size_t end = labels.find('/');
      levels.push_back(split(labels.substr(0, end), '|'));
      if (end == std::string_view::npos) break;
      labels.remove_prefix(end + 1);
    }
    std::vector<Candidate> found;
    for (const LabelPair& pair : pairs_) {
      size_t level = 0;
      while (level < levels.size() && !labelled(pair, levels[level])) ++level;
      if (level == levels.size()) continue;
      if (chosen.field->type == ValueType::date && !is_such_a_paper(level == 0)) continue;
      if (chosen.field->type == ValueType::amount && of_another_paper(pair)) continue;
      if (otherwise_qualified(plain_, pair)) continue;
      // In a table's head a sum is one of many.
      if (pair.columns > 2 && chosen.field->type == ValueType::amount) continue;
      Candidate candidate{.key = {},
                          .value = {},
                          .line = pair.line,
                          .begin = 0,
                          .end = 0,
                          .label_line = pair.label_line,
                          .label_begin = pair.label_begin,
                          .level = level};
      candidate.label = pair.label;
      if (read_value(pair, chosen.field->type, wants_name_, candidate)) found.push_back(std::move(candidate));
    }
    if (found.empty()) alone(chosen, found);
    if (chosen.field->type == ValueType::amount && !still_to_pay(chosen, found)) return {};
    if (named_otherwise(found, chosen.phrase)) return {};
    return decided(std::move(found), left_over(chosen.rest));
  }
  // What is to be paid is what is left where a part was paid: labels that say so stand for it, and a total does not. False: it
  // stands nowhere.
  bool still_to_pay(const Chosen& chosen, std::vector<Candidate>& found) const {
    static const std::vector<std::u32string> asks = split(
        "how much must be paid|how much do i have to pay|how much do we have to pay|how much is due|how much is to be paid|how "
        "much "
        "do i owe|amount due|amount payable|balance due|total due|total amount due|wie viel muss ich zahlen|wieviel muss ich "
        "zahlen|"
        "wie viel ist zu zahlen|wie viel müssen wir zahlen|wie viel muss bezahlt werden|wie viel schulde ich|zu zahlender "
        "betrag|需要付多少钱|应付多少|应付总额|应付金额",
        '|');
    static const std::vector<std::u32string> left = split(
        "balance due|amount due|total due|total amount due|to pay|left to pay|amount to pay|still to pay|remaining "
        "balance|remaining "
        "amount|outstanding balance|outstanding amount|amount outstanding|open amount|balance "
        "payable|restbetrag|restzahlung|noch zu "
        "zahlen|offener betrag|offener restbetrag|zu zahlen|zahlbetrag|应付金额|应付总额|尾款|剩余金额",
        '|');
    static const std::vector<std::u32string> paid = split(
        "paid|amount paid|already paid|total paid|less paid|less payments|payments|payment received|payments received|amount "
        "received|deposit received|deposit paid|less deposit|deposit|down payment|prepaid|prepayment|instalments "
        "paid|installments "
        "paid|credit|anzahlung|abzüglich anzahlung|bereits bezahlt|bezahlt|geleistete zahlungen|geleistete "
        "abschläge|abschlagszahlungen|vorauszahlung|erhalten|已付金额|已付款|已支付金额|定金|预付款",
        '|');
    if (std::find(asks.begin(), asks.end(), chosen.phrase) == asks.end()) return true;
    std::vector<Candidate> open;
    bool part_paid = false;
    for (const LabelPair& pair : pairs_) {
      Candidate candidate{.key = {},
                          .value = {},
                          .line = pair.line,
                          .begin = 0,
                          .end = 0,
                          .label_line = pair.label_line,
                          .label_begin = pair.label_begin,
                          .level = 0};
      candidate.label = pair.label;
      const bool is_left = labelled(pair, left), is_paid = labelled(pair, paid);
      if ((!is_left && !is_paid) || !read_value(pair, ValueType::amount, false, candidate)) continue;
      part_paid |= is_paid;
      if (is_left) open.push_back(std::move(candidate));
    }
    if (!open.empty())
      found = std::move(open);
    else if (part_paid)
      return false;
    return true;
  }
  // An address of its own kind needs no label when there is one only.
  void alone(const Chosen& chosen, std::vector<Candidate>& found) {
    const ValueType type = chosen.field->type;
    if (type != ValueType::iban && type != ValueType::email && type != ValueType::url) return;
    const Value::Kind kind = type == ValueType::iban    ? Value::Kind::iban
                             : type == ValueType::email ? Value::Kind::email
                                                        : Value::Kind::url;
    for (const auto* lines : pages_)
      for (const EvidenceLine& line : *lines)
        for (const Value& v : line.values)
          if (v.kind == kind)
            found.push_back({.key = letters_of(v.key).text,
                             .value = {},
                             .line = &line,
                             .begin = v.begin,
                             .end = v.end,
                             .label_line = &line,
                             .label_begin = v.begin,
                             .level = 0});
  }

  static bool labelled(const LabelPair& pair, const std::vector<std::u32string>& phrases) {
    const auto among = [&](std::u32string_view label) {
      return std::find(phrases.begin(), phrases.end(), label) != phrases.end();
    };
    if (among(pair.label)) return true;
    for (const std::u32string& inside : pair.inside)
      if (among(inside)) return true;
    for (const std::u32string_view prefix : {U"本合同", U"本", U"合同", U"发票", U"订单", U"会议", U"本次"})
      if (pair.label.starts_with(prefix) && among(std::u32string_view(pair.label).substr(prefix.size()))) return true;
    return false;
  }

  // "The date of the invoice" is not what stands behind a mere "Date" on a delivery note, nor does an offer tell by "Valid until"
  // when a contract ends.
  bool is_such_a_paper(bool own_label) const {
    struct Paper {
      std::vector<std::u32string_view> asked, named;  // words of the question, beginnings of words of such papers
      bool always;                                    // whatever the label
    };
    static const std::vector<Paper> papers = {
        {{U"invoice", U"bill", U"rechnung", U"发票"},
         {U"invoice", U"bill", U"rechnung", U"facture", U"factura", U"fattura", U"发票"},
         false},
        {{U"meeting", U"minutes", U"sitzung", U"besprechung", U"会议"},
         {U"meeting", U"minutes", U"sitzung", U"besprechung", U"protokoll", U"会议", U"纪要"},
         false},
        {{U"contract", U"agreement", U"lease", U"vertrag", U"合同", U"协议"},
         {U"contract",  U"agreement", U"lease",  U"tenan", U"policy", U"employ", U"subscri",
          U"member",    U"deed",      U"terms",  U"rent",  U"vertr",  U"miet",   U"arbeits",
          U"versicher", U"abo",       U"police", U"合同",  U"协议",   U"租",     U"保险"},
         true}};
    for (const Paper& paper : papers) {
      if (own_label && !paper.always) continue;
      const auto asked = [&](std::u32string_view name) { return find_phrase(plain_, name) != std::u32string_view::npos; };
      if (std::none_of(paper.asked.begin(), paper.asked.end(), asked)) continue;
      if (!speaks_of(paper.named)) return false;
    }
    return true;
  }
  bool speaks_of(const std::vector<std::u32string_view>& names) const {
    const auto named_in = [&](const EvidenceLine& line) {
      return std::any_of(names.begin(), names.end(), [&](std::u32string_view name) {
        if (has_ideograph(name)) return line.letters.text.find(name) != std::u32string::npos;
        return std::any_of(line.tokens.begin(), line.tokens.end(), [&](const auto& t) { return t.text.starts_with(name); });
      });
    };
    return std::any_of(pages_.begin(), pages_.end(),
                       [&](const auto* lines) { return std::any_of(lines->begin(), lines->end(), named_in); });
  }
  // The sum of a reminder is not that of the invoice it reminds of.
  bool of_another_paper(const LabelPair& pair) const {
    return (find_phrase(plain_, U"invoice") != std::u32string_view::npos || plain_.find(U"rechnung") != std::u32string::npos) &&
           pair.label.find(U"invoice") == std::u32string::npos && pair.label.find(U"rechnung") == std::u32string::npos &&
           speaks_of({U"reminder", U"mahnung", U"mahngebühr", U"overdue"});
  }

  // The page has another value behind just what was asked for, "Total: 6" beside "Balance due: 2": a better label does not stand
  // for it, unless it says the same and more, as a grand total does.
  static bool named_otherwise(const std::vector<Candidate>& found, std::u32string_view phrase) {
    const auto best =
        std::min_element(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.level < b.level; });
    return std::any_of(found.begin(), found.end(), [&](const Candidate& c) {
      return c.level > best->level && c.key != best->key && c.label == phrase &&
             (has_ideograph(phrase) || find_phrase(best->label, phrase) == std::u32string_view::npos);
    });
  }

  std::optional<ShortAnswer> decided(std::vector<Candidate> found, const std::vector<std::u32string>& rest) {
    if (found.empty()) return {};
    size_t level = found.front().level;
    for (const Candidate& c : found) level = std::min(level, c.level);
    std::erase_if(found, [&](const Candidate& c) { return c.level != level; });
    for (const Candidate& c : found)
      if (c.key != found.front().key) return {};
    const Candidate& best = found.front();
    // What else the question says must stand there too.
    for (const std::u32string& word : rest) {
      const auto in = [&](const EvidenceLine& line) {
        if (has_ideograph(word)) return line.letters.text.find(word) != std::u32string::npos;
        // Outside the value: "Estate Ltd, represented by Cy Fox" does not say as a whole who represents.
        return std::any_of(line.tokens.begin(), line.tokens.end(), [&](const auto& t) {
          return same_word(t.text, word) && !(&line == best.line && t.begin >= best.begin && t.begin < best.end);
        });
      };
      if (!in(*best.line) && !in(*best.label_line)) return {};
    }
    return answer_of(best);
  }

  ShortAnswer answer_of(const Candidate& best) {
    ShortAnswer out;
    out.value = as_written(*best.line, best.begin, best.end);
    if (best.label_line != best.line) {
      out.lines = {best.label_line, best.line};
      out.found = {{0, words_of(*best.label_line, best.label_begin, best.label_line->letters.text.size())},
                   {1, words_of(*best.line, best.begin, best.end)}};
      // The label's own cell only.
      for (const Segment& segment : segments_of(*best.label_line))
        if (best.label_begin >= segment.begin && best.label_begin < segment.end)
          out.found[0].words = words_of(*best.label_line, segment.begin, segment.end);
    } else {
      out.lines = {best.line};
      out.found = {{0, words_of(*best.line, std::min(best.label_begin, best.begin), best.end)}};
    }
    return out;
  }
  static std::vector<size_t> words_of(const EvidenceLine& line, size_t begin, size_t end) {
    std::set<size_t> words;
    for (size_t i = begin; i < end && i < line.owner.size(); ++i)
      if (!is_blank(line.letters.text[i])) words.insert(line.owner[i]);
    return {words.begin(), words.end()};
  }

  // "What is the X?" where X itself is a label with a colon.
  std::optional<ShortAnswer> named_label() {
    std::u32string name = plain_;
    for (const std::u32string_view start :
         {U"what is ",          U"what was ", U"what are ",  U"which is ",   U"who is ",       U"who was ",   U"when is ",
          U"when was ",         U"where is ", U"was ist ",   U"wie lautet ", U"wie hoch ist ", U"wie ist ",   U"wer ist ",
          U"wo ist ",           U"wann ist ", U"welche ",    U"welcher ",    U"welches ",      U"wie heißt ", U"wie lange ist ",
          U"wie lange dauert ", U"nenne ",    U"nenne mir ", U"tell me ",    U"give me ",      U"whats ",     U"find ",
          U"show me ",          U"请问"})
      if (name.starts_with(start)) {
        name.erase(0, start.size());
        break;
      }
    for (const std::u32string_view end :
         {U"是什么", U"是多少", U"是谁", U"是哪天", U"是哪里", U"为多少", U"是几号", U"有多少", U"多少"})
      if (name.ends_with(end)) {
        name.erase(name.size() - end.size());
        break;
      }
    for (const std::u32string_view end : {U" of this document", U" of the document", U" on this document", U" in the document",
                                          U" of the invoice", U" of the contract", U" please", U" der rechnung", U" des vertrags",
                                          U" auf der rechnung", U" im dokument", U" in dem dokument"})
      if (name.ends_with(end)) name.erase(name.size() - end.size());
    name = plain_label(name);
    if (name == plain_ || name.size() < 2) return {};
    std::vector<Candidate> found;
    for (const LabelPair& pair : pairs_) {
      if (pair.label != name || !stands_for_itself(pair)) continue;
      Candidate candidate{.key = {},
                          .value = {},
                          .line = pair.line,
                          .begin = 0,
                          .end = 0,
                          .label_line = pair.label_line,
                          .label_begin = pair.label_begin,
                          .level = 0};
      bool any = false;
      for (const ValueType type : {ValueType::amount, ValueType::percent, ValueType::date, ValueType::phone, ValueType::email,
                                   ValueType::code, ValueType::text})
        if (fits(plain_, type) && read_value(pair, type, wants_name_, candidate) &&
            (type != ValueType::text || (names_something(pair) && (pair.colon || pair.boxed)))) {
          any = true;
          break;
        }
      if (any && candidate.begin == pair.begin) found.push_back(std::move(candidate));
    }
    return decided(std::move(found), {});
  }

  // A label that no list knows: with a colon, over its value in a form's box, or alone with a value in the next cell. A bare
  // number in the next cell may be a page or a count.
  static bool stands_for_itself(const LabelPair& pair) {
    if (pair.colon || pair.boxed) return true;
    if (!pair.alone) return false;
    return std::any_of(pair.line->values.begin(), pair.line->values.end(), [&](const Value& v) {
      return v.begin == pair.begin &&
             (v.kind != Value::Kind::number || std::any_of(v.key.begin(), v.key.end(), [](char c) { return c == '.'; }));
    });
  }
  // Whoever asks who or where does not ask for a date or a sum: "Next meeting: 4 December" does not tell its place.
  bool names_something(const LabelPair& pair) const {
    const auto asked = [&](std::u32string_view word) { return find_phrase(plain_, word) != std::u32string_view::npos; };
    if (!wants_name_ && !asked(U"where") && !asked(U"wo") && !asked(U"谁") && !asked(U"哪里") && !asked(U"哪儿")) return true;
    return std::none_of(pair.line->values.begin(), pair.line->values.end(), [&](const Value& v) {
      return v.begin >= pair.begin && v.end <= pair.end && v.kind != Value::Kind::number && v.kind != Value::Kind::code;
    });
  }

  std::string_view question_;
  PageShelf& shelf_;
  std::u32string plain_;
  bool wants_name_ = find_phrase(plain_, U"who") != std::u32string_view::npos ||
                     find_phrase(plain_, U"whom") != std::u32string_view::npos ||
                     find_phrase(plain_, U"wer") != std::u32string_view::npos;
  std::vector<const std::vector<EvidenceLine>*> pages_;
  std::vector<LabelPair> pairs_;
};

}  // namespace

std::optional<ShortAnswer> short_answer(std::string_view question, PageShelf& shelf) {
  Extractor extractor(question, shelf);
  if (const auto item = item_question(question)) {
    auto answer = table_answer(*item, extractor.pages());
    if (answer || item->certain) return answer;
  }
  return extractor.run();
}

}  // namespace bifrons
