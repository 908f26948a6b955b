// kernels/core/buffer.h - owns bytes in one place. Movable, not copyable; everyone else holds Views.
#pragma once

#include <cstddef>
#include <memory>

namespace bifrons {

enum class Memory { host, cuda };

class Buffer {
 public:
  Buffer() = default;
  Buffer(Memory place, size_t bytes);  // 64-byte aligned, uninitialised; throws Error (Fault::limit) when memory is short

  std::byte* data() const { return bytes_.get(); }
  size_t size() const { return size_; }  // bytes
  Memory place() const { return bytes_.get_deleter().place; }

 private:
  struct Free {
    Memory place;
    Free() noexcept : place(Memory::host) {}  // written out: a default in place would be unknown inside Buffer still
    explicit Free(Memory where) noexcept : place(where) {}
    void operator()(std::byte* p) const noexcept;
  };
  std::unique_ptr<std::byte, Free> bytes_;  // no destructor to write, none to get wrong
  size_t size_ = 0;
};

}  // namespace bifrons
