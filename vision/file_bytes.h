// vision/file_bytes.h - a picture file as numbers at offsets, for the parsers of its header.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kernels/core/error.h"

namespace bifrons {

// Numbers at an offset; reading past the end gives nothing, so that no caller can forget to ask.
struct Bytes {
  std::span<const std::byte> all;

  bool has(size_t at, size_t count) const { return at <= all.size() && count <= all.size() - at; }
  std::optional<uint32_t> number(size_t at, size_t count, bool big_endian) const {
    if (!has(at, count)) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) value = value << 8 | uint32_t(all[at + (big_endian ? i : count - 1 - i)]);
    return value;
  }
  std::optional<uint32_t> u8(size_t at) const { return number(at, 1, true); }
  std::optional<uint32_t> big16(size_t at) const { return number(at, 2, true); }
  std::optional<uint32_t> big32(size_t at) const { return number(at, 4, true); }
  std::optional<uint32_t> little16(size_t at) const { return number(at, 2, false); }
  std::optional<uint32_t> little32(size_t at) const { return number(at, 4, false); }
  std::string_view text(size_t at, size_t count) const {
    if (at > all.size()) return {};
    return {reinterpret_cast<const char*>(all.data()) + at, std::min(count, all.size() - at)};
  }
};

[[noreturn]] inline void ends_early(const std::string& name, std::string_view format) {
  fail(Fault::unreadable, name, ": this ", format, " picture ends early: the file was cut short, copy or download it again");
}

}  // namespace bifrons
