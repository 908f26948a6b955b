// fusion/projector.cpp - see projector.h.
#include "fusion/projector.h"

#include <algorithm>

namespace bifrons {

Projector::Projector(const Ops& ops, Weights& file, const std::vector<Layer>& layers) {
  for (const Layer& layer : layers) {
    const ConstTensor bias = file.take(layer.name + ".bias", {layer.out});
    layers_.push_back(ops.pack(file.take(layer.name + ".weight", {layer.out, layer.in}), &bias, layer.format));
  }
}

Projector::Scratch::Scratch(const Ops& ops, const Projector& projector, int64_t rows) {
  int64_t widest = 1;
  for (size_t i = 0; i + 1 < projector.layers_.size(); ++i) widest = std::max(widest, projector.layers_[i].out);
  a = ops.tensor<float, 2>({rows, widest});
  if (projector.layers_.size() > 2) b = ops.tensor<float, 2>({rows, widest});
}

void Projector::forward(const Ops& ops, View<float, 2> out, View<const float, 2> x, const Scratch& scratch) const {
  const auto part = [&](const Tensor<float, 2>& room, int64_t channels) {
    View<float, 2> view = room.view().slice(0, out.dim[0]);
    view.dim[1] = channels;
    return view;
  };
  View<const float, 2> from = x;
  for (size_t i = 0; i + 1 < layers_.size(); ++i) {
    const View<float, 2> to = part(i % 2 == 0 ? scratch.a : scratch.b, layers_[i].out);
    ops.linear_gelu(to, from, layers_[i]);
    from = to;
  }
  ops.linear(out, from, layers_.back());
}

size_t Projector::weight_bytes() const {
  size_t bytes = 0;
  for (const Linear& layer : layers_) bytes += layer.bytes;
  return bytes;
}

}  // namespace bifrons
