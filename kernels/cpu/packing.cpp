// kernels/cpu/packing.cpp - fills panels, sixteen rows of a weight file at a time.
#include "kernels/cpu/packing.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <vector>

#include <sys/mman.h>

#include "kernels/cpu/activations.h"
#include "kernels/cpu/repack.h"
#include "kernels/quantize.h"

namespace bifrons {
namespace {

constexpr size_t huge_page = size_t(2) << 20;

// Row by row to what the repacking kernels read: f32, or bf16 for bf16 panels.
void read_row(std::byte* to, const RowAt& from, int64_t in, Format format, Isa isa) {
  const RepackKernels& kernels = repack(isa);
  auto* values = reinterpret_cast<float*>(to);
  if (from.tensor == nullptr) {
    std::memset(to, 0, size_t(in) * (format == Format::bf16 ? sizeof(bf16) : sizeof(float)));
    return;
  }
  const std::byte* source = from.tensor->data + size_t(from.begin) * size_of(from.tensor->dtype);
  const DType dtype = from.tensor->dtype;
  if (dtype == DType::bf16 && format == Format::bf16)
    std::memcpy(to, source, size_t(in) * sizeof(bf16));
  else if (dtype == DType::bf16)
    kernels.widen_bf16(values, source, in);
  else if (dtype == DType::f16 && format != Format::bf16)
    kernels.widen_f16(values, source, in);
  else if (format == Format::bf16)  // through f32, a piece at a time
    for (int64_t k = 0; k < in; k += 256) {
      float piece[256];
      const int64_t n = std::min(int64_t(256), in - k);
      to_f32({piece, size_t(n)}, *from.tensor, from.begin + k);
      activations(isa).to_bf16_bits(reinterpret_cast<uint16_t*>(to) + k, piece, n);
    }
  else
    to_f32({values, size_t(in)}, *from.tensor, from.begin);
}

int64_t padded(int64_t in, Format format) {
  switch (format) {
    case Format::f32: return in;
    case Format::bf16: return (in + 1) / 2 * 2;
    case Format::q8:
    case Format::q4: break;
  }
  return quant_blocks(in) * quant_block;
}

}  // namespace

void prefer_huge_pages(const Buffer& buffer) {
  const auto begin = reinterpret_cast<uintptr_t>(buffer.data());
  const uintptr_t first = (begin + huge_page - 1) / huge_page * huge_page, last = (begin + buffer.size()) / huge_page * huge_page;
  if (first < last) madvise(buffer.data() + (first - begin), last - first, MADV_HUGEPAGE);
}

Panels make_panels(const ThreadPool& pool, Isa isa, Format format, int64_t outputs, int64_t in,
                   const std::function<RowAt(int64_t)>& locate) {
  Panels p;
  p.format = format, p.outputs = outputs, p.in = padded(in, format);
  p.count = (outputs + panel_width - 1) / panel_width;
  p.last_width = (outputs - 1) % panel_width < panel_width / 2 ? panel_width / 2 : panel_width;
  const auto bytes_of = [&](int64_t width) { return size_t(double(p.in * width) * bytes_per_weight(format)); };  // exact
  p.panel_bytes = bytes_of(panel_width);
  p.weights = Buffer(Memory::host, size_t(p.count - 1) * p.panel_bytes + bytes_of(p.last_width));
  prefer_huge_pages(p.weights);

  constexpr int64_t half = panel_width / 2;
  const int64_t row_bytes = p.in * (format == Format::bf16 ? 2 : 4), stride = (row_bytes + 63) / 64 * 64 + 64;
  std::atomic<int64_t> bad{-1};
  pool.each((outputs + half - 1) / half, 1, [&](int, int64_t begin, int64_t end) {
    std::vector<std::byte> rows(size_t(half * stride));  // zeros where nothing is written
    for (int64_t sixteen = begin; sixteen < end; ++sixteen) {
      const int64_t index = sixteen / 2, first = sixteen * half;
      for (int64_t o = 0; o < half; ++o)
        read_row(rows.data() + o * stride, first + o < outputs ? locate(first + o) : RowAt{}, in, format, isa);
      const bool words = format == Format::f32 || format == Format::bf16;
      const SixteenRows from{.rows = reinterpret_cast<const unsigned char*>(rows.data()),
                             .row_stride = stride,
                             .length = words ? row_bytes / 4 : p.in / quant_block,
                             .panel = reinterpret_cast<unsigned char*>(p.weights.data()) + size_t(index) * p.panel_bytes,
                             .width = p.width(index),
                             .at = sixteen % 2};
      uint32_t wrong = 0;
      if (words)
        repack(isa).words(from);
      else
        wrong = format == Format::q8 ? repack(isa).q8(from) : repack(isa).q4(from);
      if (wrong != 0) bad = first + std::countr_zero(wrong);
    }
  });
  if (bad >= 0)
    fail(Fault::unreadable, "'", locate(bad).tensor->name, "' holds values that ", name_of(format), " cannot: use f32 or bf16");
  return p;
}

void set_bias(Panels& panels, std::span<const ConstTensor> biases) {
  if (biases.empty()) return;
  const size_t padded_count = size_t(panels.count * panel_width);
  panels.bias = Buffer(Memory::host, padded_count * sizeof(float));
  auto* values = reinterpret_cast<float*>(panels.bias.data());
  std::memset(values, 0, panels.bias.size());
  for (const ConstTensor& tensor : biases) {
    to_f32({values, size_t(tensor.count())}, tensor);
    values += tensor.count();
  }
}

BIFRONS_PICK_ISA(RepackKernels, repack)

}  // namespace bifrons
