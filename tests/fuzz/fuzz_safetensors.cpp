// tests/fuzz/fuzz_safetensors.cpp - any bytes give tensors that lie inside the file, or an Error.
#include <cstdint>
#include <cstdlib>

#include "kernels/core/error.h"
#include "kernels/weights/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  try {
    size_t covered = 0;
    for (const StoredTensor& t : parse_safetensors(file, "fuzz")) {
      size_t count = 1;
      for (int64_t d : t.shape) count *= size_t(d);
      if (t.bytes.size() != count * size_of(t.dtype) || t.bytes.data() < file.data() || t.bytes.size() > size) std::abort();
      for (std::byte b : t.bytes) covered += b != std::byte(0);  // reads them all
    }
    if (covered > size) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
