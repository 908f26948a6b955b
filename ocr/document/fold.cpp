// ocr/document/fold.cpp - see fold.h.
#include "ocr/document/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include "kernels/core/error.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

char32_t plain(char32_t c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x60:
    case 0xB4: return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x2033:
    case 0xAB:
    case 0xBB: return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212: return '-';
    default: return c;
  }
}
bool folds_to_itself(char32_t c) {  // the common cases, without ICU; others ask it
  return (c < 0x80 && !(c >= 'A' && c <= 'Z')) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3041 && c <= 0x3096) || c == 0x3001 ||
         c == 0x3002;
}

}  // namespace

bool is_ideographic(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x3040 && c <= 0x30FF) || c == 0x3005 ||
         c == 0x3007 || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

std::u32string folded(std::string_view utf8) {
  std::u32string out = code_points(utf8);
  bool simple = true;
  for (char32_t& c : out) {
    if (c >= 'A' && c <= 'Z')
      c += 32;
    else if (!folds_to_itself(c))
      simple = false;
    if (c == '`') c = '\'';
  }
  if (simple) return out;
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const nfkc_casefold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  for (char32_t& c : out) c = plain(c);  // before: the acute accent would decompose
  const icu::UnicodeString folded_text =
      nfkc_casefold == nullptr
          ? icu::UnicodeString()
          : nfkc_casefold->normalize(
                icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(out.data()), int32_t(out.size())), error);
  if (U_FAILURE(error)) fail(Fault::other, "ICU cannot fold a text of ", utf8.size(), " bytes: ", u_errorName(error));
  out.clear();
  for (int32_t i = 0; i < folded_text.length(); i = folded_text.moveIndex32(i, 1))
    out += plain(char32_t(folded_text.char32At(i)));
  return out;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : text) append_code_point(out, c);
  return out;
}

}  // namespace bifrons
