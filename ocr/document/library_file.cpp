// ocr/document/library_file.cpp - see library_file.h.
#include "ocr/document/library_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
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
// `heading` is empty: it stays because files of this version have it.
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
    database_trouble(Fault::unreadable, name, ": is no regular file, so it cannot be a page library; choose another place");
  std::array<unsigned char, 100> header{};
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    database_trouble(Fault::unreadable, name, ": cannot be opened (", std::strerror(errno), "); check its owner and permissions");
  stream.read(reinterpret_cast<char*>(header.data()), header.size());
  if (size_t(stream.gcount()) < header.size() || std::memcmp(header.data(), "SQLite format 3", 16) != 0)
    throw DamagedDatabase(name + ": is no page library (no SQLite database; it begins with " + std::to_string(stream.gcount()) +
                          " bytes of something else); move it away or choose another place");
  if (const uint32_t id = big_endian(&header[68]); id != application_id)
    database_trouble(Fault::unreadable, name, ": is a database of another program (application number ", id,
                     ", a page library has ", application_id, "); choose another place");
  if (const uint32_t version = big_endian(&header[60]); version != schema_version)
    database_trouble(Fault::unreadable, name, ": is a page library of version ", version, ", and this program knows version ",
                     schema_version, "; use the program that wrote it, or move the file away");
}

[[noreturn]] void not_created(const fs::path& file, int reason) {
  database_trouble(reason == ENOSPC || reason == EDQUOT || reason == EFBIG ? Fault::other : Fault::unreadable, file.string(),
                   ": cannot be created (", std::strerror(reason), "); ",
                   reason == ENOSPC || reason == EDQUOT ? "make room there or " : "",
                   "choose another place for the page library");
}

void create_folders(const fs::path& folder) {
  if (folder.empty() || fs::exists(folder)) return;
  create_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) not_created(folder, errno);
}

// All of a fresh library's bytes: nothing has to be made step by step in a file of that name.
std::string fresh_bytes() {
  const Sqlite database;
  create_tables(database);
  std::string bytes = database.bytes();
  bytes[18] = bytes[19] = 2;  // its journal is a write-ahead log: sqlite.org/fileformat2.html 1.3.3
  return bytes;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

int write_all(int descriptor, std::string_view bytes) {  // 0, or errno
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) return errno;
    if (wrote > 0) bytes.remove_prefix(size_t(wrote));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

// While it lives, Ctrl-C and SIGTERM wait.
class Undisturbed {
 public:
  Undisturbed() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~Undisturbed() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  Undisturbed(const Undisturbed&) = delete;
  Undisturbed& operator=(const Undisturbed&) = delete;

 private:
  sigset_t before_{};
};

constexpr const char* fresh_mark = ".new-";  // and the maker's process number

// Files that were being made by processes that are gone. Their makers hold a lock on them, which also those of another
// container show.
void remove_stale(const fs::path& file) {
  const std::string begin = file.filename().string() + fresh_mark;
  std::error_code error;
  const fs::path folder = file.parent_path();
  for (fs::directory_iterator one(folder.empty() ? "." : folder, error), end; !error && one != end; one.increment(error)) {
    const std::string name = one->path().filename().string();
    if (!name.starts_with(begin)) continue;
    const size_t digits = name.find_first_not_of("0123456789", begin.size());
    const std::string number = name.substr(begin.size(), digits == std::string::npos ? digits : digits - begin.size());
    const bool part = digits != std::string::npos;  // SQLite's, of one that an older version made
    if (number.empty() || number.size() > 9) continue;
    if (part && name.substr(digits) != "-journal" && name.substr(digits) != "-wal" && name.substr(digits) != "-shm") continue;
    if (::kill(pid_t(std::stol(number)), 0) == 0 || errno != ESRCH) continue;
    const Descriptor opened(::open(one->path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (opened.get() >= 0 && ::flock(opened.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(one->path().c_str());
  }
}

// A whole file takes the name `file` or none does: whoever opens it finds a whole database, and of two that come at the same time
// one wins and both use its file. Where the file system can, it has no name before that; elsewhere another one, under which
// nothing is left either, unless the process is killed: then the next one removes it.
void create_file(const fs::path& file, bool nameless) {
  create_folders(file.parent_path());
  const std::string bytes = fresh_bytes();
  const fs::path folder = file.parent_path().empty() ? fs::path(".") : file.parent_path();
  if (nameless) {
    const Descriptor descriptor(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (descriptor.get() >= 0) {
      if (const int reason = write_all(descriptor.get(), bytes)) not_created(file, reason);
      const std::string open_file = "/proc/self/fd/" + std::to_string(descriptor.get());
      if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, file.c_str(), AT_SYMLINK_FOLLOW) == 0 || errno == EEXIST) return;
    }
  }
  fs::path fresh = file;
  fresh += fresh_mark + std::to_string(::getpid());
  const Undisturbed undisturbed;
  ::unlink(fresh.c_str());  // of a process with our number that was killed
  const Descriptor descriptor(::open(fresh.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (descriptor.get() < 0) not_created(file, errno);
  ::flock(descriptor.get(), LOCK_EX | LOCK_NB);
  int reason = write_all(descriptor.get(), bytes);
  std::error_code error;
  if (reason == 0 && ::link(fresh.c_str(), file.c_str()) != 0 && errno != EEXIST && !fs::exists(file, error))
    reason = ::rename(fresh.c_str(), file.c_str()) == 0 ? 0 : errno;  // a file system without hard links
  ::unlink(fresh.c_str());
  if (reason != 0) not_created(file, reason);
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
    database_trouble(Fault::other, file.string(),
                     ": the page library is damaged and another process is using it; try again when it is done");
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
      database_trouble(Fault::unreadable, file.string(), ": the page library is damaged and cannot be set aside (",
                       std::strerror(errno), "); check the folder's permissions");
  }
  return aside;
}

Sqlite open_library_file(const fs::path& file, bool nameless) {
  try {
    remove_stale(file);
    if (!fs::exists(file)) create_file(file, nameless);
    check_header(file);
  } catch (const fs::filesystem_error& error) {  // a folder that may not be entered, and the like
    database_trouble(Fault::unreadable, file.string(), ": cannot be used as a page library (", error.code().message(),
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
    database_trouble(Fault::unreadable, file.string(),
                     ": has tables that are not those of a page library; move the file away, and documents will be read anew");
  return database;
}

}  // namespace bifrons
