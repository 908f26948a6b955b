// kernels/weights/stored_zip.h - the entries of a zip archive that torch.save wrote: stored, never compressed, so that each is a
// range of the mapped file. Sizes come from the central directory only; local headers of such archives carry none.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace bifrons {

class StoredZip {
 public:
  // Reads the directory. Throws Error (Fault::unreadable) when the archive is damaged or cut short.
  StoredZip(std::span<const std::byte> file, std::string where);

  bool has(std::string_view name) const { return entries_.find(name) != entries_.end(); }
  // The bytes of one entry; throws when it is absent, compressed, encrypted, or not where the directory says.
  std::span<const std::byte> at(std::string_view name) const;

  struct Entry {
    uint64_t header = 0;  // offset of its local header
    uint64_t bytes = 0, packed_bytes = 0;
    uint16_t method = 0, flags = 0;
  };
  const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

 private:
  std::span<const std::byte> file_;
  uint64_t directory_ = 0;  // offset; entries end before it
  std::string where_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace bifrons
