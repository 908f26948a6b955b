// tests/kernels/random_data.h - what the operations' tests share: seeded numbers, the backends to be tried, rows that notice
// when someone writes beside them, and the comparison with the reference.
#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/core/random.h"
#include "kernels/ops.h"
#include "tests/close.h"

namespace bifrons {

// Normal numbers times `scale`; the same for the same seed, everywhere.
inline std::vector<float> random_floats(int64_t count, uint32_t seed, float scale = 1) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    const double a = uniform(seed, 1, 0, uint32_t(i)), b = uniform(seed, 2, 0, uint32_t(i));
    values[i] = float(scale * std::sqrt(-2 * std::log(a)) * std::cos(6.283185307179586 * b));
  }
  return values;
}

// A backend, for the cpu one with each instruction set that this machine has.
struct Target {
  Backend backend = Backend::reference;
  std::optional<Isa> isa;
};
inline std::string name_of(const Target& t) { return std::string(t.isa ? name_of(*t.isa) : name_of(t.backend)); }
inline void PrintTo(const Target& t, std::ostream* out) { *out << name_of(t); }

inline std::vector<Target> all_targets() {
  std::vector<Target> targets{{Backend::reference, {}}};
  for (const Isa isa : usable_isas()) targets.push_back({Backend::cpu, isa});
  return targets;
}
inline std::string target_name(const testing::TestParamInfo<Target>& info) { return name_of(info.param); }

inline const Ops& ops_of(const Target& t, int threads = 2) {
  static std::map<std::string, std::unique_ptr<Ops>> made;
  auto& ops = made[name_of(t) + std::to_string(threads)];
  if (!ops) ops = make_ops(t.backend, {.threads = threads, .isa = t.isa});
  return *ops;
}
inline const Ops& reference() { return ops_of({Backend::reference, {}}); }

inline ConstTensor tensor_of(const std::vector<float>& values, std::vector<int64_t> shape, std::string name = "w") {
  ConstTensor t;
  t.data = reinterpret_cast<const std::byte*>(values.data()), t.dtype = DType::f32;
  t.shape = std::move(shape), t.name = std::move(name);
  return t;
}

// Rows in Ops memory that lie `gap` apart and start `gap` into their buffer. Everything is NaN until set, so an element that
// an operation leaves out is caught by the comparison, and one it writes between rows by gaps_intact().
class Rows {
 public:
  Rows(const Ops& ops, int64_t rows, int64_t channels, int64_t gap = 0)
      : ops_(&ops), gap_(gap), buffer_(ops.tensor<float, 1>({(rows + 1) * (channels + gap)})) {
    view_ = View<float, 2>(buffer_.view().data + gap, {rows, channels}, {channels + gap, 1});
    const std::vector<float> poison(size_t(buffer_.dim(0)), std::numeric_limits<float>::quiet_NaN());
    ops.copy_in(buffer_.view().data, poison.data(), poison.size() * sizeof(float));
  }
  Rows(const Ops& ops, int64_t rows, int64_t channels, const std::vector<float>& values, int64_t gap = 0)
      : Rows(ops, rows, channels, gap) {
    for (int64_t r = 0; r < rows; ++r) ops.copy_in(view_[r].data, values.data() + r * channels, size_t(channels) * sizeof(float));
  }
  operator View<float, 2>() const { return view_; }
  operator View<const float, 2>() const { return view_; }
  const View<float, 2>& view() const { return view_; }

  std::vector<float> values() const {
    ops_->wait();
    std::vector<float> all;
    for (int64_t r = 0; r < view_.dim[0]; ++r) {
      all.resize(size_t((r + 1) * view_.dim[1]));
      ops_->copy_out(all.data() + r * view_.dim[1], view_[r].data, size_t(view_.dim[1]) * sizeof(float));
    }
    return all;
  }
  bool gaps_intact() const {
    std::vector<float> all(size_t(buffer_.dim(0)));
    ops_->copy_out(all.data(), buffer_.view().data, all.size() * sizeof(float));
    const int64_t pitch = view_.dim[1] + gap_;
    for (int64_t i = 0; i < int64_t(all.size()); ++i) {
      const bool inside = i < view_.dim[0] * pitch && i % pitch >= gap_;
      if (!inside && !std::isnan(all[size_t(i)])) return false;
    }
    return true;
  }

 private:
  const Ops* ops_;
  int64_t gap_;
  Tensor<float, 1> buffer_;
  View<float, 2> view_;
};

template <class T>
Tensor<T, 1> list_of(const Ops& ops, const std::vector<T>& values) {
  Tensor<T, 1> t = ops.tensor<T, 1>({int64_t(values.size())});
  ops.copy_in(t.view().data, values.data(), values.size() * sizeof(T));
  return t;
}

// "" when got is within `bar` of want in relative norm and no single element is off by much more than its share.
inline std::string differs(const std::vector<float>& got, const std::vector<float>& want, double bar) {
  const double error = relative_error(got, want);
  double square = 0;
  for (const float w : want) square += double(w) * w;
  const std::string worst = too_far(got, want, 10 * bar * std::sqrt(square / double(std::max<size_t>(1, want.size()))), 10 * bar);
  if (error <= bar && worst.empty()) return "";
  return "relative error " + std::to_string(error) + " (bar " + std::to_string(bar) + "); " + worst;
}

inline double bar_of(Format format) { return format == Format::f32 ? 1e-5 : 1e-2; }
constexpr Format all_formats[] = {Format::f32, Format::bf16, Format::q8, Format::q4};

// The sentence of the Error that `run` throws; "" when it throws none.
template <class Run>
std::string error_of(const Run& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace bifrons
