// fusion/extractor.cpp - see extractor.h: the pages' label pairs gathered, those of the asked field compared, one left or none.
#include "fusion/extractor.h"

#include <algorithm>
#include <set>

#include "fusion/document_answer.h"
#include "fusion/extractor_candidate.h"
#include "fusion/extractor_fields.h"
#include "fusion/extractor_pairs.h"
#include "fusion/extractor_prose.h"
#include "fusion/extractor_question.h"
#include "fusion/extractor_table.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

constexpr size_t most_pages = 60;  // of one document that are read; of longer ones, those that search names

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
    std::vector<Candidate> found = candidates_of(*chosen.field, chosen);
    // "Gesamtbetrag" of an English invoice.
    const Field* other = field_in_other_tongue(*chosen.field);
    if (found.empty() && other) found = candidates_of(*other, chosen);
    if (found.empty()) alone(chosen, found);
    if (chosen.field->type == ValueType::amount && !still_to_pay(chosen, found)) return {};
    if (named_otherwise(found, chosen.phrase)) return {};
    return decided(std::move(found), left_over(chosen.rest));
  }
  std::vector<Candidate> candidates_of(const Field& field, const Chosen& chosen) const {
    const bool sum = field.type == ValueType::amount, date = field.type == ValueType::date;
    const bool due = field.name == "due date" || field.name == "fälligkeit";
    const bool paying = !sum && !due && speaks_of_paying(chosen.rest) && !speaks_of_paying(chosen.phrase);
    const bool past = asks_for_the_past(plain_);
    std::vector<std::vector<std::u32string>> levels;
    std::string_view labels = field.labels;
    while (true) {
      const size_t end = labels.find('/');
      levels.push_back(split_phrases(labels.substr(0, end), '|'));
      if (end == std::string_view::npos) break;
      labels.remove_prefix(end + 1);
    }
    std::vector<Candidate> found;
    for (const LabelPair& pair : pairs_) {
      size_t level = 0;
      const auto of_the_paper = [&](std::u32string_view prefix, std::u32string_view label) {
        return prefix_is_asked(prefix, label, date ? chosen.phrase : std::u32string_view());
      };
      while (level < levels.size() && !labelled(pair, levels[level], of_the_paper)) ++level;
      if (level == levels.size()) continue;
      if (paying && !speaks_of_paying(pair.label)) continue;
      if (pair.past && !past && !date) continue;
      if (date && !is_such_a_paper()) continue;
      if (sum && of_another_paper(pair)) continue;
      if (sum && before_tax(pair) && (field.name == "total" || field.name == "gesamtbetrag")) continue;
      if (otherwise_qualified(plain_, pair)) continue;
      // In a table's head a sum is one of many.
      if (pair.columns > 2 && sum) continue;
      if (auto candidate = candidate_of(pair, field.type, wants_name_, level)) found.push_back(std::move(*candidate));
    }
    return found;
  }
  // What is to be paid is what is left where a part was paid: labels that say so stand for it, and a total does not. False: it
  // stands nowhere.
  bool still_to_pay(const Chosen& chosen, std::vector<Candidate>& found) const {
    static const std::vector<std::u32string> asks = split_phrases(
        "how much must be paid|how much do i have to pay|how much do we have to pay|how much is due|how much is to be paid|how "
        "much "
        "do i owe|amount due|amount payable|balance due|total due|total amount due|wie viel muss ich zahlen|wieviel muss ich "
        "zahlen|"
        "wie viel ist zu zahlen|wie viel müssen wir zahlen|wie viel muss bezahlt werden|wie viel schulde ich|zu zahlender "
        "betrag|需要付多少钱|应付多少|应付总额|应付金额",
        '|');
    static const std::vector<std::u32string> left = split_phrases(
        "balance due|amount due|total due|total amount due|to pay|left to pay|amount to pay|still to pay|remaining "
        "balance|remaining "
        "amount|outstanding balance|outstanding amount|amount outstanding|open amount|balance "
        "payable|restbetrag|restzahlung|noch zu "
        "zahlen|offener betrag|offener restbetrag|zu zahlen|zahlbetrag|应付金额|应付总额|尾款|剩余金额",
        '|');
    static const std::vector<std::u32string> paid = split_phrases(
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
      const bool is_left = labelled(pair, left), is_paid = labelled(pair, paid);
      if (!is_left && !is_paid) continue;
      auto candidate = candidate_of(pair, ValueType::amount, false);
      if (!candidate) continue;
      part_paid |= is_paid;
      if (is_left) open.push_back(std::move(*candidate));
    }
    if (!open.empty())
      found = std::move(open);
    else if (part_paid)
      return false;
    return true;
  }
  // A letter's date stands by itself above the salutation, perhaps behind a place; a Chinese one's in the last line.
  void date_of_letter(std::vector<Candidate>& found) const {
    for (const auto* lines : pages_) {
      const auto salutation = std::find_if(lines->begin(), lines->end(), [](const EvidenceLine& line) {
        static constexpr std::u32string_view words[] = {U"dear ", U"sehr geehrte", U"liebe", U"尊敬的", U"各位"};
        return std::any_of(std::begin(words), std::end(words), [&](auto word) { return line.letters.text.starts_with(word); });
      });
      if (salutation == lines->end()) continue;
      const bool chinese = has_ideograph(salutation->letters.text);
      for (auto line = chinese ? std::prev(lines->end()) : lines->begin(); line != (chinese ? lines->end() : salutation);
           ++line) {
        if (line != lines->begin() && is_field_label(plain_label(std::prev(line)->letters.text)))
          continue;  // "Due date" above it
        for (const Segment& segment : segments_of(*line))
          for (const Value& v : line->values)
            if (v.kind == Value::Kind::date && v.end == segment.end && v.begin >= segment.begin &&
                is_place(std::u32string_view(line->letters.text).substr(segment.begin, v.begin - segment.begin)))
              found.push_back({.key = letters_of(v.key).text,
                               .line = &*line,
                               .begin = v.begin,
                               .end = v.end,
                               .label_line = &*line,
                               .label_begin = v.begin,
                               .level = 0});
      }
    }
  }
  // "Exeter, ", "Bad Tölz, den ", or nothing.
  static bool is_place(std::u32string_view text) {
    if (text.empty()) return true;
    const size_t comma = text.find(U',');
    const std::u32string_view behind = comma == std::u32string_view::npos ? text : text.substr(comma + 1);
    return comma != std::u32string_view::npos && comma < 25 && (behind == U" " || behind == U" den ") &&
           std::none_of(text.begin(), text.end(), is_digit);
  }
  // An address of its own kind needs no label when there is one only.
  void alone(const Chosen& chosen, std::vector<Candidate>& found) {
    const ValueType type = chosen.field->type;
    if (chosen.field->name == "date" || chosen.field->name == "datum") return date_of_letter(found);
    if (type != ValueType::iban && type != ValueType::email && type != ValueType::url) return;
    const Value::Kind kind = type == ValueType::iban    ? Value::Kind::iban
                             : type == ValueType::email ? Value::Kind::email
                                                        : Value::Kind::url;
    for (const auto* lines : pages_)
      for (const EvidenceLine& line : *lines)
        for (const Value& v : line.values)
          if (v.kind == kind)
            found.push_back({.key = letters_of(v.key).text,
                             .line = &line,
                             .begin = v.begin,
                             .end = v.end,
                             .label_line = &line,
                             .label_begin = v.begin,
                             .level = 0});
  }

  static bool any_paper(std::u32string_view, std::u32string_view) { return true; }
  // `takes_prefix` tells whether "订单日期" stands for "日期".
  template <class Takes = bool (*)(std::u32string_view, std::u32string_view)>
  static bool labelled(const LabelPair& pair, const std::vector<std::u32string>& phrases, Takes takes_prefix = any_paper) {
    const auto among = [&](std::u32string_view label) {
      return std::find(phrases.begin(), phrases.end(), label) != phrases.end();
    };
    if (among(pair.label)) return true;
    for (const std::u32string& inside : pair.inside)
      if (among(inside)) return true;
    for (const std::u32string_view prefix : {U"本合同", U"本", U"合同", U"发票", U"订单", U"会议", U"本次"})
      if (pair.label.starts_with(prefix)) {
        const std::u32string_view label = std::u32string_view(pair.label).substr(prefix.size());
        if (among(label) && takes_prefix(prefix, label)) return true;
      }
    return false;
  }
  // The question names that paper, or none and, of dates, just the label without it: the order's date is not when it was paid.
  bool prefix_is_asked(std::u32string_view prefix, std::u32string_view label, std::u32string_view phrase) const {
    if (prefix.starts_with(U"本") || plain_.find(prefix) != std::u32string::npos) return true;
    for (const std::u32string_view paper : {U"合同", U"发票", U"订单", U"会议", U"收据", U"开票", U"协议", U"通知"})
      if (plain_.find(paper) != std::u32string::npos) return false;
    return phrase.empty() || phrase == label;
  }
  // "Total (excl. VAT)" is no total, unless that is asked for.
  bool before_tax(const LabelPair& pair) const {
    const auto says = [](std::u32string_view text) {
      for (const std::u32string_view word :
           {U"net", U"netto", U"excl", U"excluding", U"exkl", U"ohne", U"zzgl", U"before", U"不含税"})
        if (find_phrase(text, word) != std::u32string_view::npos) return true;
      return false;
    };
    return !says(plain_) && std::any_of(pair.inside.begin(), pair.inside.end(), says);
  }

  // "The date of the invoice" is not what stands behind a mere "Date" on a delivery note, nor does an offer tell by "Valid until"
  // when a contract ends.
  bool is_such_a_paper() const {
    struct Paper {
      std::vector<std::u32string_view> asked, named;  // words of the question, beginnings of words of such papers
    };
    static const std::vector<Paper> papers = {
        {{U"invoice", U"bill", U"rechnung", U"rechnungsdatum", U"发票", U"开票"},
         {U"invoice", U"bill", U"rechnung", U"facture", U"factura", U"fattura", U"发票", U"开票"}},
        {{U"meeting", U"minutes", U"sitzung", U"besprechung", U"versammlung", U"会议"},
         {U"meeting", U"minutes", U"sitzung", U"besprechung", U"protokoll", U"versammlung", U"会议", U"纪要"}},
        {{U"contract", U"agreement", U"lease", U"vertrag", U"合同", U"协议"},
         {U"contract",  U"agreement", U"lease",  U"tenan", U"policy", U"employ", U"subscri",
          U"member",    U"deed",      U"terms",  U"rent",  U"vertr",  U"miet",   U"arbeits",
          U"versicher", U"abo",       U"police", U"合同",  U"协议",   U"租",     U"保险"}}};
    for (const Paper& paper : papers) {
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
      for (const ValueType type : {ValueType::amount, ValueType::percent, ValueType::date, ValueType::phone, ValueType::email,
                                   ValueType::code, ValueType::text}) {
        if (!fits(plain_, type) || (type == ValueType::date && holds_two_dates(pair))) continue;
        auto candidate = candidate_of(pair, type, wants_name_);
        if (!candidate || (type == ValueType::text && !(names_something(pair) && (pair.colon || pair.boxed)))) continue;
        if (candidate->begin == pair.begin) found.push_back(std::move(*candidate));
        break;
      }
    }
    return decided(std::move(found), {});
  }

  // "Period of cover  1 July 2025 to 30 June 2026": one of them is half an answer.
  static bool holds_two_dates(const LabelPair& pair) {
    return std::count_if(pair.line->values.begin(), pair.line->values.end(), [&](const Value& v) {
             return v.kind == Value::Kind::date && v.begin >= pair.begin && v.end <= pair.end;
           }) > 1;
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
                     find_phrase(plain_, U"wer") != std::u32string_view::npos || plain_.find(U'谁') != std::u32string::npos;
  std::vector<const std::vector<EvidenceLine>*> pages_;
  std::vector<LabelPair> pairs_;
};

}  // namespace

std::optional<ShortAnswer> short_answer(std::string_view question, PageShelf& shelf) {
  Extractor extractor(question, shelf);
  std::optional<ShortAnswer> answer;
  const auto item = item_question(question);
  if (item) answer = table_answer(*item, extractor.pages());
  if (!answer && !(item && item->certain)) answer = extractor.run();
  if (answer) answer->value = with_plain_signs(answer->value);
  return answer;
}

}  // namespace bifrons
