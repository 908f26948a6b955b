// ocr/reader/input_file.cpp - see input_file.h. SHA-256 comes from OpenSSL's libcrypto: it uses the processor's own instructions,
// and libcurl (the remote text model) brings it into the program anyway.
#include "ocr/reader/input_file.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ocr/reader/sniff.h"

namespace bifrons {
namespace {

[[noreturn]] void refuse(Fault fault, const char* code, const std::string& sentence) {
  throw DocumentFailure(fault, code, sentence);
}

[[noreturn]] void too_large(const std::string& name, uint64_t bytes, uint64_t most) {
  refuse(Fault::limit, "too_large",
         name + ": " + std::to_string(bytes) + " bytes or more, over the limit of " + std::to_string(most) +
             "; raise it with --max-file or split the file");
}

ssize_t again(auto call) {  // repeats what a signal interrupted
  ssize_t got;
  do got = call();
  while (got < 0 && errno == EINTR);
  return got;
}

[[noreturn]] void not_opened(const std::string& name, int why) {
  const std::string sentence = why == ENOENT || why == ENOTDIR ? "there is no such file; look at its name and folder"
                               : why == EACCES || why == EPERM ? "it may not be read; ask its owner, or change its permissions"
                                                               : "it cannot be opened: " + std::string(std::strerror(why));
  refuse(Fault::unreadable, "not_found", name + ": " + sentence);
}

// All of a pipe, into memory that nothing can change any more.
Descriptor into_memory(int from, const std::string& name, uint64_t most_bytes) {
  Descriptor memory(::memfd_create("bifrons-document", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.get() < 0) fail(Fault::other, name, ": no memory file: ", std::strerror(errno));
  std::vector<char> block(1 << 16);
  uint64_t bytes = 0;
  for (;;) {
    const ssize_t got = again([&] { return ::read(from, block.data(), block.size()); });
    if (got < 0) refuse(Fault::unreadable, "not_found", name + ": " + std::strerror(errno));
    if (got == 0) break;
    if ((bytes += uint64_t(got)) > most_bytes) too_large(name, bytes, most_bytes);
    for (ssize_t done = 0; done < got;) {
      const ssize_t written = again([&] { return ::write(memory.get(), block.data() + done, size_t(got - done)); });
      if (written <= 0) fail(Fault::other, name, ": cannot be kept in memory: ", std::strerror(errno));
      done += written;
    }
  }
  if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
    fail(Fault::other, name, ": memory file not sealed: ", std::strerror(errno));
  return memory;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = other.release();
  }
  return *this;
}
Descriptor::~Descriptor() { close(); }
int Descriptor::release() { return std::exchange(number_, -1); }
void Descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

InputFile open_input(const std::filesystem::path& path, uint64_t most_bytes) {
  InputFile input;
  const bool standard = path == "-";
  const std::string name = standard ? "standard input" : path.string();
  input.file.name = standard ? "-" : path.filename().string();
  if (standard) {
    input.descriptor = into_memory(STDIN_FILENO, name, most_bytes);
  } else {
    input.descriptor = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (input.descriptor.get() < 0) not_opened(name, errno);
  }
  struct stat about {};
  if (::fstat(input.descriptor.get(), &about) != 0) refuse(Fault::unreadable, "not_found", name + ": " + std::strerror(errno));
  if (S_ISDIR(about.st_mode)) refuse(Fault::unreadable, "not_found", name + ": a folder; name the files in it");
  if (!S_ISREG(about.st_mode)) {
    input.descriptor = into_memory(input.descriptor.get(), name, most_bytes);
    ::fstat(input.descriptor.get(), &about);
  }
  input.file.bytes = uint64_t(about.st_size);
  if (input.file.bytes == 0)
    refuse(Fault::unreadable, "empty", name + ": the file is empty (0 bytes); save or copy the document again");
  if (input.file.bytes > most_bytes) too_large(name, input.file.bytes, most_bytes);

  std::vector<std::byte> head(sniff_bytes);
  const ssize_t got = again([&] { return ::pread(input.descriptor.get(), head.data(), head.size(), 0); });
  if (got < 0) refuse(Fault::unreadable, "not_found", name + ": " + std::strerror(errno));
  const FileKind kind = sniff(std::span(head).first(size_t(got)));
  if (kind.type.empty()) {
    input.file.sha256 = sha256_of(input.descriptor);
    throw DocumentFailure(Fault::unreadable, "unsupported_format",
                          name + ": this is " + (kind.known.empty() ? "no known document" : std::string(kind.known)) +
                              "; PDF, JPEG, PNG, TIFF and WebP are read")
        .about(input.file);
  }
  input.file.type = kind.type;
  return input;
}

std::string sha256_of(const Descriptor& descriptor) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
    fail(Fault::lacking, "libcrypto offers no SHA-256");
  std::vector<char> block(1 << 18);
  for (off_t at = 0;;) {
    const ssize_t got = again([&] { return ::pread(descriptor.get(), block.data(), block.size(), at); });
    if (got < 0) fail(Fault::unreadable, "the file cannot be read at byte ", at, ": ", std::strerror(errno));
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), block.data(), size_t(got));
    at += got;
  }
  unsigned char digest[32];
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest, &length);
  std::string text;
  for (const unsigned char byte : digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace bifrons
