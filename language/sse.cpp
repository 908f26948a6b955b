// language/sse.cpp - see sse.h.
#include "language/sse.h"

#include "kernels/core/error.h"

namespace bifrons {

void SseReader::push(std::string_view bytes) {
  while (!bytes.empty() && !done_) {
    if (after_cr_ && bytes[0] == '\n') bytes.remove_prefix(1);  // the second half of CR LF
    after_cr_ = false;
    const size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    if (line_.size() + part.size() > limits_.line_bytes)
      fail(Fault::limit, "the event stream has a line of more than ", limits_.line_bytes, " bytes");
    line_ += part;
    if (end == std::string_view::npos) return;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    const std::string whole = std::move(line_);
    line_.clear();
    line(whole);
  }
}

void SseReader::line(std::string_view text) {
  if (!begun_ && text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);  // a byte order mark is no part of the first line
  begun_ = true;
  if (text.empty()) return dispatch();
  if (text[0] == ':') {
    ++comments_;
    return;
  }
  const size_t colon = text.find(':');
  const std::string_view field = text.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (!value.empty() && value[0] == ' ') value.remove_prefix(1);
  if (field == "event") name_ = value;
  if (field != "data") return;
  if (data_.size() + value.size() + 1 > limits_.event_bytes)
    fail(Fault::limit, "the event stream has an event of more than ", limits_.event_bytes, " bytes");
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
}

void SseReader::dispatch() {
  const std::string name = std::move(name_), data = std::move(data_);
  name_.clear();
  data_.clear();
  if (!has_data_) return;
  has_data_ = false;
  if (!on_event_(name, data)) done_ = true;
}

void SseReader::finish() {
  if (done_) return;
  if (!line_.empty()) {
    const std::string whole = std::move(line_);
    line_.clear();
    line(whole);
  }
  if (!done_) dispatch();
  done_ = true;
}

}  // namespace bifrons
