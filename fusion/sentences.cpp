// fusion/sentences.cpp - see sentences.h.
#include "fusion/sentences.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "fusion/asked_tongues.h"
#include "fusion/document_answer.h"
#include "fusion/extractor_pairs.h"
#include "ocr/document/fold.h"

namespace bifrons {

namespace {

constexpr size_t most_lines = 4;  // of one quotation
// Of a document of so many pages every sentence is ranked; of a longer one those of the best passages' pages.
constexpr size_t most_pages = 40;
constexpr int most_passages = 24;
// Of the question's terms, so much must be in a sentence or around it to be worth showing; less is enough where the sentence
// holds the kind of thing that is asked for, and still less beside a sentence that has enough.
constexpr double least_share = 0.5, least_share_of_kind = 0.34, least_share_beside = 0.25;
// What a term is worth that stands beside the sentence in its block, in the heading above, or in the document's first lines.
constexpr double beside = 0.35, above = 0.45, on_top = 0.15;
constexpr size_t title_sentences = 2;
// Of a paper that is asked about as a whole: so many of its headings, and how many of its first sentences are looked at.
constexpr size_t most_titles = 2, introduction = 40;
constexpr double sure_of_kind = 0.5;
constexpr double kind_boost = 1.5;      // of a sentence with a date, where the question is when
constexpr double passage_boost = 0.25;  // of sentences of the passage that search ranks first
constexpr double phrase_boost = 0.3;    // of a term that follows the one before it as in the question
constexpr double definition_boost = 1;  // of a term that the sentence says the meaning of
constexpr double another_share = 0.5;   // of a sentence about the next one, where that was not asked
constexpr double heading_share = 0.5;   // a heading names its matter but tells nothing of it
constexpr double measure_share = 0.4;   // of "period" and "number" of a question in another language than the paper's
constexpr double unknown_share = 0.5;   // of a term whose words in the paper's language are not known, where it stands nowhere
constexpr size_t sample = 4000;         // bytes of a paper that tell its language

std::string beginning_of(PageShelf& shelf, int64_t document) {
  std::string text;
  for (const int64_t number : shelf.source(document).pages()) {
    for (const EvidenceLine& line : shelf.lines(document, number))
      if (text.size() < sample) text += line.line->text + '\n';
    if (text.size() >= sample) break;
  }
  return text;
}

bool ends_with(const EvidenceLine& line, std::u32string_view signs) {
  return !line.letters.text.empty() && signs.find(line.letters.text.back()) != std::u32string_view::npos;
}

bool has_cells(const EvidenceLine& line, const std::vector<Segment>& segments) {
  const double width = line.letters.text.empty() ? 0 : (line.line->box.x1 - line.line->box.x0) / double(line.letters.text.size());
  for (size_t i = 1; i < segments.size(); ++i)
    if (segments[i].x0 - segments[i - 1].x1 > 2 * width) return true;
  return false;
}

// Ends a sentence at the sign s[i] where segments_of sees none.
bool ends_sentence(const EvidenceLine& line, size_t begin, size_t i) {
  const std::u32string& s = line.letters.text;
  if (i + 2 >= s.size() || s[i + 1] != U' ') return false;
  if (s[i] == U'!' || s[i] == U'?') return begins_with_capital(line, i + 2);
  return sentence_ends_behind_number(line, begin, i);
}

bool ends_at_sign(char32_t c) { return std::u32string_view(U".!?:;\u3002\uFF1A\uFF1B").find(c) != std::u32string_view::npos; }

// A line cut where sentences end; a row of cells stays whole.
std::vector<std::pair<size_t, size_t>> sentences_of(const EvidenceLine& line) {
  const std::vector<Segment> segments = segments_of(line);
  if (segments.empty()) return {};
  if (has_cells(line, segments)) return {{segments.front().begin, segments.back().end}};
  std::vector<std::pair<size_t, size_t>> sentences;
  bool open = false;  // a wide blank of a justified line is no end
  for (const Segment& segment : segments) {
    size_t from = open ? sentences.back().first : segment.begin;
    if (open) sentences.pop_back();
    for (size_t i = segment.begin; i + 2 < segment.end; ++i)
      if (ends_sentence(line, from, i)) sentences.emplace_back(from, i + 1), from = i + 2;
    sentences.emplace_back(from, segment.end);
    size_t next = segment.end;  // a sign stands between, or blanks only
    while (next < line.letters.text.size() && is_blank(line.letters.text[next])) ++next;
    open = next > segment.end && next < line.letters.text.size() && line.letters.text[next] != U'|' &&
           !ends_at_sign(line.letters.text[segment.end - 1]);
  }
  return sentences;
}

// Does the last sentence of `line` go on in the line below it? The block's lines reach from `left` to `right`.
bool goes_on(const EvidenceLine& line, const EvidenceLine& next, double left, double right) {
  if (ends_with(line, U":")) return next.values.empty() || line.values.empty();  // a label over its value
  if (ends_with(line, U",")) return true;                                        // "Yours sincerely,"
  if (ends_with(line, U".!?;\u3002")) return false;
  const bool full = line.line->box.x1 >= left + 0.75 * (right - left);
  const bool prose = line.tokens.size() >= 5 || line.letters.text.size() >= 12;
  return full && prose && !has_cells(line, segments_of(line)) && !has_cells(next, segments_of(next));
}

// Goes on beyond its block: "Yours sincerely," over a space for the signature, "... by" over what looks like an item of a list.
bool goes_on_behind_block(const EvidenceLine& line, const Block& next) {
  static constexpr std::u32string_view open_words[] = {U"the", U"a",   U"of",  U"to",  U"by",  U"on",  U"until", U"from",
                                                       U"for", U"and", U"der", U"die", U"das", U"den", U"dem",   U"des",
                                                       U"zum", U"zur", U"bis", U"am",  U"vom", U"und", U"ein",   U"eine"};
  static constexpr std::u32string_view farewells[] = {U"sincerely", U"faithfully", U"regards", U"truly",           U"wishes",
                                                      U"grüßen",    U"grüsse",     U"grüße",   U"hochachtungsvoll"};
  const auto among = [](std::u32string_view word, const auto& list) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
  };
  if (line.tokens.empty() || next.type == Block::Type::heading || next.lines.empty()) return false;
  const std::u32string_view last = line.tokens.back().text;
  if (among(last, farewells) && line.tokens.size() <= 4) return true;
  return line.tokens.size() >= 5 && is_letter(line.letters.text.back()) && among(last, open_words);
}

// One short line by itself that says nothing yet: "3. Rent and charges".
bool looks_like_a_heading(const Block& block, const EvidenceLine& line) {
  if (block.type == Block::Type::heading) return true;
  return block.lines.size() == 1 && line.tokens.size() <= 9 && line.letters.text.size() <= 60 &&
         !ends_with(line, U".!?:;,\u3002") &&
         std::none_of(line.values.begin(), line.values.end(), [](const Value& v) { return v.kind != Value::Kind::number; });
}

// "The next meeting": not this one.
bool is_another(std::u32string_view word) {
  static constexpr std::u32string_view others[] = {U"next",          U"previous",      U"former",
                                                   U"n\u00E4chste",  U"n\u00E4chsten", U"n\u00E4chster",
                                                   U"n\u00E4chstes", U"vorige",        U"vorigen"};
  return std::find(std::begin(others), std::end(others), word) != std::end(others);
}
bool asks_of_another(std::string_view question) {
  const std::vector<std::u32string> words = content_words(question);
  return std::any_of(words.begin(), words.end(), is_another);
}
bool tells_of_another(const Sentence& sentence) {
  const Sentence::Part& part = sentence.parts.front();
  return std::any_of(part.line->tokens.begin(), part.line->tokens.end(), [&](const EvidenceLine::Token& token) {
    return token.begin >= part.begin && token.begin < part.end && is_another(token.text);
  });
}

}  // namespace

