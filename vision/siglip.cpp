// vision/siglip.cpp - the SigLIP encoder as a list of operations. Sources: VisionTransformer in deepseek-ai/Janus
// (janus/models/siglip_vit.py) and JanusVisionModel in huggingface/transformers.
#include "vision/siglip.h"

#include <algorithm>
#include <cmath>

#include "kernels/core/error.h"

namespace bifrons {

struct Siglip::Block {
  Tensor<float, 1> norm1_gain, norm1_bias;
  Linear qkv;  // q, then k, then v; within each head-major
  Linear proj;
  Tensor<float, 1> norm2_gain, norm2_bias;
  Linear fc1, fc2;
};

namespace {

// Where each dialect keeps the same thing.
struct Names {
  std::string tower, patch_embed, positions, blocks, norm1, attention, proj, norm2, norm;
};
Names names_of(Dialect dialect) {
  if (dialect == Dialect::original)
    return {.tower = "vision_model.vision_tower.",
            .patch_embed = "patch_embed.proj",
            .positions = "pos_embed",
            .blocks = "blocks.",
            .norm1 = "norm1",
            .attention = "attn.",
            .proj = "proj",
            .norm2 = "norm2",
            .norm = "norm"};
  return {.tower = "model.vision_model.",
          .patch_embed = "embeddings.patch_embedding",
          .positions = "embeddings.position_embedding.weight",
          .blocks = "encoder.layers.",
          .norm1 = "layer_norm1",
          .attention = "self_attn.",
          .proj = "projection_layer",
          .norm2 = "layer_norm2",
          .norm = "post_layernorm"};
}

void check(const SiglipConfig& c) {
  if (c.image_size <= 0 || c.patch_size <= 0 || c.patch_size > c.image_size || c.width <= 0 || c.layers < 0 || c.heads <= 0 ||
      c.hidden <= 0 || c.width % c.heads != 0)
    fail(Fault::unreadable, "the vision config makes no sense: image_size ", c.image_size, ", patch_size ", c.patch_size,
         ", width ", c.width, ", layers ", c.layers, ", heads ", c.heads, ", MLP ", c.hidden);
}

// The patches of the pictures as rows [images * patches, 3 * patch * patch], inside a row channel, then y, then x: the order of a
// convolution's weight, so that the patch embedding is a linear layer.
Tensor<float, 2> cut_patches(const Ops& ops, View<const float, 4> pixels, int64_t patch) {
  const int64_t images = pixels.dim[0], down = pixels.dim[2] / patch, across = pixels.dim[3] / patch;
  Tensor<float, 2> rows(Memory::host, {images * down * across, 3 * patch * patch});
  for (int64_t i = 0; i < images; ++i)
    for (int64_t row = 0; row < down; ++row)
      for (int64_t column = 0; column < across; ++column) {
        float* to = rows.view()[(i * down + row) * across + column].data;
        for (int64_t c = 0; c < 3; ++c)
          for (int64_t y = 0; y < patch; ++y, to += patch)
            std::copy_n(pixels[i][c][row * patch + y].data + column * patch, patch, to);
      }
  if (ops.place() == Memory::host) return rows;
  auto there = ops.tensor<float, 2>(rows.view().dim);
  ops.copy_in(there.view().data, rows.view().data, rows.bytes());
  return there;
}

}  // namespace

Siglip::Siglip(const Ops& ops, const SiglipConfig& config, Weights& file, Dialect dialect, Format format) : config_(config) {
  check(config);
  const Names names = names_of(dialect);
  const int64_t width = config.width, hidden = config.hidden, patch = config.patch_size;
  const auto vector = [&](const std::string& name, int64_t count) { return ops.upload(file.take(name, {count})); };
  const auto linear = [&](const std::string& name, int64_t out, int64_t in) {
    const ConstTensor weight = file.take(name + ".weight", {out, in}), bias = file.take(name + ".bias", {out});
    return ops.pack(weight, &bias, format);
  };

  ConstTensor patches = file.take(names.tower + names.patch_embed + ".weight", {width, 3, patch, patch});
  const ConstTensor patches_bias = file.take(names.tower + names.patch_embed + ".bias", {width});
  patches.shape = {width, 3 * patch * patch};
  // The first layer sees raw pixels and is 0.3 % of the weights: never below bf16.
  patch_embed_ = ops.pack(patches, &patches_bias, format == Format::f32 ? Format::f32 : Format::bf16);

  if (dialect == Dialect::original)
    positions_ = ops.upload(file.take(names.tower + names.positions, {1, config.patches(), width}));
  else
    positions_ = ops.upload(file.take(names.tower + names.positions, {config.patches(), width}));

  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string block = names.tower + names.blocks + std::to_string(i) + ".", attention = block + names.attention;
    Block b;
    b.norm1_gain = vector(block + names.norm1 + ".weight", width), b.norm1_bias = vector(block + names.norm1 + ".bias", width);
    if (dialect == Dialect::original) {
      b.qkv = linear(attention + "qkv", 3 * width, width);
    } else {
      std::vector<ConstTensor> weights, biases;
      for (const char* part : {"q_proj", "k_proj", "v_proj"}) {
        weights.push_back(file.take(attention + part + ".weight", {width, width}));
        biases.push_back(file.take(attention + part + ".bias", {width}));
      }
      b.qkv = ops.pack(weights, biases, format);
    }
    b.proj = linear(attention + names.proj, width, width);
    b.norm2_gain = vector(block + names.norm2 + ".weight", width), b.norm2_bias = vector(block + names.norm2 + ".bias", width);
    b.fc1 = linear(block + "mlp.fc1", hidden, width);
    b.fc2 = linear(block + "mlp.fc2", width, hidden);
    blocks_.push_back(std::move(b));
  }
  norm_gain_ = vector(names.tower + names.norm + ".weight", width),
  norm_bias_ = vector(names.tower + names.norm + ".bias", width);
  file.leave(names.tower + "attn_pool.", "Janus builds the tower with ignore_head, so pooling never runs");
  file.expect_none_left(names.tower);
}

