// ocr/document/library.cpp - see library.h. Nothing that is read from the file is trusted: pages go through parse_page.
#include "ocr/document/library.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <mutex>
#include <unordered_set>

#include "ocr/document/exports.h"
#include "ocr/document/library_file.h"
#include "ocr/document/passages.h"
#include "ocr/document/quotation.h"
#include "ocr/document/running_heads.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

constexpr int64_t unread_seconds = 86'400;  // after which a document without a page leaves

int64_t page_id(int64_t key, int64_t page) { return key << 32 | page; }

}  // namespace

struct Library::State {
  State(const std::filesystem::path& file, uint64_t most) : database(open_library_file(file)), most_bytes(most) {}

  struct Opened {
    DocumentFile file;
    std::string settings;
    int64_t page_count = 0;
    bool began_anew = false;  // it had left while it was read: its first pages are gone
  };
  Key insert(const DocumentFile& file, const std::string& settings, int64_t page_count, std::optional<Key> same);
  void touch(Key key);
  void remove(Key key);
  void evict(Key keep);
  void shrink();
  [[noreturn]] void damaged(const std::string& what) const;
  Key checked(Key key) const {  // SQLite counts up from 1, unless somebody told it otherwise
    if (key < 1 || key > most_document) damaged("a document has the number " + std::to_string(key));
    return key;
  }
  bool finished(Key key) const;
  std::vector<int64_t> pages(Key key) const;
  std::optional<Page> page(Key key, int64_t number) const;
  void index(Key key, const Page& page, std::string& heading);  // of a page whose running heads are marked

  Sqlite database;
  Passages passages{database};
  uint64_t most_bytes;
  std::map<Key, Opened> opened;  // by this process
  std::mutex mutex;
};

void Library::State::damaged(const std::string& what) const {
  throw DamagedDatabase(database.name() + ": the database is damaged (" + what +
                        "); move the file away, and documents will be read anew");
}

Library::Key Library::State::insert(const DocumentFile& file, const std::string& settings, int64_t page_count,
                                    std::optional<Key> same) {
  const std::string columns = "sha256,settings,name,type,bytes,page_count,finished,partial,warnings,used,turn";
  const std::string values = "?,?,?,?,?,?,0,1,'[]',?,(SELECT ifnull(max(turn),0)+1 FROM documents)";
  const std::string sql =
      same ? "INSERT OR IGNORE INTO documents(" + columns + ",key) VALUES(" + values + ",?)"
           : "INSERT INTO documents(" + columns + ") VALUES(" + values +
                 ") ON CONFLICT(sha256,settings) DO UPDATE SET name=excluded.name,used=excluded.used,turn=excluded.turn";
  {
    Query query = database.query(sql);
    query.bind(file.sha256)
        .bind(settings)
        .bind(file.name)
        .bind(file.type)
        .bind(int64_t(file.bytes))
        .bind(page_count)
        .bind(int64_t(std::time(nullptr)));
    if (same) query.bind(*same);
    query.run();
  }
  Query query = database.query("SELECT key FROM documents WHERE sha256=? AND settings=?");
  query.bind(file.sha256).bind(settings);
  if (!query.step()) damaged("a document that was just written is not there");
  return checked(query.integer(0));
}

void Library::State::touch(Key key) {
  database
      .query(
          "UPDATE documents SET used=?,turn=(SELECT max(turn)+1 FROM documents) WHERE key=? AND (turn<(SELECT max(turn) FROM "
          "documents) OR used<?-60)")
      .bind(int64_t(std::time(nullptr)))
      .bind(key)
      .bind(int64_t(std::time(nullptr)))
      .run();
}

void Library::State::remove(Key key) {
  passages.remove(key, 0, most_page);
  database.query("DELETE FROM passage_counts WHERE document=?").bind(key).run();
  database.query("DELETE FROM pages WHERE id BETWEEN ? AND ?").bind(page_id(key, 0)).bind(page_id(key, most_page)).run();
  database.query("DELETE FROM documents WHERE key=?").bind(key).run();
}

void Library::State::shrink() { database.execute("PRAGMA incremental_vacuum;"); }

