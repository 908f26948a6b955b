// vision/vq_network.cpp - see vq_network.h.
#include "vision/vq_network.h"

#include <algorithm>
#include <cmath>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

constexpr int64_t norm_groups = 32;  // published: GroupNorm(32, channels, eps 1e-6) everywhere
constexpr float norm_eps = 1e-6f;

// ---- binding --------------------------------------------------------------------------------------------------------

class Binder {
 public:
  Binder(const Ops& ops, Weights& file, const VqNames& names, Format format)
      : ops_(ops), file_(file), names_(names), format_(format) {}

  Conv conv(const std::string& name, int64_t out, int64_t in, int64_t kernel, bool upsampled = false) {
    const ConstTensor weight = file_.take(name + ".weight", {out, in, kernel, kernel}), bias = file_.take(name + ".bias", {out});
    return ops_.pack_conv(weight, bias, format_, upsampled);
  }
  VqNorm norm(const std::string& name, int64_t channels) {
    if (channels <= 0 || channels % norm_groups != 0)
      fail(Fault::unreadable, "'", name, "' is a norm of ", channels, " channels, which ", norm_groups, " groups cannot share");
    return {ops_.upload(file_.take(name + ".weight", {channels})), ops_.upload(file_.take(name + ".bias", {channels}))};
  }
  VqResBlock res_block(const std::string& name, int64_t in, int64_t out) {
    VqResBlock block;
    block.norm1 = norm(name + ".norm1", in), block.conv1 = conv(name + ".conv1", out, in, 3);
    block.norm2 = norm(name + ".norm2", out), block.conv2 = conv(name + ".conv2", out, out, 3);
    if (in != out) block.shortcut = conv(name + ".nin_shortcut", out, in, 1);
    return block;
  }
  VqAttention attention(const std::string& name, int64_t channels) {
    VqAttention a;
    a.norm = norm(name + ".norm", channels);
    std::vector<ConstTensor> weights, biases;
    for (const char* part : {".q", ".k", ".v"})
      weights.push_back(matrix(name + part, channels)), biases.push_back(bias(name + part, channels));
    a.qkv = ops_.pack(weights, biases, format_);
    const ConstTensor proj_bias = bias(name + ".proj_out", channels);
    a.proj = ops_.pack(matrix(name + ".proj_out", channels), &proj_bias, format_);
    return a;
  }
  VqLevel level(const std::string& name, const VqShape::Level& shape, VqDirection direction) {
    VqLevel l;
    for (int64_t i = 0; i < shape.blocks; ++i) {
      l.blocks.push_back(res_block(name + names_.block + std::to_string(i), i == 0 ? shape.in : shape.out, shape.out));
      if (shape.attention) l.attentions.push_back(attention(name + ".attn." + std::to_string(i), shape.out));
    }
    const bool up = direction == VqDirection::decode;
    if (shape.resample) l.resample = conv(name + (up ? ".upsample.conv" : ".downsample.conv"), shape.out, shape.out, 3, up);
    return l;
  }

 private:
  ConstTensor matrix(const std::string& name, int64_t channels) {  // a 1x1 convolution is a linear layer of every pixel
    ConstTensor weight = file_.take(name + ".weight", {channels, channels, 1, 1});
    weight.shape = {channels, channels};
    return weight;
  }
  ConstTensor bias(const std::string& name, int64_t channels) { return file_.take(name + ".bias", {channels}); }

  const Ops& ops_;
  Weights& file_;
  const VqNames& names_;
  Format format_;
};

// ---- running --------------------------------------------------------------------------------------------------------

double work(const Conv& c) { return double(c.out * c.in * c.height * c.width); }  // multiplications per output pixel
double work(const VqResBlock& b) { return work(b.conv1) + work(b.conv2) + (b.shortcut ? work(*b.shortcut) : 0); }
double work(const VqAttention& a) { return double(a.qkv.out * a.qkv.in + a.proj.out * a.proj.in); }

// One run through a half: the current map, spare maps of its size, and the tally for progress.
class Run {
 public:
  Run(const Ops& ops, std::unique_ptr<Map> x, Format format, const std::function<void(double)>& progress, double total)
      : ops_(ops), x_(std::move(x)), format_(format), progress_(progress), total_(total) {}

  std::unique_ptr<Map> result() { return std::move(x_); }

