// fusion/cost.cpp - see cost.h.
#include "fusion/cost.h"

namespace bifrons {

namespace {

double multiply_adds(const Projector& projector) {
  double total = 0;
  for (const Linear& layer : projector.layers()) total += double(layer.in) * double(layer.out);
  return total;
}

// Operations and weights of convolutions at one resolution.
struct Convolutions {
  double flop = 0, weights = 0;
  void conv(double kernel, double in, double out, double pixels, double share = 1) {
    flop += 2 * kernel * kernel * in * out * pixels * share, weights += kernel * kernel * in * out;
  }
  void res(double in, double out, double pixels) {
    conv(3, in, out, pixels), conv(3, out, out, pixels);
    if (in != out) conv(1, in, out, pixels);
  }
  void attention(double channels, double pixels) {
    for (int i = 0; i < 4; ++i) conv(1, channels, channels, pixels);
    flop += 4 * pixels * pixels * channels;
  }
  void middle(double channels, double pixels) {
    res(channels, channels, pixels), attention(channels, pixels), res(channels, channels, pixels);
  }
  void level(const VqShape::Level& l, double pixels) {
    for (int64_t i = 0; i < l.blocks; ++i) {
      res(double(i == 0 ? l.in : l.out), double(l.out), pixels);
      if (l.attention) attention(double(l.out), pixels);
    }
  }
  Cost cost(Format format) const { return {weights * bytes_per_weight(format), flop}; }
};

}  // namespace

Cost language_cost(const Janus& model, int64_t rows, int64_t context) {
  const TransformerConfig& c = model.config().text;
  const double query = double(c.heads * c.head_dim), pairs = double(c.kv_heads * c.head_dim);
  const double per_layer = double(c.width) * (2 * query + 2 * pairs + 3 * double(c.hidden));
  const double attention = 4 * query * double(context) * double(c.layers);
  const double cache = double(model.cache_bytes_per_token()) * double(context) * double(rows <= 2 ? rows : 1);
  return {double(model.language().body_bytes()) + cache, double(rows) * (2 * per_layer * double(c.layers) + attention)};
}

Cost text_head_cost(const Janus& model, int64_t rows) {
  const TransformerConfig& c = model.config().text;
  const double weights = double(c.width) * double(c.vocabulary);
  return {weights * bytes_per_weight(model.format()), 2 * weights * double(rows)};
}

Cost draw_head_cost(const Janus& model, int64_t rows) {
  return {double(model.draw_head().weight_bytes() + model.draw_aligner().weight_bytes()),
          2 * (multiply_adds(model.draw_head()) * double(rows) + multiply_adds(model.draw_aligner()))};
}

Cost look_cost(const Janus& model) {
  const SiglipConfig& v = model.config().vision;
  const double n = double(v.patches()), width = double(v.width);
  const double linears =
      double(v.layers) * (4 * width * width + 2 * width * double(v.hidden)) + 3 * double(v.patch_size * v.patch_size) * width;
  return {double(model.siglip().weight_bytes() + model.aligner().weight_bytes()),
          2 * n * (linears + multiply_adds(model.aligner())) + 4 * n * n * width * double(v.layers)};
}

Cost vq_decode_cost(const VqShape& shape, int64_t grid, Format format) {
  Convolutions c;
  double pixels = double(grid * grid), channels = double(shape.decoder.front().in);
  c.conv(1, double(shape.code_channels), double(shape.latent_channels), pixels);
  c.conv(3, double(shape.latent_channels), channels, pixels);
  c.middle(channels, pixels);
  for (const VqShape::Level& level : shape.decoder) {
    c.level(level, pixels), channels = double(level.out);
    if (level.resample) pixels *= 4, c.conv(3, channels, channels, pixels, 4.0 / 9);
  }
  c.conv(3, channels, 3, pixels);
  return c.cost(format);
}

Cost vq_encode_cost(const VqShape& shape, int64_t side, Format format) {
  Convolutions c;
  double pixels = double(side * side), channels = double(shape.encoder.front().in);
  c.conv(3, 3, channels, pixels);
  for (const VqShape::Level& level : shape.encoder) {
    c.level(level, pixels), channels = double(level.out);
    if (level.resample) pixels /= 4, c.conv(3, channels, channels, pixels);
  }
  c.middle(channels, pixels);
  c.conv(3, channels, double(shape.latent_channels), pixels);
  c.conv(1, double(shape.latent_channels), double(shape.code_channels), pixels);
  c.flop += 2 * pixels * double(shape.codes) * double(shape.code_channels);
  return c.cost(format);
}

}  // namespace bifrons
