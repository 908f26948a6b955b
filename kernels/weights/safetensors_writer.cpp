// kernels/weights/safetensors_writer.cpp - header first, then the tensors' bytes, straight from where they lie.
#include "kernels/weights/safetensors_writer.h"

#include <algorithm>
#include <cstring>
#include <set>

#include <nlohmann/json.hpp>

#include "kernels/core/error.h"
#include "kernels/weights/safetensors.h"
#include "kernels/weights/stored_tensor.h"

namespace bifrons {

SafetensorsEntry::SafetensorsEntry(std::string tensor_name, DType type, std::vector<int64_t> dims,
                                   std::span<const std::byte> data)
    : name(std::move(tensor_name)), dtype(type), shape(std::move(dims)), bytes(data) {}

void write_safetensors(OutputFile& file, std::span<const SafetensorsEntry> entries,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<const SafetensorsEntry*> order;
  std::set<std::string_view> names{"__metadata__"};
  for (const SafetensorsEntry& e : entries) {
    if (!well_formed_utf8(e.name) || !names.insert(e.name).second)
      fail(Fault::other, "a tensor called '", printable(e.name), "' cannot be written: names are UTF-8, and each occurs once");
    const auto count = count_elements(e.shape, size_of(e.dtype));
    if (!count || uint64_t(*count) * size_of(e.dtype) != e.bytes.size())
      fail(Fault::other, "'", printable(e.name), "' is to be written as ", name_of(e.dtype), " ", shape_text(e.shape),
           " but has ", e.bytes.size(), " bytes");
    order.push_back(&e);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return size_of(a->dtype) > size_of(b->dtype); });

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) {
    for (const auto& [key, value] : metadata)
      if (!well_formed_utf8(key) || !well_formed_utf8(value))
        fail(Fault::other, "metadata '", printable(key), "' is no UTF-8 and cannot be written");
    header["__metadata__"] = metadata;
  }
  uint64_t offset = 0;
  for (const SafetensorsEntry* e : order) {
    header[e->name] = {
        {"dtype", safetensors_name(e->dtype)}, {"shape", e->shape}, {"data_offsets", {offset, offset + e->bytes.size()}}};
    offset += e->bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const uint64_t length = text.size();  // little-endian, as every machine this runs on
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(text);
  for (const SafetensorsEntry* e : order) file.write(e->bytes);
}

}  // namespace bifrons