  void conv(const Conv& w, Ops::ConvKind kind) {
    const int64_t up = kind == Ops::ConvKind::upsample ? 2 : 1, down = kind == Ops::ConvKind::downsample ? 2 : 1;
    auto out = take(w.out, x_->height * up / down, x_->width * up / down, MapUse::stream);
    ops_.conv(*out, *x_, w, kind);
    x_ = std::move(out);
    advance(work(w));
  }

  // h = conv1(swish(norm1(x))); h = conv2(swish(norm2(h))); x = shortcut(x) + h
  void res_block(const VqResBlock& b) {
    const int64_t height = x_->height, width = x_->width, in = b.conv1.in, out = b.conv1.out;
    auto normed = take(in, height, width, MapUse::operand);
    ops_.group_norm(*normed, *x_, b.norm1.gain, b.norm1.bias, norm_groups, norm_eps, true);
    auto h = take(out, height, width, MapUse::stream);
    ops_.conv(*h, *normed, b.conv1, Ops::ConvKind::same);
    if (in != out) {
      give_back(std::move(normed), MapUse::operand);
      normed = take(out, height, width, MapUse::operand);
    }
    ops_.group_norm(*normed, *h, b.norm2.gain, b.norm2.bias, norm_groups, norm_eps, true);
    if (b.shortcut) {
      ops_.conv(*h, *x_, *b.shortcut, Ops::ConvKind::same);  // of the raw x
      std::swap(h, x_);
    }
    ops_.conv(*x_, *normed, b.conv2, Ops::ConvKind::same, x_.get());
    give_back(std::move(normed), MapUse::operand), give_back(std::move(h), MapUse::stream);
    advance(work(b));
  }

  // y = norm(x); x = x + proj(softmax(q k^T / sqrt(channels)) v), one head over all pixels
  void attention(const VqAttention& a) {
    const int64_t channels = a.proj.out, pixels = x_->pixels();
    auto normed_map = take(channels, x_->height, x_->width, MapUse::stream);
    ops_.group_norm(*normed_map, *x_, a.norm.gain, a.norm.bias, norm_groups, norm_eps, false);
    const auto rows = ops_.tensor<float, 2>({pixels, channels}), mixed = ops_.tensor<float, 2>({pixels, channels});
    const auto qkv = ops_.tensor<float, 2>({pixels, 3 * channels});
    ops_.map_to_rows(rows, *normed_map);
    ops_.linear(qkv, rows, a.qkv);
    ops_.attention(mixed, qkv, pixels, 1, float(1 / std::sqrt(double(channels))));
    ops_.map_to_rows(rows, *x_);
    ops_.linear_add(rows, mixed, a.proj);
    ops_.rows_to_map(*x_, rows);
    give_back(std::move(normed_map), MapUse::stream);
    advance(work(a));
  }

  void level(const VqLevel& l, Ops::ConvKind kind) {
    for (size_t i = 0; i < l.blocks.size(); ++i) {
      res_block(l.blocks[i]);
      if (i < l.attentions.size()) attention(l.attentions[i]);
    }
    if (l.resample) conv(*l.resample, kind);
  }

  // conv_out(swish(norm_out(x)))
  void finish(const VqNorm& norm, const Conv& w) {
    auto normed = take(w.in, x_->height, x_->width, MapUse::operand);
    ops_.group_norm(*normed, *x_, norm.gain, norm.bias, norm_groups, norm_eps, true);
    x_ = std::move(normed);
    spare_.clear();
    conv(w, Ops::ConvKind::same);
  }

 private:
  struct Spare {
    std::unique_ptr<Map> map;
    MapUse use;
  };
  // A map of this kind; spare ones of another size than the one now wanted are given up first.
  std::unique_ptr<Map> take(int64_t channels, int64_t height, int64_t width, MapUse use) {
    std::erase_if(spare_, [&](const Spare& s) { return s.map->height != height || s.map->width != width; });
    for (size_t i = 0; i < spare_.size(); ++i)
      if (spare_[i].map->channels == channels && spare_[i].use == use) {
        auto map = std::move(spare_[i].map);
        spare_.erase(spare_.begin() + int64_t(i));
        return map;
      }
    return ops_.make_map(1, channels, height, width, use, format_);
  }
  void give_back(std::unique_ptr<Map> map, MapUse use) { spare_.push_back({std::move(map), use}); }
  void advance(double amount) {
    done_ += amount * double(x_->pixels());
    if (progress_) progress_(std::min(1.0, done_ / total_));
  }

