// kernels/weights/safetensors.cpp - the header's reader and the checks of what it claims.
#include "kernels/weights/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include "kernels/core/error.h"
#include "kernels/core/tensor.h"
#include "kernels/weights/json_events.h"

namespace bifrons {
namespace {

constexpr uint64_t longest_header = 100 << 20;  // the limit of the format's own library
constexpr const char* again = "; the file is damaged, fetch it again";

constexpr std::array<std::pair<std::string_view, DType>, 12> stored_types{{{"F64", DType::f64},
                                                                           {"F32", DType::f32},
                                                                           {"F16", DType::f16},
                                                                           {"BF16", DType::bf16},
                                                                           {"F8_E4M3", DType::f8_e4m3},
                                                                           {"F8_E5M2", DType::f8_e5m2},
                                                                           {"I64", DType::i64},
                                                                           {"I32", DType::i32},
                                                                           {"I16", DType::i16},
                                                                           {"I8", DType::i8},
                                                                           {"U8", DType::u8},
                                                                           {"BOOL", DType::boolean}}};

struct Claim {  // what the header says of one tensor
  StoredTensor tensor;
  uint64_t begin = 0, end = 0;  // in the data
};

// {"name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, ..., "__metadata__": {"key": "text"}}
class HeaderReader : public JsonEvents {
 public:
  explicit HeaderReader(std::string where) : JsonEvents(std::move(where), "an object of tensors") {}

  std::vector<Claim> claims;

  bool start_object(size_t) override {
    if (place_ == Place::outside) {
      enter(Place::names, "a tensor's name");
    } else if (place_ == Place::named) {
      claims.emplace_back().tensor.name = name_;
      has_dtype_ = has_shape_ = false, offsets_ = -1;
      enter(Place::fields, "dtype, shape or data_offsets");
    } else if (place_ == Place::metadata) {
      enter(Place::metadata_keys, "a key of __metadata__");
    } else {
      unexpected("an object");
    }
    return true;
  }

  bool key(string_t& name) override {
    if (place_ == Place::names) {
      name_ = name;
      const bool metadata = name == "__metadata__";
      if (metadata && std::exchange(has_metadata_, true)) unexpected("__metadata__ a second time");
      enter(metadata ? Place::metadata : Place::named, metadata ? "an object of texts" : "a tensor's object");
    } else if (place_ == Place::metadata_keys) {
      enter(Place::metadata_value, "a text");
    } else if (place_ == Place::fields && name == "dtype" && !std::exchange(has_dtype_, true)) {
      enter(Place::dtype, "a dtype");
    } else if (place_ == Place::fields && name == "shape" && !std::exchange(has_shape_, true)) {
      enter(Place::shape, "a list of dimensions");
    } else if (place_ == Place::fields && name == "data_offsets" && offsets_ == -1) {
      enter(Place::offsets, "a list of two offsets");
    } else {
      unexpected("the key '" + printable(name) + "' (unknown, or a second time)");
    }
    return true;
  }

  bool string(string_t& text) override {
    if (place_ == Place::dtype) {
      const auto* found = std::find_if(stored_types.begin(), stored_types.end(), [&](auto& t) { return t.first == text; });
      if (found == stored_types.end()) {
        std::string known;
        for (auto& [name, type] : stored_types) known.append(known.empty() ? "" : ", ").append(name);
        fail(Fault::unreadable, where_, ": '", printable(name_), "' is stored as '", printable(text), "', known are ", known);
      }
      claims.back().tensor.dtype = found->second;
      enter(Place::fields, "dtype, shape or data_offsets");
    } else if (place_ == Place::metadata_value) {
      enter(Place::metadata_keys, "a key of __metadata__");
    } else {
      unexpected("'" + printable(text) + "'");
    }
    return true;
  }

  bool start_array(size_t) override {
    if (place_ == Place::shape) {
      enter(Place::dimensions, "a dimension");
    } else if (place_ == Place::offsets) {
      offsets_ = 0;
      enter(Place::offset, "one of two offsets");
    } else {
      unexpected("a list");
    }
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::dimensions && value <= uint64_t(INT64_MAX)) {
      auto& shape = claims.back().tensor.shape;
      if (shape.size() == most_dimensions)
        fail(Fault::unreadable, where_, ": '", printable(name_), "' has more than ", most_dimensions, " dimensions", again);
      shape.push_back(int64_t(value));
    } else if (place_ == Place::offset && offsets_ < 2) {
      (offsets_++ == 0 ? claims.back().begin : claims.back().end) = value;
    } else {
      unexpected(std::to_string(value));
    }
    return true;
  }

