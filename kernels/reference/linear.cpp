// kernels/reference/linear.cpp - matrix products, one weight row at a time.
#include <cmath>
#include <vector>

#include "kernels/reference/dot.h"
#include "kernels/reference/reference_ops.h"

namespace bifrons {
namespace {

double gelu(double v) { return v / 2 * (1 + std::erf(v / std::sqrt(2.0))); }
double silu(double v) { return v / (1 + std::exp(-v)); }

constexpr int64_t rows_per_task = 8;  // weight rows; each is read once and used for every row of x

}  // namespace

void ReferenceOps::do_linear(View<float, 2> out, View<const float, 2> x, const Linear& w, Epilogue epilogue) const {
  const auto& stored = static_cast<const StoredLinear&>(*w.packed);
  pool_.each(w.out, rows_per_task, [&](int, int64_t begin, int64_t end) {
    std::vector<float> weight(static_cast<size_t>(w.in));
    for (int64_t o = begin; o < end; ++o) {
      stored.weight.read(weight, o);
      const double bias = stored.bias.empty() ? 0 : stored.bias[size_t(o)];
      for (int64_t r = 0; r < x.dim[0]; ++r) {
        const double y = dot(x[r].data, weight.data(), w.in) + bias;
        switch (epilogue) {
          case Epilogue::store: out[r][o] = float(y); break;
          case Epilogue::add: out[r][o] = float(out[r][o] + y); break;
          case Epilogue::gelu: out[r][o] = float(gelu(y)); break;
        }
      }
    }
  });
}

void ReferenceOps::do_linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const {
  const auto& stored = static_cast<const StoredGated&>(*w.packed);
  pool_.each(w.out, rows_per_task, [&](int, int64_t begin, int64_t end) {
    std::vector<float> gate(static_cast<size_t>(w.in)), up(static_cast<size_t>(w.in));
    for (int64_t o = begin; o < end; ++o) {
      stored.gate.read(gate, o), stored.up.read(up, o);
      for (int64_t r = 0; r < x.dim[0]; ++r)
        out[r][o] = float(silu(dot(x[r].data, gate.data(), w.in)) * dot(x[r].data, up.data(), w.in));
    }
  });
}

}  // namespace bifrons