SentenceRanking::SentenceRanking(std::string_view question, PageShelf& shelf)
    : question_(question), shelf_(shelf), of_another_(asks_of_another(question)) {
  for (int64_t d = 0; d < shelf.documents(); ++d) {
    asked_.push_back(asked_of(question, tongue_of_paper(beginning_of(shelf, d))));
    gather(d);
  }
  if (asked_.empty()) return;
  weigh();
  for (size_t s = 0; s < sentences_.size(); ++s) score(s);
}

void SentenceRanking::gather(int64_t document) {
  const PageSource& source = shelf_.source(document);
  const std::vector<Hit> hits = source.search(question_, most_passages);
  std::vector<int64_t> numbers = source.pages();
  if (numbers.size() > most_pages) {
    std::set<int64_t> likely;
    for (const Hit& hit : hits) likely.insert(hit.chunk.page);
    std::string near(question_);  // the answer may say it in other words
    for (const Asked::Term& term : asked_.back().terms) {
      for (const std::u32string_view word : term.near) near += ' ' + to_utf8(word);
      for (const std::u32string_view word : term.foreign) near += ' ' + to_utf8(word);
    }
    for (const Hit& hit : source.search(near, most_passages)) likely.insert(hit.chunk.page);
    numbers.assign(likely.begin(), likely.end());
  }
  const size_t begin = sentences_.size();
  for (const int64_t number : numbers) gather(document, number, begin);
  for (const Hit& hit : hits)
    for (const std::string& line : hit.chunk.lines) {
      double& share = passage_share_[{document, hit.chunk.page, line}];
      share = std::max(share, hit.score / hits.front().score);
    }
}

