// kernels/weights/weights.h - the tensors of a checkpoint folder, whatever its container: model.safetensors, a sharded set
// with its index, pytorch_model.bin, a sharded .bin set. All mapped, nothing copied (but tensors whose
// strides must be straightened), every count bounded before it is used.
// Binding takes each tensor by name with its expected shape and refuses leftovers that the published code does not leave.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/core/tensor.h"

namespace bifrons {

class Weights {
 public:
  // Opens the weight files of `folder`. Precedence: model.safetensors.index.json, model.safetensors,
  // pytorch_model.bin.index.json, pytorch_model.bin. Throws Error (Fault::unreadable) naming folder, file, tensor, both values.
  explicit Weights(const std::filesystem::path& folder);
  // The same from files that are in memory already and stay there longer than the Weights: a model that is part of the program.
  // `folder` is only a name for messages.
  struct MemoryFile {
    std::string name;
    std::span<const std::byte> bytes;
  };
  Weights(const std::filesystem::path& folder, std::vector<MemoryFile> files);
  ~Weights();
  Weights(Weights&&) noexcept;

  // A model without files, for --shape benchmarks and tests: every take() returns seeded random numbers (bf16) of the asked
  // shape, made when taken and given back by the tensor's forget, so that a big model needs little more than its packed size. It
  // has() every name and a tensor starting with every prefix; shape() throws, since only a config can say it; nothing is ever
  // left over.
  static Weights random(uint64_t seed);

  bool has(std::string_view name) const;
  // Shape of a tensor without taking it (dimensions that no config states are read from here). Throws if absent.
  std::vector<int64_t> shape(std::string_view name) const;
  std::vector<std::string> names() const;  // sorted
  bool any_starting(std::string_view prefix) const;

  // The tensor, which must have this shape and a floating dtype; marked as taken. The view lives as long as the Weights. Its
  // forget() may be called once it is packed; taking it again brings it back.
  ConstTensor take(std::string_view name, std::span<const int64_t> expected_shape);
  ConstTensor take(std::string_view name, std::initializer_list<int64_t> expected_shape);
  // Several tensors may be one weight twice (tied embeddings): taking a name again is allowed.

  // Tensors that the published code is known not to use; `reason` says why (shown by inspect --verbose).
  void leave(std::string_view prefix, std::string_view reason);
  std::vector<std::pair<std::string, std::string>> left() const;  // {prefix, reason} of each leave that met a tensor
  // Throws an Error that names the tensors (first few and a count) starting with prefix that were neither taken nor left.
  void expect_none_left(std::string_view prefix = "") const;

  // For inspect: name, dtype, shape, file of every tensor, and the container's kind in words.
  struct Entry {
    std::string name;
    DType dtype;
    std::vector<int64_t> shape;
    std::filesystem::path file;
  };
  std::vector<Entry> entries() const;
  std::string container() const;  // "safetensors, 2 shards"

 private:
  struct State;
  explicit Weights(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace bifrons
