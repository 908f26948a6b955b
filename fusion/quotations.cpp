// fusion/quotations.cpp - see quotations.h.
#include "fusion/quotations.h"

#include <algorithm>
#include <set>

#include "fusion/answer_phrases.h"
#include "fusion/citations.h"
#include "fusion/extractor.h"

namespace bifrons {

namespace {

constexpr double least_share = 0.5;  // of the question's words that the best passage must hold to be worth showing
constexpr size_t most_lines = 4;     // of one quotation

struct Quoted {
  std::vector<const EvidenceLine*> lines;  // adjacent
  double share = 0;                        // of the question's words in them
};

// The lines of a passage that hold the most of the question, with what stands around them.
Quoted best_lines(const std::vector<EvidenceLine>& page, const Chunk& chunk, const std::vector<std::u32string>& asked) {
  const std::set<std::string> ids(chunk.lines.begin(), chunk.lines.end());
  std::vector<const EvidenceLine*> lines;
  for (const EvidenceLine& line : page)
    if (ids.count(line.line->id)) lines.push_back(&line);
  const auto held = [&](size_t from, size_t to) {
    std::set<size_t> words;
    for (size_t l = from; l < to; ++l)
      for (size_t w = 0; w < asked.size(); ++w) {
        const std::u32string& word = asked[w];
        const bool there = std::any_of(lines[l]->tokens.begin(), lines[l]->tokens.end(),
                                       [&](const auto& token) { return same_word(token.text, word); });
        if (there || (word.front() > 0x2E00 && lines[l]->letters.text.find(word) != std::u32string::npos)) words.insert(w);
      }
    return words.size();
  };
  Quoted best;
  size_t best_from = 0, best_held = 0;
  for (size_t from = 0; from < lines.size(); ++from) {
    const size_t now = held(from, std::min(lines.size(), from + most_lines));
    if (now > best_held || from == 0) best_held = now, best_from = from;
  }
  for (size_t l = best_from; l < std::min(lines.size(), best_from + most_lines); ++l) best.lines.push_back(lines[l]);
  best.share = asked.empty() ? 0 : double(best_held) / double(asked.size());
  return best;
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
  if (const auto answer = short_answer(question, shelf)) {
    Citation citation = cite(answer->lines, answer->found, shelf);
    citation.passage = 1;
    citation.similarity = 1;
    citation.statement = answer->value;
    out.found = true;
    out.answer = answer->value + " [1]";
    out.raw = answer->value;
    doubt(citation);
    out.citations.push_back(std::move(citation));
    return out;
  }
  const std::vector<std::u32string> asked = content_words(question);
  struct Ranked {
    Quoted quoted;
    double score = 0;
  };
  std::vector<Ranked> ranked;
  for (int64_t d = 0; d < shelf.documents(); ++d)
    for (const Hit& hit : shelf.source(d).search(question, options.quotations * 2))
      ranked.push_back({best_lines(shelf.lines(d, hit.chunk.page), hit.chunk, asked), hit.score});
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  std::set<const EvidenceLine*> shown;
  for (const Ranked& r : ranked) {
    if (int(out.citations.size()) >= options.quotations) break;
    if (r.quoted.share < least_share || r.quoted.lines.empty() || shown.count(r.quoted.lines.front())) continue;
    shown.insert(r.quoted.lines.begin(), r.quoted.lines.end());
    std::vector<Support::Found> all;
    for (size_t i = 0; i < r.quoted.lines.size(); ++i) all.push_back({i, {}});
    Citation citation = cite(r.quoted.lines, all, shelf);
    citation.passage = int64_t(out.citations.size()) + 1;
    citation.similarity = 1;
    doubt(citation);
    out.answer += (out.answer.empty() ? std::string(words.quotation) : "") + "\n\"" + citation.quote + "\" [" +
                  std::to_string(citation.passage) + "]";
    out.citations.push_back(std::move(citation));
  }
  out.found = !out.citations.empty();
  if (!out.found) out.answer = words.not_found;
  return out;
}

}  // namespace bifrons