  const Ops& ops_;
  std::unique_ptr<Map> x_;
  Format format_;
  const std::function<void(double)>& progress_;
  std::vector<Spare> spare_;
  double total_, done_ = 0;
};

double work(const VqLevel& l) {  // without its resampling, whose output has another size
  double sum = 0;
  for (const auto& b : l.blocks) sum += work(b);
  for (const auto& a : l.attentions) sum += work(a);
  return sum;
}

// All that Run will report, for a picture of `pixels` before the first level.
double total_work(const VqHalf& half, VqDirection direction, double pixels) {
  const double mid = work(half.mid_block1) + work(half.mid_attention) + work(half.mid_block2);
  double sum = pixels * (work(half.conv_in) + (direction == VqDirection::decode ? mid : 0));
  for (const VqLevel& l : half.levels) {
    sum += pixels * work(l);
    if (!l.resample) continue;
    pixels *= direction == VqDirection::decode ? 4 : 0.25;
    sum += pixels * work(*l.resample);
  }
  return sum + pixels * (work(half.conv_out) + (direction == VqDirection::encode ? mid : 0));
}

size_t bytes(const VqResBlock& b) { return b.conv1.bytes + b.conv2.bytes + (b.shortcut ? b.shortcut->bytes : 0); }
size_t bytes(const VqAttention& a) { return a.qkv.bytes + a.proj.bytes; }

}  // namespace

VqNames vq_names(Dialect dialect) {
  if (dialect == Dialect::original)
    return {.model = "gen_vision_model.",
            .encoder_levels = "conv_blocks.",
            .decoder_levels = "conv_blocks.",
            .block = ".res.",
            .mid_block1 = "mid.0",
            .mid_attention = "mid.1",
            .mid_block2 = "mid.2"};
  return {.model = "model.vqmodel.",
          .encoder_levels = "down.",
          .decoder_levels = "up.",
          .block = ".block.",
          .mid_block1 = "mid.block_1",
          .mid_attention = "mid.attn_1",
          .mid_block2 = "mid.block_2"};
}

size_t VqHalf::weight_bytes() const {
  size_t sum = conv_in.bytes + conv_out.bytes + bytes(mid_block1) + bytes(mid_attention) + bytes(mid_block2);
  for (const VqLevel& l : levels) {
    for (const auto& b : l.blocks) sum += bytes(b);
    for (const auto& a : l.attentions) sum += bytes(a);
    if (l.resample) sum += l.resample->bytes;
  }
  return sum;
}

VqHalf bind_vq_half(const Ops& ops, Weights& file, const VqNames& names, VqDirection direction,
                    const std::vector<VqShape::Level>& levels, int64_t channels_in, int64_t channels_out, Format format) {
  const bool decode = direction == VqDirection::decode;
  const std::string side = names.model + (decode ? "decoder." : "encoder.");
  Binder bind(ops, file, names, format);
  VqHalf half;
  const int64_t first = levels.front().in, last = levels.back().out, mid = decode ? first : last;
  half.conv_in = bind.conv(side + "conv_in", first, channels_in, 3);
  half.mid_block1 = bind.res_block(side + names.mid_block1, mid, mid);
  half.mid_attention = bind.attention(side + names.mid_attention, mid);
  half.mid_block2 = bind.res_block(side + names.mid_block2, mid, mid);
  for (size_t i = 0; i < levels.size(); ++i)
    half.levels.push_back(
        bind.level(side + (decode ? names.decoder_levels : names.encoder_levels) + std::to_string(i), levels[i], direction));
  half.norm_out = bind.norm(side + "norm_out", last);
  half.conv_out = bind.conv(side + "conv_out", channels_out, last, 3);
  return half;
}

std::unique_ptr<Map> run_vq_half(const Ops& ops, const VqHalf& half, VqDirection direction, std::unique_ptr<Map> x, Format format,
                                 const std::function<void(double)>& progress) {
  const bool decode = direction == VqDirection::decode;
  const double total = total_work(half, direction, double(x->pixels()));
  Run run(ops, std::move(x), format, progress, total);
  const auto mid = [&] { run.res_block(half.mid_block1), run.attention(half.mid_attention), run.res_block(half.mid_block2); };

  run.conv(half.conv_in, Ops::ConvKind::same);
  if (decode) mid();
  for (const VqLevel& level : half.levels) run.level(level, decode ? Ops::ConvKind::upsample : Ops::ConvKind::downsample);
  if (!decode) mid();
  run.finish(half.norm_out, half.conv_out);
  return run.result();
}

}  // namespace bifrons
