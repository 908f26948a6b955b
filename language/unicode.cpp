// language/unicode.cpp - UTF-8 by hand (the hot path), everything that needs tables through ICU.
#include "language/unicode.h"

#include <cstring>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "kernels/core/error.h"
#include "language/newer_unicode.h"

namespace bifrons {

Utf8Step utf8_step(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {Utf8Step::character, 1, lead};
  if (lead < 0xC2 || lead > 0xF4) return {Utf8Step::broken, 1, 0};
  const int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF (Unicode, table 3-7).
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t code = lead & (0xFF >> (length + 1));
  for (int i = 1; i < length; ++i) {
    if (at + i >= text.size()) return {Utf8Step::cut, static_cast<uint8_t>(i), 0};
    const uint8_t next = byte(i);
    if (next < (i == 1 ? low : 0x80) || next > (i == 1 ? high : 0xBF)) return {Utf8Step::broken, static_cast<uint8_t>(i), 0};
    code = code << 6 | (next & 0x3F);
  }
  return {Utf8Step::character, static_cast<uint8_t>(length), code};
}

namespace {

size_t ascii_run(std::string_view text, size_t at) {  // first byte from `at` on that is not ASCII
  for (uint64_t eight; at + 8 <= text.size(); at += 8) {
    std::memcpy(&eight, text.data() + at, 8);
    if (eight & 0x8080808080808080u) break;
  }
  while (at < text.size() && static_cast<uint8_t>(text[at]) < 0x80) ++at;
  return at;
}

// The end of the characters that begin at `at`: the first byte that is no whole character, or the end.
size_t good_run(std::string_view text, size_t at) {
  while ((at = ascii_run(text, at)) < text.size()) {
    const Utf8Step step = utf8_step(text, at);
    if (step.kind != Utf8Step::character) break;
    at += step.length;
  }
  return at;
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

bool is_utf8(std::string_view text) { return good_run(text, 0) == text.size(); }

size_t append_complete_utf8(std::string& text, std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t good = good_run(bytes, at);
    text.append(bytes.substr(at, good - at));
    at = good;
    if (at == bytes.size()) break;
    const Utf8Step step = utf8_step(bytes, at);
    if (step.kind == Utf8Step::cut) break;
    text.append(replacement);
    at += step.length;
  }
  return at;
}

std::string lossy_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  if (append_complete_utf8(text, bytes) < bytes.size()) text.append(replacement);
  return text;
}

void append_utf8(std::string& text, char32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    if (code < 0x10000) {
      text += static_cast<char>(0xE0 | code >> 12);
    } else {
      text += static_cast<char>(0xF0 | code >> 18);
      text += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    }
    text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

bool normalize(std::string_view text, NormalForm form, std::string& out) {
  if (form == NormalForm::none || ascii_run(text, 0) == text.size()) return false;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = form == NormalForm::nfc    ? icu::Normalizer2::getNFCInstance(status)
                                       : form == NormalForm::nfd  ? icu::Normalizer2::getNFDInstance(status)
                                       : form == NormalForm::nfkc ? icu::Normalizer2::getNFKCInstance(status)
                                                                  : icu::Normalizer2::getNFKDInstance(status);
  if (text.size() > INT32_MAX / 32) fail(Fault::limit, "a text of ", text.size(), " bytes is too long to be normalised at once");
  const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  if (U_SUCCESS(status) && normalizer->isNormalizedUTF8(piece, status) && U_SUCCESS(status)) return false;
  out.clear();
  icu::StringByteSink<std::string> sink(&out, piece.size());
  if (U_SUCCESS(status)) normalizer->normalizeUTF8(0, piece, sink, nullptr, status);
  if (U_FAILURE(status)) fail(Fault::other, "ICU cannot normalise a text of ", text.size(), " bytes: ", u_errorName(status));
  return true;
}

bool is_numeric(char32_t code) {
  if (code < 0x80) return code >= '0' && code <= '9';
  if (code >= 0x11DE0 && code <= 0x11DE9) return true;  // Unicode 17: the library takes this class from Rust, which is newer
  return (U_GET_GC_MASK(static_cast<UChar32>(code)) & U_GC_N_MASK) || newer_category(code).starts_with('N');
}

bool is_space(char32_t code) { return u_isUWhiteSpace(static_cast<UChar32>(code)); }

bool is_word(char32_t code) {
  const auto c = static_cast<UChar32>(code);
  return u_hasBinaryProperty(c, UCHAR_ALPHABETIC) || (U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) ||
         u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL) || newer_category(code).starts_with('L');
}

bool folds_to_several(char32_t code) {
  UChar from[2], to[8];
  int32_t length = 0;
  U16_APPEND_UNSAFE(from, length, static_cast<UChar32>(code));
  UErrorCode status = U_ZERO_ERROR;
  const int32_t folded = u_strFoldCase(to, 8, from, length, U_FOLD_CASE_DEFAULT, &status);
  return U_SUCCESS(status) && u_countChar32(to, folded) > 1;
}

}  // namespace bifrons
