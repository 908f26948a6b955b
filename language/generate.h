// language/generate.h - text from a sequence: sampling settings, stop tokens, streaming, cancellation.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "language/engine.h"
#include "language/tokenizer.h"

namespace bifrons {

struct GenerateOptions {
  int64_t max_tokens = 512;
  float temperature = 0;  // 0: greedy
  int32_t top_k = 0;
  float top_p = 1;
  float repetition_penalty = 1;
  uint64_t seed = 0;
  std::vector<int32_t> stop = {};  // ids that end the answer and are not part of it
};

struct Generated {
  std::vector<int32_t> ids;
  std::string text;
  enum class End { stop, length, cancelled } end = End::stop;
};

// Continues `sequence`, whose last row's hidden state (after the final norm) is `last`. `history` are the prompt's ids, for the
// repetition penalty. The draw at position p uses the numbers of (seed, stream 0, p): p is the length of the sequence, so an
// answer does not depend on who else is in a batch, or on where a prompt was cut.
// on_text is called after every token with the characters that it completed, maybe none; returning false cancels. `text` is
// all pieces, one after the other. A sequence that is full (Engine::room) ends with End::length, too. The sequence keeps every
// token but the last one drawn.
Generated generate(Engine& engine, const Tokenizer& tokenizer, Engine::Sequence sequence, View<const float, 2> last,
                   std::span<const int32_t> history, const GenerateOptions& options,
                   const std::function<bool(std::string_view)>& on_text = {});

}  // namespace bifrons
