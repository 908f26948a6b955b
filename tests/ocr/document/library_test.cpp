// tests/ocr/document/library_test.cpp - the page library: what goes in comes out, for several processes, within its size, and
// from damaged files only a sentence.
#include "ocr/document/library.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ocr/document/exports.h"
#include "ocr/document/library_file.h"
#include "ocr/document/sqlite.h"
#include "tests/memory_in_use.h"
#include "tests/ocr/document/made_pages.h"
#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

DocumentFile file_named(const std::string& name) {
  DocumentFile file{name, "pdf", 1234, std::string(64, '0')};
  for (size_t i = 0; i < name.size() && i < 64; ++i) file.sha256[i] = "0123456789abcdef"[name[i] & 15];
  return file;
}
std::string content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}
std::string run_sql(const std::filesystem::path& path, const std::string& sql) {  // as somebody else's program
  sqlite3* database = nullptr;
  char* message = nullptr;
  sqlite3_open(path.c_str(), &database);
  sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  const std::string said = message == nullptr ? "" : message;
  sqlite3_free(message);
  sqlite3_close(database);
  return said;
}

TEST(Library, WhatGoesInComesOut) {
  const TemporaryFolder folder;
  const auto place = folder / "a";
  const auto path = place / "b" / "library.sqlite";
  const MadeDocument made = made_english(8, 60);
  Document document{file_named("Angebot \u00FC.pdf"),
                    Document::Status::partial,
                    {{"timeout", 2, "page 2 took too long"}},
                    int64_t(made.pages.size()),
                    made.pages};
  Library::Key key = 0;
  {
    Library library(path);
    EXPECT_EQ(library.find(document.file.sha256, "eng"), std::nullopt);
    key = library.open(document.file, "eng", document.page_count);
    EXPECT_FALSE(library.finished(key));
    EXPECT_THAT(library.pages(key), IsEmpty());
    EXPECT_EQ(library.page(key, 1), std::nullopt);
    for (const Page& page : made.pages) library.store(key, page);
    EXPECT_EQ(library.document(key).status, Document::Status::partial);
    EXPECT_THAT(library.search(key, made.questions[0].text, 3), IsEmpty()) << "not all of it is there";
    library.finish(key, document);
    library.store(key, made_page(1, {}));  // what another process had in hand
    EXPECT_EQ(library.open(document.file, "eng", document.page_count), key);
    EXPECT_NE(library.open(document.file, "chi_sim", document.page_count), key);
  }
  Library library(path);
  ASSERT_EQ(library.find(document.file.sha256, "eng"), key);
  EXPECT_TRUE(library.finished(key));
  EXPECT_EQ(library.pages(key).size(), made.pages.size());
  EXPECT_EQ(page_json(library.page(key, 2).value()), page_json(made.pages[1]));
  EXPECT_EQ(document_json(library.document(key)), document_json(document));
  const auto hits = library.search(key, made.questions[0].text, 3);
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(hits[0].chunk.page, made.questions[0].page);
  const auto places = library.locate(key, made.pages[1].blocks[1].lines[0].text);
  ASSERT_FALSE(places.empty());
  EXPECT_EQ(places[0].page, 2);
  EXPECT_THAT(library.locate(key, "words that stand nowhere in it"), IsEmpty());
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat((place / "b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((path.string() + "-wal").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}
TEST(Library, SearchGivesTheSameAsTheIndexInMemory) {
  const TemporaryFolder folder;
  Library library(folder / "l");
  const MadeDocument made = made_english(9, 80), other = made_english(10, 200);
  const auto noise = library.open(file_named("other"), "", 1);
  const auto key = library.open(file_named("made"), "", 1);
  SearchIndex index;
  std::string heading;
  for (size_t i = 0; i < other.pages.size(); ++i) {
    library.store(noise, other.pages[i]);  // the other document's words must not change the ranking
    if (i >= made.pages.size()) continue;
    library.store(key, made.pages[i]);
    for (const Chunk& chunk : make_chunks(made.pages[i], heading)) index.add(chunk);
  }
  library.store(key, made.pages[0]);  // again: replaced, not doubled
  library.finish(key, {});
  library.finish(noise, {});
  for (const Question& question : made.questions) {
    const auto a = library.search(key, question.text, 4), b = index.search(question.text, 4);
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_DOUBLE_EQ(a[i].score, b[i].score);
      EXPECT_EQ(a[i].chunk.text, b[i].chunk.text);
      EXPECT_EQ(a[i].chunk.lines, b[i].chunk.lines);
      EXPECT_EQ(a[i].chunk.heading, b[i].chunk.heading);
    }
  }
}
TEST(Library, HeadingsGoOnOverPages) {
  const TemporaryFolder folder;
  Library library(folder / "l");
  const auto key = library.open(file_named("x"), "", 2);
  library.store(key, made_page(1, {{Block::Type::heading, {"Warranty"}}, {Block::Type::text, {"first words"}}}));
  library.store(key, made_page(2, {{Block::Type::text, {"later words"}}}));
  library.finish(key, {});
  EXPECT_EQ(library.search(key, "later", 1).at(0).chunk.heading, "Warranty");
}
TEST(Library, ForgetsCompletely) {
  const TemporaryFolder folder;
  const auto path = folder / "l";
  Library library(path);
  const auto one = library.open(file_named("one"), "", 1), same = library.open(file_named("one"), "other", 1),
             two = library.open(file_named("two"), "", 1);
  for (const auto key : {one, same}) library.store(key, made_page(1, {{Block::Type::text, {"Zanzibarquux secretly"}}}));
  library.store(two, made_page(1, {{Block::Type::text, {"Kept words"}}}));
  for (const auto key : {one, same, two}) library.finish(key, {});
  const auto holds = [&](const char* word) {
    return (content(path) + content(path.string() + "-wal")).find(word) != std::string::npos;
  };
  EXPECT_TRUE(holds("Zanzibarquux"));
  EXPECT_EQ(library.forget(std::string(64, 'f')), 0);
  EXPECT_EQ(library.forget(file_named("one").sha256), 2);
  EXPECT_EQ(library.entries().size(), 1u);
  EXPECT_THAT(library.search(one, "secretly", 3), IsEmpty());
  EXPECT_EQ(library.search(two, "kept", 3).size(), 1u);
  EXPECT_FALSE(holds("anzibarquux"));
  EXPECT_TRUE(holds("Kept words"));
  Fault fault{};
  EXPECT_THAT(thrown([&] { library.store(one, made_page(1, {})); }, &fault), HasSubstr("open it first"));
  EXPECT_EQ(library.forget(""), 1);
  EXPECT_THAT(library.entries(), IsEmpty());
}
TEST(Library, WhatWasOpenedAndNeverReadLeavesAfterADay) {
  const TemporaryFolder folder;
  const auto path = folder / "l";
  Library library(path);
  library.open(file_named("given up"), "", 3);
  const auto read = library.open(file_named("read"), "", 1);
  library.store(read, made_page(1, {}));  // a blank page is a page
  EXPECT_EQ(run_sql(path, "UPDATE documents SET used=used-90000"), "");
  library.open(file_named("begun"), "", 3);
  std::vector<std::string> names;
  for (const auto& entry : library.entries()) names.push_back(entry.file.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre(file_named("read").name, file_named("begun").name));
}
TEST(Library, TheLeastRecentlyUsedLeaves) {
  const TemporaryFolder folder;
  const uint64_t most = 1500 << 10;
  Library library(folder / "l", most);
  const auto fill = [&](const std::string& name) {
    const auto key = library.open(file_named(name), "", 6);
    for (int64_t i = 1; i <= 6; ++i) library.store(key, filler_page(i, name.size()));
    library.finish(key, {});
  };
  std::vector<std::string> names;
  size_t first_loss = 0;
  for (int i = 0; i < 12; ++i) {
    names.push_back(std::string(size_t(i) + 1, char('a' + i)));
    fill(names.back());
    EXPECT_TRUE(library.find(file_named("a").sha256, "")) << "the one in use stays";
    if (first_loss == 0 && library.entries().size() < names.size()) first_loss = names.size();
    EXPECT_LT(std::filesystem::file_size(folder / "l"), most + (400 << 10));
  }
  ASSERT_GT(first_loss, 2u) << "the test must see both states";
  EXPECT_FALSE(library.find(file_named("bb").sha256, ""));
  EXPECT_TRUE(library.find(file_named(names.back()).sha256, ""));
  const auto entries = library.entries();
  EXPECT_LT(entries.size(), names.size());
  for (const auto& entry : entries) EXPECT_EQ(entry.pages, 6) << "documents leave whole";
}
TEST(Library, ADocumentThatLeftWhileItWasReadBeginsAnew) {
  const TemporaryFolder folder;
  Library reading(folder / "l"), forgetting(folder / "l");
  const auto key = reading.open(file_named("x"), "", 3);
  reading.store(key, filler_page(1, 1));
  EXPECT_EQ(forgetting.forget(""), 1);
  reading.store(key, filler_page(2, 1));
  EXPECT_THAT(reading.pages(key), ElementsAre(2));
  reading.finish(key, {});
  EXPECT_FALSE(reading.finished(key)) << "page 1 is gone";
  EXPECT_EQ(forgetting.find(file_named("x").sha256, ""), key);
}

TEST(Library, RefusesForeignFilesAndLeavesThemAlone) {
  const TemporaryFolder folder;
  std::string noise(200'000, 0);
  uint64_t state = 3;
  for (char& c : noise) c = char(next_random(state));
  folder.write("empty", "");
  folder.write("text", "Dear diary, this is no database at all. It is only text, but longer than a header of a hundred bytes.");
  folder.write("noise", noise);
  run_sql(folder / "foreign", "CREATE TABLE bookmarks(url TEXT); INSERT INTO bookmarks VALUES('x');");
  { const Library library(folder / "newer"); }
  run_sql(folder / "newer", "PRAGMA user_version=7; PRAGMA wal_checkpoint(TRUNCATE);");
  { const Library library(folder / "trigger"); }
  EXPECT_EQ(
      run_sql(folder / "trigger",
              "CREATE TRIGGER evil AFTER INSERT ON pages BEGIN DELETE FROM documents; END; PRAGMA wal_checkpoint(TRUNCATE);"),
      "");
  for (const auto& one :
       std::vector<std::pair<const char*, const char*>>{{"empty", "no page library"},
                                                        {"text", "no page library"},
                                                        {"noise", "no page library"},
                                                        {"foreign", "database of another program"},
                                                        {"newer", "version 7, and this program knows version 1"},
                                                        {"trigger", "tables that are not those of a page library"}}) {
    const std::string name = one.first, says = one.second;  // clang 14 captures no structured bindings
    const std::string before = content(folder / name);
    Fault fault{};
    EXPECT_THAT(thrown([&] { const Library library(folder / name); }, &fault),
                AllOf(HasSubstr((folder / name).string()), HasSubstr(says)));
    EXPECT_EQ(fault, Fault::unreadable) << name;
    EXPECT_TRUE(content(folder / name) == before) << name;
  }
  EXPECT_THAT(thrown([&] { const Library library(folder.path()); }), HasSubstr("no regular file"));
  EXPECT_THAT(thrown([&] { const Library library(folder / "text" / "below" / "library"); }), HasSubstr("choose another place"));
  EXPECT_THAT(thrown([&] { const Library library(folder.path() / std::string(300, 'x')); }), HasSubstr("choose another place"));
}
TEST(Library, DamagedFilesGiveASentence) {  // 300 files with bytes overwritten, cut, or pages swapped
  const TemporaryFolder folder;
  Library::Key key = 0;
  {
    Library library(folder / "whole");
    key = library.open(file_named("x"), "", 4);
    for (int64_t i = 1; i <= 4; ++i) library.store(key, filler_page(i, 1));
    library.finish(key, {});
  }
  const std::string whole = content(folder / "whole");
  ASSERT_GT(whole.size(), 100'000u);
  uint64_t state = 11;
  int refused = 0, fine = 0;
  for (int run = 0; run < 300; ++run) {
    std::string bytes = whole;
    if (run % 5 == 0)
      bytes.resize(next_random(state) % bytes.size());
    else if (run % 5 == 1)
      std::swap_ranges(bytes.begin() + 4096, bytes.begin() + 8192,
                       bytes.begin() + ptrdiff_t(4096 * (2 + next_random(state) % (bytes.size() / 4096 - 3))));
    else
      for (uint64_t count = 1 + next_random(state) % 200, begin = next_random(state) % bytes.size(); count > 0; --count)
        bytes[run % 5 == 2 ? next_random(state) % bytes.size() : std::min<size_t>(begin + count, bytes.size() - 1)] =
            char(next_random(state));
    folder.write("damaged", bytes);
    const std::string said = thrown([&] {
      Library library(folder / "damaged");
      library.entries();
      library.find(file_named("x").sha256, "");
      for (const int64_t number : library.pages(key)) library.page(key, number);
      library.document(key);
      library.search(key, "invoice warranty finance", 5);
      library.locate(key, "Please keep this document for your records");
      library.store(key, filler_page(5, 1));
    });
    ++(said == "nothing was thrown" ? fine : refused);
    if (said != "nothing was thrown") {
      EXPECT_THAT(said, HasSubstr("damaged"));  // the file's name has it, or the sentence
    }
    for (const char* more : {"damaged", "damaged-wal", "damaged-shm", "damaged-journal"}) std::filesystem::remove(folder / more);
  }
  std::printf("300 damaged files: %d refused in a sentence, %d not noticed (the damage lay in text or free space)\n", refused,
              fine);
  EXPECT_GT(refused, 100);
}
std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}
TEST(Library, NothingHalfMadeStaysBehind) {
  for (const bool nameless : {true, false}) {
    SCOPED_TRACE(nameless);
    const TemporaryFolder folder;
    for (const rlim_t room : {0, 4096, 8192, 20'000}) {  // bytes that the disk takes
      const pid_t child = fork();
      if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit most{room, room};
        if (setrlimit(RLIMIT_FSIZE, &most) != 0) _exit(2);
        try {
          open_library_file(folder / "l.sqlite", nameless);
        } catch (const DatabaseTrouble& trouble) {
          _exit(std::string(trouble.what()).find("cannot be created (File too large)") == std::string::npos ? 3 : 0);
        }
        _exit(4);
      }
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_EQ(status, 0) << room;
      EXPECT_THAT(names_in(folder.path()), IsEmpty()) << room;
    }
    // What processes left that were killed meanwhile, the last of them this moment, goes; what a living one makes stays.
    const pid_t gone = fork();
    if (gone == 0) _exit(0);
    waitpid(gone, nullptr, 0);
    const std::string dead = "l.sqlite.new-" + std::to_string(gone), living = "l.sqlite.new-" + std::to_string(getppid());
    for (const std::string& name : {dead, dead + "-journal", dead + "-wal", living, std::string("l.sqlite.new-ideas")})
      folder.write(name, "x");
    {
      const Sqlite database = open_library_file(folder / "l.sqlite", nameless);
      EXPECT_EQ(database.value("PRAGMA auto_vacuum"), 2);
      Query query = database.query("PRAGMA journal_mode");
      ASSERT_TRUE(query.step());
      EXPECT_EQ(query.text(0), "wal");
    }
    EXPECT_THAT(names_in(folder.path()), ElementsAre("l.sqlite", living, "l.sqlite.new-ideas"));
  }
}
TEST(Library, OnlySQLiteTellsDamage) {
  const Sqlite database;
  const auto is_damage = [&](int code) {
    try {
      database.fault(code);
    } catch (const DamagedDatabase&) {
      return true;
    } catch (const Error&) {
      return false;
    }
  };
  for (const int code : {SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CORRUPT_VTAB, SQLITE_CORRUPT_INDEX})
    EXPECT_TRUE(is_damage(code)) << code;
  for (const int code :
       {SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED, SQLITE_FULL, SQLITE_READONLY, SQLITE_READONLY_DBMOVED, SQLITE_CANTOPEN,
        SQLITE_PERM, SQLITE_IOERR_WRITE, SQLITE_FORMAT, SQLITE_MISMATCH, SQLITE_ERROR, SQLITE_NOMEM})
    EXPECT_FALSE(is_damage(code)) << code;
}
TEST(Library, ADamagedFileIsSetAsideUnlessSomebodyHasItOpen) {
  const TemporaryFolder folder;
  const auto set_aside = [&] { return Library::set_aside(folder / "l", Library::file_id(folder / "l")); };
  { Library library(folder / "l"); }
  const std::string whole = content(folder / "l");
  folder.write("l-wal", "a log");
  EXPECT_EQ(set_aside(), folder / "l.damaged-1");
  EXPECT_EQ(content(folder / "l.damaged-1"), whole);
  EXPECT_EQ(content(folder / "l.damaged-1-wal"), "a log") << "beside a fresh file it would be taken for that one's";
  EXPECT_FALSE(std::filesystem::exists(folder / "l") || std::filesystem::exists(folder / "l-wal"));
  { Library library(folder / "l"); }
  EXPECT_EQ(set_aside(), folder / "l.damaged-2");

  { Library library(folder / "l"); }
  int told[2], wait[2];
  ASSERT_EQ(pipe(told) | pipe(wait), 0);
  const pid_t child = fork();
  if (child == 0) {
    const Library library(folder / "l");
    const bool open = library.entries().empty();
    char byte = char(open);
    if (write(told[1], &byte, 1) != 1 || read(wait[0], &byte, 1) < 0) _exit(1);
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(told[0], &byte, 1), 1);
  EXPECT_THAT(thrown(set_aside), HasSubstr("another process is using it"));
  EXPECT_TRUE(std::filesystem::exists(folder / "l"));
  ASSERT_EQ(write(wait[1], &byte, 1), 1);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(set_aside(), folder / "l.damaged-3");

  // Another process set it aside and began a fresh one, which is healthy.
  { Library library(folder / "l"); }
  const Library::FileId damaged = Library::file_id(folder / "l");
  EXPECT_EQ(set_aside(), folder / "l.damaged-4");
  EXPECT_EQ(Library::set_aside(folder / "l", damaged), "") << "nothing is there";
  { Library library(folder / "l"); }
  EXPECT_EQ(Library::set_aside(folder / "l", damaged), "");
  EXPECT_TRUE(std::filesystem::exists(folder / "l"));
  EXPECT_FALSE(std::filesystem::exists(folder / "l.damaged-5"));
}
TEST(Library, PagesThatSomebodyChangedAreNotBelieved) {
  const TemporaryFolder folder;
  Library::Key key = 0;
  {
    Library library(folder / "l");
    key = library.open(file_named("x"), "", 1);
    library.store(key, filler_page(1, 1));
  }
  ASSERT_EQ(run_sql(folder / "l", "UPDATE pages SET json=replace(json,'\"page\":1','\"page\":2')"), "");
  Library library(folder / "l");
  EXPECT_THAT(thrown([&] { library.page(key, 1); }), HasSubstr("page 1 says that it is another"));
  ASSERT_EQ(run_sql(folder / "l", "UPDATE pages SET json='{\"page\":1,\"width\":1e99}'"), "");
  EXPECT_THAT(thrown([&] { library.document(key); }), HasSubstr("damaged"));
}
TEST(Library, StandardPlace) {
  ::setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(Library::standard_place(), "/somewhere/bifrons/library.sqlite");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(Library::standard_place(), "/home/me/.cache/bifrons/library.sqlite");
  ::unsetenv("XDG_CACHE_HOME");
  ::unsetenv("HOME");
  EXPECT_THAT(thrown([] { Library::standard_place(); }), HasSubstr("set one of them"));
}

// A process of its own that stores pages and says after each which one is safe.
class Child {
 public:
  Child(const std::filesystem::path& path, const std::string& name, int64_t pages, uint64_t most_bytes = 2ull << 30) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    process_ = ::fork();
    if (process_ == 0) {
      ::close(ends[0]);
      int code = 0;
      try {
        Library library(path, most_bytes);
        const auto key = library.open(file_named(name), "", pages);
        for (int64_t i = 1; i <= pages; ++i) {
          library.store(key, filler_page(i, 5, 12));
          if (::write(ends[1], &i, sizeof i) != sizeof i) break;
        }
      } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        code = 1;
      }
      ::_exit(code);
    }
    ::close(ends[1]);
    from_ = ends[0];
  }
  int64_t reported() {  // reads on until nothing comes any more
    int64_t number = 0;
    while (::read(from_, &number, sizeof number) == sizeof number) last_ = number;
    return last_;
  }
  void wait_for_first() {
    if (::read(from_, &last_, sizeof last_) != sizeof last_) last_ = 0;
  }
  void kill() { ::kill(process_, SIGKILL); }
  int end() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    ::close(from_);
    return status;
  }

 private:
  pid_t process_ = 0;
  int from_ = -1;
  int64_t last_ = 0;
};