void SentenceRanking::gather(int64_t document, int64_t number, size_t begin) {
  const std::vector<EvidenceLine>& lines = shelf_.lines(document, number);
  size_t at = 0;
  size_t heading = none;
  bool boxed = false;       // the line above was a label, and this is its value
  bool unfinished = false;  // the block above ended in the middle of a sentence
  const std::vector<Block>& blocks = shelf_.page(document, number).blocks;
  for (const Block& block : blocks) {
    ++blocks_;
    // Running heads that say the same as those of an earlier page: like search, this looks at the first.
    if (block.repeats > 0) {
      at += block.lines.size();
      boxed = false;
      continue;
    }
    double left = 1e300, right = -1e300;
    for (const Line& line : block.lines) left = std::min(left, line.box.x0), right = std::max(right, line.box.x1);
    size_t head = none;
    bool open = boxed || unfinished;  // the last sentence goes on
    unfinished = false;
    for (size_t l = 0; l < block.lines.size(); ++l, ++at) {
      const EvidenceLine& line = lines[at];
      boxed = at + 1 < lines.size() && labels_over_values(line, lines[at + 1]);
      const bool is_heading = !boxed && looks_like_a_heading(block, line);
      for (const auto& [begin_at, end_at] : sentences_of(line)) {
        if (!open || sentences_.back().parts.size() == most_lines) {
          sentences_.push_back({.parts = {}, .block = blocks_, .document_begin = begin, .is_heading = is_heading, .score = 0});
          headings_.push_back(heading);
          heads_.push_back(head);
        }
        sentences_.back().parts.push_back({&line, begin_at, end_at});
        open = false;
      }
      if (is_heading && !sentences_.empty()) heading = sentences_.size() - 1;
      if (l == 0 && block.lines.size() > 2 && line.values.empty() && has_cells(line, segments_of(line)) && !sentences_.empty())
        head = sentences_.size() - 1;
      open = boxed || (!is_heading && l + 1 < block.lines.size() && goes_on(line, lines[at + 1], left, right));
      if (l + 1 == block.lines.size() && &block != &blocks.back()) unfinished = goes_on_behind_block(line, *(&block + 1));
    }
  }
}

