// language/http.cpp - see http.h.
#include "language/http.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <mutex>

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

constexpr size_t most_header_bytes = size_t{256} << 10;
constexpr int poll_ms = 30;            // how long a wish to stop may go unnoticed
constexpr double grace_seconds = 0.1;  // for the end of a body nobody wants any more: the connection then stays usable

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// A connection closed by the other side raises SIGPIPE in OpenSSL's writes; while this lives the thread does not get it.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    if (!was_pending_) {
      const timespec at_once{};
      while (sigtimedwait(&pipe_, nullptr, &at_once) > 0) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t pipe_, before_;
  bool was_pending_;
};

// What libcurl's callbacks fill; they are C and never throw.
struct Received {
  HttpHead head;
  std::string body;  // not yet handed on
  size_t header_bytes = 0, body_bytes = 0, most_bytes = 0;
  bool too_large = false, body_begun = false;
  double last_sign = 0;
};

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r' || s.back() == '\n')) s.remove_suffix(1);
  return s;
}

size_t on_header(char* data, size_t one, size_t size, void* where) noexcept {
  Received& got = *static_cast<Received*>(where);
  got.last_sign = now();
  got.header_bytes += size * one;
  if (got.header_bytes > most_header_bytes) {
    got.too_large = true;
    return 0;
  }
  try {
    const std::string_view line(data, size * one);
    if (line.substr(0, 5) == "HTTP/") {  // a new head: after "100 Continue", or after a proxy's
      got.head = {};
      const size_t space = line.find(' ');
      if (space != std::string_view::npos && line.size() >= space + 4)
        for (size_t i = space + 1; i < space + 4 && std::isdigit(uint8_t(line[i])); ++i)
          got.head.status = got.head.status * 10 + (line[i] - '0');
      return size * one;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size * one;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    const std::string value(trimmed(line.substr(colon + 1)).substr(0, 2048));
    if (name == "content-type") got.head.content_type = value;
    if (name == "location") got.head.location = value;
    if (name == "retry-after") got.head.retry_after = value;
    if (name == "retry-after-ms") got.head.retry_after_ms = value;
    return size * one;
  } catch (...) {
    return 0;
  }
}

size_t on_data(char* data, size_t one, size_t size, void* where) noexcept {
  Received& got = *static_cast<Received*>(where);
  got.last_sign = now();
  got.body_begun = true;
  got.body_bytes += size * one;
  if (got.body_bytes > got.most_bytes) {
    got.too_large = true;
    return 0;
  }
  try {
    got.body.append(data, size * one);
    return size * one;
  } catch (...) {
    return 0;
  }
}

HttpResult::End end_of(CURLcode code, bool too_large) {
  using End = HttpResult::End;
  if (too_large) return End::too_large;
  switch (code) {
    case CURLE_OK: return End::whole;
    case CURLE_URL_MALFORMAT: return End::bad_url;
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP 0.9, or a line that is none
    case CURLE_WEIRD_SERVER_REPLY: return End::no_http;
    case CURLE_COULDNT_RESOLVE_HOST: return End::unresolved;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY: return End::proxy;
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT: return End::unconnected;  // the only time limit that libcurl keeps is the connection's
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return End::untrusted;
    case CURLE_SSL_CACERT_BADFILE: return End::bad_ca;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ENGINE_INITFAILED: return End::tls;
    default: return End::cut;
  }
}

struct EasyCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// An easy handle while it is part of a multi handle.
class Joined {
 public:
  Joined(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
    if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) fail(Fault::other, "libcurl cannot begin a transfer");
  }
  ~Joined() { curl_multi_remove_handle(multi_, easy_); }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;

 private:
  CURLM* multi_;
  CURL* easy_;
};

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  if (curl_easy_setopt(easy, option, value) != CURLE_OK)
    fail(Fault::lacking, "this libcurl lacks option ", int(option), ": version 7.87 or later is needed");
}

}  // namespace

struct HttpClient::Parts {
  CURLM* multi = nullptr;
  ~Parts() {
    if (multi) curl_multi_cleanup(multi);
  }
};

