// tests/fuzz/fuzz_answer.cpp - a hostile page and a model's hostile answer: whatever they are, no mark of the template survives
// in the passage, every citation lies on a line of the page, and nothing is supported that has no place. A newline and "===="
// part the page from the answer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fusion/citations.h"
#include "fusion/extractor.h"
#include "fusion/guard.h"
#include "fusion/quotations.h"
#include "fusion/statements.h"
#include "language/unicode.h"

namespace {

using namespace bifrons;

void must(bool holds) {
  if (!holds) std::abort();
}

class OnePage : public PageSource {
 public:
  explicit OnePage(std::string_view text) {
    page_.page = 1;
    page_.width = page_.height = 600;
    Block block;
    double y = 0;
    while (!text.empty() && block.lines.size() < 40) {
      const size_t end = std::min(text.find('\n'), text.size());
      std::string_view rest = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      Line line;
      line.id = "p1l" + std::to_string(block.lines.size() + 1);
      line.box = {0, y, 600, y + 10};
      double x = 0;
      while (!rest.empty()) {
        const size_t cut = std::min(rest.find(' '), rest.size());
        if (cut > 0) line.words.push_back({std::string(rest.substr(0, cut)), {x, y, x + 5 * double(cut), y + 10}, {}});
        x += 5 * double(cut) + 5;
        rest.remove_prefix(std::min(cut + 1, rest.size()));
      }
      for (const Word& word : line.words) line.text += (line.text.empty() ? "" : " ") + word.text;
      y += 12;
      if (!line.words.empty()) block.lines.push_back(std::move(line));
    }
    page_.blocks.push_back(std::move(block));
    file_.name = "fuzz.pdf";
  }
  const DocumentFile& file() const override { return file_; }
  std::vector<int64_t> pages() const override { return {1}; }
  Page page(int64_t) const override { return page_; }
  std::vector<Hit> search(std::string_view, int) const override { return {}; }

 private:
  Page page_;
  DocumentFile file_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), std::min<size_t>(size, 4096));
  const size_t cut = bytes.find("\n====\n");
  const std::string text = lossy_utf8(bytes.substr(0, cut));
  const std::string_view answer = cut == std::string_view::npos ? bytes : bytes.substr(cut + 6);

  const Guarded guarded = guard_text(text);
  must(is_utf8(guarded.text));
  must(guard_text(guarded.text).marks == 0);
  must(guarded.text.find("[file content end]") == std::string::npos && guarded.text.find("[citation:") == std::string::npos);
  must(guard_name(text).text.size() <= 200 && guard_name(text).text.find('\n') == std::string::npos);

  size_t last = 0;
  for (const Statement& statement : split_statements(answer)) {
    must(statement.begin >= last && statement.begin <= statement.text_end && statement.text_end <= answer.size() &&
         statement.end <= answer.size());
    last = statement.begin;
  }

  const OnePage page(text);
  const std::vector<const PageSource*> sources = {&page};
  PageShelf shelf(sources);
  Passage passage{.document = 0, .page = 1, .lines = {}, .text = {}};
  for (const EvidenceLine& line : shelf.lines(0, 1)) passage.lines.push_back(line.line->id);
  const std::string question = "What is the total of 合同?";
  const CheckedAnswer checked = check_answer(answer, question, {passage}, shelf);
  must(int64_t(checked.unsupported.size()) <= checked.statements);
  for (const Citation& citation : checked.citations) {
    must(citation.page == 1 && !citation.lines.empty() && !citation.quote.empty());
    must(citation.box.x0 <= citation.box.x1 && citation.box.y0 <= citation.box.y1 && citation.similarity >= 0 &&
         citation.similarity <= 1);
  }
  for (const std::string_view asked : {std::string_view(question), answer}) {
    const DocumentAnswer quoted = quote_documents(asked, shelf, {});
    must(quoted.found == !quoted.citations.empty());
    for (const Citation& citation : quoted.citations) must(citation.page == 1 && !citation.lines.empty());
  }
  for (const char* asked :
       {"What is the total?", "What is the price of milk?", "What is the date?", "合同编号是什么？", "Who is the customer?"})
    if (const auto got = short_answer(asked, shelf))
      must(!got->value.empty() && !got->lines.empty() && got->found.size() == got->lines.size());
  return 0;
}
