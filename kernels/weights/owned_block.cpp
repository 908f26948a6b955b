// kernels/weights/owned_block.cpp - anonymous mappings.
#include "kernels/weights/owned_block.h"

#include <algorithm>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include "kernels/core/error.h"

namespace bifrons {

OwnedBlock::OwnedBlock(size_t bytes) : size_(bytes) {
  void* mapped = ::mmap(nullptr, std::max(bytes, size_t(1)), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED)
    fail(Fault::limit, "out of memory: ", bytes, " bytes were asked for one tensor; close other programs");
  data_ = static_cast<std::byte*>(mapped);
#ifdef MADV_HUGEPAGE
  ::madvise(data_, size_, MADV_HUGEPAGE);  // a hundred times fewer page faults while it is filled
#endif
}

OwnedBlock::~OwnedBlock() {
  if (data_ != nullptr) ::munmap(data_, std::max(size_, size_t(1)));
}

OwnedBlock::OwnedBlock(OwnedBlock&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

void OwnedBlock::forget(const ConstTensor& tensor) {
  if (tensor.bytes() > 0) ::madvise(const_cast<std::byte*>(tensor.data), tensor.bytes(), MADV_DONTNEED);
}

}  // namespace bifrons
