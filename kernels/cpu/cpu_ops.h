// kernels/cpu/cpu_ops.h - the cpu backend: every operation for the vector units of this machine. The instruction set is
// chosen once, when the backend is made (isa.h). Each file beside this one defines the operations of its kind.
#pragma once

#include "kernels/reference/reference_ops.h"

namespace bifrons {

class CpuOps : public ReferenceOps {
 public:
  CpuOps(const OpsOptions& options, Isa isa) : ReferenceOps(options), isa_(isa) {}

  Backend backend() const override { return Backend::cpu; }
  std::string description() const override;
  Isa isa() const { return isa_; }

 protected:
  Isa isa_;
};

// Throws Fault::lacking when this machine has none of the instruction sets, or not the one that options ask for.
std::unique_ptr<Ops> make_cpu_ops(const OpsOptions& options);

}  // namespace bifrons
