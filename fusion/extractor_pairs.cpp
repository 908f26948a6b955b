// fusion/extractor_pairs.cpp - see extractor_pairs.h.
#include "fusion/extractor_pairs.h"

#include <algorithm>

#include <unicode/uchar.h>

#include "fusion/extractor_fields.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

constexpr double wide_gap = 2.2;      // widths of a character between words that belong to different cells
constexpr size_t longest_label = 48;  // characters
constexpr double aligned = 3;         // pt or px, between the beginnings of cells of one column

bool counts(char32_t c) { return is_digit(c) || is_letter(c) || is_ideographic(c); }
constexpr std::u32string_view abbreviated[] = {
    U"no",    U"nr",   U"tel", U"inc",  U"ltd",  U"st",     U"ref",  U"inv",  U"co",   U"dr",  U"mr",   U"mrs", U"ms",
    U"trans", U"cust", U"reg", U"incl", U"excl", U"approx", U"max",  U"min",  U"est",  U"qty", U"dept", U"ext", U"pos",
    U"prof",  U"art",  U"sec", U"vol",  U"str",  U"bzw",    U"ca",   U"inkl", U"zzgl", U"abs", U"usw",  U"ggf", U"evtl",
    U"vgl",   U"mwst", U"hr",  U"fr",   U"geb",  U"med",    U"dipl", U"ing",  U"phil", U"jur", U"rer",  U"nat", U"habil"};

// Words with a capital that begin a sentence and are neither a month nor a name: "at Elm Street 22. A delay ...".
constexpr std::u32string_view begins_sentences[] = {
    U"the",   U"a",      U"an",   U"this",  U"these",  U"it",    U"if",   U"in",   U"all",    U"each",  U"any",      U"both",
    U"he",    U"she",    U"they", U"we",    U"you",    U"there", U"such", U"for",  U"on",     U"at",    U"when",     U"where",
    U"after", U"please", U"der",  U"die",   U"das",    U"es",    U"sie",  U"er",   U"wir",    U"bei",   U"f\u00FCr", U"im",
    U"am",    U"alle",   U"wenn", U"diese", U"dieser", U"eine",  U"ein",  U"ihre", U"unsere", U"bitte", U"nach",     U"danach"};

bool sentence_ends(const std::u32string& s, size_t i) {
  if (s[i] == 0x3002) return true;
  if (s[i] != U'.' || i + 2 >= s.size() || s[i + 1] != U' ' || !is_letter(s[i + 2])) return false;
  size_t from = i;
  while (from > 0 && is_letter(s[from - 1])) --from;
  const std::u32string_view word = std::u32string_view(s).substr(from, i - from);
  return word.size() > 1 && std::find(std::begin(abbreviated), std::end(abbreviated), word) == std::end(abbreviated);
}

// Where the label's separator stands, or npos. A colon inside a time or an address is none.
size_t colon_of(const EvidenceLine& line, const Segment& segment) {
  for (size_t i = segment.begin; i < segment.end; ++i) {
    if (line.letters.text[i] != U':') continue;
    const bool inside =
        std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) { return i > v.begin && i < v.end; });
    if (!inside) return i;
  }
  return std::u32string::npos;
}

constexpr double smaller = 0.9;  // a label's height over its value's
// About the size of the letters. A text layer's boxes are as high as the font; those of recognition as the ink.
double height_of(const EvidenceLine& line) {
  std::vector<double> heights;
  for (const Word& word : line.line->words) {
    double share = 1;
    if (word.confidence) {
      bool high = false, deep = false;
      for (const char32_t c : code_points(word.text)) {
        high |= c > 127 || std::u32string_view(U"acegmnopqrsuvwxyz.,-:;").find(c) == std::u32string_view::npos;
        deep |= std::u32string_view(U"gjpqy,;()").find(c) != std::u32string_view::npos;
      }
      share = (high ? 0.72 : 0.52) + (deep ? 0.2 : 0);
    }
    heights.push_back((word.box.y1 - word.box.y0) / share);
  }
  std::nth_element(heights.begin(), heights.begin() + ptrdiff_t(heights.size() / 2), heights.end());
  return heights[heights.size() / 2];
}
// The last label that begins no further right than the value, up to a blank or two.
size_t under_which(const std::vector<Segment>& labels, const Segment& value) {
  size_t at = 0;
  for (size_t s = 1; s < labels.size(); ++s)
    if (labels[s].x0 <= value.x0 + 0.1 * (value.x1 - value.x0)) at = s;
  return at;
}

