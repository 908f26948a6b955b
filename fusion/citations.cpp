// fusion/citations.cpp - see citations.h.
#include "fusion/citations.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "fusion/citations_place.h"
#include "fusion/rival_labels.h"
#include "fusion/statements.h"

namespace bifrons {

namespace {

constexpr size_t most_cited = 8;    // passages that one statement may lean on
constexpr size_t whole_pages = 60;  // longer documents are searched for the statement instead of compared page by page
constexpr int page_hits = 12;

std::string counted(int64_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + " " + std::string(n == 1 ? one : many);
}

struct Pool {
  std::vector<const EvidenceLine*> lines;
  std::vector<int64_t> passage;  // of each line, from 1; 0: not sent
};

class Checker {
 public:
  Checker(std::string_view answer, std::string_view question, const std::vector<Passage>& passages, PageShelf& shelf,
          double hard_to_read)
      : answer_(answer),
        question_(question),
        passages_(passages),
        shelf_(shelf),
        rivals_(shelf),
        numbers_(passages, shelf),
        hard_to_read_(hard_to_read) {}

  // `more` follows the answer's last statement.
  CheckedAnswer run(bool more = false) {
    const std::vector<Statement> statements = split_statements(answer_);
    const std::string_view mark = phrases(tongue_of(question_)).unsupported;
    size_t written = 0;
    for (size_t i = 0; i < statements.size(); ++i) {
      const Statement& statement = statements[i];
      copy(written, statement.begin);
      copy(statement.begin, statement.text_end);
      written = std::max(written, statement.end);
      if (is_refusal(statement.text)) {
        ++out_.refusals;
        continue;
      }
      Claim claim = claim_of(statement.text, question_);
      const bool says_nothing = claim.parts.empty() && claim.pages.empty();
      // "Yes." or "The document says:" stand or fall with what follows.
      if (says_nothing && (more || i + 1 < statements.size() || statement.text.ends_with(':') || statement.text.ends_with("：")))
        continue;
      ++out_.statements;
      const LabelCheck labels = rivals_.check(statement.text, question_);
      for (Claim::Part& part : claim.parts) {
        part.labelled = part.kind == Claim::Part::Kind::value &&
                        std::any_of(labels.confirmed.begin(), labels.confirmed.end(),
                                    [&](const Value& value) { return same_value(value, part.value); });
        // "Ends" for "expires": the value shows it.
        const bool label = std::any_of(labels.labels.begin(), labels.labels.end(), [&](const std::u32string& word) {
          return part.kind == Claim::Part::Kind::ideographs ? part.text.find_first_of(word) != std::u32string::npos
                                                            : part.text == word || part.text == U"date";
        });
        part.asked |= label && (part.kind == Claim::Part::Kind::word || part.kind == Claim::Part::Kind::ideographs);
      }
      if (!says_nothing && !labels.wrong && place(statement, claim)) continue;
      out_.unsupported.push_back(statement.text);
      if (!out_.shown.empty() && out_.shown.back() != ' ') out_.shown += ' ';
      out_.shown += mark;
    }
    copy(written, answer_.size());
    warn();
    return std::move(out_);
  }

 private:
  // Bytes [from, to) of the answer without citation marks.
  void copy(size_t from, size_t to) {
    for (size_t i = from; i < to;) {
      if (const auto mark = citation_mark(answer_, i)) {
        i = mark->end;
        while (!out_.shown.empty() && out_.shown.back() == ' ') out_.shown.pop_back();
        continue;
      }
      out_.shown += answer_[i++];
    }
  }

  bool place(const Statement& statement, const Claim& claim) {
    std::vector<size_t> cited;
    for (const int64_t number : statement.cited) {
      if (number < 1 || number > int64_t(passages_.size())) {
        ++out_of_range_;
      } else if (cited.size() < most_cited) {
        cited.push_back(size_t(number) - 1);
      }
    }
    if (!cited.empty() && accept(pool_of(cited), claim, statement)) return true;
    if (!statement.cited.empty()) ++wrong_;
    return by_passage(claim, statement) || by_page(claim, statement);
  }

