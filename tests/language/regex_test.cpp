// tests/language/regex_test.cpp - patterns whose difference between Oniguruma and PCRE2 would seldom show in token ids.
#include "language/regex.h"

#include <vector>

#include <gtest/gtest.h>

#include "language/unicode.h"

namespace bifrons {
namespace {

std::vector<std::string> matches(const char* pattern, const std::string& text) {
  const Regex regex = Regex::pattern(pattern, "test");
  Regex::Scratch scratch;
  scratch.begin(text.size());
  std::vector<std::string> found;
  Regex::Match match;
  for (size_t from = 0; from < text.size() && regex.find(text, from, scratch, match); from = match.end) {
    found.push_back(text.substr(match.begin, match.end - match.begin));
    if (match.begin == match.end) break;
  }
  return found;
}

using Texts = std::vector<std::string>;

std::string utf8(std::u32string_view codes) {
  std::string text;
  for (const char32_t c : codes) append_utf8(text, c);
  return text;
}

TEST(Regex, ClassesAreUnicode16s) {
  const std::string letter = utf8(U"\U0002EBF0") /* 15.1 */, digit = utf8(U"\U00011F50") /* 15 */,
                    mark = utf8(U"\U00010D69") /* 16 */, symbol = utf8(U"\U0001CC00") /* 16 */;
  EXPECT_EQ(matches(R"(\p{L}+)", "a" + letter + "b" + digit), (Texts{"a" + letter + "b"}));
  EXPECT_EQ(matches(R"([^\p{L}\p{N}]+)", letter + symbol + digit + "!"), (Texts{symbol, "!"}));
  EXPECT_EQ(matches(R"(\d)", "1" + digit + letter), (Texts{"1", digit}));
  EXPECT_EQ(matches(R"(\D)", "1" + digit + letter), (Texts{letter}));
  EXPECT_EQ(matches(R"(\P{L}+)", letter + "1" + letter), (Texts{"1"}));
  EXPECT_EQ(matches(R"([\P{L}x]+)", letter + "1x" + letter), (Texts{"1x"}));
  EXPECT_EQ(matches(R"(\w+)", letter + mark + digit + symbol), (Texts{letter + mark + digit}));
  EXPECT_EQ(matches(R"(\p{Han}+)", letter + utf8(U"\u3001") + letter),
            (Texts{letter, letter}));  // the script, not its extensions
  EXPECT_TRUE(is_numeric(U'\U00011F50') && is_numeric(U'\U00011DE0') && !is_numeric(U'\U0002EBF0'));
}

TEST(Regex, WhiteSpaceIsUnicodes) {
  const std::string vowel_separator = utf8(U"\u180e"),
                    spaces = utf8(U"\t\n\v\f\r \u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000");
  EXPECT_EQ(matches(R"(\s+)", spaces + vowel_separator + " "), (Texts{spaces, " "}));
  EXPECT_EQ(matches(R"([^\S]+)", spaces + vowel_separator), (Texts{spaces}));
  EXPECT_EQ(matches(R"(\S+)", spaces + vowel_separator + "x "), (Texts{vowel_separator + "x"}));
}

TEST(Regex, LinesEndAtNewlinesOnly) {
  EXPECT_EQ(matches("a$", "a\ra\u2028a\na"), (Texts{"a", "a"}));
  EXPECT_EQ(matches("^.", "a\nb\rc"), (Texts{"a", "b"}));
  EXPECT_EQ(matches(".+", "a\rb\nc"), (Texts{"a\rb", "c"}));
  EXPECT_EQ(matches(R"(\s+$)", "a  \n b  c  "), (Texts{"  ", "  "}));
}

TEST(Regex, QuantifiersReadAsOnigurumas) {
  EXPECT_EQ(matches("a{2}+", "aaaaa"), (Texts{"aaaa"}));
  EXPECT_EQ(matches("ba{2}?", "baa"), (Texts{"baa"}));
  EXPECT_EQ(matches("ba{2,}?", "baaa"), (Texts{"baa"}));
  EXPECT_EQ(matches("ba{,2}", "baaa"), (Texts{"baa"}));
  EXPECT_EQ(matches("a{,}|{x", "a{,}{x"), (Texts{"a{,}", "{x"}));
  EXPECT_EQ(matches("[a-d&&[^b]]+", "abcd"), (Texts{"a", "cd"}));
}

}  // namespace
}  // namespace bifrons
