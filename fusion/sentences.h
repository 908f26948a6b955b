// fusion/sentences.h - the sentences of documents ranked by a question: by how much of what is asked they hold, in its words or
// in others that mean nearly the same, and whether the kind of thing is there. What is quoted, and what goes before the model.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fusion/asked.h"
#include "fusion/passages.h"

namespace bifrons {

// Words of a block that are read as one: a sentence, a row of cells, a label with the line below it.
struct Sentence {
  struct Part {
    const EvidenceLine* line = nullptr;
    size_t begin = 0, end = 0;  // characters
  };
  std::vector<Part> parts;
  size_t block = 0;           // counted over all pages
  size_t document_begin = 0;  // the document's first sentence
  bool is_heading = false;
  double score = 0;
  bool worth = false;  // enough of the question is in it or around it
};

// Of a document of up to 40 pages every sentence is ranked; of a longer one those of the pages that search names.
class SentenceRanking {
 public:
  SentenceRanking(std::string_view question, PageShelf& shelf);  // the shelf must outlive it

  std::vector<const Sentence*> ranked() const;         // all that hold anything, best first
  std::vector<const Sentence*> worth_quoting() const;  // of these; none where not one is worth showing by itself
  // What tells what the papers are: of each its first headings and sentences of prose, in its order.
  std::vector<const Sentence*> introducing(size_t most) const;

 private:
  void gather(int64_t document);
  void gather(int64_t document, int64_t number, size_t begin);
  void weigh();
  const Asked& asked(const Sentence& sentence) const { return asked_[size_t(sentence.parts.front().line->document)]; }
  double holds_here(const EvidenceLine& line, size_t begin, size_t end, size_t t) const;
  double held_in(const Sentence& sentence, size_t t) const;
  bool defines(const Sentence& sentence, size_t t) const;
  bool in_a_row(const Sentence& sentence, size_t t) const;
  void score(size_t s);

  static constexpr size_t none = size_t(-1);
  std::string_view question_;
  PageShelf& shelf_;
  bool of_another_;           // the question names the next one, or the one before
  std::vector<Asked> asked_;  // of each document: the same terms, with its language's words for them
  std::vector<Sentence> sentences_;
  std::vector<size_t> headings_;                                               // above each sentence
  std::vector<size_t> heads_;                                                  // of the table that each sentence is a row of
  std::vector<std::vector<double>> held_;                                      // by sentence and term
  std::vector<double> rarity_;                                                 // of each term, over the sentences
  std::map<std::tuple<int64_t, int64_t, std::string>, double> passage_share_;  // of a line's best passage, 1 the best of all
  size_t blocks_ = 0;
  bool found_ = false;
};

}  // namespace bifrons
