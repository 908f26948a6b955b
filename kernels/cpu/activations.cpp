// kernels/cpu/activations.cpp - f32 rows to bf16 and to blocks of 8 bits.
#include "kernels/cpu/activations.h"

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

void to_bf16_bits(uint16_t* out, const float* x, int64_t n) {
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) store_bf16(out + i, load(x + i));
  if (i < n) {
    uint16_t last[lanes];
    store_bf16(last, load_part(x + i, n - i));
    for (int64_t j = 0; i + j < n; ++j) out[i + j] = last[j];
  }
}

#if BIFRONS_ISA_LEVEL >= 2
void to_bf16(void* out, const float* x, int64_t n) {
  auto* to = static_cast<uint16_t*>(out);
  to_bf16_bits(to, x, n);
  if (n % 2) to[n] = 0;
}
#else
inline F rounded(F x) {  // to bf16 and back
  uint16_t bits[lanes];
  store_bf16(bits, x);
  return load_bf16(bits);
}
void to_bf16(void* out, const float* x, int64_t n) {
  auto* to = static_cast<float*>(out);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) store(to + i, rounded(load(x + i)));
  if (i < n) store_part(to + i, rounded(load_part(x + i, n - i)), n - i);
  if (n % 2) to[n] = 0;
}
#endif

inline void store_values(BlockOfBytes& block, I low, I high) {
  store_i8(block.values, low), store_i8(block.values + lanes, high);
}
inline void store_values(BlockOfWords& block, I low, I high) {
  int16_t in_order[2 * lanes];
  store_i16(in_order, low), store_i16(in_order + lanes, high);
  for (int i = 0; i < 2 * lanes; i += 4) {
    block.values[i] = in_order[i], block.values[i + 1] = in_order[i + 2];
    block.values[i + 2] = in_order[i + 1], block.values[i + 3] = in_order[i + 3];
  }
}

template <class Block, int32_t offset>
void to_blocks(void* out, const float* x, int64_t n) {
  auto* block = static_cast<Block*>(out);
  for (int64_t i = 0; i < n; i += 2 * lanes, ++block) {
    const int64_t left = n - i;
    F low, high;
    if (left >= 2 * lanes)
      low = load(x + i), high = load(x + i + lanes);
    else
      low = load_part(x + i, left), high = left > lanes ? load_part(x + i + lanes, left - lanes) : zero();
    const float amax = largest(max(abs(low), abs(high)));
    const F inverse = splat(amax > 0 ? 127 / amax : 0);
    const I low_values = to_i32(low * inverse), high_values = to_i32(high * inverse);
    store_values(*block, low_values, high_values);
    block->scale = amax / 127;
    block->start = -offset * sum(low_values + high_values);
  }
}

}  // namespace

const ActivationKernels activations {
  BIFRONS_ISA_LEVEL >= 2 ? 2 : 4, to_bf16, to_bf16_bits,
#if BIFRONS_BYTE_PRODUCTS
      {sizeof(BlockOfBytes), to_blocks<BlockOfBytes, 128>},
#else
      {sizeof(BlockOfWords), to_blocks<BlockOfWords, 128>},
#endif
  {
    sizeof(BlockOfBytes), to_blocks<BlockOfBytes, 8>
  }
};

}  // namespace bifrons::BIFRONS_ISA