TEST(LibraryProcesses, AKilledOneLosesNoStoredPage) {
  const TemporaryFolder folder;
  uint64_t state = 77;
  int64_t stored = 0;
  int killed = 0;
  for (int run = 0; run < 200; ++run) {
    const std::string name = "run" + std::to_string(run % 10);  // documents are met again, as after a restart
    Child child(folder / "l", name, 100'000);
    if (run % 4 != 0) child.wait_for_first();  // else: also while the library is made or opened
    std::this_thread::sleep_for(std::chrono::microseconds(next_random(state) % 12'000));
    child.kill();
    const int64_t last = child.reported();
    killed += WIFSIGNALED(child.end());
    Library library(folder / "l");
    const auto key = library.find(file_named(name).sha256, "");
    if (last == 0) continue;
    ASSERT_TRUE(key.has_value()) << "run " << run;
    const auto pages = library.pages(*key);
    ASSERT_GE(int64_t(pages.size()), last) << "run " << run;
    for (int64_t i = 1; i <= last; ++i)
      if (i == last || i % 7 == 1) {
        ASSERT_EQ(page_json(library.page(*key, i).value()), page_json(filler_page(i, 5, 12))) << "run " << run << ", page " << i;
      }
    stored += last;
  }
  Library library(folder / "l");
  for (const auto& entry : library.entries()) {
    if (entry.pages == 0) continue;
    library.finish(entry.key, {});
    EXPECT_FALSE(library.search(entry.key, "Chapter " + std::to_string(entry.pages), 1).empty()) << entry.file.name;
  }
  std::printf("200 processes killed, %lld pages they had reported, all there\n", static_cast<long long>(stored));
  EXPECT_EQ(killed, 200);
  EXPECT_GT(stored, 100);
  EXPECT_EQ(run_sql(folder / "l", "PRAGMA integrity_check"), "");
}
TEST(LibraryProcesses, SeveralAtOnce) {
  const TemporaryFolder folder;
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 4; ++i)
    children.push_back(std::make_unique<Child>(folder / "l", i < 2 ? "same" : "own" + std::to_string(i), 40));
  for (auto& child : children) {
    EXPECT_EQ(child->reported(), 40);
    EXPECT_EQ(child->end(), 0);
  }
  Library library(folder / "l");
  EXPECT_EQ(library.entries().size(), 3u);
  for (const auto& entry : library.entries()) EXPECT_EQ(entry.pages, 40);
}
TEST(LibraryProcesses, SeveralAtOnceInASmallLibrary) {
  const TemporaryFolder folder;
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 3; ++i) children.push_back(std::make_unique<Child>(folder / "l", "own" + std::to_string(i), 30, 300 << 10));
  for (auto& child : children) {
    EXPECT_EQ(child->reported(), 30);
    EXPECT_EQ(child->end(), 0);
  }
  const Library library(folder / "l");
  int64_t pages = 0;  // a document that had to leave begins anew with its next page, so all three may be there, but not whole
  for (const auto& entry : library.entries()) pages += entry.pages;
  EXPECT_GE(pages, 1);
  EXPECT_LT(pages, 3 * 30);
}

TEST(Library, TwoThousandPagesInFlatMemory) {
  const TemporaryFolder folder;
  Library library(folder / "l");
  const auto key = library.open(file_named("long"), "", 2000);
  int64_t after_200 = 0;
  const std::clock_t begin = std::clock();
  for (int64_t i = 1; i <= 2000; ++i) {
    library.store(key, filler_page(i, 21));
    if (i == 200) after_200 = test::memory_in_use_kib();
  }
  library.finish(key, {});
  const int64_t after_all = test::memory_in_use_kib();
  const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
  const std::clock_t asked = std::clock();
  const auto hits = library.search(key, "What does the contract with Halden Foods say about Chapter 1777?", 5);
  const double search = double(std::clock() - asked) / CLOCKS_PER_SEC;
  const std::clock_t looked = std::clock();
  const auto places = library.locate(key, filler_page(1500, 21).blocks[1].lines[9].text);
  const double located = double(std::clock() - looked) / CLOCKS_PER_SEC;
  std::printf(
      "2,000 pages: %.2f ms of CPU to store and index one (with making it), %lld KiB held after 200, %lld after all, %.0f ms a "
      "search, "
      "%.0f ms to locate, file %.0f MB\n",
      seconds / 2, static_cast<long long>(after_200), static_cast<long long>(after_all), 1e3 * search, 1e3 * located,
      double(std::filesystem::file_size(folder / "l")) / 1e6);
  ASSERT_FALSE(hits.empty());
  ASSERT_FALSE(places.empty());
  ASSERT_GT(after_200, 0);
  EXPECT_LT(after_all - after_200, 16 << 10) << "memory must not grow with the pages";
}

}  // namespace
}  // namespace bifrons
