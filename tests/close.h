// tests/close.h - the one comparison of arrays: empty when |got - want| <= abs + rel * |want| everywhere, else where it is
// worst. NaN matches nothing. Its own test: tests/kernels/close_test.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <sstream>
#include <string>

namespace bifrons {

inline std::string too_far(std::span<const float> got, std::span<const float> want, double abs, double rel) {
  std::ostringstream why;
  if (got.size() != want.size()) why << got.size() << " elements, wanted " << want.size() << "; ";
  size_t worst = 0, bad = 0;
  double worst_excess = 0;
  for (size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    const double error = std::fabs(double(got[i]) - want[i]), allowed = abs + rel * std::fabs(double(want[i]));
    if (std::isfinite(want[i]) && error <= allowed) continue;  // this way round, NaN is caught
    const double excess = std::isnan(error) ? INFINITY : error - allowed;
    if (++bad == 1 || excess > worst_excess) worst = i, worst_excess = excess;
  }
  if (bad) why << bad << " too far; worst [" << worst << "]: " << got[worst] << ", wanted " << want[worst];
  return why.str();
}

// |got - want| / |want| over the whole array, infinity when sizes differ or anything is not finite: for rounded formats.
inline double relative_error(std::span<const float> got, std::span<const float> want) {
  if (got.size() != want.size()) return INFINITY;
  double difference = 0, norm = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    if (!std::isfinite(got[i]) || !std::isfinite(want[i])) return INFINITY;
    difference += (double(got[i]) - want[i]) * (double(got[i]) - want[i]), norm += double(want[i]) * want[i];
  }
  return norm == 0 ? (difference == 0 ? 0 : INFINITY) : std::sqrt(difference / norm);
}

}  // namespace bifrons
