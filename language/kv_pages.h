// language/kv_pages.h - who owns which page of the KV cache: sequences as lists of counted pages, shared by forks, copied
// when first written. Bookkeeping only: no tensor and no Ops, so that it can be tested against a simple model of itself.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace bifrons {

class KvPages {
 public:
  using Sequence = int32_t;  // slot + generation * 2^16: a handle kept after its release is recognised

  struct Limits {
    int64_t pages = 0, page_tokens = 0;  // of the cache, shared by all sequences
    int64_t sequences = 0;               // alive at once, at most 65536
    int64_t positions = 0;               // of one sequence
  };
  explicit KvPages(const Limits& limits);

  Sequence create();
  Sequence fork(Sequence from);
  void truncate(Sequence sequence, int64_t length);  // also drops what was reserved and not committed
  void release(Sequence sequence);

  int64_t length(Sequence sequence) const { return slot(sequence).length; }
  std::span<const int32_t> pages(Sequence sequence) const { return slot(sequence).pages; }
  int64_t room(Sequence sequence) const;  // rows that could be appended if it grew alone
  int64_t alive() const { return limits_.sequences - int64_t(free_slots_.size()); }
  int64_t free_pages() const { return int64_t(free_.size()); }
  int64_t pages_used() const { return limits_.pages - free_pages(); }
  const Limits& limits() const { return limits_; }

  // ---- appending rows: check all, then reserve each, write, commit each. Between reserve and commit the length is the old
  // one; who gives up truncates to that length.
  struct Growth {
    Sequence sequence = 0;
    int64_t rows = 0;
  };
  // Throws Fault::limit, saying what would fit, when these could not all be reserved one after the other. Distinct sequences.
  void check(std::span<const Growth> growths);
  // Gives the sequence pages for `rows` more positions, or throws as check() does. A last page that is part full and shared is
  // replaced by a copy: `copy` must bring `tokens` positions of page `from` to page `to`; if it throws, nothing has changed.
  using CopyPage = std::function<void(int32_t from, int32_t to, int64_t tokens)>;
  void reserve(Sequence sequence, int64_t rows, const CopyPage& copy);
  void commit(Sequence sequence, int64_t rows) { slot(sequence).length += rows; }

 private:
  struct Slot {
    bool alive = false;
    int32_t generation = 0;
    int64_t length = 0;
    std::vector<int32_t> pages;  // reserved to its largest size once, when the slot is first used
  };
  const Slot& slot(Sequence sequence) const;
  Slot& slot(Sequence sequence) { return const_cast<Slot&>(std::as_const(*this).slot(sequence)); }
  int64_t pages_for(int64_t positions) const { return (positions + limits_.page_tokens - 1) / limits_.page_tokens; }
  bool tail_shared(const Slot& s) const;  // the last page is part full and somebody else's too
  void drop(int32_t page);

  Limits limits_;
  std::vector<int32_t> owners_;  // of every page
  std::vector<int32_t> free_;    // pages, the next to be given at the end
  std::vector<int32_t> free_slots_;
  std::vector<Slot> slots_;
};

}  // namespace bifrons
