// tests/kernels/weight_files.h - builds weight files byte by byte, honest ones and liars: safetensors, zip archives, pickles.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrons {

template <class T>
std::string raw(T value) {  // little-endian, as every machine this runs on
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

template <class T>
std::string raw_list(std::initializer_list<T> values) {
  std::string bytes;
  for (T v : values) bytes += raw(v);
  return bytes;
}

inline std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

inline std::string safetensors(std::string_view header, std::string_view data) {
  return raw(uint64_t(header.size())).append(header).append(data);
}

// ---- zip, as torch.save writes it: stored, sizes only in the directory, a zip64 end record always.

struct ZipEntry {
  std::string name{}, content{};
  uint16_t method = 0, flags = 0x0808;
  uint64_t claimed_bytes = UINT64_MAX;  // default: the truth
  std::string local_name = name;
  bool wide = false;  // sizes and offset in a zip64 field
};

inline std::string zip(const std::vector<ZipEntry>& entries) {
  std::string file, directory;
  for (const ZipEntry& e : entries) {
    const uint64_t at = file.size(), bytes = e.claimed_bytes == UINT64_MAX ? e.content.size() : e.claimed_bytes;
    const std::string padding = "FB" + raw(uint16_t(3)) + "ZZZ";
    file += "PK\3\4" + std::string(2, '\0') + raw(e.flags) + raw(e.method) + std::string(16, '\0') +
            raw(uint16_t(e.local_name.size())) + raw(uint16_t(padding.size())) + e.local_name + padding + e.content;
    file += "PK\7\10" + std::string(20, '\0');
    const std::string extra = e.wide ? raw(uint16_t(1)) + raw(uint16_t(24)) + raw(bytes) + raw(bytes) + raw(at) : "";
    const auto narrow = [&](uint64_t value) { return raw(e.wide ? 0xffffffffu : uint32_t(value)); };
    directory += "PK\1\2" + std::string(4, '\0') + raw(e.flags) + raw(e.method) + std::string(8, '\0') + narrow(bytes) +
                 narrow(bytes) + raw(uint16_t(e.name.size())) + raw(uint16_t(extra.size())) + std::string(10, '\0') + narrow(at) +
                 e.name + extra;
  }
  const uint64_t at = file.size(), count = entries.size(), bytes = directory.size();
  file += directory;
  const uint64_t end64 = file.size();
  file += "PK\6\6" + raw(uint64_t(44)) + std::string(12, '\0') + raw(count) + raw(count) + raw(bytes) + raw(at);
  file += "PK\6\7" + raw(uint32_t(0)) + raw(end64) + raw(uint32_t(1));
  file += "PK\5\6" + std::string(4, '\0') + raw(uint16_t(count)) + raw(uint16_t(count)) + raw(uint32_t(bytes)) +
          raw(uint32_t(at)) + raw(uint16_t(0));
  return file;
}

// ---- pickle, protocol 2: pieces to be joined.

namespace pickle {

inline const std::string proto("\x80\x02"), stop("."), mark("("), empty_dict("}"), set_item("s"), set_items("u"), reduce("R"),
    tuple("t"), empty_tuple(")"), build("b"), persistent_id("Q");

inline std::string text(std::string_view t) { return ("X" + raw(uint32_t(t.size()))).append(t); }
inline std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }
inline std::string integer(int64_t v) { return "\x8a\x08" + raw(v); }
inline std::string integers(std::initializer_list<int64_t> values) {
  std::string out = mark;
  for (int64_t v : values) out += integer(v);
  return out + tuple;
}
inline std::string ordered_dict() { return global("collections", "OrderedDict") + empty_tuple + reduce; }
inline std::string storage(const std::string& type, const std::string& key, int64_t elements) {
  return mark + text("storage") + global("torch", type) + text(key) + text("cpu") + integer(elements) + tuple + persistent_id;
}
inline std::string tensor(const std::string& stored, int64_t offset, std::initializer_list<int64_t> sizes,
                          std::initializer_list<int64_t> strides) {
  return global("torch._utils", "_rebuild_tensor_v2") + mark + stored + integer(offset) + integers(sizes) + integers(strides) +
         "\x89" + ordered_dict() + tuple + reduce;
}
inline std::string dict(std::initializer_list<std::pair<std::string, std::string>> items) {
  std::string out = proto + empty_dict + mark;
  for (const auto& [name, value] : items) out += text(name) + value;
  return out + set_items + stop;
}

}  // namespace pickle

// An archive of one pickle and its storages.
inline std::string torch_file(const std::string& pickled, const std::vector<std::pair<std::string, std::string>>& storages) {
  std::vector<ZipEntry> entries{{.name = "m/data.pkl", .content = pickled}, {.name = "m/byteorder", .content = "little"}};
  for (const auto& [key, content] : storages) entries.push_back({.name = "m/data/" + key, .content = content});
  entries.push_back({.name = "m/version", .content = "3\n"});
  return zip(entries);
}

}  // namespace bifrons
