// kernels/core/cores.cpp - how many cores this process may use: the affinity mask and the control groups' quota.
#include "kernels/core/cores.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>

#include "kernels/core/threads.h"

namespace bifrons {
namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

double ratio(const std::string& quota, const std::string& period) {  // "max" and -1 mean no limit
  char* end = nullptr;
  const double q = std::strtod(quota.c_str(), &end);
  if (end == quota.c_str() || q <= 0) return unlimited;
  const double p = std::strtod(period.c_str(), nullptr);
  return p > 0 ? q / p : unlimited;
}

double cores_of_group(const std::filesystem::path& folder, bool version2) {
  if (!version2) return ratio(first_line(folder / "cpu.cfs_quota_us"), first_line(folder / "cpu.cfs_period_us"));
  std::istringstream both(first_line(folder / "cpu.max"));
  std::string quota, period;
  both >> quota >> period;
  return ratio(quota, period);
}

// A group and all above it bind. Inside a container the named group may not be visible, only the mounted root is.
double cores_along(const std::filesystem::path& mount, std::string_view group, bool version2) {
  double least = cores_of_group(mount, version2);
  std::filesystem::path folder = mount;
  for (const auto& part : std::filesystem::path(group).relative_path()) {
    if (part == "..") break;
    folder /= part;
    least = std::min(least, cores_of_group(folder, version2));
  }
  return least;
}

int affinity_cores() {
  for (int cores = 1024; cores <= 1 << 20; cores *= 4) {  // the kernel refuses a mask shorter than its own
    cpu_set_t* mask = CPU_ALLOC(size_t(cores));
    if (mask == nullptr) break;
    const size_t bytes = CPU_ALLOC_SIZE(size_t(cores));
    const int count = sched_getaffinity(0, bytes, mask) == 0 ? CPU_COUNT_S(bytes, mask) : 0;
    CPU_FREE(mask);
    if (count > 0) return count;
  }
  return std::max(1, int(std::thread::hardware_concurrency()));
}

}  // namespace

double cgroup_cores(const std::filesystem::path& root, std::string_view membership) {
  double least = unlimited;
  std::istringstream lines{std::string(membership)};
  for (std::string line; std::getline(lines, line);) {  // "hierarchy:controllers:group"
    const size_t first = line.find(':'), second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string group = line.substr(second + 1);
    std::string controllers = ",";  // ",cpu,cpuacct,"
    controllers.append(line, first + 1, second - first - 1).append(",");
    if (controllers == ",,") {
      least = std::min({least, cores_along(root, group, true), cores_along(root / "unified", group, true)});
    } else if (controllers.find(",cpu,") != std::string::npos) {
      least = std::min(least, cores_along(root / "cpu", group, false));
    }
  }
  return least;
}

int usable_cores() {
  std::ifstream file("/proc/self/cgroup");
  std::ostringstream membership;
  membership << file.rdbuf();
  // Rounded down: a worker that the quota stops in the middle of an operation stops all others at its end.
  const double quota = std::max(1.0, cgroup_cores("/sys/fs/cgroup", membership.str()));
  const int cores = affinity_cores();
  return quota < cores ? int(quota) : cores;
}

}  // namespace bifrons
