// fusion/citations_place.cpp - see citations_place.h.
#include "fusion/citations_place.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "fusion/extractor_fields.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

// Bounds for hostile pages and answers.
constexpr size_t near_lines = 60, most_wrapped = 40, longest_labels = 800, longest_place = 1500, most_said = 40, most_tries = 100,
                 most_parts = 24;
constexpr double cell_gap = 3;        // widths of a character between cells
constexpr size_t longest_label = 90;  // characters of a line that may be a label or heading
constexpr size_t most_labels = 3;     // lines of them over a place
constexpr double nearly_full = 0.03;  // of a block's width that a wrapped line may leave free beside the next word

bool blank(char32_t c) { return is_blank(c) || c == U'\n'; }

// ---- places

bool ends_sentence(View text, const std::u32string& capitals, size_t i) {
  static constexpr View abbreviations[] = {U"nos",  U"approx", U"inkl", U"zzgl", U"art", U"max",  U"min",  U"str", U"tel",
                                           U"dept", U"prof",   U"evtl", U"ggf",  U"bzw", U"incl", U"excl", U"ltd", U"inc"};
  const char32_t c = text[i];
  if (c == U'\u3002' || c == U';') return true;
  if ((c != U'.' && c != U'!' && c != U'?') || i + 2 >= text.size() || !blank(text[i + 1])) return false;
  if (c != U'.') return true;
  size_t from = i;
  while (from > 0 && !blank(text[from - 1])) --from;
  const View before = text.substr(from, i - from);
  if (std::all_of(before.begin(), before.end(), is_digit)) return before.size() > 2;
  if (before.size() < 3 || among(before, abbreviations)) return false;
  size_t next = i + 1;
  while (next < text.size() && blank(text[next])) ++next;
  return next < text.size() && !is_digit(text[next]) && (capitals[next] != text[next] || !is_letter(text[next]));
}

struct LineText {
  const EvidenceLine* line = nullptr;
  std::u32string capitals;  // the letters as they were written
  bool wraps = false;       // goes on in the next line
  bool label = false;       // may stand over a value, or beside one
  bool values = false;      // holds one
};
std::u32string written(const EvidenceLine& line) {
  std::string text;
  for (size_t w = 0; w < line.line->words.size(); ++w) text += (w ? " " : "") + line.line->words[w].text;
  const std::u32string all = line.line->words.empty() ? code_points(line.line->text) : code_points(text);
  std::u32string capitals = line.letters.text;
  for (size_t i = 0, k = 0; i < capitals.size() && k < all.size(); ++k) {
    if (blank(all[k]) && !blank(capitals[i])) continue;  // no blank between ideographs
    capitals[i++] = all[k];
  }
  return capitals;
}
// Blanks wider than those of justified prose.
bool has_cells(const EvidenceLine& line) {
  const std::vector<Word>& words = line.line->words;
  const double width = (line.line->box.x1 - line.line->box.x0) / double(std::max<size_t>(1, line.letters.text.size()));
  for (size_t w = 1; w < words.size(); ++w)
    if (words[w].box.x0 - words[w - 1].box.x1 > cell_gap * width) return true;
  return false;
}
bool ended(View text) { return !text.empty() && View(U".!?;\u3002").find(text.back()) != View::npos; }

bool wraps_into(const LineText& here, const LineText& next, double left, double right) {
  const std::u32string &text = here.line->letters.text, &below = next.line->letters.text;
  if (text.empty() || below.empty()) return false;
  if (text.back() == U'-') return true;
  if (text.back() == U':' || has_cells(*here.line) || has_cells(*next.line)) return false;
  const size_t ideographs = size_t(std::count_if(text.begin(), text.end(), is_ideographic));
  if (here.line->tokens.size() < 4 && ideographs < 10) return false;
  if (is_letter(below.front()) && next.capitals.front() == below.front()) return true;
  if (here.line->tokens.size() < 5 && ideographs < 10) return false;
  const Line& under = *next.line->line;
  const double word = ideographs > 0        ? (under.box.x1 - under.box.x0) / double(below.size())
                      : under.words.empty() ? 0
                                            : under.words.front().box.x1 - under.words.front().box.x0;
  return here.line->line->box.x1 + word >= right - nearly_full * (right - left);
}
// A number at the front counts what it heads: "2. Payment".
bool has_values(const EvidenceLine& line) {
  const std::vector<Quantity> quantities = quantities_of(line.letters.text);
  return std::any_of(quantities.begin(), quantities.end(),
                     [](const Quantity& q) { return q.unit >= 0 || q.value.begin > 2 || q.value.kind != Value::Kind::number; });
}
bool beside(const Box& a, const Box& b) {
  const double shared = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  return shared > 0.5 * std::min(a.y1 - a.y0, b.y1 - b.y0);
}

