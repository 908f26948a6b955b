// kernels/core/buffer.cpp - allocation of host memory. The CUDA place is added by kernels/cuda.
#include "kernels/core/buffer.h"

#include <new>

#include "kernels/core/error.h"

namespace bifrons {
namespace {
constexpr std::align_val_t alignment{64};  // one cache line, one 512-bit vector
}

Buffer::Buffer(Memory place, size_t bytes) : size_(bytes) {
  if (place != Memory::host) fail(Fault::lacking, "this build has no CUDA memory: ask for the cpu backend");
  auto* p = static_cast<std::byte*>(::operator new(bytes == 0 ? 1 : bytes, alignment, std::nothrow));
  if (p == nullptr)
    fail(Fault::limit, "out of memory: ", bytes, " bytes were asked for; use a smaller --dtype or close other programs");
  bytes_ = {p, Free{place}};
}

void Buffer::Free::operator()(std::byte* p) const noexcept { ::operator delete(p, alignment); }

}  // namespace bifrons
