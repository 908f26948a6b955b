// language/tokenizer.cpp - the way of a text: UTF-8 made valid, added tokens cut out, the rest normalised, pre-tokenized step by
// step, its pieces merged; and the way back.
#include "language/tokenizer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "language/tokenizer_file.h"

namespace bifrons {

namespace {

constexpr size_t most_file_bytes = 256 << 20, most_config_bytes = 16 << 20, largest_kept = 4 << 20;

// Ids of pieces met before, so that a word is cut and merged once. A piece's ids depend on the piece and on the steps still
// before it, nothing else. Direct-mapped: a newcomer takes the place.
class PieceCache {
 public:
  PieceCache() : slots_(size) {}

  struct Slot {
    uint64_t hash = 0;
    uint8_t length = 0, step = 0, count = 0;  // length 0: empty
    std::array<char, 37> piece{};
    std::array<int32_t, 20> ids{};
  };
  static_assert(sizeof(Slot) == 128);

  static bool takes(std::string_view piece) { return piece.size() <= 37; }
  Slot& slot(size_t step, std::string_view piece, bool& hit) {
    const uint64_t hash = hash_bytes(piece, step);
    Slot& s = slots_[hash % size];
    hit = s.hash == hash && s.length == piece.size() && s.step == step &&
          std::memcmp(s.piece.data(), piece.data(), piece.size()) == 0;
    if (!hit) s.hash = hash;
    return s;
  }
  static void store(Slot& s, uint64_t hash, size_t step, std::string_view piece, std::span<const int32_t> ids) {
    s.hash = hash;
    s.length = 0;
    if (ids.size() > s.ids.size()) return;
    s.length = static_cast<uint8_t>(piece.size());
    s.step = static_cast<uint8_t>(step);
    s.count = static_cast<uint8_t>(ids.size());
    std::copy(piece.begin(), piece.end(), s.piece.begin());
    std::copy(ids.begin(), ids.end(), s.ids.begin());
  }

 private:
  static constexpr size_t size = 1 << 14;  // 2 MiB; the words of some hundred pages
  std::vector<Slot> slots_;
};

// What one encoding thread needs; kept from call to call.
struct Scratch {
  Regex::Scratch regex;
  Bpe::Scratch bpe;
  PieceCache cache;
  std::vector<std::vector<std::string_view>> pieces;  // by step
  std::vector<AddedTokens::Part> outer, inner;
  std::string utf8, normal, spaced;
};

}  // namespace

struct Tokenizer::State {
  std::unique_ptr<TokenizerParts> parts;
  std::string name;
  std::optional<int32_t> bos, eos, pad;

  std::unique_ptr<Scratch> borrow() const {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        auto scratch = std::move(idle.back());
        idle.pop_back();
        return scratch;
      }
    }
    auto scratch = std::make_unique<Scratch>();
    scratch->pieces.resize(parts->pre_tokenizer->steps());
    return scratch;
  }
  void give_back(std::unique_ptr<Scratch> scratch, size_t text_bytes) const {
    if (text_bytes > largest_kept) return;  // its buffers have grown with the text
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(scratch));
  }

  void encode_piece(size_t step, std::string_view piece, Scratch& s, std::vector<int32_t>& ids) const;
  void encode_text(std::string_view text, const AddedTokens::Filter& filter, Scratch& s, std::vector<int32_t>& ids) const;

  mutable std::mutex mutex;
  mutable std::vector<std::unique_ptr<Scratch>> idle;  // as many as threads ever encoded at once
};

void Tokenizer::State::encode_piece(size_t step, std::string_view piece, Scratch& s, std::vector<int32_t>& ids) const {
  const bool cached = PieceCache::takes(piece);
  const size_t entry_step = step, first = ids.size();
  uint64_t hash = 0;
  if (cached) {
    bool hit = false;
    const PieceCache::Slot& slot = s.cache.slot(step, piece, hit);
    if (hit) {
      ids.insert(ids.end(), slot.ids.begin(), slot.ids.begin() + slot.count);
      return;
    }
    hash = slot.hash;
  }
  const size_t steps = parts->pre_tokenizer->steps();
  const std::string_view whole = piece;
  bool cut = false;
  while (step < steps && !cut) {  // steps that leave the piece alone
    auto& pieces = s.pieces[step];
    parts->pre_tokenizer->cut(step, piece, pieces, s.spaced, s.regex);
    ++step;
    if (pieces.size() != 1) {
      cut = true;
      for (const std::string_view part : pieces) encode_piece(step, part, s, ids);
    } else {
      piece = pieces[0];
    }
  }
  if (!cut) parts->bpe->encode(piece, s.bpe, ids);
  if (cached) {
    bool hit = false;
    PieceCache::store(s.cache.slot(entry_step, whole, hit), hash, entry_step, whole, std::span(ids).subspan(first));
  }
}

