// fusion/extractor_question.cpp - see extractor_question.h.
#include "fusion/extractor_question.h"

#include <algorithm>

#include "fusion/evidence.h"
#include "fusion/extractor_pairs.h"
#include "ocr/document/fold.h"
#include "ocr/document/search.h"
#include "ocr/document/utf8.h"

namespace bifrons {

std::vector<std::u32string> split_phrases(std::string_view list, char sign) {
  std::vector<std::u32string> out;
  while (true) {
    const size_t end = list.find(sign);
    out.push_back(plain_label(letters_of(list.substr(0, end)).text));
    if (end == std::string_view::npos) return out;
    list.remove_prefix(end + 1);
  }
}

bool has_ideograph(std::u32string_view text) { return std::any_of(text.begin(), text.end(), is_ideographic); }
size_t find_phrase(std::u32string_view text, std::u32string_view phrase) {
  for (size_t at = text.find(phrase); at != std::u32string_view::npos; at = text.find(phrase, at + 1)) {
    const size_t end = at + phrase.size();
    if (has_ideograph(phrase) || ((at == 0 || text[at - 1] == U' ' || is_ideographic(text[at - 1])) &&
                                  (end == text.size() || text[end] == U' ' || is_ideographic(text[end]))))
      return at;
  }
  return std::u32string_view::npos;
}

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
bool speaks_of_paying(std::u32string_view text) {
  for (const std::u32string_view word : {U"pay", U"pays", U"paid", U"paying", U"payment", U"payments", U"bezahlt", U"gezahlt",
                                         U"bezahlen", U"zahlen", U"zahlung", U"payable", U"zahlbar"})
    if (find_phrase(text, word) != std::u32string_view::npos) return true;
  for (const std::u32string_view word : {U"付款", U"支付", U"收款", U"退款", U"汇款", U"还款", U"zahlungs"})
    if (text.find(word) != std::u32string_view::npos) return true;
  return false;
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

Chosen choose(std::u32string_view question) {
  Chosen best;
  size_t best_length = 0;
  for (const Field& field : extractor_fields()) {
    if (!fits(question, field.type)) continue;
    for (const std::u32string& phrase : split_phrases(field.asks, '|')) {
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

std::vector<std::u32string> left_over(std::u32string rest) {
  std::vector<std::u32string> out;
  for (const std::u32string_view word : {U"下次", U"下一次", U"下届", U"下期"})  // made of signs that say nothing by themselves
    for (size_t at = rest.find(word); at != std::u32string::npos; at = rest.find(word)) {
      rest.replace(at, word.size(), U" ");
      out.emplace_back(word);
    }
  for (const std::u32string_view word : generic_chinese())
    for (size_t at = rest.find(word); at != std::u32string::npos; at = rest.find(word)) rest.replace(at, word.size(), U" ");
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

}  // namespace bifrons
