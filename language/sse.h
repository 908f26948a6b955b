// language/sse.h - the reader of server-sent events (text/event-stream): bytes in pieces of any size to whole events, with
// bounds. Source: "Server-sent events" in the WHATWG HTML standard; its id and retry fields mean nothing here and are dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bifrons {

struct SseLimits {
  size_t line_bytes = size_t{1} << 20;
  size_t event_bytes = size_t{4} << 20;  // all data lines of one event
};

class SseReader {
 public:
  // name is "" for the standard "message"; data has its lines joined by \n. The views end with the call. Returning false drops
  // all that follows.
  using OnEvent = std::function<bool(std::string_view name, std::string_view data)>;

  explicit SseReader(OnEvent on_event, SseLimits limits = {}) : on_event_(std::move(on_event)), limits_(limits) {}

  // Throws Error (Fault::limit) at a line or event over its bound.
  void push(std::string_view bytes);
  // The stream is over: an event whose blank line never came is still told, since some servers leave out the last one. It may be
  // cut.
  void finish();
  int64_t comments() const { return comments_; }  // lines like ": keep-alive" so far

 private:
  void line(std::string_view text);
  void dispatch();

  OnEvent on_event_;
  SseLimits limits_;
  std::string line_, name_, data_;
  bool has_data_ = false, after_cr_ = false, begun_ = false, done_ = false;
  int64_t comments_ = 0;
};

}  // namespace bifrons
