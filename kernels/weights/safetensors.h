// kernels/weights/safetensors.h - reads a safetensors file: eight bytes of header length, a JSON header, then raw data.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/weights/stored_tensor.h"

namespace bifrons {

// The tensors of a whole safetensors file in the order of their data. `where` names the file in messages. As the format's own
// library does, demands that the data covers the rest of the file without gaps or overlaps. Throws Error (Fault::unreadable).
std::vector<StoredTensor> parse_safetensors(std::span<const std::byte> file, const std::string& where);

std::string_view safetensors_name(DType dtype);  // "BF16"

}  // namespace bifrons
