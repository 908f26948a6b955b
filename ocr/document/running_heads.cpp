// ocr/document/running_heads.cpp - see running_heads.h.
#include "ocr/document/running_heads.h"

#include <algorithm>
#include <cmath>

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
    if (block.lines.empty() || block.lines.size() > most_lines || block.type == Block::Type::table) continue;
    Candidate candidate;
    candidate.block = i;
    candidate.middle = (block.box.y0 + block.box.y1) / 2 / page.height;
    candidate.top = candidate.middle < 0.5;
    if (candidate.middle > zone && candidate.middle < 1 - zone) continue;
    std::u32string text;
    for (const Line& line : block.lines) text += folded(line.text) + U' ';
    candidate.number = page_number(text);
    for (const char32_t c : text)
      if (c > ' ' && !(c >= '0' && c <= '9')) candidate.text += c;
    if (candidate.number >= 0) candidate.text.clear();
    if (candidate.number >= 0 || candidate.text.size() >= 3) result.push_back(std::move(candidate));
  }
  return result;
}

bool RunningHeads::alike(const Candidate& a, int64_t page_a, const Candidate& b, int64_t page_b) const {
  if (a.top != b.top || std::abs(a.middle - b.middle) > most_shift) return false;
  if (a.number >= 0 || b.number >= 0) return a.number >= 0 && b.number >= 0 && b.number - a.number == page_b - page_a;
  return similarity(a.text, b.text) >= alike_text;
}

void RunningHeads::mark(Page& page, const Candidate& candidate) {
  page.blocks[candidate.block].type = candidate.top ? Block::Type::header : Block::Type::footer;
}

std::vector<Page> RunningHeads::add(Page&& page) {
  Held fresh{std::move(page), {}};
  fresh.candidates = candidates(fresh.page);
  for (const Candidate& candidate : fresh.candidates) {
    bool repeated = false;
    for (const Known& known : known_)
      repeated |= known.top == candidate.top && candidate.number < 0 && std::abs(known.middle - candidate.middle) <= most_shift &&
                  similarity(known.text, candidate.text) >= alike_text;
    for (Held& earlier : held_)
      for (const Candidate& other : earlier.candidates)
        if (alike(other, earlier.page.page, candidate, fresh.page.page)) {
          mark(earlier.page, other);
          if (!repeated && candidate.number < 0) {
            known_.push_back({candidate.text, candidate.top, candidate.middle});
            if (known_.size() > most_known) known_.erase(known_.begin());
          }
          repeated = true;
        }
    if (repeated) mark(fresh.page, candidate);
  }
  held_.push_back(std::move(fresh));
  std::vector<Page> ready;
  while (held_.size() > held_pages) {
    ready.push_back(std::move(held_.front().page));
    held_.pop_front();
  }
  return ready;
}

std::vector<Page> RunningHeads::finish() {
  std::vector<Page> ready;
  for (Held& held : held_) ready.push_back(std::move(held.page));
  held_.clear();
  known_.clear();
  return ready;
}

}  // namespace bifrons
