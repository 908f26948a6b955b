// language/http.h - one HTTP exchange at a time, as remote models need it: a body that streams in, silence and size bounded,
// given up within 50 ms when asked. The only place that knows libcurl. Redirects are never followed, so no header travels to
// another host.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // not empty: a POST of JSON
  std::string ca_file;               // PEM certificates to trust instead of the system's; empty: the system's
  bool no_proxy = false;             // else http_proxy, https_proxy, all_proxy and no_proxy of the environment hold
  double connect_seconds = 10;       // names, connection and TLS
  double first_byte_seconds = 300;   // from the request until the server says anything: reading a long prompt takes time
  double idle_seconds = 60;          // between two signs of life afterwards
  double total_seconds = 1800;
  size_t most_bytes = size_t{64} << 20;  // of the body
};

struct HttpHead {
  int status = 0;
  std::string content_type, location, retry_after, retry_after_ms;
};

struct HttpResult {
  enum class End {
    whole,    // the body came to its end
    enough,   // on_body said so
    stopped,  // stop said so
    bad_url,
    unresolved,   // no address for the host
    unconnected,  // refused, unreachable, not in time
    untrusted,    // its certificate is not that of the host, or nobody trusted signed it
    tls,          // TLS failed otherwise
    bad_ca,       // ca_file cannot be read
    proxy,        // the proxy could not be used
    cut,          // broken off
    no_http,      // what came is no HTTP
    silent,       // no sign of life in time
    too_slow,     // total_seconds are over
    too_large,    // most_bytes, or headers beyond measure
  } end = End::whole;
  HttpHead head;
  bool body_begun = false;
};

class HttpClient {
 public:
  enum class Flow {
    go_on,
    enough,
    abandon
  };  // enough: the rest of the body is of no interest; abandon: drop the connection at once
  // Called with the body as it comes, on the calling thread. May throw.
  using OnBody = std::function<Flow(const HttpHead& head, std::string_view bytes)>;

  HttpClient();
  ~HttpClient();
  // stop is asked at least every 50 ms. Connections are kept for the next call.
  HttpResult send(const HttpRequest& request, const OnBody& on_body, const std::function<bool()>& stop);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bifrons
