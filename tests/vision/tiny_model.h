// tests/vision/tiny_model.h - the vision and VQ tensors of the deterministic model "T" (janus.md 12.3), written as a safetensors
// file into a folder of its own: real checkpoints to bind without any goldens.
#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "kernels/core/tensor.h"
#include "vision/siglip.h"

namespace bifrons::tiny {

inline const SiglipConfig siglip{.image_size = 32, .patch_size = 4, .width = 64, .layers = 2, .heads = 2, .hidden = 128};

struct Spec {
  std::string name;
  std::vector<int64_t> shape;
};

inline void linear(std::vector<Spec>& all, const std::string& name, int64_t out, int64_t in) {
  all.push_back({name + ".weight", {out, in}}), all.push_back({name + ".bias", {out}});
}
inline void norm(std::vector<Spec>& all, const std::string& name, int64_t channels) {
  all.push_back({name + ".weight", {channels}}), all.push_back({name + ".bias", {channels}});
}
inline void conv(std::vector<Spec>& all, const std::string& name, int64_t out, int64_t in, int64_t kernel) {
  all.push_back({name + ".weight", {out, in, kernel, kernel}}), all.push_back({name + ".bias", {out}});
}
inline void res(std::vector<Spec>& all, const std::string& name, int64_t in, int64_t out) {
  norm(all, name + ".norm1", in), conv(all, name + ".conv1", out, in, 3), norm(all, name + ".norm2", out),
      conv(all, name + ".conv2", out, out, 3);
  if (in != out) conv(all, name + ".nin_shortcut", out, in, 1);
}
inline void attention(std::vector<Spec>& all, const std::string& name, int64_t channels) {
  norm(all, name + ".norm", channels);
  for (const char* part : {".q", ".k", ".v", ".proj_out"}) conv(all, name + part, channels, channels, 1);
}
inline void middle(std::vector<Spec>& all, const std::string& side, int64_t channels) {
  res(all, side + "mid.0", channels, channels), attention(all, side + "mid.1", channels),
      res(all, side + "mid.2", channels, channels);
}

inline std::vector<Spec> siglip_tensors(const SiglipConfig& c = siglip) {
  std::vector<Spec> all;
  const std::string tower = "vision_model.vision_tower.";
  all.push_back({tower + "pos_embed", {1, c.patches(), c.width}});
  conv(all, tower + "patch_embed.proj", c.width, 3, c.patch_size);
  for (int64_t i = 0; i < c.layers; ++i) {
    const std::string b = tower + "blocks." + std::to_string(i) + ".";
    norm(all, b + "norm1", c.width), linear(all, b + "attn.qkv", 3 * c.width, c.width),
        linear(all, b + "attn.proj", c.width, c.width);
    norm(all, b + "norm2", c.width), linear(all, b + "mlp.fc1", c.hidden, c.width), linear(all, b + "mlp.fc2", c.width, c.hidden);
  }
  norm(all, tower + "norm", c.width);
  return all;
}

inline std::vector<Spec> vq_tensors() {
  std::vector<Spec> all;
  const std::string model = "gen_vision_model.", encoder = model + "encoder.", decoder = model + "decoder.";
  all.push_back({model + "quantize.embedding.weight", {64, 8}});
  conv(all, model + "quant_conv", 8, 32, 1), conv(all, model + "post_quant_conv", 32, 8, 1);
  conv(all, encoder + "conv_in", 32, 3, 3);
  res(all, encoder + "conv_blocks.0.res.0", 32, 32), conv(all, encoder + "conv_blocks.0.downsample.conv", 32, 32, 3);
  res(all, encoder + "conv_blocks.1.res.0", 32, 64), conv(all, encoder + "conv_blocks.1.downsample.conv", 64, 64, 3);
  res(all, encoder + "conv_blocks.2.res.0", 64, 64), attention(all, encoder + "conv_blocks.2.attn.0", 64);
  middle(all, encoder, 64), norm(all, encoder + "norm_out", 64), conv(all, encoder + "conv_out", 32, 64, 3);
  conv(all, decoder + "conv_in", 64, 32, 3), middle(all, decoder, 64);
  for (const char* i : {"0", "1"}) {
    const std::string level = decoder + "conv_blocks.0.";
    res(all, level + "res." + i, 64, 64), attention(all, level + "attn." + i, 64);
    res(all, decoder + "conv_blocks.1.res." + i, 64, 64);
  }
  for (const char* level : {"0", "1"}) conv(all, decoder + "conv_blocks." + level + ".upsample.conv", 64, 64, 3);
  res(all, decoder + "conv_blocks.2.res.0", 64, 32), res(all, decoder + "conv_blocks.2.res.1", 32, 32);
  norm(all, decoder + "norm_out", 32), conv(all, decoder + "conv_out", 3, 32, 3);
  return all;
}

inline float value(const Spec& spec, uint64_t index) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : spec.name) hash = (hash ^ uint8_t(c)) * 0x100000001b3;
  uint64_t z = hash + (index + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9, z = (z ^ (z >> 27)) * 0x94D049BB133111EB, z ^= z >> 31;
  const float k = float(int(z >> 56) - 128);
  const size_t leaf = spec.name.rfind('.'), before = spec.name.rfind('.', leaf - 1);
  const auto ends = [&](const char* with) { return spec.name.ends_with(with); };
  if (ends(".bias")) return k / 1024;
  if (ends(".weight") && spec.name.substr(before + 1).starts_with("norm")) return 1 + std::floor(k / 4) / 64;
  if (ends("quantize.embedding.weight") || ends("pos_embed")) return k / 128;
  double fan_in = 1;
  for (size_t i = 1; i < spec.shape.size(); ++i) fan_in *= double(spec.shape[i]);
  return std::ldexp(k / 128, -int(std::floor(std::log2(fan_in) / 2)));
}

// A checkpoint folder that goes away with its owner.
class Folder {
 public:
  explicit Folder(const std::vector<Spec>& specs, const std::function<float(const Spec&, uint64_t)>& numbers = value) {
    std::random_device device;  // for the name only
    path_ = std::filesystem::temp_directory_path() / ("bifrons-vision-" + std::to_string(device()) + std::to_string(device()));
    std::filesystem::create_directory(path_);
    nlohmann::json header;
    std::string data;
    for (const Spec& spec : specs) {
      uint64_t count = 1;
      for (int64_t d : spec.shape) count *= uint64_t(d);
      const size_t begin = data.size();
      for (uint64_t i = 0; i < count; ++i) {
        const bf16 number(numbers(spec, i));
        data.append(reinterpret_cast<const char*>(&number), 2);
      }
      header[spec.name] = {{"dtype", "BF16"}, {"shape", spec.shape}, {"data_offsets", {begin, data.size()}}};
    }
    const std::string text = header.dump();
    const uint64_t length = text.size();
    std::ofstream file(path_ / "model.safetensors", std::ios::binary);
    file.write(reinterpret_cast<const char*>(&length), 8) << text << data;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace bifrons::tiny
