// kernels/cpu/packing.h - weights to panels (tiles.h): once per model, in parallel, into exactly the memory they will use.
#pragma once

#include <functional>
#include <span>

#include "kernels/cpu/tiles.h"
#include "kernels/ops.h"

namespace bifrons {

struct Panels : Packed {
  Format format = Format::f32;
  int64_t outputs = 0;  // with the padding inside gated panels
  int64_t in = 0;       // a row of weights, as the panels hold it: padded to pairs or blocks
  int64_t count = 0;    // of panels; all but the last are panel_width wide
  int64_t last_width = panel_width;
  size_t panel_bytes = 0;  // of a full one
  Buffer weights;
  Buffer bias;  // [count * panel_width] f32, zeros after the last; empty: none

  int64_t width(int64_t panel) const { return panel + 1 == count ? last_width : panel_width; }
  const unsigned char* panel(int64_t index) const {
    return reinterpret_cast<const unsigned char*>(weights.data()) + size_t(index) * panel_bytes;
  }
  const float* bias_of(int64_t index) const {
    return bias.size() == 0 ? nullptr : reinterpret_cast<const float*>(bias.data()) + index * panel_width;
  }
  size_t bytes() const { return weights.size() + bias.size(); }
};

// Asks for pages of 2 MiB where whole ones fit: streams of weights are read 10 % faster through them (measured on a Zen 4
// server: 25.6 against 22.2 GB/s of one thread) and first touched four times faster. Only a wish: the system may refuse.
void prefer_huge_pages(const Buffer& buffer);

// Where a row of the matrix lies: `in` elements of a tensor from `begin` on; no tensor: zeros.
struct RowAt {
  const ConstTensor* tensor = nullptr;
  int64_t begin = 0;
};

// Throws Fault::unreadable naming the tensor when the format cannot hold a value.
Panels make_panels(const ThreadPool& pool, Isa isa, Format format, int64_t outputs, int64_t in,
                   const std::function<RowAt(int64_t output)>& locate);
// A bias of as many outputs, from tensors end to end.
void set_bias(Panels& panels, std::span<const ConstTensor> biases);

}  // namespace bifrons
