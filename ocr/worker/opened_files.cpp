// ocr/worker/opened_files.cpp - see opened_files.h. The handler runs wherever a library made the call: it allocates nothing,
// takes no lock, and makes only system calls that the filter allows.
#include "ocr/worker/opened_files.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

constexpr std::string_view sink = "/dev/null";  // the one file that may be written to

struct Kept {
  std::string path;
  int descriptor;
};
std::vector<Kept>& table() {
  static std::vector<Kept> kept;
  return kept;
}

const Kept* find(const char* path) {  // by bisection; the table is sorted and no longer changes
  if (path == nullptr) return nullptr;
  const std::vector<Kept>& kept = table();
  size_t low = 0, high = kept.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const int order = std::strcmp(kept[middle].path.c_str(), path);
    if (order == 0) return &kept[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return nullptr;
}

long open_kept(const char* path, long flags) {
  const Kept* file = find(path);
  if (file == nullptr || ((flags & O_ACCMODE) != O_RDONLY && file->path != sink)) return -EACCES;
  const int fresh = ::dup(file->descriptor);
  if (fresh < 0) return -errno;
  ::lseek(fresh, 0,
          SEEK_SET);  // duplicates share one position: two readers of one file would disturb each other; fonts are mapped
  return fresh;
}

long stat_kept(long folder, const char* path, struct stat* about, long flags) {
  if (path != nullptr && *path == '\0' && (flags & AT_EMPTY_PATH) != 0)  // glibc's fstat
    return ::syscall(SYS_fstat, folder, about) == 0 ? 0 : -errno;
  const Kept* file = find(path);
  if (file == nullptr) return -EACCES;
  return ::syscall(SYS_fstat, file->descriptor, about) == 0 ? 0 : -errno;
}

void answer(int, siginfo_t* info, void* context) {
  auto& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  greg_t* r = machine.gregs;
  const long a = r[REG_RDI], b = r[REG_RSI], c = r[REG_RDX], d = r[REG_R10];
  greg_t& result = r[REG_RAX];
#elif defined(__aarch64__)
  const long a = long(machine.regs[0]), b = long(machine.regs[1]), c = long(machine.regs[2]), d = long(machine.regs[3]);
  auto& result = machine.regs[0];
#else
#error "opened_files.cpp: which registers hold a system call's arguments on this processor?"
#endif
  const int kept_errno = errno;
  long value = -EACCES;
  switch (info->si_syscall) {  // registers hold the addresses: NOLINTBEGIN(performance-no-int-to-ptr)
#ifdef SYS_open
    case SYS_open: value = open_kept(reinterpret_cast<const char*>(a), b); break;
    case SYS_access: value = find(reinterpret_cast<const char*>(a)) != nullptr && (b & W_OK) == 0 ? 0 : -EACCES; break;
    case SYS_stat: value = stat_kept(AT_FDCWD, reinterpret_cast<const char*>(a), reinterpret_cast<struct stat*>(b), 0); break;
#endif
    case SYS_openat: value = open_kept(reinterpret_cast<const char*>(b), c); break;
    case SYS_faccessat: value = find(reinterpret_cast<const char*>(b)) != nullptr && (c & W_OK) == 0 ? 0 : -EACCES; break;
    case SYS_newfstatat: value = stat_kept(a, reinterpret_cast<const char*>(b), reinterpret_cast<struct stat*>(c), d); break;
  }  // NOLINTEND(performance-no-int-to-ptr)
  result = decltype(+result)(value);
  errno = kept_errno;
}

}  // namespace

size_t keep_open(const std::string& path, size_t most) {
  namespace fs = std::filesystem;
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) {
    for (fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, unknown), end; entry != end;
         entry.increment(unknown))
      if (entry->is_regular_file(unknown)) keep_open(entry->path().string(), most);
    return table().size();
  }
  if (table().size() >= most || std::ranges::find(table(), path, &Kept::path) != table().end()) return table().size();
  const int descriptor = ::open(path.c_str(), (path == sink ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOCTTY);
  if (descriptor >= 0) table().push_back({path, descriptor});
  return table().size();
}

void answer_from_opened_files() {
  std::ranges::sort(table(), {}, &Kept::path);
  struct sigaction action {};
  action.sa_sigaction = answer;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (::sigaction(SIGSYS, &action, nullptr) != 0) fail(Fault::other, "no handler for SIGSYS: ", std::strerror(errno));
}

}  // namespace bifrons
