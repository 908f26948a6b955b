// fusion/extractor_candidate.cpp - see extractor_candidate.h.
#include "fusion/extractor_candidate.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fusion/extractor_prose.h"
#include "fusion/extractor_question.h"
#include "ocr/document/fold.h"

namespace bifrons {

namespace {

constexpr size_t longest_text = 90;

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
  if (end <= pair.begin) return false;
  bool ends_here = false;  // before more of the same sentence
  if (pair.verb || wants_name) {
    const auto name_end = end_of_name(line, pair.begin, end);
    if (!name_end) return false;
    ends_here = *name_end < end;
    end = *name_end;
  }
  if (end - pair.begin > longest_text) return false;
  const std::u32string_view text = std::u32string_view(s).substr(pair.begin, end - pair.begin);
  const size_t letters =
      size_t(std::count_if(text.begin(), text.end(), [](char32_t c) { return is_letter(c) || is_ideographic(c); }));
  // "The supplier is represented by ..." says something about the supplier, not who it is; and what no full stop ends may go on
  // in the next line.
  if (pair.verb && !has_ideograph(text) &&
      (says_more(text) || (pair.end == s.size() && !ends_here) || (wants_name && !begins_with_capital(line, pair.begin))))
    return false;
  if (says_nothing(text) || is_field_label(plain_label(text))) return false;
  if (letters < 2 || (type == ValueType::url && text.find(U'.') == std::u32string_view::npos) ||
      text.find(U':') != std::u32string_view::npos)
    return false;
  out.begin = pair.begin;
  out.end = end;
  out.key = tight(text);
  return true;
}

}  // namespace

std::optional<Candidate> candidate_of(const LabelPair& pair, ValueType type, bool wants_name, size_t level) {
  Candidate candidate{.key = {},
                      .line = pair.line,
                      .label_line = pair.label_line,
                      .label_begin = pair.label_begin,
                      .level = level,
                      .label = pair.label};
  if (!read_value(pair, type, wants_name, candidate)) return {};
  if (is_superseded(pair, type, candidate.end)) return {};
  return candidate;
}

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
  // The sender's sign is not the receiver's.
  const std::u32string_view written = std::u32string_view(pair.label_line->letters.text).substr(pair.label_begin);
  for (const auto& [one, other] :
       {std::pair(U"our", U"your"), std::pair(U"your", U"our"), std::pair(U"unser", U"ihr"), std::pair(U"ihr", U"unser")})
    if (find_phrase(question, std::u32string(one) + U" ref") != std::u32string_view::npos ||
        find_phrase(question, std::u32string(one) + U" reference") != std::u32string_view::npos ||
        find_phrase(question, std::u32string(one) + U" zeichen") != std::u32string_view::npos)
      if (written.starts_with(std::u32string(other) + U" ")) return true;
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

}  // namespace bifrons
