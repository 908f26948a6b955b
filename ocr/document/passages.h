// ocr/document/passages.h - passages and their terms in a SQLite database (FTS5 as the inverted file), ranked by BM25 with the
// statistics of the one document that is asked, and by how much of the question stands together. Used by SearchIndex (in memory)
// and Library (in its file).
//
// FTS5's own bm25() is not used: its statistics are those of the whole table, here of all documents together, and it gives
// nothing for terms that more than half of the passages have, which in short documents are many.
#pragma once

#include <string_view>
#include <vector>

#include "ocr/document/quotation.h"
#include "ocr/document/search.h"
#include "ocr/document/sqlite.h"

namespace bifrons {

// A passage's number: document (27 bits), page (20), and which on the page (16), so that a document's and a page's are ranges.
constexpr int64_t most_document = (1 << 27) - 1, most_page = (1 << 20) - 1, most_passage = (1 << 16) - 1;
constexpr int64_t passage_id(int64_t document, int64_t page, int64_t index) { return document << 36 | page << 16 | index; }
constexpr int64_t document_of(int64_t passage) { return passage >> 36; }
constexpr int64_t page_of(int64_t passage) { return passage >> 16 & most_page; }

class Passages {
 public:
  static const char* schema();  // statements that create the tables
  explicit Passages(const Sqlite& database) : database_(database) {}

  // These two belong in a transaction of the caller's.
  void add(int64_t id, const Chunk& chunk);
  void add_unsearched(int64_t id, const Chunk& chunk);  // for pages_near() only
  void remove(int64_t document, int64_t first_page, int64_t last_page);
  std::vector<Hit> search(int64_t document, std::string_view question, int most) const;  // best first
  // Pages whose passages may hold the quotation, and its distance there; nearest first.
  std::vector<std::pair<int64_t, size_t>> pages_near(int64_t document, const QuotationFinder& quotation) const;

 private:
  void count(int64_t document, int64_t passages, int64_t terms);
  Chunk read(int64_t id) const;
  const Sqlite& database_;
};

}  // namespace bifrons
