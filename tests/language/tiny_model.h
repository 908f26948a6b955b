// tests/language/tiny_model.h - small transformers with random weights, and their slow twin: plain causal attention in f64
// over whole sequences, without cache, pages or batches, straight from the definition.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels/core/random.h"
#include "language/engine.h"

namespace bifrons {

inline TransformerConfig tiny_config(int64_t heads = 2, int64_t kv_heads = 2, int64_t head_dim = 8) {
  return {.width = 20,
          .layers = 2,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .hidden = 28,
          .vocabulary = 50,
          .rms_epsilon = 1e-5f,
          .rotary_base = 100,  // so that every frequency turns far within a short test
          .max_positions = 96};
}

// A row to be fed: a token, or an embedding made elsewhere when there is one.
struct Row {
  int32_t id = 0;
  std::vector<float> embedding = {};
};
inline std::vector<Row> rows_of(const std::vector<int32_t>& ids) {
  std::vector<Row> rows;
  for (int32_t id : ids) rows.push_back({id});
  return rows;
}
inline std::vector<int32_t> random_ids(int64_t count, uint32_t salt, int64_t vocabulary = 50) {
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < count; ++i) ids.push_back(int32_t(uniform(1, salt, 0, uint32_t(i)) * float(vocabulary)));
  return ids;
}
inline std::vector<float> random_floats(int64_t count, uint32_t salt) {
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(2 * uniform(1, salt, 1, uint32_t(i)) - 1);
  return values;
}

class Twin {
 public:
  Twin(const TransformerConfig& config, Weights& file, const std::string& prefix, const std::string& head) : c_(config) {
    const int64_t attended = c_.heads * c_.head_dim, stored = c_.kv_heads * c_.head_dim;
    const auto take = [&](const std::string& name, std::vector<int64_t> shape) {
      const ConstTensor tensor = file.take(name, shape);
      std::vector<float> values(size_t(tensor.count()));
      to_f32(values, tensor);
      return std::vector<double>(values.begin(), values.end());
    };
    embeddings_ = take(prefix + "embed_tokens.weight", {c_.vocabulary, c_.width});
    for (int64_t i = 0; i < c_.layers; ++i) {
      const std::string b = prefix + "layers." + std::to_string(i) + ".";
      layers_.push_back(
          {take(b + "input_layernorm.weight", {c_.width}), take(b + "post_attention_layernorm.weight", {c_.width}),
           take(b + "self_attn.q_proj.weight", {attended, c_.width}), take(b + "self_attn.k_proj.weight", {stored, c_.width}),
           take(b + "self_attn.v_proj.weight", {stored, c_.width}), take(b + "self_attn.o_proj.weight", {c_.width, attended}),
           take(b + "mlp.gate_proj.weight", {c_.hidden, c_.width}), take(b + "mlp.up_proj.weight", {c_.hidden, c_.width}),
           take(b + "mlp.down_proj.weight", {c_.width, c_.hidden})});
    }
    norm_ = take(prefix + "norm.weight", {c_.width});
    head_ = take(head, {c_.vocabulary, c_.width});
  }

  // Stage 0: embeddings; l: after layer l; layers + 1: after the final norm. Each [rows, width], flat.
  std::vector<std::vector<float>> stages(const std::vector<Row>& rows) const {
    std::vector<Vector> x;
    for (const Row& row : rows) {
      if (row.embedding.empty())
        x.emplace_back(embeddings_.begin() + row.id * c_.width, embeddings_.begin() + (row.id + 1) * c_.width);
      else
        x.emplace_back(row.embedding.begin(), row.embedding.end());
    }
    std::vector<std::vector<float>> out{flat(x)};
    for (const Layer& w : layers_) {
      std::vector<Vector> q, k, v;
      for (size_t p = 0; p < x.size(); ++p) {
        const Vector y = norm(x[p], w.attention_norm);
        q.push_back(rotated(times(w.q, y), double(p))), k.push_back(rotated(times(w.k, y), double(p)));
        v.push_back(times(w.v, y));
      }
      for (size_t p = 0; p < x.size(); ++p) {
        add(x[p], times(w.o, attend(q[p], k, v, p)));
        const Vector y = norm(x[p], w.mlp_norm), up = times(w.up, y);
        Vector gate = times(w.gate, y);
        for (size_t i = 0; i < gate.size(); ++i) gate[i] *= up[i] / (1 + std::exp(-gate[i]));
        add(x[p], times(w.down, gate));
      }
      out.push_back(flat(x));
    }
    for (Vector& row : x) row = norm(row, norm_);
    out.push_back(flat(x));
    return out;
  }
  std::vector<float> hidden(const std::vector<Row>& rows) const { return stages(rows).back(); }
  std::vector<float> last_hidden(const std::vector<Row>& rows) const {
    const auto all = hidden(rows);
    return {all.end() - c_.width, all.end()};
  }
  std::vector<float> logits(const std::vector<float>& hidden_row) const {
    return flat({times(head_, Vector(hidden_row.begin(), hidden_row.end()))});
  }

