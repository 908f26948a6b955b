// language/transformer.h - the Llama-type transformer over a ragged batch of rows: RMSNorm, rotary attention (grouped heads
// allowed) through a paged cache, SwiGLU. Weights and configuration; who runs when is engine.h. Source: transformers LlamaModel.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/ops.h"
#include "kernels/weights/weights.h"

namespace bifrons {

struct TransformerConfig {
  int64_t width = 0, layers = 0, heads = 0, kv_heads = 0, head_dim = 0, hidden = 0 /* of the MLP */, vocabulary = 0;
  float rms_epsilon = 1e-6f;
  double rotary_base = 10000;
  int64_t max_positions = 0;  // max_position_embeddings
  bool tied_head = false;     // no lm_head.weight in the file
};

// Called between layers with the residual stream: stage 0 = embeddings, l = output of layer l, layers + 1 = after the final norm.
using HiddenProbe = std::function<void(int64_t stage, View<const float, 2> hidden)>;

class Transformer {
 public:
  // Takes `prefix`layers.N..., `prefix`norm.weight, `prefix`embed_tokens.weight and the head from the file. The head is
  // `head_name`, or the embeddings when tied (or when the file has no head). An empty `head_name` loads no head: whoever
  // only wants hidden states (a drawing) saves vocabulary x width weights, and text_logits throws Fault::other.
  Transformer(const Ops& ops, TransformerConfig config, Weights& file, const std::string& prefix, const std::string& head_name,
              Format format);

  const TransformerConfig& config() const { return config_; }
  size_t weight_bytes() const;  // all
  size_t body_bytes() const;    // what one decode step reads, without the text head

  // Scratch for at most `rows` rows, planned once.
  struct Scratch {
    Tensor<float, 2> normed, qkv, mixed, hidden;
    Scratch(const Ops& ops, const TransformerConfig& config, int64_t rows);
  };
  void embed(const Ops& ops, View<float, 2> out, View<const int32_t, 1> ids) const;
  // x [rows, width]: embeddings in, last layer's residual stream out (before the final norm).
  void forward(const Ops& ops, View<float, 2> x, KvStore& store, const Batch& batch, Scratch& scratch,
               const HiddenProbe* probe = nullptr) const;
  void final_norm(const Ops& ops, View<float, 2> x) const;
  void text_logits(const Ops& ops, View<float, 2> logits, View<const float, 2> normed) const;  // [rows, vocabulary]

 private:
  struct Layer {
    Tensor<float, 1> attention_norm, mlp_norm;
    Linear qkv, out, down;
    GatedLinear gate_up;
  };
  TransformerConfig config_;
  EmbeddingTable embeddings_;
  std::vector<Layer> layers_;
  Tensor<float, 1> norm_;
  Linear head_;
  Tensor<float, 2> rotary_;  // [max_positions, head_dim]: cosines, then sines; computed in f64
};

}  // namespace bifrons
