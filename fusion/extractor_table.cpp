// fusion/extractor_table.cpp - see extractor_table.h.
#include "fusion/extractor_table.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "fusion/extractor_pairs.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

using Wanted = ItemQuestion::Wanted;

struct Ask {
  std::u32string_view before, behind;  // of the item
  Wanted wanted;
  bool certain;
};
// Longer ones first.
constexpr Ask asks[] = {
    {U"what is the unit price of ", U"", Wanted::price, true},
    {U"what is the price of ", U"", Wanted::price, true},
    {U"what is the price for ", U"", Wanted::price, true},
    {U"what was the price of ", U"", Wanted::price, true},
    {U"unit price of ", U"", Wanted::price, true},
    {U"price of ", U"", Wanted::price, true},
    {U"what is the cost of ", U"", Wanted::price, true},
    {U"how much does ", U" cost", Wanted::price, true},
    {U"how much did ", U" cost", Wanted::price, true},
    {U"how much do ", U" cost", Wanted::price, true},
    {U"how much is ", U"", Wanted::price, false},
    {U"how much are ", U"", Wanted::price, false},
    {U"what is the quantity of ", U"", Wanted::quantity, true},
    {U"quantity of ", U"", Wanted::quantity, true},
    {U"how many ", U" were ordered", Wanted::quantity, true},
    {U"how many ", U" were bought", Wanted::quantity, true},
    {U"how many ", U" were delivered", Wanted::quantity, true},
    {U"how many ", U" are listed", Wanted::quantity, true},
    {U"what is the line total of ", U"", Wanted::amount, true},
    {U"what is the amount for ", U"", Wanted::amount, true},
    {U"was ist der einzelpreis von ", U"", Wanted::price, true},
    {U"was ist der preis von ", U"", Wanted::price, true},
    {U"wie hoch ist der preis von ", U"", Wanted::price, true},
    {U"wie hoch ist der einzelpreis von ", U"", Wanted::price, true},
    {U"einzelpreis von ", U"", Wanted::price, true},
    {U"preis von ", U"", Wanted::price, true},
    {U"was kostet ", U"", Wanted::price, false},
    {U"was kosten ", U"", Wanted::price, false},
    {U"wie viel kostet ", U"", Wanted::price, false},
    {U"wie viel kosten ", U"", Wanted::price, false},
    {U"wieviel kostet ", U"", Wanted::price, false},
    {U"wie teuer ist ", U"", Wanted::price, false},
    {U"wie viele ", U" wurden bestellt", Wanted::quantity, true},
    {U"wie viele ", U" wurden geliefert", Wanted::quantity, true},
    {U"wie viele ", U" wurden gekauft", Wanted::quantity, true},
    {U"", U"的单价是多少", Wanted::price, true},
    {U"", U"的单价", Wanted::price, true},
    {U"", U"的价格是多少", Wanted::price, true},
    {U"", U"的价格", Wanted::price, true},
    {U"", U"的数量是多少", Wanted::quantity, true},
    {U"", U"的数量", Wanted::quantity, true},
    {U"", U"的金额是多少", Wanted::amount, false},
    {U"", U"多少钱", Wanted::price, false},
};
constexpr std::u32string_view price_heads[] = {U"unit price", U"price",         U"price each", U"each",      U"rate",
                                               U"单价",       U"价格",          U"price eur",  U"price usd", U"einzelpreis",
                                               U"preis",      U"stückpreis",    U"e preis",    U"ep",        U"einzelpreis eur",
                                               U"preis eur",  U"einzelpreis €", U"preis €"};
constexpr std::u32string_view quantity_heads[] = {U"qty",   U"quantity", U"pcs",   U"units", U"数量",
                                                  U"menge", U"anzahl",   U"stück", U"stk"};
constexpr std::u32string_view amount_heads[] = {
    U"amount", U"total",  U"line total", U"sum",         U"total price", U"金额",    U"小计",       U"合计",
    U"总价",   U"betrag", U"gesamt",     U"gesamtpreis", U"summe",       U"g preis", U"betrag eur", U"gesamt eur"};
