// kernels/reference/stored.cpp - packing, which for the reference is a plain conversion row by row, and the paged cache.
#include "kernels/reference/stored.h"

#include <atomic>
#include <cstring>

#include "kernels/reference/reference_ops.h"

namespace bifrons {
namespace {

size_t bytes_per_row(int64_t columns, Format format) {
  switch (format) {
    case Format::f32: return size_t(columns) * sizeof(float);
    case Format::bf16: return size_t(columns) * sizeof(bf16);
    case Format::q8: return size_t(quant_blocks(columns)) * sizeof(BlockQ8);
    case Format::q4: return size_t(quant_blocks(columns)) * sizeof(BlockQ4);
  }
  return 0;
}

std::vector<float> read_all(std::span<const ConstTensor> tensors) {
  std::vector<float> all;
  for (const ConstTensor& tensor : tensors) {
    const size_t begin = all.size();
    all.resize(begin + size_t(tensor.count()));
    to_f32(std::span(all).subspan(begin), tensor);
  }
  return all;
}

}  // namespace

StoredMatrix::StoredMatrix(const ThreadPool& pool, std::span<const ConstTensor> parts, int64_t columns, Format format)
    : columns_(columns), format_(format), row_bytes_(bytes_per_row(columns, format)) {
  for (const ConstTensor& part : parts) rows_ += part.shape[0];
  bytes_ = Buffer(Memory::host, size_t(rows_) * row_bytes_);
  int64_t first = 0;
  for (const ConstTensor& part : parts) {
    std::atomic<bool> fits = true;
    pool.each(part.shape[0], 16, [&](int, int64_t begin, int64_t end) {
      std::vector<float> values(static_cast<size_t>(columns));
      for (int64_t row = begin; row < end; ++row) {
        to_f32(values, part, row * columns);
        if (!write(first + row, values)) fits = false;
      }
    });
    if (!fits) fail(Fault::unreadable, "'", part.name, "' holds values that ", name_of(format), " cannot: use f32 or bf16");
    first += part.shape[0];
  }
}

bool StoredMatrix::write(int64_t row, std::span<const float> values) {
  std::byte* to = bytes_.data() + size_t(row) * row_bytes_;
  switch (format_) {
    case Format::f32: std::memcpy(to, values.data(), values.size_bytes()); return true;
    case Format::bf16:
      for (size_t i = 0; i < values.size(); ++i) reinterpret_cast<bf16*>(to)[i] = bf16(values[i]);
      return true;
    case Format::q8: return quantize(reinterpret_cast<BlockQ8*>(to), values);
    case Format::q4: return quantize(reinterpret_cast<BlockQ4*>(to), values);
  }
  return false;
}

void StoredMatrix::read(std::span<float> out, int64_t row) const {
  const std::byte* from = bytes_.data() + size_t(row) * row_bytes_;
  switch (format_) {
    case Format::f32: std::memcpy(out.data(), from, out.size_bytes()); break;
    case Format::bf16:
      for (size_t i = 0; i < out.size(); ++i) out[i] = float(reinterpret_cast<const bf16*>(from)[i]);
      break;
    case Format::q8: dequantize(out, reinterpret_cast<const BlockQ8*>(from)); break;
    case Format::q4: dequantize(out, reinterpret_cast<const BlockQ4*>(from)); break;
  }
}

HostKvStore::HostKvStore(const KvShape& asked, Format asked_format) {
  shape = asked, format = asked_format;
  if (shape.layers < 1 || shape.pages < 1 || shape.page_tokens < 1 || shape.kv_heads < 1 || shape.head_dim < 1)
    fail(Fault::other, "make_kv_store: layers ", shape.layers, ", pages ", shape.pages, ", page_tokens ", shape.page_tokens,
         ", kv_heads ", shape.kv_heads, ", head_dim ", shape.head_dim, ": each must be at least 1");
  if (format != Format::f32 && format != Format::bf16)
    fail(Fault::other, "make_kv_store: a cache is f32 or bf16, not ", name_of(format));
  const size_t one = size_t(offset(shape.layers, 0, 0, 0)) * (format == Format::f32 ? sizeof(float) : sizeof(bf16));
  keys = Buffer(Memory::host, one), values = Buffer(Memory::host, one);
  bytes = 2 * one;
}

std::unique_ptr<KvStore> ReferenceOps::make_kv_store(const KvShape& shape, Format format) const {
  return std::make_unique<HostKvStore>(shape, format);
}

std::unique_ptr<const Packed> ReferenceOps::do_pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases,
                                                    Linear& about) const {
  auto packed = std::make_unique<StoredLinear>();
  packed->weight = StoredMatrix(pool_, weights, about.in, about.format);
  packed->bias = read_all(biases);
  about.bytes = packed->weight.bytes() + packed->bias.size() * sizeof(float);
  return packed;
}

std::unique_ptr<const Packed> ReferenceOps::do_pack_gated(const ConstTensor& gate, const ConstTensor& up,
                                                          GatedLinear& about) const {
  auto packed = std::make_unique<StoredGated>();
  packed->gate = StoredMatrix(pool_, {&gate, 1}, about.in, about.format);
  packed->up = StoredMatrix(pool_, {&up, 1}, about.in, about.format);
  about.bytes = packed->gate.bytes() + packed->up.bytes();
  return packed;
}

std::unique_ptr<const Packed> ReferenceOps::do_pack_table(const ConstTensor& rows, Format format, EmbeddingTable& about) const {
  auto packed = std::make_unique<StoredTable>();
  packed->rows = StoredMatrix(pool_, {&rows, 1}, about.channels, format);
  about.bytes = packed->rows.bytes();
  return packed;
}

std::unique_ptr<const Packed> ReferenceOps::do_pack_conv(const ConstTensor& weight, const ConstTensor& bias, Conv& about) const {
  auto packed = std::make_unique<StoredConv>();
  packed->weight = StoredMatrix(pool_, {&weight, 1}, about.in * about.height * about.width, about.format);
  packed->bias = read_all({&bias, 1});
  about.bytes = packed->weight.bytes() + packed->bias.size() * sizeof(float);
  return packed;
}

}  // namespace bifrons
