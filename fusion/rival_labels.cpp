// fusion/rival_labels.cpp - see rival_labels.h: the document's places of what a statement says.
#include "fusion/rival_labels.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fusion/document_answer.h"
#include "fusion/extractor_pairs.h"
#include "fusion/rival_beside.h"
#include "fusion/rival_sayings.h"
#include "ocr/document/fold.h"

namespace bifrons {

namespace {

using namespace rival_words;
using View = std::u32string_view;

constexpr size_t most_pages = 60;  // of one document that are read; of longer ones, those that search names
constexpr int page_hits = 12;
constexpr double heading_share = 0.6;             // of the block's longest line: a shorter one without values is a heading
constexpr size_t value_near = 14, name_near = 6;  // characters from the beginning of a labelled cell to what it is the label of

bool same_text_at(View text, size_t at, View name) {
  const size_t end = at + name.size();
  return (at == 0 || !alnum(text[at - 1]) || !alnum(name.front())) &&
         (end == text.size() || !alnum(text[end]) || !alnum(name.back()));
}
std::vector<Item> places_of(View text, View name) {
  std::vector<Item> places;
  for (size_t at = text.find(name); at != View::npos; at = text.find(name, at + 1))
    if (same_text_at(text, at, name)) places.push_back({{at, at + name.size()}, {}});
  return places;
}

}  // namespace

struct RivalLabels::Paper {
  struct Cell : Range {  // what stands under or behind labels
    std::vector<std::u32string> labels;
  };
  struct Text {                 // a block's
    std::u32string text, flat;  // lines joined by newlines, by blanks
    std::vector<Value> values;
    std::vector<size_t> ends;  // of sentences
    std::vector<Cell> cells;
    std::vector<bool> heads;  // each character: in a cell's label
  };
  std::vector<Text> texts;

  void add(const Page& page, const std::vector<EvidenceLine>& lines) {
    std::map<const EvidenceLine*, std::pair<size_t, size_t>> at;  // text, offset
    size_t l = 0;
    for (const Block& block : page.blocks) {
      Text text;
      for (size_t i = 0; i < block.lines.size(); ++i, ++l) {
        if (i > 0) text.text += U'\n';
        at[&lines[l]] = {texts.size(), text.text.size()};
        for (Value value : lines[l].values) {
          value.begin += text.text.size(), value.end += text.text.size();
          text.values.push_back(std::move(value));
        }
        text.text += lines[l].letters.text;
      }
      text.heads.resize(text.text.size());
      find_ends(text);
      texts.push_back(std::move(text));
    }
    for (const LabelPair& pair : label_pairs(lines)) {
      if (pair.verb || pair.glued) continue;  // prose: its order tells
      const auto [text, offset] = at.at(pair.line);
      const auto [head_text, head_offset] = at.at(pair.label_line);
      size_t end = pair.label_line == pair.line ? pair.begin : pair.label_line->letters.text.size();
      for (const Segment& segment : segments_of(*pair.label_line))
        if (pair.label_begin >= segment.begin && pair.label_begin < segment.end) end = std::min(end, segment.end);
      end = std::max(end, pair.label_begin);
      const View rest = View(pair.label_line->letters.text).substr(end);
      const bool prose = rest.starts_with(U'.') ||
                         std::any_of(pair.label_line->values.begin(), pair.label_line->values.end(), [&](const Value& v) {
                           return v.begin >= pair.label_begin && v.begin < end && v.kind != Value::Kind::percent;
                         });
      if (prose) continue;
      std::vector<bool>& heads = texts[head_text].heads;
      std::fill(heads.begin() + ptrdiff_t(head_offset + pair.label_begin), heads.begin() + ptrdiff_t(head_offset + end), true);
      Cell cell{{offset + pair.begin, offset + pair.end}, pair.inside};
      cell.labels.push_back(pair.label);
      texts[text].cells.push_back(std::move(cell));
    }
  }
  static void find_ends(Text& text) {
    text.flat = text.text;
    std::replace(text.flat.begin(), text.flat.end(), U'\n', U' ');
    join_dates(text);
    std::vector<bool> valued(text.text.size());  // all but a value's last character, which may be a full stop
    for (const Value& value : text.values)
      std::fill(valued.begin() + ptrdiff_t(value.begin), valued.begin() + ptrdiff_t(value.end - 1), true);
    // A short line without values is a heading.
    std::vector<Range> lines;
    size_t longest = 0;
    for (size_t begin = 0; begin <= text.text.size();) {
      const size_t end = std::min(text.text.find(U'\n', begin), text.text.size());
      lines.push_back({begin, end});
      longest = std::max(longest, end - begin);
      begin = end + 1;
    }
    for (const Range& line : lines) {
      const auto first = text.text.begin() + ptrdiff_t(line.begin), last = text.text.begin() + ptrdiff_t(line.end);
      if (double(line.end - line.begin) < heading_share * double(longest) && std::none_of(first, last, is_digit) &&
          !text.text.substr(line.begin, line.end - line.begin).ends_with(U':'))
        text.ends.push_back(line.end);
    }
    size_t word = 0;  // where the letters before i begin
    for (size_t i = 0; i < text.flat.size(); ++i) {
      const char32_t c = text.flat[i];
      const View before = View(text.flat).substr(word, i - word);
      const bool blank_behind = i + 1 < text.flat.size() && is_space(text.flat[i + 1]);
      // "Ltd.", "Nr.", "Str." go on.
      const bool point = c == U'.' && blank_behind && !valued[i] && (before.size() > 3 || (i > 0 && is_digit(text.flat[i - 1])));
      if (point || c == U'\u3002' || c == U';' || c == U'!' || c == U'?') text.ends.push_back(i + 1);
      if (!is_letter(c)) word = i + 1;
    }
    text.ends.push_back(text.flat.size());
    std::sort(text.ends.begin(), text.ends.end());
  }
  // "31" and "March 2027" on the next line.
  static void join_dates(Text& text) {
    Letters letters{text.flat, {}};
    for (size_t i = 0; i <= text.flat.size(); ++i) letters.at.push_back(i);
    std::vector<Value> joined = find_values(letters);
    std::erase_if(joined, [&](const Value& v) {
      return v.kind != Value::Kind::date || View(text.text).substr(v.begin, v.end - v.begin).find(U'\n') == View::npos;
    });
    if (joined.empty()) return;
    std::erase_if(text.values, [&](const Value& v) {
      const auto next =
          std::partition_point(joined.begin(), joined.end(), [&](const Value& date) { return date.end <= v.begin; });
      return next != joined.end() && next->begin < v.end;
    });
    const auto middle = text.values.insert(text.values.end(), joined.begin(), joined.end());
    std::inplace_merge(text.values.begin(), middle, text.values.end(),
                       [](const Value& a, const Value& b) { return a.begin < b.begin; });
  }