  bool end_array() override {
    if (place_ == Place::offset && offsets_ != 2) unexpected("a list of fewer than two offsets");
    enter(Place::fields, "dtype, shape or data_offsets");
    return true;
  }

  bool end_object() override {
    if (place_ == Place::fields) {
      if (!has_dtype_ || !has_shape_ || offsets_ != 2)
        fail(Fault::unreadable, where_, ": '", printable(name_), "' lacks its ",
             !has_dtype_   ? "dtype"
             : !has_shape_ ? "shape"
                           : "data_offsets",
             again);
      enter(Place::names, "a tensor's name");
    } else if (place_ == Place::metadata_keys) {
      enter(Place::names, "a tensor's name");
    } else {
      enter(Place::ended, "nothing more");
    }
    return true;
  }

 private:
  // Where in the grammar the next event happens.
  enum class Place {
    outside,
    names,
    named,
    fields,
    dtype,
    shape,
    dimensions,
    offsets,
    offset,
    metadata,
    metadata_keys,
    metadata_value,
    ended
  };
  void enter(Place place, const char* wanted) { place_ = place, wanted_ = wanted; }

  Place place_ = Place::outside;
  std::string name_;
  bool has_dtype_ = false, has_shape_ = false, has_metadata_ = false;
  int offsets_ = -1;  // read so far of the current tensor; -1 before its list
};

void check_names(std::vector<Claim>& claims, const std::string& where) {
  std::vector<std::string_view> names;
  names.reserve(claims.size());
  for (const Claim& c : claims) names.push_back(c.tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) fail(Fault::unreadable, where, ": '", printable(*twice), "' occurs twice", again);
}

}  // namespace

std::string_view safetensors_name(DType dtype) {
  return std::find_if(stored_types.begin(), stored_types.end(), [&](auto& t) { return t.second == dtype; })->first;
}

std::vector<StoredTensor> parse_safetensors(std::span<const std::byte> file, const std::string& where) {
  if (file.size() < 8)
    fail(Fault::unreadable, where, ": is ", file.size(), " bytes long, too short for a safetensors file; fetch it again");
  uint64_t header_length;  // little-endian, as every machine this runs on
  std::memcpy(&header_length, file.data(), 8);
  if (header_length > file.size() - 8 || header_length > longest_header)
    fail(Fault::unreadable, where, ": claims a header of ", header_length, " bytes, the file has ", file.size() - 8,
         " and the limit is ", longest_header, ": it is cut short or no safetensors file; fetch it again");
  HeaderReader reader(where);
  reader.read({reinterpret_cast<const char*>(file.data()) + 8, size_t(header_length)});
  std::vector<Claim>& claims = reader.claims;
  check_names(claims, where);

  const std::span<const std::byte> data = file.subspan(8 + size_t(header_length));
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
    return std::tie(a.begin, a.end, a.tensor.name) < std::tie(b.begin, b.end, b.tensor.name);
  });
  uint64_t covered = 0;
  std::vector<StoredTensor> tensors;
  tensors.reserve(claims.size());
  for (Claim& c : claims) {
    const std::string name = std::string("'").append(printable(c.tensor.name)).append("'");  // no operator+: GCC 12's bug 105651
    const std::optional<int64_t> count = count_elements(c.tensor.shape, size_of(c.tensor.dtype));
    if (!count) fail(Fault::unreadable, where, ": ", name, " claims the impossible shape ", shape_text(c.tensor.shape), again);
    if (c.begin > c.end || c.end > data.size())
      fail(Fault::unreadable, where, ": ", name, " claims bytes ", c.begin, " to ", c.end, " of ", data.size(),
           " bytes of data: the file is cut short or damaged, fetch it again");
    const uint64_t needed = uint64_t(*count) * size_of(c.tensor.dtype);
    if (c.end - c.begin != needed)
      fail(Fault::unreadable, where, ": ", name, " claims ", c.end - c.begin, " bytes, but ", name_of(c.tensor.dtype), " ",
           shape_text(c.tensor.shape), " takes ", needed, again);
    if (c.begin != covered)
      fail(Fault::unreadable, where, ": ", name, " begins at byte ", c.begin, " of the data, the tensor before it ends at ",
           covered, again);
    covered = c.end;
    c.tensor.bytes = data.subspan(size_t(c.begin), size_t(needed));
    tensors.push_back(std::move(c.tensor));
  }
  if (covered != data.size())
    fail(Fault::unreadable, where, ": has ", data.size(), " bytes of data, its tensors cover ", covered, again);
  return tensors;
}

}  // namespace bifrons
