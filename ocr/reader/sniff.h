// ocr/reader/sniff.h - what a file is, by its first bytes, never by its name. Source: documents.md 3.1.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace bifrons {

struct FileKind {
  std::string_view type;   // "pdf", "jpeg", "png", "tiff", "webp"; empty: none that is read here
  std::string_view known;  // what it is instead, for people ("a ZIP archive"); empty: unknown
};
constexpr size_t sniff_bytes = 4096;  // a PDF's mark may stand anywhere in the first 1024
FileKind sniff(std::span<const std::byte> head);

}  // namespace bifrons