class Finder {
 public:
  explicit Finder(const std::vector<EvidenceLine>& lines) : lines_(lines) {
    for (const EvidenceLine& line : lines) segments_.push_back(segments_of(line));
  }

  std::vector<LabelPair> all() {
    for (size_t l = 0; l < lines_.size(); ++l) {
      bool colons = false;
      for (size_t s = 0; s < segments_[l].size(); ++s) colons |= one(l, s);
      if (!colons && lines_[l].values.empty() && !boxes(l)) head_row(l);
    }
    return std::move(pairs_);
  }

 private:
  void add(size_t l, size_t begin, size_t label_end, const EvidenceLine& value_line, size_t from, size_t to, bool colon,
           bool below, size_t columns = 1, bool verb = false) {
    const EvidenceLine& line = lines_[l];
    const auto trim = [&](const EvidenceLine& of, size_t& a, size_t& b) {
      while (a < b && (is_blank(of.letters.text[a]) || of.letters.text[a] == U'#' || of.letters.text[a] == U':' ||
                       of.letters.text[a] == U'|'))
        ++a;
      while (b > a && is_blank(of.letters.text[b - 1])) --b;
    };
    trim(value_line, from, to);
    if (from >= to || label_end <= begin || label_end - begin > longest_label) return;
    LabelPair pair;
    std::u32string label, inside;
    int depth = 0;
    for (size_t i = begin; i < label_end; ++i) {
      const char32_t c = line.letters.text[i];
      if (c == U'(') {
        ++depth;
      } else if (c == U')') {
        if (depth > 0) --depth;
        pair.inside.push_back(plain_label(inside));
        inside.clear();
      } else {
        const bool percent = std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) {
          return v.kind == Value::Kind::percent && i >= v.begin && i < v.end;
        });
        if (!percent) (depth > 0 ? inside : label) += c;
      }
    }
    pair.label = plain_label(label);
    if (pair.label.empty() && pair.inside.empty()) return;
    pair.label_line = &line;
    pair.line = &value_line;
    pair.label_begin = begin;
    pair.begin = from;
    pair.end = to;
    pair.colon = colon;
    pair.below = below;
    pair.columns = columns;
    pair.verb = verb;
    pairs_.push_back(std::move(pair));
  }

  // True when the segment has a colon.
  bool one(size_t l, size_t s) {
    const EvidenceLine& line = lines_[l];
    const std::vector<Segment>& segments = segments_[l];
    const Segment& segment = segments[s];
    const size_t colon = colon_of(line, segment);
    if (colon != std::u32string::npos) {
      size_t rest = colon + 1;
      while (rest < segment.end && !counts(line.letters.text[rest]) && line.letters.text[rest] != U'+' &&
             line.letters.text[rest] != U'-' && line.letters.text[rest] < 128)
        ++rest;
      if (colon + 1 < segment.end && rest <= segment.end && rest < segment.end) {
        // "a: x, b: y" holds two labels; the first value ends before the second label, and where is not certain.
        Segment tail{colon + 1, segment.end, 0, 0};
        if (colon_of(line, tail) == std::u32string::npos) {
          add(l, segment.begin, colon, line, colon + 1, segment.end, true, false);
        } else {
          comma_list(l, segment);
        }
      } else if (s + 1 < segments.size() && colon_of(line, segments[s + 1]) == std::u32string::npos) {
        add(l, segment.begin, colon, line, segments[s + 1].begin, segments[s + 1].end, true, false);
      } else if (s + 1 == segments.size()) {
        under(l, segment, segment.begin, colon);
      }
      return true;
    }
    // Label and value with blanks between: "Total EUR 5".
    const auto value = std::find_if(line.values.begin(), line.values.end(), [&](const Value& v) {
      return v.begin >= segment.begin && v.end <= segment.end && (v.kind != Value::Kind::percent || true);
    });
    if (value != line.values.end() && value->begin > segment.begin) {
      const size_t before = pairs_.size();
      add(l, segment.begin, value->begin, line, value->begin, segment.end, false, false);
      for (size_t p = before; p < pairs_.size(); ++p) pairs_[p].glued = true;
      if (value->kind == Value::Kind::percent && value + 1 != line.values.end() && (value + 1)->end <= segment.end)
        add(l, segment.begin, (value + 1)->begin, line, (value + 1)->begin, segment.end, false, false);
    }
    // A cell and what stands in the next one.
    if (s + 1 < segments.size() && colon_of(line, segments[s + 1]) == std::u32string::npos) {
      const size_t before = pairs_.size();
      add(l, segment.begin, segment.end, line, segments[s + 1].begin, segments[s + 1].end, false, false);
      for (size_t p = before; p < pairs_.size(); ++p) pairs_[p].alone = segments.size() == 2;
      // "Bill to     Invoice no.  17": what stands in the last cell is the middle one's, and the first one's is below.
      const auto names = [&](const Segment& one) { return is_label(l, one); };
      const bool labels_between = std::any_of(segments.begin() + 1, segments.end(), names);
      const bool table_head = std::all_of(segments.begin(), segments.end(), names);
      if (labels_between && !table_head && is_label(l, segment) && is_label(l, segments[s + 1]))
        under(l, segment, segment.begin, segment.end);
      if (s == 0 && segments.size() > 2 && !labels_between)
        add(l, segment.begin, segment.end, line, segments.back().begin, segments.back().end, false, false);
    }
    // "The total amount is EUR 5".
    const std::u32string_view text = std::u32string_view(line.letters.text).substr(segment.begin, segment.end - segment.begin);
    for (const std::u32string_view verb : {U" is ", U" was ", U" are ", U" were ", U" amounts to ", U" shall be ",
                                           U" betr\u00E4gt ", U" lautet ", U" ist ", U" sind ", U"为", U"是"}) {
      const size_t at = text.find(verb);
      if (at == std::u32string_view::npos || at == 0) continue;
      size_t end = segment.end;
      for (size_t i = segment.begin + at + verb.size(); i < end; ++i)
        if (sentence_ends_behind_number(line, segment.begin, i)) end = i;
      if (end > segment.begin && (line.letters.text[end - 1] == U'.' || line.letters.text[end - 1] == U',')) --end;
      const size_t before = pairs_.size();
      add(l, segment.begin, segment.begin + at, line, segment.begin + at + verb.size(), end, false, false, 1, true);
      for (size_t p = before; p < pairs_.size(); ++p) pairs_[p].past = verb == U" was " || verb == U" were ";
      break;
    }
    return false;
  }

  bool is_label(size_t l, const Segment& segment) const {
    return is_field_label(
        plain_label(std::u32string_view(lines_[l].letters.text).substr(segment.begin, segment.end - segment.begin)));
  }

  // "Phone: 1, Fax: 2": cut at the commas when every part is one label with one value.
  void comma_list(size_t l, const Segment& segment) {
    const EvidenceLine& line = lines_[l];
    std::vector<Segment> parts;
    size_t from = segment.begin;
    for (size_t i = segment.begin; i <= segment.end; ++i)
      if (i == segment.end || (line.letters.text[i] == U',' && i + 1 < segment.end && line.letters.text[i + 1] == U' ') ||
          line.letters.text[i] == 0xFF0C) {
        parts.push_back({from, i, 0, 0});
        from = i + 1;
      }
    for (Segment& part : parts) {
      while (part.begin < part.end && is_blank(line.letters.text[part.begin])) ++part.begin;
      const size_t colon = colon_of(line, part);
      if (colon == std::u32string::npos || colon_of(line, {colon + 1, part.end, 0, 0}) != std::u32string::npos) return;
    }
    for (const Segment& part : parts) {
      const size_t colon = colon_of(line, part);
      add(l, part.begin, colon, line, colon + 1, part.end, true, false);
    }
  }

  // A label alone on its line, its value on the next, beginning at the same place.
  void under(size_t l, const Segment& segment, size_t begin, size_t label_end) {
    if (l + 1 >= lines_.size()) return;
    for (const Segment& below : segments_[l + 1]) {
      if (std::abs(below.x0 - segment.x0) > 20 || colon_of(lines_[l + 1], below) != std::u32string::npos) continue;
      add(l, begin, label_end, lines_[l + 1], below.begin, below.end, true, true);
      return;
    }
  }

  bool boxes(size_t l) {
    if (l + 1 >= lines_.size() || !labels_over_values(lines_[l], lines_[l + 1])) return false;
    const size_t before = pairs_.size();
    for (const Segment& value : segments_[l + 1]) {
      const Segment& label = segments_[l][under_which(segments_[l], value)];
      add(l, label.begin, label.end, lines_[l + 1], value.begin, value.end, false, true);
    }
    for (size_t p = before; p < pairs_.size(); ++p) pairs_[p].boxed = true;
    return true;
  }

  void head_row(size_t l) {
    if (l + 1 >= lines_.size()) return;
    const std::vector<Segment>& above = segments_[l];
    const std::vector<Segment>& below = segments_[l + 1];
    if (above.size() < 2 || below.size() != above.size()) return;
    // One row of values only: a second one makes it a table.
    if (l + 2 < lines_.size() && segments_[l + 2].size() == above.size() && above.size() > 2) return;
    for (size_t s = 0; s < above.size(); ++s) {
      if (below[s].x1 < above[s].x0 || below[s].x0 > above[s].x1) return;
    }
    // "Tenant  Ada Fox" over "Guarantor  Cy Fox", one of a list of labels and values.
    const auto stands_like = [&](size_t other) {
      const std::vector<Segment>& row = segments_[other];
      return row.size() == 2 && std::abs(row[0].x0 - above[0].x0) < aligned && std::abs(row[1].x0 - above[1].x0) < aligned;
    };
    const bool list = above.size() == 2 && !is_label(l, above[1]) &&
                      ((l > 0 && stands_like(l - 1)) || (l + 2 < lines_.size() && stands_like(l + 2)));
    if (list && stands_like(l + 1) && lines_[l + 1].values.size() < 2) return;
    for (size_t s = 0; s < above.size(); ++s)
      add(l, above[s].begin, above[s].end, lines_[l + 1], below[s].begin, below[s].end, false, true, above.size());
  }

  const std::vector<EvidenceLine>& lines_;
  std::vector<std::vector<Segment>> segments_;
  std::vector<LabelPair> pairs_;
};

}  // namespace

