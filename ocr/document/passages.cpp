// ocr/document/passages.cpp - see passages.h.
#include "ocr/document/passages.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "ocr/document/damaged.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

constexpr double k1 = 1.2, b = 0.75;       // documents.md 6
constexpr double single_ideograph = 0.25;  // weight in a question: its bigrams say more
// BM25 does not see whether a passage has the question's words in one sentence or strewn over ten. In registers, where every
// passage has all of them, that decides: nearness raised the right line among the best 3 from 80 to 98 of 100 (search_test.cpp;
// windows of 6 to 20 terms and weights of 0.5 to 4 were tried).
constexpr uint32_t window = 12;  // terms: about a sentence
constexpr double nearness_weight = 2;
constexpr size_t most_question_terms = 128;  // FTS5 allows trees of 256
constexpr size_t most_lines = 100'000;       // of one passage, when read back

std::string joined(const std::vector<std::string>& parts, char between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}
template <class Visit>
void each_part(std::string_view text, char between, Visit visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(between), text.size());
    if (end > 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}
bool is_single_ideograph(std::string_view term) {
  return term.size() >= 3 && term.size() <= 4 && static_cast<unsigned char>(term[0]) >= 0xE0 && code_points(term).size() == 1;
}

// How much of the question stands together: the terms within one window of the passage, by their rarity, but for the rarest.
double nearness(const std::vector<std::pair<uint32_t, uint32_t>>& places, const std::vector<double>& rarity) {
  std::vector<uint32_t> held(rarity.size(), 0);
  double sum = 0, most = 0;
  size_t first = 0;
  for (size_t last = 0; last < places.size(); ++last) {
    if (held[places[last].second]++ == 0) sum += rarity[places[last].second];
    while (places[last].first - places[first].first >= window)
      if (--held[places[first++].second] == 0) sum -= rarity[places[first - 1].second];
    most = std::max(most, sum);
  }
  double rarest = 0;
  for (const auto& [place, term] : places) rarest = std::max(rarest, rarity[term]);
  return most - rarest;
}

}  // namespace

const char* Passages::schema() {
  // Terms are split already; "ascii" with these token characters only cuts at the spaces between them. No positions are needed.
  return R"(CREATE TABLE passages(id INTEGER PRIMARY KEY, page INTEGER NOT NULL, x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL, lines TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE passage_counts(document INTEGER PRIMARY KEY, passages INTEGER NOT NULL, terms INTEGER NOT NULL);
CREATE VIRTUAL TABLE passage_terms USING fts5(terms, detail=none, columnsize=0, tokenize="ascii tokenchars '-.,/:_'");)";
}

void Passages::count(int64_t document, int64_t passages, int64_t terms) {
  database_
      .query(
          "INSERT INTO passage_counts VALUES(?,?,?) ON CONFLICT(document) DO UPDATE SET passages=passages+excluded.passages,"
          "terms=terms+excluded.terms")
      .bind(document)
      .bind(passages)
      .bind(terms)
      .run();
}

void Passages::add(int64_t id, const Chunk& chunk) {
  std::vector<std::string> terms = search_terms(chunk.text);
  const std::vector<std::string> heading = search_terms(chunk.heading);
  const bool own = chunk.text.starts_with(chunk.heading);  // then it is in the text once already
  for (int i = own ? 1 : 0; i < 2; ++i) terms.insert(terms.end(), heading.begin(), heading.end());  // headings count double
  add_unsearched(id, chunk);
  database_.query("INSERT INTO passage_terms(rowid,terms) VALUES(?,?)").bind(id).bind(joined(terms, ' ')).run();
  count(document_of(id), 1, int64_t(terms.size()));
}

void Passages::add_unsearched(int64_t id, const Chunk& chunk) {
  database_.query("INSERT INTO passages VALUES(?,?,?,?,?,?,?,?,?)")
      .bind(id)
      .bind(chunk.page)
      .bind(chunk.box.x0)
      .bind(chunk.box.y0)
      .bind(chunk.box.x1)
      .bind(chunk.box.y1)
      .bind(joined(chunk.lines, '\n'))
      .bind(chunk.heading)
      .bind(chunk.text)
      .run();
}

void Passages::remove(int64_t document, int64_t first_page, int64_t last_page) {
  const int64_t first = passage_id(document, first_page, 0), last = passage_id(document, last_page, most_passage);
  int64_t passages = 0, terms = 0;
  {
    Query query = database_.query("SELECT terms FROM passage_terms WHERE rowid BETWEEN ? AND ?");
    query.bind(first).bind(last);
    while (query.step()) {
      ++passages;
      each_part(query.text(0), ' ', [&](std::string_view) { ++terms; });
    }
  }
  database_.query("DELETE FROM passages WHERE id BETWEEN ? AND ?").bind(first).bind(last).run();
  if (passages == 0) return;
  database_.query("DELETE FROM passage_terms WHERE rowid BETWEEN ? AND ?").bind(first).bind(last).run();
  count(document, -passages, -terms);
}

Chunk Passages::read(int64_t id) const {
  Query query = database_.query("SELECT page,x0,y0,x1,y1,lines,heading,text FROM passages WHERE id=?");
  query.bind(id);
  if (!query.step())  // or another process removed the document since its terms were read: no proof of damage
    fail(Fault::unreadable, database_.name(), ": the database is damaged (passage ", id,
         " has terms but no text); move the file away");
  Chunk chunk;
  chunk.page = query.integer(0);
  chunk.box = {query.real(1), query.real(2), query.real(3), query.real(4)};
  each_part(query.text(5), '\n', [&](std::string_view line) { chunk.lines.emplace_back(line); });
  chunk.heading = query.text(6);
  chunk.text = query.text(7);
  const Box& box = chunk.box;
  const bool boxed = std::isfinite(box.x0) && std::isfinite(box.y0) && std::isfinite(box.x1) && std::isfinite(box.y1) &&
                     box.x0 <= box.x1 && box.y0 <= box.y1;
  if (!boxed || chunk.page < 1 || chunk.lines.size() > most_lines || !valid_utf8(chunk.text) || !valid_utf8(chunk.heading))
    throw DamagedDatabase(database_.name() + ": the database is damaged (passage " + std::to_string(id) +
                          " makes no sense); move the file away");
  return chunk;
}

