// language/bpe.cpp - two ways to merge: short pieces (words) by scanning their few ranks, long ones by a heap over a linked list,
// so that a megabyte without a word boundary costs n log n.
#include "language/bpe.h"

#include <algorithm>

#include "kernels/core/error.h"

namespace bifrons {

namespace {

constexpr size_t longest_short = 48;  // symbols; where scanning and the heap cost about the same

size_t slot_of(uint64_t pair, size_t mask) { return (pair * 0x9E3779B97F4A7C15u >> 20) & mask; }

}  // namespace

Bpe::Bpe(const Vocabulary& vocabulary, const BpeSettings& settings, const std::string& name)
    : vocabulary_(&vocabulary), ignore_merges_(settings.ignore_merges), fuse_unknown_(settings.fuse_unknown) {
  bool complete = true;
  for (int b = 0; b < 256; ++b) {
    const char byte = static_cast<char>(b);
    byte_ids_[b] = vocabulary.find_bytes({&byte, 1});
    complete &= byte_ids_[b] != Vocabulary::none;
  }
  if (settings.unknown) {
    unknown_ = vocabulary.find_spelling(*settings.unknown, scratch_);
    if (unknown_ == Vocabulary::none && !complete)
      fail(Fault::unreadable, name, ": model: unk_token '", settings.unknown->substr(0, 64),
           "' is not in the vocabulary, and some bytes have no token");
  }
}

void Bpe::reserve(size_t merges) {
  size_t slots = 1024;
  while (slots < merges * 2) slots *= 2;
  if (slots <= slots_.size()) return;
  std::vector<Slot> old(slots);
  old.swap(slots_);
  for (const Slot& s : old)
    if (s.pair != UINT64_MAX) insert(s);
}

void Bpe::insert(const Slot& slot) {
  const size_t mask = slots_.size() - 1;
  size_t i = slot_of(slot.pair, mask);
  while (slots_[i].pair != UINT64_MAX && slots_[i].pair != slot.pair) i = (i + 1) & mask;
  if (slots_[i].pair == UINT64_MAX) ++count_;
  slots_[i] = slot;  // a pair listed twice: the last one counts, as in the tokenizers library
}

Bpe::Found Bpe::find(int32_t left, int32_t right) const {
  if (slots_.empty()) return {never, 0};
  const uint64_t pair = static_cast<uint64_t>(left) << 32 | static_cast<uint32_t>(right);
  const size_t mask = slots_.size() - 1;
  for (size_t i = slot_of(pair, mask);; i = (i + 1) & mask) {
    if (slots_[i].pair == pair) return {slots_[i].rank, slots_[i].id};
    if (slots_[i].pair == UINT64_MAX) return {never, 0};
  }
}

void Bpe::add_merge(std::string_view left, std::string_view right, const std::string& name) {
  joined_.assign(left).append(right);
  const int32_t l = vocabulary_->find_spelling(left, scratch_), r = vocabulary_->find_spelling(right, scratch_),
                both = vocabulary_->find_spelling(joined_, scratch_);
  if (l < 0 || r < 0 || both < 0)
    fail(Fault::unreadable, name, ": merge ", next_rank_, " needs the token '",
         (l < 0   ? left
          : r < 0 ? right
                  : joined_)
             .substr(0, 64),
         "', which is not in the vocabulary");
  if ((count_ + 1) * 2 > slots_.size()) {
    count_ = 0;
    reserve(std::max<size_t>(slots_.size(), 512));
  }
  insert({static_cast<uint64_t>(l) << 32 | static_cast<uint32_t>(r), next_rank_++, both});
}

void Bpe::merge_short(std::vector<int32_t>& ids, std::vector<uint32_t>& ranks) const {
  size_t count = ids.size();
  ranks.resize(count);
  for (size_t i = 0; i + 1 < count; ++i) ranks[i] = find(ids[i], ids[i + 1]).rank;
  while (count > 1) {
    const size_t best = std::min_element(ranks.begin(), ranks.begin() + (count - 1)) - ranks.begin();  // the first of equals
    if (ranks[best] == never) break;
    ids[best] = find(ids[best], ids[best + 1]).id;
    std::copy(ids.begin() + best + 2, ids.begin() + count, ids.begin() + best + 1);
    if (best + 2 < count) std::copy(ranks.begin() + best + 2, ranks.begin() + (count - 1), ranks.begin() + best + 1);
    --count;
    if (best + 1 < count) ranks[best] = find(ids[best], ids[best + 1]).rank;
    if (best > 0) ranks[best - 1] = find(ids[best - 1], ids[best]).rank;
  }
  ids.resize(count);
}

void Bpe::merge_long(Scratch& s) const {
  const auto count = static_cast<int32_t>(s.ids.size());
  s.symbols.resize(count);
  s.heap.clear();
  const auto later = [](const Scratch::Candidate& a, const Scratch::Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
  };
  for (int32_t i = 0; i < count; ++i) s.symbols[i] = {s.ids[i], i - 1, i + 1 < count ? i + 1 : -1};
  const auto candidate = [&](int32_t at, Scratch::Candidate& out) {
    const int32_t next = s.symbols[at].next;
    if (next < 0) return false;
    const Found found = find(s.symbols[at].id, s.symbols[next].id);
    out = {found.rank, at, found.id, s.symbols[at].id, s.symbols[next].id};
    return found.rank != never;
  };
  Scratch::Candidate c;
  for (int32_t i = 0; i < count; ++i)
    if (candidate(i, c)) s.heap.push_back(c);
  std::make_heap(s.heap.begin(), s.heap.end(), later);
  while (!s.heap.empty()) {
    std::pop_heap(s.heap.begin(), s.heap.end(), later);
    const Scratch::Candidate top = s.heap.back();
    s.heap.pop_back();
    auto& left = s.symbols[top.at];
    if (left.id != top.left || left.next < 0 || s.symbols[left.next].id != top.right) continue;  // the pair is gone
    const int32_t gone = left.next;
    left.id = top.id;
    left.next = s.symbols[gone].next;
    s.symbols[gone].id = -1;
    if (left.next >= 0) s.symbols[left.next].previous = top.at;
    if (candidate(top.at, c)) s.heap.push_back(c), std::push_heap(s.heap.begin(), s.heap.end(), later);
    if (left.previous >= 0 && candidate(left.previous, c))
      s.heap.push_back(c), std::push_heap(s.heap.begin(), s.heap.end(), later);
  }
  s.ids.clear();
  for (int32_t i = 0; i >= 0; i = s.symbols[i].next) s.ids.push_back(s.symbols[i].id);
}

void Bpe::encode(std::string_view bytes, Scratch& s, std::vector<int32_t>& ids) const {
  if (ignore_merges_)
    if (const int32_t whole = vocabulary_->find_bytes(bytes); whole != Vocabulary::none) {
      ids.push_back(whole);
      return;
    }
  if (bytes.size() >= INT32_MAX) fail(Fault::limit, "a text of ", bytes.size(), " bytes is too long to be tokenized at once");
  s.ids.clear();
  bool after_unknown = false;
  for (const char c : bytes) {
    const int32_t id = byte_ids_[static_cast<uint8_t>(c)];
    if (id != Vocabulary::none)
      s.ids.push_back(id);
    else if (unknown_ != Vocabulary::none && !(after_unknown && fuse_unknown_))
      s.ids.push_back(unknown_);
    after_unknown = id == Vocabulary::none;
  }
  if (s.ids.size() <= longest_short)
    merge_short(s.ids, s.ranks);
  else
    merge_long(s);
  ids.insert(ids.end(), s.ids.begin(), s.ids.end());
}

}  // namespace bifrons