void Library::State::evict(Key keep) {
  const auto bytes = [&] {
    return uint64_t(database.value("PRAGMA page_count") - database.value("PRAGMA freelist_count")) *
           uint64_t(database.value("PRAGMA page_size"));
  };
  bool removed = false;
  while (bytes() > most_bytes) {
    Transaction transaction(database);
    int64_t oldest = 0;
    {
      Query query = database.query("SELECT key FROM documents WHERE key<>? ORDER BY turn,key LIMIT 1");
      query.bind(keep);
      if (!query.step()) break;
      oldest = query.integer(0);
    }
    remove(oldest);
    transaction.commit();
    removed = true;
  }
  if (removed) shrink();
}

Library::Library(const std::filesystem::path& file, uint64_t most_bytes) : state_(std::make_unique<State>(file, most_bytes)) {}
Library::~Library() = default;

Library::FileId Library::file_id(const std::filesystem::path& file) { return library_file_id(file); }
std::filesystem::path Library::set_aside(const std::filesystem::path& file, FileId damaged) {
  return set_aside_library_file(file, damaged);
}

std::filesystem::path Library::standard_place() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/')
    return std::filesystem::path(cache) / "bifrons" / "library.sqlite";  // XDG: only absolute ones count
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == 0)
    fail(Fault::arguments, "neither XDG_CACHE_HOME nor HOME is set, so there is no place for the page library; set one of them");
  return std::filesystem::path(home) / ".cache" / "bifrons" / "library.sqlite";
}

Library::Key Library::open(const DocumentFile& file, const std::string& settings, int64_t page_count) {
  const std::lock_guard lock(state_->mutex);
  Transaction transaction(state_->database);
  // Documents that were opened long ago and never read: those who did it are gone, and their names are nobody's business.
  state_->database
      .query(
          "DELETE FROM documents WHERE used<? AND NOT EXISTS(SELECT 1 FROM pages WHERE id BETWEEN key<<32 AND (key<<32)+1048575)")
      .bind(int64_t(std::time(nullptr)) - unread_seconds)
      .run();
  const Key key = state_->insert(file, settings, page_count, std::nullopt);
  transaction.commit();
  state_->opened[key] = {file, settings, page_count, false};
  return key;
}

std::optional<Library::Key> Library::find(const std::string& sha256, const std::string& settings) const {
  const std::lock_guard lock(state_->mutex);
  Key key = 0;
  {
    Query query = state_->database.query("SELECT key FROM documents WHERE sha256=? AND settings=?");
    query.bind(sha256).bind(settings);
    if (!query.step()) return std::nullopt;
    key = state_->checked(query.integer(0));
  }
  try {
    state_->touch(key);
  } catch (const DamagedDatabase&) {
    throw;
  } catch (const DatabaseTrouble&) {  // what is there can be used, though not when
  }
  return key;
}

std::vector<int64_t> Library::pages(Key key) const {
  const std::lock_guard lock(state_->mutex);
  return state_->pages(key);
}

void Library::store(Key key, const Page& page) {
  if (page.page < 1 || page.page > most_page)
    fail(Fault::arguments, "page ", page.page, " cannot be stored: pages are numbered from 1 to ", most_page);
  const std::string json = page_json(page);
  const std::lock_guard lock(state_->mutex);
  const Sqlite& database = state_->database;
  {
    Transaction transaction(database);
    bool there = false;
    {
      Query query = database.query("SELECT 1 FROM documents WHERE key=?");
      query.bind(key);
      there = query.step();
    }
    if (!there) {  // another process made room, or forgot it, while this one was reading: begin it anew
      const auto opened = state_->opened.find(key);
      if (opened == state_->opened.end()) fail(Fault::arguments, database.name(), ": has no document ", key, "; open it first");
      if (state_->insert(opened->second.file, opened->second.settings, opened->second.page_count, key) != key)
        database_trouble(Fault::other, database.name(), ": '", opened->second.file.name,
                         "' was forgotten while it was read, and another process has begun it anew");
      opened->second.began_anew = true;
    }
    if (state_->finished(key)) return;  // another process has read it, too
    database.query("INSERT OR REPLACE INTO pages VALUES(?,?,'',?)")
        .bind(page_id(key, page.page))
        .bind(int64_t(json.size()))
        .bind(json)
        .run();
    state_->touch(key);
    transaction.commit();
  }
  state_->evict(key);
}

