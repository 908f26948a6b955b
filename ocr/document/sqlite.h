// ocr/document/sqlite.h - SQLite behind two types: a connection and a running statement. Errors come out as one sentence that
// names the file; SQLite's own types stay in sqlite.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace bifrons {

class Sqlite;

// One execution of a prepared statement; the statement goes back to its connection when this ends. One at a time for the same
// text.
class Query {
 public:
  Query(const Sqlite& database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& bind(int64_t value);  // parameters in order
  Query& bind(double value);
  Query& bind(std::string_view value);  // copied
  bool step();                          // true: a row
  void run();                           // to the end
  int64_t integer(int column) const;    // 0 where there is none
  double real(int column) const;
  std::string_view text(int column) const;  // until the next step

 private:
  const Sqlite& database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

class Sqlite {
 public:
  Sqlite();  // in memory
  // Opens a file that is there. Throws Fault::unreadable; like everything here DamagedDatabase where that is the reason.
  explicit Sqlite(const std::filesystem::path& file, bool create = false);
  // A copy in memory of a database file's bytes.
  static Sqlite of_bytes(std::string_view bytes, const std::string& name);
  std::string bytes() const;  // of its file, as one would be
  ~Sqlite();
  Sqlite(Sqlite&&) noexcept;

  void execute(const std::string& statements) const;
  Query query(std::string_view sql) const;  // prepared once and kept
  int64_t value(std::string_view sql) const;
  int64_t changes() const;  // rows of the last statement
  const std::string& name() const { return name_; }
  [[noreturn]] void fault(int code) const;  // what went wrong, as a sentence
  // For files from elsewhere: no triggers, views or functions of the schema run, no statement may damage the file.
  void distrust() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string name_;
};

// Rolls back unless commit() was called. Takes the write lock at once, so that two processes queue up and never fail half-way.
class Transaction {
 public:
  explicit Transaction(const Sqlite& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Sqlite& database_;
  bool open_ = true;
};

}  // namespace bifrons
