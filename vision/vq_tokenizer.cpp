// vision/vq_tokenizer.cpp - ids to pixels and back. Sources: VQModel and VectorQuantizer in deepseek-ai/Janus (janus/models/
// vq_model.py), JanusVQVAE in huggingface/transformers. Spec: janus.md 8.
#include "vision/vq_tokenizer.h"

#include <algorithm>
#include <cmath>

#include "kernels/core/error.h"
#include "vision/vq_network.h"

namespace bifrons {
namespace {

constexpr float tiny = 1e-12f;  // torch.nn.functional.normalize's bound on a row's length

std::vector<int64_t> shape_of_rank(const Weights& file, const std::string& name, size_t rank) {
  auto shape = file.shape(name);
  if (shape.size() != rank)
    fail(Fault::unreadable, "'", name, "' is ", shape_text(shape), " where ", rank, " dimensions are needed");
  return shape;
}

std::vector<VqShape::Level> levels_of(const Weights& file, const VqNames& names, bool decoder) {
  const std::string side = names.model + (decoder ? "decoder." : "encoder.");
  std::vector<VqShape::Level> levels;
  int64_t channels = shape_of_rank(file, side + "conv_in.weight", 4)[0];
  for (;;) {
    const std::string level = side + (decoder ? names.decoder_levels : names.encoder_levels) + std::to_string(levels.size());
    const auto block = [&](int64_t i) { return level + names.block + std::to_string(i) + ".conv1.weight"; };
    if (!file.has(block(0))) break;
    VqShape::Level l{.in = channels, .out = shape_of_rank(file, block(0), 4)[0]};
    while (file.has(block(l.blocks))) ++l.blocks;
    l.attention = file.has(level + ".attn.0.q.weight");
    l.resample = file.has(level + (decoder ? ".upsample.conv.weight" : ".downsample.conv.weight"));
    channels = l.out;
    levels.push_back(l);
  }
  if (levels.empty())
    fail(Fault::unreadable, "no '", side, decoder ? names.decoder_levels : names.encoder_levels, "0' in the checkpoint");
  if (levels.size() > 16) fail(Fault::unreadable, "'", side, "' has ", levels.size(), " levels, more than the 16 we follow");
  return levels;
}

int64_t resampled(const std::vector<VqShape::Level>& levels) {
  return std::count_if(levels.begin(), levels.end(), [](const VqShape::Level& l) { return l.resample; });
}

void copy_to_rows(const Ops& ops, View<float, 2> there, const std::vector<float>& here) {
  ops.copy_in(there.data, here.data(), here.size() * sizeof(float));
}
std::vector<float> copy_from_rows(const Ops& ops, View<const float, 2> there) {
  std::vector<float> here(size_t(there.count()));
  ops.copy_out(here.data(), there.data, here.size() * sizeof(float));
  return here;
}

// [channels, pixels] from [pixels, channels] and back
std::vector<float> transposed(std::span<const float> from, int64_t rows, int64_t columns) {
  std::vector<float> to(from.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) to[size_t(c * rows + r)] = from[size_t(r * columns + c)];
  return to;
}

}  // namespace

VqShape vq_shape_of(const Weights& file, Dialect dialect, bool with_encoder) {
  const VqNames names = vq_names(dialect);
  VqShape shape;
  const auto codebook = shape_of_rank(file, names.model + "quantize.embedding.weight", 2);
  shape.codes = codebook[0], shape.code_channels = codebook[1];
  shape.latent_channels = shape_of_rank(file, names.model + "post_quant_conv.weight", 4)[0];
  shape.decoder = levels_of(file, names, true);
  if (with_encoder) shape.encoder = levels_of(file, names, false);
  if (shape.codes <= 0 || shape.codes > INT32_MAX || shape.code_channels <= 0 || shape.latent_channels <= 0)
    fail(Fault::unreadable, "'", names.model, "quantize.embedding.weight' is ", shape_text(codebook), ": no codebook");
  if (with_encoder && resampled(shape.encoder) != resampled(shape.decoder))
    fail(Fault::unreadable, "the VQ encoder halves the picture ", resampled(shape.encoder), " times but the decoder doubles it ",
         resampled(shape.decoder), " times");
  return shape;
}

VqShape vq16_shape() {
  return {.codes = 16384,
          .code_channels = 8,
          .latent_channels = 256,
          .encoder = {{128, 128, 2, false, true},
                      {128, 128, 2, false, true},
                      {128, 256, 2, false, true},
                      {256, 256, 2, false, true},
                      {256, 512, 2, true, false}},
          .decoder = {{512, 512, 3, true, true},
                      {512, 256, 3, false, true},
                      {256, 256, 3, false, true},
                      {256, 128, 3, false, true},
                      {128, 128, 3, false, false}}};
}

// Encoding picks the nearest of thousands of codes, often by a hair: bf16 would choose others. It is rare, so f32 always.
constexpr Format encoder_format = Format::f32;

struct VqTokenizer::State {
  VqShape shape;
  Format format = Format::f32;
  std::vector<float> codebook;  // [codes, code_channels], as stored, on the host
  Linear post_quant, quant;     // 1x1 convolutions
  VqHalf decoder;
  std::optional<VqHalf> encoder;

