// kernels/reference/rows.cpp - moving and adding whole rows.
#include <algorithm>

#include "kernels/reference/reference_ops.h"

namespace bifrons {
namespace {

void copy_row(View<float, 1> to, View<const float, 1> from) { std::copy_n(from.data, from.dim[0], to.data); }

}  // namespace

void ReferenceOps::do_embed(View<float, 2> out, const EmbeddingTable& table, View<const int32_t, 1> ids) const {
  const auto& stored = static_cast<const StoredTable&>(*table.packed);
  for (int64_t r = 0; r < out.dim[0]; ++r) stored.rows.read({out[r].data, size_t(out.dim[1])}, ids[r]);
}

void ReferenceOps::do_gather_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const {
  for (int64_t r = 0; r < out.dim[0]; ++r) copy_row(out[r], x[rows[r]]);
}

void ReferenceOps::do_scatter_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const {
  for (int64_t r = 0; r < x.dim[0]; ++r) copy_row(out[rows[r]], x[r]);
}

void ReferenceOps::do_add_rows(View<float, 2> x, View<const float, 2> y) const {
  for (int64_t r = 0; r < x.dim[0]; ++r)
    for (int64_t c = 0; c < x.dim[1]; ++c) x[r][c] += y[r % y.dim[0]][c];
}

}  // namespace bifrons