  // The things of a text that may have a label of this kind, in order, those of labelled cells with its class; and which are
  // meant.
  struct Things {
    std::vector<Item> items;
    std::vector<bool> meant;
  };
  static Things things_of(const Saying& said, const Text& text) {
    const Rivals& rival = rivals()[said.row];
    Things things;
    if (said.value) {
      for (const Value& value : text.values)
        if (is_of(rival.of, value))
          things.items.push_back({{value.begin, value.end}, {}}), things.meant.push_back(same_value(value, *said.value));
    } else {
      things.items = places_of(text.flat, said.name);
      things.meant.assign(things.items.size(), true);
    }
    if (std::find(things.meant.begin(), things.meant.end(), true) == things.meant.end()) return {};
    for (const Cell& cell : text.cells) {
      const auto first = std::partition_point(things.items.begin(), things.items.end(),
                                              [&](const Item& item) { return item.begin < cell.begin; });
      const size_t near = rival.of == Of::names ? name_near : value_near;
      if (first == things.items.end() || first->end > cell.end || first->begin - cell.begin > near) continue;
      const std::set<size_t> classes = classes_of(cell, said.row);
      if (classes.empty()) continue;
      // A label of both speaks for what is said.
      first->owner = classes.contains(said.of) || first->owner == said.of ? said.of : *classes.begin();
      first->fixed = true;
    }
    return things;
  }
  static std::set<size_t> classes_of(const Cell& cell, size_t row) {
    const Rivals& rival = rivals()[row];
    std::set<size_t> classes;
    for (const std::u32string& label : cell.labels) {
      for (const Mark& mark : marks_of(label, row))
        if (mark.of < rival.classes.size() && (!mark.weak || mark.end - mark.begin == label.size())) classes.insert(mark.of);
      // A mere "Date" is that of the paper itself.
      if (rival.of == Of::dates && rival.classes.front().starts_with(U"invoice date") &&
          (label == U"date" || label == U"datum" || label == U"日期"))
        classes.insert(0);
    }
    return classes;
  }

  // What the places of one thing say of the class.
  struct Verdict {
    bool supported = false, rival = false, unlabelled = false;
  };
  static void look(const Saying& said, const Text& text, Verdict& verdict) {
    const Things things = things_of(said, text);
    size_t begin = 0, next = 0;
    for (const size_t end : text.ends) {
      const size_t first = next;
      while (next < things.items.size() && things.items[next].begin < end) ++next;
      if (std::find(things.meant.begin() + ptrdiff_t(first), things.meant.begin() + ptrdiff_t(next), true) !=
          things.meant.begin() + ptrdiff_t(next))
        look(said, text, {begin, end}, things, {first, next}, verdict);
      if (verdict.supported) return;
      begin = end;
    }
  }
  // In one sentence, with things [which.begin, which.end).
  static void look(const Saying& said, const Text& text, const Range& at, const Things& things, const Range& which,
                   Verdict& verdict) {
    const Rivals& rival = rivals()[said.row];
    std::vector<Item> here(things.items.begin() + ptrdiff_t(which.begin), things.items.begin() + ptrdiff_t(which.end));
    for (Item& item : here) item.begin -= at.begin, item.end -= at.begin;
    const View sentence = View(text.text).substr(at.begin, at.end - at.begin);
    const std::vector<Mark> marks = marks_of(View(text.flat).substr(at.begin, at.end - at.begin), said.row);
    std::vector<bool> used(marks.size());
    for (size_t m = 0; m < marks.size(); ++m) used[m] = text.heads[at.begin + marks[m].begin];
    assign(sentence, rival.of, rival.classes.size(), marks, used, here);
    bool mentioned = false;
    for (size_t m = 0; m < marks.size(); ++m) mentioned |= marks[m].of == said.of && !marks[m].weak && !used[m];
    // The only value of a sentence that has one label, somewhere before it: so probably the label's.
    const bool probable = here.size() == 1 && !marks.empty() && marks.front().end <= here.front().begin &&
                          only_class(strong(marks), rival.classes.size()) && !relative(sentence, marks.front());
    for (size_t i = 0; i < here.size(); ++i) {
      if (!things.meant[which.begin + i]) continue;
      verdict.supported |= mentioned || here[i].owner == said.of;
      verdict.unlabelled |= !here[i].owner;
      verdict.rival |= here[i].owner || probable;
    }
  }

