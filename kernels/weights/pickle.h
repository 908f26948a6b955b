// kernels/weights/pickle.h - reads the pickled dictionary of tensors inside a PyTorch checkpoint with a small stack machine.
// Pickle is a language that can call anything; this machine knows the few instructions and six-odd names that such a dictionary
// needs, runs nothing, and refuses everything else. Source: CPython's Lib/pickletools.py for the instructions, torch._utils for
// the names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/core/dtype.h"

namespace bifrons {

constexpr size_t longest_pickle = size_t(64) << 20;  // Janus-Pro-1B's has 882 tensors in about 100 kB

// A tensor as the pickle describes it: a strided window on a storage, which is an entry of the archive.
struct PickledTensor {
  std::string name;
  std::string storage;  // key of the storage: its entry is data/<key>
  DType dtype = DType::f32;
  int64_t storage_elements = 0;
  int64_t offset = 0;  // in elements, within the storage
  std::vector<int64_t> shape, strides;
};

// The dictionary's tensors in their order. Offsets, shapes and strides are proven to stay inside storage_elements; whether the
// archive has those bytes is the caller's to check. Throws Error (Fault::unreadable).
std::vector<PickledTensor> read_pickled_tensors(std::span<const std::byte> pickle, const std::string& where);

}  // namespace bifrons
