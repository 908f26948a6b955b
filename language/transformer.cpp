// language/transformer.cpp - binds the weights of a Llama-type transformer and runs it over a ragged batch of rows.
// Source: LlamaModel and LlamaForCausalLM of huggingface/transformers (modeling_llama.py).
#include "language/transformer.h"

#include <cmath>
#include <limits>
#include <string_view>

namespace bifrons {
namespace {

// A config is as hostile as any file: every product of two dimensions below stays far from overflow.
void check(const TransformerConfig& c) {
  const auto within = [](int64_t value, int64_t most, std::string_view what) {
    if (value < 1 || value > most) fail(Fault::unreadable, "transformer config: ", what, " is ", value, ", must be 1 to ", most);
  };
  within(c.width, 1 << 20, "width (hidden_size)");
  within(c.layers, 1 << 12, "layers (num_hidden_layers)");
  within(c.heads, 1 << 14, "heads (num_attention_heads)");
  within(c.kv_heads, c.heads, "kv_heads (num_key_value_heads)");
  within(c.head_dim, 1 << 14, "head_dim");
  within(c.hidden, 1 << 22, "hidden (intermediate_size)");
  within(c.vocabulary, 1 << 24, "vocabulary (vocab_size)");
  within(c.max_positions, 1 << 24, "max_positions (max_position_embeddings)");
  if (c.heads % c.kv_heads != 0)
    fail(Fault::unreadable, "transformer config: ", c.heads, " heads cannot share ", c.kv_heads, " key-value heads evenly");
  if (c.head_dim % 2 != 0)
    fail(Fault::unreadable, "transformer config: head_dim is ", c.head_dim, ", but rotary positions turn pairs of channels");
  if (!(c.rms_epsilon >= 0 && std::isfinite(c.rms_epsilon)))
    fail(Fault::unreadable, "transformer config: rms_norm_eps is ", c.rms_epsilon, ", must be a number from 0 up");
  if (!(c.rotary_base > 0 && std::isfinite(c.rotary_base)))
    fail(Fault::unreadable, "transformer config: rope_theta is ", c.rotary_base, ", must be a number above 0");
}

// cos and sin of position * base^(-2 j / head_dim), j = 0 .. head_dim/2 - 1. In f64: at position 16000 an angle in f32 is
// already wrong in its fourth decimal.
Tensor<float, 2> rotary_table(const Ops& ops, const TransformerConfig& c) {
  constexpr int64_t most_bytes = int64_t(1) << 30;
  if (c.max_positions > most_bytes / int64_t(sizeof(float)) / c.head_dim)
    fail(Fault::limit, "rotary table of ", c.max_positions, " positions x ", c.head_dim, " channels would exceed ", most_bytes,
         " bytes: ask for at most ", most_bytes / int64_t(sizeof(float)) / c.head_dim, " positions");
  const int64_t half = c.head_dim / 2;
  std::vector<double> frequency(static_cast<size_t>(half));
  for (int64_t j = 0; j < half; ++j) frequency[size_t(j)] = std::pow(c.rotary_base, -2.0 * double(j) / double(c.head_dim));
  std::vector<float> host(size_t(c.max_positions * c.head_dim));
  for (int64_t position = 0; position < c.max_positions; ++position)
    for (int64_t j = 0; j < half; ++j) {
      const double angle = double(position) * frequency[size_t(j)];
      host[size_t(position * c.head_dim + j)] = float(std::cos(angle));
      host[size_t(position * c.head_dim + half + j)] = float(std::sin(angle));
    }
  auto table = ops.tensor<float, 2>({c.max_positions, c.head_dim});
  ops.copy_in(table.view().data, host.data(), host.size() * sizeof(float));
  return table;
}

}  // namespace

Transformer::Transformer(const Ops& ops, TransformerConfig config, Weights& file, const std::string& prefix,
                         const std::string& head_name, Format format)
    : config_(config) {
  const TransformerConfig& c = config_;
  check(c);
  const int64_t attended = c.heads * c.head_dim, stored = c.kv_heads * c.head_dim;
  const std::string embeddings = prefix + "embed_tokens.weight";

  embeddings_ = ops.pack_table(file.take(embeddings, {c.vocabulary, c.width}), format);
  layers_.reserve(size_t(c.layers));
  for (int64_t i = 0; i < c.layers; ++i) {
    const std::string block = prefix + "layers." + std::to_string(i) + ".", attention = block + "self_attn.",
                      mlp = block + "mlp.";
    const ConstTensor qkv[] = {file.take(attention + "q_proj.weight", {attended, c.width}),
                               file.take(attention + "k_proj.weight", {stored, c.width}),
                               file.take(attention + "v_proj.weight", {stored, c.width})};
    layers_.push_back({
        .attention_norm = ops.upload(file.take(block + "input_layernorm.weight", {c.width})),
        .mlp_norm = ops.upload(file.take(block + "post_attention_layernorm.weight", {c.width})),
        .qkv = ops.pack(qkv, {}, format),
        .out = ops.pack(file.take(attention + "o_proj.weight", {c.width, attended}), nullptr, format),
        .down = ops.pack(file.take(mlp + "down_proj.weight", {c.width, c.hidden}), nullptr, format),
        .gate_up = ops.pack_gated(file.take(mlp + "gate_proj.weight", {c.hidden, c.width}),
                                  file.take(mlp + "up_proj.weight", {c.hidden, c.width}), format),
    });
  }
  norm_ = ops.upload(file.take(prefix + "norm.weight", {c.width}));
  if (!head_name.empty()) {
    config_.tied_head =
        !file.has(head_name);  // the file decides: configs are known to claim ties that are none, and to forget them
    head_ = ops.pack(file.take(config_.tied_head ? embeddings : head_name, {c.vocabulary, c.width}), nullptr, format);
  }
  rotary_ = rotary_table(ops, c);
}

size_t Transformer::body_bytes() const {
  size_t bytes = norm_.bytes();
  for (const Layer& l : layers_)
    bytes += l.attention_norm.bytes() + l.mlp_norm.bytes() + l.qkv.bytes + l.out.bytes + l.gate_up.bytes + l.down.bytes;
  return bytes;
}

size_t Transformer::weight_bytes() const { return embeddings_.bytes + body_bytes() + head_.bytes; }

Transformer::Scratch::Scratch(const Ops& ops, const TransformerConfig& c, int64_t rows)
    : normed(ops.tensor<float, 2>({rows, c.width})),
      qkv(ops.tensor<float, 2>({rows, (c.heads + 2 * c.kv_heads) * c.head_dim})),
      mixed(ops.tensor<float, 2>({rows, c.heads * c.head_dim})),
      hidden(ops.tensor<float, 2>({rows, c.hidden})) {}

void Transformer::embed(const Ops& ops, View<float, 2> out, View<const int32_t, 1> ids) const {
  ops.embed(out, embeddings_, ids);  // embed_tokens(ids)
}

void Transformer::forward(const Ops& ops, View<float, 2> x, KvStore& store, const Batch& batch, Scratch& scratch,
                          const HiddenProbe* probe) const {
  const int64_t rows = batch.rows();
  const auto normed = scratch.normed.view().slice(0, rows), qkv = scratch.qkv.view().slice(0, rows),
             mixed = scratch.mixed.view().slice(0, rows), hidden = scratch.hidden.view().slice(0, rows);
  const float scale = float(1 / std::sqrt(double(config_.head_dim)));
  if (probe) (*probe)(0, x);
  for (int64_t i = 0; i < config_.layers; ++i) {
    const Layer& w = layers_[size_t(i)];
    ops.rms_norm(normed, x, w.attention_norm, config_.rms_epsilon);  // y = input_layernorm(x)
    ops.linear(qkv, normed, w.qkv);                                  // q_proj(y), k_proj(y), v_proj(y)
    ops.rotate_and_store(qkv, rotary_, store, i, batch);             // apply_rotary_pos_emb; cache.update
    ops.attention_paged(mixed, qkv, store, i, batch, scale);         // softmax(q k^T / sqrt(head_dim)) v
    ops.linear_add(x, mixed, w.out);                                 // x = x + o_proj(.)
    ops.rms_norm(normed, x, w.mlp_norm, config_.rms_epsilon);        // y = post_attention_layernorm(x)
    ops.linear_gated(hidden, normed, w.gate_up);                     // silu(gate_proj(y)) * up_proj(y)
    ops.linear_add(x, hidden, w.down);                               // x = x + down_proj(.)
    if (probe) (*probe)(i + 1, x);
  }
}

void Transformer::final_norm(const Ops& ops, View<float, 2> x) const { ops.rms_norm(x, x, norm_, config_.rms_epsilon); }

void Transformer::text_logits(const Ops& ops, View<float, 2> logits, View<const float, 2> normed) const {
  if (head_.out == 0) fail(Fault::other, "the language model was loaded without its text head, so it has no logits of words");
  ops.linear(logits, normed, head_);  // lm_head(.)
}

}  // namespace bifrons
