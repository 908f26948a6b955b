// fusion/rival_words.cpp - see rival_words.h.
#include "fusion/rival_words.h"

#include <algorithm>
#include <iterator>

#include "fusion/values.h"
#include "ocr/document/fold.h"

namespace bifrons::rival_words {

namespace {

using View = std::u32string_view;

const std::vector<Rivals>& table() {
  static const std::vector<Rivals> rows = {
      {Of::dates,
       {U"start*|begin*|began|begun|commenc*|takes effect|take effect|took effect|effective|comes into force|into force|valid "
        U"from|"
        U"~from|*beginn|beginn*|anfang*|fängt an|eintritt*|gültig ab|in kraft|~ab|开始|生效|起租|起始|起|~自|~从|入职",
        U"end|ends|ended|ending|expir*|terminat*|finish*|valid until|~until|~till|ende|*ende|endet|enden|endete|ablauf*|läuft "
        U"ab|läuft aus|~bis|~bis zum|befristet bis|终止|到期|届满|期满|结束|止|~至|~到|截止"}},
      {Of::dates,
       {U"invoice date|date of the invoice|date of invoice|issued|issue date|date of issue|dated|rechnungsdatum|datum der "
        U"rechnung|ausgestellt|ausstellungsdatum|开票日期|开具|开票|签发",
        U"due|payable|pay by|payment deadline|fällig*|zahlbar|zahlungsziel|zahlungsfrist|zu "
        U"zahlen|付款截止日期|付款期限|截止|到期|"
        U"最迟"}},
      {Of::dates, {U"depart*|dep|abfahrt|abflug|出发|起飞|开车", U"arriv*|arr|ankunft|到达|抵达"}},
      {Of::sums, {U"net|netto*|税后|不含税", U"gross|brutto*|税前|含税"}},
      {Of::sums,
       {U"subtotal|sub total|net total|total net|net amount|zwischensumme|nettobetrag|nettosumme|summe netto|小计|不含税金额",
        U"vat|tax|total tax|total vat|mwst|ust|umsatzsteuer|mehrwertsteuer|steuerbetrag|税额|增值税",
        U"total|totals|gross total|total amount|grand total|amount due|total due|balance "
        U"due|gesamtbetrag|rechnungsbetrag|endbetrag|"
        U"gesamtsumme|"
        U"rechnungssumme|zahlbetrag|合计|总计|总额|总金额|价税合计"},
       U"including vat|incl vat|inc vat|plus vat|excluding vat|excl vat|without vat|before tax|after tax|inkl mwst|inklusive "
       U"mwst|zzgl mwst|exkl mwst|ohne mwst|inkl ust|zzgl ust|without tax|excluding tax|exclusive of tax|exclusive of vat|net of "
       U"tax|net of vat|less tax|ohne steuer|ohne umsatzsteuer|ohne mehrwertsteuer|vor steuern|net|netto|含税|税前|税后"},
      {Of::sums, {U"rent|miete|*miete|mietzins|租金|月租", U"deposit|kaution|*kaution|mietsicherheit|押金|保证金"}},
      {Of::names,
       {U"landlord|lessor|vermieter|vermieterin|出租方|出租人|房东", U"tenant|lessee|mieter|mieterin|承租方|承租人|租客"}},
      {Of::names, {U"party a|甲方", U"party b|乙方"}},
      {Of::names,
       {U"buyer|purchaser|customer|client|bill to|billed to|sold to|käufer|käuferin|kunde|kundin|auftraggeber|rechnungsempfänger|"
        U"买方|购买方|购方|客户|需方",
        U"seller|vendor|supplier|verkäufer|verkäuferin|lieferant|auftragnehmer|rechnungssteller|卖方|销售方|供应商|供货方|供方"}},
      {Of::names, {U"employer|arbeitgeber|arbeitgeberin|用人单位|雇主", U"employee|arbeitnehmer|arbeitnehmerin|劳动者|雇员"}},
      {Of::names, {U"sender|from|absender|发件人|寄件人", U"recipient|addressee|to|empfänger|收件人"}}};
  return rows;
}

struct Phrase {
  std::vector<View> words;
  size_t of;  // beyond the classes: neither
  bool weak;
  bool ideographs;
};
std::vector<View> cut(View list, char32_t sign) {
  std::vector<View> parts;
  while (!list.empty()) {
    const size_t end = std::min(list.find(sign), list.size());
    if (end > 0) parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}
const std::vector<std::vector<Phrase>>& phrases() {
  static const auto all = [] {
    std::vector<std::vector<Phrase>> rows;
    for (const Rivals& row : table()) {
      std::vector<Phrase>& out = rows.emplace_back();
      const auto add = [&](View list, size_t of) {
        for (View phrase : cut(list, U'|')) {
          const bool weak = phrase.front() == U'~';
          if (weak) phrase.remove_prefix(1);
          out.push_back({cut(phrase, U' '), of, weak, is_ideographic(phrase.back())});
        }
      };
      for (size_t c = 0; c < row.classes.size(); ++c) add(row.classes[c], c);
      add(row.neither, row.classes.size());
    }
    return rows;
  }();
  return all;
}

bool is_word(View word, View pattern) {
  if (pattern.ends_with(U'*')) return word.starts_with(pattern.substr(0, pattern.size() - 1));
  if (pattern.starts_with(U'*')) return word.size() > pattern.size() && word.ends_with(pattern.substr(1));
  return word == pattern;
}

}  // namespace

std::span<const Rivals> rivals() { return table(); }

std::vector<Mark> marks_of(View text, size_t row) {
  std::vector<std::pair<size_t, size_t>> words;
  const auto is_part = [](char32_t c) { return is_letter(c) || is_digit(c); };
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_part(text[end])) ++end;
    if (end > i) words.emplace_back(i, end);
    i = std::max(end, i + 1);
  }
  std::vector<Mark> marks;
  // The longest phrase that begins at a place counts; what it covers holds no other.
  size_t word = 0;
  for (size_t i = 0; i < text.size();) {
    while (word < words.size() && words[word].first < i) ++word;
    const bool starts = word < words.size() && words[word].first == i;
    Mark best;
    for (const Phrase& phrase : phrases()[row]) {
      size_t end = 0;
      if (phrase.ideographs) {
        if (text.substr(i).starts_with(phrase.words.front())) end = i + phrase.words.front().size();
      } else if (starts && word + phrase.words.size() <= words.size()) {
        bool all = true;
        for (size_t w = 0; w < phrase.words.size() && all; ++w) {
          const auto [from, to] = words[word + w];
          all = is_word(text.substr(from, to - from), phrase.words[w]) && (w == 0 || from - words[word + w - 1].second <= 2);
        }
        if (all) end = words[word + phrase.words.size() - 1].second;
      }
      if (end > best.end) best = {i, end, phrase.of, phrase.weak};
    }
    if (best.end > 0) marks.push_back(best);
    i = std::max(best.end, i + 1);
  }
  return marks;
}

