// ocr/document/sqlite.cpp - see sqlite.h.
#include "ocr/document/sqlite.h"

#include <cstring>
#include <unordered_map>

#include <sqlite3.h>

#include "kernels/core/error.h"
#include "ocr/document/damaged.h"

namespace bifrons {

struct Sqlite::State {
  sqlite3* handle = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements;
  ~State() {
    for (const auto& [sql, statement] : statements) sqlite3_finalize(statement);
    sqlite3_close(handle);
  }
};

void Sqlite::fault(int code) const {
  const std::string said = sqlite3_errmsg(state_->handle);
  switch (code & 255) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw DamagedDatabase(name_ + ": the database is damaged (" + said +
                            "); move the file away, and documents will be read anew");
    case SQLITE_FORMAT:
    case SQLITE_MISMATCH:
      database_trouble(Fault::unreadable, name_, ": the database is damaged (", said,
                       "); move the file away, and documents will be read anew");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      database_trouble(Fault::other, name_,
                       ": another process has kept the database locked for too long; try again when it is done");
    case SQLITE_FULL: database_trouble(Fault::other, name_, ": the disk is full; make room there");
    case SQLITE_IOERR:
      database_trouble(Fault::other, name_, ": cannot be read or written (", said,
                       "); is the disk full, over its quota or gone?");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      database_trouble(Fault::unreadable, name_, ": cannot be opened for writing (", said, "); check its owner and permissions");
    default: database_trouble(Fault::other, name_, ": the database reports: ", said, " (code ", code, ")");
  }
}

Sqlite::Sqlite() : Sqlite(":memory:", true) {}
Sqlite::Sqlite(const std::filesystem::path& file, bool create) : state_(std::make_unique<State>()), name_(file.string()) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE | (create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(name_.c_str(), &state_->handle, flags, nullptr);
  if (state_->handle == nullptr) fail(Fault::limit, name_, ": no memory to open the database");
  if (code != SQLITE_OK) fault(code);
  sqlite3_busy_timeout(state_->handle, 30'000);
}
Sqlite Sqlite::of_bytes(std::string_view bytes, const std::string& name) {
  Sqlite database;
  database.name_ = name;
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size() + 1));
  if (copy == nullptr) fail(Fault::limit, name, ": no memory for a database of ", bytes.size(), " bytes");
  std::memcpy(copy, bytes.data(), bytes.size());
  const int code = sqlite3_deserialize(database.state_->handle, "main", copy, int64_t(bytes.size()), int64_t(bytes.size()),
                                       SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
  if (code != SQLITE_OK) database.fault(code);
  return database;
}
Sqlite::~Sqlite() = default;
Sqlite::Sqlite(Sqlite&&) noexcept = default;

void Sqlite::distrust() const {
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_limit(state_->handle, SQLITE_LIMIT_LENGTH, 512 << 20);
  execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;");
}

void Sqlite::execute(const std::string& statements) const {
  const int code = sqlite3_exec(state_->handle, statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fault(code);
}
std::string Sqlite::bytes() const {
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> copy(sqlite3_serialize(state_->handle, "main", &size, 0), sqlite3_free);
  if (!copy) fail(Fault::limit, name_, ": no memory for a copy of the database");
  return {reinterpret_cast<const char*>(copy.get()), size_t(size)};
}
Query Sqlite::query(std::string_view sql) const {
  sqlite3_stmt*& statement = state_->statements[std::string(sql)];
  if (statement == nullptr) {
    const int code =
        sqlite3_prepare_v3(state_->handle, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) fault(code);
  }
  return {*this, statement};
}
int64_t Sqlite::value(std::string_view sql) const {
  Query query = this->query(sql);
  return query.step() ? query.integer(0) : 0;
}
int64_t Sqlite::changes() const { return sqlite3_changes64(state_->handle); }

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}
Query& Query::bind(int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_, ++bound_, value); code != SQLITE_OK) database_.fault(code);
  return *this;
}
Query& Query::bind(double value) {
  if (const int code = sqlite3_bind_double(statement_, ++bound_, value); code != SQLITE_OK) database_.fault(code);
  return *this;
}
Query& Query::bind(std::string_view value) {
  const int code = sqlite3_bind_text64(statement_, ++bound_, value.data() == nullptr ? "" : value.data(), value.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) database_.fault(code);
  return *this;
}
bool Query::step() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) database_.fault(code);
  return code == SQLITE_ROW;
}
void Query::run() {
  while (step()) {
  }
}
int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Query::real(int column) const { return sqlite3_column_double(statement_, column); }
std::string_view Query::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, size_t(sqlite3_column_bytes(statement_, column)));
}

Transaction::Transaction(const Sqlite& database) : database_(database) { database_.query("BEGIN IMMEDIATE").run(); }
Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.query("ROLLBACK").run();
  } catch (const Error&) {  // it had rolled back by itself (disk full, damage); the cause is on its way up already
  }
}
void Transaction::commit() {
  database_.query("COMMIT").run();
  open_ = false;
}

}  // namespace bifrons
