// kernels/reference/stored.h - what the reference backend keeps: matrices exactly as their format stores them, feature maps,
// and the paged cache. The cache is plain enough that the cpu backend uses it too.
#pragma once

#include <span>
#include <vector>

#include "kernels/ops.h"
#include "kernels/quantize.h"

namespace bifrons {

// Rows of numbers in one Format, one after the other.
class StoredMatrix {
 public:
  StoredMatrix() = default;
  // The tensors, seen as [out, everything else], stacked along `out`. Throws when q8 or q4 cannot hold a value.
  StoredMatrix(const ThreadPool& pool, std::span<const ConstTensor> parts, int64_t columns, Format format);

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  size_t bytes() const { return bytes_.size(); }
  void read(std::span<float> out, int64_t row) const;  // as f32; out.size() == columns()

 private:
  bool write(int64_t row, std::span<const float> values);

  int64_t rows_ = 0, columns_ = 0;
  Format format_ = Format::f32;
  size_t row_bytes_ = 0;
  Buffer bytes_;
};

struct StoredLinear : Packed {
  StoredMatrix weight;
  std::vector<float> bias;  // [out]; empty: none
};
struct StoredGated : Packed {
  StoredMatrix gate, up;
};
struct StoredTable : Packed {
  StoredMatrix rows;
};
struct StoredConv : Packed {
  StoredMatrix weight;  // [out, in * height * width], as the file has it
  std::vector<float> bias;
};

// [images, height, width, channels], f32 for every use
class HostMap : public Map {
 public:
  Tensor<float, 4> values;
};

// Keys and values, each [layers, pages, kv_heads, page_tokens, head_dim] in f32 or bf16: one head of one page is adjacent.
class HostKvStore : public KvStore {
 public:
  HostKvStore(const KvShape& asked, Format asked_format);

  int64_t offset(int64_t layer, int64_t page, int64_t head, int64_t token) const {  // in elements, of head_dim numbers
    return (((layer * shape.pages + page) * shape.kv_heads + head) * shape.page_tokens + token) * shape.head_dim;
  }
  Buffer keys, values;
};

}  // namespace bifrons
