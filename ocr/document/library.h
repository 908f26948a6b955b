// ocr/document/library.h - the page library: documents by content hash and settings in one SQLite file, so that a second question
// does not read again. Several processes may share it; a killed process loses no page it had stored. Source: documents.md 6.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ocr/document/damaged.h"
#include "ocr/document/document.h"
#include "ocr/document/search.h"

namespace bifrons {

// Any of its functions may be called by several threads and processes at once. They throw DatabaseTrouble where the file cannot
// be used, DamagedDatabase when it turns out to be damaged; every page that comes out has gone through parse_page.
class Library {
 public:
  // Creates what is missing. `most_bytes`: the least recently used documents leave when it grows larger. Throws DatabaseTrouble,
  // among others when the file is no such database (it is left untouched).
  static constexpr uint64_t standard_bytes = 2ull << 30;
  explicit Library(const std::filesystem::path& file, uint64_t most_bytes = standard_bytes);
  ~Library();
  static std::filesystem::path standard_place();  // $XDG_CACHE_HOME/bifrons/library.sqlite, or ~/.cache/...
  struct FileId {
    uint64_t device = 0, number = 0;
    bool operator==(const FileId&) const = default;
  };
  static FileId file_id(const std::filesystem::path& file);  // zeros where there is none
  // Gives a damaged file and its log another name, which it returns, so that a fresh one can begin; deletes nothing. Nothing is
  // done, and nothing returned, where `file` is no longer the damaged one: another process set that aside. This process must have
  // closed it. Throws Error, the file where it was, when another process has it open or it cannot be renamed.
  static std::filesystem::path set_aside(const std::filesystem::path& file, FileId damaged);

  using Key = int64_t;
  Key open(const DocumentFile& file, const std::string& settings,
           int64_t page_count);  // finds it or begins it; those begun a day ago and never read leave
  std::optional<Key> find(const std::string& sha256, const std::string& settings) const;
  std::vector<int64_t> pages(Key key) const;  // numbers of the pages it has, ascending
  // The page as it is by itself: what is stored must not depend on what else was asked for, so running heads are marked when
  // pages are handed out. Replaces the page if it is there; those of a finished document are final. A document that left
  // meanwhile begins anew.
  void store(Key key, const Page& page);
  // Status and warnings, when all pages are there; and the passages of all of them, whose running heads are known now: one
  // transaction. A document that began anew while it was read stays unfinished.
  void finish(Key key, const Document& document);
  bool finished(Key key) const;
  std::optional<Page> page(Key key, int64_t number) const;
  Document head(Key key) const;      // without pages; its warnings are those that it was finished with
  Document document(Key key) const;  // with all its stored pages, and their warnings where it is not finished
  // These two of a finished document; of others there is nothing to be found.
  std::vector<Hit> search(Key key, std::string_view question, int most) const;
  // As bifrons::locate, one page after the other, the most promising first, so that memory stays small.
  std::vector<Place> locate(Key key, std::string_view text, int most = 3, double least = 0.8) const;

  struct Entry {
    Key key = 0;
    DocumentFile file;
    std::string settings;
    int64_t pages = 0;
    uint64_t bytes = 0;
    int64_t used = 0;  // seconds since 1970
  };
  std::vector<Entry> entries() const;         // also those without a page
  int64_t forget(const std::string& sha256);  // how many documents left; empty: all
 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bifrons
