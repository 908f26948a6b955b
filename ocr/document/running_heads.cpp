// ocr/document/running_heads.cpp - see running_heads.h.
#include "ocr/document/running_heads.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "ocr/document/fold.h"
#include "ocr/document/levenshtein.h"

namespace bifrons {
namespace {

constexpr double zone = 0.13;        // of the page's height, at the top and at the bottom
constexpr size_t most_lines = 3;     // of a running head
constexpr double most_shift = 0.02;  // of the page's height between two pages
constexpr double alike_text = 0.85;  // misread letters are forgiven
constexpr size_t held_pages = 2, most_known = 16;

// "7", "- 7 -", "page 7", "page 7 of 12", "7/12", "第7页": the number, or -1.
int64_t page_number(std::u32string text) {
  for (const std::u32string_view word : {U"page", U"seite", U"of", U"von", U"p.", U"第", U"页", U"頁", U"共"})
    for (size_t at = 0; (at = text.find(word, at)) != std::u32string::npos;) text.replace(at, word.size(), U" ");
  int64_t number = -1;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = text[i];
    if (c >= '0' && c <= '9') {
      int64_t value = 0;
      size_t digits = 0;
      for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++digits)
        value = digits < 6 ? value * 10 + (text[i] - '0') : value;
      if (digits > 5) return -1;
      if (number < 0) number = value;
    } else if (c == ' ' || c == '-' || c == '/' || c == '|' || c == '.' || c == '(' || c == ')' || c == '[' || c == ']') {
      ++i;
    } else {
      return -1;
    }
  }
  return number;
}

}  // namespace

std::vector<RunningHeads::Candidate> RunningHeads::candidates(const Page& page) {
  std::vector<Candidate> result;
  if (page.height <= 0) return result;
  for (size_t i = 0; i < page.blocks.size(); ++i) {
    const Block& block = page.blocks[i];
    if (block.lines.empty() || block.type == Block::Type::table) continue;
    enum class Part { whole, first, last };
    const auto add = [&](const Box& box, std::span<const Line> lines, Part part) {
      Candidate candidate;
      candidate.block = i;
      candidate.whole = part == Part::whole;
      candidate.middle = (box.y0 + box.y1) / 2 / page.height;
      candidate.top = candidate.middle < 0.5;
      if (candidate.middle > zone && candidate.middle < 1 - zone) return;
      if (part == (candidate.top ? Part::last : Part::first)) return;
      std::u32string text;
      for (const Line& line : lines) text += folded(line.text) + U' ';
      candidate.number = page_number(text);
      for (const char32_t c : text)
        if (c > ' ' && !(c >= '0' && c <= '9')) candidate.text += c;
      if (candidate.number >= 0) candidate.text.clear();
      if (candidate.number >= 0 || candidate.text.size() >= 3) result.push_back(std::move(candidate));
    };
    const std::span<const Line> lines(block.lines);
    if (lines.size() <= most_lines) add(block.box, lines, Part::whole);
    if (lines.size() < 2) continue;  // text may begin so close under its head that both are one block
    add(lines.front().box, lines.first(1), Part::first);
    add(lines.back().box, lines.last(1), Part::last);
  }
  return result;
}

bool RunningHeads::alike(const Candidate& a, int64_t page_a, const Candidate& b, int64_t page_b) const {
  if (!a.whole && !b.whole) return false;  // pages of a list begin alike, too: on one of them the head must stand by itself
  if (a.top != b.top || std::abs(a.middle - b.middle) > most_shift) return false;
  if (a.number >= 0 || b.number >= 0) return a.number >= 0 && b.number >= 0 && b.number - a.number == page_b - page_a;
  return similarity(a.text, b.text) >= alike_text;
}

Page RunningHeads::marked(Held&& held) {
  Page& page = held.page;
  bool cut = false;
  for (size_t c = held.candidates.size(); c-- > 0;) {  // from the last block to the first: cutting moves those behind
    const Candidate& candidate = held.candidates[c];
    if (!candidate.marked) continue;
    const Block::Type type = candidate.top ? Block::Type::header : Block::Type::footer;
    Block& block = page.blocks[candidate.block];
    if (candidate.whole || block.lines.size() < 2) {  // of two lines the other may be cut off already
      block.type = type;
      continue;
    }
    if (std::any_of(held.candidates.begin(), held.candidates.end(),
                    [&](const Candidate& other) { return other.marked && other.whole && other.block == candidate.block; }))
      continue;
    Block head;
    head.type = type;
    const auto line = candidate.top ? block.lines.begin() : block.lines.end() - 1;
    head.box = line->box;
    head.lines.push_back(std::move(*line));
    block.lines.erase(line);
    block.box = block.lines.front().box;
    for (const Line& left : block.lines) block.box = hull(block.box, left.box);
    page.blocks.insert(page.blocks.begin() + long(candidate.block + !candidate.top), std::move(head));
    cut = true;
  }
  if (cut)
    for (size_t i = 0; i < page.blocks.size(); ++i)
      page.blocks[i].id = "p" + std::to_string(page.page) + "b" + std::to_string(i + 1);
  return std::move(page);
}

std::vector<Page> RunningHeads::add(Page&& page) {
  Held fresh{std::move(page), {}};
  fresh.candidates = candidates(fresh.page);
  for (Candidate& candidate : fresh.candidates) {
    bool repeated = false;
    for (const Known& known : known_)
      repeated |= known.top == candidate.top && candidate.number < 0 && std::abs(known.middle - candidate.middle) <= most_shift &&
                  similarity(known.text, candidate.text) >= alike_text;
    for (Held& earlier : held_)
      for (Candidate& other : earlier.candidates)
        if (alike(other, earlier.page.page, candidate, fresh.page.page)) {
          other.marked = true;
          if (!repeated && candidate.number < 0) {
            known_.push_back({candidate.text, candidate.top, candidate.middle});
            if (known_.size() > most_known) known_.erase(known_.begin());
          }
          repeated = true;
        }
    candidate.marked = repeated;
  }
  held_.push_back(std::move(fresh));
  std::vector<Page> ready;
  while (held_.size() > held_pages) {
    ready.push_back(marked(std::move(held_.front())));
    held_.pop_front();
  }
  return ready;
}

std::vector<Page> RunningHeads::finish() {
  std::vector<Page> ready;
  for (Held& held : held_) ready.push_back(marked(std::move(held)));
  held_.clear();
  known_.clear();
  return ready;
}

}  // namespace bifrons
