// kernels/weights/json_events.h - reading JSON as a stream of events that are all refused unless a reader asks for them, so that
// a hostile header builds no tree in memory. Included by .cpp files only.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "kernels/core/error.h"
#include "kernels/weights/stored_tensor.h"

namespace bifrons {

class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonEvents(std::string where, std::string wanted) : where_(std::move(where)), wanted_(std::move(wanted)) {}

  void read(std::string_view text) { nlohmann::json::sax_parse(text.begin(), text.end(), this); }

  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("true or false"); }
  bool number_integer(number_integer_t value) override { unexpected(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { unexpected(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { unexpected(printable(text)); }
  bool string(string_t& text) override { unexpected("'" + printable(text) + "'"); }
  bool binary(binary_t&) override { unexpected("binary"); }
  bool start_object(size_t) override { unexpected("an object"); }
  bool key(string_t& name) override { unexpected("the key '" + printable(name) + "'"); }
  bool end_object() override { unexpected("the end of an object"); }
  bool start_array(size_t) override { unexpected("a list"); }
  bool end_array() override { unexpected("the end of a list"); }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    fail(Fault::unreadable, where_, ": is not valid JSON at byte ", position, "; the file is damaged, fetch it again");
  }

 protected:
  [[noreturn]] void unexpected(const std::string& found) const {
    fail(Fault::unreadable, where_, ": holds ", found, " where ", wanted_, " is expected; the file is damaged, fetch it again");
  }

  std::string where_;
  std::string wanted_;  // in words, kept up to date by the reader
};

}  // namespace bifrons
