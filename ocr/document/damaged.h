// ocr/document/damaged.h - thrown when a database file turns out to be damaged: SQLite says that it is corrupt or no database, or
// it does not begin as one, or what stands in it is none of ours. Not when it is busy, full, read-only, another program's, or of
// a newer version.
#pragma once

#include "kernels/core/error.h"

namespace bifrons {

class DamagedDatabase : public Error {
 public:
  explicit DamagedDatabase(const std::string& text) : Error(Fault::unreadable, text) {}
};

}  // namespace bifrons
