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

// Radicals of simplified writing: ICU's normal forms leave them. In the order of their code points.
struct Radical {
  char32_t sign, ideograph;
};
constexpr Radical radicals[] = {
    {0x2EA0, U'民'}, {0x2EC4, U'西'}, {0x2EC5, U'见'}, {0x2EC6, U'角'}, {0x2EC9, U'贝'}, {0x2ECB, U'车'}, {0x2ED3, U'长'},
    {0x2ED4, U'门'}, {0x2ED8, U'青'}, {0x2ED9, U'韦'}, {0x2EDA, U'页'}, {0x2EDB, U'风'}, {0x2EDC, U'飞'}, {0x2EDD, U'食'},
    {0x2EE2, U'马'}, {0x2EE3, U'骨'}, {0x2EE4, U'鬼'}, {0x2EE5, U'鱼'}, {0x2EE6, U'鸟'}, {0x2EE7, U'卤'}, {0x2EE8, U'麦'},
    {0x2EE9, U'黄'}, {0x2EEC, U'齐'}, {0x2EEE, U'齿'}, {0x2EF0, U'龙'}, {0x2EF3, U'龟'}};

}  // namespace

char32_t plain_ideograph(char32_t c) {
  if (c < 0x2E80 || (c > 0x2FD5 && c < 0xF900) || (c > 0xFAFF && c < 0x2F800) || c > 0x2FA1F) return c;
  if (c < 0x2F00 && c != 0x2E9F && c != 0x2EF3) {
    for (const Radical& radical : radicals)
      if (radical.sign == c) return radical.ideograph;
    return c;
  }
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(error);
  icu::UnicodeString plain;
  if (nfkc == nullptr || !nfkc->getDecomposition(UChar32(c), plain) || plain.countChar32() != 1) return c;
  return char32_t(plain.char32At(0));
}

std::string with_plain_signs(std::string_view utf8) {
  std::string out;
  each_code_point(utf8, [&](char32_t c, size_t, size_t) {
    if (c == 0x2010 || c == 0x2011)
      out += '-';
    else if (c != 0xAD)
      append_code_point(out, plain_ideograph(c));
  });
  return out;
}

bool is_ideographic(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x2E80 && c <= 0x2FD5) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x3040 && c <= 0x30FF) || c == 0x3005 || c == 0x3007 || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
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
  for (char32_t& c : out) c = plain(plain_ideograph(c));  // before: the acute accent would decompose
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
