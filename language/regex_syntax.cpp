// language/regex_syntax.cpp - Oniguruma patterns to PCRE2 patterns. What differs and matters: \s (White_Space; PCRE2 adds
// U+180E), \w, \h, \v, script names (PCRE2 10.40 reads them as script extensions), && and nested classes, {n}?, {n,m}+, {,n},
// (?m). Source: Oniguruma's doc/RE and pcre2pattern(3).
#include "language/regex_syntax.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "kernels/core/error.h"
#include "language/newer_unicode.h"
#include "language/unicode.h"

namespace bifrons {

namespace {

constexpr size_t longest_pattern = 65536, deepest_nesting = 64;

constexpr std::string_view space_items =
    R"(\x09-\x0d\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
constexpr std::string_view not_space_items =
    R"(\x00-\x08\x0e-\x1f\x21-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e})"
    R"(\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff})";
constexpr std::string_view anything = R"([\x{0}-\x{10ffff}])";
constexpr std::string_view count_a_step = "(?C)";

constexpr std::array<std::string_view, 38> general_categories = {
    "C",  "Cc", "Cf", "Cn", "Co", "Cs", "L",  "Ll", "Lm", "Lo", "Lt", "Lu", "M",  "Mc", "Me", "Mn", "N",  "Nd", "Nl",
    "No", "P",  "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S",  "Sc", "Sk", "Sm", "So", "Z",  "Zl", "Zp", "Zs", "Any"};
constexpr std::array<std::array<std::string_view, 2>, 10> long_names = {{{"Letter", "L"},
                                                                         {"Mark", "M"},
                                                                         {"Number", "N"},
                                                                         {"Punctuation", "P"},
                                                                         {"Symbol", "S"},
                                                                         {"Separator", "Z"},
                                                                         {"Other", "C"},
                                                                         {"Uppercase_Letter", "Lu"},
                                                                         {"Lowercase_Letter", "Ll"},
                                                                         {"Decimal_Number", "Nd"}}};
constexpr std::array<std::string_view, 5> boolean_properties = {"Alphabetic", "Lowercase", "Uppercase", "White_Space", "Emoji"};

std::string word_items() {
  std::string items = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";
  for (const char* category : {"L", "M", "Nd", "Pc"}) items += newer_items(category);
  return items;
}

// One bracket expression: the union of plain items and nested classes, cut with every class of `and_also`, then turned round.
struct Class {
  bool negated = false;
  std::string items;  // as PCRE2 writes them, without the brackets
  std::vector<Class> nested, and_also;
};

std::string bracketed(bool negated, std::string_view items) {
  return std::string(negated ? "[^" : "[").append(items).append("]");
}

std::string written(const Class& c) {  // matches one character of the class
  if (c.nested.empty() && c.and_also.empty()) return bracketed(c.negated, c.items);
  std::string text;
  for (const Class& other : c.and_also) text.append("(?=").append(written(other)).append(")");
  text.append("(?:");
  if (!c.items.empty()) text.append(bracketed(false, c.items));
  for (size_t i = 0; i < c.nested.size(); ++i) text.append(i || !c.items.empty() ? "|" : "").append(written(c.nested[i]));
  text.append(")");
  std::string all = c.negated ? "(?:(?!" : "(?:";
  all.append(text).append(c.negated ? ")" : "");
  if (c.negated) all.append(anything);
  return all.append(")");
}

bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

class Translator {
 public:
  Translator(std::string_view pattern, const std::string& name) : in_(pattern), name_(name) {}

