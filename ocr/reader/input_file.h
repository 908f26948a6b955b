// ocr/reader/input_file.h - the file to be read, as an open read-only descriptor; what is no regular file (a pipe, stdin) is
// taken into memory first, so that workers can share it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "ocr/document/document.h"

namespace bifrons {

class Descriptor {  // owns a file descriptor
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return number_; }
  int release();
  void close();

 private:
  int number_ = -1;
};

struct InputFile {
  Descriptor descriptor;
  DocumentFile file;  // name, type, bytes; sha256 when asked for
};
// "-" is stdin. Throws DocumentFailure: not_found, empty, too_large, unsupported_format.
InputFile open_input(const std::filesystem::path& path, uint64_t most_bytes);
std::string sha256_of(const Descriptor& descriptor);  // 64 hexadecimal digits

}  // namespace bifrons
