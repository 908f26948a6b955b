// kernels/weights/random_weights.h - numbers for models without files: benchmarks and tests of any shape.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/core/dtype.h"

namespace bifrons {

// Fills a weight called `name` of this shape, the same for the same seed, name and shape on every machine. Uniform with mean 0
// and deviation 1/sqrt(inputs), inputs being the product of all dimensions but the first (the last one alone at rank 3, a table
// of positions), so that activations keep their size from layer to layer. One-dimensional weights are the gains of norms: near 1;
// other one-dimensional ones are biases: deviation 0.02. Several GB/s.
void fill_random(std::span<bf16> out, uint64_t seed, std::string_view name, std::span<const int64_t> shape);

}  // namespace bifrons
