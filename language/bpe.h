// language/bpe.h - byte-pair encoding: the bytes of one piece of text to token ids by merge rank. Lowest rank first, leftmost
// first among equals.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/vocabulary.h"

namespace bifrons {

struct BpeSettings {
  bool ignore_merges = false;  // a piece that is a token needs no merges (Llama 3)
  bool fuse_unknown = false;   // one unknown token for a run of unknown bytes
  std::optional<std::string>
      unknown{};  // the token for bytes that have none; absent: such bytes vanish, as in the tokenizers library
};

class Bpe {
 public:
  struct Scratch {  // one per thread
    struct Symbol {
      int32_t id, previous, next;  // ids; indices, or -1
    };
    struct Candidate {
      uint32_t rank;
      int32_t at, id, left, right;  // index of the left symbol; the pair, and what it becomes
    };
    std::vector<Symbol> symbols;
    std::vector<Candidate> heap;
    std::vector<int32_t> ids;
    std::vector<uint32_t> ranks;
  };

  // vocabulary must outlive this. merges: both parts spelled as in the file, in order of rank.
  Bpe(const Vocabulary& vocabulary, const BpeSettings& settings, const std::string& name);
  void reserve(size_t merges);
  void add_merge(std::string_view left, std::string_view right, const std::string& name);

  void encode(std::string_view bytes, Scratch& scratch, std::vector<int32_t>& ids) const;  // appends
  size_t memory() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    uint64_t pair = UINT64_MAX;  // left << 32 | right
    uint32_t rank = 0;
    int32_t id = 0;
  };
  struct Found {
    uint32_t rank;
    int32_t id;
  };
  static constexpr uint32_t never = UINT32_MAX;
  Found find(int32_t left, int32_t right) const;
  void insert(const Slot& slot);
  void merge_short(std::vector<int32_t>& ids, std::vector<uint32_t>& ranks) const;
  void merge_long(Scratch& scratch) const;

  const Vocabulary* vocabulary_;
  bool ignore_merges_, fuse_unknown_;
  int32_t unknown_ = Vocabulary::none;
  std::array<int32_t, 256> byte_ids_;
  std::vector<Slot> slots_;  // open addressing
  size_t count_ = 0;
  uint32_t next_rank_ = 0;
  std::string joined_, scratch_;
};

}  // namespace bifrons
