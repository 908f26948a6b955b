// kernels/core/cores.h - the limits a container puts on this process's cores; usable_cores (threads.h) joins them with the
// affinity mask. Its own header so that tests can hand it a folder of made-up control groups.
#pragma once

#include <filesystem>
#include <string_view>

namespace bifrons {

// Cores that the control groups of a process allow, infinity without a quota. `membership` is the text of
// /proc/self/cgroup, `root` the folder where control groups are mounted (/sys/fs/cgroup). Version 2 reads cpu.max of the
// group and every group above it, version 1 cpu.cfs_quota_us over cpu.cfs_period_us of the cpu controller.
double cgroup_cores(const std::filesystem::path& root, std::string_view membership);

}  // namespace bifrons
