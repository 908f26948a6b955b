// tests/peak_memory.h - the most memory that a process had resident: of this one since it was last asked to count anew, of
// another when it has ended.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bifrons::test {

inline void count_peak_anew() { std::ofstream("/proc/self/clear_refs") << 5; }  // proc(5); where it is refused: since the start
inline int64_t peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6);
  return 0;
}

struct Cost {
  int status = -1;       // as wait4 gives it
  int64_t peak_kib = 0;  // of the program, or of the largest one that it started
};
inline Cost cost_of(const std::vector<std::string>& command) {
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> argv;
    for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  Cost cost;
  rusage used{};
  if (child < 0 || wait4(child, &cost.status, 0, &used) != child) return {};
  cost.peak_kib = used.ru_maxrss;
  return cost;
}

}  // namespace bifrons::test