 private:
  using Vector = std::vector<double>;
  struct Layer {
    Vector attention_norm, mlp_norm, q, k, v, o, gate, up, down;
  };
  static std::vector<float> flat(const std::vector<Vector>& rows) {
    std::vector<float> out;
    for (const Vector& row : rows) out.insert(out.end(), row.begin(), row.end());
    return out;
  }
  static Vector times(const Vector& matrix, const Vector& x) {
    Vector out(matrix.size() / x.size(), 0);
    for (size_t i = 0; i < out.size(); ++i)
      for (size_t j = 0; j < x.size(); ++j) out[i] += matrix[i * x.size() + j] * x[j];
    return out;
  }
  static void add(Vector& x, const Vector& y) {
    for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  }
  Vector norm(Vector x, const Vector& gain) const {
    double sum = 0;
    for (double v : x) sum += v * v;
    const double by = 1 / std::sqrt(sum / double(x.size()) + double(c_.rms_epsilon));
    for (size_t i = 0; i < x.size(); ++i) x[i] *= by * gain[i];
    return x;
  }
  Vector rotated(Vector x, double position) const {
    const size_t d = size_t(c_.head_dim), half = d / 2;
    for (size_t head = 0; head < x.size(); head += d)
      for (size_t j = 0; j < half; ++j) {
        const double angle = position / std::pow(c_.rotary_base, 2.0 * double(j) / double(d));
        const double a = x[head + j], b = x[head + half + j];
        x[head + j] = a * std::cos(angle) - b * std::sin(angle);
        x[head + half + j] = b * std::cos(angle) + a * std::sin(angle);
      }
    return x;
  }
  Vector attend(const Vector& q, const std::vector<Vector>& k, const std::vector<Vector>& v, size_t position) const {
    const size_t d = size_t(c_.head_dim);
    Vector out(q.size(), 0);
    for (size_t h = 0; h < size_t(c_.heads); ++h) {
      const size_t from = h / size_t(c_.heads / c_.kv_heads) * d;
      Vector weight(position + 1);
      double largest = -INFINITY, sum = 0;
      for (size_t p = 0; p <= position; ++p) {
        double score = 0;
        for (size_t i = 0; i < d; ++i) score += q[h * d + i] * k[p][from + i];
        weight[p] = score / std::sqrt(double(d)), largest = std::max(largest, weight[p]);
      }
      for (double& w : weight) w = std::exp(w - largest), sum += w;
      for (size_t p = 0; p <= position; ++p)
        for (size_t i = 0; i < d; ++i) out[h * d + i] += weight[p] / sum * v[p][from + i];
    }
    return out;
  }

  TransformerConfig c_;
  Vector embeddings_, norm_, head_;
  std::vector<Layer> layers_;
};

// A model, its twin, and an Ops that outlives both.
struct TinyModel {
  TransformerConfig config;
  std::unique_ptr<Ops> ops;
  Weights weights = Weights::random(7);
  Transformer model;
  Twin twin;

  explicit TinyModel(const TransformerConfig& c = tiny_config(), Backend backend = Backend::reference, int threads = 1)
      : config(c),
        ops(make_ops(backend, {.threads = threads, .isa = {}})),
        model(*ops, c, weights, "model.", "lm_head.weight", Format::f32),
        twin(c, weights, "model.", "lm_head.weight") {}

  std::vector<float> host(View<const float, 2> rows) const {
    std::vector<float> out(size_t(rows.count()));
    ops->wait();
    for (int64_t r = 0; r < rows.dim[0]; ++r)
      ops->copy_out(out.data() + r * rows.dim[1], rows[r].data, size_t(rows.dim[1]) * sizeof(float));
    return out;
  }
};

}  // namespace bifrons
