// vision/vq_network.h - the two convolutional halves of the VQ tokenizer: their parts, bound to a checkpoint's tensors and run.
// Source: Encoder, Decoder, ResnetBlock and AttnBlock in deepseek-ai/Janus (janus/models/vq_model.py). Spec: janus.md 8.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/ops.h"
#include "kernels/weights/weights.h"
#include "vision/vq_tokenizer.h"

namespace bifrons {

// Where each dialect keeps the same thing; the leaves (norm1, conv1, nin_shortcut, q, proj_out, ...) agree.
struct VqNames {
  std::string model, encoder_levels, decoder_levels, block, mid_block1, mid_attention, mid_block2;
};
VqNames vq_names(Dialect dialect);

struct VqNorm {
  Tensor<float, 1> gain, bias;
};
struct VqResBlock {
  VqNorm norm1, norm2;
  Conv conv1, conv2;
  std::optional<Conv> shortcut;  // 1x1, where the number of channels changes
};
struct VqAttention {
  VqNorm norm;
  Linear qkv, proj;
};
struct VqLevel {
  std::vector<VqResBlock> blocks;
  std::vector<VqAttention> attentions;  // none, or one behind each block
  std::optional<Conv> resample;
};
struct VqHalf {
  Conv conv_in, conv_out;
  std::vector<VqLevel> levels;
  VqResBlock mid_block1, mid_block2;
  VqAttention mid_attention;
  VqNorm norm_out;
  size_t weight_bytes() const;
};

enum class VqDirection { encode, decode };

// `side` is "encoder." or "decoder." behind the model's prefix; channels: into conv_in and out of conv_out.
VqHalf bind_vq_half(const Ops& ops, Weights& file, const VqNames& names, VqDirection direction,
                    const std::vector<VqShape::Level>& levels, int64_t channels_in, int64_t channels_out, Format format);

// x [1, channels_in, h, w] -> [1, channels_out, h', w']. Two or three maps of the largest stage are alive at a time.
std::unique_ptr<Map> run_vq_half(const Ops& ops, const VqHalf& half, VqDirection direction, std::unique_ptr<Map> x, Format format,
                                 const std::function<void(double fraction)>& progress);

}  // namespace bifrons
