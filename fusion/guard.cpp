// fusion/guard.cpp - see guard.h.
#include "fusion/guard.h"

#include <algorithm>
#include <array>

#include "fusion/values.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

// Behind an opening square bracket, folded, blanks and low lines left out.
constexpr std::u32string_view square_marks[] = {U"filename", U"filecontent", U"passage",      U"webpage",
                                                U"citation", U"inst]",       U"/inst]",       U"system]",
                                                U"user]",    U"assistant]",  U"systemprompt", U"systemmessage"};
// Behind an opening angle bracket. A bar (｜ or |) right behind it is a role or end mark of some model, whatever follows.
constexpr std::u32string_view angle_marks[] = {U"think",        U"/think",     U"s>",
                                               U"/s>",          U"<sys",       U"</sys",
                                               U"/sys",         U"im_start",   U"im_end",
                                               U"beginofimage", U"endofimage", U"imageplaceholder",
                                               U"imagestart",   U"imageend",   U"patchplaceholder",
                                               U"eot",          U"bos>",       U"eos>",
                                               U"pad>",         U"unk>",       U"startofturn",
                                               U"endofturn",    U"tool",       U"/tool",
                                               U"functioncall", U"system>",    U"/system>",
                                               U"user>",        U"/user>",     U"assistant>",
                                               U"/assistant>",  U"answer>",    U"/answer>",
                                               U"imstart",      U"imend",      U"endoftext",
                                               U"fim"};
// At the beginning of a line, before a colon: the plain roles of DeepSeek-LLM and V2.
constexpr std::u32string_view roles[] = {U"user", U"assistant", U"system", U"human", U"ai"};

bool invisible(char32_t c) {
  return (c < 0x20 && c != U'\n' && c != U'\t') || c == 0x7F || (c >= 0x80 && c < 0xA0) || c == 0xAD || c == 0x034F ||
         c == 0x061C || c == 0x115F || c == 0x1160 || (c >= 0x17B4 && c <= 0x17B5) || (c >= 0x180B && c <= 0x180F) ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x3164 ||
         (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE0FFF) || (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
}
bool opens_square(char32_t c) { return c == U'[' || c == 0xFF3B || c == 0x3010 || c == 0x3014 || c == 0xFE47 || c == 0x27E6; }
bool opens_angle(char32_t c) { return c == U'<' || c == 0xFF1C || c == 0xFE64 || c == 0x2039 || c == 0x3008; }
bool is_bar(char32_t c) { return c == U'|' || c == 0xFF5C || c == 0x2502 || c == 0x2223 || c == 0xFFE8; }
bool skipped(char32_t c) {  // between the words of a mark
  return is_blank(c) || c == U'_' || c == 0x2581 || c == U'-' || c == U'\u00AD';
}

}  // namespace

Guarded guard_text(std::string_view given) {
  Guarded out;
  std::u32string seen;
  each_code_point(given, [&](char32_t c, size_t, size_t) {
    if (invisible(c))
      ++out.removed;
    else
      seen += c;
  });
  const auto begins = [&](size_t at, std::u32string_view mark) {
    size_t i = at, limit = at + 64;
    for (size_t k = 0; k < mark.size();) {
      if (i >= seen.size() || i >= limit) return false;
      const char32_t c = seen[i];
      if (skipped(c) && !(c == mark[k])) {
        ++i;
        continue;
      }
      char32_t folded_c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
      if (folded_c >= U'A' && folded_c <= U'Z') folded_c += 32;
      if (folded_c == 0x3011) folded_c = U']';
      if (folded_c != mark[k]) return false;
      ++i, ++k;
    }
    return true;
  };
  const auto any = [&](size_t at, auto& marks) {
    return std::any_of(std::begin(marks), std::end(marks), [&](std::u32string_view mark) { return begins(at, mark); });
  };
  for (size_t i = 0; i < seen.size(); ++i) {
    const char32_t c = seen[i];
    char32_t put = c;
    if (opens_square(c) && any(i + 1, square_marks)) {
      put = 0x2E22;  // top left half bracket
    } else if (opens_angle(c) && ((i + 1 < seen.size() && is_bar(seen[i + 1])) || any(i + 1, angle_marks))) {
      put = 0x27E8;  // mathematical left angle bracket: no compatibility form
    } else if (is_bar(c) && i + 1 < seen.size() && (seen[i + 1] == U'>' || seen[i + 1] == 0xFF1E)) {
      put = 0x00A6;  // broken bar
    } else if (c == U':' || c == 0xFF1A) {
      // "User:" at the beginning of a line.
      size_t from = i;
      while (from > 0 && is_letter(seen[from - 1])) --from;
      size_t before = from;
      while (before > 0 && (is_blank(seen[before - 1]) || seen[before - 1] == U'#' || seen[before - 1] == U'*') &&
             seen[before - 1] != U'\n')
        --before;
      if (from < i && (before == 0 || seen[before - 1] == U'\n')) {
        std::u32string role(seen, from, i - from);
        for (char32_t& r : role)
          if (r >= U'A' && r <= U'Z') r += 32;
        if (std::find(std::begin(roles), std::end(roles), role) != std::end(roles)) put = 0xA789;  // modifier letter colon
      }
    }
    out.marks += put != c;
    append_code_point(out.text, put);
  }
  return out;
}

Guarded guard_name(std::string_view name) {
  const size_t slash = name.find_last_of("/\\");
  Guarded out = guard_text(slash == std::string_view::npos ? name : name.substr(slash + 1));
  std::string one_line;
  for (const char c : out.text) one_line += c == '\n' || c == '\t' ? ' ' : c;
  constexpr size_t most = 200;
  if (one_line.size() > most) {
    size_t cut = most;
    while (cut > 0 && (static_cast<unsigned char>(one_line[cut]) & 0xC0) == 0x80) --cut;
    one_line.resize(cut);
  }
  if (one_line.empty()) one_line = "document";
  out.text = std::move(one_line);
  return out;
}

}  // namespace bifrons
