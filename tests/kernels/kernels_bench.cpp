// tests/kernels/kernels_bench.cpp - how near the matrix products and convolutions come to what this machine can do, at the
// shapes of Janus-Pro-1B (specs: janus.md 8.2, 9.5) with random weights. Every case checks a few results against sums in f64
// before it is timed. `share` is of the measured peak of its kind: read bandwidth for few rows, products for many.
//   bifrons_bench_kernels [--threads=N] [--isa=NAME] [Google Benchmark's own options]
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "kernels/core/random.h"
#include "kernels/machine.h"
#include "kernels/ops.h"

namespace bifrons {
namespace {

struct Settings {
  std::unique_ptr<Ops> ops;
  Machine machine;
};
Settings settings;

constexpr int64_t most_weights = int64_t(102400) * 2048;

// One pool of random bf16 numbers around +-0.02 serves as every weight.
const std::vector<bf16>& random_weights() {
  static const std::vector<bf16> values = [] {
    std::vector<bf16> all(most_weights);
    uint32_t state = 1;
    for (bf16& v : all) state = state * 1664525u + 1013904223u, v = bf16(float(int32_t(state)) * 0x1p-31f * 0.02f);
    return all;
  }();
  return values;
}

ConstTensor weight(std::vector<int64_t> shape, int64_t skip = 0) {
  ConstTensor t;
  t.data = reinterpret_cast<const std::byte*>(random_weights().data() + skip);
  t.dtype = DType::bf16, t.shape = std::move(shape), t.name = "w";
  return t;
}

Tensor<float, 2> random_rows(int64_t rows, int64_t channels) {
  auto t = settings.ops->tensor<float, 2>({rows, channels});
  for (int64_t i = 0; i < rows * channels; ++i)
    t.view().data[i] = uniform(1, 0, uint32_t(i >> 20), uint32_t(i & 0xfffff)) * 2 - 1;
  return t;
}

// Empty when a few results are within a rounded format's reach of their sums in f64.
std::string wrong_results(View<const float, 2> out, View<const float, 2> x, const ConstTensor& w) {
  const int64_t in = x.dim[1];
  for (int64_t sample = 0; sample < 16; ++sample) {
    const int64_t r = sample * 7919 % out.dim[0], o = sample * 104729 % out.dim[1];
    double sum = 0, magnitude = 0;
    for (int64_t k = 0; k < in; ++k) {
      const double product = double(float(w.view<bf16, 2>()[o][k])) * x[r][k];
      sum += product, magnitude += product * product;
    }
    if (!(std::fabs(out[r][o] - sum) < 0.5 * std::sqrt(magnitude)))  // rounding errors of q4 are about 0.1 of it
      return std::string("output [") + std::to_string(r) + ", " + std::to_string(o) + "] is " + std::to_string(out[r][o]) +
             ", expected " + std::to_string(sum);
  }
  return "";
}

void report(benchmark::State& state, double bytes, double operations, bool memory_bound) {
  const double rounds = double(state.iterations());
  const auto rate = [&](double work) { return benchmark::Counter(work * rounds * 1e-9, benchmark::Counter::kIsRate); };
  state.counters["GB/s"] = rate(bytes), state.counters["GFLOP/s"] = rate(operations);
  state.counters["share"] =
      memory_bound ? rate(bytes / settings.machine.read_gb_s) : rate(operations / settings.machine.bf16_gflop_s);
}

void linear(benchmark::State& state, int64_t rows, int64_t out, int64_t in, Format format) {
  const Ops& ops = *settings.ops;
  // Several copies, so that weights come from memory and not from the last cache: the model reads each once per step.
  const int64_t copies =
      rows > 16 ? 1 : std::max<int64_t>(1, (int64_t(192) << 20) / int64_t(double(out * in) * bytes_per_weight(format)));
  std::vector<Linear> weights;
  for (int64_t i = 0; i < copies; ++i) weights.push_back(ops.pack(weight({out, in}), nullptr, format));
  const auto x = random_rows(rows, in), y = random_rows(rows, out);
  ops.linear(y, x, weights[0]);
  if (const std::string wrong = wrong_results(y, x, weight({out, in})); !wrong.empty()) return state.SkipWithError(wrong.c_str());
  size_t next = 0;
  for (auto _ : state) ops.linear(y, x, weights[next++ % weights.size()]);
  report(state, double(weights[0].bytes), 2.0 * double(rows * out * in), rows <= 16);
}

// The products of a step of the language model: `layers` of its 24 (each with weights of its own), guided pair or prefill.
void step(benchmark::State& state, int64_t rows, Format format) {
  constexpr int64_t width = 2048, inner = 5632;
  const int64_t layers = rows > 16 ? 2 : 6;
  const Ops& ops = *settings.ops;
  struct Layer {
    Linear qkv, out, down;
    GatedLinear gated;
  };
  std::vector<Layer> stack;
  double bytes = 0, products = 0;
  for (int64_t i = 0; i < layers; ++i) {
    stack.push_back({ops.pack(weight({3 * width, width}), nullptr, format), ops.pack(weight({width, width}), nullptr, format),
                     ops.pack(weight({width, inner}), nullptr, format),
                     ops.pack_gated(weight({inner, width}), weight({inner, width}, 1 << 20), format)});
    const Layer& l = stack.back();
    bytes += double(l.qkv.bytes + l.out.bytes + l.down.bytes + l.gated.bytes);
    products += double(4 * width * width + 3 * width * inner);
  }
  const auto x = random_rows(rows, width), qkv = random_rows(rows, 3 * width), hidden = random_rows(rows, inner),
             y = random_rows(rows, width);
  for (auto _ : state)
    for (const Layer& l : stack) {
      ops.linear(qkv, x, l.qkv), ops.linear_add(y, x, l.out);
      ops.linear_gated(hidden, x, l.gated), ops.linear_add(y, hidden, l.down);
    }
  report(state, bytes, 2 * double(rows) * products, rows <= 16);
}

void conv(benchmark::State& state, int64_t in, int64_t out, int64_t kernel, int64_t size, Ops::ConvKind kind, Format format) {
  const Ops& ops = *settings.ops;
  const bool up = kind == Ops::ConvKind::upsample;
  const int64_t out_size = up ? size * 2 : kind == Ops::ConvKind::downsample ? size / 2 : size;
  const Conv w = ops.pack_conv(weight({out, in, kernel, kernel}), weight({out}), format, up);
  const auto x = ops.make_map(1, in, size, size, MapUse::operand, format),
             y = ops.make_map(1, out, out_size, out_size, MapUse::stream, format);
  ops.rows_to_map(*x, random_rows(size * size, in));
  ops.conv(*y, *x, w, kind);  // the first one meets memory that was never touched
  for (auto _ : state) ops.conv(*y, *x, w, kind);
  const double products = double(out_size * out_size * out * in * kernel * kernel);
  report(state, double(w.bytes), 2 * products * (up ? 4.0 / 9 : 1), false);  // products done, not nominal
  if (format == Format::f32) state.counters["share"].value *= settings.machine.bf16_gflop_s / settings.machine.f32_gflop_s;
}

void register_all() {
  const auto add = [](const std::string& name, auto&& run) {
    auto* made = benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond);
    if (settings.machine.threads > 1) made->UseRealTime();  // of one thread its own time, whatever else is running
  };
  const auto shape = [](int64_t rows, int64_t out, int64_t in) {
    return std::to_string(rows) + "x" + std::to_string(out) + "x" + std::to_string(in);
  };
  for (const Format format : {Format::bf16, Format::q8, Format::q4, Format::f32}) {
    const std::string tail = "/" + std::string(name_of(format));
    add("pair_step" + tail, [=](benchmark::State& s) { step(s, 2, format); });
    add("prefill_631" + tail, [=](benchmark::State& s) { step(s, 631, format); });
    for (const auto& [rows, out, in] : std::vector<std::array<int64_t, 3>>{{1, 6144, 2048},
                                                                           {2, 6144, 2048},
                                                                           {2, 2048, 5632},
                                                                           {8, 6144, 2048},
                                                                           {16, 6144, 2048},
                                                                           {1, 102400, 2048},
                                                                           {2, 16384, 2048},
                                                                           {576, 3072, 1024},
                                                                           {576, 1024, 1024},
                                                                           {576, 4096, 1024},
                                                                           {576, 1024, 4096},
                                                                           {576, 2048, 2048}})
      add("linear/" + shape(rows, out, in) + tail,
          [=, r = rows, o = out, i = in](benchmark::State& s) { linear(s, r, o, i, format); });
  }
  using Kind = Ops::ConvKind;
  for (const Format format : {Format::bf16, Format::f32}) {
    const std::string tail = "/" + std::string(name_of(format));
    const auto add_conv = [&](const char* kind_name, int64_t in, int64_t out, int64_t kernel, int64_t size, Kind kind) {
      add("conv/" + std::string(kind_name) + "/" + std::to_string(in) + "to" + std::to_string(out) + "k" +
              std::to_string(kernel) + "at" + std::to_string(size) + tail,
          [=](benchmark::State& s) { conv(s, in, out, kernel, size, kind, format); });
    };
    for (const auto& [channels, size] : {std::pair<int64_t, int64_t>{512, 24}, {256, 48}, {256, 96}, {128, 192}, {128, 384}})
      add_conv("same", channels, channels, 3, size, Kind::same);
    for (const auto& [channels, size] : {std::pair<int64_t, int64_t>{512, 24}, {256, 48}, {256, 96}, {128, 192}})
      add_conv("upsample", channels, channels, 3, size, Kind::upsample);
    add_conv("same", 512, 256, 1, 48, Kind::same), add_conv("same", 128, 3, 3, 384, Kind::same);
    add_conv("same", 3, 128, 3, 384, Kind::same), add_conv("downsample", 128, 128, 3, 384, Kind::downsample);
  }
}

}  // namespace