std::vector<Segment> segments_of(const EvidenceLine& line) {
  std::vector<Segment> out;
  const std::vector<Word>& words = line.line->words;
  const std::u32string& s = line.letters.text;
  double width = 0;
  size_t characters = 0;
  for (const Word& word : words) width += word.box.x1 - word.box.x0;
  for (size_t i = 0; i < s.size(); ++i) characters += !is_blank(s[i]) * (is_ideographic(s[i]) ? 2u : 1u);
  const double gap = characters ? wide_gap * width / double(characters) : 0;
  size_t from = 0;
  const auto close = [&](size_t to) {
    size_t a = from, b = to;
    while (a < b && (is_blank(s[a]) || s[a] == U'|')) ++a;
    while (b > a && (is_blank(s[b - 1]) || s[b - 1] == U'|')) --b;
    if (a < b) {
      const Box& first = words.empty() ? line.line->box : words[line.owner[a]].box;
      const Box& last = words.empty() ? line.line->box : words[line.owner[b - 1]].box;
      out.push_back({a, b, first.x0, last.x1});
    }
    from = to;
  };
  for (size_t i = 1; i < s.size(); ++i) {
    const bool new_word = !words.empty() && line.owner[i] != line.owner[i - 1];
    if (new_word && words[line.owner[i]].box.x0 - words[line.owner[i - 1]].box.x1 > gap) {
      close(i);
    } else if (s[i - 1] == U'|' || s[i - 1] == U';' || s[i - 1] == 0xFF1B || sentence_ends(s, i - 1)) {
      close(i - 1);
      from = i;
    }
  }
  close(s.size());
  return out;
}