// Of each sentence and term: how well it holds it; of each term: how much it tells.
void SentenceRanking::weigh() {
  size_t terms = 0;  // Chinese words that only the table of words knows come behind, where a paper needs it
  for (const Asked& one : asked_) terms = std::max(terms, one.terms.size());
  held_.resize(sentences_.size(), std::vector<double>(terms, 0));
  std::vector<size_t> with(terms, 0);
  for (size_t s = 0; s < sentences_.size(); ++s)
    for (size_t t = 0; t < asked(sentences_[s]).terms.size(); ++t) {
      held_[s][t] = held_in(sentences_[s], t);
      with[t] += held_[s][t] > 0;
    }
  const auto all = double(sentences_.size());
  for (size_t t = 0; t < terms; ++t) rarity_.push_back(std::log(1 + (all - double(with[t]) + 0.5) / (double(with[t]) + 0.5)));
}
double SentenceRanking::holds_here(const EvidenceLine& line, size_t begin, size_t end, size_t t) const {
  const Asked& asked = asked_[size_t(line.document)];
  const double own = holds(line, begin, end, asked.terms[t]);
  return own > 0 ? own : holds_foreign(line, begin, end, asked.terms[t], asked.paper);
}
double SentenceRanking::held_in(const Sentence& sentence, size_t t) const {
  double best = 0;
  for (const Sentence::Part& part : sentence.parts) best = std::max(best, holds_here(*part.line, part.begin, part.end, t));
  for (size_t p = 0; best == 0 && p + 1 < sentence.parts.size(); ++p) {  // a word that a line's end cuts
    const EvidenceLine &line = *sentence.parts[p].line, &next = *sentence.parts[p + 1].line;
    if (!ends_with(line, U"-") || line.tokens.empty() || next.tokens.empty()) continue;
    best = holds(line.tokens.back().text + next.tokens.front().text, asked(sentence).terms[t]);
  }
  return best;
}
bool SentenceRanking::in_a_row(const Sentence& sentence, size_t t) const {
  const std::vector<Asked::Term>& terms = asked(sentence).terms;
  for (const Sentence::Part& part : sentence.parts)
    if (holds_in_a_row(*part.line, part.begin, part.end, terms[t - 1], terms[t])) return true;
  return false;
}

// Northern Steel Ltd (the "Supplier")
bool SentenceRanking::defines(const Sentence& sentence, size_t t) const {
  for (const Sentence::Part& part : sentence.parts) {
    const std::u32string& s = part.line->letters.text;
    for (size_t i = part.begin; i < part.end; ++i) {
      if (s[i] != U'"' || i + 1 >= part.end) continue;
      const size_t close = s.find(U'"', i + 1);
      if (close == std::u32string::npos || close > part.end || close - i > 40) continue;
      const size_t open = s.rfind(U'(', i);
      if (open != std::u32string::npos && open >= part.begin && i - open <= 30 && s.find(U')', open) > close &&
          holds_here(*part.line, i + 1, close, t) > 0)
        return true;
      i = close;
    }
  }
  return false;
}