int run_benchmarks(int argc, char** argv) {
  OpsOptions options;
  std::vector<char*> others;
  for (int i = 0; i < argc; ++i) {
    if (std::strncmp(argv[i], "--threads=", 10) == 0) {
      options.threads = std::atoi(argv[i] + 10);
    } else if (std::strncmp(argv[i], "--isa=", 6) == 0) {
      for (const Isa isa : usable_isas())
        if (name_of(isa) == argv[i] + 6) options.isa = isa;
    } else {
      others.push_back(argv[i]);
    }
  }
  int count = int(others.size());
  benchmark::Initialize(&count, others.data());
  if (benchmark::ReportUnrecognizedArguments(count, others.data())) return 2;
  settings.ops = make_ops(Backend::cpu, options);
  settings.machine = MachineMeter(options.threads).measure();
  const Machine& m = settings.machine;
  benchmark::AddCustomContext("backend", settings.ops->description());
  benchmark::AddCustomContext("machine", m.cpu + ", read " + std::to_string(m.read_gb_s) + " GB/s, f32 " +
                                             std::to_string(m.f32_gflop_s) + ", bf16 " + std::to_string(m.bf16_gflop_s) +
                                             " GFLOP/s, int8 " + std::to_string(m.int8_gop_s) + " GOP/s");
  register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace bifrons

int main(int argc, char** argv) { return bifrons::run_benchmarks(argc, argv); }
