// kernels/cpu/cpu_ops.h - the cpu backend: every operation for the vector units of this machine. The instruction set is
// chosen once, when the backend is made (isa.h). Each file beside this one defines the operations of its kind.
#pragma once

#include <functional>

#include "kernels/reference/reference_ops.h"

namespace bifrons {

class CpuMap;
struct Finish;
struct Panels;

class CpuOps : public ReferenceOps {
 public:
  CpuOps(const OpsOptions& options, Isa isa) : ReferenceOps(options), isa_(isa) {}

  Backend backend() const override { return Backend::cpu; }
  std::string description() const override;
  Isa isa() const { return isa_; }
  std::unique_ptr<Map> make_map(int64_t images, int64_t channels, int64_t height, int64_t width, MapUse use,
                                Format format) const override;

 protected:
  // linear.cpp
  std::unique_ptr<const Packed> do_pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases,
                                        Linear& about) const override;
  std::unique_ptr<const Packed> do_pack_gated(const ConstTensor& gate, const ConstTensor& up, GatedLinear& about) const override;
  void do_linear(View<float, 2> out, View<const float, 2> x, const Linear& w, Epilogue epilogue) const override;
  void do_linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const override;
  // maps.cpp
  void do_rows_to_map(Map& out, View<const float, 2> rows) const override;
  void do_map_to_rows(View<float, 2> out, const Map& map) const override;
  // conv.cpp
  std::unique_ptr<const Packed> do_pack_conv(const ConstTensor& weight, const ConstTensor& bias, Conv& about) const override;
  void do_conv(Map& out, const Map& x, const Conv& w, ConvKind kind, const Map* add) const override;
  // norms.cpp
  void do_rms_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, float eps) const override;
  void do_layer_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, View<const float, 1> bias,
                     float eps) const override;
  void do_l2_normalize(View<float, 2> x, float eps) const override;
  void do_add_rows(View<float, 2> x, View<const float, 2> y) const override;
  void do_gather_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const override;
  void do_scatter_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const override;
  // attention.cpp, paged_attention.cpp; the cache is the reference's
  void do_attention(View<float, 2> out, View<const float, 2> qkv, int64_t group, int64_t heads, float scale) const override;
  void do_rotate_and_store(View<float, 2> qkv, View<const float, 2> rotary, KvStore& store, int64_t layer,
                           const Batch& batch) const override;
  void do_attention_paged(View<float, 2> out, View<const float, 2> qkv, const KvStore& store, int64_t layer, const Batch& batch,
                          float scale) const override;
  // sampling.cpp
  void do_sample(View<int32_t, 1> ids, View<const float, 2> logits, View<const Sample, 1> samples,
                 View<const int32_t, 1> history) const override;
  // nearest.cpp
  void do_nearest(View<int32_t, 1> out, View<const float, 2> z, View<const float, 2> codes) const override;
  // group_norm.cpp
  void do_group_norm(Map& out, const Map& x, View<const float, 1> gain, View<const float, 1> bias, int64_t groups, float eps,
                     bool silu) const override;

 private:
  CpuMap staged(const CpuMap& x, bool is_bf16, int64_t border, int64_t slack) const;
  void multiply(View<const float, 2> x, const Panels& w,
                const std::function<void(Finish&, int64_t row, int64_t panel)>& finish) const;
  unsigned char* scratch(size_t bytes) const;  // for one operation; what it held before is lost

  Isa isa_;
  mutable Buffer scratch_;  // as large as the largest operation so far needed
};

// Throws Fault::lacking when this machine has none of the instruction sets, or not the one that options ask for.
std::unique_ptr<Ops> make_cpu_ops(const OpsOptions& options);

}  // namespace bifrons