void SentenceRanking::score(size_t s) {
  Sentence& sentence = sentences_[s];
  const Asked& wanted = asked(sentence);
  double own = 0, around = 0, present = 0, terms = 0;
  for (size_t t = 0; t < wanted.terms.size(); ++t) {
    const double here = held_[s][t];
    double near = 0;
    for (const size_t other : {s - 1, s + 1})
      if (other < sentences_.size() && sentences_[other].block == sentence.block) near = std::max(near, beside * held_[other][t]);
    if (headings_[s] != none) near = std::max(near, above * held_[headings_[s]][t]);
    if (heads_[s] != none && held_[heads_[s]][t] == 1) near = std::max(near, above);
    for (size_t other = sentence.document_begin; other < sentence.document_begin + title_sentences && other < s; ++other)
      near = std::max(near, on_top * held_[other][t]);
    own += rarity_[t] * here;
    around += rarity_[t] * std::max(here, near);
    const double weight = wanted.paper == wanted.tongue                  ? 1
                          : wanted.terms[t].measure                      ? measure_share
                          : wanted.terms[t].foreign.empty() && here == 0 ? unknown_share
                                                                         : 1;
    present += weight * (here > 0 ? 1 : near > 0 ? 0.5 : 0);
    terms += weight;
    if (t > 0 && wanted.terms[t].follows && here > 0 && held_[s][t - 1] > 0 && in_a_row(sentence, t))
      around += phrase_boost * rarity_[t];
    if (here > 0 && defines(sentence, t)) around += definition_boost * rarity_[t];
  }
  double kind = 0;
  for (const Sentence::Part& part : sentence.parts)
    kind = std::max(kind, holds(*part.line, part.begin, part.end, wanted.kind, wanted.paper == Tongue::german));
  if (around == 0 || (own == 0 && kind < sure_of_kind)) return;
  const double share = present / terms;
  const double least = kind >= sure_of_kind ? least_share_of_kind : least_share;
  sentence.worth = share >= (kind >= sure_of_kind ? least_share_beside : least_share);
  found_ |= share >= least;
  double passage = 0;
  for (const Sentence::Part& part : sentence.parts)
    if (const auto found = passage_share_.find({part.line->document, part.line->page, part.line->line->id});
        found != passage_share_.end())
      passage = std::max(passage, found->second);
  sentence.score = around * (1 + kind_boost * kind + passage_boost * passage) * (sentence.is_heading ? heading_share : 1);
  if (!of_another_ && tells_of_another(sentence)) sentence.score *= another_share;
}

std::vector<const Sentence*> SentenceRanking::ranked() const {
  std::vector<const Sentence*> ranked;
  for (const Sentence& sentence : sentences_)
    if (sentence.score > 0) ranked.push_back(&sentence);
  std::stable_sort(ranked.begin(), ranked.end(), [](const Sentence* a, const Sentence* b) { return a->score > b->score; });
  return ranked;
}

std::vector<const Sentence*> SentenceRanking::introducing(size_t most) const {
  std::vector<const Sentence*> all;
  const size_t papers = std::max<size_t>(1, asked_.size()), most_of_one = (most + papers - 1) / papers;
  for (size_t s = 0; s < sentences_.size();) {
    const size_t begin = sentences_[s].document_begin;
    size_t end = s;
    while (end < sentences_.size() && sentences_[end].document_begin == begin) ++end;
    std::vector<size_t> chosen;
    for (const bool headings : {true, false})
      for (size_t i = s;
           i < end && i < s + introduction && chosen.size() < (headings ? std::min(most_titles, most_of_one) : most_of_one);
           ++i) {
        const EvidenceLine& line = *sentences_[i].parts.front().line;
        size_t words = 0, signs = 0;
        for (const Sentence::Part& part : sentences_[i].parts) {
          signs += part.end - part.begin;
          for (const EvidenceLine::Token& token : part.line->tokens) words += token.begin >= part.begin && token.begin < part.end;
        }
        const bool prose =
            !sentences_[i].is_heading && (words >= 7 || (words < 3 && signs >= 14)) && !has_cells(line, segments_of(line));
        if (headings ? sentences_[i].is_heading && signs >= 4 : prose) chosen.push_back(i);
      }
    std::sort(chosen.begin(), chosen.end());
    for (const size_t i : chosen)
      if (all.size() < most) all.push_back(&sentences_[i]);
    s = end;
  }
  return all;
}

std::vector<const Sentence*> SentenceRanking::worth_quoting() const {
  if (!found_) return {};
  std::vector<const Sentence*> worth = ranked();
  std::erase_if(worth, [](const Sentence* sentence) { return !sentence->worth; });
  return worth;
}

}  // namespace bifrons
