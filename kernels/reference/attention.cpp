// kernels/reference/attention.cpp - softmax attention without mask inside groups of rows, and causal attention through the
// page table, both row by row and head by head.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/reference/dot.h"
#include "kernels/reference/reference_ops.h"

namespace bifrons {
namespace {

void softmax(std::span<double> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& s : scores) s = std::exp(s - largest), sum += s;
  for (double& s : scores) s /= sum;
}

// One head of a cached position as f32.
void load(std::span<float> out, const Buffer& buffer, Format format, int64_t offset) {
  if (format == Format::f32) {
    std::memcpy(out.data(), buffer.data() + size_t(offset) * sizeof(float), out.size_bytes());
  } else {
    const bf16* from = reinterpret_cast<const bf16*>(buffer.data()) + offset;
    for (size_t d = 0; d < out.size(); ++d) out[d] = float(from[d]);
  }
}

void save(std::span<const float> in, const Buffer& buffer, Format format, int64_t offset) {
  if (format == Format::f32) {
    std::memcpy(buffer.data() + size_t(offset) * sizeof(float), in.data(), in.size_bytes());
  } else {
    bf16* to = reinterpret_cast<bf16*>(buffer.data()) + offset;
    for (size_t d = 0; d < in.size(); ++d) to[d] = bf16(in[d]);
  }
}

}  // namespace

void ReferenceOps::do_attention(View<float, 2> out, View<const float, 2> qkv, int64_t group, int64_t heads, float scale) const {
  const int64_t width = out.dim[1], head_dim = width / heads;
  pool_.each(out.dim[0], 4, [&](int, int64_t begin, int64_t end) {
    std::vector<double> scores(static_cast<size_t>(group)), sums(static_cast<size_t>(head_dim));
    for (int64_t r = begin; r < end; ++r) {
      const int64_t first = r / group * group;
      for (int64_t h = 0; h < heads; ++h) {
        const float* q = qkv[r].data + h * head_dim;
        for (int64_t j = 0; j < group; ++j)
          scores[size_t(j)] = scale * dot(q, qkv[first + j].data + width + h * head_dim, head_dim);
        softmax(scores);
        std::fill(sums.begin(), sums.end(), 0.0);
        for (int64_t j = 0; j < group; ++j) {
          const float* v = qkv[first + j].data + 2 * width + h * head_dim;
          for (int64_t d = 0; d < head_dim; ++d) sums[size_t(d)] += scores[size_t(j)] * v[d];
        }
        for (int64_t d = 0; d < head_dim; ++d) out[r][h * head_dim + d] = float(sums[size_t(d)]);
      }
    }
  });
}

void ReferenceOps::do_rotate_and_store(View<float, 2> qkv, View<const float, 2> rotary, KvStore& store, int64_t layer,
                                       const Batch& batch) const {
  auto& cache = static_cast<HostKvStore&>(store);
  const int64_t head_dim = store.shape.head_dim, kv_heads = store.shape.kv_heads, half = head_dim / 2;
  const int64_t heads = qkv.dim[1] / head_dim - 2 * kv_heads;
  for (int64_t r = 0; r < qkv.dim[0]; ++r) {
    const int64_t position = batch.positions[r], page_tokens = store.shape.page_tokens;
    const float *cosine = rotary[position].data, *sine = cosine + half;
    for (int64_t h = 0; h < heads + kv_heads; ++h) {
      float *a = qkv[r].data + h * head_dim, *b = a + half;
      for (int64_t d = 0; d < half; ++d) {
        const double x = a[d], y = b[d];
        a[d] = float(x * cosine[d] - y * sine[d]), b[d] = float(y * cosine[d] + x * sine[d]);
      }
    }
    const int64_t page = batch.page_table[batch.sequence[r]][position / page_tokens];
    for (int64_t h = 0; h < kv_heads; ++h) {
      const int64_t offset = cache.offset(layer, page, h, position % page_tokens);
      save({qkv[r].data + (heads + h) * head_dim, size_t(head_dim)}, cache.keys, cache.format, offset);
      save({qkv[r].data + (heads + kv_heads + h) * head_dim, size_t(head_dim)}, cache.values, cache.format, offset);
    }
  }
}

void ReferenceOps::do_attention_paged(View<float, 2> out, View<const float, 2> qkv, const KvStore& store, int64_t layer,
                                      const Batch& batch, float scale) const {
  const auto& cache = static_cast<const HostKvStore&>(store);
  const int64_t head_dim = store.shape.head_dim, kv_heads = store.shape.kv_heads, page_tokens = store.shape.page_tokens;
  const int64_t heads = out.dim[1] / head_dim;
  pool_.each(out.dim[0] * heads, 4, [&](int, int64_t begin, int64_t end) {
    std::vector<double> scores(static_cast<size_t>(batch.longest)), sums(static_cast<size_t>(head_dim));
    std::vector<float> row(static_cast<size_t>(head_dim));
    for (int64_t item = begin; item < end; ++item) {
      const int64_t r = item / heads, h = item % heads, seen = batch.positions[r] + 1;
      const View<const int32_t, 1> pages = batch.page_table[batch.sequence[r]];
      const auto offset = [&](int64_t p) {
        return cache.offset(layer, pages[p / page_tokens], h / (heads / kv_heads), p % page_tokens);
      };
      const float* q = qkv[r].data + h * head_dim;
      for (int64_t p = 0; p < seen; ++p) {
        load(row, cache.keys, cache.format, offset(p));
        scores[size_t(p)] = scale * dot(q, row.data(), head_dim);
      }
      softmax({scores.data(), size_t(seen)});
      std::fill(sums.begin(), sums.end(), 0.0);
      for (int64_t p = 0; p < seen; ++p) {
        load(row, cache.values, cache.format, offset(p));
        for (int64_t d = 0; d < head_dim; ++d) sums[size_t(d)] += scores[size_t(p)] * row[size_t(d)];
      }
      for (int64_t d = 0; d < head_dim; ++d) out[r][h * head_dim + d] = float(sums[size_t(d)]);
    }
  });
}

void ReferenceOps::do_copy_page(KvStore& store, int32_t from, int32_t to, int64_t tokens) const {
  auto& cache = static_cast<HostKvStore&>(store);
  const size_t element = cache.format == Format::f32 ? sizeof(float) : sizeof(bf16);
  const size_t bytes = size_t(tokens * store.shape.head_dim) * element;
  for (int64_t layer = 0; layer < store.shape.layers; ++layer)
    for (int64_t head = 0; head < store.shape.kv_heads; ++head)
      for (const Buffer* buffer : {&cache.keys, &cache.values})
        std::memcpy(buffer->data() + size_t(cache.offset(layer, to, head, 0)) * element,
                    buffer->data() + size_t(cache.offset(layer, from, head, 0)) * element, bytes);
}

}  // namespace bifrons
