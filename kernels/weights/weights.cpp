// kernels/weights/weights.cpp - opens whichever container a folder holds and hands out its tensors by name.
#include "kernels/weights/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "kernels/weights/owned_block.h"
#include "kernels/weights/random_weights.h"
#include "kernels/weights/safetensors.h"
#include "kernels/weights/shard_index.h"
#include "kernels/weights/torch_bin.h"

namespace bifrons {
namespace {

enum class Kind { safetensors, torch_bin };

std::vector<StoredTensor> parse(Kind kind, std::span<const std::byte> file, const std::string& where) {
  return kind == Kind::safetensors ? parse_safetensors(file, where) : parse_torch_bin(file, where);
}

bool floating(DType dtype) {
  switch (dtype) {
    case DType::f64:
    case DType::f32:
    case DType::f16:
    case DType::bf16:
    case DType::f8_e4m3:
    case DType::f8_e5m2: return true;
    default: return false;
  }
}

void forget_mapped(const ConstTensor& tensor) { forget_pages({tensor.data, tensor.bytes()}); }

// Copies a strided tensor into packed memory, innermost dimension by innermost dimension.
void straighten(std::byte* to, const StoredTensor& from) {
  const size_t rank = from.shape.size(), unit = size_of(from.dtype);
  if (std::find(from.shape.begin(), from.shape.end(), 0) != from.shape.end()) return;
  std::vector<int64_t> at(rank, 0);
  const int64_t length = rank ? from.shape[rank - 1] : 1, step = rank ? from.strides[rank - 1] : 1;
  for (;;) {
    int64_t first = 0;
    for (size_t d = 0; d + 1 < rank; ++d) first += at[d] * from.strides[d];
    for (int64_t i = 0; i < length; ++i, to += unit) std::memcpy(to, from.bytes.data() + size_t(first + i * step) * unit, unit);
    size_t d = rank > 0 ? rank - 1 : 0;
    while (d > 0 && ++at[d - 1] == from.shape[d - 1]) at[--d] = 0;
    if (d == 0) return;
  }
}

struct NameHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};

}  // namespace

struct Weights::State {
  struct Held {
    StoredTensor tensor;
    size_t file = 0;
    bool taken = false, left = false;
  };
  std::filesystem::path folder;
  std::string container;
  struct File {
    std::filesystem::path path;
    std::span<const std::byte> bytes;
    std::optional<MappedFile> mapping;  // none: in memory already
  };
  std::vector<MemoryFile> memory;  // instead of a folder on disk
  bool in_memory = false;
  std::vector<File> files;
  std::vector<Held> tensors;  // sorted by name
  std::unordered_map<std::string, size_t, NameHash, std::equal_to<>> by_name;
  std::vector<std::pair<std::string, std::string>> left;
  std::vector<OwnedBlock> blocks;
  std::optional<uint64_t> seed;  // of a model without files

  const MemoryFile* find_memory(const std::string& name) const {
    const auto at = std::find_if(memory.begin(), memory.end(), [&](const MemoryFile& file) { return file.name == name; });
    return at == memory.end() ? nullptr : &*at;
  }
  bool has_file(const std::string& name) const {
    std::error_code ignored;
    return in_memory ? find_memory(name) != nullptr : std::filesystem::exists(folder / name, ignored);
  }
  std::string read_index(const std::string& name) const {
    std::error_code ignored;
    if (!in_memory && !std::filesystem::is_regular_file(folder / name, ignored))  // a named pipe would keep us waiting
      fail(Fault::unreadable, (folder / name).string(), ": is not a regular file and cannot be read");
    if (!in_memory) return read_file(folder / name, longest_index);
    const MemoryFile& file = *find_memory(name);
    return {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()};
  }
  void open_file(const std::string& name) {
    File& file = files.emplace_back();
    file.path = folder / name;
    if (in_memory)
      file.bytes = find_memory(name)->bytes;
    else
      file.bytes = file.mapping.emplace(file.path).bytes();
  }

  void add_file(Kind kind, const std::string& name) {
    const std::string where = (folder / name).string();
    open_file(name);
    for (StoredTensor& tensor : parse(kind, files.back().bytes, where)) {
      const auto [found, is_new] = by_name.emplace(tensor.name, tensors.size());
      if (!is_new)
        fail(Fault::unreadable, where, ": '", printable(tensor.name), "' is also in ",
             files[tensors[found->second].file].path.string(), ": which of them counts is unclear, fetch the checkpoint again");
      tensors.push_back({std::move(tensor), files.size() - 1});
    }
  }

