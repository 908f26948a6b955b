// tests/fuzz/fuzz_torch_bin.cpp - any bytes give tensors that lie inside the file, or an Error.
#include <cstdint>
#include <cstdlib>

#include "kernels/core/error.h"
#include "kernels/weights/torch_bin.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  try {
    for (const StoredTensor& t : parse_torch_bin(file, "fuzz")) {
      size_t last = 0, count = 1;
      for (size_t d = 0; d < t.shape.size(); ++d) {
        count *= size_t(t.shape[d]);
        if (!t.packed() && count > 0) last += size_t(t.shape[d] - 1) * size_t(t.strides[d]);
      }
      if (t.packed() && count > 0) last = count - 1;
      if (count == 0) continue;
      if (t.bytes.size() != (last + 1) * size_of(t.dtype)) std::abort();
      if (t.bytes.data() < file.data() || t.bytes.data() + t.bytes.size() > file.data() + size) std::abort();
    }
  } catch (const Error&) {
  }
  return 0;
}
