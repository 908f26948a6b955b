// kernels/weights/stored_tensor.h - what every container's parser yields: one tensor and where its bytes lie. And the checks and
// words that the parsers share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/dtype.h"

namespace bifrons {

struct StoredTensor {
  std::string name;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;      // in elements, at least 0; empty when the elements lie packed, row-major
  std::span<const std::byte> bytes;  // from its first element to the end of its last

  bool packed() const { return strides.empty(); }
};

constexpr size_t most_dimensions = 8;  // published models use four

// Elements of a shape from a file: nothing when a dimension is negative, there are too many, or the bytes would not fit 62 bits
// (zeros count as ones here, so that every later product of these dimensions fits too).
std::optional<int64_t> count_elements(std::span<const int64_t> shape, size_t bytes_per_element);

// A name from a file as it may be printed: control characters and invalid UTF-8 replaced by '?', cut after 120 bytes.
std::string printable(std::string_view text);

bool well_formed_utf8(std::string_view text);

}  // namespace bifrons
