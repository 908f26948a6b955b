// vision/siglip.h - the SigLIP encoder: patches, learned positions, pre-norm blocks, last norm; no pooling. Spec: janus.md 3.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/ops.h"
#include "kernels/weights/weights.h"

namespace bifrons {

struct SiglipConfig {
  int64_t image_size = 0, patch_size = 0, width = 0, layers = 0, heads = 0, hidden = 0 /* of the MLP */;
  float epsilon = 1e-6f;
  int64_t patches() const { return (image_size / patch_size) * (image_size / patch_size); }
};

enum class Dialect { original, huggingface };  // whose names the checkpoint uses

class Siglip {
 public:
  Siglip(const Ops& ops, const SiglipConfig& config, Weights& file, Dialect dialect, Format format);
  const SiglipConfig& config() const { return config_; }
  size_t weight_bytes() const;
  // pixels [images, 3, size, size] on the host, normalised -> out [images * patches, width] in Ops memory. Scratch is
  // allocated for the call and given back: looking is rare, and drawing should not pay for it.
  void forward(const Ops& ops, View<float, 2> out, View<const float, 4> pixels) const;

 private:
  struct Block;
  SiglipConfig config_;
  Linear patch_embed_;          // [width, 3 * patch * patch]
  Tensor<float, 1> positions_;  // [patches * width]
  std::vector<Block> blocks_;
  Tensor<float, 1> norm_gain_, norm_bias_;

 public:
  ~Siglip();
  Siglip(Siglip&&) noexcept;
};

}  // namespace bifrons
