// vision/vq_tokenizer.h - the VQ image tokenizer, both directions (VQ-16 of LlamaGen and Janus, and any relative of other widths
// and levels: all dimensions come from the tensors). Spec: janus.md 8.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kernels/ops.h"
#include "kernels/weights/weights.h"
#include "vision/siglip.h"

namespace bifrons {

enum class VqRule { original, huggingface };  // nearest code: both sides normalised, or neither

// What the tensors' shapes say about the network. Levels in the order they run: the decoder's first has the lowest resolution.
struct VqShape {
  struct Level {
    int64_t in = 0, out = 0, blocks = 0;  // channels before and after; residual blocks
    bool attention = false;               // behind every block
    bool resample = false;                // halves (encoder) or doubles (decoder) the resolution at its end
  };
  int64_t codes = 0, code_channels = 0, latent_channels = 0;
  std::vector<Level> encoder, decoder;  // encoder: empty when only the decoder is wanted
};
VqShape vq_shape_of(const Weights& file, Dialect dialect, bool with_encoder);
VqShape vq16_shape();  // the published one, for models of random weights

class VqTokenizer {
 public:
  enum class Side { decoder, both };  // drawing needs no encoder
  // Reads levels, widths, blocks and the codebook's size from the tensors' shapes. The decoder is kept in `format` (f32 or bf16;
  // q8 and q4 mean bf16), the encoder always in f32. A shape is given for Weights::random, which has none of its own.
  VqTokenizer(const Ops& ops, Weights& file, Dialect dialect, Side side, Format format, std::optional<VqShape> shape = {});
  ~VqTokenizer();
  VqTokenizer(VqTokenizer&&) noexcept;

  int64_t codes() const;      // codebook rows
  int64_t downscale() const;  // pixels per token side: 2 to the number of upsamplings
  size_t weight_bytes() const;

  // ids [grid_h * grid_w] in raster order, on the host -> pixels [3, grid_h * downscale, grid_w * downscale], on the host, before
  // clipping. Throws Fault::arguments when an id is outside the codebook. `progress` is told the fraction done, some dozens of
  // times; what it throws (Cancelled) comes out of decode.
  void decode(const Ops& ops, View<float, 3> pixels, std::span<const int32_t> ids, int64_t grid_h, int64_t grid_w,
              const std::function<void(double fraction)>& progress = {}) const;

  struct Encoded {
    std::vector<int32_t> ids;   // [h * w], raster order
    std::vector<float> latent;  // [channels, h, w]: output of quant_conv
    int64_t channels = 0, height = 0, width = 0;
  };
  // pixels [3, H, W] on the host, normalised; needs Side::both.
  Encoded encode(const Ops& ops, View<const float, 3> pixels, VqRule rule = VqRule::original) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bifrons