constexpr std::u32string_view item_heads[] = {U"description", U"item", U"product",     U"article", U"service",      U"name",
                                              U"position",    U"品名", U"名称",        U"商品",    U"项目",         U"商品名称",
                                              U"货物名称",    U"产品", U"bezeichnung", U"artikel", U"beschreibung", U"leistung",
                                              U"produkt",     U"pos",  U"ware"};

template <class List>
bool among(std::u32string_view label, const List& list) {
  return std::find(std::begin(list), std::end(list), label) != std::end(list);
}

struct Column {
  double x0 = 0, x1 = 0;
  bool price = false, quantity = false, amount = false, item = false;
};
// The columns of a table's head, or none.
std::vector<Column> head_of(const EvidenceLine& line) {
  std::vector<Column> columns;
  size_t known = 0;
  for (const Segment& segment : segments_of(line)) {
    const std::u32string label =
        plain_label(std::u32string_view(line.letters.text).substr(segment.begin, segment.end - segment.begin));
    Column column{segment.x0,
                  segment.x1,
                  among(label, price_heads),
                  among(label, quantity_heads),
                  among(label, amount_heads),
                  among(label, item_heads)};
    known += column.price || column.quantity || column.amount || column.item;
    columns.push_back(column);
  }
  if (columns.size() < 2 || known * 2 < columns.size() || known < 2) return {};
  return columns;
}

bool numeric(const Value& value) { return value.kind == Value::Kind::amount || value.kind == Value::Kind::number; }

}  // namespace

std::optional<ItemQuestion> item_question(std::string_view question) {
  std::u32string plain = plain_label(letters_of(question).text);
  if (plain.starts_with(U"请问")) plain.erase(0, 2);
  if (plain.starts_with(U"一") || plain.starts_with(U"总")) return {};
  for (const Ask& ask : asks) {
    if (!plain.starts_with(ask.before) || !plain.ends_with(ask.behind) || plain.size() <= ask.before.size() + ask.behind.size())
      continue;
    ItemQuestion out;
    out.wanted = ask.wanted;
    out.certain = ask.certain;
    out.item =
        plain_label(std::u32string_view(plain).substr(ask.before.size(), plain.size() - ask.before.size() - ask.behind.size()));
    for (const std::u32string_view one :
         {U"one ", U"each ", U"a single ", U"der ", U"die ", U"das ", U"ein ", U"eine ", U"einen "})
      if (out.item.starts_with(one)) out.item.erase(0, one.size());
    if (out.item.empty()) return {};
    return out;
  }
  return {};
}

