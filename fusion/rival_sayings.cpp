// fusion/rival_sayings.cpp - see rival_sayings.h.
#include "fusion/rival_sayings.h"

#include <algorithm>

#include "fusion/evidence.h"
#include "fusion/rival_beside.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons::rival_words {

namespace {

using View = std::u32string_view;

constexpr size_t most_sayings = 16;  // of one statement

class Reader {
 public:
  Reader(std::string_view statement, std::string_view question)
      : letters_(letters_of(statement)),
        written_(code_points(statement)),
        asked_(letters_of(question).text),
        claim_(claim_of(statement, question)),
        values_(find_values(letters_)) {}

  std::vector<Saying> all() {
    if (claim_.negated) return {};
    for (size_t row = 0; row < rivals().size(); ++row)
      if (rivals()[row].of == Of::names)
        names(row);
      else
        values(row);
    if (said_.size() > most_sayings) said_.resize(most_sayings);
    return std::move(said_);
  }

 private:
  void values(size_t row) {
    const Rivals& rival = rivals()[row];
    const View text = letters_.text;
    std::vector<Item> items;
    std::vector<const Value*> of_items;
    for (const Value& value : values_)
      if (is_of(rival.of, value)) items.push_back({{value.begin, value.end}, {}}), of_items.push_back(&value);
    if (items.empty()) return;
    const std::vector<Mark> marks = marks_of(text, row);
    if (std::any_of(marks.begin(), marks.end(), [&](const Mark& m) { return m.of >= rival.classes.size(); })) return;
    std::vector<bool> used;
    assign(text, rival.of, rival.classes.size(), marks, used, items);
    if (items.size() == 1 && !items.front().owner) {
      if (!marks.empty() && !relative(text, marks.front()))
        items.front().owner = only_class(marks, rival.classes.size());
      else if (marks.empty() && is_bare())
        items.front().owner = only_class(strong(marks_of(asked_, row)), rival.classes.size());
    }
    for (size_t i = 0; i < items.size(); ++i)
      if (items[i].owner) said_.push_back({row, *items[i].owner, *of_items[i]});
  }
  // The statement says nothing beside the value that the question does not.
  bool is_bare() const {
    if (values_.size() != 1) return false;  // a row of a table
    return std::all_of(claim_.parts.begin(), claim_.parts.end(), [](const Claim::Part& part) {
      return part.kind == Claim::Part::Kind::value || part.kind == Claim::Part::Kind::phrase || part.asked ||
             (part.kind == Claim::Part::Kind::word && part.weight < 1);  // a month's name
    });
  }

  // "The landlord is X", "X is the landlord", and "X" where it was asked who the landlord is.
  void names(size_t row) {
    static constexpr View breaks[] = {U" and ", U" und ", U", ", U"; "};
    const View text = letters_.text;
    const size_t classes = rivals()[row].classes.size();
    for (size_t from = 0; from < text.size();) {
      size_t end = text.size(), next = text.size();
      for (const View sign : breaks)
        if (const size_t at = text.find(sign, from); at < end) end = at, next = at + sign.size();
      clause(row, classes, from, end);
      from = next;
    }
  }
  void clause(size_t row, size_t classes, size_t from, size_t end) {
    const View text = View(letters_.text).substr(from, end - from);
    const std::vector<Mark> marks = strong(marks_of(text, row));
    static constexpr View copulas[] = {U"is", U"are", U"was", U"ist", U"war", U"sind"};
    if (marks.size() == 1) {
      const Mark& mark = marks.front();
      // Behind the label.
      size_t at = mark.end;
      bool copula = false;
      while (at < text.size()) {
        size_t stop = at;
        while (stop < text.size() && alnum(text[stop])) ++stop;
        const View word = text.substr(at, stop - at);
        if (stop == at) {
          if (text[at] == U':' || View(U"为是").find(text[at]) != View::npos)
            copula = true;
          else if (!is_space(text[at]))
            break;
          ++at;
        } else if (among(word, copulas)) {
          copula = true, at = stop;
        } else if (joins_label(word)) {
          at = stop;
        } else {
          break;
        }
      }
      if (copula && at < text.size()) return take(row, mark.of, from + at, end);
      // Before it.
      const std::vector<View> words = words_in(text.substr(0, mark.begin));
      for (size_t i = words.size(); i-- > 0;)
        if (among(words[i], copulas)) {
          const size_t stop = size_t(words[i].data() - text.data());
          if (joined_behind(text.substr(stop, mark.begin - stop))) take(row, mark.of, from, from + stop);
          return;
        }
      if (const size_t is = text.find(U'是'); is < mark.begin && is > 0) take(row, mark.of, from, from + is);
    } else if (marks.empty() && from == 0) {
      const bool who = asked_.starts_with(U"who is ") || asked_.starts_with(U"wer ist ") || asked_.find(U'谁') != View::npos;
      const auto only = who ? only_class(strong(marks_of(asked_, row)), classes) : std::nullopt;
      if (only && words_in(text).size() <= 8) take(row, *only, 0, end);
    }
  }
  void take(size_t row, size_t of, size_t from, size_t end) {
    const View text = letters_.text;
    while (from < end && !alnum(text[from]) && !is_ideographic(text[from])) ++from;
    while (end > from && !alnum(text[end - 1]) && !is_ideographic(text[end - 1])) --end;
    bool name = false;
    for (size_t i = from; i < end && i < written_.size(); ++i) name |= is_ideographic(text[i]) || written_[i] != text[i];
    if (name && end - from >= 2) said_.push_back({row, of, {}, std::u32string(text.substr(from, end - from))});
  }

  Letters letters_;
  std::u32string written_, asked_;
  Claim claim_;
  std::vector<Value> values_;
  std::vector<Saying> said_;
};

}  // namespace

std::vector<Saying> sayings_of(std::string_view statement, std::string_view question) {
  return Reader(statement, question).all();
}

}  // namespace bifrons::rival_words