// What stands over line `at`: the nearest lines that look like labels or headings and hold no value, the head of the block, and
// the cells of its row.
std::u32string labels_of(const std::vector<LineText>& lines, size_t at, size_t block_begin) {
  std::u32string labels;
  const auto take = [&](size_t l) {
    if (labels.size() < longest_labels) labels += lines[l].line->letters.text + U'\n';
  };
  const size_t first = at - std::min(at, near_lines), last = std::min(lines.size(), at + near_lines);
  size_t taken = 0;
  for (size_t l = at; l-- > first && taken < most_labels;) {
    if (lines[l].label && !lines[l].values)
      take(l), ++taken;
    else if (taken > 0)
      break;
  }
  if (block_begin < at && lines[block_begin].label) take(block_begin);
  for (size_t l = first; l < last; ++l)
    if (l != at && lines[l].label && beside(lines[l].line->line->box, lines[at].line->line->box)) take(l);
  return labels;
}

std::vector<NumberPlace> places_of(const Page& page, const std::vector<EvidenceLine>& evidence) {
  std::vector<LineText> lines;
  std::vector<size_t> begins;  // of the block of each line
  for (const Block& block : page.blocks) {
    const size_t begin = lines.size();
    double left = 1e300, right = -1e300;
    for (const Line& line : block.lines) left = std::min(left, line.box.x0), right = std::max(right, line.box.x1);
    for (size_t l = 0; l < block.lines.size() && lines.size() < evidence.size(); ++l) {
      lines.push_back({&evidence[lines.size()], written(evidence[lines.size()])});
      begins.push_back(begin);
    }
    for (size_t l = begin; l + 1 < lines.size(); ++l)
      lines[l].wraps = block.type != Block::Type::table && wraps_into(lines[l], lines[l + 1], left, right);
    for (size_t l = begin; l < lines.size(); ++l) {
      lines[l].values = has_values(*lines[l].line);
      lines[l].label = !lines[l].wraps && !ended(lines[l].line->letters.text) &&
                       lines[l].line->letters.text.size() <= longest_label && !(l > begin && lines[l - 1].wraps);
    }
  }
  std::vector<NumberPlace> places;
  for (size_t l = 0; l < lines.size();) {
    // The lines of one paragraph, then its sentences.
    std::u32string text, capitals;
    std::vector<size_t> owner;
    const size_t first = l;
    for (bool more = true; more; ++l) {
      more = lines[l].wraps && l - first < most_wrapped;
      const std::u32string& part = lines[l].line->letters.text;
      const bool joined = !text.empty() && !part.empty() &&
                          (text.back() == U'-' || (is_ideographic(text.back()) && is_ideographic(part.front())));
      if (!text.empty() && text.back() == U'-') text.pop_back(), capitals.pop_back(), owner.pop_back();
      if (!text.empty() && !joined) text += U' ', capitals += U' ', owner.push_back(l);
      text += part;
      capitals += lines[l].capitals;
      owner.resize(text.size(), l);
    }
    const std::vector<Quantity> all = quantities_of(text);
    size_t begin = 0, next = 0;  // the sentence; the first number that does not end before it
    for (size_t i = 0; i < text.size(); ++i) {
      while (next < all.size() && all[next].value.end <= i + 1) ++next;
      const bool inside = next < all.size() && all[next].value.begin <= i;
      const bool long_enough = i - begin >= longest_place && is_blank(text[i]);
      if (i + 1 < text.size() && !long_enough && (inside || !ends_sentence(text, capitals, i))) continue;
      NumberPlace place;
      place.text = text.substr(begin, i + 1 - begin);
      // "It is ...": of what the sentence before says.
      static constexpr View pronouns[] = {U"it", U"they", U"this", U"these", U"he",    U"she",    U"its",
                                          U"er", U"sie",  U"es",   U"dies",  U"diese", U"dieser", U"dieses"};
      size_t start = 0;
      while (start < place.text.size() && blank(place.text[start])) ++start;
      if (!places.empty() && (among(word_at(place.text, start), pronouns) || place.text.substr(start, 1) == U"其" ||
                              place.text.substr(start, 1) == U"该"))
        place.labels = places.back().text + U'\n';
      place.labels += labels_of(lines, owner[begin], begins[first]);
      for (const Quantity& quantity : quantities_of(place.text)) {
        place.lines.push_back(lines[owner[begin + quantity.value.begin]].line);
        place.quantities.push_back(quantity);
      }
      places.push_back(std::move(place));
      begin = i + 1;
    }
  }
  return places;
}

