// ocr/document/locate.cpp - the place of a quotation (locate in search.h): the page's words as one folded string without spaces,
// approximate matches of the quotation in it, their ends moved to the edges of words. Source: documents.md 7.2.
//
// The whole of every page is looked through (Myers' bit-parallel search: some ten megabytes of text per 100 ms), so that a
// quotation is found even if every one of its words was misread.
#include <algorithm>
#include <cmath>

#include <unicode/uchar.h>

#include "ocr/document/fold.h"
#include "ocr/document/levenshtein.h"
#include "ocr/document/quotation.h"
#include "ocr/document/search.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

constexpr double sure = 0.8;        // below this similarity the lines are given rather than the words
constexpr size_t most_text = 4096;  // characters of a quotation that are compared; longer ones by their beginning

bool is_letter(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z';
  return !is_ideographic(c) && (u_isalpha(UChar32(c)) || (U_GET_GC_MASK(UChar32(c)) & U_GC_M_MASK) != 0);
}
bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_space(char32_t c) { return c <= ' ' || (c >= 0x80 && u_isUWhiteSpace(UChar32(c))); }

struct WordPlace {
  const Line* line = nullptr;
  const Word* word = nullptr;   // none: the whole line stands for it
  uint32_t begin = 0, end = 0;  // its characters in the folded text
  const Box& box() const { return word != nullptr ? word->box : line->box; }
  const std::string& text() const { return word != nullptr ? word->text : line->text; }
};

// Text without spaces; a hyphen between two letters is dropped, whether the line ended there or not. edge[i]: a match may begin
// or end before character i (words, runs of letters, numbers with their points and commas, single ideographs and signs).
class FoldedText {
 public:
  void add(std::u32string_view part, uint32_t word) {
    bool first = true;
    for (const char32_t c : part) {
      if (is_space(c)) {
        first = true;
        continue;
      }
      bool after_hyphen = false;
      if (is_letter(c) && text.size() >= 2 && text.back() == '-' && is_letter(text[text.size() - 2])) {
        text.pop_back();
        edge.pop_back();
        word_of.pop_back();
        after_hyphen = true;
      }
      bool cut = first || after_hyphen || text.empty();
      if (!cut) {
        const char32_t before = text.back();
        const bool letters = is_letter(before) && is_letter(c);
        const bool number = is_digit(before) && (is_digit(c) || c == '.' || c == ',');
        const bool cents = (before == '.' || before == ',') && is_digit(c) && text.size() >= 2 && is_digit(text[text.size() - 2]);
        cut = !(letters || number || cents);
      }
      text += c;
      edge.push_back(cut);
      word_of.push_back(word);
      first = false;
    }
    // "12." ends a sentence: the point is no part of the number unless digits follow
    if (text.size() >= 2 && (text.back() == '.' || text.back() == ',') && is_digit(text[text.size() - 2])) edge.back() = true;
  }
  bool is_edge(size_t i) const { return i == 0 || i >= text.size() || edge[i]; }

  std::u32string text;
  std::vector<uint8_t> edge;
  std::vector<uint32_t> word_of;
};

struct FoldedPage : FoldedText {
  std::vector<WordPlace> words;

  void add_line(const Line& line) {
    for (const Word& word : line.words) add_word({&line, &word});
    if (line.words.empty()) add_word({&line, nullptr});
  }
  void add_word(WordPlace place) {
    add(folded(place.text()), uint32_t(words.size()));
    words.push_back(place);
  }
  void finish() {
    for (uint32_t i = 0; i < text.size(); ++i) {
      WordPlace& word = words[word_of[i]];
      if (word.end == 0) word.begin = i;
      word.end = i + 1;
    }
  }
};

FoldedPage folded_page(const Page& page, const Chunk* within) {
  FoldedPage out;
  if (within == nullptr) {
    for (const Block& block : page.blocks)
      for (const Line& line : block.lines) out.add_line(line);
  } else if (page.page == within->page) {
    for (const Block& block : page.blocks)
      for (const Line& line : block.lines)
        if (std::find(within->lines.begin(), within->lines.end(), line.id) != within->lines.end()) out.add_line(line);
  }
  out.finish();
  return out;
}

