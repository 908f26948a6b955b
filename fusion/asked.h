// fusion/asked.h - what a question (English, Chinese, German) asks for, by its words alone: the kind of thing that answers it,
// and the words that the answer's sentence should hold, each with others that mean nearly the same in business papers. Used to
// rank quotations, never to decide that something is an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/answer_phrases.h"
#include "fusion/evidence.h"

namespace bifrons {

enum class AnswerKind { any, date, duration, money, number, percent, person, place, reason };

struct Asked {
  struct Term {
    std::u32string text;                            // a folded word; of Chinese a word of the lists, else a pair of ideographs
    std::vector<std::u32string_view> near = {};     // nearly the same; static storage
    bool follows = false;                           // stands right behind the term before it
    bool german = false;                            // compared by German endings and as part of compounds
    std::optional<Value::Kind> shown = {};          // a value of this kind shows the thing without its name: a telephone number
    std::vector<std::u32string> initials = {};      // of this and its neighbours in the question: "NI" of "National Insurance"
    std::vector<std::u32string> compounds = {};     // German: with another word for its last part
    std::vector<std::u32string_view> foreign = {};  // what the paper writes for it, where that is in another language
    bool measure = false;                           // of such a paper: "period", "number" say little by themselves
  };
  AnswerKind kind = AnswerKind::any;
  bool german = false;
  Tongue tongue = Tongue::english, paper = Tongue::english;  // of the question; of the paper, the same where not told otherwise
  std::vector<Term> terms;                                   // each once, at most 48; no question words where there are others
};
Asked asked_of(std::string_view question);
// The same of a paper in this language: where it is not the question's, terms get the paper's words for them.
Asked asked_of(std::string_view question, Tongue paper);

// How well characters [begin, end) of a line hold the term: 1 the word itself up to its ending, less one that means nearly the
// same, 0 neither.
double holds(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& term);
double holds(std::u32string_view word, const Asked::Term& term);
double holds_foreign(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& term, Tongue paper);
// The one right behind the other?
bool holds_in_a_row(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& first, const Asked::Term& second);

// Do characters [begin, end) of a line hold something of this kind? 0 to 1.
double holds(const EvidenceLine& line, size_t begin, size_t end, AnswerKind kind, bool german = false);

}  // namespace bifrons