bool begins_with_capital(const EvidenceLine& line, size_t at) {
  const std::vector<Word>& words = line.line->words;
  const std::u32string word = words.empty() ? U"" : code_points(words[line.owner[at]].text);
  return !word.empty() && u_isupper(UChar32(word.front()));
}

bool sentence_ends_behind_number(const EvidenceLine& line, size_t begin, size_t i) {
  const std::u32string& s = line.letters.text;
  if (i <= begin || i + 2 >= s.size() || s[i] != U'.' || s[i + 1] != U' ' || !begins_with_capital(line, i + 2)) return false;
  if (s[i - 1] == U')' || s[i - 1] == U'%') return true;
  size_t number = i;
  while (number > begin && (is_digit(s[number - 1]) || s[number - 1] == U'.' || s[number - 1] == U',')) --number;
  if (i - number >= 3) return true;
  if (i == number || number == begin) return false;  // the number of a clause
  size_t end = i + 2;
  while (end < s.size() && is_letter(s[end])) ++end;
  const std::u32string_view next = std::u32string_view(s).substr(i + 2, end - i - 2);
  return std::find(std::begin(begins_sentences), std::end(begins_sentences), next) != std::end(begins_sentences);
}

bool labels_over_values(const EvidenceLine& upper, const EvidenceLine& lower) {
  if (upper.line->words.empty() || lower.line->words.empty() || !upper.values.empty() || upper.tokens.size() > 20) return false;
  if (std::u32string_view(U".:;!?,\u3002\uFF1A").find(upper.letters.text.back()) != std::u32string_view::npos) return false;
  const double label = height_of(upper), value = height_of(lower);
  if (label > smaller * value) return false;
  const std::vector<Segment> labels = segments_of(upper), values = segments_of(lower);
  if (labels.empty() || values.empty() || values.size() > labels.size()) return false;
  std::vector<bool> taken(labels.size(), false);
  for (const Segment& segment : values) {
    const size_t at = under_which(labels, segment);
    // Of the first words: skewed lines overlap as a whole.
    const Box &over = upper.line->words[upper.owner[labels[at].begin]].box,
              &under = lower.line->words[lower.owner[segment.begin]].box;
    const double gap = under.y0 - over.y1;
    if (taken[at] || std::abs(over.x0 - under.x0) > 2 * value || gap < -0.3 * value || gap > 1.5 * value) return false;
    taken[at] = true;
  }
  return true;
}

