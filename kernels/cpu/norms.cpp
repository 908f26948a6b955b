// kernels/cpu/norms.cpp - norms and moves of rows, shared out over the threads when there is enough to share.
#include <cstring>
#include <functional>

#include "kernels/cpu/cpu_ops.h"
#include "kernels/cpu/norms_kernels.h"

namespace bifrons {
namespace {

// Rows per task: waking a thread costs as much as a few thousand numbers, so a decode step's rows stay with the caller.
int64_t grain(int64_t channels) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, channels)); }

template <class Row>
void for_rows(const ThreadPool& pool, int64_t rows, int64_t channels, const Row& row) {
  const auto task = [&](int, int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) row(r);
  };
  pool.each(rows, grain(channels), std::ref(task));
}

void copy_row(const View<float, 1>& to, const View<const float, 1>& from) {
  std::memcpy(to.data, from.data, size_t(to.dim[0]) * sizeof(float));
}

}  // namespace

void CpuOps::do_rms_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, float eps) const {
  const NormKernels& kernels = norm_kernels(isa_);
  for_rows(pool_, x.dim[0], x.dim[1], [&](int64_t r) { kernels.rms_norm(out[r].data, x[r].data, gain.data, x.dim[1], eps); });
}

void CpuOps::do_layer_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, View<const float, 1> bias,
                           float eps) const {
  const NormKernels& kernels = norm_kernels(isa_);
  for_rows(pool_, x.dim[0], x.dim[1],
           [&](int64_t r) { kernels.layer_norm(out[r].data, x[r].data, gain.data, bias.data, x.dim[1], eps); });
}

void CpuOps::do_l2_normalize(View<float, 2> x, float eps) const {
  const NormKernels& kernels = norm_kernels(isa_);
  for_rows(pool_, x.dim[0], x.dim[1], [&](int64_t r) { kernels.l2_normalize(x[r].data, x.dim[1], eps); });
}

void CpuOps::do_add_rows(View<float, 2> x, View<const float, 2> y) const {
  const NormKernels& kernels = norm_kernels(isa_);
  for_rows(pool_, x.dim[0], x.dim[1], [&](int64_t r) { kernels.add(x[r].data, y[r % y.dim[0]].data, x.dim[1]); });
}

void CpuOps::do_gather_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const {
  for_rows(pool_, out.dim[0], out.dim[1], [&](int64_t r) { copy_row(out[r], x[rows[r]]); });
}

void CpuOps::do_scatter_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const {
  for_rows(pool_, x.dim[0], x.dim[1], [&](int64_t r) { copy_row(out[rows[r]], x[r]); });
}

BIFRONS_PICK_ISA(NormKernels, norm_kernels)

}  // namespace bifrons
