// fusion/fields.h - one JSON object of a config read key by key: types checked, numbers bounded, unknown words refused with the
// known ones listed, and every default that was used written down.
#pragma once

#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "kernels/core/error.h"

namespace bifrons {

class Fields {
 public:
  // `path` names this object inside the file: "text_config". `defaults` collects keys that were absent; may be null.
  Fields(const nlohmann::json& object, std::string file, std::string path, std::vector<std::string>* defaults)
      : object_(&object), file_(std::move(file)), path_(std::move(path)), defaults_(defaults) {
    if (!object.is_object())
      fail(Fault::unreadable, file_, ": ", path_.empty() ? "the whole" : "'" + path_ + "'", " is ", object.type_name(),
           " where an object is needed");
  }

  bool has(const char* key) const {  // null counts as absent, as in the published code
    const auto at = object_->find(key);
    return at != object_->end() && !at->is_null();
  }
  const nlohmann::json& raw(const char* key) const {
    if (!has(key)) fail(Fault::unreadable, file_, ": no '", full(key), "', which a Janus model needs");
    return (*object_)[key];
  }
  Fields object(const char* key) const { return Fields(raw(key), file_, full(key), defaults_); }
  const std::string& file() const { return file_; }
  std::string full(const char* key) const { return path_.empty() ? key : path_ + "." + key; }

  int64_t integer(const char* key, int64_t least, int64_t most, std::optional<int64_t> standard = {}) const {
    if (!has(key) && standard) return note(key), *standard;
    const auto& value = raw(key);
    const bool whole = value.is_number_unsigned() ? value.get<uint64_t>() <= uint64_t(INT64_MAX)
                       : value.is_number_float()
                           ? std::abs(value.get<double>()) < 9e15 && std::trunc(value.get<double>()) == value.get<double>()
                           : value.is_number_integer();
    if (!whole) fail(Fault::unreadable, file_, ": '", full(key), "' is ", shown(value), " where a whole number is needed");
    const int64_t number = value.is_number_float() ? int64_t(value.get<double>()) : value.get<int64_t>();
    if (number < least || number > most)
      fail(Fault::unreadable, file_, ": '", full(key), "' is ", number, ", outside ", least, " to ", most);
    return number;
  }
  double number(const char* key, double least, double most, std::optional<double> standard = {}) const {
    if (!has(key) && standard) return note(key), *standard;
    const auto& value = raw(key);
    if (!value.is_number()) fail(Fault::unreadable, file_, ": '", full(key), "' is ", shown(value), " where a number is needed");
    const double got = value.get<double>();
    if (!(got >= least && got <= most))
      fail(Fault::unreadable, file_, ": '", full(key), "' is ", shown(value), ", outside ", least, " to ", most);
    return got;
  }
  bool flag(const char* key, std::optional<bool> standard = {}) const {
    if (!has(key) && standard) return note(key), *standard;
    const auto& value = raw(key);
    if (!value.is_boolean())
      fail(Fault::unreadable, file_, ": '", full(key), "' is ", shown(value), " where true or false is needed");
    return value.get<bool>();
  }
  std::string text(const char* key, std::optional<std::string> standard = {}) const {
    if (!has(key) && standard) return note(key), *standard;
    const auto& value = raw(key);
    if (!value.is_string()) fail(Fault::unreadable, file_, ": '", full(key), "' is ", shown(value), " where a string is needed");
    return value.get<std::string>();
  }
  // One of the words that Bifrons knows.
  std::string word(const char* key, std::initializer_list<const char*> known, std::optional<std::string> standard = {}) const {
    std::string got = text(key, std::move(standard));
    std::string list;
    for (const char* k : known) {
      if (got == k) return got;
      list += (list.empty() ? "" : ", ") + std::string(k);
    }
    fail(Fault::lacking, file_, ": '", full(key), "' is \"", clipped(got), "\"; Bifrons knows ", list);
  }
  // A switch that the published models have in one position only.
  void must_be(const char* key, bool wanted) const {
    if (has(key) && flag(key) != wanted)
      fail(Fault::lacking, file_, ": '", full(key), "' is ", wanted ? "false" : "true", "; Bifrons runs only models where it is ",
           wanted ? "true" : "false");
  }
  void note(const char* key) const {  // that the default of an absent key is used
    if (defaults_) defaults_->push_back(file_ + ": " + full(key));
  }

 private:
  static std::string clipped(const std::string& text) { return text.size() <= 60 ? text : text.substr(0, 57) + "..."; }
  static std::string shown(const nlohmann::json& value) {
    if (value.is_structured()) return value.is_object() ? "an object" : "a list";
    return clipped(value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
  }

  const nlohmann::json* object_;
  std::string file_, path_;
  std::vector<std::string>* defaults_;
};

}  // namespace bifrons
