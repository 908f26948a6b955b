// fusion/quotations.cpp - see quotations.h.
#include "fusion/quotations.h"

#include <algorithm>

#include "fusion/answer_phrases.h"
#include "fusion/citations.h"
#include "fusion/extractor.h"
#include "fusion/sentences.h"

namespace bifrons {

namespace {

std::vector<size_t> words_of(const Sentence::Part& part) {
  std::vector<size_t> words;
  for (size_t i = part.begin; i < part.end; ++i)
    if (!is_blank(part.line->letters.text[i]) && (words.empty() || words.back() != part.line->owner[i]))
      words.push_back(part.line->owner[i]);
  return words;
}

// "2.1 The supplier ..." and "2.2 The supplier ..." say the same.
std::string_view without_number(std::string_view quote) {
  const size_t text = quote.find_first_not_of("0123456789.)( ");
  return text == std::string_view::npos ? quote : quote.substr(text);
}

}  // namespace

DocumentAnswer quote_documents(std::string_view question, PageShelf& shelf, const AnswerOptions& options) {
  DocumentAnswer out;
  out.kind = DocumentAnswer::Kind::quotation;
  const AnswerPhrases& words = phrases(tongue_of(question));
  const auto doubt = [&](const Citation& citation) {
    if (citation.confidence && *citation.confidence < options.hard_to_read)
      out.warnings.push_back({"hard_to_read", citation.page, "a quoted place was hard to read; compare it with the page"});
  };
  const auto quote = [&](Citation citation) {
    const bool said = std::any_of(out.citations.begin(), out.citations.end(), [&](const Citation& c) {
      return c.document == citation.document && without_number(c.quote) == without_number(citation.quote);
    });
    if (said) return;  // the same sentence elsewhere
    citation.passage = int64_t(out.citations.size()) + 1;
    citation.similarity = 1;
    doubt(citation);
    out.answer += (out.answer.empty() ? std::string(words.quotation) : "") + "\n\"" + citation.quote + "\" [" +
                  std::to_string(citation.passage) + "]";
    out.citations.push_back(std::move(citation));
  };
  if (const auto answer = short_answer(question, shelf)) {
    Citation citation = cite(answer->lines, answer->found, shelf);
    // What was hard to read may be misread: a quotation claims less than an answer.
    if (citation.confidence.value_or(100) >= options.hard_to_read) {
      citation.passage = 1;
      citation.similarity = 1;
      citation.statement = answer->value;
      out.found = true;
      out.answer = answer->value + " [1]";
      out.raw = answer->value;
      out.citations.push_back(std::move(citation));
      return out;
    }
    if (options.quotations > 0) quote(std::move(citation));
  }
  SentenceRanking ranking(question, shelf);
  for (const Sentence* sentence : ranking.worth_quoting()) {
    if (int(out.citations.size()) >= options.quotations) break;
    std::vector<const EvidenceLine*> lines;
    std::vector<Support::Found> words_found;
    for (const Sentence::Part& part : sentence->parts) {
      words_found.push_back({lines.size(), words_of(part)});
      lines.push_back(part.line);
    }
    quote(cite(lines, words_found, shelf));
  }
  out.found = !out.citations.empty();
  if (!out.found) out.answer = words.not_found;
  return out;
}

}  // namespace bifrons