Siglip::~Siglip() = default;
Siglip::Siglip(Siglip&&) noexcept = default;

size_t Siglip::weight_bytes() const {
  size_t bytes = patch_embed_.bytes + positions_.bytes();
  for (const Block& b : blocks_) bytes += b.qkv.bytes + b.proj.bytes + b.fc1.bytes + b.fc2.bytes;
  return bytes;
}

void Siglip::forward(const Ops& ops, View<float, 2> out, View<const float, 4> pixels) const {
  const int64_t images = pixels.dim[0], patches = config_.patches(), width = config_.width;
  if (pixels.dim != std::array<int64_t, 4>{images, 3, config_.image_size, config_.image_size})
    fail(Fault::arguments, "pixels of shape ", shape_text(pixels.dim), " for a vision tower of ", config_.image_size, "x",
         config_.image_size, " pixels");
  if (out.dim != std::array<int64_t, 2>{images * patches, width})
    fail(Fault::arguments, "vision rows of shape ", shape_text(out.dim), " for ", images, " pictures of ", patches,
         " patches, width ", width);
  if (images == 0) return;

  // A few pictures at a time: enough rows to pay for reading the weights, scratch that stays in the tens of megabytes.
  const int64_t at_once = std::clamp<int64_t>(2304 / patches, 1, images);
  const auto normed = ops.tensor<float, 2>({at_once * patches, width}), mixed = ops.tensor<float, 2>({at_once * patches, width});
  const auto qkv = ops.tensor<float, 2>({at_once * patches, 3 * width});
  const auto hidden = ops.tensor<float, 2>({at_once * patches, config_.hidden});
  const View<const float, 2> positions(positions_.view().data, {patches, width});
  const int64_t head = width / config_.heads;
  const float scale = float(1 / std::sqrt(double(head)));
  const float eps = config_.epsilon;

  for (int64_t first = 0; first < images; first += at_once) {
    const int64_t count = std::min(at_once, images - first), rows = count * patches;
    const View<float, 2> x = out.slice(first * patches, rows), n = normed.view().slice(0, rows), m = mixed.view().slice(0, rows);
    const View<float, 2> qkv_rows = qkv.view().slice(0, rows), h = hidden.view().slice(0, rows);

    const auto cut = cut_patches(ops, pixels.slice(first, count), config_.patch_size);
    ops.linear(x, cut, patch_embed_);  // x = patch_embed(pixels)
    ops.add_rows(x, positions);        // x = x + pos_embed
    for (const Block& b : blocks_) {
      ops.layer_norm(n, x, b.norm1_gain, b.norm1_bias, eps);      // y = norm1(x)
      ops.linear(qkv_rows, n, b.qkv);                             // qkv(y)
      ops.attention(m, qkv_rows, patches, config_.heads, scale);  // softmax(q k^T / sqrt(width / heads)) v
      ops.linear_add(x, m, b.proj);                               // x = x + proj(.)
      ops.layer_norm(n, x, b.norm2_gain, b.norm2_bias, eps);      // y = norm2(x)
      ops.linear_gelu(h, n, b.fc1);                               // gelu(fc1(y)), the erf form
      ops.linear_add(x, h, b.fc2);                                // x = x + fc2(.)
    }
    ops.layer_norm(x, x, norm_gain_, norm_bias_, eps);
  }
}

}  // namespace bifrons