// ---- words

bool stands_in(View text, View word) {
  if (is_ideographic(word.front())) return text.find(word) != View::npos;
  for (const View token : words_of(text))
    if (same_word(token, word) || (word.size() >= whole_word && token.find(word) != View::npos) ||
        (token.size() >= whole_word && word.find(token) != View::npos))
      return true;
  return false;
}
bool stands_in(const NumberPlace& place, View word) { return stands_in(place.text, word) || stands_in(place.labels, word); }

// They say what kind of thing a number is, not of what.
bool is_measure(View word) {
  static constexpr View measures[] = {U"period", U"time", U"amount", U"amounts", U"number", U"date",   U"length",  U"duration",
                                      U"value",  U"rate", U"lasts",  U"last",    U"comes",  U"equals", U"exactly", U"least",
                                      U"most",   U"only", U"has",    U"gets",    U"zeit",   U"betrag", U"datum",   U"dauer",
                                      U"anzahl", U"höhe", U"zahl",   U"summe",   U"dauert", U"frist",  U"每月",    U"时间",
                                      U"期限",   U"金额", U"日期",   U"时长",    U"数量",   U"按月",   U"每年",    U"标准"};
  return among(word, measures);
}

struct Segment {
  size_t begin = 0, end = 0;
};
// The part of a statement that speaks of what stands at `at`: parts without a number go with the next one.
Segment segment_at(View text, const std::vector<Quantity>& quantities, size_t at) {
  std::vector<size_t> cuts;
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::any_of(quantities.begin(), quantities.end(),
                    [&](const Quantity& q) { return q.value.begin < i && i < q.value.end; }))
      continue;
    static constexpr View signs[] = {U",", U";", U" and ", U" und ", U" while ", U" but ", U"\uFF0C", U"\uFF1B", U"\u3001"};
    for (const View sign : signs)
      if (text.substr(i).starts_with(sign)) cuts.push_back(i + sign.size());
  }
  cuts.push_back(text.size());
  Segment part;
  for (const size_t cut : cuts) {
    const bool full = std::any_of(quantities.begin(), quantities.end(),
                                  [&](const Quantity& q) { return q.value.begin >= part.begin && q.value.end <= cut; });
    if (!full && cut < text.size()) continue;
    part.end = cut;
    if (at < cut) break;
    // What follows the last number belongs to it.
    if (std::none_of(quantities.begin(), quantities.end(), [&](const Quantity& q) { return q.value.begin >= cut; })) {
      part.end = text.size();
      break;
    }
    part.begin = cut;
  }
  return part;
}

// The content words of text[segment] that are no numbers, units or measures.
std::vector<std::u32string> words_beside(const std::u32string& text, const std::vector<Quantity>& quantities,
                                         const Segment& segment) {
  std::u32string rest = text.substr(segment.begin, segment.end - segment.begin);
  for (const Quantity& q : quantities)
    for (size_t i = std::max(q.value.begin, segment.begin); i < std::min(q.value.end, segment.end); ++i)
      rest[i - segment.begin] = U' ';
  std::vector<std::u32string> words = content_words(to_utf8(rest));
  std::erase_if(words, [](const std::u32string& word) {
    return is_measure(word) || unit_of(word) >= 0 || number_in_words(word) || word.size() < 2;
  });
  return words;
}

