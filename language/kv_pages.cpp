// language/kv_pages.cpp - counts pages and forgets none: see kv_pages.h.
#include "language/kv_pages.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

constexpr int32_t slot_bits = 16;
constexpr int32_t slot_mask = (1 << slot_bits) - 1;
constexpr int32_t generations = 1 << (31 - slot_bits);  // so that handles stay positive

}  // namespace

KvPages::KvPages(const Limits& limits) : limits_(limits) {
  const auto positive = [](int64_t value, int64_t most, const char* what) {
    if (value < 1 || value > most) fail(Fault::arguments, "KV cache: ", what, " is ", value, ", must be 1 to ", most);
  };
  constexpr int64_t most = std::numeric_limits<int32_t>::max();  // page numbers and positions travel as int32
  positive(limits.pages, most, "the number of pages");
  positive(limits.page_tokens, most, "page_tokens");
  positive(limits.sequences, int64_t(1) << slot_bits, "max_sequences");
  positive(limits.positions, most, "the number of positions");
  owners_.assign(size_t(limits.pages), 0);
  free_.resize(size_t(limits.pages));
  for (size_t i = 0; i < free_.size(); ++i) free_[i] = int32_t(free_.size() - 1 - i);  // page 0 is given first
  slots_.resize(size_t(limits.sequences));
  free_slots_.resize(size_t(limits.sequences));
  for (size_t i = 0; i < free_slots_.size(); ++i) free_slots_[i] = int32_t(free_slots_.size() - 1 - i);
}

const KvPages::Slot& KvPages::slot(Sequence sequence) const {
  const size_t index = size_t(sequence & slot_mask);
  if (sequence < 0 || index >= slots_.size() || !slots_[index].alive || slots_[index].generation != sequence >> slot_bits)
    fail(Fault::arguments, "KV cache: no sequence ", sequence, ": it was never created, or it has been released");
  return slots_[index];
}

KvPages::Sequence KvPages::create() {
  if (free_slots_.empty())
    fail(Fault::limit, "KV cache: ", limits_.sequences,
         " sequences are alive, which is max_sequences: release one first, or make an engine for more");
  Slot& s = slots_[size_t(free_slots_.back())];
  s.pages.reserve(size_t(std::min(limits_.pages, pages_for(limits_.positions))));  // growing allocates nothing
  const Sequence handle = free_slots_.back() | s.generation << slot_bits;
  s.alive = true, s.length = 0;
  free_slots_.pop_back();
  return handle;
}

KvPages::Sequence KvPages::fork(Sequence from) {
  slot(from);  // an unknown handle throws before a slot is taken
  const Sequence handle = create();
  Slot& s = slot(handle);
  const Slot& parent = slot(from);
  s.pages = parent.pages, s.length = parent.length;
  for (int32_t page : s.pages) ++owners_[size_t(page)];
  return handle;
}

void KvPages::drop(int32_t page) {
  if (--owners_[size_t(page)] == 0) free_.push_back(page);
}

void KvPages::truncate(Sequence sequence, int64_t length) {
  Slot& s = slot(sequence);
  if (length < 0 || length > s.length)
    fail(Fault::arguments, "KV cache: cannot truncate sequence ", sequence, " to ", length, " positions, it has ", s.length);
  for (; int64_t(s.pages.size()) > pages_for(length); s.pages.pop_back()) drop(s.pages.back());
  s.length = length;
}

void KvPages::release(Sequence sequence) {
  truncate(sequence, 0);
  Slot& s = slot(sequence);
  s.alive = false, s.generation = (s.generation + 1) % generations;
  free_slots_.push_back(sequence & slot_mask);
}

bool KvPages::tail_shared(const Slot& s) const {
  return s.length % limits_.page_tokens != 0 && owners_[size_t(s.pages.back())] > 1;
}

int64_t KvPages::room(Sequence sequence) const {
  const Slot& s = slot(sequence);
  int64_t pages = free_pages(), in_last_page = pages_for(s.length) * limits_.page_tokens - s.length;
  if (tail_shared(s)) pages == 0 ? in_last_page = 0 : --pages;
  return std::min(limits_.positions - s.length, in_last_page + pages * limits_.page_tokens);
}

void KvPages::check(std::span<const Growth> growths) {
  for (const Growth& g : growths)
    if (const int64_t length = slot(g.sequence).length; g.rows > limits_.positions - length)
      fail(Fault::limit, "KV cache: ", g.rows, " rows after the ", length, " of sequence ", g.sequence, " would exceed the ",
           limits_.positions, " positions of the model: at most ", limits_.positions - length, " more fit");
  // Two writers of one shared page copy it once: the last one keeps the original. So count as reserve() will, then undo.
  int64_t needed = 0, rows = 0;
  for (const Growth& g : growths) {
    const Slot& s = slot(g.sequence);
    rows += g.rows;
    needed += pages_for(s.length + g.rows) - pages_for(s.length);
    if (tail_shared(s)) ++needed;
    if (s.length % limits_.page_tokens != 0) --owners_[size_t(s.pages.back())];
  }
  for (const Growth& g : growths)
    if (const Slot& s = slot(g.sequence); s.length % limits_.page_tokens != 0) ++owners_[size_t(s.pages.back())];
  if (needed > free_pages())
    fail(Fault::limit, "KV cache: ", rows, " more rows need ", needed, " pages of ", limits_.page_tokens, " positions, ",
         free_pages(), " of ", limits_.pages, " are free: release or truncate sequences, or make an engine with a larger cache");
}

void KvPages::reserve(Sequence sequence, int64_t rows, const CopyPage& copy) {
  const Growth alone{sequence, rows};
  check({&alone, 1});
  Slot& s = slot(sequence);
  if (tail_shared(s)) {
    const int32_t from = s.pages.back(), to = free_.back();
    copy(from, to, s.length % limits_.page_tokens);
    free_.pop_back();
    --owners_[size_t(from)], ++owners_[size_t(to)];
    s.pages.back() = to;
  }
  while (int64_t(s.pages.size()) < pages_for(s.length + rows)) {
    s.pages.push_back(free_.back());
    free_.pop_back();
    ++owners_[size_t(s.pages.back())];
  }
}

}  // namespace bifrons
