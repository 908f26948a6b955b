// ocr/document/levenshtein.cpp - see levenshtein.h.
#include "ocr/document/levenshtein.h"

#include <algorithm>

namespace bifrons {
namespace {

constexpr size_t page_size = 256;  // of small_: a two-level table, so that a pattern costs no 64 Ki entries

// One column of one block. `in`, and what it returns, is the difference of the cells at its upper and lower border: -1, 0, 1.
int step(uint64_t& up, uint64_t& down, uint64_t equal, int in, uint64_t last_row) {
  const uint64_t vertical = equal | down;
  if (in < 0) equal |= 1;
  const uint64_t horizontal = (((equal & up) + up) ^ up) | equal;
  uint64_t plus = down | ~(horizontal | up), minus = up & horizontal;
  const int out = (plus & last_row) ? 1 : (minus & last_row) ? -1 : 0;
  plus = (plus << 1) | (in > 0);
  minus = (minus << 1) | (in < 0);
  up = minus | ~(vertical | plus);
  down = plus & vertical;
  return out;
}

}  // namespace

struct LevenshteinPattern::Column {
  explicit Column(const LevenshteinPattern& pattern)
      : up(pattern.blocks_, ~0ull), down(pattern.blocks_, 0), last((pattern.size_ - 1) % 64) {}
  size_t rows(size_t block) const { return block + 1 == up.size() ? last + 1 : 64; }
  int advance(size_t block, const uint64_t* equal, int in) {
    return step(up[block], down[block], equal[block], in, 1ull << (rows(block) - 1));
  }
  std::vector<uint64_t> up, down;
  size_t last;
};

LevenshteinPattern::LevenshteinPattern(std::u32string_view pattern)
    : size_(pattern.size()), blocks_((pattern.size() + 63) / 64), table_(blocks_, 0), small_(page_size, 0) {
  // small_[0, 256) says where the page of a character's high byte begins; 0: nowhere
  uint32_t rows = 1;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char32_t c = pattern[i];
    uint32_t* row = nullptr;
    if (c < 0x10000) {
      if (small_[c >> 8] == 0) {
        small_[c >> 8] = uint32_t(small_.size());
        small_.resize(small_.size() + page_size, 0);
      }
      row = &small_[small_[c >> 8] + (c & 255)];
    } else {
      row = &map_[c];
    }
    if (*row == 0) {
      *row = rows++;
      table_.resize(rows * blocks_, 0);
    }
    table_[*row * blocks_ + i / 64] |= 1ull << (i % 64);
  }
}

const uint64_t* LevenshteinPattern::bits(char32_t c) const {
  uint32_t row = 0;
  if (c < 0x10000) {
    if (const uint32_t page = small_[c >> 8]; page != 0) row = small_[page + (c & 255)];
  } else if (const auto found = map_.find(c); found != map_.end()) {
    row = found->second;
  }
  return table_.data() + row * blocks_;
}

size_t LevenshteinPattern::distance(std::u32string_view text) const {
  if (size_ == 0) return text.size();
  Column column(*this);
  size_t score = size_;
  for (const char32_t c : text) {
    const uint64_t* equal = bits(c);
    int carry = 1;
    for (size_t block = 0; block < blocks_; ++block) carry = column.advance(block, equal, carry);
    score += size_t(carry);  // -1 wraps round and comes out right
  }
  return score;
}

std::vector<LevenshteinPattern::End> LevenshteinPattern::find(std::u32string_view text, size_t most) const {
  std::vector<End> ends;
  if (size_ == 0) return ends;
  Column column(*this);
  std::vector<int64_t> score(blocks_, 0);  // at the lower border of each block
  const int64_t limit = int64_t(std::min(most, size_));
  size_t active = 0;  // the last block that can hold a cell under the limit
  while (active + 1 < blocks_ && int64_t(64 * active) < limit) ++active;
  for (size_t block = 0; block < blocks_; ++block) score[block] = int64_t(64 * block + column.rows(block));
  for (size_t i = 0; i < text.size(); ++i) {
    const uint64_t* equal = bits(text[i]);
    int carry = 0;
    for (size_t block = 0; block <= active; ++block) {
      carry = column.advance(block, equal, carry);
      score[block] += carry;
    }
    if (active + 1 < blocks_ && score[active] - carry <= limit && ((equal[active + 1] & 1) || carry < 0)) {
      const int above = carry;
      ++active;
      column.up[active] = ~0ull;
      column.down[active] = 0;
      score[active] = score[active - 1] - above + int64_t(column.rows(active)) + column.advance(active, equal, above);
    } else {
      while (active > 0 && score[active] >= limit + int64_t(column.rows(active))) --active;
    }
    if (active + 1 == blocks_ && score[active] <= limit) ends.push_back({i + 1, size_t(score[active])});
  }
  return ends;
}

LevenshteinPattern::End LevenshteinPattern::best_prefix(std::u32string_view text) const {
  End best{0, size_};
  if (size_ == 0) return best;
  Column column(*this);
  size_t score = size_;
  for (size_t i = 0; i < text.size(); ++i) {
    const uint64_t* equal = bits(text[i]);
    int carry = 1;
    for (size_t block = 0; block < blocks_; ++block) carry = column.advance(block, equal, carry);
    score += size_t(carry);
    if (score <= best.distance) best = {i + 1, score};
  }
  return best;
}

size_t levenshtein(std::u32string_view a, std::u32string_view b) { return LevenshteinPattern(a).distance(b); }
double similarity(std::u32string_view a, std::u32string_view b) {
  const size_t longer = std::max(a.size(), b.size());
  return longer == 0 ? 1 : 1 - double(levenshtein(a, b)) / double(longer);
}

}  // namespace bifrons
