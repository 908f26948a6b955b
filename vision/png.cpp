// vision/png.cpp - PNG files by stb_image_write, with text chunks of our own. Source: the PNG specification, 11.3.4.
#include <stb/stb_image_write.h>

#include "kernels/core/error.h"
#include "vision/image.h"
#include "vision/image_header.h"

namespace bifrons {
namespace {

constexpr size_t header_bytes = 8 + 25;  // signature and IHDR chunk: text chunks come after them

void append(std::vector<std::byte>& to, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_big32(std::vector<std::byte>& to, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(std::byte(value >> shift));
}

void append_chunk(std::vector<std::byte>& to, std::string_view type, std::string_view data) {
  append_big32(to, uint32_t(data.size()));
  const size_t begin = to.size();
  append(to, type);
  append(to, data);
  append_big32(to, crc32(std::span(to).subspan(begin)));
}

enum class TextKind { latin1, unicode, neither };

// UTF-8 text as Latin-1, where it fits. Text that is not UTF-8 at all is kept byte for byte as if it were Latin-1.
TextKind to_latin1(std::string& latin1, std::string_view text) {
  latin1.clear();
  TextKind kind = TextKind::latin1;
  for (size_t i = 0; i < text.size();) {
    const uint8_t lead = uint8_t(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return TextKind::neither;
    uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      const uint8_t next = uint8_t(text[i + k]);
      if ((next & 0xc0) != 0x80) return TextKind::neither;
      code = code << 6 | (next & 0x3f);
    }
    if ((length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
        (length == 4 && (code < 0x10000 || code > 0x10ffff)))
      return TextKind::neither;
    if (code > 0xff) kind = TextKind::unicode;
    latin1.push_back(char(code));
    i += length;
  }
  return kind;
}

void append_text(std::vector<std::byte>& to, const std::string& key, const std::string& text) {
  if (key.empty() || key.size() > 79) fail(Fault::arguments, "PNG text needs a keyword of 1 to 79 bytes, not ", key.size());
  for (char c : key)
    if (c < 0x20 || c > 0x7e) fail(Fault::arguments, "PNG keyword '", key, "' has a character outside printable ASCII");
  if (text.find('\0') != std::string::npos) fail(Fault::arguments, "PNG text '", key, "' has a zero byte in it");
  if (text.size() > (1u << 30)) fail(Fault::limit, "PNG text '", key, "' of ", text.size(), " bytes is over the limit of 1 GiB");
  const std::string zero(1, '\0');
  std::string latin1;
  switch (to_latin1(latin1, text)) {
    case TextKind::latin1: return append_chunk(to, "tEXt", key + zero + latin1);
    case TextKind::neither: return append_chunk(to, "tEXt", key + zero + text);
    case TextKind::unicode:  // not compressed, no language, no translated keyword
      return append_chunk(to, "iTXt", key + zero + zero + zero + zero + zero + text);
  }
}

}  // namespace

std::vector<std::byte> encode_png(const Image& image, std::span<const std::pair<std::string, std::string>> text) {
  if (image.width <= 0 || image.height <= 0 || image.width > 65535 || image.height > 65535 ||
      image.rgb.size() != size_t(image.width * image.height * 3))
    fail(Fault::arguments, "cannot write a PNG of ", image.width, "x", image.height, " pixels with ", image.rgb.size(), " bytes");
  std::vector<std::byte> png;
  const auto collect = [](void* to, void* data, int size) {
    const auto* bytes = static_cast<const std::byte*>(data);
    static_cast<std::vector<std::byte>*>(to)->assign(bytes, bytes + size);
  };
  const int done =
      stbi_write_png_to_func(collect, &png, int(image.width), int(image.height), 3, image.rgb.data(), int(image.width * 3));
  if (!done || png.size() < header_bytes)
    fail(Fault::limit, "not enough memory to write a PNG of ", image.width, "x", image.height, " pixels");

  std::vector<std::byte> out(png.begin(), png.begin() + header_bytes);
  for (const auto& [key, value] : text) append_text(out, key, value);
  out.insert(out.end(), png.begin() + header_bytes, png.end());
  return out;
}

}  // namespace bifrons
