// kernels/cpu/cpu_ops.h - the cpu backend: every operation for the vector units of this machine. The instruction set is
// chosen once, when the backend is made (isa.h). Each file beside this one defines the operations of its kind.
#pragma once

#include <functional>

#include "kernels/reference/reference_ops.h"

namespace bifrons {

struct Finish;
struct Panels;

class CpuOps : public ReferenceOps {
 public:
  CpuOps(const OpsOptions& options, Isa isa) : ReferenceOps(options), isa_(isa) {}

  Backend backend() const override { return Backend::cpu; }
  std::string description() const override;
  Isa isa() const { return isa_; }

 protected:
  // linear.cpp
  std::unique_ptr<const Packed> do_pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases,
                                        Linear& about) const override;
  std::unique_ptr<const Packed> do_pack_gated(const ConstTensor& gate, const ConstTensor& up, GatedLinear& about) const override;
  void do_linear(View<float, 2> out, View<const float, 2> x, const Linear& w, Epilogue epilogue) const override;
  void do_linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const override;

 private:
  void multiply(View<const float, 2> x, const Panels& w,
                const std::function<void(Finish&, int64_t row, int64_t panel)>& finish) const;
  unsigned char* scratch(size_t bytes) const;  // for one operation; what it held before is lost

  Isa isa_;
  mutable Buffer scratch_;  // as large as the largest operation so far needed
};

// Throws Fault::lacking when this machine has none of the instruction sets, or not the one that options ask for.
std::unique_ptr<Ops> make_cpu_ops(const OpsOptions& options);

}  // namespace bifrons