void Tokenizer::State::encode_text(std::string_view text, const AddedTokens::Filter& filter, Scratch& s,
                                   std::vector<int32_t>& ids) const {
  s.outer.clear();
  parts->added->cut(text, /*normalized=*/false, filter, s.outer);
  for (const AddedTokens::Part& outer : s.outer) {
    if (outer.id >= 0) {
      ids.push_back(outer.id);
      continue;
    }
    const std::string_view normal = normalize(outer.text, parts->form, s.normal) ? std::string_view(s.normal) : outer.text;
    s.inner.clear();
    parts->added->cut(normal, /*normalized=*/true, filter, s.inner);
    for (const AddedTokens::Part& inner : s.inner)
      if (inner.id >= 0)
        ids.push_back(inner.id);
      else
        encode_piece(0, inner.text, s, ids);
  }
}

Tokenizer::Tokenizer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

Tokenizer Tokenizer::parse(std::string_view tokenizer_json, const std::string& name) {
  auto state = std::make_unique<State>();
  state->parts = read_tokenizer_file(tokenizer_json, name);
  state->name = name;
  return Tokenizer(std::move(state));
}

Tokenizer Tokenizer::load(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "tokenizer.json", config = folder / "tokenizer_config.json",
                              map = folder / "special_tokens_map.json";
  const auto beside = [](const std::filesystem::path& path) {
    return std::filesystem::exists(path) ? read_file(path, most_config_bytes) : std::string();
  };
  auto state = std::make_unique<State>();
  state->name = file.string();
  state->parts = read_tokenizer_file(read_file(file, most_file_bytes), state->name);
  const NamedTokens named = read_named_tokens(beside(config), beside(map), config.string(), map.string());
  std::string scratch;
  const auto resolve = [&](const std::optional<std::string>& token, const char* key) -> std::optional<int32_t> {
    if (!token) return std::nullopt;
    if (const AddedToken* added = state->parts->added->find(*token)) return added->id;
    const int32_t id = state->parts->vocabulary.find_spelling(*token, scratch);
    if (id == Vocabulary::none)
      fail(Fault::unreadable, config.string(), ": ", key, " '", *token, "' is no token of ", state->name);
    return id;
  };
  state->bos = resolve(named.bos, "bos_token");
  state->eos = resolve(named.eos, "eos_token");
  state->pad = resolve(named.pad, "pad_token");
  return Tokenizer(std::move(state));
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, Added added) const { return encode(text, added, {}); }

std::vector<int32_t> Tokenizer::encode(std::string_view text, Added added, std::span<const int32_t> never) const {
  std::vector<int32_t> ids;
  auto scratch = state_->borrow();
  scratch->regex.begin(text.size());
  if (!is_utf8(text)) {
    scratch->utf8 = lossy_utf8(text);
    text = scratch->utf8;
  }
  ids.reserve(text.size() / 4 + 8);
  state_->encode_text(text, {.specials = added == Added::all, .never = never}, *scratch, ids);
  state_->give_back(std::move(scratch), text.size());
  return ids;
}

std::string_view Tokenizer::bytes(int32_t id) const { return state_->parts->vocabulary.bytes(id); }

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skip_special) const {
  std::string bytes_of_all;
  for (const int32_t id : ids)
    if (!skip_special || !is_special(id)) bytes_of_all += bytes(id);
  return is_utf8(bytes_of_all) ? bytes_of_all : lossy_utf8(bytes_of_all);
}

std::optional<int32_t> Tokenizer::id(std::string_view token) const {
  if (const AddedToken* added = state_->parts->added->find(token)) return added->id;
  std::string scratch;
  const int32_t found = state_->parts->vocabulary.find_spelling(token, scratch);
  return found == Vocabulary::none ? std::nullopt : std::optional(found);
}

int32_t Tokenizer::require(std::string_view token) const {
  const auto found = id(token);
  if (!found) fail(Fault::unreadable, state_->name, ": no token '", token, "', which this model needs");
  return *found;
}

bool Tokenizer::is_special(int32_t id) const {
  const AddedToken* added = state_->parts->added->find(id);
  return added && added->special;
}

int32_t Tokenizer::size() const { return state_->parts->vocabulary.size(); }
std::optional<int32_t> Tokenizer::bos() const { return state_->bos; }
std::optional<int32_t> Tokenizer::eos() const { return state_->eos; }
std::optional<int32_t> Tokenizer::pad() const { return state_->pad; }

StreamDecoder::StreamDecoder(const Tokenizer& tokenizer, bool skip_special)
    : tokenizer_(&tokenizer), skip_special_(skip_special) {}

std::string StreamDecoder::push(int32_t id) {
  std::string text;
  if (skip_special_ && tokenizer_->is_special(id)) return text;
  pending_ += tokenizer_->bytes(id);
  pending_.erase(0, append_complete_utf8(text, pending_));
  return text;
}

std::string StreamDecoder::finish() {
  std::string text = lossy_utf8(pending_);
  pending_.clear();
  return text;
}

}  // namespace bifrons
