// kernels/cpu/linear.cpp - matrix products: y = W x for few rows (memory-bound: every panel is read once, all rows at once)
// and for many (compute-bound: every panel stays in the second-level cache while all rows pass by). Both are the same loop.
#include <functional>

#include "kernels/cpu/activations.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/cpu/epilogue.h"
#include "kernels/cpu/packing.h"

namespace bifrons {
namespace {

constexpr int64_t cache_line = 64;
// Below this many values one thread converts the rows while the others still wake up (about 10 us at most).
constexpr int64_t parallel_values = 1 << 16;
// Panels alone are too few to keep all threads busy until the end: rows are split too, down to this many.
constexpr int64_t least_rows = 96;

// Rows of the form that tiles read, an odd number of cache lines apart: at distances of a power of two all rows of a tile
// would fall into the same few sets of the first-level cache (measured: 151 instead of 203 GFLOP/s at 2048 inputs).
int64_t stride_of(int64_t bytes) { return (bytes + cache_line - 1) / cache_line / 2 * 2 * cache_line + cache_line; }

int64_t row_bytes(const Panels& w, const ActivationKernels& kernels) {
  switch (w.format) {
    case Format::f32: return w.in * 4;
    case Format::bf16: return w.in * kernels.bf16_bytes;
    case Format::q8: return w.in / 32 * kernels.q8.bytes;
    case Format::q4: break;
  }
  return w.in / 32 * kernels.q4.bytes;
}

void convert_row(void* out, const float* x, int64_t n, Format format, const ActivationKernels& kernels) {
  switch (format) {
    case Format::f32: std::copy_n(x, n, static_cast<float*>(out)); break;
    case Format::bf16: kernels.to_bf16(out, x, n); break;
    case Format::q8: kernels.q8.convert(out, x, n); break;
    case Format::q4: kernels.q4.convert(out, x, n); break;
  }
}

const TileKernel& tiles_for(Format format, Isa isa) {
  switch (format) {
    case Format::f32: return tiles_f32(isa);
    case Format::bf16: return tiles_bf16(isa);
    case Format::q8: return tiles_q8(isa);
    case Format::q4: break;
  }
  return tiles_q4(isa);
}

int64_t length_of(const Panels& w) { return w.format == Format::f32 ? w.in : w.format == Format::bf16 ? w.in / 2 : w.in / 32; }

}  // namespace

// Calls finish once per tile, with sums, rows, columns and bias filled in; the rest, out included, is its own business.
void CpuOps::multiply(View<const float, 2> x, const Panels& w,
                      const std::function<void(Finish&, int64_t row, int64_t panel)>& finish) const {
  const int64_t rows = x.dim[0], in = x.dim[1];
  if (rows == 0) return;
  const ActivationKernels& convert = activations(isa_);
  const TileKernel& kernel = tiles_for(w.format, isa_);
  const int64_t stride = stride_of(row_bytes(w, convert));
  unsigned char* converted = scratch(size_t((rows + most_tile_rows) * stride));  // tiles read past the last row
  const auto convert_rows = [&](int, int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) convert_row(converted + r * stride, x[r].data, in, w.format, convert);
  };
  if (rows * in < parallel_values)
    convert_rows(0, 0, rows);
  else
    pool_.each(rows, 1, std::ref(convert_rows));

  const int64_t wanted_parts = (4 * pool_.size() + w.count - 1) / w.count;
  const int64_t parts = std::max(int64_t(1), std::min(wanted_parts, rows / least_rows));
  const int64_t tiles = (rows + kernel.rows - 1) / kernel.rows;
  const auto tiles_of_panels = [&](int, int64_t begin, int64_t end) {
    alignas(64) float sums[most_tile_rows * panel_width];
    for (int64_t item = begin; item < end; ++item) {
      const int64_t panel = item / parts, part = item % parts;
      for (int64_t t = tiles * part / parts; t < tiles * (part + 1) / parts; ++t) {
        const int64_t row = t * kernel.rows, count = std::min(kernel.rows, rows - row);
        kernel.multiply({.sums = sums,
                         .rows = converted + row * stride,
                         .row_stride = stride,
                         .length = length_of(w),
                         .panel = w.panel(panel),
                         .width = w.width(panel)},
                        count);
        Finish f{.sums = sums,
                 .rows = count,
                 .columns = std::min(panel_width, w.outputs - panel * panel_width),
                 .bias = w.bias_of(panel)};
        finish(f, row, panel);
      }
    }
  };
  pool_.each(w.count * parts, 1, std::ref(tiles_of_panels));  // a reference fits a std::function without allocating
}

void CpuOps::do_linear(View<float, 2> out, View<const float, 2> x, const Linear& w, Epilogue epilogue) const {
  const EpilogueKernels& kernels = epilogues(isa_);
  const auto finish = [&](Finish& f, int64_t row, int64_t panel) {
    float* first = out[row].data + panel * panel_width;
    f.out = first, f.out_stride = out.stride[0];
    if (epilogue == Epilogue::add) f.add = first, f.add_stride = out.stride[0];
    epilogue == Epilogue::gelu ? kernels.gelu(f) : kernels.store(f);
  };
  multiply(x, static_cast<const Panels&>(*w.packed), std::ref(finish));
}

void CpuOps::do_linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const {
  const EpilogueKernels& kernels = epilogues(isa_);
  constexpr int64_t half = panel_width / 2;
  const auto finish = [&](Finish& f, int64_t row, int64_t panel) {
    f.out = out[row].data + panel * half, f.out_stride = out.stride[0];
    f.columns = std::min(half, w.out - panel * half);
    kernels.gated(f);
  };
  multiply(x, static_cast<const Panels&>(*w.packed), std::ref(finish));
}

std::unique_ptr<const Packed> CpuOps::do_pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases,
                                              Linear& about) const {
  auto panels = std::make_unique<Panels>(make_panels(pool_, isa_, about.format, about.out, about.in, [&](int64_t output) {
    size_t part = 0;
    while (output >= weights[part].shape[0]) output -= weights[part++].shape[0];
    return RowAt{&weights[part], output * about.in};
  }));
  set_bias(*panels, biases);
  about.bytes = panels->bytes();
  return panels;
}

// A panel holds 16 rows of the gate and the 16 rows of `up` that they meet.
std::unique_ptr<const Packed> CpuOps::do_pack_gated(const ConstTensor& gate, const ConstTensor& up, GatedLinear& about) const {
  constexpr int64_t half = panel_width / 2;
  const int64_t count = (about.out + half - 1) / half;
  auto panels =
      std::make_unique<Panels>(make_panels(pool_, isa_, about.format, count * panel_width, about.in, [&](int64_t output) {
        const int64_t source = output / panel_width * half + output % half;
        if (source >= about.out) return RowAt{};
        return RowAt{output % panel_width < half ? &gate : &up, source * about.in};
      }));
  about.bytes = panels->bytes();
  return panels;
}

BIFRONS_PICK_ISA(TileKernel, tiles_f32)
BIFRONS_PICK_ISA(TileKernel, tiles_bf16)
BIFRONS_PICK_ISA_OR_VNNI(TileKernel, tiles_q8)
BIFRONS_PICK_ISA_OR_VNNI(TileKernel, tiles_q4)
BIFRONS_PICK_ISA_OR_VNNI(ActivationKernels, activations)
BIFRONS_PICK_ISA(EpilogueKernels, epilogues)

}  // namespace bifrons
