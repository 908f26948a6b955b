// fusion/evidence.cpp - see evidence.h.
#include "fusion/evidence.h"

#include <algorithm>
#include <map>
#include <set>

#include "ocr/document/fold.h"
#include "ocr/document/levenshtein.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

constexpr size_t most_lines = 6;          // that one statement may be put together from, in one pool
constexpr double least_similarity = 0.8;  // of a quotation
constexpr double least_share = 0.6;       // of a statement's weight, what is missing counting half as much again
constexpr double missing_weight = 1.5;
constexpr double asked_weight = 0.3;  // of what stands in the question too
constexpr double widest_blank = 1.3;  // in widths of a character, between words of one cell

bool alnum(char32_t c) { return is_digit(c) || is_letter(c); }
bool counts(char32_t c) { return alnum(c) || is_ideographic(c); }

// Letters and digits of a row of lines without blanks; hyphens at line ends are no letters, so words cut there join by
// themselves.
struct Tight {
  std::u32string text;
  std::vector<std::pair<size_t, size_t>> owner;  // line, word
};
Tight tight_of(std::span<const EvidenceLine* const> lines) {
  Tight tight;
  for (size_t l = 0; l < lines.size(); ++l)
    for (size_t i = 0; i < lines[l]->letters.text.size(); ++i)
      if (counts(lines[l]->letters.text[i])) {
        tight.text += lines[l]->letters.text[i];
        tight.owner.emplace_back(l, lines[l]->owner[i]);
      }
  return tight;
}

struct Span {
  size_t begin = 0, end = 0;
  double similarity = 0;
};
// The part of `text` nearest to `pattern`.
Span nearest(std::u32string_view pattern, std::u32string_view text) {
  if (pattern.empty() || text.empty()) return {};
  const size_t exact = text.find(pattern);
  if (exact != std::u32string_view::npos) return {exact, exact + pattern.size(), 1};
  const auto most = size_t(double(pattern.size()) * (1 - least_similarity));
  if (most == 0) return {};
  const LevenshteinPattern forward(pattern);
  LevenshteinPattern::End best{0, most + 1};
  for (const LevenshteinPattern::End& end : forward.find(text, most))
    if (end.distance < best.distance) best = end;
  if (best.distance > most) return {};
  // Its beginning: the same from the other side.
  const std::u32string turned_pattern(pattern.rbegin(), pattern.rend());
  const size_t from = best.end - std::min(best.end, pattern.size() + most);
  std::u32string turned(text.substr(from, best.end - from));
  std::reverse(turned.begin(), turned.end());
  const LevenshteinPattern backward(turned_pattern);
  const size_t length = backward.best_prefix(turned).end;
  const size_t begin = best.end - std::min(best.end, length);
  return {begin, best.end, similarity(pattern, text.substr(begin, best.end - begin))};
}

// Values that a line break cuts: nothing but the same signs in a row, no digit beside it.
bool stands_at(std::u32string_view text, std::u32string_view what, size_t& at) {
  for (at = text.find(what); at != std::u32string_view::npos; at = text.find(what, at + 1)) {
    const bool before = at == 0 || !is_digit(what.front()) || !is_digit(text[at - 1]);
    const size_t end = at + what.size();
    const bool behind = end == text.size() || !is_digit(what.back()) || !is_digit(text[end]);
    if (before && behind) return true;
  }
  return false;
}

int value_group(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::amount:
    case Value::Kind::number:
    case Value::Kind::percent: return 0;
    default: return 1 + int(kind);
  }
}

class Matcher {
 public:
  Matcher(const Claim& claim, std::span<const EvidenceLine* const> lines) : claim_(claim), lines_(lines) {}

  Support run() {
    hits_.resize(lines_.size());
    for (size_t l = 0; l < lines_.size(); ++l)
      for (size_t p = 0; p < claim_.parts.size(); ++p) match(l, p);
    match_across();
    const bool quoted = choose_quotation();
    if (!quoted) choose_greedily();
    Support result;
    result.similarity = quoted ? quoted_ : share();
    result.supported = !chosen_.empty() && all_required() && (quoted || share() >= least_share) && proves_something() &&
                       !negated_differently() && !value_of_another_label();
    for (const auto& [line, words] : chosen_) result.found.push_back({line, {words.begin(), words.end()}});
    return result;
  }

 private:
  using Kind = Claim::Part::Kind;

  double weight(const Claim::Part& part) const { return part.weight * (part.asked ? asked_weight : 1); }

  void hit(size_t l, size_t p, size_t begin, size_t end) {
    auto& words = hits_[l][p];
    for (size_t i = begin; i < end && i < lines_[l]->owner.size(); ++i) words.insert(lines_[l]->owner[i]);
  }

