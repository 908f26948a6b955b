// tests/ocr/page/answers.cpp - see answers.h.
#include "answers.h"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include "ocr/page/script.h"
#include "score.h"

namespace bifrons::test {
namespace {

// Over line ends: what a question asks for may be broken between two.
const char* const anywhere[] = {
    R"((\$?\d[\d,]*\.\d\d)(?!\d))",
    R"((\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}))",
    R"((\d{1,2}:\d\d))",
    R"(([A-Z]\d\d-\d{4}))",
    R"(([A-Z][a-z]+ [A-Z][a-z]+) (?:explained|thanked|will be away))",
    R"(addressed to ([A-Z][a-z]+ [A-Z][a-z]+))"};
// Within a line: every group is an answer.
const char* const in_a_line[] = {
    R"(^Invoice (\d+)$)", R"(^(?:Name|Street|Telephone|Member since) (.+) (?:Date of birth|Town|Occupation|Yearly fee) (.+)$)",
    R"(^\d+ ([A-Z].+) \d+ ([\d,]+\.\d\d) ([\d,]+\.\d\d)$)",  // a row of a table
    R"(^([A-Z].+) ([\d,]+\.\d\d)$)",                         // and of a receipt
    R"(^(\d+ Station Road)$)"};

void collect(const std::string& text, const char* pattern, std::set<std::string>& answers) {
  const std::regex expression(pattern);
  for (std::sregex_iterator hit(text.begin(), text.end(), expression), end; hit != end; ++hit)
    for (size_t group = 1; group < hit->size(); ++group) answers.insert((*hit)[group].str());
}

bool goes_on(char32_t c) {  // a word or a number that reaches here
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

std::vector<std::string> answers_in(const std::string& truth) {
  std::set<std::string> answers;
  if (ideograph_share(truth) > 0.5) {
    std::u32string clause;
    for (char32_t c : characters(truth)) {
      if (c == '\n') continue;
      if (is_ideograph(c)) {
        clause += c;
      } else {
        std::string text;
        for (char32_t one : clause) text += utf8(one);
        if (!clause.empty()) answers.insert(text);
        clause.clear();
      }
    }
  } else {
    std::string flat = truth;
    std::replace(flat.begin(), flat.end(), '\n', ' ');
    for (const char* pattern : anywhere) collect(flat, pattern, answers);
    std::istringstream lines(truth);
    for (std::string line; std::getline(lines, line);)
      for (const char* pattern : in_a_line) collect(line, pattern, answers);
  }
  return {answers.begin(), answers.end()};
}

bool stands_in(const std::string& answer, const std::string& text) {
  const std::u32string part = plain(answer), whole = plain(text);
  if (part.empty()) return false;
  for (size_t at = 0; (at = whole.find(part, at)) != std::u32string::npos; ++at) {
    const size_t end = at + part.size();
    const bool begins = at == 0 || !goes_on(whole[at - 1]) || !goes_on(part.front());
    // "1,234" and "12.5" do not stand in "1,234.50" and "12.50".
    const bool more_digits = end + 1 < whole.size() && (whole[end] == '.' || whole[end] == ',') && whole[end + 1] >= '0' &&
                             whole[end + 1] <= '9' && part.back() >= '0' && part.back() <= '9';
    const bool after_digits = at > 1 && (whole[at - 1] == '.' || whole[at - 1] == ',') && whole[at - 2] >= '0' &&
                              whole[at - 2] <= '9' && part.front() >= '0' && part.front() <= '9';
    if (begins && !more_digits && !after_digits && (end == whole.size() || !goes_on(whole[end]) || !goes_on(part.back())))
      return true;
  }
  return false;
}

Standing standing(const std::string& found, const std::string& truth) {
  Standing result;
  for (const std::string& answer : answers_in(truth)) ++result.asked, result.stand += stands_in(answer, found);
  return result;
}

}  // namespace bifrons::test
