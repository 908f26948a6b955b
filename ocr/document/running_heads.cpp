// ocr/document/running_heads.cpp - see running_heads.h.
#include "ocr/document/running_heads.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "ocr/document/head_marks.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

constexpr double zone = 0.13;        // of the page's height, at the top and at the bottom
constexpr size_t most_lines = 3;     // of a running head
constexpr double most_shift = 0.02;  // of the page's height between two pages
constexpr size_t least_body = 2;     // times the text of all running heads of a page
constexpr size_t most_dust = 2;      // letters between a running head and the edge
constexpr size_t held_pages = 2, most_known = 16, most_kept = 64;

size_t letters_of(const Line& line) {
  size_t letters = 0;
  each_code_point(line.text, [&](char32_t c, size_t, size_t) { letters += c > ' '; });
  return letters;
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
      candidate.text = HeadText(lines, page.page);
      candidate.box = box;
      if (candidate.text.says_something()) result.push_back(std::move(candidate));
    };
    const std::span<const Line> lines(block.lines);
    if (lines.size() <= most_lines) add(block.box, lines, Part::whole);
    if (lines.size() < 2) continue;  // text may begin so close under its head that both are one block
    add(lines.front().box, lines.first(1), Part::first);
    add(lines.back().box, lines.last(1), Part::last);
  }
  return result;
}

// Takes the marks off what is no running head after all: text stands between it and the edge, or there is too little beside.
void RunningHeads::spare_the_body(Held& held) {
  const auto mark_on = [&](const Line& line, size_t block) {
    return std::find_if(held.candidates.begin(), held.candidates.end(), [&](const Candidate& candidate) {
      return candidate.marked && candidate.block == block && line.box.y0 >= candidate.box.y0 && line.box.y1 <= candidate.box.y1;
    });
  };
  size_t heads = 0, body = 0;           // letters; page numbers by themselves count as neither
  double top = 1e300, bottom = -1e300;  // edges of the body
  for (size_t i = 0; i < held.page.blocks.size(); ++i)
    for (const Line& line : held.page.blocks[i].lines) {
      const size_t letters = letters_of(line);
      if (const auto mark = mark_on(line, i); mark != held.candidates.end()) {
        if (!mark->text.is_number()) heads += letters;
        continue;
      }
      body += letters;
      if (letters <= most_dust) continue;
      top = std::min(top, line.box.y1);
      bottom = std::max(bottom, line.box.y0);
    }
  for (Candidate& candidate : held.candidates) {
    const bool inside = candidate.top ? top <= candidate.box.y0 : bottom >= candidate.box.y1;
    const bool alone = candidate.text.is_number() ? heads + body == 0 : body < least_body * heads;
    if (inside || alone) candidate.marked = false;
  }
}

Page RunningHeads::marked(Held&& held) {
  spare_the_body(held);
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
    split_block(page, candidate.block, candidate.top ? 1 : block.lines.size() - 1);
    page.blocks[candidate.block + !candidate.top].type = type;
    cut = true;
  }
  if (cut) number_blocks(page);
  for (Block& block : page.blocks) {
    if (block.type != Block::Type::header && block.type != Block::Type::footer) continue;
    HeadText text(block.lines, page.page);
    const auto earlier = std::find_if(kept_.begin(), kept_.end(), [&](const HeadText& kept) { return kept.equal(text); });
    if (earlier != kept_.end()) {
      block.repeats = earlier->page();
      continue;
    }
    kept_.push_back(std::move(text));
    if (kept_.size() > most_kept) kept_.pop_front();
  }
  return std::move(page);
}

std::vector<Page> RunningHeads::add(Page&& page) {
  Held fresh{std::move(page), {}};
  fresh.candidates = candidates(fresh.page);
  for (Candidate& candidate : fresh.candidates) {
    bool repeated = std::any_of(known_.begin(), known_.end(), [&](const Known& known) {
      return known.top == candidate.top && std::abs(known.middle - candidate.middle) <= most_shift &&
             known.text.alike(candidate.text);
    });
    for (Held& earlier : held_)
      for (Candidate& other : earlier.candidates) {
        if (!other.whole && !candidate.whole) continue;  // pages of a list begin alike, too: once it must stand by itself
        if (other.top != candidate.top || std::abs(other.middle - candidate.middle) > most_shift) continue;
        if (!other.text.alike(candidate.text)) continue;
        other.marked = true;
        if (!repeated) known_.push_back({candidate.text, candidate.top, candidate.middle});
        if (known_.size() > most_known) known_.erase(known_.begin());
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
  kept_.clear();
  return ready;
}

}  // namespace bifrons
