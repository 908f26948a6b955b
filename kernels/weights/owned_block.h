// kernels/weights/owned_block.h - memory for tensors that do not lie ready in a file: random ones, and those whose strides must
// be straightened. Address space is kept until the end, pages go back to the system as soon as a tensor is packed.
#pragma once

#include <cstddef>
#include <span>

#include "kernels/core/tensor.h"

namespace bifrons {

class OwnedBlock {
 public:
  explicit OwnedBlock(size_t bytes);  // zeros; throws Error (Fault::limit) when memory is short
  ~OwnedBlock();
  OwnedBlock(OwnedBlock&& other) noexcept;
  OwnedBlock& operator=(OwnedBlock&&) = delete;

  std::span<std::byte> bytes() const { return {data_, size_}; }

  // For ConstTensor::forget of a tensor that fills a block: its memory is given back and must not be read again.
  static void forget(const ConstTensor& tensor);

 private:
  std::byte* data_;
  size_t size_;
};

}  // namespace bifrons
