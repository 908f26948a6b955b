// demos/memory_file.h - bytes that came by stdin, as a file that workers can open: it has a path, and nothing on the disk.
#pragma once

#include <filesystem>
#include <string_view>

namespace bifrons {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes);  // throws Error that speaks of stdin
  ~MemoryFile();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&&) = delete;

  std::filesystem::path path() const;  // as long as this lives

 private:
  int descriptor_;
};

}  // namespace bifrons
