// ocr/document/search.cpp - SearchIndex: passages in a database in memory. The other functions of search.h: terms.cpp,
// locate.cpp.
#include "ocr/document/search.h"

#include "ocr/document/passages.h"

namespace bifrons {

struct SearchIndex::State {
  Sqlite database;
  Passages passages{database};
  int64_t count = 0;
};

SearchIndex::SearchIndex() : state_(std::make_unique<State>()) { state_->database.execute(Passages::schema()); }
SearchIndex::~SearchIndex() = default;
SearchIndex::SearchIndex(SearchIndex&&) noexcept = default;
SearchIndex& SearchIndex::operator=(SearchIndex&&) noexcept = default;

void SearchIndex::add(
    const Chunk& chunk) {  // numbered one after the other: the pages' numbers may come again for other documents
  state_->passages.add(passage_id(1, 0, 0) + state_->count++, chunk);
}
std::vector<Hit> SearchIndex::search(std::string_view question, int most) const {
  return state_->passages.search(1, question, most);
}

}  // namespace bifrons