std::optional<ShortAnswer> table_answer(const ItemQuestion& question,
                                        const std::vector<const std::vector<EvidenceLine>*>& pages) {
  const bool ideographic = std::any_of(question.item.begin(), question.item.end(), is_ideographic);
  std::optional<ShortAnswer> answer;
  std::set<std::string> different;
  for (const auto* lines : pages) {
    std::vector<Column> head;
    for (const EvidenceLine& line : *lines) {
      if (std::vector<Column> now = head_of(line); !now.empty()) {
        head = std::move(now);
        continue;
      }
      // The row's name is its first cell with letters; it must be the item's, no more and no less.
      const std::vector<Segment> segments = segments_of(line);
      size_t name = segments.size();
      for (size_t s = 0; s < segments.size() && name == segments.size(); ++s)
        for (size_t i = segments[s].begin; i < segments[s].end; ++i)
          if (is_letter(line.letters.text[i]) || is_ideographic(line.letters.text[i])) name = s;
      if (name == segments.size()) continue;
      size_t name_end = segments[name].end;
      for (const Value& v : line.values)  // "Milk 1.20" without a gap
        if (segments.size() == 1 && numeric(v) && v.begin > segments[name].begin &&
            (v.kind == Value::Kind::amount || v.key.find('.') != std::string::npos || v.end == line.letters.text.size())) {
          name_end = std::min(name_end, v.begin);
        }
      std::u32string label =
          plain_label(std::u32string_view(line.letters.text).substr(segments[name].begin, name_end - segments[name].begin));
      bool same = label == question.item;
      if (!same && !ideographic && label.size() > 2 && question.item.size() > 2)  // plural
        same = label + U"s" == question.item || question.item + U"s" == label;
      if (!same) continue;
      std::vector<const Value*> numbers;
      for (const Value& v : line.values)
        if (v.begin >= name_end && numeric(v)) numbers.push_back(&v);
      const Value* found = nullptr;
      if (!head.empty()) {
        const auto wants = [&](const Column& c) {
          return question.wanted == Wanted::price ? c.price : question.wanted == Wanted::quantity ? c.quantity : c.amount;
        };
        auto column = std::find_if(head.begin(), head.end(), wants);
        // A list with one sum a row: it is the price.
        if (column == head.end() && question.wanted == Wanted::price &&
            std::none_of(head.begin(), head.end(), [](const Column& c) { return c.quantity; }))
          column = std::find_if(head.begin(), head.end(), [](const Column& c) { return c.amount; });
        if (column == head.end() || std::count_if(head.begin(), head.end(), wants) > 1) return {};
        double nearest = 1e300;
        for (const Value* v : numbers) {
          const std::vector<Word>& words = line.line->words;
          if (words.empty()) return {};
          const double x0 = words[line.owner[v->begin]].box.x0, x1 = words[line.owner[v->end - 1]].box.x1;
          const double distance = std::min(
              {std::abs(x1 - column->x1), std::abs(x0 - column->x0), std::abs((x0 + x1) / 2 - (column->x0 + column->x1) / 2)});
          // It must be nearer to this head than to any other.
          bool mine = true;
          for (const Column& other : head) {
            if (&other == &*column) continue;
            const double there =
                std::min({std::abs(x1 - other.x1), std::abs(x0 - other.x0), std::abs((x0 + x1) / 2 - (other.x0 + other.x1) / 2)});
            mine &= distance < there;
          }
          if (mine && distance < nearest) nearest = distance, found = v;
        }
      } else if (question.wanted == Wanted::price && numbers.size() == 1 &&
                 (numbers[0]->kind == Value::Kind::amount || numbers[0]->key.find('.') != std::string::npos ||
                  line.letters.text.find(U'.', numbers[0]->begin) < numbers[0]->end)) {
        found = numbers[0];
      }
      if (!found) return {};
      // "1 250" is one number or two.
      const auto digit_at = [&](size_t i) { return i < line.letters.text.size() && is_digit(line.letters.text[i]); };
      const auto blank_at = [&](size_t i) { return i < line.letters.text.size() && line.letters.text[i] == U' '; };
      if (digit_at(found->begin) && found->begin >= name_end + 2 && blank_at(found->begin - 1) && digit_at(found->begin - 2))
        return {};
      if (digit_at(found->end - 1) && blank_at(found->end) && digit_at(found->end + 1)) return {};
      different.insert(found->key);
      if (answer) continue;
      answer.emplace();
      const std::vector<Word>& words = line.line->words;
      std::set<size_t> matched;
      for (size_t i = segments[name].begin; i < name_end; ++i)
        if (!is_blank(line.letters.text[i])) matched.insert(line.owner[i]);
      std::string value;
      size_t last = words.size();
      for (size_t i = found->begin; i < found->end; ++i) {
        // "14 EUR 31.50": a number of things has no currency, the next cell has.
        if (is_blank(line.letters.text[i]) && question.wanted == Wanted::quantity && is_digit(line.letters.text[found->begin]))
          break;
        if (is_blank(line.letters.text[i])) continue;
        matched.insert(line.owner[i]);
        if (!words.empty() && line.owner[i] != last) {
          value += (value.empty() ? "" : " ") + words[line.owner[i]].text;
          last = line.owner[i];
        }
      }
      answer->value = value.empty() ? found->key : value;
      answer->lines = {&line};
      answer->found = {{0, {matched.begin(), matched.end()}}};
    }
  }
  if (different.size() != 1) return {};
  return answer;
}

}  // namespace bifrons
