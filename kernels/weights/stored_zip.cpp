// kernels/weights/stored_zip.cpp - the zip directory. Source: PKWARE's APPNOTE.TXT, sections 4.3 to 4.5, and what torch.save
// writes.
#include "kernels/weights/stored_zip.h"

#include <cstring>
#include <optional>

#include "kernels/core/error.h"
#include "kernels/weights/stored_tensor.h"

namespace bifrons {
namespace {

constexpr uint32_t end_mark = 0x06054b50, end64_mark = 0x06064b50, locator64_mark = 0x07064b50;
constexpr uint32_t central_mark = 0x02014b50, local_mark = 0x04034b50;
constexpr size_t end_bytes = 22, end64_bytes = 56, locator64_bytes = 20, central_bytes = 46, local_bytes = 30;
constexpr uint16_t zip64_field = 0x0001;

class Damaged {  // says where it hurts
 public:
  explicit Damaged(const std::string& where) : where_(where) {}
  template <class... Parts>
  [[noreturn]] void operator()(const Parts&... parts) const {
    fail(Fault::unreadable, where_, ": ", parts..., "; the file is damaged or cut short, fetch it again");
  }

 private:
  const std::string& where_;
};

// A range that is read from its start on, little-endian, as every machine this runs on. Reading past its end yields nothing.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  T next() {
    T value{};
    if (bytes_.size() < sizeof(T)) {
      bytes_ = {}, short_ = true;
    } else {
      std::memcpy(&value, bytes_.data(), sizeof(T)), bytes_ = bytes_.subspan(sizeof(T));
    }
    return value;
  }
  std::span<const std::byte> take(size_t count) {
    short_ |= count > bytes_.size();
    const auto front = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(front.size());
    return front;
  }
  size_t left() const { return bytes_.size(); }
  bool ran_short() const { return short_; }

 private:
  std::span<const std::byte> bytes_;
  bool short_ = false;
};

struct Directory {
  uint64_t entries = 0, bytes = 0, offset = 0;
};

size_t find_end(std::span<const std::byte> file, const Damaged& damaged) {
  if (file.size() < end_bytes) damaged("is ", file.size(), " bytes long, too short for a zip archive");
  const size_t lowest = file.size() - std::min(file.size(), end_bytes + 0xffff);  // a comment of up to 65535 bytes may follow
  for (size_t at = file.size() - end_bytes + 1; at-- > lowest;) {
    Fields f(file.subspan(at));
    if (f.next<uint32_t>() != end_mark) continue;
    f.take(16);
    if (f.next<uint16_t>() == f.left()) return at;
  }
  damaged("has no zip directory at its end");
}

Directory find_directory(std::span<const std::byte> file, const Damaged& damaged) {
  const size_t end = find_end(file, damaged);
  Fields f(file.subspan(end + 4));
  const uint16_t disk = f.next<uint16_t>(), first_disk = f.next<uint16_t>(), entries_here = f.next<uint16_t>();
  const uint16_t entries = f.next<uint16_t>();
  const uint32_t bytes = f.next<uint32_t>(), offset = f.next<uint32_t>();
  const bool first_half = (disk != 0 && disk != 0xffff) || (first_disk != 0 && first_disk != 0xffff) || entries_here != entries;
  if (first_half) damaged("is one part of a zip archive in several");
  Directory d{entries, bytes, offset};
  uint64_t limit = end;
  if (end >= locator64_bytes) {
    Fields locator(file.subspan(end - locator64_bytes));
    if (locator.next<uint32_t>() == locator64_mark) {
      locator.next<uint32_t>();  // disk
      const uint64_t at = locator.next<uint64_t>();
      if (at > end - locator64_bytes || end - locator64_bytes - at < end64_bytes)
        damaged("its zip64 end record is said to be at byte ", at, " of ", file.size());
      Fields e(file.subspan(size_t(at)));
      if (e.next<uint32_t>() != end64_mark) damaged("has no zip64 end record at byte ", at);
      e.take(20);  // its size, versions, disks
      const uint64_t here = e.next<uint64_t>();
      const Directory wide{e.next<uint64_t>(), e.next<uint64_t>(), e.next<uint64_t>()};
      const bool agree = here == wide.entries && (entries == 0xffff || entries == wide.entries) &&
                         (bytes == 0xffffffff || bytes == wide.bytes) && (offset == 0xffffffff || offset == wide.offset);
      if (!agree) damaged("its two zip directories disagree (", entries, " and ", wide.entries, " entries)");
      d = wide, limit = at;
    }
  }
  if (d.offset > limit || d.bytes > limit - d.offset)
    damaged("its zip directory is said to be ", d.bytes, " bytes at byte ", d.offset, " of ", file.size());
  if (d.entries > d.bytes / central_bytes)
    damaged("its zip directory of ", d.bytes, " bytes cannot hold ", d.entries, " entries");
  return d;
}

