// ocr/document/library_file.cpp - see library_file.h.
#include "ocr/document/library_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/core/error.h"
#include "ocr/document/damaged.h"
#include "ocr/document/passages.h"

namespace bifrons {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t application_id = 0x42465031;  // "BFP1": SQLite keeps it at byte 68 of the file
constexpr uint32_t schema_version = 1;           // at byte 60

// `turn` orders documents by use: seconds are too coarse for that. `warnings` and `json` are written and read by exports.h.
constexpr const char* tables =
    R"(CREATE TABLE documents(key INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL, settings TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, bytes INTEGER NOT NULL, page_count INTEGER NOT NULL, finished INTEGER NOT NULL, partial INTEGER NOT NULL, warnings TEXT NOT NULL, used INTEGER NOT NULL, turn INTEGER NOT NULL, UNIQUE(sha256, settings));
CREATE TABLE pages(id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, heading TEXT NOT NULL, json TEXT NOT NULL);
)";

void create_tables(const Sqlite& database) {
  database.execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA application_id=" + std::to_string(application_id) +
                   "; PRAGMA user_version=" + std::to_string(schema_version) + ";");
  Transaction whole(database);
  database.execute(tables);
  database.execute(Passages::schema());
  whole.commit();
}

std::string schema_of(const Sqlite& database) {
  std::string all;
  Query query = database.query("SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY type,name");
  while (query.step())
    for (int column = 0; column < 4; ++column) all += std::string(query.text(column)) + (column == 3 ? "\n" : "|");
  return all;
}

uint32_t big_endian(const unsigned char* bytes) {
  return uint32_t(bytes[0]) << 24 | uint32_t(bytes[1]) << 16 | uint32_t(bytes[2]) << 8 | bytes[3];
}

// Looks at the file's own bytes, so that SQLite never opens (and perhaps repairs) a file that is not ours.
void check_header(const fs::path& file) {
  const std::string name = file.string();
  if (!fs::is_regular_file(file))
    fail(Fault::unreadable, name, ": is no regular file, so it cannot be a page library; choose another place");
  std::array<unsigned char, 100> header{};
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail(Fault::unreadable, name, ": cannot be opened (", std::strerror(errno), "); check its owner and permissions");
  stream.read(reinterpret_cast<char*>(header.data()), header.size());
  if (size_t(stream.gcount()) < header.size() || std::memcmp(header.data(), "SQLite format 3", 16) != 0)
    throw DamagedDatabase(name + ": is no page library (no SQLite database; it begins with " + std::to_string(stream.gcount()) +
                          " bytes of something else); move it away or choose another place");
  if (const uint32_t id = big_endian(&header[68]); id != application_id)
    fail(Fault::unreadable, name, ": is a database of another program (application number ", id, ", a page library has ",
         application_id, "); choose another place");
  if (const uint32_t version = big_endian(&header[60]); version != schema_version)
    fail(Fault::unreadable, name, ": is a page library of version ", version, ", and this program knows version ", schema_version,
         "; use the program that wrote it, or move the file away");
}

void create_folders(const fs::path& folder) {
  if (folder.empty() || fs::exists(folder)) return;
  create_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    fail(Fault::unreadable, folder.string(), ": cannot be created (", std::strerror(errno),
         "); choose another place for the page library");
}

// Made under another name and then linked into place: whoever opens `file` finds a whole database, and of two that come at the
// same time one wins and both use its file.
void create_file(const fs::path& file) {
  create_folders(file.parent_path());
  fs::path fresh = file;
  fresh += ".new-" + std::to_string(::getpid());
  fs::remove(fresh);  // of a process with our number that was killed
  const int descriptor = ::open(fresh.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0)
    fail(Fault::unreadable, file.string(), ": cannot be created (", std::strerror(errno),
         "); choose another place for the page library");
  ::close(descriptor);
  {
    const Sqlite database(fresh);
    create_tables(database);
    database.execute("PRAGMA journal_mode=WAL;");
  }
  const int linked = ::link(fresh.c_str(), file.c_str());
  const int reason = errno;
  if (linked != 0 && reason != EEXIST && !fs::exists(file)) {  // a file system without hard links
    fs::rename(fresh, file);
    return;
  }
  fs::remove(fresh);
}

// Nobody else has the database open, nor can while this lives: SQLite's connections hold a read lock on these bytes of the file,
// in WAL mode as long as they last. Source: sqlite.org/fileformat2.html, "The Lock-Byte Page".
class SoleUse {
 public:
  explicit SoleUse(const fs::path& file) : descriptor_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0) return;  // nor can others of this user open it
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000000, lock.l_len = 512;
    const bool used = ::fcntl(descriptor_, F_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES);
    if (!used) return;
    ::close(descriptor_);
    fail(Fault::other, file.string(), ": the page library is damaged and another process is using it; try again when it is done");
  }
  ~SoleUse() {
    if (descriptor_ >= 0) ::close(descriptor_);  // lets go of the lock
  }
  SoleUse(const SoleUse&) = delete;
  SoleUse& operator=(const SoleUse&) = delete;

 private:
  int descriptor_;
};

}  // namespace

Library::FileId library_file_id(const fs::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return {};
  return {.device = uint64_t(info.st_dev), .number = uint64_t(info.st_ino)};
}

fs::path set_aside_library_file(const fs::path& file, Library::FileId damaged) {
  if (library_file_id(file) != damaged) return {};
  const SoleUse sole(file);
  if (library_file_id(file) != damaged) return {};  // somebody set it aside just now
  fs::path aside;
  std::error_code error;
  for (int number = 1;; ++number) {
    aside = file;
    aside += ".damaged-" + std::to_string(number);
    if (!fs::exists(aside, error)) break;
  }
  // The log first: beside a fresh database it would be taken for that one's.
  for (const char* part : {"-wal", "-shm", "-journal", ""}) {
    fs::path from = file, to = aside;
    from += part, to += part;
    if (::rename(from.c_str(), to.c_str()) != 0 && (errno != ENOENT || *part == 0))
      fail(Fault::unreadable, file.string(), ": the page library is damaged and cannot be set aside (", std::strerror(errno),
           "); check the folder's permissions");
  }
  return aside;
}

Sqlite open_library_file(const fs::path& file) {
  try {
    if (!fs::exists(file)) create_file(file);
    check_header(file);
  } catch (const fs::filesystem_error& error) {  // a folder that may not be entered, and the like
    fail(Fault::unreadable, file.string(), ": cannot be used as a page library (", error.code().message(),
         "); choose another place");
  }
  Sqlite database(file);
  database.distrust();
  database.execute(
      "PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=16777216; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;");
  static const std::string expected = [] {
    const Sqlite fresh;
    create_tables(fresh);
    return schema_of(fresh);
  }();
  if (schema_of(database) != expected)
    fail(Fault::unreadable, file.string(),
         ": has tables that are not those of a page library; move the file away, and documents will be read anew");
  return database;
}

}  // namespace bifrons
