// tests/ocr/page/answers.h - what a question about a page would ask for, taken from its true text by pattern, and whether it
// stands in the text that was read. Source: documents.md 10, "answer standing in the recognised text".
#pragma once

#include <string>
#include <vector>

namespace bifrons::test {

// Amounts, dates, times, reference numbers, names beside what tells that they are one, values beside a form's label, whole cells;
// of Chinese its clauses. Each once, in no order. `truth`: lines in reading order, as pages.h draws them.
std::vector<std::string> answers_in(const std::string& truth);

// As plain() compares, and not as a part of a longer word or number.
bool stands_in(const std::string& answer, const std::string& text);

struct Standing {
  int asked = 0, stand = 0;
  double share() const { return asked > 0 ? double(stand) / asked : 1; }
  void add(const Standing& more) { asked += more.asked, stand += more.stand; }
};
Standing standing(const std::string& found, const std::string& truth);

}  // namespace bifrons::test
