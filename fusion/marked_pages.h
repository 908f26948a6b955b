// fusion/marked_pages.h - pages that are kept as they are by themselves, as a source whose running heads are marked over just the
// pages it has: the same pages give the same answer, whatever else was read before.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "fusion/document_answer.h"

namespace bifrons {

struct KeptPages {
  DocumentFile file;
  std::function<std::vector<int64_t>()> numbers;            // ascending; may become more
  std::function<std::optional<Page>(int64_t number)> page;  // without marks
  // An index of just these pages, as Library::finish makes it; none: one is made in memory.
  std::function<std::vector<Hit>(std::string_view question, int most)> search = {};
};
std::unique_ptr<PageSource> marked_pages(KeptPages kept);

}  // namespace bifrons
