// kernels/cpu/cpu_ops.cpp - picks the instruction set and makes the cpu backend.
#include "kernels/cpu/cpu_ops.h"

#include "kernels/cpu/isa.h"
#include "kernels/cpu/packing.h"

namespace bifrons {

std::string CpuOps::description() const {
  return "cpu: " + std::string(name_of(isa_)) + (isa_ != Isa::avx512_bf16 && has_byte_products(isa_) ? " with vnni, " : ", ") +
         std::to_string(pool_.size()) + (pool_.size() == 1 ? " thread" : " threads");
}

unsigned char* CpuOps::scratch(size_t bytes) const {
  if (scratch_.size() < bytes) {
    scratch_ = Buffer();  // first, so that both never exist at once
    scratch_ = Buffer(Memory::host, bytes);
    prefer_huge_pages(scratch_);
  }
  return reinterpret_cast<unsigned char*>(scratch_.data());
}

std::unique_ptr<Ops> make_cpu_ops(const OpsOptions& options) {
  const std::vector<Isa> usable = usable_isas();
  if (usable.empty())
    fail(Fault::lacking, "the cpu backend needs AVX2, FMA and F16C, which this machine lacks: use the reference backend");
  const Isa isa = options.isa.value_or(usable.back());
  if (isa > usable.back()) fail(Fault::lacking, "this machine has no ", name_of(isa), ", only up to ", name_of(usable.back()));
  return std::make_unique<CpuOps>(options, isa);
}

}  // namespace bifrons
