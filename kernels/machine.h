// kernels/machine.h - what this machine can do at best, measured: the denominators of every "share of the peak".
#pragma once

#include <string>

#include "kernels/core/buffer.h"
#include "kernels/core/threads.h"

namespace bifrons {

struct Machine {
  std::string cpu;  // the processor's own name
  std::string isa;  // the instruction set measured; "none" when the cpu backend cannot run
  int threads = 0;
  double read_gb_s = 0;     // 10^9 bytes: all threads reading a buffer several times the last cache
  double f32_gflop_s = 0;   // fused multiply-adds in registers, counted as two
  double bf16_gflop_s = 0;  // the same of bf16 pairs; without such an instruction, f32's
  double int8_gop_s = 0;    // the same of bytes, or of 16-bit pairs where there are no byte products

  // The higher rate of each. Other programs take from a shared machine, so its bandwidth differs from second to second: what is
  // judged by its rates is best measured between two of them.
  void raise_to(const Machine& other);
};

// Measures again and again with the same threads and buffer.
class MachineMeter {
 public:
  explicit MachineMeter(int threads);  // 0: one per usable core. Takes about half a second
  Machine measure() const;             // about a tenth

 private:
  ThreadPool pool_;
  int64_t part_;  // bytes each thread reads
  Buffer buffer_;
};

}  // namespace bifrons
