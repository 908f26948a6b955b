// language/engine.h - runs a Transformer for many sequences at once: one forward for everything (prefill, chunked prefill,
// decode, guided pairs, speculated windows are all rows of sequences), over a paged, shared, copy-on-write KV cache.
// Not thread-safe: one engine, one caller at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "language/transformer.h"

namespace bifrons {

struct EngineOptions {
  int64_t cache_tokens = 0;    // positions of all sequences together; 0: what the model's max_positions needs
  int64_t page_tokens = 32;    // positions per page
  int64_t batch_rows = 1024;   // rows of one pass over the weights; longer inputs are cut (only rounding may show it)
  int64_t max_sequences = 64;  // alive at once
};

class Engine {
 public:
  using Sequence = int32_t;  // a handle; sequences own lists of pages

  // The cache's format follows the weights': f32 for f32, bf16 otherwise.
  Engine(const Ops& ops, const Transformer& model, Format cache_format, const EngineOptions& options = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- sequences and their memory. Throws Fault::limit, saying what would fit, when no page or handle is left.
  Sequence create();
  Sequence fork(Sequence from);                      // shares all pages; a shared page is copied when first written
  void truncate(Sequence sequence, int64_t length);  // forget positions from `length` on
  void release(Sequence sequence);
  int64_t length(Sequence sequence) const;  // positions stored
  int64_t room(Sequence sequence) const;    // rows that forward would still take for it alone
  int64_t free_tokens() const;              // positions that still fit (whole free pages)
  int64_t pages_used() const;               // counted once, however many share them

  // ---- one forward. Rows are appended to their sequences; a sequence occurs at most once.
  struct Input {
    Sequence sequence = 0;
    std::span<const int32_t> ids = {};     // token ids on the host; or
    View<const float, 2> embeddings = {};  // rows made elsewhere, in Ops memory [rows, width]; not both
    enum class Want { nothing, last_row, all_rows } want = Want::last_row;
  };
  // Hidden rows asked for, after the final norm, in order of the inputs: [wanted, width], in Ops memory, valid until the
  // next call. Empty inputs are an error. If it throws, no sequence has changed its length.
  // probe sees each chunk's rows (all of them, in order of inputs) when given.
  View<const float, 2> forward(std::span<const Input> inputs, const HiddenProbe* probe = nullptr);

  // Text head of hidden rows: [rows, vocabulary], valid until the next call.
  View<const float, 2> text_logits(View<const float, 2> hidden);
  // Ids drawn from logits (kernels/ops.h: Sample), on the host.
  std::vector<int32_t> sample(View<const float, 2> logits, std::span<const Sample> samples,
                              std::span<const int32_t> history = {});
  // The same into memory of the caller's, one id per sample: allocates nothing once it has run with as many.
  void sample(std::span<int32_t> ids, View<const float, 2> logits, std::span<const Sample> samples,
              std::span<const int32_t> history = {});

  const Ops& ops() const;
  const Transformer& model() const;
  size_t cache_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bifrons
