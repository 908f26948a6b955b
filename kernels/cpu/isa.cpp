// kernels/cpu/isa.cpp - asks the processor which instruction sets it has, and the operating system whether it saves their
// registers.
#include "kernels/cpu/isa.h"

#include <cpuid.h>

#include "kernels/ops.h"

namespace bifrons {
namespace {

struct Registers {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(unsigned leaf, unsigned part) {
  Registers r;
  if (__get_cpuid_count(leaf, part, &r.a, &r.b, &r.c, &r.d) == 0) return {};
  return r;
}

bool bit(unsigned word, int index) { return (word >> index) & 1; }

uint32_t saved_state() {  // XCR0; only when OSXSAVE says the instruction exists
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

}  // namespace

int best_isa_level() {
  const Registers one = cpuid(1, 0), seven = cpuid(7, 0);
  const bool fma = bit(one.c, 12), os_saves = bit(one.c, 27), avx = bit(one.c, 28), f16c = bit(one.c, 29);
  if (!(fma && os_saves && avx && f16c && bit(seven.b, 5))) return -1;  // 7.b 5: AVX2
  const uint32_t state = saved_state();
  if ((state & 0x06) != 0x06) return -1;          // xmm, ymm
  const bool zmm_saved = (state & 0xe0) == 0xe0;  // mask registers, upper halves, upper sixteen
  const bool avx512 = bit(seven.b, 16) && bit(seven.b, 17) && bit(seven.b, 30) && bit(seven.b, 31);  // F, DQ, BW, VL
  if (!zmm_saved || !avx512) return 0;
  const bool vnni = bit(seven.c, 11), bf16 = seven.a >= 1 && bit(cpuid(7, 1).a, 5);
  return vnni && bf16 ? 2 : 1;
}

bool has_byte_products(Isa isa) {
  static const int best = best_isa_level();
  static const bool avx_vnni = best >= 0 && cpuid(7, 0).a >= 1 && bit(cpuid(7, 1).a, 4),
                    vnni = best >= 1 && bit(cpuid(7, 0).c, 11);
  return isa == Isa::avx2 ? avx_vnni : vnni;
}

std::vector<Isa> usable_isas() {
  std::vector<Isa> usable;
  for (int level = 0; level <= best_isa_level(); ++level) usable.push_back(Isa(level));
  return usable;
}

}  // namespace bifrons
