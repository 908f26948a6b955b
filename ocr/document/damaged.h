// ocr/document/damaged.h - what is thrown when a database file cannot be used: DatabaseTrouble where it is busy, full, read-only,
// another program's, of a newer version; DamagedDatabase when it turns out to be damaged: SQLite says that it is corrupt or no
// database, or it does not begin as one, or what stands in it is none of ours.
#pragma once

#include "kernels/core/error.h"

namespace bifrons {

class DatabaseTrouble : public Error {
 public:
  using Error::Error;
};

class DamagedDatabase : public DatabaseTrouble {
 public:
  explicit DamagedDatabase(const std::string& text) : DatabaseTrouble(Fault::unreadable, text) {}
};

// fail() for these.
template <class... Parts>
[[noreturn]] void database_trouble(Fault fault, const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw DatabaseTrouble(fault, text.str());
}

}  // namespace bifrons