struct Match {
  size_t page = 0, begin = 0, end = 0;  // characters of the folded page
  double similarity = 0;
};

class Locator {
 public:
  Locator(std::u32string pattern, int most, double least)
      : pattern_(std::move(pattern)),
        forward_(pattern_),
        backward_(std::u32string(pattern_.rbegin(), pattern_.rend())),
        most_(size_t(most)),
        least_(least),
        limit_(most_distance(pattern_.size(), least)) {}

  void search(size_t number, const FoldedPage& page) {
    const std::vector<LevenshteinPattern::End> ends = forward_.find(page.text, limit_);
    for (size_t i = 0; i < ends.size();) {  // one match for each run of neighbouring ends: those with the least distance
      size_t j = i, least = ends[i].distance;
      while (j + 1 < ends.size() && ends[j + 1].end == ends[j].end + 1) least = std::min(least, ends[++j].distance);
      Match best;
      int tried = 0;
      for (size_t k = i; k <= j && tried < 4; ++k)
        if (ends[k].distance == least) {
          ++tried;
          improve(best, number, page, ends[k].end);
        }
      if (best.similarity >= least_ - 1e-9) keep(best);
      i = j + 1;
    }
  }
  bool full() const { return exact_ >= most_; }  // nothing better can come
  std::vector<Match> take() {
    std::stable_sort(matches_.begin(), matches_.end(),
                     [](const Match& x, const Match& y) { return x.similarity > y.similarity; });
    if (matches_.size() > most_) matches_.resize(most_);
    return std::move(matches_);
  }

 private:
  void improve(Match& best, size_t number, const FoldedPage& page, size_t end) const {
    const size_t reach = std::min(end, pattern_.size() + limit_);
    const std::u32string before(page.text.rbegin() + ptrdiff_t(page.text.size() - end),
                                page.text.rbegin() + ptrdiff_t(page.text.size() - end + reach));
    const size_t begin = end - backward_.best_prefix(before).end;
    size_t low = begin, high = begin, left = end, right = end;
    while (!page.is_edge(low)) --low;
    while (high < end && !page.is_edge(high)) ++high;
    while (left > begin && !page.is_edge(left)) --left;
    while (!page.is_edge(right)) ++right;
    for (const size_t from : {low, high})
      for (const size_t to : {left, right}) {
        if (from >= to || to - from > 2 * pattern_.size() + 2) continue;
        const std::u32string_view window = std::u32string_view(page.text).substr(from, to - from);
        const double alike = 1 - double(forward_.distance(window)) / double(std::max(window.size(), pattern_.size()));
        if (alike > best.similarity) best = {number, from, to, alike};
      }
  }
  void keep(const Match& match) {
    if (!matches_.empty()) {
      Match& last = matches_.back();
      if (last.page == match.page && match.begin < last.end) {  // overlapping: the better one
        if (match.similarity > last.similarity) {
          exact_ += match.similarity == 1;
          last = match;
        }
        return;
      }
    }
    exact_ += match.similarity == 1;
    matches_.push_back(match);
  }

  std::u32string pattern_;
  LevenshteinPattern forward_, backward_;
  size_t most_;
  double least_;
  size_t limit_;
  size_t exact_ = 0;
  std::vector<Match> matches_;
};

// Part [from, to) of a word's characters as a box: ideographs stand at equal distances, and a text layer may have a line of them
// as one word. Other words are never cut.
Box part_of(const WordPlace& word, const FoldedPage& page, size_t from, size_t to) {
  Box box = word.box();
  const bool cut = from > word.begin || to < word.end;
  if (!cut || std::none_of(page.text.begin() + word.begin, page.text.begin() + word.end, is_ideographic)) return box;
  const auto weight = [&](size_t a, size_t b) {  // Latin letters and digits are about half as wide
    double sum = 0;
    for (size_t i = a; i < b; ++i) sum += page.text[i] < 0x80 ? 0.5 : 1;
    return sum;
  };
  const double all = weight(word.begin, word.end), before = weight(word.begin, from) / all, upto = weight(word.begin, to) / all;
  const double wide = box.x1 - box.x0, high = box.y1 - box.y0;
  if (wide >= high) return {box.x0 + before * wide, box.y0, box.x0 + upto * wide, box.y1};
  return {box.x0, box.y0 + before * high, box.x1, box.y0 + upto * high};
}
std::string part_text(const WordPlace& word, size_t from, size_t to) {
  const std::u32string text = code_points(word.text());
  if (text.size() != word.end - word.begin) return word.text();  // folding changed its length: no way to say which part
  return to_utf8(std::u32string_view(text).substr(from - word.begin, to - from));
}