  // Its numbers stand where its words do.
  Support stands(const Pool& pool, const Claim& claim, const Statement& statement) {
    Support got = support(claim, pool.lines);
    got.supported = got.supported && numbers_.hold(claim, statement.text, question_, pool.lines);
    return got;
  }

  bool by_passage(const Claim& claim, const Statement& statement) {
    std::vector<std::pair<double, size_t>> ranked;
    std::optional<size_t> best;
    for (size_t p = 0; p < passages_.size(); ++p) {
      const Pool pool = pool_of({p});
      const Support got = stands(pool, claim, statement);
      if (got.supported && (!best || got.similarity > ranked[*best].first)) best = ranked.size();
      ranked.emplace_back(got.similarity, p);
    }
    if (best) return accept(pool_of({ranked[*best].second}), claim, statement);
    if (ranked.size() < 2) return false;
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    return ranked[1].first > 0 &&
           accept(pool_of({std::min(ranked[0].second, ranked[1].second), std::max(ranked[0].second, ranked[1].second)}), claim,
                  statement);
  }

  bool by_page(const Claim& claim, const Statement& statement) {
    for (int64_t d = 0; d < shelf_.documents(); ++d) {
      std::vector<int64_t> pages = shelf_.source(d).pages();
      if (pages.size() > whole_pages) {
        std::set<int64_t> likely;
        for (const Hit& hit : shelf_.source(d).search(statement.text, page_hits)) likely.insert(hit.chunk.page);
        pages.assign(likely.begin(), likely.end());
      }
      for (const int64_t page : pages) {
        Pool pool;
        for (const EvidenceLine& line : shelf_.lines(d, page)) {
          pool.lines.push_back(&line);
          pool.passage.push_back(passage_of(d, line));
        }
        if (accept(pool, claim, statement)) return true;
      }
    }
    return false;
  }
  int64_t passage_of(int64_t document, const EvidenceLine& line) const {
    for (size_t p = 0; p < passages_.size(); ++p)
      if (passages_[p].document == document && passages_[p].page == line.page &&
          std::find(passages_[p].lines.begin(), passages_[p].lines.end(), line.line->id) != passages_[p].lines.end())
        return int64_t(p) + 1;
    return 0;
  }

  Pool pool_of(const std::vector<size_t>& passages) {
    Pool pool;
    for (const size_t p : passages) {
      const Passage& passage = passages_[p];
      const std::set<std::string> ids(passage.lines.begin(), passage.lines.end());
      for (const EvidenceLine& line : shelf_.lines(passage.document, passage.page))
        if (ids.count(line.line->id) && std::find(pool.lines.begin(), pool.lines.end(), &line) == pool.lines.end()) {
          pool.lines.push_back(&line);
          pool.passage.push_back(int64_t(p) + 1);
        }
    }
    return pool;
  }

  bool accept(const Pool& pool, const Claim& claim, const Statement& statement) {
    const Support got = stands(pool, claim, statement);
    if (!got.supported) return false;
    // Adjacent lines of one passage make one citation.
    std::vector<Citation> made;
    for (size_t i = 0; i < got.found.size();) {
      std::vector<Support::Found> group{got.found[i]};
      const int64_t passage = pool.passage[got.found[i].line];
      size_t next = i + 1;
      while (next < got.found.size() && got.found[next].line == group.back().line + 1 &&
             pool.passage[got.found[next].line] == passage &&
             pool.lines[got.found[next].line]->page == pool.lines[group.back().line]->page)
        group.push_back(got.found[next++]);
      Citation citation = cite(pool.lines, group, shelf_);
      citation.passage = passage;
      citation.similarity = got.similarity;
      citation.statement = statement.text;
      made.push_back(std::move(citation));
      i = next;
    }
    for (const std::string& number : claim.pages)
      if (std::none_of(made.begin(), made.end(), [&](const Citation& c) { return std::to_string(c.page) == number; }))
        return false;
    for (Citation& citation : made) {
      if (citation.confidence && *citation.confidence < hard_to_read_) ++hard_[citation.page];
      // The same place for two statements is one citation.
      const auto same = std::find_if(out_.citations.begin(), out_.citations.end(), [&](const Citation& c) {
        return c.document == citation.document && c.lines == citation.lines && c.box == citation.box &&
               c.passage == citation.passage;
      });
      const size_t number = size_t(same - out_.citations.begin()) + 1;
      if (same == out_.citations.end()) out_.citations.push_back(std::move(citation));
      if (!out_.shown.empty() && out_.shown.back() != ' ' && out_.shown.back() != ']') out_.shown += ' ';
      out_.shown += "[" + std::to_string(number) + "]";
    }
    return true;
  }

