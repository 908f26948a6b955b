// tests/fuzz/fuzz_shard_index.cpp - any text gives plain file names, or an Error.
#include <cstdint>
#include <cstdlib>

#include "kernels/core/error.h"
#include "kernels/weights/shard_index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  try {
    for (const auto& [name, shard] : parse_shard_index({reinterpret_cast<const char*>(data), size}, "fuzz"))
      if (shard.empty() || shard == ".." || shard.find('/') != std::string::npos) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
