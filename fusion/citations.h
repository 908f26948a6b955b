// fusion/citations.h - from the passages a model names to places on pages: every statement of an answer is looked for in the
// lines it cites, then in all passages, then in the whole document; what stands nowhere is marked. Source: documents.md 7.2, 7.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fusion/document_answer.h"
#include "fusion/passages.h"

namespace bifrons {

struct CheckedAnswer {
  std::string shown;  // the answer with [n] for its n-th citation, and marks behind statements without a place
  std::vector<Citation> citations;
  std::vector<std::string> unsupported;
  std::vector<Warning> warnings;
  int64_t statements = 0, refusals = 0;
};
CheckedAnswer check_answer(std::string_view answer, std::string_view question, const std::vector<Passage>& passages,
                           PageShelf& shelf, double hard_to_read = 60);

// Does check_answer mark this statement of an answer, as one without a place? `last`: nothing follows it in the answer.
bool is_unsupported(std::string_view statement, bool last, std::string_view question, const std::vector<Passage>& passages,
                    PageShelf& shelf);

// The citation of some words of adjacent lines of one page.
Citation cite(std::span<const EvidenceLine* const> lines, const std::vector<Support::Found>& found, const PageShelf& shelf);

}  // namespace bifrons
