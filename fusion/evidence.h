// fusion/evidence.h - does a statement stand in these lines? The statement's values, quotations, names and rare words are looked
// for in prepared lines; values must be there exactly, names and quotations nearly, enough of the rest. Source: documents.md 7.2,
// 7.3. No model, no judgement of meaning: what cannot be shown on the page is not supported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/values.h"
#include "ocr/document/document.h"

namespace bifrons {

// One line of a page, ready to be compared. The page must outlive it.
struct EvidenceLine {
  const Line* line = nullptr;
  int64_t document = 0, page = 0;
  Page::Unit unit = Page::Unit::pt;
  Letters letters;            // of the words joined by blanks
  std::vector<size_t> owner;  // word of each character
  std::vector<Value> values;
  struct Token {
    std::u32string text;
    size_t begin = 0;  // character
  };
  std::vector<Token> tokens;  // words of letters and digits, as they stand
};
EvidenceLine evidence_line(const Line& line, int64_t document, int64_t page, Page::Unit unit);
std::vector<EvidenceLine> evidence_lines(const Page& page, int64_t document);

struct Claim {
  struct Part {
    enum class Kind { word, name, value, quote, ideographs, phrase } kind = Kind::word;  // phrase: must stand so, blanks aside
    std::u32string text;
    Value value;
    double weight = 1;
    bool required = false;
    bool asked = false;     // also in the question: proves nothing by itself
    bool labelled = false;  // a value that is known to have the statement's label in the document: rival_labels.h
  };
  std::vector<Part> parts;
  std::u32string tight;  // the statement's letters and digits without blanks
  bool negated = false;
  std::vector<std::string> pages;       // "on page 2": numbers that must be those of the places
  std::vector<std::u32string> context;  // words of statement and question: labels that may stand beside a value
};
Claim claim_of(std::string_view statement, std::string_view question);
// Words that say something: no articles, no "the document states"; folded. Ideographs as pairs.
std::vector<std::u32string> content_words(std::string_view text);
bool same_word(std::u32string_view a, std::u32string_view b);  // up to an ending: deliver, delivery

struct Support {
  bool supported = false;
  double similarity = 0;  // of a direct quotation, else the share of the statement that was found
  struct Found {
    size_t line = 0;            // index into the lines given
    std::vector<size_t> words;  // that matched, ascending
  };
  std::vector<Found> found;  // in the order of the lines
};
Support support(const Claim& claim, std::span<const EvidenceLine* const> lines);

}  // namespace bifrons