  std::string run() {
    if (in_.size() > longest_pattern) fail(Fault::limit, name_, ": a regex of ", in_.size(), " bytes, at most ", longest_pattern);
    if (!is_utf8(in_)) refuse("bytes that are not UTF-8");
    alternatives(0);
    if (at_ < in_.size()) refuse("an unmatched )");
    if (!first_class_.empty() && top_bars_ == 0) {
      // C+R, or C*R: a match that begins inside a run of C could have begun at the run's start, so only starts there and where
      // the search starts need trying. Makes \s+$ linear on long runs of spaces; the results are the same.
      out_.insert(0, "(?:(?<!" + first_class_ + ")|\\G)");
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(std::string_view what) const {
    fail(Fault::lacking, name_, ": the regex '", in_.substr(0, 200), in_.size() > 200 ? "...'" : "'", " has ", what, " at byte ",
         at_, ", which is not supported here");
  }
  bool more() const { return at_ < in_.size(); }
  bool next_is(std::string_view text) const { return in_.substr(at_, text.size()) == text; }
  bool skip(std::string_view text) {
    if (!next_is(text)) return false;
    at_ += text.size();
    return true;
  }
  char32_t take_character() {
    if (!more()) refuse("an unfinished end");
    const Utf8Step step = utf8_step(in_, at_);
    at_ += step.length;
    return step.code;
  }

  static std::string literal(char32_t code) {
    std::string text;
    if (code < 0x80 && !is_alnum(static_cast<char>(code))) {
      constexpr char digits[] = "0123456789abcdef";
      return {'\\', 'x', digits[code >> 4], digits[code & 15]};
    }
    append_utf8(text, code);
    return text;
  }

  char32_t hexadecimal(int least, int most) {
    char32_t value = 0;
    int count = 0;
    for (; count < most && more(); ++count, ++at_) {
      const char c = in_[at_];
      const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
      if (digit < 0) break;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    if (count < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) refuse("a wrong code point");
    return value;
  }

  // The escape after a backslash, if it means one character or a set of them; nothing for anchors and the like.
  struct Escape {
    std::optional<char32_t> character;
    std::string items;     // of a set
    bool negated = false;  // the set is all but the items
  };
  Escape property(bool negated) {
    const size_t end = in_.find('}', at_);
    if (!skip("{") || end == std::string_view::npos) refuse("a \\p without {name}");
    if (skip("^")) negated = !negated;
    std::string name(in_.substr(at_, end - at_));
    for (const char c : name)
      if (!is_alnum(c) && c != '_') refuse("a property '" + name + "'");
    at_ = end + 1;
    for (const auto& [spelled, brief] : long_names)
      if (name == spelled) name = brief;
    const bool category = std::find(general_categories.begin(), general_categories.end(), name) != general_categories.end();
    const bool boolean = std::find(boolean_properties.begin(), boolean_properties.end(), name) != boolean_properties.end();
    std::string items = (category || boolean ? "\\p{" : "\\p{sc:") + name + "}";
    if (category || name == "Han") items += newer_items(name);
    return {std::nullopt, std::move(items), negated};
  }

  std::optional<Escape> set_escape() {
    const size_t start = at_;
    const char32_t c = take_character();
    const auto set = [](std::string_view items, bool negated = false) {
      return Escape{std::nullopt, std::string(items), negated};
    };
    switch (c) {
      case 's': return set(space_items);
      case 'S': return set(not_space_items);
      case 'd': return set("\\p{Nd}" + newer_items("Nd"));
      case 'D': return set("\\p{Nd}" + newer_items("Nd"), true);
      case 'w': return set(word_items());
      case 'W': return set(word_items(), true);
      case 'h': return set("0-9a-fA-F");
      case 'H': return set("0-9a-fA-F", true);
      case 'p': return property(false);
      case 'P': return property(true);
      case 't': return Escape{U'\t', {}};
      case 'n': return Escape{U'\n', {}};
      case 'r': return Escape{U'\r', {}};
      case 'f': return Escape{U'\f', {}};
      case 'v': return Escape{U'\v', {}};
      case 'a': return Escape{U'\a', {}};
      case 'e': return Escape{char32_t{27}, {}};
      case 'u': return Escape{hexadecimal(4, 4), {}};
      case 'x':
        if (skip("{")) {
          const char32_t code = hexadecimal(1, 8);
          if (!skip("}")) refuse("an unfinished \\x{");
          return Escape{code, {}};
        } else {
          const char32_t code = hexadecimal(1, 2);
          if (code > 0x7F) refuse("a raw byte");  // in Oniguruma a byte of UTF-8, not a code point
          return Escape{code, {}};
        }
      default:
        if (c >= 0x80 || !is_alnum(static_cast<char>(c))) return Escape{c, {}};
        at_ = start;
        return std::nullopt;
    }
  }

  Class bracket(size_t depth) {  // after the [
    if (depth > deepest_nesting) refuse("too deep a nesting");
    Class c, part;
    c.negated = skip("^");
    bool first_part = true;
    const size_t start = at_;
    const auto close_part = [&] {
      if (part.items.empty() && part.nested.empty()) refuse("an empty class");
      if (first_part)
        c.items = std::move(part.items), c.nested = std::move(part.nested);
      else
        c.and_also.push_back(std::move(part));
      part = {};
      first_part = false;
    };
    while (true) {
      if (!more()) refuse("an unfinished class");
      if (next_is("]")) {
        if (at_ == start) refuse("a class that begins with ]");
        ++at_;
        close_part();
        return c;
      }
      if (skip("&&")) {
        close_part();
        continue;
      }
      if (next_is("[:")) refuse("a POSIX class");
      if (skip("[")) {
        part.nested.push_back(bracket(depth + 1));
        continue;
      }
      const auto element = [&]() -> Escape {
        if (!skip("\\")) return {take_character(), {}};
        if (skip("b")) return {U'\b', {}};
        auto escape = set_escape();
        if (!escape) refuse("an unknown escape");
        return *escape;
      };
      const Escape low = element();
      if (!low.character) {
        if (low.negated)
          part.nested.push_back({.negated = true, .items = low.items, .nested = {}, .and_also = {}});
        else
          part.items += low.items;
        if (next_is("-") && !next_is("-]")) refuse("a range that begins with a set");
        continue;
      }
      part.items += literal(*low.character);
      if (next_is("-") && !next_is("-]") && at_ + 1 < in_.size()) {
        ++at_;
        if (next_is("[") || next_is("&&")) refuse("a range that ends in a class");
        const Escape high = element();
        if (!high.character || *high.character < *low.character) refuse("a range that ends before it begins");
        part.items += "-" + literal(*high.character);
      }
    }
  }

  void alternatives(size_t depth) {
    if (depth > deepest_nesting) refuse("too deep a nesting");
    bool first_atom = depth == 0;
    while (more() && !next_is(")")) {
      if (skip("|")) {
        previous_ = 0;
        out_ += "|";
        if (depth == 0) ++top_bars_;
        first_atom = false;
        continue;
      }
      const size_t atom = out_.size();
      const bool one_character = write_atom(depth);
      const std::string text = out_.substr(atom);
      const bool endless = quantifier(atom);
      if (first_atom && one_character && endless) first_class_ = text;
      first_atom = false;
    }
  }

  // Writes one atom; true when it always matches exactly one character.
  bool write_atom(size_t depth) {
    const char32_t before = std::exchange(previous_, 0);
    if (skip("[")) {
      out_ += written(bracket(0));
      return true;
    }
    if (next_is("(")) {
      group(depth);
      return false;
    }
    if (skip(".")) {
      out_ += ".";
      return true;
    }
    if (next_is("^") || next_is("$")) {
      out_ += in_[at_++];
      return false;
    }
    if (next_is("*") || next_is("+") || next_is("?")) refuse("a quantifier after nothing");
    if (!skip("\\")) {
      const char32_t c = take_character();
      check_folding(c, before);
      out_ += literal(c);
      return true;
    }
    if (const auto escape = set_escape()) {
      if (escape->character) check_folding(*escape->character, before);
      out_ += escape->character ? literal(*escape->character) : bracketed(escape->negated, escape->items);
      return true;
    }
    const std::string word = bracketed(false, word_items());
    if (skip("A") || skip("z") || skip("Z") || skip("R"))
      out_ += std::string("\\") + in_[at_ - 1];
    else if (skip("b"))
      out_ += "(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))";
    else if (skip("B"))
      out_ += "(?:(?<=" + word + ")(?=" + word + ")|(?<!" + word + ")(?!" + word + "))";
    else
      refuse(std::string("the escape \\") + in_[at_]);
    return false;
  }

  // Without case Oniguruma also lets one character stand for several (sharp s for ss, the ligature fi), PCRE2 does not.
  void check_folding(char32_t c, char32_t before) {
    previous_ = c < 0x80 ? c | 32 : 0;
    if (!caseless_) return;
    constexpr std::array<std::string_view, 5> several = {"ss", "ff", "fi", "fl", "st"};
    const char pair[] = {static_cast<char>(before), static_cast<char>(previous_)};
    if (folds_to_several(c) || (before && std::find(several.begin(), several.end(), std::string_view(pair, 2)) != several.end()))
      refuse("letters without case that fold to several");
  }

  void group(size_t depth) {
    bool opened = false, caseless = caseless_;
    for (const std::string_view kind : {"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"})
      if (!opened && skip(kind)) out_ += kind, opened = true;
    if (!opened && next_is("(?")) {
      // (?imx-imx:...) and, at the very start of the pattern, (?imx-imx). Oniguruma's m is PCRE2's s.
      const size_t start = at_;
      at_ += 2;
      std::string flags;
      for (; more() && (next_is("i") || next_is("m") || next_is("-")); ++at_) flags += in_[at_] == 'm' ? 's' : in_[at_];
      const bool off = flags.find('-') < flags.find('i');
      if (flags.find('i') != std::string::npos) caseless = !off;
      if (skip(":")) {
        out_ += "(?" + flags + ":";
      } else if (next_is(")") && start == 0) {
        ++at_;
        out_ += "(?" + flags + ")";
        caseless_ = caseless;
        return;
      } else {
        at_ = start;
        refuse("the group '" + std::string(in_.substr(at_, 4)) + "'");
      }
    } else if (!opened) {
      ++at_;
      out_ += "(?:";  // nobody reads captures
    }
    std::swap(caseless, caseless_);
    alternatives(depth + 1);
    std::swap(caseless, caseless_);
    if (!skip(")")) refuse("a group without its )");
    out_ += ")";
  }

  std::optional<int> count() {
    int value = 0;
    const size_t start = at_;
    for (; more() && in_[at_] >= '0' && in_[at_] <= '9' && at_ - start < 6; ++at_) value = value * 10 + (in_[at_] - '0');
    return at_ == start ? std::nullopt : std::optional(value);
  }

  // Writes the quantifier of the atom that begins at out_[atom], if there is one; true when it repeats without end.
  bool quantifier(size_t atom) {
    const size_t start = at_;
    int most = -1;
    bool interval = false, fixed = false;
    if (skip("?")) {
      most = 1;
    } else if (skip("{")) {
      const auto low = count();
      const bool comma = skip(",");
      const auto high = comma ? count() : low;
      if (!skip("}") || (!low && !high)) {
        at_ = start;
        return false;  // a plain brace, as in Oniguruma
      }
      interval = true;
      fixed = !comma;
      const int least = low.value_or(0);
      most = high.value_or(-1);
      if (most >= 0 && most < least) refuse("a reversed interval");
      out_ += "{" + std::to_string(least) + "," + (most < 0 ? "" : std::to_string(most)) + "}";
    } else if (!skip("*") && !skip("+")) {
      return false;
    }
    if (!interval) out_ += in_[start];
    // Oniguruma: {n,m}+ is (?:...{n,m})+, not possessive, and {n}? is (?:...{n})?, not lazy.
    if ((interval && next_is("+")) || (fixed && next_is("?"))) wrap(atom);
    if (next_is("?") || next_is("+")) {
      if (interval && next_is("+")) most = -1;
      out_ += in_[at_++];
    }
    if (next_is("*") || next_is("+") || next_is("?")) refuse("two quantifiers in a row");
    if (most < 0 || most > 64) out_ += count_a_step;
    return most < 0;
  }
  void wrap(size_t atom) {
    out_.insert(atom, "(?:");
    out_ += ")";
  }

  std::string_view in_;
  const std::string& name_;
  std::string out_, first_class_;
  size_t at_ = 0, top_bars_ = 0;
  bool caseless_ = false;
  char32_t previous_ = 0;  // the literal before, in lower case
};

}  // namespace

std::string pcre2_from_oniguruma(std::string_view pattern, const std::string& name) { return Translator(pattern, name).run(); }

}  // namespace bifrons