  std::span<const float> code(int64_t id) const {
    return std::span(codebook).subspan(size_t(id * shape.code_channels), size_t(shape.code_channels));
  }
};

VqTokenizer::VqTokenizer(const Ops& ops, Weights& file, Dialect dialect, Side side, Format format, std::optional<VqShape> shape)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  const VqNames names = vq_names(dialect);
  s.shape = shape ? std::move(*shape) : vq_shape_of(file, dialect, side == Side::both);
  s.format = format == Format::f32 ? Format::f32 : Format::bf16;
  const int64_t channels = s.shape.code_channels, latent = s.shape.latent_channels;

  const ConstTensor codebook = file.take(names.model + "quantize.embedding.weight", {s.shape.codes, channels});
  s.codebook.resize(size_t(codebook.count()));
  to_f32(s.codebook, codebook);

  // 1x1 convolutions on the 8 channels of a code: tiny, and everything passes through them, so they stay f32.
  const auto pixelwise = [&](const std::string& name, int64_t out, int64_t in) {
    ConstTensor weight = file.take(name + ".weight", {out, in, 1, 1});
    const ConstTensor bias = file.take(name + ".bias", {out});
    weight.shape = {out, in};
    return ops.pack(weight, &bias, Format::f32);
  };
  s.post_quant = pixelwise(names.model + "post_quant_conv", latent, channels);
  s.decoder = bind_vq_half(ops, file, names, VqDirection::decode, s.shape.decoder, latent, 3, s.format);
  if (side == Side::both) {
    s.quant = pixelwise(names.model + "quant_conv", channels, latent);
    s.encoder = bind_vq_half(ops, file, names, VqDirection::encode, s.shape.encoder, 3, latent, encoder_format);
  } else {
    file.leave(names.model + "encoder.", "drawing needs the decoder only");
    file.leave(names.model + "quant_conv.", "drawing needs the decoder only");
  }
  file.leave(names.model + "quantize.codebook_used", "a training statistic that nothing reads");
  file.expect_none_left(names.model);
}

VqTokenizer::~VqTokenizer() = default;
VqTokenizer::VqTokenizer(VqTokenizer&&) noexcept = default;

int64_t VqTokenizer::codes() const { return state_->shape.codes; }
int64_t VqTokenizer::downscale() const { return int64_t(1) << resampled(state_->shape.decoder); }
size_t VqTokenizer::weight_bytes() const {
  const State& s = *state_;
  return s.codebook.size() * sizeof(float) + s.post_quant.bytes + s.quant.bytes + s.decoder.weight_bytes() +
         (s.encoder ? s.encoder->weight_bytes() : 0);
}

