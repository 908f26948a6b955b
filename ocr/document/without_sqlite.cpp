// ocr/document/without_sqlite.cpp - search and library in a build without documents: each says that it is not there.
#include "ocr/document/library.h"
#include "ocr/document/search.h"

namespace bifrons {
namespace {

[[noreturn]] void lacking() {
  fail(Fault::lacking,
       "this build has no documents: configure with -DBIFRONS_DOCUMENTS=ON (it needs libsqlite3-dev among others)");
}

}  // namespace

struct SearchIndex::State {};
SearchIndex::SearchIndex() { lacking(); }
SearchIndex::~SearchIndex() = default;
SearchIndex::SearchIndex(SearchIndex&&) noexcept = default;
SearchIndex& SearchIndex::operator=(SearchIndex&&) noexcept = default;
void SearchIndex::add(const Chunk&) { lacking(); }
std::vector<Hit> SearchIndex::search(std::string_view, int) const { lacking(); }

struct Library::State {};
Library::Library(const std::filesystem::path&, uint64_t) { lacking(); }
Library::~Library() = default;
std::filesystem::path Library::standard_place() { lacking(); }
Library::FileId Library::file_id(const std::filesystem::path&) { lacking(); }
std::filesystem::path Library::set_aside(const std::filesystem::path&, FileId) { lacking(); }
Library::Key Library::open(const DocumentFile&, const std::string&, int64_t) { lacking(); }
std::optional<Library::Key> Library::find(const std::string&, const std::string&) const { lacking(); }
std::vector<int64_t> Library::pages(Key) const { lacking(); }
void Library::store(Key, const Page&) { lacking(); }
void Library::finish(Key, const Document&) { lacking(); }
bool Library::finished(Key) const { lacking(); }
std::optional<Page> Library::page(Key, int64_t) const { lacking(); }
Document Library::head(Key) const { lacking(); }
Document Library::document(Key) const { lacking(); }
std::vector<Hit> Library::search(Key, std::string_view, int) const { lacking(); }
std::vector<Place> Library::locate(Key, std::string_view, int, double) const { lacking(); }
std::vector<Library::Entry> Library::entries() const { lacking(); }
int64_t Library::forget(const std::string&) { lacking(); }

}  // namespace bifrons