// The values that did not fit their 32 bits stand in an extra field, in the order of the header, only those.
bool read_zip64(std::span<const std::byte> extra, StoredZip::Entry& entry) {
  const bool wide = entry.bytes == 0xffffffff, wide_packed = entry.packed_bytes == 0xffffffff,
             wide_header = entry.header == 0xffffffff;
  if (!wide && !wide_packed && !wide_header) return true;
  for (Fields f(extra); f.left() >= 4;) {
    const uint16_t id = f.next<uint16_t>(), length = f.next<uint16_t>();
    Fields field(f.take(length));
    if (id != zip64_field) continue;
    if (wide) entry.bytes = field.next<uint64_t>();
    if (wide_packed) entry.packed_bytes = field.next<uint64_t>();
    if (wide_header) entry.header = field.next<uint64_t>();
    return !field.ran_short() && !f.ran_short();
  }
  return false;
}

std::string text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

StoredZip::StoredZip(std::span<const std::byte> file, std::string where) : file_(file), where_(std::move(where)) {
  const Damaged damaged(where_);
  const Directory directory = find_directory(file, damaged);
  directory_ = directory.offset;
  Fields f(file.subspan(size_t(directory.offset), size_t(directory.bytes)));
  for (uint64_t i = 0; i < directory.entries; ++i) {
    Entry entry;
    if (f.next<uint32_t>() != central_mark) damaged("entry ", i, " of its zip directory is none");
    f.take(4);  // versions
    entry.flags = f.next<uint16_t>(), entry.method = f.next<uint16_t>();
    f.take(8);  // time, date, checksum
    entry.packed_bytes = f.next<uint32_t>(), entry.bytes = f.next<uint32_t>();
    const uint16_t name_bytes = f.next<uint16_t>(), extra_bytes = f.next<uint16_t>(), comment_bytes = f.next<uint16_t>();
    f.take(8);  // disk, attributes
    entry.header = f.next<uint32_t>();
    const std::string name = text_of(f.take(name_bytes));
    const auto extra = f.take(extra_bytes);
    f.take(comment_bytes);
    if (f.ran_short()) damaged("its zip directory ends within entry ", i);
    if (!read_zip64(extra, entry)) damaged("'", printable(name), "' lacks its 64-bit sizes");
    if (!entries_.emplace(name, entry).second) damaged("'", printable(name), "' is in it twice");
  }
}

std::span<const std::byte> StoredZip::at(std::string_view name) const {
  const Damaged damaged(where_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) damaged("lacks its entry '", printable(name), "'");
  const Entry& entry = found->second;
  if (entry.flags & 1)
    fail(Fault::encrypted, where_, ": '", printable(name), "' is encrypted; save the checkpoint without a password");
  if (entry.method != 0 || entry.packed_bytes != entry.bytes)
    fail(Fault::unreadable, where_, ": '", printable(name), "' is compressed (zip method ", entry.method,
         "), torch.save stores its entries as they are: save the checkpoint again with PyTorch");
  if (entry.header > directory_ || directory_ - entry.header < local_bytes)
    damaged("'", printable(name), "' is said to be at byte ", entry.header, " of ", file_.size());
  const auto room = file_.subspan(size_t(entry.header), size_t(directory_ - entry.header));
  Fields f(room);
  if (f.next<uint32_t>() != local_mark) damaged("there is no '", printable(name), "' at byte ", entry.header);
  f.take(22);  // versions, flags, method, time, checksum and sizes: the directory's count
  const uint16_t name_bytes = f.next<uint16_t>(), extra_bytes = f.next<uint16_t>();
  const std::string local_name = text_of(f.take(name_bytes));
  f.take(extra_bytes);
  if (f.ran_short() || local_name != name)
    damaged("'", printable(name), "' calls itself '", printable(local_name), "' at byte ", entry.header);
  if (entry.bytes > f.left())
    damaged("'", printable(name), "' is said to have ", entry.bytes, " bytes, there are ", f.left(), " before the zip directory");
  return f.take(size_t(entry.bytes));
}

}  // namespace bifrons
