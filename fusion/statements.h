// fusion/statements.h - an answer cut into statements, each with the passages it cites; and the marks [citation:X] themselves, as
// models write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

struct CitationMark {
  size_t end = 0;                 // byte behind it
  std::vector<int64_t> passages;  // as written, unchecked; numbers over a million are left out
};
// The mark that begins at text[at]: [citation:3], [citation: 3, 5], 【citation:3】, in any case.
std::optional<CitationMark> citation_mark(std::string_view text, size_t at);
// Could `text` be the beginning of a mark that is not yet whole? For streams.
bool begins_citation_mark(std::string_view text);

struct Statement {
  size_t begin = 0, end = 0;   // bytes of the answer: the sentence and the marks behind it
  size_t text_end = 0;         // bytes [begin, text_end) without the trailing marks (but with those inside)
  std::string text;            // without marks, markdown signs and list numbers
  std::vector<int64_t> cited;  // in order, each once
};
std::vector<Statement> split_statements(std::string_view answer);

}  // namespace bifrons
