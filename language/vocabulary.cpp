// language/vocabulary.cpp - one text for all tokens, one table of ids.
#include "language/vocabulary.h"

#include <algorithm>
#include <cstring>

#include "kernels/core/error.h"
#include "language/byte_letters.h"

namespace bifrons {

namespace {

constexpr size_t longest_token = 1 << 20;

std::string shown(std::string_view token) { return std::string(token.substr(0, 64)) + (token.size() > 64 ? "..." : ""); }

}  // namespace

uint64_t hash_bytes(std::string_view bytes, uint64_t seed) {
  uint64_t hash = seed ^ (bytes.size() * 0x9E3779B97F4A7C15u);
  const char* p = bytes.data();
  size_t left = bytes.size();
  const auto mix = [&](uint64_t word) {
    const unsigned __int128 product = static_cast<unsigned __int128>(hash ^ word) * 0xD6E8FEB86659FD93u;
    hash = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  for (uint64_t word; left >= 8; p += 8, left -= 8) std::memcpy(&word, p, 8), mix(word);
  if (left) {
    uint64_t word = 0;
    std::memcpy(&word, p, left);
    mix(word ^ 0xA0761D6478BD642Fu);
  }
  return hash ^ hash >> 29;
}

Vocabulary::Vocabulary(size_t file_bytes)
    : file_bytes_(file_bytes), largest_(std::min<int64_t>(largest_id, 65536 + 4 * static_cast<int64_t>(file_bytes))) {}

std::string_view Vocabulary::bytes(int32_t id) const {
  if (id < 0 || id >= size()) return {};
  return by_id_[id].own_text ? std::string_view(own_texts_.find(id)->second) : stored(id);
}

int32_t Vocabulary::lookup(std::string_view bytes_wanted, Kind kind) const {
  if (slots_.empty()) return none;
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash_bytes(bytes_wanted, static_cast<uint64_t>(kind)) & mask;; i = (i + 1) & mask) {
    const int32_t id = slots_[i];
    if (id == none) return none;
    if (by_id_[id].kind == static_cast<uint32_t>(kind) && stored(id) == bytes_wanted) return id;
  }
}

void Vocabulary::grow() {
  std::vector<int32_t> old(slots_.empty() ? 1024 : slots_.size() * 2, none);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const int32_t id : old)
    if (id != none) {
      size_t i = hash_bytes(stored(id), by_id_[id].kind) & mask;
      while (slots_[i] != none) i = (i + 1) & mask;
      slots_[i] = id;
    }
}

int32_t Vocabulary::put(std::string_view token, Kind kind, int64_t id, std::string_view spelling, const std::string& name) {
  if (id < 0 || id > largest_)
    fail(Fault::unreadable, name, ": token '", shown(spelling), "' has the id ", id, ", at most ", largest_, " in a file of ",
         file_bytes_, " bytes");
  if (token.size() > longest_token || text_.size() + token.size() > UINT32_MAX)
    fail(Fault::limit, name, ": token ", id, " has ", token.size(), " bytes, at most ", longest_token);
  if (const int32_t there = lookup(token, kind); there != none)
    fail(Fault::unreadable, name, ": token '", shown(spelling), "' occurs twice, with the ids ", there, " and ", id);
  if (id >= size()) by_id_.resize(id + 1);
  if (by_id_[id].kind != 0)
    fail(Fault::unreadable, name, ": '", shown(stored(static_cast<int32_t>(id))), "' and '", shown(spelling),
         "' have the same id ", id);
  if ((count_ + 1) * 2 > static_cast<int64_t>(slots_.size())) grow();
  by_id_[id].offset = static_cast<uint32_t>(text_.size());
  by_id_[id].length = static_cast<uint32_t>(token.size());
  by_id_[id].kind = static_cast<uint32_t>(kind);
  text_ += token;
  const size_t mask = slots_.size() - 1;
  size_t i = hash_bytes(token, static_cast<uint64_t>(kind)) & mask;
  while (slots_[i] != none) i = (i + 1) & mask;
  slots_[i] = static_cast<int32_t>(id);
  ++count_;
  return static_cast<int32_t>(id);
}

void Vocabulary::add(std::string_view spelling, int64_t id, const std::string& name) {
  const Kind kind = bytes_of_spelling(spelling, scratch_) ? Kind::letters : Kind::text;
  put(scratch_, kind, id, spelling, name);
}

void Vocabulary::add_text(std::string_view text, int64_t id, const std::string& name) {
  if (const int32_t there = find_spelling(text, scratch_); there != none) {
    if (there != id)
      fail(Fault::unreadable, name, ": added token '", shown(text), "' has the id ", id, " but the vocabulary gives it ", there);
    if (stored(there) != text) own_texts_[there] = text, by_id_[there].own_text = 1;
    return;
  }
  put(text, Kind::text, id, text, name);
}

int32_t Vocabulary::find_spelling(std::string_view spelling, std::string& scratch) const {
  const Kind kind = bytes_of_spelling(spelling, scratch) ? Kind::letters : Kind::text;
  return lookup(scratch, kind);
}

size_t Vocabulary::memory() const {
  return text_.capacity() + by_id_.capacity() * sizeof(Token) + slots_.capacity() * sizeof(int32_t);
}

}  // namespace bifrons
