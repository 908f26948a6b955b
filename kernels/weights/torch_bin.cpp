// kernels/weights/torch_bin.cpp - joins archive and pickle: every described tensor gets its bytes, if they are there.
#include "kernels/weights/torch_bin.h"

#include <cstring>
#include <string_view>

#include "kernels/core/error.h"
#include "kernels/core/tensor.h"
#include "kernels/weights/pickle.h"
#include "kernels/weights/stored_zip.h"

namespace bifrons {
namespace {

bool begins_with(std::span<const std::byte> file, std::string_view magic) {
  return file.size() >= magic.size() && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
}

std::string find_root(const StoredZip& zip, const std::string& where) {  // the one folder, whatever its name
  std::string root;
  for (const auto& [name, entry] : zip.entries()) {
    const size_t slash = name.find('/');
    if (slash == std::string::npos || name.substr(slash) != "/data.pkl") continue;
    if (!root.empty()) fail(Fault::unreadable, where, ": holds two models, '", printable(root), "' and '", printable(name), "'");
    root = name.substr(0, slash + 1);
  }
  if (root.empty()) fail(Fault::unreadable, where, ": is a zip archive without a data.pkl: is it a PyTorch checkpoint?");
  return root;
}

void refuse_others(const StoredZip& zip, const std::string& root, const std::string& where) {
  const auto code = zip.entries().lower_bound(root + "code/");
  if (zip.has(root + "constants.pkl") || (code != zip.entries().end() && code->first.starts_with(root + "code/")))
    fail(Fault::unreadable, where,
         ": is a TorchScript program, not a file of weights: save the model's state_dict() with torch.save");
  if (!zip.has(root + "byteorder")) return;  // older PyTorch writes none, on little-endian machines
  const auto order = zip.at(root + "byteorder");
  const std::string_view text(reinterpret_cast<const char*>(order.data()), order.size());
  if (text != "little")
    fail(Fault::unreadable, where, ": was written in '", printable(text),
         "' byte order, only little can be read: save it again with ", "PyTorch on such a machine");
}

bool lies_packed(const PickledTensor& t) {
  int64_t step = 1;
  for (size_t d = t.shape.size(); d-- > 0;) {
    if (t.shape[d] != 1 && t.strides[d] != step) return false;
    step *= t.shape[d];
  }
  return true;
}

}  // namespace

std::vector<StoredTensor> parse_torch_bin(std::span<const std::byte> file, const std::string& where) {
  if (begins_with(file, "\x80\x02") || begins_with(file, "\x80\x03") || begins_with(file, "\x80\x04"))
    fail(Fault::unreadable, where,
         ": is in the format of PyTorch before 1.6: load it in PyTorch once and save it with torch.save");
  if (!begins_with(file, "PK\x03\x04"))
    fail(Fault::unreadable, where, ": is no PyTorch checkpoint (", file.size(), " bytes, not a zip archive); fetch it again");
  const StoredZip zip(file, where);
  const std::string root = find_root(zip, where);
  refuse_others(zip, root, where);

  std::vector<StoredTensor> tensors;
  for (PickledTensor& t : read_pickled_tensors(zip.at(root + "data.pkl"), where)) {
    const std::span<const std::byte> storage = zip.at(root + "data/" + t.storage);
    const size_t unit = size_of(t.dtype);
    if (uint64_t(t.storage_elements) > storage.size() / unit)
      fail(Fault::unreadable, where, ": the storage of '", printable(t.name), "' is said to have ", t.storage_elements, " of ",
           name_of(t.dtype), ", its entry has ", storage.size(), " bytes; the file is damaged, fetch it again");
    StoredTensor stored;
    stored.name = std::move(t.name), stored.dtype = t.dtype;
    int64_t count = 1, reach = 1;  // elements, and how far apart its first and last lie, plus one
    for (int64_t d : t.shape) count *= d;
    for (size_t d = 0; d < t.shape.size() && count > 0; ++d) reach += (t.shape[d] - 1) * t.strides[d];
    if (count > 0 && !lies_packed(t)) stored.strides = t.strides;
    stored.shape = std::move(t.shape);
    stored.bytes = storage.subspan(size_t(t.offset) * unit, count > 0 ? size_t(reach) * unit : 0);
    tensors.push_back(std::move(stored));
  }
  return tensors;
}

}  // namespace bifrons