// A mere "Date: 3 May 2024" is that of the letter or the meeting itself.
bool of_the_paper(const NumberPlace& place, const Quantity& quantity, const std::vector<std::u32string>& things) {
  const View first = word_at(place.text, 0);
  return quantity.value.kind == Value::Kind::date && (first == U"date" || first == U"datum" || place.text.starts_with(U"日期")) &&
         std::all_of(things.begin(), things.end(), [](const std::u32string& word) { return is_generic(word); });
}

bool same_kind(const Quantity& a, const Quantity& b) {
  return a.value.kind == b.value.kind && a.unit == b.unit && a.value.unit == b.value.unit;
}

}  // namespace

const std::vector<NumberPlace>& NumberPlaces::places(int64_t document, int64_t page) {
  const auto [at, is_new] = pages_.try_emplace({document, page});
  if (is_new) at->second = places_of(shelf_.page(document, page), shelf_.lines(document, page));
  return at->second;
}

bool NumberPlaces::hold(const Claim& claim, std::string_view statement, std::string_view question,
                        std::span<const EvidenceLine* const> lines) {
  const std::u32string text = letters_of(statement).text;
  std::vector<Quantity> said = quantities_of(text);
  std::erase_if(said, [&](const Quantity& q) {  // "see page 7"
    return std::find(claim.pages.begin(), claim.pages.end(), q.value.key) != claim.pages.end();
  });
  if (said.empty()) return true;
  if (said.size() > most_said) said.resize(most_said);
  std::set<std::pair<int64_t, int64_t>> numbers;
  for (const Passage& passage : passages_) numbers.emplace(passage.document, passage.page);
  for (const EvidenceLine* line : lines) numbers.emplace(line->document, line->page);
  std::vector<const NumberPlace*> all;
  for (const auto& [document, page] : numbers)
    for (const NumberPlace& place : places(document, page)) all.push_back(&place);
  const std::set<const EvidenceLine*> given(lines.begin(), lines.end());
  const std::u32string asked = letters_of(question).text;
  const std::vector<std::u32string> asked_words = words_beside(asked, quantities_of(asked), {0, asked.size()});
  const auto anywhere = [&](View word) {
    return std::any_of(all.begin(), all.end(), [&](const NumberPlace* place) { return stands_in(place->text, word); });
  };
  const auto unit_anywhere = [&](size_t unit) {
    return std::any_of(all.begin(), all.end(),
                       [&](const NumberPlace* place) { return mentions(place->text, unit, place->quantities); });
  };
  const auto is_said = [&](const Value& value) {
    return std::any_of(said.begin(), said.end(), [&](const Quantity& q) { return same_value(q.value, value); });
  };

  for (const Quantity& one : said) {
    const Segment segment = segment_at(text, said, one.value.begin);
    // "84.50 each, 169.00 in total": what begins with its number goes on with what was said.
    const bool goes_on = words_beside(text, said, {segment.begin, one.value.begin}).empty();
    std::vector<std::u32string> words = words_beside(text, said, goes_on ? Segment{0, text.size()} : segment);
    std::erase_if(words, [&](const std::u32string& word) { return !anywhere(word); });
    std::vector<std::u32string> things = words;  // without names, where others are left
    std::erase_if(things, [&](const std::u32string& word) {
      return std::any_of(claim.parts.begin(), claim.parts.end(),
                         [&](const Claim::Part& part) { return part.kind == Claim::Part::Kind::name && part.text == word; });
    });
    const bool restates = std::any_of(things.begin(), things.end(), [&](const std::u32string& word) {
      return std::any_of(asked_words.begin(), asked_words.end(), [&](const auto& a) { return same_word(a, word); });
    });
    const bool labelled = std::any_of(claim.parts.begin(), claim.parts.end(), [&](const Claim::Part& part) {
      return part.labelled && part.kind == Claim::Part::Kind::value && same_value(part.value, one.value);
    });
    const std::set<size_t> rates = one.value.kind == Value::Kind::date || one.value.kind == Value::Kind::code
                                       ? std::set<size_t>()
                                       : rates_of(View(text).substr(segment.begin, segment.end - segment.begin));

    // All the words, where this one does not; of rows under the same head, more of them.
    const auto holds_more = [&](const NumberPlace& other, const NumberPlace& place) {
      const bool same_head = !place.labels.empty() && other.labels == place.labels;
      size_t more = 0, less = 0, missing = 0;
      for (const std::u32string& word : words) {
        const bool here = same_head ? stands_in(place.text, word) : stands_in(place, word);
        const bool there = same_head ? stands_in(other.text, word) : stands_in(other, word);
        more += there && !here, less += here && !there, missing += !there;
      }
      return more > 0 && less == 0 && (same_head || missing == 0);
    };
    // "16 hours on weekdays and 10 hours on Sundays": the words stand beside another number of the sentence.
    const auto of_another_part = [&](const NumberPlace& place, size_t q) {
      if (place.quantities.size() > most_parts) return false;
      const auto part = [&](const Quantity& quantity) {
        const Segment at = segment_at(place.text, place.quantities, quantity.value.begin);
        return View(place.text).substr(at.begin, at.end - at.begin);
      };
      const View own = part(place.quantities[q]);
      const View front = View(place.text).substr(0, place.quantities.front().value.begin);  // of all of them
      return std::any_of(place.quantities.begin(), place.quantities.end(), [&](const Quantity& other) {
        if (!same_kind(other, place.quantities[q]) || is_said(other.value)) return false;
        const View others_part = part(other);
        if (others_part.data() == own.data()) return false;
        size_t here = 0, there = 0;
        for (const std::u32string& word : words) {
          if (stands_in(front, word)) continue;
          const bool mine = stands_in(own, word), others = stands_in(others_part, word);
          here += mine && !others, there += others && !mine;
        }
        return there > 0 && here == 0;
      });
    };
    const auto stands = [&](const NumberPlace& place, size_t q) {
      const Quantity& there = place.quantities[q];
      const auto has_unit = [&](size_t unit) {
        return mentions(place.text, unit, place.quantities) || mentions(place.labels, unit, {});
      };
      if (one.unit >= 0 && there.unit != one.unit &&
          (there.unit >= 0 || (!has_unit(size_t(one.unit)) && unit_anywhere(size_t(one.unit)))))
        return false;
      // "312 people, of whom 41": the unit is another number's.
      const bool owned = std::any_of(place.quantities.begin(), place.quantities.end(),
                                     [&](const Quantity& other) { return other.unit == one.unit && !is_said(other.value); });
      if (one.unit >= 0 && there.unit < 0 && owned) return false;
      for (const size_t rate : rates)
        if (!has_unit(rate) && (!mentions(asked, rate, {}) || unit_anywhere(rate))) return false;
      if (labelled) return true;
      const auto in_place = [&](const std::u32string& word) { return stands_in(place, word); };
      if (of_the_paper(place, there, things)) return true;
      if (!things.empty() && std::none_of(things.begin(), things.end(), in_place) &&
          (restates || std::none_of(asked_words.begin(), asked_words.end(), in_place)))
        return false;
      return !of_another_part(place, q) && std::none_of(all.begin(), all.end(), [&](const NumberPlace* other) {
        return std::any_of(other->quantities.begin(), other->quantities.end(),
                           [&](const Quantity& o) { return same_kind(o, there) && !is_said(o.value); }) &&
               holds_more(*other, place);
      });
    };
    bool found = false;
    size_t tries = 0;
    for (const NumberPlace* place : all)
      for (size_t q = 0; q < place->quantities.size() && !found && tries < most_tries; ++q) {
        if (!given.contains(place->lines[q]) || !same_value(place->quantities[q].value, one.value)) continue;
        ++tries;
        found = stands(*place, q);
      }
    // Digits that only a line's end joins are no quantity of a place: support() has found them.
    if (!found && (tries > 0 || one.unit >= 0)) return false;
  }
  return true;
}

}  // namespace bifrons
