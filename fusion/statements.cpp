// fusion/statements.cpp - see statements.h.
#include "fusion/statements.h"

#include <algorithm>
#include <array>

#include "fusion/values.h"
#include "ocr/document/fold.h"

namespace bifrons {

namespace {

constexpr std::string_view word = "citation";
constexpr size_t longest_mark = 200;  // bytes; a longer one is text

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }
bool same(std::string_view text, size_t at, std::string_view lower_word) {
  if (text.size() < at + lower_word.size()) return false;
  for (size_t i = 0; i < lower_word.size(); ++i)
    if (lower(text[at + i]) != lower_word[i]) return false;
  return true;
}
// Length of an opening or closing bracket at text[at], 0: none. ASCII, full-width, lenticular.
size_t bracket(std::string_view text, size_t at, bool open) {
  const std::array<std::string_view, 3> signs =
      open ? std::array<std::string_view, 3>{"[", "［", "【"} : std::array<std::string_view, 3>{"]", "］", "】"};
  for (const std::string_view sign : signs)
    if (text.substr(std::min(at, text.size()), sign.size()) == sign) return sign.size();
  return 0;
}

constexpr std::string_view abbreviations[] = {
    "no",   "inc", "ltd", "mr",   "mrs", "ms",        "dr",  "prof", "st",   "e.g", "i.e", "approx", "vs",   "co",
    "corp", "art", "sec", "p",    "pp",  "nr",        "fig", "vol",  "dept", "est", "tel", "ext",    "incl", "excl",
    "jan",  "feb", "mar", "apr",  "jun", "jul",       "aug", "sep",  "sept", "oct", "nov", "dec",    "cf",   "etc",
    "a.m",  "p.m", "u.s", "b.v",  "s.a", "gmbh & co", "str", "z.b",  "d.h",  "u.a", "bzw", "ca",     "inkl", "zzgl",
    "abs",  "usw", "ggf", "evtl", "vgl", "mwst",      "hr",  "fr",   "geb",  "tsd", "mio", "okt",    "dez",  "mrz"};
// German writes "24. Dezember" and "am dritten, dem 3. Werktag": words behind a number and its point that go on.
constexpr std::string_view ordinal_things[] = {
    "januar", "jan",     "februar",      "feb",        "märz",    "mär",      "mrz",      "april",     "apr",
    "mai",    "juni",    "jun",          "juli",       "jul",     "august",   "aug",      "september", "sep",
    "sept",   "oktober", "okt",          "november",   "nov",     "dezember", "dez",      "january",   "february",
    "march",  "may",     "june",         "july",       "october", "december", "werktag",  "tag",       "tages",
    "monat",  "monats",  "kalendertag",  "arbeitstag", "quartal", "quartals", "halbjahr", "jahr",      "kalenderwoche",
    "woche",  "stock",   "obergeschoss", "etage",      "og",      "auflage",  "klasse",   "rate",      "mahnung"};

// "1. April", "3. Werktag": the word at `at`.
bool is_ordinal_thing(std::string_view text, size_t at) {
  std::string word_there;
  for (; at < text.size(); ++at) {
    const char c = lower(text[at]);
    if (static_cast<unsigned char>(c) < 0x80 && (c < 'a' || c > 'z')) break;
    word_there += c;
  }
  return std::find(std::begin(ordinal_things), std::end(ordinal_things), word_there) != std::end(ordinal_things);
}

class Splitter {
 public:
  explicit Splitter(std::string_view answer) : s_(answer) {}

  std::vector<Statement> all() {
    for (size_t i = 0; i < s_.size();) {
      if (const auto mark = citation_mark(s_, i)) {
        // A mark belongs to what was said before it.
        if (open_ || !out_.empty()) {
          Statement& to = open_ ? now_ : out_.back();
          for (const int64_t passage : mark->passages)
            if (std::find(to.cited.begin(), to.cited.end(), passage) == to.cited.end()) to.cited.push_back(passage);
          to.end = mark->end;
          while (open_ && !now_.text.empty() && now_.text.back() == ' ') now_.text.pop_back();
        }
        i = mark->end;
        continue;
      }
      const size_t size = character(i);
      const std::string_view c = s_.substr(i, size);
      if (c == "\n" || c == "\r") {
        close();
      } else if (c == " " || c == "\t" || c == "\u3000") {
        if (open_) now_.text += ' ';
      } else if (!open_ && after_end_ &&
                 (c == "\"" || c == "”" || c == "」" || c == ")" || c == "）" || c == "." || c == "。" || c == "*")) {
        if (!out_.empty()) out_.back().end = out_.back().text_end = std::max(out_.back().end, i + size);
      } else {
        add(i, size);
        if (ends(i, size)) close(true);
      }
      i += size;
    }
    close();
    return std::move(out_);
  }