Place place_of(const Match& match, const Page& page, const FoldedPage& text) {
  Place place;
  place.page = page.page;
  place.similarity = match.similarity;
  const uint32_t first = text.word_of[match.begin], last = text.word_of[match.end - 1];
  bool begun = false;
  char32_t before = 0;
  for (uint32_t i = first; i <= last; ++i) {
    const WordPlace& word = text.words[i];
    if (word.begin >= word.end) continue;  // nothing of it was left by folding
    const size_t from = std::max(size_t(word.begin), match.begin), to = std::min(size_t(word.end), match.end);
    if (from >= to) continue;
    const Box box = match.similarity < sure ? word.line->box : part_of(word, text, from, to);
    place.box = begun ? hull(place.box, box) : box;
    const bool new_line = place.lines.empty() || place.lines.back() != word.line->id;
    if (new_line) place.lines.push_back(word.line->id);
    if (const auto& confidence = word.word != nullptr ? word.word->confidence : word.line->confidence)
      place.confidence = place.confidence < 0 ? *confidence : std::min(place.confidence, *confidence);
    const std::string part =
        is_ideographic(text.text[from]) || is_ideographic(text.text[to - 1]) ? part_text(word, from, to) : word.text();
    if (begun && !(is_ideographic(before) && is_ideographic(text.text[from]))) place.quote += ' ';
    place.quote += part;
    before = text.text[to - 1];
    begun = true;
  }
  return place;
}

std::vector<Place> locate_in(const std::vector<Page>& pages, const Chunk* within, std::string_view text, int most, double least) {
  if (!(least > 0 && least <= 1))
    fail(Fault::arguments, "a quotation of similarity ", least, " cannot be looked for: choose above 0, up to 1");
  const std::u32string pattern = comparable(text);
  if (pattern.empty() || most < 1) return {};
  Locator locator(pattern, most, least);
  for (size_t i = 0; i < pages.size() && !locator.full(); ++i) {
    if (within != nullptr && pages[i].page != within->page) continue;
    locator.search(i, folded_page(pages[i], within));
  }
  std::vector<Place> places;
  for (const Match& match : locator.take())
    places.push_back(place_of(match, pages[match.page], folded_page(pages[match.page], within)));
  return places;
}

}  // namespace

std::u32string comparable(std::string_view text) {
  FoldedText out;
  out.add(folded(text), 0);
  if (out.text.size() > most_text) out.text.resize(most_text);
  return std::move(out.text);
}
size_t most_distance(size_t quotation_size, double least) {
  if (!(least > 0 && least <= 1))
    fail(Fault::arguments, "a quotation of similarity ", least, " cannot be looked for: choose above 0, up to 1");
  const double most = std::floor((1 - least) / least * double(quotation_size) + 1e-9);
  return quotation_size == 0 ? 0 : size_t(std::min(double(quotation_size - 1), most));
}

QuotationFinder::QuotationFinder(std::string_view quotation, double least)
    : pattern_(comparable(quotation)), most_(most_distance(pattern_.size(), least)) {}
std::optional<size_t> QuotationFinder::distance_in(std::string_view text) const {
  FoldedText all;  // not comparable(): that cuts long texts
  all.add(folded(text), 0);
  std::optional<size_t> least;
  for (const LevenshteinPattern::End& end : pattern_.find(all.text, most_))
    least = std::min(end.distance, least.value_or(end.distance));
  return least;
}

std::vector<Place> locate(const std::vector<Page>& pages, std::string_view text, int most, double least) {
  return locate_in(pages, nullptr, text, most, least);
}
std::vector<Place> locate(const std::vector<Page>& pages, const Chunk& within, std::string_view text, int most, double least) {
  return locate_in(pages, &within, text, most, least);
}

}  // namespace bifrons
