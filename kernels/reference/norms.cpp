// kernels/reference/norms.cpp - normalisation of rows.
#include <algorithm>
#include <cmath>

#include "kernels/reference/reference_ops.h"

namespace bifrons {

void ReferenceOps::do_rms_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, float eps) const {
  const int64_t channels = x.dim[1];
  for (int64_t r = 0; r < x.dim[0]; ++r) {
    double square = 0;
    for (int64_t c = 0; c < channels; ++c) square += double(x[r][c]) * x[r][c];
    const double factor = 1 / std::sqrt(square / double(channels) + eps);
    for (int64_t c = 0; c < channels; ++c) out[r][c] = float(gain[c] * (x[r][c] * factor));
  }
}

void ReferenceOps::do_layer_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, View<const float, 1> bias,
                                 float eps) const {
  const int64_t channels = x.dim[1];
  for (int64_t r = 0; r < x.dim[0]; ++r) {
    double sum = 0, square = 0;
    for (int64_t c = 0; c < channels; ++c) sum += x[r][c];
    const double mean = sum / double(channels);
    for (int64_t c = 0; c < channels; ++c) square += (x[r][c] - mean) * (x[r][c] - mean);
    const double factor = 1 / std::sqrt(square / double(channels) + eps);
    for (int64_t c = 0; c < channels; ++c) out[r][c] = float(gain[c] * ((x[r][c] - mean) * factor) + bias[c]);
  }
}

void ReferenceOps::do_l2_normalize(View<float, 2> x, float eps) const {
  for (int64_t r = 0; r < x.dim[0]; ++r) {
    double square = 0;
    for (int64_t c = 0; c < x.dim[1]; ++c) square += double(x[r][c]) * x[r][c];
    const double length = std::max(std::sqrt(square), double(eps));
    for (int64_t c = 0; c < x.dim[1]; ++c) x[r][c] = float(x[r][c] / length);
  }
}

}  // namespace bifrons
