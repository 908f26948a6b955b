// kernels/cpu/probes.cpp - twelve independent chains of products in registers (latency 4 to 6 cycles, two units), and a sum
// over memory.
#include "kernels/cpu/probes.h"

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

#if BIFRONS_ISA_LEVEL >= 1
constexpr int chains = 12;
#else
constexpr int chains = 6;  // of two registers each
#endif

template <class Step>
inline double run(int64_t loops, Step step) {
  F sums[chains];
  BIFRONS_UNROLL for (int i = 0; i < chains; ++i) sums[i] = splat(float(i));
  for (int64_t n = 0; n < loops; ++n) {
    BIFRONS_UNROLL for (int i = 0; i < chains; ++i) sums[i] = step(sums[i]);
  }
  F all = zero();
  BIFRONS_UNROLL for (int i = 0; i < chains; ++i) all = all + sums[i];
  return sum(all);
}

double f32(int64_t loops) {
  const F a = splat(1.0f / float(loops)), b = splat(0.25f);
  return run(loops, [&](F s) { return fma(a, b, s); });
}

#if BIFRONS_ISA_LEVEL >= 2
double bf16(int64_t loops) {
  const __m512bh a = (__m512bh)_mm512_set1_epi32(int(0x38003800 + loops % 2));
  return run(loops, [&](F s) { return F{_mm512_dpbf16_ps(s.v, a, a)}; });
}
double int8(int64_t loops) {
  const __m512i a = _mm512_set1_epi32(int(0x00010001 + loops % 2));
  return run(loops, [&](F s) { return F{_mm512_castsi512_ps(_mm512_dpbusd_epi32(_mm512_castps_si512(s.v), a, a))}; });
}
constexpr int64_t bf16_factor = 2, int8_factor = 4;
#else
double bf16(int64_t loops) { return f32(loops); }
double int8(int64_t loops) {
#if BIFRONS_ISA_LEVEL == 1
  const __m512i a = _mm512_set1_epi32(int(0x00010001 + loops % 2));
  return run(loops, [&](F s) {
    const __m512i bits = _mm512_castps_si512(s.v);
    return F{_mm512_castsi512_ps(_mm512_add_epi32(bits, _mm512_madd_epi16(bits, a)))};
  });
#else
  const __m256i a = _mm256_set1_epi32(int(0x00010001 + loops % 2));
  const auto step = [&](__m256 s) {
    const __m256i bits = _mm256_castps_si256(s);
    return _mm256_castsi256_ps(_mm256_add_epi32(bits, _mm256_madd_epi16(bits, a)));
  };
  return run(loops, [&](F s) { return F{step(s.lo), step(s.hi)}; });
#endif
}
constexpr int64_t bf16_factor = 1, int8_factor = 2;
#endif

double read(const void* bytes, int64_t count) {
  const auto* p = static_cast<const float*>(bytes);
  F sums[4] = {zero(), zero(), zero(), zero()};
  for (int64_t i = 0; i < count / 4; i += 4 * lanes) {
    BIFRONS_UNROLL for (int j = 0; j < 4; ++j) sums[j] = max(sums[j], load(p + i + j * lanes));
  }
  return largest(max(max(sums[0], sums[1]), max(sums[2], sums[3])));
}

constexpr int64_t f32_operations = int64_t(chains) * lanes * 2;

}  // namespace

const ProbeKernels probes{f32, bf16, int8, f32_operations, f32_operations* bf16_factor, f32_operations* int8_factor, read};

}  // namespace bifrons::BIFRONS_ISA
