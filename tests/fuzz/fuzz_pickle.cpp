// tests/fuzz/fuzz_pickle.cpp - any bytes give tensors that stay inside the storages they name, or an Error; nothing runs.
#include <cstdint>
#include <cstdlib>

#include "kernels/core/error.h"
#include "kernels/weights/pickle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  try {
    for (const PickledTensor& t : read_pickled_tensors(std::as_bytes(std::span(data, size)), "fuzz")) {
      __int128 count = 1, last = t.offset;
      for (size_t d = 0; d < t.shape.size(); ++d) count *= t.shape[d], last += __int128(t.shape[d] - 1) * t.strides[d];
      if (t.offset < 0 || t.shape.size() != t.strides.size() || (count > 0 && last >= t.storage_elements)) std::abort();
    }
  } catch (const Error&) {
  }
  return 0;
}
