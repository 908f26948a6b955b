// kernels/core/output_file.cpp - outputs that appear whole or not at all, and the list of unfinished ones that a signal
// handler may remove.
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <limits.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/core/error.h"
#include "kernels/core/file.h"

namespace bifrons {
namespace {

// ---- unfinished files, for abandon_outputs: no locks and no allocation, since it may run inside a signal handler.

enum SlotState : int { unused, filling, live, removing, removed };
struct Slot {
  std::atomic<int> state{unused};
  char path[PATH_MAX];
};
std::array<Slot, 64> slots;  // more outputs at once than any command writes

int register_temporary(const std::filesystem::path& path) {
  if (path.native().size() >= PATH_MAX) return -1;
  for (size_t i = 0; i < slots.size(); ++i) {
    int expected = unused;
    if (!slots[i].state.compare_exchange_strong(expected, filling)) continue;
    std::memcpy(slots[i].path, path.c_str(), path.native().size() + 1);
    slots[i].state.store(live);
    return int(i);
  }
  return -1;
}

void release_temporary(int slot) noexcept {
  if (slot < 0) return;
  std::atomic<int>& state = slots[size_t(slot)].state;
  int expected = live;
  while (!state.compare_exchange_weak(expected, unused)) {
    if (expected == removed) return state.store(unused);
    expected = live;  // a handler on another thread is just removing it
  }
}

// ----

std::string random_suffix() {  // unpredictable, so that nobody can lay a trap under the temporary name
  unsigned char bytes[8];
  for (size_t have = 0; have < sizeof(bytes);) {
    const ssize_t got = ::getrandom(bytes + have, sizeof(bytes) - have, 0);
    if (got > 0) have += size_t(got);
    if (got < 0 && errno != EINTR) fail(Fault::lacking, "the system gives no random numbers: ", std::strerror(errno));
  }
  char text[2 * sizeof(bytes) + 1];
  for (size_t i = 0; i < sizeof(bytes); ++i) std::snprintf(text + 2 * i, 3, "%02x", bytes[i]);
  return text;
}

std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  const std::string name = path.filename().string().substr(0, 200);  // with the suffix below NAME_MAX
  return path.parent_path() / ("." + name + "." + random_suffix() + ".part");
}

}  // namespace

void OutputFile::failed(const char* what, int error) const {
  const char* advice = error == ENOSPC || error == EDQUOT    ? "; make room or choose another folder"
                       : error == ENOENT || error == ENOTDIR ? "; create the folder first"
                       : error == EACCES || error == EROFS   ? "; choose a folder you may write to"
                                                             : "";
  fail(Fault::other, path_ == "-" ? "standard output" : path_.string(), ": ", what, ": ", std::strerror(error), advice);
}

OutputFile::OutputFile(std::filesystem::path path, bool nameless) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = STDOUT_FILENO;
    return;
  }
  if (path_.empty() || path_.filename().empty())
    fail(Fault::arguments, "'", path_.string(), "' is no name for a file to write: give a file, not a folder");
  std::error_code ignored;
  std::filesystem::path target = std::filesystem::absolute(path_);
  if (std::filesystem::is_symlink(target, ignored)) target = std::filesystem::weakly_canonical(target);
  struct stat old;
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  if (replaces && S_ISDIR(old.st_mode)) fail(Fault::arguments, path_.string(), ": is a folder: give the name of a file to write");
  if (replaces && !S_ISREG(old.st_mode)) {  // /dev/null, a pipe: nothing to replace
    file_ = ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) failed("cannot be opened for writing", errno);
    return;
  }
  if (replaces && ::access(target.c_str(), W_OK) != 0) failed("exists and may not be overwritten", errno);
  path_ = target;
  try {
    open_temporary(nameless, 0666);  // less the umask
    if (replaces) {
      if (::fchown(file_, old.st_uid, old.st_gid) != 0) errno = 0;  // only its owner's privilege; the content is what counts
      if (::fchmod(file_, old.st_mode & 0777) != 0) failed("its permissions cannot be kept", errno);
    }
  } catch (...) {
    close_and_remove();
    throw;
  }
}

void OutputFile::open_temporary(bool nameless, unsigned permissions) {
  if (nameless && ::access("/proc/self/fd", X_OK) == 0) {  // through which it gets its name at the end
    file_ = ::open(path_.parent_path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, permissions);
    nameless_ = file_ >= 0;
    temporary_ = temporary_beside(path_);  // its name for the moment between link and rename
    if (nameless_) return;
  }
  for (int attempt = 0; file_ < 0; ++attempt) {
    temporary_ = temporary_beside(path_);
    slot_ = register_temporary(temporary_);  // before it exists, so that no moment is uncovered
    if (slot_ < 0) fail(Fault::limit, path_.string(), ": too many files are being written at once, or its path is too long");
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions);
    if (file_ >= 0) return;
    const int error = errno;
    release_temporary(std::exchange(slot_, -1));
    if (error != EEXIST || attempt == 100) failed("cannot be created", error);
  }
}

void OutputFile::write(std::span<const std::byte> bytes) {
  if (file_ < 0) fail(Fault::other, path_.string(), ": was written to after it was finished");
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file_, bytes.data(), std::min(bytes.size(), size_t(1) << 30));
    if (wrote < 0 && errno != EINTR) failed("writing failed", errno);
    if (wrote > 0) bytes = bytes.subspan(size_t(wrote));
  }
}

void OutputFile::commit() {
  if (file_ < 0) fail(Fault::other, path_.string(), ": was finished twice");
  if (path_ == "-") {
    file_ = -1;
    return;
  }
  if (temporary_.empty()) {
    if (::close(std::exchange(file_, -1)) != 0) failed("writing failed", errno);
    return;
  }
  if (::fsync(file_) != 0) failed("writing failed", errno);
  if (nameless_) {
    slot_ = register_temporary(temporary_);
    if (slot_ < 0) fail(Fault::limit, path_.string(), ": too many files are being written at once, or its path is too long");
    const std::string open_file = "/proc/self/fd/" + std::to_string(file_);
    if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      failed("cannot be given its name", errno);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) failed("cannot be given its name", errno);
  release_temporary(std::exchange(slot_, -1));
  ::close(std::exchange(file_, -1));
  // The name survives a power cut only once the folder is written too; not every file system can do that.
  const int folder = ::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    if (::fsync(folder) != 0) errno = 0;
    ::close(folder);
  }
}

void OutputFile::close_and_remove() noexcept {
  if (file_ > STDERR_FILENO) ::close(file_);
  if (slot_ >= 0) ::unlink(temporary_.c_str());
  release_temporary(std::exchange(slot_, -1));
  file_ = -1;
}

OutputFile::~OutputFile() { close_and_remove(); }

void abandon_outputs() noexcept {
  const int before = errno;
  for (Slot& slot : slots) {
    int expected = live;
    if (!slot.state.compare_exchange_strong(expected, removing)) continue;
    ::unlink(slot.path);
    slot.state.store(removed);
  }
  errno = before;
}

}  // namespace bifrons
