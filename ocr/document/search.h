// ocr/document/search.h - the best passages for a question, and the place of a quotation. BM25 and nearness over case-folded,
// lightly stemmed words with numbers and codes kept whole and split, ideographs as bigrams; fuzzy alignment by Levenshtein.
// Source: documents.md 6, 7.2.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ocr/document/chunks.h"
#include "ocr/document/document.h"

namespace bifrons {

struct Hit {
  Chunk chunk;
  double score = 0;  // larger is better
};
// The passages of one or several documents, in memory or in the page library's database (SQLite FTS5).
class SearchIndex {
 public:
  SearchIndex();  // in memory
  ~SearchIndex();
  SearchIndex(SearchIndex&&) noexcept;
  SearchIndex& operator=(SearchIndex&&) noexcept;
  void add(const Chunk& chunk);
  std::vector<Hit> search(std::string_view question, int most) const;  // best first

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The terms that search compares: "INV-2024-17" -> inv-2024-17, inv, 2024, 17; Chinese as single ideographs and bigrams. Stop
// words are left out: a question of nothing else has no terms, and no hits.
std::vector<std::string> search_terms(std::string_view text);

// More of its words are known to be German than English. Terms of such texts have German stems and the parts of compounds too.
bool reads_as_german(std::string_view text);

struct Place {
  int64_t page = 0;
  std::vector<std::string> lines;  // ids
  Box box;                         // of the matched words; of the lines if unsure
  std::string quote;               // the words as they stand there
  double similarity = 0;           // 1 - Levenshtein / longer length, after folding case, spaces, line-end hyphens, width forms
  double confidence = -1;          // lowest of the matched words, -1: a text layer
};
// Where `text` stands: best places first (equal ones in reading order), similarity >= `least`, on one page each. Places begin and
// end at the edges of words, numbers or single ideographs; a word of several ideographs may be covered in part. The second form
// looks at the passage's lines only.
std::vector<Place> locate(const std::vector<Page>& pages, std::string_view text, int most = 3, double least = 0.8);
std::vector<Place> locate(const std::vector<Page>& pages, const Chunk& within, std::string_view text, int most = 3,
                          double least = 0.8);

}  // namespace bifrons
