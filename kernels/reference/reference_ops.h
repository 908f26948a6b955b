// kernels/reference/reference_ops.h - the slow twin of every backend: each operation by its definition in ops.h, f32 data,
// every sum in f64. Threads only share out independent results, so answers do not depend on their number.
#pragma once

#include "kernels/ops.h"
#include "kernels/reference/stored.h"

namespace bifrons {

class ReferenceOps : public Ops {
 public:
  explicit ReferenceOps(const OpsOptions& options) : pool_(options.threads) {}

  Backend backend() const override { return Backend::reference; }
  std::string description() const override { return "reference, " + std::to_string(pool_.size()) + " threads"; }
  const ThreadPool& threads() const override { return pool_; }
  std::unique_ptr<KvStore> make_kv_store(const KvShape& shape, Format format) const override;
  std::unique_ptr<Map> make_map(int64_t images, int64_t channels, int64_t height, int64_t width, MapUse use,
                                Format format) const override;

 protected:
  std::unique_ptr<const Packed> do_pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases,
                                        Linear& about) const override;
  std::unique_ptr<const Packed> do_pack_gated(const ConstTensor& gate, const ConstTensor& up, GatedLinear& about) const override;
  std::unique_ptr<const Packed> do_pack_table(const ConstTensor& rows, Format format, EmbeddingTable& about) const override;
  std::unique_ptr<const Packed> do_pack_conv(const ConstTensor& weight, const ConstTensor& bias, Conv& about) const override;
  void do_embed(View<float, 2> out, const EmbeddingTable& table, View<const int32_t, 1> ids) const override;
  void do_gather_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const override;
  void do_scatter_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const override;
  void do_add_rows(View<float, 2> x, View<const float, 2> y) const override;
  void do_rms_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, float eps) const override;
  void do_layer_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, View<const float, 1> bias,
                     float eps) const override;
  void do_l2_normalize(View<float, 2> x, float eps) const override;
  void do_linear(View<float, 2> out, View<const float, 2> x, const Linear& w, Epilogue epilogue) const override;
  void do_linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const override;
  void do_attention(View<float, 2> out, View<const float, 2> qkv, int64_t group, int64_t heads, float scale) const override;
  void do_rotate_and_store(View<float, 2> qkv, View<const float, 2> rotary, KvStore& store, int64_t layer,
                           const Batch& batch) const override;
  void do_attention_paged(View<float, 2> out, View<const float, 2> qkv, const KvStore& store, int64_t layer, const Batch& batch,
                          float scale) const override;
  void do_copy_page(KvStore& store, int32_t from, int32_t to, int64_t tokens) const override;
  void do_sample(View<int32_t, 1> ids, View<const float, 2> logits, View<const Sample, 1> samples,
                 View<const int32_t, 1> history) const override;
  void do_nearest(View<int32_t, 1> out, View<const float, 2> z, View<const float, 2> codes) const override;
  void do_rows_to_map(Map& out, View<const float, 2> rows) const override;
  void do_map_to_rows(View<float, 2> out, const Map& map) const override;
  void do_group_norm(Map& out, const Map& x, View<const float, 1> gain, View<const float, 1> bias, int64_t groups, float eps,
                     bool silu) const override;
  void do_conv(Map& out, const Map& x, const Conv& w, ConvKind kind, const Map* add) const override;

  ThreadPool pool_;
};

}  // namespace bifrons
