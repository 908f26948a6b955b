// kernels/weights/shard_index.cpp - the index's reader: only "weight_map" matters, everything else is skipped.
#include "kernels/weights/shard_index.h"

#include <set>

#include "kernels/weights/json_events.h"

namespace bifrons {
namespace {

bool plain_file_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= 255 &&
         name.find_first_of(std::string("/\\\0", 3)) == name.npos;
}

class IndexReader : public JsonEvents {
 public:
  explicit IndexReader(std::string where) : JsonEvents(std::move(where), "an object with a weight_map") {}

  std::map<std::string, std::string, std::less<>> shard_of;
  bool found = false;

  bool null() override { return skip("null"); }
  bool boolean(bool) override { return skip("true or false"); }
  bool number_integer(number_integer_t) override { return skip("a number"); }
  bool number_unsigned(number_unsigned_t) override { return skip("a number"); }
  bool number_float(number_float_t, const string_t&) override { return skip("a number"); }
  bool start_array(size_t) override { return ++depth_, skip("a list"); }
  bool end_array() override { return --depth_, true; }
  bool start_object(size_t) override {
    if (depth_ > 0 && !(depth_ == 1 && in_map_)) skip("an object");
    return ++depth_, true;
  }
  bool end_object() override {
    if (--depth_ == 1) in_map_ = false;
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      in_map_ = name == "weight_map";
      if (in_map_ && std::exchange(found, true)) unexpected("weight_map a second time");
      wanted_ = in_map_ ? "an object of tensor names and file names" : "anything";
    } else if (in_map_) {
      name_ = name;
      wanted_ = "a file name";
    }
    return true;
  }
  bool string(string_t& shard) override {
    if (!in_map_ || depth_ != 2) return skip("a text");
    if (!plain_file_name(shard))
      fail(Fault::unreadable, where_, ": '", printable(name_), "' is said to be in '", printable(shard),
           "', which is no plain file name: this index is not to be trusted");
    if (!shard_of.emplace(name_, shard).second)
      fail(Fault::unreadable, where_, ": '", printable(name_), "' occurs twice; the file is damaged, fetch it again");
    return true;
  }

 private:
  bool skip(const char* what) {  // allowed everywhere below the top but not inside the map
    if (depth_ == 0 || in_map_) unexpected(what);
    return true;
  }

  int64_t depth_ = 0;
  bool in_map_ = false;
  std::string name_;
};

}  // namespace

std::map<std::string, std::string, std::less<>> parse_shard_index(std::string_view text, const std::string& where) {
  IndexReader reader(where);
  reader.read(text);
  if (!reader.found) fail(Fault::unreadable, where, ": has no weight_map: is it the index of a sharded checkpoint?");
  if (reader.shard_of.empty()) fail(Fault::unreadable, where, ": its weight_map is empty; fetch it again");
  std::set<std::string_view> shards;
  for (const auto& [name, shard] : reader.shard_of) shards.insert(shard);
  if (shards.size() > most_shards)
    fail(Fault::unreadable, where, ": names ", shards.size(), " files, more than the ", most_shards, " allowed");
  return std::move(reader.shard_of);
}

}  // namespace bifrons