bool joins_label(View word) {
  static constexpr View words[] = {U"is",
                                   U"are",
                                   U"was",
                                   U"were",
                                   U"be",
                                   U"will",
                                   U"shall",
                                   U"on",
                                   U"at",
                                   U"the",
                                   U"a",
                                   U"an",
                                   U"of",
                                   U"this",
                                   U"for",
                                   U"date",
                                   U"day",
                                   U"time",
                                   U"amount",
                                   U"amounts",
                                   U"amounted",
                                   U"comes",
                                   U"come",
                                   U"to",
                                   U"sum",
                                   U"price",
                                   U"pay",
                                   U"eur",
                                   U"usd",
                                   U"gbp",
                                   U"chf",
                                   U"euro",
                                   U"rmb",
                                   U"cny",
                                   U"lease",
                                   U"contract",
                                   U"agreement",
                                   U"tenancy",
                                   U"term",
                                   U"payment",
                                   U"invoice",
                                   U"monthly",
                                   U"per",
                                   U"month",
                                   U"ist",
                                   U"war",
                                   U"am",
                                   U"der",
                                   U"die",
                                   U"das",
                                   U"den",
                                   U"dem",
                                   U"des",
                                   U"vom",
                                   U"zum",
                                   U"auf",
                                   U"beträgt",
                                   U"betrug",
                                   U"lautet",
                                   U"datum",
                                   U"betrag",
                                   U"höhe",
                                   U"in",
                                   U"vertrag",
                                   U"vertrags",
                                   U"vertrages",
                                   U"mietverhältnis",
                                   U"mietverhältnisses",
                                   U"mr",
                                   U"mrs",
                                   U"ms",
                                   U"herr",
                                   U"frau",
                                   U"firma",
                                   U"until",
                                   U"by",
                                   U"latest",
                                   U"bis",
                                   U"spätestens"};
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace bifrons::rival_words