std::vector<LabelPair> label_pairs(const std::vector<EvidenceLine>& lines) { return Finder(lines).all(); }

// "3. ", "三、", "(1) ", "§ 2 " before a label.
static std::u32string_view without_number(std::u32string_view text) {
  size_t i = 0;
  while (i < text.size() && (is_blank(text[i]) || text[i] == U'(' || text[i] == U'\u00A7' || text[i] == U'-' || text[i] == U'*' ||
                             text[i] == 0x2022))
    ++i;
  size_t end = i;
  while (end < text.size() && end - i < 3 &&
         (is_digit(text[end]) || std::u32string_view(U"一二三四五六七八九十").find(text[end]) != std::u32string_view::npos))
    ++end;
  if (end == i) return text.substr(i);
  if (end < text.size() && (text[end] == U'.' || text[end] == U')' || text[end] == 0x3001) &&
      !(end + 1 < text.size() && is_digit(text[end + 1])))
    return text.substr(end + 1);
  return text;
}

std::u32string plain_label(std::u32string_view text) {
  text = without_number(text);
  std::u32string out;
  for (const char32_t c : text) {
    if (is_ideographic(c) || is_digit(c) || is_letter(c)) {
      // No blanks between ideographs.
      if (!out.empty() && out.back() == U' ' && is_ideographic(c) && out.size() > 1 && is_ideographic(out[out.size() - 2]))
        out.pop_back();
      out += c;
    } else if (!out.empty() && out.back() != U' ' && c != U'\'' && c != U'.' && c != 0xAD) {
      out += U' ';
    }
  }
  while (!out.empty() && out.back() == U' ') out.pop_back();
  for (bool again = true; again;) {
    again = false;
    for (const std::u32string_view article : {U"the ", U"our ", U"your ", U"a ", U"an ", U"my ", U"der ", U"die ", U"das ",
                                              U"den ", U"dem ", U"ihre ", U"ihr ", U"unsere ", U"unser ", U"eine ", U"ein "})
      if (out.starts_with(article)) out.erase(0, article.size()), again = true;
  }
  return out;
}

}  // namespace bifrons