  // Has another thing the class for certain?
  bool given_elsewhere(const Saying& said) const {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const Text& text) { return said.value ? other_value_in(text, said) : other_name_in(text, said); });
  }
  static bool other_value_in(const Text& text, const Saying& said) {
    const Rivals& rival = rivals()[said.row];
    std::vector<Item> items;
    std::vector<const Value*> values;
    for (const Value& value : text.values)
      if (is_of(rival.of, value)) items.push_back({{value.begin, value.end}, {}}), values.push_back(&value);
    const std::vector<Mark> marks = marks_of(text.flat, said.row);
    std::vector<bool> used;
    assign(text.text, rival.of, rival.classes.size(), marks, used, items);
    for (const Cell& cell : text.cells) {
      if (classes_of(cell, said.row) != std::set<size_t>{said.of}) continue;
      const auto first =
          std::partition_point(items.begin(), items.end(), [&](const Item& item) { return item.begin < cell.begin; });
      if (first != items.end() && first->end <= cell.end && first->begin - cell.begin <= value_near) first->owner = said.of;
    }
    for (size_t i = 0; i < items.size(); ++i)
      if (items[i].owner == said.of && !same_value(*values[i], *said.value)) return true;
    return false;
  }
  static bool other_name_in(const Text& text, const Saying& said) {
    for (const Cell& cell : text.cells)
      if (classes_of(cell, said.row) == std::set<size_t>{said.of} &&
          View(text.flat).substr(cell.begin, cell.end - cell.begin).find(said.name) == View::npos)
        return true;
    const std::vector<Mark> marks = marks_of(text.flat, said.row);
    for (size_t m = 0; m < marks.size(); ++m) {
      const size_t from = m > 0 ? marks[m - 1].end : 0;
      const View gap = View(text.flat).substr(from, marks[m].begin - from);
      if (marks[m].of == said.of && defines(gap.substr(gap.rfind(U')') + 1)) && gap.find(said.name) == View::npos) return true;
    }
    return false;
  }
};

RivalLabels::RivalLabels(PageShelf& shelf) : shelf_(shelf) {}
RivalLabels::~RivalLabels() = default;

LabelCheck RivalLabels::check(std::string_view statement, std::string_view question) {
  const std::vector<Saying> said = sayings_of(statement, question);
  if (said.empty()) return {};
  bool whole = true;
  for (int64_t d = 0; d < shelf_.documents(); ++d) whole &= shelf_.source(d).pages().size() <= most_pages;
  if (!paper_ || !whole) {
    paper_ = std::make_unique<Paper>();
    for (int64_t d = 0; d < shelf_.documents(); ++d) {
      std::vector<int64_t> pages = shelf_.source(d).pages();
      if (pages.size() > most_pages) {
        std::set<int64_t> likely;
        for (const Hit& hit : shelf_.source(d).search(statement, page_hits)) likely.insert(hit.chunk.page);
        pages.assign(likely.begin(), likely.end());
      }
      for (const int64_t page : pages) paper_->add(shelf_.page(d, page), shelf_.lines(d, page));
    }
  }
  LabelCheck check;
  for (const Saying& one : said) {
    Paper::Verdict verdict;
    for (const Paper::Text& text : paper_->texts)
      if (!verdict.supported) Paper::look(one, text, verdict);
    if (verdict.supported && one.value) {
      check.confirmed.push_back(*one.value);
      const std::u32string text = letters_of(statement).text;
      for (const Mark& mark : marks_of(text, one.row))
        if (mark.of == one.of) {
          const View label = View(text).substr(mark.begin, mark.end - mark.begin);
          if (is_ideographic(label.front()))
            check.labels.emplace_back(label);
          else
            for (const View word : words_in(label)) check.labels.emplace_back(word);
        }
    }
    check.wrong |= !verdict.supported && verdict.rival && (!verdict.unlabelled || paper_->given_elsewhere(one));
  }
  return check;
}

}  // namespace bifrons
