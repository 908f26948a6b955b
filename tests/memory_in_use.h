// tests/memory_in_use.h - memory that this process holds now, in KiB: for tests that it does not grow. Under the address
// sanitizer, which keeps freed memory back for a while, what is allocated; else what is resident.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#if defined(__SANITIZE_ADDRESS__)
#define BIFRONS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BIFRONS_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef BIFRONS_ADDRESS_SANITIZER
#include <sanitizer/allocator_interface.h>
#endif

namespace bifrons::test {

inline int64_t memory_in_use_kib() {
#ifdef BIFRONS_ADDRESS_SANITIZER
  return int64_t(__sanitizer_get_current_allocated_bytes()) / 1024;
#else
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::atoll(line.c_str() + 6);
  return 0;
#endif
}

}  // namespace bifrons::test