  void add_sharded(Kind kind, const std::string& index_name) {
    const std::filesystem::path index = folder / index_name;
    const auto shard_of = parse_shard_index(read_index(index_name), index.string());
    std::map<std::string_view, size_t> shards;
    for (const auto& [name, shard] : shard_of) shards.emplace(shard, 0);
    for (auto& [shard, file] : shards) {
      if (!has_file(std::string(shard)))
        fail(Fault::unreadable, index.string(), ": names the file '", printable(shard),
             "', which is not in the folder: fetch it");
      file = files.size();
      add_file(kind, std::string(shard));
    }
    for (const auto& [name, shard] : shard_of) {
      const auto found = by_name.find(name);
      if (found == by_name.end() || tensors[found->second].file != shards[shard])
        fail(Fault::unreadable, index.string(), ": says that '", printable(name), "' is in '", printable(shard),
             "', but it is not: index and files are not of one checkpoint, fetch them again");
    }
  }

  void open() {
    static constexpr std::array<std::pair<const char*, Kind>, 2> single{
        {{"model.safetensors", Kind::safetensors}, {"pytorch_model.bin", Kind::torch_bin}}};
    std::error_code ignored;
    if (!in_memory && !std::filesystem::is_directory(folder, ignored))
      fail(Fault::unreadable, folder.string(), ": is no folder; give the folder that holds config.json and the weights");
    for (const auto& [name, kind] : single) {
      const std::string words = kind == Kind::safetensors ? "safetensors" : "PyTorch .bin";
      if (const std::string index = std::string(name) + ".index.json"; has_file(index)) {
        add_sharded(kind, index);
        container = words + ", " + std::to_string(files.size()) + (files.size() == 1 ? " shard" : " shards");
        return sort();
      }
      if (has_file(name)) {
        add_file(kind, name);
        container = words;
        return sort();
      }
    }
    fail(Fault::unreadable, folder.string(), ": holds no weights; looked for model.safetensors.index.json, model.safetensors, ",
         "pytorch_model.bin.index.json and pytorch_model.bin");
  }

  void sort() {
    std::sort(tensors.begin(), tensors.end(), [](const Held& a, const Held& b) { return a.tensor.name < b.tensor.name; });
    for (size_t i = 0; i < tensors.size(); ++i) by_name.find(tensors[i].tensor.name)->second = i;
  }

  // The tensors whose names start with `prefix`: [first, last) of the sorted list.
  std::pair<size_t, size_t> starting(std::string_view prefix) const {
    const auto first = std::lower_bound(tensors.begin(), tensors.end(), prefix,
                                        [](const Held& held, std::string_view p) { return held.tensor.name < p; });
    auto last = first;
    while (last != tensors.end() && last->tensor.name.starts_with(prefix)) ++last;
    return {size_t(first - tensors.begin()), size_t(last - tensors.begin())};
  }

  size_t find(std::string_view name) const {
    const auto found = by_name.find(name);
    if (found == by_name.end())
      fail(Fault::unreadable, folder.string(), ": has no tensor '", name, "' among its ", tensors.size(),
           ": is its config.json of another model, or a file missing?");
    return found->second;
  }

  ConstTensor random(std::string_view name, std::span<const int64_t> shape) {
    const std::optional<int64_t> count = count_elements(shape, sizeof(bf16));
    if (!count) fail(Fault::arguments, "a random tensor '", name, "' of shape ", shape_text(shape), " cannot be");
    const OwnedBlock& block = blocks.emplace_back(size_t(*count) * sizeof(bf16));
    fill_random({reinterpret_cast<bf16*>(block.bytes().data()), size_t(*count)}, *seed, name, shape);
    return {block.bytes().data(), DType::bf16, {shape.begin(), shape.end()}, std::string(name), OwnedBlock::forget};
  }
};

Weights::Weights(const std::filesystem::path& folder) : state_(std::make_unique<State>()) {
  state_->folder = folder;
  state_->open();
}
Weights::Weights(const std::filesystem::path& folder, std::vector<MemoryFile> files) : state_(std::make_unique<State>()) {
  state_->folder = folder;
  state_->memory = std::move(files);
  state_->in_memory = true;
  state_->open();
}
Weights::Weights(std::unique_ptr<State> state) : state_(std::move(state)) {}
Weights::~Weights() = default;
Weights::Weights(Weights&&) noexcept = default;