 private:
  size_t character(size_t i) const {
    const auto byte = static_cast<unsigned char>(s_[i]);
    const size_t size = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return std::min(size, s_.size() - i);
  }
  void add(size_t i, size_t size) {
    if (!open_) {
      open_ = true;
      after_end_ = false;
      now_ = {};
      now_.begin = i;
    }
    now_.text += s_.substr(i, size);
    now_.end = now_.text_end = i + size;
  }
  void close(bool sentence = false) {
    after_end_ = sentence;
    if (!open_) return;
    open_ = false;
    clean(now_.text);
    if (now_.text.empty()) {
      // Signs only: the marks among them go to the statement before.
      if (!out_.empty()) out_.back().cited.insert(out_.back().cited.end(), now_.cited.begin(), now_.cited.end());
      return;
    }
    out_.push_back(std::move(now_));
  }
  // List signs, emphasis and blanks at the ends say nothing.
  static void clean(std::string& text) {
    std::erase(text, '*');
    std::erase(text, '`');
    size_t at = text.find_first_not_of(" #>-+\t");
    if (at == std::string::npos) at = text.size();
    if (text.compare(at, 3, "•") == 0) at += 3;
    size_t digits = at;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits > at && digits - at <= 2 && (text[digits] == '.' || text[digits] == ')') && digits + 1 < text.size() &&
        text[digits + 1] == ' ' && !(text[digits] == '.' && is_ordinal_thing(text, digits + 2)))
      at = digits + 2;
    text.erase(0, std::min(text.find_first_not_of(' ', at), text.size()));
    while (!text.empty() && text.back() == ' ') text.pop_back();
  }
  bool ends(size_t i, size_t size) const {
    const std::string_view c = s_.substr(i, size);
    if (c == "。" || c == "！" || c == "？" || c == "；") return true;
    if (c != "." && c != "!" && c != "?" && c != ";") return false;
    size_t next = i + 1;
    if (next < s_.size() && s_[next] != ' ' && s_[next] != '\n' && s_[next] != '"' && s_[next] != ')' && s_[next] != '*' &&
        !citation_mark(s_, next) && s_.compare(next, 3, "”") != 0)
      return false;
    if (c != ".") return true;
    while (next < s_.size() && s_[next] == ' ') ++next;
    if (next < s_.size() && s_[next] >= 'a' && s_[next] <= 'z') return false;
    // The word before the point.
    size_t from = i;
    while (from > now_.begin && s_[from - 1] != ' ' && s_[from - 1] != '\n' && s_[from - 1] != '(') --from;
    std::string before;
    for (const char b : s_.substr(from, i - from)) before += lower(b);
    if (before.size() == 1 && before[0] >= 'a' && before[0] <= 'z' && before != "a" && before != "i") return next >= s_.size();
    if (!before.empty() && before.size() <= 2 && before.find_first_not_of("0123456789") == std::string::npos) {
      if (is_ordinal_thing(s_, next)) return false;
    }
    if (std::find(std::begin(abbreviations), std::end(abbreviations), before) != std::end(abbreviations))
      return next >= s_.size() || s_[next] == '\n';
    // "1." at the beginning is a list's number.
    const std::string_view so_far = s_.substr(now_.begin, i - now_.begin);
    return so_far.find_first_not_of("0123456789*#- ") != std::string_view::npos;
  }

  std::string_view s_;
  std::vector<Statement> out_;
  Statement now_;
  bool open_ = false, after_end_ = false;
};

}  // namespace

std::optional<CitationMark> citation_mark(std::string_view text, size_t at) {
  const size_t open = bracket(text, at, true);
  if (open == 0) return {};
  size_t i = at + open;
  while (i < text.size() && text[i] == ' ') ++i;
  if (!same(text, i, word)) return {};
  i += word.size();
  CitationMark mark;
  int64_t number = -1;
  bool malformed = false;  // "[citation:abc]": dropped with what it says; the numbers before count
  const auto take = [&] {
    if (number >= 0 && number <= 1'000'000) mark.passages.push_back(number);
    number = -1;
  };
  for (; i < text.size() && i - at < longest_mark;) {
    const char c = text[i];
    if (malformed) {
      if (c == '\n' || c == '[') return {};
      if (const size_t close = bracket(text, i, false)) {
        mark.end = i + close;
        return mark;
      }
      ++i;
    } else if (c >= '0' && c <= '9') {
      number = std::min<int64_t>((number < 0 ? 0 : number) * 10 + (c - '0'), 1'000'001);
      ++i;
    } else if (const size_t close = bracket(text, i, false)) {
      take();
      mark.end = i + close;
      return mark;
    } else if (c == ':' || c == ' ' || c == ',' || c == ';' || c == '-') {
      take();
      ++i;
    } else if (text.compare(i, 3, "：") == 0 || text.compare(i, 3, "，") == 0 || text.compare(i, 3, "、") == 0) {
      take();
      i += 3;
    } else if (same(text, i, word)) {
      take();
      i += word.size();
    } else if (same(text, i, "passage")) {
      i += 7;
    } else if (text[i - 1] == ' ' || text[i - 1] == ':' || text[i - 1] == ',' || !mark.passages.empty() || number >= 0) {
      take();
      malformed = true;
    } else if (i >= 3 && (text.compare(i - 3, 3, "：") == 0 || text.compare(i - 3, 3, "，") == 0)) {
      malformed = true;
    } else {
      return {};  // "[citations are listed below]"
    }
  }
  return {};
}

bool begins_citation_mark(std::string_view text) {
  if (text.empty() || text.size() >= longest_mark) return false;
  size_t open = bracket(text, 0, true);
  if (open == 0) return text == "\xEF" || text == "\xEF\xBC" || text == "\xE3" || text == "\xE3\x80";
  while (open < text.size() && text[open] == ' ') ++open;
  const std::string_view rest = text.substr(open);
  if (rest.size() <= word.size())
    return same(word, 0, [&] {
      std::string lowered;
      for (const char c : rest) lowered += lower(c);
      return lowered;
    }());
  if (!same(rest, 0, word)) return false;
  for (const char c : rest.substr(word.size()))
    if (c == '\n' || c == '[') return false;
  return !citation_mark(text, 0);
}

std::vector<Statement> split_statements(std::string_view answer) { return Splitter(answer).all(); }

}  // namespace bifrons
