// ocr/reader/sniff.cpp - see sniff.h. Marks: ISO 32000 7.5.2 and its implementation note on 1024 bytes, JFIF, PNG 5.2, TIFF 6.0,
// RIFF/WebP, and file(1)'s for what is refused.
#include "ocr/reader/sniff.h"

#include <algorithm>
#include <array>

namespace bifrons {
namespace {

struct Mark {
  size_t at;
  std::string_view bytes, meaning;
};
using namespace std::string_view_literals;
constexpr std::array refused = {
    Mark{0, "GIF8"sv, "a GIF picture"},
    Mark{0, "\0\0\1\0"sv, "an icon"},
    Mark{4, "ftypavif"sv, "an AVIF picture"},
    Mark{4, "ftyphei"sv, "a HEIC picture"},
    Mark{4, "ftypmif1"sv, "a HEIF picture"},
    Mark{4, "ftyp"sv, "a film"},
    Mark{0, "\0\0\0\x0cjP  "sv, "a JPEG 2000 picture"},
    Mark{0, "AT&TFORM"sv, "a DjVu document"},
    Mark{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "an old Office file (doc, xls, ppt)"},
    Mark{0, "{\\rtf"sv, "an RTF document"},
    Mark{0, "%!PS"sv, "a PostScript file"},
    Mark{0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive"},
    Mark{0, "Rar!\x1a\x07"sv, "a RAR archive"},
    Mark{0, "\x1f\x8b"sv, "a gzip archive"},
    Mark{0, "BZh"sv, "a bzip2 archive"},
    Mark{0,
         "\xfd"
         "7zXZ"sv,
         "an xz archive"},
    Mark{0, "\x28\xb5\x2f\xfd"sv, "a zstd archive"},
    Mark{257, "ustar"sv, "a tar archive"},
    Mark{0,
         "\x7f"
         "ELF"sv,
         "an executable"},
    Mark{0, "MZ"sv, "an executable"},
    Mark{0, "\xcf\xfa\xed\xfe"sv, "an executable"},
    Mark{0, "\xca\xfe\xba\xbe"sv, "an executable"},
    Mark{0, "#!"sv, "a script"},
    Mark{0, "SQLite format 3\0"sv, "an SQLite database"},
    Mark{0, "OggS"sv, "a sound file"},
    Mark{0, "ID3"sv, "a sound file"},
    Mark{8, "WAVE"sv, "a sound file"},
    Mark{0, "BM"sv, "a BMP picture"},
};

bool stands_at(std::string_view head, size_t at, std::string_view bytes) {
  return head.size() >= at && head.substr(at).starts_with(bytes);
}

std::string_view inside_zip(std::string_view head) {  // names of a ZIP's first members stand in the clear
  const auto has = [&](std::string_view part) { return head.find(part) != head.npos; };
  if (has("[Content_Types].xml") || has("word/") || has("xl/") || has("ppt/")) return "an Office file (docx, xlsx, pptx)";
  if (has("application/vnd.oasis.opendocument")) return "an OpenDocument file";
  if (has("application/epub+zip")) return "an EPUB book";
  return "a ZIP archive";
}

std::string_view as_text(std::string_view head) {  // text has no control characters but white space
  const bool plain = !head.empty() && std::ranges::none_of(head, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t' && byte != '\f') || byte == 0x7f;
  });
  if (!plain) return {};
  const size_t first = std::min(head.find_first_not_of(" \t\r\n\xef\xbb\xbf"), head.size());
  const std::string_view start = head.substr(first, 64);
  if (start.starts_with("<?xml") || start.starts_with("<svg")) return "an XML or SVG file";
  if (start.starts_with("<!DOCTYPE html") || start.starts_with("<!doctype html") || start.starts_with("<html"))
    return "an HTML page";
  return "plain text";
}

}  // namespace

FileKind sniff(std::span<const std::byte> bytes) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), sniff_bytes));
  if (stands_at(head, 0, "\xff\xd8\xff"sv)) return {"jpeg", {}};
  if (stands_at(head, 0, "\x89PNG\r\n\x1a\n"sv)) return {"png", {}};
  // The last two are BigTIFF.
  for (const std::string_view mark : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})
    if (stands_at(head, 0, mark)) return {"tiff", {}};
  if (stands_at(head, 0, "RIFF"sv) && stands_at(head, 8, "WEBP"sv)) return {"webp", {}};
  if (head.substr(0, 1024 + 4).find("%PDF-") != head.npos) return {"pdf", {}};
  if (stands_at(head, 0, "PK\3\4"sv) || stands_at(head, 0, "PK\5\6"sv)) return {{}, inside_zip(head)};
  for (const Mark& mark : refused)
    if (stands_at(head, mark.at, mark.bytes)) return {{}, mark.meaning};
  return {{}, as_text(head)};
}

}  // namespace bifrons
