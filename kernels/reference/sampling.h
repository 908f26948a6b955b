// kernels/reference/sampling.h - the parts of sampling that every host backend must compute in the same precision, so that
// the same logits give the same ids: f32 up to the division by the temperature, f64 from there.
#pragma once

#include <cmath>

#include "kernels/core/random.h"
#include "kernels/ops.h"

namespace bifrons {

inline float guided(float cond, float uncond, float guidance) { return uncond + guidance * (cond - uncond); }
inline float penalised(float l, float penalty) { return l > 0 ? l / penalty : l * penalty; }
inline double gumbel(float uniform_number) { return -std::log(-std::log(double(uniform_number))); }
inline double gumbel(const Sample& s, int64_t index) { return gumbel(uniform(s.seed, s.stream, s.position, uint32_t(index))); }

// The order of classes: larger first, the lower class first on ties.
struct Ranked {
  float l;
  int32_t index;
  bool operator<(const Ranked& other) const { return l != other.l ? l > other.l : index < other.index; }
};

[[noreturn]] void fail_nan_logits(int64_t sample, int64_t index);

}  // namespace bifrons
