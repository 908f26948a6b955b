// demos/documents.h - documents as the commands open them: options of reading, the page library in front of the reader, progress,
// and pages that have been read already.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "demos/common.h"
#include "demos/memory_file.h"
#include "fusion/document_answer.h"
#include "ocr/document/library.h"
#include "ocr/reader/reader.h"

namespace bifrons {

struct ReadingOptions {  // as typed
  std::string languages, pages, ocr = "auto", library;
  bool password_stdin = false, no_library = false;
  uint64_t library_bytes = 0;  // 0: library_bytes of the config file, else Library's own
  ReadLimits limits;
};
void add_reading(Command& command, ReadingOptions& options);

// The reader, the library and how to read: one for a whole command.
class ReadingDesk {
 public:
  // Throws Fault::lacking when this build reads no documents, Fault::arguments for senseless options. Takes the password, the
  // first line of stdin, if it was announced.
  ReadingDesk(const Common& common, const ReadingOptions& options);

  const Common& common() const { return common_; }
  const DocumentReader& reader() const { return reader_; }
  const ReadOptions& options() const { return options_; }
  Library* library() const { return library_.get(); }  // null: nothing is kept, and nothing that was kept is used
  bool keeps() const { return library_ && keeps_; }    // false: what is read from now on is in memory only
  const std::filesystem::path& library_file() const { return library_file_; }
  // The library is a cache: the work goes on without one that cannot be used, which is said once. Everybody's that turned out
  // to be damaged is set aside and a fresh one begun; one that the user named is left to the user. Keys are of one library
  // only, so those of other numbers are worth nothing. To be called where `trouble` is caught; throws it on while
  // `hold_library` holds, as somebody else may have the library open.
  void replace_library(const DatabaseTrouble& trouble) const;
  // What it has is used, but it takes no more pages: the disk is full, or it is read-only.
  void stop_keeping(const DatabaseTrouble& trouble) const;
  std::vector<Warning> warnings() const;  // of the library; they have been said
  int64_t library_number() const { return library_number_; }
  void hold_library(bool hold) { held_ = hold; }
  bool stdin_taken() const { return stdin_taken_; }  // by the password

 private:
  void open_library() const;
  void warn(const std::string& sentence) const;
  void warn_of_none(const std::string& why) const;
  uint64_t most_library_bytes_ = 0;

  const Common& common_;
  ReadOptions options_;
  bool stdin_taken_ = false;
  DocumentReader reader_;
  std::filesystem::path library_file_;
  bool named_ = false;  // the library, by the user
  bool held_ = false;
  mutable std::unique_ptr<Library> library_;  // replaced when it is damaged, whoever finds that out
  mutable int64_t library_number_ = 0;
  mutable Library::FileId library_id_;
  mutable std::mutex mutex_;  // of what follows
  mutable std::atomic<bool> keeps_{true};
  mutable bool told_ = false;  // that nothing is kept
  mutable std::vector<Warning> warnings_;
};

// The library that the options name, or where everybody's is. Throws Error.
std::filesystem::path library_place(const ReadingOptions& options);

// One file: what it is, which of its pages are asked for, which are there already.
class OpenDocument {
 public:
  // "-" is stdin, kept in memory. Throws DocumentFailure and other Errors in sentences that name the file as it was given.
  OpenDocument(const ReadingDesk& desk, const std::string& file);
  ~OpenDocument();
  OpenDocument(OpenDocument&&) noexcept;

  const DocumentFile& file() const { return looked_.file; }
  Page::Unit unit() const { return looked_.file.type == "pdf" ? Page::Unit::pt : Page::Unit::px; }
  const std::string& shown_name() const { return shown_; }
  int64_t page_count() const { return looked_.page_count; }     // of the file
  const std::vector<int64_t>& asked() const { return asked_; }  // numbers of the pages asked for, ascending
  std::vector<int64_t> missing() const;                         // of these, not read yet

  struct Reading {
    std::function<void(const Page&)> on_page;                      // every page asked for, in order, also those read before
    std::function<void(int64_t done, int64_t total)> on_progress;  // of the pages that have to be read now
    std::function<bool()> cancelled;
  };
  // Reads what is missing; each page is kept as soon as it is there. Throws DocumentFailure when none of the pages asked for
  // could be read at all: "not found in the document" would be said of a document that nobody has seen.
  void read(const Reading& reading);
  void read_with_progress();  // the same, with a bar on the terminal

  // Of what has been read: the document's own warnings and those of its pages; partial when a page could not be read whole.
  Document::Status status() const;
  const std::vector<Warning>& warnings() const;

  std::unique_ptr<PageSource> source(const Library& library) const;  // the same through another connection to the library
  std::vector<Place> locate(std::string_view text, int most) const;
  std::unique_ptr<PageSource> source() const;  // the pages asked for, as far as they are read; this must outlive it
  Document head() const;                       // without its pages
  // Those asked for, in order, one at a time: together they may be larger than what a document may cost.
  void each_page(const std::function<void(const Page&)>& visit) const;
  PagePicture picture(int64_t page, int64_t most_pixels = 1600) const;

 private:
  struct Kept;         // what there is of it: its place in the library, and pages in memory where there is none
  class Pages;         // as a source, whatever becomes of the library
  struct Telling;      // pages on their way to whoever reads them
  void begin() const;  // in the desk's library as it is now
  bool whole_in(const Library& library) const;
  void note(const std::vector<Warning>& warnings) const;
  void read_missing(Telling& telling) const;
  void read_pages(const std::vector<int64_t>& numbers, Telling& telling) const;
  void take(Page&& page, Telling& telling) const;
  void take_until(int64_t number, Telling& telling) const;  // pages before it, all of which are there
  void hold(int64_t number, std::string json) const;        // a page that no library keeps
  void finish() const;
  std::vector<int64_t> not_there() const;
  std::optional<Page> find_page(int64_t number) const;
  std::unique_ptr<PageSource> kept_pages() const;
  void expect_readable() const;
  // Work on what is kept: when the library cannot be used any more, it is replaced and the work begins again.
  template <class Work>
  auto healed(Work work) const;
  // The same with all pages there that were there before.
  template <class Work>
  auto with_pages(Work work) const;
  template <class Work>
  auto named(Work work) const;  // failures name the file as it was given

  const ReadingDesk& desk_;
  std::string shown_;
  std::filesystem::path path_;
  std::optional<MemoryFile> memory_;  // stdin's bytes
  Document looked_;
  std::vector<int64_t> asked_;
  std::unique_ptr<Kept> kept_;
};

}  // namespace bifrons