Weights Weights::random(uint64_t seed) {
  auto state = std::make_unique<State>();
  state->seed = seed;
  state->folder = "random weights";
  state->container = "random numbers, seed " + std::to_string(seed);
  return Weights(std::move(state));
}

bool Weights::has(std::string_view name) const { return state_->seed || state_->by_name.find(name) != state_->by_name.end(); }

std::vector<int64_t> Weights::shape(std::string_view name) const {
  if (state_->seed) fail(Fault::lacking, "random weights know no shape of '", name, "': the model's config must state it");
  return state_->tensors[state_->find(name)].tensor.shape;
}

std::vector<std::string> Weights::names() const {
  std::vector<std::string> names;
  for (const State::Held& held : state_->tensors) names.push_back(held.tensor.name);
  return names;
}

bool Weights::any_starting(std::string_view prefix) const {
  const auto [first, last] = state_->starting(prefix);
  return state_->seed || first != last;
}

ConstTensor Weights::take(std::string_view name, std::span<const int64_t> expected_shape) {
  State& s = *state_;
  if (s.seed) return s.random(name, expected_shape);
  State::Held& held = s.tensors[s.find(name)];
  const StoredTensor& stored = held.tensor;
  const std::string where = s.files[held.file].path.string();
  if (!std::equal(stored.shape.begin(), stored.shape.end(), expected_shape.begin(), expected_shape.end()))
    fail(Fault::unreadable, where, ": '", name, "' is ", shape_text(stored.shape), " but the model asks for ",
         shape_text(expected_shape), ": config.json and weights are not of one model");
  if (!floating(stored.dtype))
    fail(Fault::unreadable, where, ": '", name, "' holds ", name_of(stored.dtype), ", a weight must be a floating type");
  held.taken = true;
  // Only a file brings forgotten pages back: what lies in memory stays.
  const auto forget = s.in_memory ? nullptr : forget_mapped;
  ConstTensor tensor{stored.bytes.data(), stored.dtype, stored.shape, stored.name, forget};
  if (!stored.packed()) {
    const OwnedBlock& block = s.blocks.emplace_back(tensor.bytes());
    straighten(block.bytes().data(), stored);
    tensor.data = block.bytes().data(), tensor.forget = OwnedBlock::forget;
  }
  // Norms and biases: small, and one NaN among them can be lost where activations are quantised. Matrices show theirs in the
  // result.
  if (stored.shape.size() == 1) {
    std::vector<float> values(size_t(tensor.count()));
    to_f32(values, tensor);
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
      fail(Fault::unreadable, where, ": '", name,
           "' holds a value that is no finite number: the file is damaged, fetch it again");
  }
  return tensor;
}

ConstTensor Weights::take(std::string_view name, std::initializer_list<int64_t> expected_shape) {
  return take(name, std::span<const int64_t>(expected_shape.begin(), expected_shape.size()));
}

void Weights::leave(std::string_view prefix, std::string_view reason) {
  const auto [first, last] = state_->starting(prefix);
  for (size_t i = first; i < last; ++i) state_->tensors[i].left = true;
  if (first != last) state_->left.emplace_back(prefix, reason);
}

std::vector<std::pair<std::string, std::string>> Weights::left() const { return state_->left; }

void Weights::expect_none_left(std::string_view prefix) const {
  const auto [first, last] = state_->starting(prefix);
  std::string some;
  size_t over = 0;
  for (size_t i = first; i < last; ++i) {
    const State::Held& held = state_->tensors[i];
    if (held.taken || held.left) continue;
    if (++over <= 4) some += (over == 1 ? "'" : ", '") + printable(held.tensor.name) + "'";
  }
  if (over > 0)
    fail(Fault::unreadable, state_->folder.string(), ": has ", over, over == 1 ? " tensor" : " tensors",
         " that this model does not know: ", some, over > 4 ? ", ..." : "", ": it is another architecture than config.json says");
}

std::vector<Weights::Entry> Weights::entries() const {
  std::vector<Entry> entries;
  for (const State::Held& held : state_->tensors)
    entries.push_back({held.tensor.name, held.tensor.dtype, held.tensor.shape, state_->files[held.file].path});
  return entries;
}

std::string Weights::container() const { return state_->container; }

}  // namespace bifrons
