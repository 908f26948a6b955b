// kernels/cpu/conv.cpp - convolutions as matrix products in place: with a border of zeros around the map, the inputs of one
// kernel row at one output pixel are adjacent ([kernel width, channels] numbers), and neighbouring output pixels are the
// rows of a product at a fixed distance. So a convolution is the tile loop of linear.cpp with one segment per kernel row;
// nothing is gathered or copied. "Nearest x2, then 3x3" is four 2x2 convolutions of the small map, one for each parity of the
// output pixel, whose weights are the sums of the taps that read the same pixel: 4/9 of the products.
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "kernels/cpu/activations.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/cpu/epilogue.h"
#include "kernels/cpu/map.h"
#include "kernels/cpu/packing.h"
#include "kernels/cpu/repack.h"

namespace bifrons {
namespace {

struct PackedConv : Packed {
  struct Phase {
    int64_t top = 0, left = 0;  // input pixel of the kernel's first tap, from the output pixel's own (times the step)
    int64_t height = 0, width = 0;
    Panels panels;
  };
  std::vector<Phase> phases;  // one, or of an upsampled one four: output parities (0, 0), (0, 1), (1, 0), (1, 1)
  int64_t channels = 0;       // of the input, with the padding of bf16 maps
  bool is_bf16 = false;       // reads bf16 maps
};

// Pixels of output that one thread does with one panel before it takes the next: their inputs (two to four rows of the
// map, some 300 KB of bf16) and the panel (75 to 300 KB) share a second-level cache of 1 MiB.
constexpr int64_t pixels_at_once = 384;

// Tap (y, x) of the 3x3 kernel reads, at output parity p, input pixel floor((p + tap - 1) / 2) from the output's own; of the
// two that a parity reaches, -1 and 0 or 0 and 1, this is the first or the second.
int64_t phase_tap(int64_t parity, int64_t tap) { return (parity + tap + 1) / 2 - parity; }

struct Kernel {
  int64_t height, width;
  std::vector<double> taps;  // [out, height, width, in]
};

Kernel rearranged(const std::vector<float>& weight, const Conv& about) {
  Kernel k{about.height, about.width, std::vector<double>(weight.size())};
  for (int64_t o = 0; o < about.out; ++o)
    for (int64_t c = 0; c < about.in; ++c)
      for (int64_t y = 0; y < k.height; ++y)
        for (int64_t x = 0; x < k.width; ++x)
          k.taps[size_t(((o * k.height + y) * k.width + x) * about.in + c)] =
              weight[size_t(((o * about.in + c) * k.height + y) * k.width + x)];
  return k;
}

Kernel phase_kernel(const Kernel& full, int64_t parity_y, int64_t parity_x, const Conv& about) {
  Kernel k{2, 2, std::vector<double>(size_t(about.out * 4 * about.in))};
  for (int64_t o = 0; o < about.out; ++o)
    for (int64_t y = 0; y < 3; ++y)
      for (int64_t x = 0; x < 3; ++x) {
        const double* from = full.taps.data() + ((o * 3 + y) * 3 + x) * about.in;
        double* to = k.taps.data() + ((o * 2 + phase_tap(parity_y, y)) * 2 + phase_tap(parity_x, x)) * about.in;
        for (int64_t c = 0; c < about.in; ++c) to[c] += from[c];
      }
  return k;
}

}  // namespace

std::unique_ptr<const Packed> CpuOps::do_pack_conv(const ConstTensor& weight, const ConstTensor& bias, Conv& about) const {
  if (about.upsampled && (about.height != 3 || about.width != 3))
    fail(Fault::other, "'", weight.name, "' is ", shape_text(weight.shape), ": only 3x3 kernels follow an upsampling");
  auto packed = std::make_unique<PackedConv>();
  packed->is_bf16 = about.format != Format::f32 && isa_ == Isa::avx512_bf16;
  packed->channels = packed->is_bf16 ? (about.in + 1) / 2 * 2 : about.in;
  std::vector<float> values(size_t(weight.count()));
  to_f32(values, weight);
  const Kernel full = rearranged(values, about);
  values = {};

  const auto add_phase = [&](const Kernel& kernel, int64_t top, int64_t left) {
    const int64_t in = kernel.height * kernel.width * packed->channels;
    std::vector<float> rows(size_t(about.out * in));
    for (int64_t pixel = 0; pixel < about.out * kernel.height * kernel.width; ++pixel)
      for (int64_t c = 0; c < about.in; ++c) {
        const float tap = float(kernel.taps[size_t(pixel * about.in + c)]);
        rows[size_t(pixel * packed->channels + c)] = about.format == Format::f32 ? tap : float(bf16(tap));
      }
    ConstTensor tensor;
    tensor.data = reinterpret_cast<const std::byte*>(rows.data()), tensor.shape = {about.out, in}, tensor.name = weight.name;
    PackedConv::Phase phase{
        top, left, kernel.height, kernel.width,
        make_panels(pool_, isa_, packed->is_bf16 ? Format::bf16 : Format::f32, about.out, in, [&](int64_t output) {
          return RowAt{&tensor, output * in};
        })};
    set_bias(phase.panels, {&bias, 1});
    about.bytes += phase.panels.bytes();
    packed->phases.push_back(std::move(phase));
  };
  about.bytes = 0;
  if (!about.upsampled)
    add_phase(full, 0, 0);
  else
    for (int64_t y = 0; y < 2; ++y)
      for (int64_t x = 0; x < 2; ++x) add_phase(phase_kernel(full, y, x, about), y - 1, x - 1);
  return packed;
}

// x in the form that the convolution reads, copied into scratch memory.
CpuMap CpuOps::staged(const CpuMap& x, bool is_bf16, int64_t border, int64_t slack) const {
  CpuMap copy;
  copy.images = x.images, copy.channels = x.channels, copy.height = x.height, copy.width = x.width;
  copy.use = MapUse::operand, copy.is_bf16 = is_bf16, copy.border = border, copy.slack = slack;
  const size_t bytes = lay_out(copy);
  copy.buffer = std::exchange(scratch_, Buffer());
  if (copy.buffer.size() < bytes) copy.buffer = Buffer(), copy.buffer = Buffer(Memory::host, bytes);
  const int64_t lines = x.height + 2 * border;
  pool_.each(x.images * lines, 1, [&](int, int64_t begin, int64_t end) {
    std::vector<float> widened(size_t(x.is_bf16 ? x.channels : 0));
    for (int64_t line = begin; line < end; ++line) {
      const int64_t image = line / lines, y = line % lines - border;
      std::byte* row = copy.buffer.data() + size_t(copy.offset(image, y, -border)) * copy.element_bytes();
      std::memset(row, 0, size_t(copy.row_stride) * copy.element_bytes());
      if (y < 0 || y >= x.height) continue;
      for (int64_t column = 0; column < x.width; ++column) {
        const int64_t from = x.offset(image, y, column), to = copy.offset(image, y, column);
        const float* values = x.f32() + from;
        if (x.is_bf16) repack(isa_).widen_bf16(widened.data(), x.half() + from, x.channels), values = widened.data();
        if (is_bf16)
          activations(isa_).to_bf16_bits(copy.half() + to, values, x.channels);
        else
          std::copy_n(values, x.channels, copy.f32() + to);
      }
    }
  });
  return copy;
}

void CpuOps::do_conv(Map& out_map, const Map& x_map, const Conv& w, ConvKind kind, const Map* add_map) const {
  const auto& out = static_cast<const CpuMap&>(out_map);
  const auto* add = static_cast<const CpuMap*>(add_map);
  const auto& packed = static_cast<const PackedConv&>(*w.packed);
  const bool whole = kind == ConvKind::patches;
  const int64_t step_y = whole ? w.height : kind == ConvKind::downsample ? 2 : 1;
  const int64_t step_x = whole ? w.width : kind == ConvKind::downsample ? 2 : 1;
  const int64_t zoom = kind == ConvKind::upsample ? 2 : 1;
  const bool centred = kind == ConvKind::same;
  const int64_t border = whole ? 0 : std::max({int64_t(1), w.height / 2, w.width / 2});
  const int64_t slack = (most_tile_rows - 1) * step_x + w.width;

  const auto& given = static_cast<const CpuMap&>(x_map);
  CpuMap copy;
  const bool usable = given.is_bf16 == packed.is_bf16 && given.border >= border && given.slack >= slack;
  if (!usable) copy = staged(given, packed.is_bf16, border, slack);
  const CpuMap& x = usable ? given : copy;

  const TileKernel& kernel = packed.is_bf16 ? tiles_bf16(isa_) : tiles_f32(isa_);
  const EpilogueKernels& finish = epilogues(isa_);
  const int64_t phases = int64_t(packed.phases.size());
  const int64_t height = out.height / zoom, width = out.width / zoom;  // of one phase
  const int64_t blocks =
      (height + std::max(int64_t(1), pixels_at_once / width) - 1) / std::max(int64_t(1), pixels_at_once / width);
  const int64_t panels = packed.phases[0].panels.count;
  const int64_t row_items = out.images * phases * blocks;
  const int64_t parts = std::min(panels, (4 * pool_.size() + row_items - 1) / row_items);  // few rows: share out panels too
  const int64_t element = int64_t(x.element_bytes());
  const auto* first = reinterpret_cast<const unsigned char*>(x.buffer.data());

  pool_.each(row_items * parts, 1, [&](int, int64_t begin, int64_t end) {
    alignas(64) float sums[most_tile_rows * panel_width];
    for (int64_t item = begin; item < end; ++item) {
      const int64_t part = item % parts, block = item / parts % blocks, image = item / parts / blocks / phases;
      const int64_t parity = item / parts / blocks % phases;
      const PackedConv::Phase& phase = packed.phases[size_t(parity)];
      const int64_t top = centred ? -(phase.height / 2) : phase.top, left = centred ? -(phase.width / 2) : phase.left;
      for (int64_t panel = panels * part / parts; panel < panels * (part + 1) / parts; ++panel)
        for (int64_t y = height * block / blocks; y < height * (block + 1) / blocks; ++y)
          for (int64_t column = 0; column < width; column += kernel.rows) {
            const int64_t count = std::min(kernel.rows, width - column);
            kernel.multiply({.sums = sums,
                             .rows = first + x.offset(image, y * step_y + top, column * step_x + left) * element,
                             .row_stride = step_x * x.pixel_stride * element,
                             .segments = phase.height,
                             .segment_stride = x.row_stride * element,
                             .length = phase.width * x.pixel_stride / (packed.is_bf16 ? 2 : 1),
                             .panel = phase.panels.panel(panel),
                             .width = phase.panels.width(panel)},
                            count);
            const int64_t to_y = y * zoom + parity / 2, to_x = column * zoom + parity % 2, channel = panel * panel_width;
            Finish f{.sums = sums,
                     .rows = count,
                     .columns = std::min(panel_width, w.out - channel),
                     .bias = phase.panels.bias_of(panel),
                     .out_stride = zoom * out.pixel_stride};
            const int64_t at = out.offset(image, to_y, to_x) + channel;
            if (add != nullptr)
              f.add = add->f32() + add->offset(image, to_y, to_x) + channel, f.add_stride = zoom * add->pixel_stride;
            if (out.is_bf16)
              f.out = out.half() + at, finish.store_bf16(f);
            else
              f.out = out.f32() + at, finish.store(f);
          }
    }
  });
  if (!usable) scratch_ = std::move(copy.buffer);
}

}  // namespace bifrons
