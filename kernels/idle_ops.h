// kernels/idle_ops.h - an Ops whose kernels do nothing. What remains of loading is that every tensor is there and has its shape;
// of a step, the engine, the checks and the calls.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "kernels/ops.h"

namespace bifrons {

class IdleOps : public Ops {
 public:
  Backend backend() const override { return Backend::reference; }
  std::string description() const override { return "idle"; }
  const ThreadPool& threads() const override { return pool_; }
  std::unique_ptr<KvStore> make_kv_store(const KvShape& shape, Format format) const override {
    auto store = std::make_unique<KvStore>();
    store->shape = shape, store->format = format;
    return store;
  }
  std::unique_ptr<Map> make_map(int64_t, int64_t, int64_t, int64_t, MapUse, Format) const override { return nullptr; }

 private:
  using Rows = View<float, 2>;
  using ConstRows = View<const float, 2>;
  using Vector = View<const float, 1>;
  using Ids = View<const int32_t, 1>;
  using Nothing = std::unique_ptr<const Packed>;
  Nothing do_pack(std::span<const ConstTensor>, std::span<const ConstTensor>, Linear&) const override { return packed(); }
  Nothing do_pack_gated(const ConstTensor&, const ConstTensor&, GatedLinear&) const override { return packed(); }
  Nothing do_pack_table(const ConstTensor&, Format, EmbeddingTable&) const override { return packed(); }
  Nothing do_pack_conv(const ConstTensor&, const ConstTensor&, Conv&) const override { return packed(); }
  void do_embed(Rows, const EmbeddingTable&, Ids) const override {}
  void do_gather_rows(Rows, ConstRows, Ids) const override {}
  void do_scatter_rows(Rows, ConstRows, Ids) const override {}
  void do_add_rows(Rows, ConstRows) const override {}
  void do_rms_norm(Rows, ConstRows, Vector, float) const override {}
  void do_layer_norm(Rows, ConstRows, Vector, Vector, float) const override {}
  void do_l2_normalize(Rows, float) const override {}
  void do_linear(Rows, ConstRows, const Linear&, Epilogue) const override {}
  void do_linear_gated(Rows, ConstRows, const GatedLinear&) const override {}
  void do_attention(Rows, ConstRows, int64_t, int64_t, float) const override {}
  void do_rotate_and_store(Rows, ConstRows, KvStore&, int64_t, const Batch&) const override {}
  void do_attention_paged(Rows, ConstRows, const KvStore&, int64_t, const Batch&, float) const override {}
  void do_copy_page(KvStore&, int32_t, int32_t, int64_t) const override {}
  void do_sample(View<int32_t, 1> ids, ConstRows, View<const Sample, 1>, Ids) const override {
    std::fill_n(ids.data, ids.dim[0], 1);
  }
  void do_nearest(View<int32_t, 1>, ConstRows, ConstRows) const override {}
  void do_rows_to_map(Map&, ConstRows) const override {}
  void do_map_to_rows(Rows, const Map&) const override {}
  void do_group_norm(Map&, const Map&, Vector, Vector, int64_t, float, bool) const override {}
  void do_conv(Map&, const Map&, const Conv&, ConvKind, const Map*) const override {}

  static Nothing packed() { return std::make_unique<Packed>(); }
  ThreadPool pool_{1};
};

}  // namespace bifrons
