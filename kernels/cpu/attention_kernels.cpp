// kernels/cpu/attention_kernels.cpp - softmax by chunks (Milakov and Gimelshein, "Online normalizer calculation for softmax",
// 2018) and the two passes of a single query over the cache, which are bound by memory.
#include "kernels/cpu/attention_kernels.h"

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

constexpr int64_t panel = 32;  // keys, as tiles.h has it

template <bool half>
inline const void* at(const void* from, int64_t index) {
  if constexpr (half) return static_cast<const uint16_t*>(from) + index;
  return static_cast<const float*>(from) + index;
}
template <bool half>
inline F get(const void* from) {
  if constexpr (half) return load_bf16(static_cast<const uint16_t*>(from));
  return load(static_cast<const float*>(from));
}
template <bool half>
inline F get_part(const void* from, int64_t count) {  // others 0, never read
  if constexpr (half) {
    uint16_t words[lanes] = {};
    for (int64_t i = 0; i < count; ++i) words[i] = static_cast<const uint16_t*>(from)[i];
    return load_bf16(words);
  }
  return load_part(static_cast<const float*>(from), count);
}

void put_key(float* to, int64_t index, const void* row, bool half, int64_t head_dim) {
  to += index;
  if (half) {
    const uint16_t* from = static_cast<const uint16_t*>(row);
    for (int64_t d = 0; d < head_dim; ++d) {
      const uint32_t word = uint32_t(from[d]) << 16;
      __builtin_memcpy(to + d * panel, &word, 4);
    }
  } else {
    const float* from = static_cast<const float*>(row);
    for (int64_t d = 0; d < head_dim; ++d) to[d * panel] = from[d];
  }
}

template <bool half>
void widen_as(float* out, const void* from, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store(out + i, get<half>(at<half>(from, i)));
  if (i < count) store_part(out + i, get_part<half>(at<half>(from, i), count - i), count - i);
}
void widen(float* out, const void* from, bool half, int64_t count) {
  half ? widen_as<true>(out, from, count) : widen_as<false>(out, from, count);
}

void scale(float* out, const float* x, float factor, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store(out + i, load(x + i) * splat(factor));
  if (i < count) store_part(out + i, load_part(x + i, count - i) * splat(factor), count - i);
}

void scale_and_add(float* out, float factor, const float* more, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store(out + i, fma(load(out + i), splat(factor), load(more + i)));
  if (i < count)
    store_part(out + i, fma(load_part(out + i, count - i), splat(factor), load_part(more + i, count - i)), count - i);
}

inline F load_or(const float* p, int64_t n, float other) {  // n may be 0 or more than all lanes
  if (n >= lanes) return load(p);
  float values[lanes];
  for (int64_t i = 0; i < lanes; ++i) values[i] = i < n ? p[i] : other;
  return load(values);
}

inline float exp_of(float x) {
  float all[lanes];
  store(all, exp(splat(x)));
  return all[0];
}

float softmax(float* scores, int64_t stride, int64_t panels, int64_t visible, float* max_so_far, float* sum_so_far) {
  if (visible <= 0) {  // a query that stands before this chunk
    for (int64_t p = 0; p < panels; ++p)
      for (int64_t i = 0; i < panel; i += lanes) store(scores + p * stride + i, zero());
    return 1;
  }
  F highest = splat(-__builtin_inff());
  for (int64_t p = 0; p < panels; ++p)
    for (int64_t i = 0; i < panel; i += lanes)
      highest = max(load_or(scores + p * stride + i, visible - p * panel - i, -__builtin_inff()), highest);
  const float before = *max_so_far, chunk_max = largest(highest), now = chunk_max > before ? chunk_max : before;
  F total = zero();
  for (int64_t p = 0; p < panels; ++p)
    for (int64_t i = 0; i < panel; i += lanes) {
      const F weight = exp(load_or(scores + p * stride + i, visible - p * panel - i, -__builtin_inff()) - splat(now));
      store(scores + p * stride + i, weight);
      total += weight;
    }
  const float factor = exp_of(before - now);
  *max_so_far = now, *sum_so_far = *sum_so_far * factor + sum(total);
  return factor;
}

// Two sums: a chain of dependent additions would take longer than the loads.
template <bool half>
void scores_as(float* scores, const float* q, const void* keys, int64_t count, int64_t head_dim) {
  for (int64_t j = 0; j < count; ++j) {
    const void* key = at<half>(keys, j * head_dim);
    F even = zero(), odd = zero();
    int64_t d = 0;
    for (; d + 2 * lanes <= head_dim; d += 2 * lanes) {
      even = fma(load(q + d), get<half>(at<half>(key, d)), even);
      odd = fma(load(q + d + lanes), get<half>(at<half>(key, d + lanes)), odd);
    }
    for (; d + lanes <= head_dim; d += lanes) even = fma(load(q + d), get<half>(at<half>(key, d)), even);
    if (d < head_dim) odd = fma(load_part(q + d, head_dim - d), get_part<half>(at<half>(key, d), head_dim - d), odd);
    scores[j] = sum(even + odd);
  }
}
void scores(float* out, const float* q, const void* keys, bool half, int64_t count, int64_t head_dim) {
  half ? scores_as<true>(out, q, keys, count, head_dim) : scores_as<false>(out, q, keys, count, head_dim);
}

// `vectors` times 16 channels of all values, sums in registers.
template <bool half, int vectors>
inline void weigh_columns(float* out, const float* weights, const void* values, int64_t count, int64_t head_dim) {
  F total[vectors];
  BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) total[v] = load(out + v * lanes);
  for (int64_t j = 0; j < count; ++j) {
    const void* row = at<half>(values, j * head_dim);
    const F weight = splat(weights[j]);
    BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) total[v] = fma(weight, get<half>(at<half>(row, v * lanes)), total[v]);
  }
  BIFRONS_UNROLL for (int v = 0; v < vectors; ++v) store(out + v * lanes, total[v]);
}
template <bool half>
void weigh_as(float* out, const float* weights, const void* values, int64_t count, int64_t head_dim) {
  int64_t d = 0;
  if (BIFRONS_ISA_LEVEL > 0)  // AVX2 has too few registers
    for (; d + 8 * lanes <= head_dim; d += 8 * lanes)
      weigh_columns<half, 8>(out + d, weights, at<half>(values, d), count, head_dim);
  for (; d + 4 * lanes <= head_dim; d += 4 * lanes)
    weigh_columns<half, 4>(out + d, weights, at<half>(values, d), count, head_dim);
  for (; d + lanes <= head_dim; d += lanes) weigh_columns<half, 1>(out + d, weights, at<half>(values, d), count, head_dim);
  if (d == head_dim) return;
  F total = load_part(out + d, head_dim - d);
  for (int64_t j = 0; j < count; ++j)
    total = fma(splat(weights[j]), get_part<half>(at<half>(values, j * head_dim + d), head_dim - d), total);
  store_part(out + d, total, head_dim - d);
}
void weigh(float* out, const float* weights, const void* values, bool half, int64_t count, int64_t head_dim) {
  half ? weigh_as<true>(out, weights, values, count, head_dim) : weigh_as<false>(out, weights, values, count, head_dim);
}

}  // namespace

const AttentionKernels attention_kernels{put_key, widen, scale, softmax, scale_and_add, scores, weigh};

}  // namespace bifrons::BIFRONS_ISA