  void match(size_t l, size_t p) {
    const Claim::Part& part = claim_.parts[p];
    const EvidenceLine& line = *lines_[l];
    const bool recognised = line.line->confidence.has_value();
    switch (part.kind) {
      case Kind::value:
        for (const Value& value : line.values)
          if (same_value(value, part.value)) hit(l, p, value.begin, value.end);
        break;
      case Kind::word:
      case Kind::name:
        for (const EvidenceLine::Token& token : line.tokens) {
          const bool same = part.kind == Kind::name ? token.text == part.text : same_word(token.text, part.text);
          // Recognised letters may be wrong here and there.
          const bool nearly = recognised && part.text.size() >= 5 && similarity(token.text, part.text) >= least_similarity;
          if (same || nearly) hit(l, p, token.begin, token.begin + token.text.size());
        }
        break;
      case Kind::ideographs:
        for (size_t at = line.letters.text.find(part.text); at != std::u32string::npos;
             at = line.letters.text.find(part.text, at + 1))
          hit(l, p, at, at + part.text.size());
        break;
      case Kind::phrase:
      case Kind::quote: break;  // match_across
    }
  }

  // What may begin on one line and end on the next.
  void match_across() {
    const Tight tight = tight_of(lines_);
    for (size_t p = 0; p < claim_.parts.size(); ++p) {
      const Claim::Part& part = claim_.parts[p];
      std::u32string text;
      for (const char32_t c : part.text)
        if (counts(c)) text += c;
      if (text.empty()) continue;
      if (part.kind == Kind::quote) {
        const Span span = nearest(text, tight.text);
        if (span.similarity >= least_similarity) hit_tight(tight, p, span.begin, span.end);
        continue;
      }
      const bool anywhere = std::any_of(hits_.begin(), hits_.end(), [&](const auto& parts) { return parts.count(p) > 0; });
      if (anywhere || text.size() < 4 - 2 * size_t(part.kind == Kind::phrase)) continue;
      // A value or word that a line break cuts must really cross one: signs that happen to stand beside each other are no value.
      for (size_t at = 0, from = 0;
           from < tight.text.size() && stands_at(std::u32string_view(tight.text).substr(from), text, at);) {
        const size_t begin = from + at, end = begin + text.size();
        const bool crosses =
            tight.owner[begin].first != tight.owner[end - 1].first && tight.owner[begin].first + 1 == tight.owner[end - 1].first;
        if (part.kind == Kind::phrase || crosses) {
          hit_tight(tight, p, begin, end);
          break;
        }
        from = begin + 1;
      }
    }
  }
  void hit_tight(const Tight& tight, size_t p, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) hits_[tight.owner[i].first][p].insert(tight.owner[i].second);
  }

  // The statement itself, nearly word for word.
  bool choose_quotation() {
    if (claim_.tight.size() < 8) return false;
    const Tight tight = tight_of(lines_);
    const Span span = nearest(claim_.tight, tight.text);
    if (span.similarity < least_similarity) return false;
    for (size_t i = span.begin; i < span.end; ++i) chosen_[tight.owner[i].first].insert(tight.owner[i].second);
    quoted_ = span.similarity;
    std::erase_if(chosen_, [&](const auto& line) { return hits_[line.first].empty(); });  // only grazed
    for (const auto& [line, words] : chosen_)
      for (const auto& [part, part_words] : hits_[line]) covered_.insert(part);
    if (all_required()) return true;
    chosen_.clear();
    covered_.clear();
    return false;
  }

  void choose_greedily() {
    while (chosen_.size() < most_lines) {
      double best = 0;
      size_t best_line = 0;
      for (size_t l = 0; l < lines_.size(); ++l) {
        if (chosen_.count(l)) continue;
        double gain = 0, evidence = 0;
        for (const auto& [p, words] : hits_[l]) {
          if (covered_.count(p)) continue;
          gain += weight(claim_.parts[p]);
          if (!claim_.parts[p].asked) evidence += weight(claim_.parts[p]);
        }
        if (evidence == 0 && (!chosen_.empty() || has_evidence_parts())) continue;
        // Beside what was chosen is likelier to be meant than far from it.
        if (chosen_.count(l + 1) || (l > 0 && chosen_.count(l - 1))) gain *= 1.2;
        if (gain > best + 1e-9) best = gain, best_line = l;
      }
      if (best == 0) break;
      for (const auto& [p, words] : hits_[best_line]) {
        covered_.insert(p);
        chosen_[best_line].insert(words.begin(), words.end());
      }
    }
  }

  bool has_evidence_parts() const {
    return std::any_of(claim_.parts.begin(), claim_.parts.end(), [](const Claim::Part& part) { return !part.asked; });
  }
  bool all_required() const {
    for (size_t p = 0; p < claim_.parts.size(); ++p)
      if (claim_.parts[p].required && !covered_.count(p)) return false;
    return true;
  }
  double share() const {
    double found = 0, missing = 0;
    for (size_t p = 0; p < claim_.parts.size(); ++p) {
      if (claim_.parts[p].asked) continue;
      (covered_.count(p) ? found : missing) += weight(claim_.parts[p]);
    }
    if (found + missing > 0) return found / (found + missing_weight * missing);
    for (size_t p = 0; p < claim_.parts.size(); ++p) (covered_.count(p) ? found : missing) += weight(claim_.parts[p]);
    return found + missing > 0 ? found / (found + missing_weight * missing) : 0;
  }
  bool proves_something() const { return !covered_.empty(); }

  // "is not refundable" is not "is refundable".
  bool negated_differently() const {
    bool line_negated = false;
    for (const auto& [l, words] : chosen_) {
      const EvidenceLine& line = *lines_[l];
      line_negated |= std::any_of(line.tokens.begin(), line.tokens.end(), [&](const auto& token) { return denies(line, token); });
      for (const char32_t c : {U'不', U'未', U'没', U'无', U'非'})
        line_negated |= line.letters.text.find(c) != std::u32string::npos;
    }
    return line_negated != claim_.negated && (claim_.negated || negation_is_near());
  }
  static bool denies(const EvidenceLine& line, const EvidenceLine::Token& token) {
    static constexpr std::u32string_view negations[] = {U"not",       U"never",  U"without", U"cannot", U"neither", U"none",
                                                        U"excluding", U"nicht",  U"kein",    U"keine",  U"keinen",  U"keinem",
                                                        U"keiner",    U"keines", U"ohne",    U"nie",    U"niemals", U"weder"};
    if (std::find(std::begin(negations), std::end(negations), token.text) != std::end(negations) || token.text.ends_with(U"n't"))
      return true;
    // "no" before a word, but not "No. 17".
    const size_t behind = token.begin + token.text.size();
    return token.text == U"no" && behind + 1 < line.letters.text.size() && line.letters.text[behind] == U' ' &&
           is_letter(line.letters.text[behind + 1]) &&
           std::none_of(line.values.begin(), line.values.end(), [&](const Value& v) { return v.begin == behind + 1; });
  }
  // A long line may deny something else; only a negation among the words that matched speaks of them.
  bool negation_is_near() const {
    for (const auto& [l, words] : chosen_) {
      if (words.empty()) continue;
      const EvidenceLine& line = *lines_[l];
      for (const EvidenceLine::Token& token : line.tokens) {
        const size_t word = line.owner[token.begin];
        // "Without deduction", "no fee": denies what follows.
        static constexpr std::u32string_view prepositions[] = {U"no",     U"without", U"excluding", U"none",   U"kein", U"keine",
                                                               U"keinen", U"keinem",  U"keiner",    U"keines", U"ohne"};
        const bool ahead = std::find(std::begin(prepositions), std::end(prepositions), token.text) != std::end(prepositions);
        if (denies(line, token) && word + 1 >= *words.begin() && word + (ahead ? 1 : 0) <= *words.rbegin() + (ahead ? 0 : 1))
          return true;
      }
      for (size_t i = 0; i < line.letters.text.size(); ++i) {
        const char32_t c = line.letters.text[i];
        const bool negation = c == U'不' || c == U'未' || c == U'没' || c == U'无' || c == U'非';
        if (!negation) continue;
        // Ideographs: the whole line may be one word, so characters count.
        const std::u32string around = line.letters.text.substr(i > 4 ? i - 4 : 0, 9);
        for (const Claim::Part& part : claim_.parts)
          if (part.kind == Kind::ideographs && around.find(part.text) != std::u32string::npos) return true;
      }
    }
    return false;
  }

  // "The total is 100" while one line says "Net 100" and another "Total 119": the label that the statement names stands beside a
  // different value of the same kind.
  bool value_of_another_label() const {
    for (size_t p = 0; p < claim_.parts.size(); ++p) {
      const Claim::Part& part = claim_.parts[p];
      if (part.kind != Kind::value || part.asked || part.labelled) continue;
      const int group = value_group(part.value.kind);
      std::vector<size_t> own;
      for (size_t l = 0; l < lines_.size(); ++l)
        if (hits_[l].count(p)) own.push_back(l);
      if (own.empty()) continue;
      for (size_t l = 0; l < lines_.size(); ++l) {
        if (hits_[l].count(p)) continue;
        const EvidenceLine& other = *lines_[l];
        const bool same_kind = std::any_of(other.values.begin(), other.values.end(),
                                           [&](const Value& v) { return value_group(v.kind) == group && !claimed(v); });
        if (!same_kind) continue;
        const std::vector<std::u32string> label = label_of(other);
        if (label.empty() || !std::all_of(label.begin(), label.end(), [&](const auto& word) { return in_context(word); }))
          continue;
        // One of the value's own lines, with a line without values above it, carries that label too, or one as well asked for.
        const bool as_good = std::any_of(own.begin(), own.end(), [&](size_t at) {
          std::vector<std::u32string> mine = label_of(*lines_[at]);
          if (!mine.empty() && std::all_of(mine.begin(), mine.end(), [&](const auto& word) { return in_context(word); }))
            return true;
          if (at > 0 && lines_[at - 1]->values.empty())
            for (std::u32string& word : label_of(*lines_[at - 1])) mine.push_back(std::move(word));
          return std::all_of(label.begin(), label.end(), [&](const auto& word) {
            return std::any_of(mine.begin(), mine.end(), [&](const auto& m) { return same_word(m, word); });
          });
        });
        if (!as_good) return true;
      }
    }
    return false;
  }
  bool claimed(const Value& value) const {
    return std::any_of(claim_.parts.begin(), claim_.parts.end(),
                       [&](const Claim::Part& part) { return part.kind == Kind::value && same_value(part.value, value); });
  }
  bool in_context(std::u32string_view word) const {
    return std::any_of(claim_.context.begin(), claim_.context.end(), [&](const auto& c) { return same_word(c, word); });
  }
  static std::vector<std::u32string> label_of(const EvidenceLine& line) {
    std::u32string rest;
    size_t at = 0;
    for (const Value& value : line.values) {
      rest += line.letters.text.substr(at, value.begin - at) + U' ';
      at = value.end;
    }
    rest += line.letters.text.substr(at);
    return content_words(to_utf8(rest));
  }

  const Claim& claim_;
  std::span<const EvidenceLine* const> lines_;
  std::vector<std::map<size_t, std::set<size_t>>> hits_;  // a line: part -> words
  std::map<size_t, std::set<size_t>> chosen_;             // line -> words
  std::set<size_t> covered_;                              // parts
  double quoted_ = 0;
};

}  // namespace

