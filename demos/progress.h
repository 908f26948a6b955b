// demos/progress.h - a progress bar with rate and time left, on stderr, and only where that is a terminal.
#pragma once

#include <cstdint>
#include <string>

#include "demos/common.h"

namespace bifrons {

class Progress {
 public:
  // "drawing  [#####.....]  288/576 tokens  96.1/s  3 s left"
  Progress(const Common& common, std::string what, std::string unit, int64_t total);
  ~Progress();  // wipes the line
  void at(int64_t done);

 private:
  void wipe();

  std::string what_, unit_;
  int64_t total_, first_ = -1;
  double began_, drawn_ = 0;
  bool shown_;
};

}  // namespace bifrons
