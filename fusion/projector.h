// fusion/projector.h - linear layers with exact GELU between them: both aligners and the drawing head. Spec: janus.md 4.
#pragma once

#include <string>
#include <vector>

#include "kernels/ops.h"
#include "kernels/weights/weights.h"

namespace bifrons {

class Projector {
 public:
  struct Layer {
    std::string name;  // of its weight and bias, without ".weight"
    int64_t in = 0, out = 0;
    Format format = Format::f32;
  };
  Projector() = default;
  Projector(const Ops& ops, Weights& file, const std::vector<Layer>& layers);

  // Room for what stands between the layers, planned once for at most `rows` rows.
  struct Scratch {
    Tensor<float, 2> a, b;
    Scratch() = default;
    Scratch(const Ops& ops, const Projector& projector, int64_t rows);
  };
  // x [rows, in of the first] -> out [rows, out of the last]
  void forward(const Ops& ops, View<float, 2> out, View<const float, 2> x, const Scratch& scratch) const;

  size_t weight_bytes() const;
  bool empty() const { return layers_.empty(); }
  const std::vector<Linear>& layers() const { return layers_; }

 private:
  std::vector<Linear> layers_;
};

}  // namespace bifrons
