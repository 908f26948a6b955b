// fusion/marked_pages.cpp - see marked_pages.h.
#include "fusion/marked_pages.h"

#include <map>
#include <utility>

#include "ocr/document/chunks.h"
#include "ocr/document/head_marks.h"
#include "ocr/document/running_heads.h"

namespace bifrons {
namespace {

class MarkedPages : public PageSource {
 public:
  explicit MarkedPages(KeptPages kept) : kept_(std::move(kept)) {}
  const DocumentFile& file() const override { return kept_.file; }
  std::vector<int64_t> pages() const override { return kept_.numbers(); }
  Page page(int64_t number) const override {
    if (!marks_.count(number)) look_through();
    const auto marks = marks_.find(number);
    std::optional<Page> page;
    if (marks != marks_.end()) page = kept_.page(number);
    if (!page) fail(Fault::unreadable, kept_.file.name, ": page ", number, " is not among the pages that were read");
    mark_heads(*page, marks->second);
    return std::move(*page);
  }
  std::vector<Hit> search(std::string_view question, int most) const override {
    if (kept_.search) return kept_.search(question, most);
    if (!index_ || kept_.numbers() != seen_) look_through();
    return index_->search(question, most);
  }

 private:
  // One page after the other: all together may be large.
  void look_through() const {
    seen_ = kept_.numbers();
    marks_.clear();
    index_.reset();
    if (!kept_.search) index_ = std::make_unique<SearchIndex>();
    RunningHeads heads;
    std::string heading;
    const auto take = [&](const std::vector<Page>& ready) {
      for (const Page& page : ready) {
        marks_[page.page] = head_marks(page);
        if (!index_) continue;
        for (const Chunk& chunk : make_chunks(page, heading)) index_->add(chunk);
      }
    };
    for (const int64_t number : seen_)
      if (std::optional<Page> page = kept_.page(number)) take(heads.add(std::move(*page)));
    take(heads.finish());
  }

  KeptPages kept_;
  mutable std::vector<int64_t> seen_;  // when it was looked through
  mutable std::map<int64_t, std::vector<HeadMark>> marks_;
  mutable std::unique_ptr<SearchIndex> index_;
};

}  // namespace

std::unique_ptr<PageSource> marked_pages(KeptPages kept) { return std::make_unique<MarkedPages>(std::move(kept)); }

std::unique_ptr<PageSource> source_of(const Library& library, Library::Key key) {
  KeptPages kept;
  kept.file = library.head(key).file;
  kept.numbers = [&library, key] { return library.pages(key); };
  kept.page = [&library, key](int64_t number) { return library.page(key, number); };
  if (library.finished(key))
    kept.search = [&library, key](std::string_view question, int most) { return library.search(key, question, most); };
  return marked_pages(std::move(kept));
}

}  // namespace bifrons
