// kernels/cpu/nearest_kernels.cpp - distances in f64, lanes are classes: each sum runs in the order of the reference, and the
// file is compiled without contraction, so that near ties fall the same way.
#include "kernels/cpu/nearest_kernels.h"

#include "kernels/cpu/vec.h"

namespace bifrons::BIFRONS_ISA {
namespace {

#if BIFRONS_ISA_LEVEL >= 1
using D = __m512d;
constexpr int d_lanes = 8;
inline D d_splat(double x) { return _mm512_set1_pd(x); }
inline D d_load(const double* p) { return _mm512_loadu_pd(p); }
inline void d_store(double* p, D x) { _mm512_storeu_pd(p, x); }
inline D square_of_difference(D a, D b) { return _mm512_mul_pd(_mm512_sub_pd(a, b), _mm512_sub_pd(a, b)); }
inline D d_add(D a, D b) { return _mm512_add_pd(a, b); }
inline void keep_less(D& least, D& index, D distance, D at) {
  const __mmask8 less = _mm512_cmp_pd_mask(distance, least, _CMP_LT_OQ);
  least = _mm512_mask_mov_pd(least, less, distance), index = _mm512_mask_mov_pd(index, less, at);
}
#else
using D = __m256d;
constexpr int d_lanes = 4;
inline D d_splat(double x) { return _mm256_set1_pd(x); }
inline D d_load(const double* p) { return _mm256_loadu_pd(p); }
inline void d_store(double* p, D x) { _mm256_storeu_pd(p, x); }
inline D square_of_difference(D a, D b) { return _mm256_mul_pd(_mm256_sub_pd(a, b), _mm256_sub_pd(a, b)); }
inline D d_add(D a, D b) { return _mm256_add_pd(a, b); }
inline void keep_less(D& least, D& index, D distance, D at) {
  const D less = _mm256_cmp_pd(distance, least, _CMP_LT_OQ);
  least = _mm256_blendv_pd(least, distance, less), index = _mm256_blendv_pd(index, at, less);
}
#endif
constexpr int parts = int(nearest_group) / d_lanes;

int32_t nearest(const float* z, const double* codes, int64_t channels, int64_t classes) {
  D least[parts], index[parts];  // of the classes of one lane; an index is exact in f64
  BIFRONS_UNROLL for (int i = 0; i < parts; ++i) least[i] = d_splat(__builtin_inf()), index[i] = d_splat(0);
  for (int64_t j = 0; j < classes; j += nearest_group) {
    D distance[parts];
    BIFRONS_UNROLL for (int i = 0; i < parts; ++i) distance[i] = d_splat(0);
    for (int64_t c = 0; c < channels; ++c) {
      const D value = d_splat(double(z[c]));
      BIFRONS_UNROLL for (int i = 0; i < parts; ++i) distance[i] =
          d_add(distance[i], square_of_difference(value, d_load(codes + c * classes + j + i * d_lanes)));
    }
    const D at = d_splat(double(j));  // of the group: the lane says which of it
    BIFRONS_UNROLL for (int i = 0; i < parts; ++i) keep_less(least[i], index[i], distance[i], at);
  }
  double best = __builtin_inf();
  int32_t found = 0;
  for (int i = 0; i < parts; ++i) {
    double distances[d_lanes], groups[d_lanes];
    d_store(distances, least[i]), d_store(groups, index[i]);
    for (int lane = 0; lane < d_lanes; ++lane) {
      const int32_t id = int32_t(groups[lane]) + i * d_lanes + lane;
      if (distances[lane] < best || (distances[lane] == best && id < found)) best = distances[lane], found = id;
    }
  }
  return best == __builtin_inf() ? 0 : found;
}

}  // namespace

const NearestKernels nearest_kernels{nearest};

}  // namespace bifrons::BIFRONS_ISA
