// kernels/machine.cpp - measures this machine with the loops of kernels/cpu/probes.cpp: the best of several short runs, since
// whatever else is running can only make a run slower.
#include "kernels/machine.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <vector>

#include <time.h>
#include <unistd.h>

#include "kernels/cpu/packing.h"
#include "kernels/cpu/probes.h"
#include "kernels/ops.h"

namespace bifrons {
namespace {

constexpr int runs = 7;
constexpr int64_t products = 400'000;           // loops of a run: 2 to 4 ms
constexpr int64_t bytes_per_thread = 64 << 20;  // at least, of the reading run

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name") && line.find(": ") != std::string::npos) return line.substr(line.find(": ") + 2);
  return "unknown";
}

// Of one thread the time it had a core, so that other programs do not count; of several the clock on the wall.
double seconds(const ThreadPool& pool) {
  timespec t{};
  clock_gettime(pool.size() == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

// Work per second of all threads together, the best run of several; each thread calls part(worker) once per run.
template <class Part>
double best_rate(const ThreadPool& pool, double work_per_run, const Part& part) {
  double best = 0;
  for (int i = 0; i < runs; ++i) {
    const double begin = seconds(pool);
    pool.run(part);
    best = std::max(best, work_per_run / (seconds(pool) - begin));
  }
  return best;
}

int64_t bytes_each(int threads) {
  const int64_t last_cache = std::max(int64_t(0), int64_t(sysconf(_SC_LEVEL3_CACHE_SIZE)));
  return std::max(bytes_per_thread, std::min(int64_t(1) << 30, 4 * last_cache / threads)) / 4096 * 4096;
}

}  // namespace

void Machine::raise_to(const Machine& other) {
  read_gb_s = std::max(read_gb_s, other.read_gb_s);
  f32_gflop_s = std::max(f32_gflop_s, other.f32_gflop_s);
  bf16_gflop_s = std::max(bf16_gflop_s, other.bf16_gflop_s);
  int8_gop_s = std::max(int8_gop_s, other.int8_gop_s);
}

MachineMeter::MachineMeter(int threads)
    : pool_(threads), part_(bytes_each(pool_.size())), buffer_(Memory::host, size_t(part_ * pool_.size())) {
  prefer_huge_pages(buffer_);
  pool_.run([&](int worker) { std::memset(buffer_.data() + worker * part_, worker + 1, size_t(part_)); });
}

Machine MachineMeter::measure() const {
  Machine m;
  m.cpu = processor_name(), m.threads = pool_.size(), m.isa = "none";
  if (usable_isas().empty()) return m;
  const Isa isa = usable_isas().back();
  m.isa = name_of(isa);
  const ProbeKernels& kernels = probes(isa);
  std::vector<double> sinks(size_t(m.threads) * 8);  // a cache line each: results are kept so that loops are not dropped

  const auto rate = [&](double (*loop)(int64_t), int64_t operations_per_loop) {
    return best_rate(pool_, double(products) * double(operations_per_loop) * m.threads,
                     [&](int worker) { sinks[size_t(worker) * 8] += loop(products); }) *
           1e-9;
  };
  m.f32_gflop_s = rate(kernels.f32, kernels.f32_operations);
  m.bf16_gflop_s = rate(kernels.bf16, kernels.bf16_operations);
  m.int8_gop_s = rate(kernels.int8, kernels.int8_operations);
  m.read_gb_s =
      best_rate(pool_, double(part_) * m.threads,
                [&](int worker) { sinks[size_t(worker) * 8] += kernels.read(buffer_.data() + worker * part_, part_); }) *
      1e-9;
  return m;
}

BIFRONS_PICK_ISA(ProbeKernels, probes)

}  // namespace bifrons
