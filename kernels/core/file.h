// kernels/core/file.h - files in and out: read-only mappings of whole files, small files as bytes, and outputs that
// appear whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace bifrons {

// A whole file mapped read-only. Movable. Throws Error (Fault::unreadable) that names the path and the reason.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

// The pages that lie wholly inside the range may be dropped from memory; they come back from the file when touched.
void forget_pages(std::span<const std::byte> mapped);

// The content of a file no longer than `limit` bytes ("-" is stdin). Throws Fault::unreadable or Fault::limit.
std::string read_file(const std::filesystem::path& path, size_t limit);

// Writes beside the final name and renames when whole; a failed or abandoned write leaves the old file as it was and no
// leftovers, also on Ctrl-C (abandon_outputs, called by the signal handler's thread). "-" is stdout; pipes and devices are
// written in place. A file that is replaced keeps its permissions; a symbolic link stays and its target is replaced.
class OutputFile {
 public:
  // While `nameless` and where the file system can (O_TMPFILE), an unfinished file has no name, so not even SIGKILL leaves one.
  explicit OutputFile(std::filesystem::path path, bool nameless = true);
  ~OutputFile();  // abandons what was not committed
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
  void commit();  // flush, sync, rename; nothing may be written afterwards

 private:
  [[noreturn]] void failed(const char* what, int error) const;
  void open_temporary(bool nameless, unsigned permissions);
  void close_and_remove() noexcept;

  std::filesystem::path path_, temporary_;  // temporary_ is empty when the final file is written in place
  int file_ = -1;
  int slot_ = -1;  // where abandon_outputs finds temporary_
  bool nameless_ = false;
};

void abandon_outputs() noexcept;  // removes every temporary file not yet committed; async-signal-safe

}  // namespace bifrons
