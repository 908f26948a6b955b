// kernels/weights/shard_index.h - reads model.safetensors.index.json and pytorch_model.bin.index.json: which tensor is in which
// file.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace bifrons {

constexpr size_t longest_index = size_t(32) << 20;  // 92,000 tensors of DeepSeek-V3 take 9 MB
constexpr size_t most_shards = 4096;                // DeepSeek-V3 has 163

// Tensor name -> shard, a plain file name. `where` names the index in messages. Throws Error (Fault::unreadable).
std::map<std::string, std::string, std::less<>> parse_shard_index(std::string_view text, const std::string& where);

}  // namespace bifrons
