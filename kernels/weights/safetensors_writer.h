// kernels/weights/safetensors_writer.h - writes named tensors as a safetensors file that the format's own library and ours read
// back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kernels/core/dtype.h"
#include "kernels/core/file.h"
#include "kernels/core/tensor.h"

namespace bifrons {

// What to write: a view on memory that must live until write_safetensors returns.
struct SafetensorsEntry {
  std::string name;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;  // packed, row-major

  SafetensorsEntry(std::string name, DType dtype, std::vector<int64_t> shape, std::span<const std::byte> bytes);
  template <class T>  // {"greedy", {12}, ids}
  SafetensorsEntry(std::string tensor_name, std::vector<int64_t> dims, std::span<const T> values)
      : SafetensorsEntry(std::move(tensor_name), dtype_of_type<T>::value, std::move(dims), std::as_bytes(values)) {}
  template <class T, int Rank>  // from a packed view
  SafetensorsEntry(std::string tensor_name, const View<T, Rank>& view)
      : SafetensorsEntry(std::move(tensor_name), dtype_of_type<std::remove_const_t<T>>::value, {view.dim.begin(), view.dim.end()},
                         view.packed() ? std::as_bytes(view.flat()) : std::span<const std::byte>()) {}
};

// Writes the whole file; the caller commits it. Tensors keep their order among those of the same element size, larger elements
// first, and data starts on a multiple of 8 bytes, so that readers may map them in place. Throws Error when bytes and shape
// disagree, a name occurs twice or is no UTF-8, or writing fails.
void write_safetensors(OutputFile& file, std::span<const SafetensorsEntry> entries,
                       const std::map<std::string, std::string>& metadata);

}  // namespace bifrons
