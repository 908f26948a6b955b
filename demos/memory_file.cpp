// demos/memory_file.cpp - see memory_file.h.
#include "demos/memory_file.h"

#include <string>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include "kernels/core/error.h"

namespace bifrons {

MemoryFile::MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("document", MFD_CLOEXEC)) {
  if (descriptor_ < 0) fail(Fault::lacking, "stdin: this system keeps no files in memory; name a file instead of -");
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(descriptor_, bytes.data() + at, bytes.size() - at);
    if (n <= 0) {
      ::close(descriptor_);
      fail(Fault::limit, "stdin: memory is short for its ", bytes.size(), " bytes");
    }
    at += size_t(n);
  }
}
MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
MemoryFile::MemoryFile(MemoryFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

std::filesystem::path MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

}  // namespace bifrons