bool Library::State::finished(Key key) const {
  Query query = database.query("SELECT finished FROM documents WHERE key=?");
  query.bind(key);
  return query.step() && query.integer(0) == 1;
}
bool Library::finished(Key key) const {
  const std::lock_guard lock(state_->mutex);
  return state_->finished(key);
}

std::vector<int64_t> Library::State::pages(Key key) const {
  std::vector<int64_t> numbers;
  Query query = database.query("SELECT id FROM pages WHERE id BETWEEN ? AND ? ORDER BY id");
  query.bind(page_id(key, 1)).bind(page_id(key, most_page));
  while (query.step()) numbers.push_back(query.integer(0) & most_page);
  return numbers;
}

void Library::State::index(Key key, const Page& page, std::string& heading) {
  const std::vector<Chunk> chunks = make_chunks(page, heading);
  if (int64_t(chunks.size()) >= most_passage)
    fail(Fault::limit, "page ", page.page, " has ", chunks.size(), " passages, more than ", most_passage - 1,
         "; it cannot be stored");
  for (size_t i = 0; i < chunks.size(); ++i) passages.add(passage_id(key, page.page, int64_t(i)), chunks[i]);
  if (const Chunk heads = repeated_heads(page); !heads.lines.empty())
    passages.add_unsearched(passage_id(key, page.page, int64_t(chunks.size())), heads);
}

void Library::finish(Key key, const Document& document) {
  const std::lock_guard lock(state_->mutex);
  if (const auto opened = state_->opened.find(key); opened != state_->opened.end() && opened->second.began_anew) return;
  {
    Transaction transaction(state_->database);
    if (state_->finished(key)) return;
    state_->database.query("UPDATE documents SET finished=1,partial=?,warnings=?,page_count=max(page_count,?) WHERE key=?")
        .bind(int64_t(document.status == Document::Status::partial))
        .bind(warnings_json(document.warnings))
        .bind(document.page_count)
        .bind(key)
        .run();
    if (state_->database.changes() == 0)
      fail(Fault::arguments, state_->database.name(), ": has no document ", key, "; open it first");
    state_->passages.remove(key, 0, most_page);
    RunningHeads heads;
    std::string heading;
    for (const int64_t number : state_->pages(key))
      if (std::optional<Page> page = state_->page(key, number))
        for (const Page& marked : heads.add(std::move(*page))) state_->index(key, marked, heading);
    for (const Page& marked : heads.finish()) state_->index(key, marked, heading);
    transaction.commit();
  }
  state_->evict(key);
}

std::optional<Page> Library::State::page(Key key, int64_t number) const {
  if (number < 1 || number > most_page) return std::nullopt;
  Query query = database.query("SELECT json FROM pages WHERE id=?");
  query.bind(page_id(key, number));
  if (!query.step()) return std::nullopt;
  try {
    Page page = parse_page(query.text(0));
    if (page.page == number) return page;
  } catch (const Error& error) {
    damaged(error.what());
  }
  damaged("page " + std::to_string(number) + " says that it is another");
}
std::optional<Page> Library::page(Key key, int64_t number) const {
  const std::lock_guard lock(state_->mutex);
  return state_->page(key, number);
}

Document Library::head(Key key) const {
  Document document;
  const std::lock_guard lock(state_->mutex);
  Query query =
      state_->database.query("SELECT name,type,bytes,sha256,page_count,finished,partial,warnings FROM documents WHERE key=?");
  query.bind(key);
  if (!query.step()) fail(Fault::arguments, state_->database.name(), ": has no document ", key, "; open it first");
  document.file = {std::string(query.text(0)), std::string(query.text(1)), uint64_t(query.integer(2)),
                   std::string(query.text(3))};
  document.page_count = query.integer(4);
  document.status = query.integer(5) == 1 && query.integer(6) == 0 ? Document::Status::ok : Document::Status::partial;
  try {
    document.warnings = parse_warnings(query.text(7));
  } catch (const Error& error) {
    state_->damaged(error.what());
  }
  if (!valid_utf8(document.file.name) || document.page_count < 0)
    state_->damaged("document " + std::to_string(key) + " makes no sense");
  return document;
}