EvidenceLine evidence_line(const Line& line, int64_t document, int64_t page, Page::Unit unit) {
  EvidenceLine out;
  out.line = &line;
  out.document = document;
  out.page = page;
  out.unit = unit;
  std::string text;
  std::vector<size_t> byte_owner;
  const auto put = [&](std::string_view piece, size_t word) {
    text += piece;
    byte_owner.resize(text.size(), word);
  };
  if (line.words.empty()) put(line.text, 0);
  // A blank between digits may group them, "2 748,00"; what stands in two cells is told apart by a tab.
  double width = 0;
  size_t characters = 0;
  for (const Word& word : line.words) {
    width += word.box.x1 - word.box.x0;
    each_code_point(word.text, [&](char32_t, size_t, size_t) { ++characters; });
  }
  const double wide = characters ? widest_blank * width / double(characters) : 0;
  for (size_t w = 0; w < line.words.size(); ++w) {
    if (w > 0) {
      const std::u32string before = code_points(line.words[w - 1].text), now = code_points(line.words[w].text);
      const bool digits = !before.empty() && !now.empty() && is_digit(before.back()) && is_digit(now.front());
      if (digits && line.words[w].box.x0 - line.words[w - 1].box.x1 > wide)
        put("\t", w - 1);
      else if (before.empty() || now.empty() || !is_ideographic(before.back()) || !is_ideographic(now.front()))
        put(" ", w - 1);
    }
    put(line.words[w].text, w);
  }
  out.letters = letters_of(text);
  for (size_t i = 0; i < out.letters.text.size(); ++i) out.owner.push_back(byte_owner[out.letters.at[i]]);
  out.values = find_values(out.letters);
  const std::u32string& s = out.letters.text;
  for (size_t i = 0; i < s.size();) {
    if (!alnum(s[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < s.size() && (alnum(s[end]) || (s[end] == U'\'' && end + 1 < s.size() && alnum(s[end + 1])))) ++end;
    std::u32string token = s.substr(i, end - i);
    if (token.size() > 2 && token.ends_with(U"'s")) token.erase(token.size() - 2);
    out.tokens.push_back({std::move(token), i});
    i = end;
  }
  return out;
}

std::vector<EvidenceLine> evidence_lines(const Page& page, int64_t document) {
  std::vector<EvidenceLine> lines;
  for (const Block& block : page.blocks)
    for (const Line& line : block.lines) lines.push_back(evidence_line(line, document, page.page, page.unit));
  return lines;
}

Support support(const Claim& claim, std::span<const EvidenceLine* const> lines) { return Matcher(claim, lines).run(); }

}  // namespace bifrons
