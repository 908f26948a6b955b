// kernels/core/file.cpp - reading: mapped and small files. Writing is in output_file.cpp.
#include "kernels/core/file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

struct Descriptor {  // closes itself
  int number;
  ~Descriptor() {
    if (number > STDERR_FILENO) ::close(number);
  }
};

int open_to_read(const std::filesystem::path& path, struct stat& facts, int more = 0) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | more);
  if (file < 0) fail(Fault::unreadable, path.string(), ": cannot be opened: ", std::strerror(errno));
  if (::fstat(file, &facts) != 0 || S_ISDIR(facts.st_mode)) {
    ::close(file);
    fail(Fault::unreadable, path.string(), ": is a folder, a file is needed here");
  }
  return file;
}

size_t page_size() {
  static const size_t bytes = size_t(::sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  struct stat facts;
  const Descriptor file{open_to_read(path, facts, O_NONBLOCK)};  // a named pipe must not keep us waiting for a writer
  if (!S_ISREG(facts.st_mode)) fail(Fault::unreadable, path.string(), ": is not a regular file and cannot be mapped");
  size_ = size_t(facts.st_size);
  if (size_ == 0) return;  // an empty range cannot be mapped; bytes() is empty
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.number, 0);
  if (mapped == MAP_FAILED)
    fail(Fault::unreadable, path.string(), ": cannot be mapped (", size_, " bytes): ", std::strerror(errno));
  data_ = static_cast<const std::byte*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_), std::swap(data_, other.data_), std::swap(size_, other.size_);
  return *this;
}

void forget_pages(std::span<const std::byte> mapped) {
  const uintptr_t page = page_size(), first = reinterpret_cast<uintptr_t>(mapped.data());
  const uintptr_t begin = (first + page - 1) / page * page, end = (first + mapped.size()) / page * page;
  if (begin >= end) return;
  std::byte* data = const_cast<std::byte*>(mapped.data()) + (begin - first);
  ::madvise(data, end - begin, MADV_DONTNEED);  // advice: failing costs only memory
}

std::string read_file(const std::filesystem::path& path, size_t limit) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path.string();
  struct stat facts {};
  const Descriptor file{standard_input ? STDIN_FILENO : open_to_read(path, facts)};
  const auto too_long = [&](auto bytes) {
    fail(Fault::limit, name, ": is ", bytes, " bytes long, more than the ", limit, " allowed here");
  };
  std::string content;
  if (S_ISREG(facts.st_mode)) {
    if (uint64_t(facts.st_size) > limit) too_long(facts.st_size);
    content.reserve(size_t(facts.st_size) + 1);
  }
  for (;;) {  // pipes and /proc do not say how long they are
    const size_t have = content.size();
    if (have > limit) too_long("at least " + std::to_string(have));
    content.resize(std::min(std::max(content.capacity(), have + 65536), have + (size_t(1) << 30)));
    const ssize_t got = ::read(file.number, content.data() + have, content.size() - have);
    content.resize(have + size_t(std::max(got, ssize_t(0))));
    if (got == 0) break;
    if (got < 0 && errno != EINTR) fail(Fault::unreadable, name, ": reading failed: ", std::strerror(errno));
  }
  return content;
}

}  // namespace bifrons