Document Library::document(Key key) const {
  Document document = head(key);
  const bool finished = this->finished(key);
  for (const int64_t number : pages(key))
    if (std::optional<Page> one = page(key, number)) {
      if (!finished) document.warnings.insert(document.warnings.end(), one->warnings.begin(), one->warnings.end());
      document.pages.push_back(std::move(*one));
    }
  return document;
}

std::vector<Hit> Library::search(Key key, std::string_view question, int most) const {
  const std::lock_guard lock(state_->mutex);
  return state_->passages.search(key, question, most);
}

std::vector<Place> Library::locate(Key key, std::string_view text, int most, double least) const {
  const QuotationFinder finder(text, least);
  std::vector<std::pair<int64_t, size_t>> near;
  {
    const std::lock_guard lock(state_->mutex);
    near = state_->passages.pages_near(key, finder);
  }
  const size_t wanted = size_t(std::max(most, 0));
  std::vector<Place> places;
  for (const auto& [number, distance] : near) {
    // nearest pages first: enough when nothing on the others can be better than what there is
    if (places.size() >= wanted && (wanted == 0 || places[wanted - 1].similarity >= finder.best_similarity(distance))) break;
    std::vector<Page> one;
    if (std::optional<Page> page = this->page(key, number)) one.push_back(std::move(*page));
    for (Place& place : bifrons::locate(one, text, most, least)) places.push_back(std::move(place));
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
      return a.similarity != b.similarity ? a.similarity > b.similarity : a.page < b.page;
    });
  }
  if (places.size() > wanted) places.resize(wanted);
  return places;
}

std::vector<Library::Entry> Library::entries() const {
  const std::lock_guard lock(state_->mutex);
  std::vector<Entry> entries;
  Query query = state_->database.query(
      "SELECT key,name,type,bytes,sha256,settings,used,(SELECT count(*) FROM pages WHERE id BETWEEN key<<32 AND "
      "(key<<32)+1048575),"
      "(SELECT ifnull(sum(bytes),0) FROM pages WHERE id BETWEEN key<<32 AND (key<<32)+1048575) FROM documents ORDER BY turn "
      "DESC,key");
  while (query.step()) {
    Entry entry;
    entry.key = state_->checked(query.integer(0));
    entry.file = {std::string(query.text(1)), std::string(query.text(2)), uint64_t(query.integer(3)), std::string(query.text(4))};
    entry.settings = query.text(5);
    entry.used = query.integer(6);
    entry.pages = query.integer(7);
    entry.bytes = uint64_t(query.integer(8));
    if (!valid_utf8(entry.file.name) || !valid_utf8(entry.settings))
      state_->damaged("the name of document " + std::to_string(entry.key) + " is no text");
    entries.push_back(std::move(entry));
  }
  return entries;
}

int64_t Library::forget(const std::string& sha256) {
  const std::lock_guard lock(state_->mutex);
  const Sqlite& database = state_->database;
  std::vector<Key> keys;
  {
    Transaction transaction(database);
    {
      Query query = database.query("SELECT key FROM documents WHERE sha256=?1 OR ?1=''");
      query.bind(sha256);
      while (query.step()) keys.push_back(query.integer(0));
    }
    for (const Key key : keys) state_->remove(key);
    // What FTS5 holds of deleted rows until it merges, and the free pages and the log below, would else still have their words.
    if (!keys.empty()) database.query("INSERT INTO passage_terms(passage_terms) VALUES('optimize')").run();
    transaction.commit();
  }
  for (const Key key : keys) state_->opened.erase(key);
  if (!keys.empty()) {
    state_->shrink();
    database.execute("PRAGMA wal_checkpoint(TRUNCATE);");
  }
  return int64_t(keys.size());
}

}  // namespace bifrons