  void warn() {
    if (out_of_range_ > 0)
      out_.warnings.push_back({"citation_out_of_range", 0,
                               counted(out_of_range_, "citation names", "citations name") +
                                   " a passage that does not exist; there are " + std::to_string(passages_.size())});
    if (wrong_ > 0)
      out_.warnings.push_back({"wrong_citation", 0,
                               counted(wrong_, "statement does not stand in the passage it cites; it was",
                                       "statements do not stand in the passages they cite; they were") +
                                   " looked for elsewhere"});
    for (const auto& [page, count] : hard_)
      out_.warnings.push_back(
          {"hard_to_read", page,
           counted(count, "cited place was hard to read; compare it", "cited places were hard to read; compare them") +
               " with the page"});
    if (!out_.unsupported.empty())
      out_.warnings.push_back({"unsupported", 0,
                               std::to_string(out_.unsupported.size()) + " of " + std::to_string(out_.statements) +
                                   (out_.statements == 1 ? " statement" : " statements") + " not found in the document"});
  }

  std::string_view answer_, question_;
  const std::vector<Passage>& passages_;
  PageShelf& shelf_;
  RivalLabels rivals_;
  NumberPlaces numbers_;
  double hard_to_read_;
  CheckedAnswer out_;
  int64_t out_of_range_ = 0, wrong_ = 0;
  std::map<int64_t, int64_t> hard_;
};

}  // namespace

Citation cite(std::span<const EvidenceLine* const> lines, const std::vector<Support::Found>& found, const PageShelf& shelf) {
  Citation citation;
  const EvidenceLine& first = *lines[found.front().line];
  citation.document = first.document;
  citation.file = shelf.source(first.document).file().name;
  citation.page = first.page;
  citation.unit = first.unit;
  std::optional<Box> box;
  const auto take = [&](const Box& b) { box = box ? hull(*box, b) : b; };
  const auto doubt = [&](const std::optional<double>& confidence) {
    if (confidence) citation.confidence = std::min(*confidence, citation.confidence.value_or(100));
  };
  for (const Support::Found& f : found) {
    const Line& line = *lines[f.line]->line;
    citation.lines.push_back(line.id);
    if (!citation.quote.empty()) citation.quote += ' ';
    if (line.words.empty() || f.words.empty()) {
      take(line.box);
      doubt(line.confidence);
      citation.quote += line.text;
      continue;
    }
    for (const size_t w : f.words) {
      take(line.words[w].box);
      doubt(line.words[w].confidence);
    }
    // The quotation runs from the first matched word to the last, as it stands.
    for (size_t w = f.words.front(); w <= f.words.back(); ++w) {
      const bool joined = w > f.words.front() &&
                          line.text.find(line.words[w - 1].text + line.words[w].text) != std::string::npos &&
                          line.text.find(line.words[w - 1].text + " " + line.words[w].text) == std::string::npos;
      citation.quote += (w == f.words.front() || joined ? "" : " ") + line.words[w].text;
    }
  }
  if (box) citation.box = *box;
  return citation;
}

CheckedAnswer check_answer(std::string_view answer, std::string_view question, const std::vector<Passage>& passages,
                           PageShelf& shelf, double hard_to_read) {
  return Checker(answer, question, passages, shelf, hard_to_read).run();
}

bool is_unsupported(std::string_view statement, bool last, std::string_view question, const std::vector<Passage>& passages,
                    PageShelf& shelf) {
  return !Checker(statement, question, passages, shelf, 0).run(!last).unsupported.empty();
}

}  // namespace bifrons