HttpClient::HttpClient() : parts_(std::make_unique<Parts>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  parts_->multi = curl_multi_init();
  if (!parts_->multi) fail(Fault::lacking, "libcurl could not be started: is memory short?");
}
HttpClient::~HttpClient() = default;

HttpResult HttpClient::send(const HttpRequest& request, const OnBody& on_body, const std::function<bool()>& stop) {
  using End = HttpResult::End;
  const WithoutSigpipe guard;
  const std::unique_ptr<CURL, EasyCloser> handle(curl_easy_init());
  CURL* easy = handle.get();
  if (!easy) fail(Fault::lacking, "libcurl could not be started: is memory short?");
  Received got;
  got.most_bytes = request.most_bytes;

  std::unique_ptr<curl_slist, ListCloser> headers;
  const auto add = [&](const std::string& header) {
    curl_slist* longer = curl_slist_append(headers.get(), header.c_str());
    if (!longer) fail(Fault::lacking, "libcurl: memory is short");
    (void)headers.release();
    headers.reset(longer);
  };
  for (const std::string& header : request.headers) add(header);
  if (!request.body.empty()) {
    add("Content-Type: application/json");
    add("Expect:");  // no waiting for "100 Continue" before a long body
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.size()));
    set(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  set(easy, CURLOPT_URL, request.url.c_str());
  set(easy, CURLOPT_HTTPHEADER, headers.get());
  set(easy, CURLOPT_HEADEROPT, long(CURLHEADER_SEPARATE));  // a proxy does not get them
  set(easy, CURLOPT_USERAGENT, "bifrons");
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
  if (!request.ca_file.empty()) {
    set(easy, CURLOPT_CAINFO, request.ca_file.c_str());
    set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (request.no_proxy) set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, long(request.connect_seconds * 1000) + 1);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_QUICK_EXIT, 1L);  // giving up does not wait for the resolver's thread
  set(easy, CURLOPT_HEADERFUNCTION, &on_header);
  set(easy, CURLOPT_HEADERDATA, static_cast<void*>(&got));
  set(easy, CURLOPT_WRITEFUNCTION, &on_data);
  set(easy, CURLOPT_WRITEDATA, static_cast<void*>(&got));

  const auto ended = [&](End end) { return HttpResult{end, got.head, got.body_begun}; };
  const double begin = now();
  double enough_since = -1;
  curl_off_t uploaded = 0;
  got.last_sign = begin;
  const Joined joined(parts_->multi, easy);
  for (int running = 1;;) {
    if (curl_multi_perform(parts_->multi, &running) != CURLM_OK) fail(Fault::other, "libcurl cannot go on with a transfer");
    if (enough_since >= 0) {
      got.body.clear();
    } else if (!got.body.empty()) {
      const std::string part = std::move(got.body);
      got.body.clear();
      const Flow flow = on_body(got.head, part);
      if (flow == Flow::abandon) return ended(End::enough);
      if (flow == Flow::enough) enough_since = now();
    }
    if (running == 0) {
      CURLcode code = CURLE_RECV_ERROR;
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(parts_->multi, &left))
        if (message->msg == CURLMSG_DONE && message->easy_handle == easy) code = message->data.result;
      return ended(enough_since >= 0 ? End::enough : end_of(code, got.too_large));
    }
    if (stop && stop()) return ended(End::stopped);
    const double t = now();
    if (enough_since >= 0 && t - enough_since > grace_seconds) return ended(End::enough);
    curl_off_t sent = 0;
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (sent != uploaded) uploaded = sent, got.last_sign = t;
    const double patience = got.header_bytes ? request.idle_seconds : request.connect_seconds + request.first_byte_seconds;
    if (t - got.last_sign > patience) return ended(End::silent);
    if (t - begin > request.total_seconds) return ended(End::too_slow);
    curl_multi_poll(parts_->multi, nullptr, 0, poll_ms, nullptr);
  }
}

}  // namespace bifrons