void VqTokenizer::decode(const Ops& ops, View<float, 3> pixels, std::span<const int32_t> ids, int64_t grid_h, int64_t grid_w,
                         const std::function<void(double)>& progress) const {
  const State& s = *state_;
  const int64_t channels = s.shape.code_channels, positions = int64_t(ids.size()), height = grid_h * downscale(),
                width = grid_w * downscale();
  if (grid_h <= 0 || grid_w <= 0 || positions != grid_h * grid_w)
    fail(Fault::arguments, positions, " image ids do not fill a grid of ", grid_h, "x", grid_w);
  if (pixels.dim != std::array<int64_t, 3>{3, height, width})
    fail(Fault::arguments, "pixels of shape ", shape_text(pixels.dim), " for a drawing of ", width, "x", height, " pixels");

  std::vector<float> codes(size_t(positions * channels));  // looked-up rows, each of length one
  for (int64_t p = 0; p < positions; ++p) {
    const int32_t id = ids[size_t(p)];
    if (id < 0 || id >= s.shape.codes)
      fail(Fault::arguments, "image id ", id, " at position ", p, " is outside the codebook of ", s.shape.codes);
    double squares = 0;
    for (float v : s.code(id)) squares += double(v) * v;
    const float length = std::max(float(std::sqrt(squares)), tiny);
    for (int64_t c = 0; c < channels; ++c) codes[size_t(p * channels + c)] = s.code(id)[size_t(c)] / length;
  }

  const auto z = ops.tensor<float, 2>({positions, channels}), latent = ops.tensor<float, 2>({positions, s.shape.latent_channels});
  copy_to_rows(ops, z, codes);
  ops.linear(latent, z, s.post_quant);
  auto map = ops.make_map(1, s.shape.latent_channels, grid_h, grid_w, MapUse::operand, s.format);
  ops.rows_to_map(*map, latent);
  map = run_vq_half(ops, s.decoder, VqDirection::decode, std::move(map), s.format, progress);

  const auto rows = ops.tensor<float, 2>({height * width, 3});
  ops.map_to_rows(rows, *map);
  map.reset();
  const auto values = copy_from_rows(ops, rows);
  for (int64_t c = 0; c < 3; ++c)
    for (int64_t y = 0; y < height; ++y)
      for (int64_t x = 0; x < width; ++x) pixels[c][y][x] = values[size_t((y * width + x) * 3 + c)];
}

VqTokenizer::Encoded VqTokenizer::encode(const Ops& ops, View<const float, 3> pixels, VqRule rule) const {
  const State& s = *state_;
  const int64_t height = pixels.dim[1], width = pixels.dim[2], scale = downscale(), channels = s.shape.code_channels;
  if (!s.encoder) fail(Fault::arguments, "this VQ tokenizer was loaded without its encoder");
  if (pixels.dim[0] != 3 || height <= 0 || width <= 0 || height % scale || width % scale)
    fail(Fault::arguments, "pixels of shape ", shape_text(pixels.dim), " where three channels and sides in multiples of ", scale,
         " are needed");

  std::vector<float> values(size_t(pixels.count()));
  for (int64_t c = 0; c < 3; ++c)
    for (int64_t y = 0; y < height; ++y)
      for (int64_t x = 0; x < width; ++x) values[size_t((y * width + x) * 3 + c)] = pixels[c][y][x];
  auto map = ops.make_map(1, 3, height, width, MapUse::operand, encoder_format);
  {
    const auto rows = ops.tensor<float, 2>({height * width, 3});
    copy_to_rows(ops, rows, values);
    ops.rows_to_map(*map, rows);
  }
  map = run_vq_half(ops, *s.encoder, VqDirection::encode, std::move(map), encoder_format, {});

  Encoded out;
  out.channels = channels, out.height = height / scale, out.width = width / scale;
  const int64_t positions = out.height * out.width;
  const auto features = ops.tensor<float, 2>({positions, s.shape.latent_channels}),
             z = ops.tensor<float, 2>({positions, channels});
  ops.map_to_rows(features, *map);
  ops.linear(z, features, s.quant);
  out.latent = transposed(copy_from_rows(ops, z), positions, channels);

  // id = argmin_j |z - e_j|^2; the original normalises both sides first, the port neither.
  const auto codes = ops.tensor<float, 2>({s.shape.codes, channels});
  copy_to_rows(ops, codes, s.codebook);
  if (rule == VqRule::original) ops.l2_normalize(z, tiny), ops.l2_normalize(codes, tiny);
  const auto nearest = ops.tensor<int32_t, 1>({positions});
  ops.nearest(nearest, z, codes);
  out.ids.resize(size_t(positions));
  ops.copy_out(out.ids.data(), nearest.view().data, out.ids.size() * sizeof(int32_t));
  return out;
}

}  // namespace bifrons