std::vector<Hit> Passages::search(int64_t document, std::string_view question, int most) const {
  std::vector<std::string> terms = search_terms(question);
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  if (terms.size() > most_question_terms) {  // the longest say most
    std::stable_sort(terms.begin(), terms.end(), [](const auto& x, const auto& y) { return x.size() > y.size(); });
    terms.resize(most_question_terms);
  }
  if (terms.empty() || most < 1) return {};
  std::string match;
  for (const std::string& term : terms) match += (match.empty() ? "\"" : " OR \"") + term + '"';

  double passages = 0, all_terms = 0;
  {
    Query query = database_.query("SELECT passages,terms FROM passage_counts WHERE document=?");
    query.bind(document);
    if (query.step()) {
      passages = double(query.integer(0));
      all_terms = double(query.integer(1));
    }
  }
  const double average = passages > 0 ? std::max(1.0, all_terms / passages) : 1;

  std::unordered_map<std::string_view, size_t> number;
  for (size_t i = 0; i < terms.size(); ++i) number.emplace(terms[i], i);
  struct Candidate {
    int64_t id;
    double length;
    std::vector<std::pair<uint32_t, uint32_t>>
        places;  // of the question's terms: which of the passage's, which of the question's
    double score = 0;
  };
  std::vector<Candidate> candidates;
  std::vector<double> with(terms.size(), 0);  // passages that have the term
  std::vector<uint32_t> counts(terms.size());
  {
    Query query = database_.query("SELECT rowid,terms FROM passage_terms WHERE passage_terms MATCH ? AND rowid BETWEEN ? AND ?");
    query.bind(match).bind(passage_id(document, 0, 0)).bind(passage_id(document, most_page, most_passage));
    while (query.step()) {
      Candidate candidate{query.integer(0), 0, {}};
      std::fill(counts.begin(), counts.end(), 0);
      uint32_t place = 0;
      each_part(query.text(1), ' ', [&](std::string_view term) {
        if (const auto found = number.find(term); found != number.end()) {
          candidate.places.emplace_back(place, uint32_t(found->second));
          if (counts[found->second]++ == 0) ++with[found->second];
        }
        ++place;
      });
      candidate.length = place;
      candidates.push_back(std::move(candidate));
    }
  }
  std::vector<double> rarity(terms.size());
  for (size_t i = 0; i < terms.size(); ++i)
    rarity[i] = (is_single_ideograph(terms[i]) ? single_ideograph : 1) *
                std::log(1 + std::max(0.0, passages - with[i] + 0.5) / (with[i] + 0.5));
  for (Candidate& candidate : candidates) {
    std::fill(counts.begin(), counts.end(), 0);
    for (const auto& [place, term] : candidate.places) ++counts[term];
    for (size_t i = 0; i < counts.size(); ++i)
      candidate.score += rarity[i] * counts[i] * (k1 + 1) / (counts[i] + k1 * (1 - b + b * candidate.length / average));
    candidate.score += nearness_weight * nearness(candidate.places, rarity);
  }
  std::erase_if(candidates, [](const Candidate& candidate) { return candidate.score <= 0; });
  const auto better = [](const Candidate& x, const Candidate& y) { return x.score != y.score ? x.score > y.score : x.id < y.id; };
  const size_t kept = std::min(candidates.size(), size_t(most));
  std::partial_sort(candidates.begin(), candidates.begin() + ptrdiff_t(kept), candidates.end(), better);
  std::vector<Hit> hits;
  for (size_t i = 0; i < kept; ++i) hits.push_back({read(candidates[i].id), candidates[i].score});
  return hits;
}

std::vector<std::pair<int64_t, size_t>> Passages::pages_near(int64_t document, const QuotationFinder& quotation) const {
  std::vector<std::pair<int64_t, size_t>> pages;
  int64_t page = -1;
  std::string text, last_lines;  // of the page, each line once; the ids of the passage before
  const auto finish_page = [&] {
    if (page >= 0)
      if (const auto distance = quotation.distance_in(text)) pages.emplace_back(page, *distance);
    text.clear();
    last_lines = "\n";
  };
  Query query = database_.query("SELECT id,lines,text FROM passages WHERE id BETWEEN ? AND ? ORDER BY id");
  query.bind(passage_id(document, 0, 0)).bind(passage_id(document, most_page, most_passage));
  while (query.step()) {
    const int64_t of = page_of(query.integer(0));
    if (of != page) finish_page();
    page = of;
    const std::string lines = '\n' + std::string(query.text(1)) + '\n';
    std::string_view rest = query.text(2);
    each_part(lines, '\n', [&](std::string_view id) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      if (last_lines.find('\n' + std::string(id) + '\n') == std::string::npos) text.append(rest.substr(0, end)) += '\n';
      rest.remove_prefix(std::min(end + 1, rest.size()));
    });
    text += rest;  // of lines that had newlines in them
    last_lines = lines;
  }
  finish_page();
  std::stable_sort(pages.begin(), pages.end(), [](const auto& x, const auto& y) { return x.second < y.second; });
  return pages;
}

}  // namespace bifrons
