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
  void do_group_norm(Map& out, const Map& x, View<const float, 1> gain, View<const float, 1> bias, int64_t groups, float eps,
                     bool silu) const override;
  // conv.cpp
  std::unique_ptr<const Packed> do_pack_conv(const ConstTensor& weight, const ConstTensor& bias, Conv& about) const override;
  void do_conv(Map& out, const Map& x, const Conv& w, ConvKind kind, const Map* add) const override;

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
