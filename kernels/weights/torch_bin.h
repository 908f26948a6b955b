// kernels/weights/torch_bin.h - reads a PyTorch checkpoint (pytorch_model.bin): a zip archive of stored entries that holds one
// pickle and the raw bytes of every storage. Nothing in it is ever executed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/weights/stored_tensor.h"

namespace bifrons {

// The tensors of a whole file, in the order of the pickle. Several may share bytes; those that are not
// packed carry their strides. `where` names the file in messages. Throws Error (Fault::unreadable).
std::vector<StoredTensor> parse_torch_bin(std::span<const std::byte> file, const std::string& where);

}  // namespace bifrons
