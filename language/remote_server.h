// language/remote_server.h - what is known of one endpoint, shared by all questions to it: connections, which of its roots works,
// its models list, what it will not have in a request. Part of remote_model, not for others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/error.h"
#include "language/http.h"
#include "language/remote_settings.h"
#include "language/remote_wire.h"

namespace bifrons {

// What went wrong with one try.
struct Trouble {
  std::string sentence;
  bool retry = false;                // another try may help
  std::optional<double> after = {};  // the server asks for so many seconds
  std::string why = {};              // in two or three words, for the status
  Fault fault = Fault::other;
};

struct RemoteServer {
  RemoteSettings settings;
  std::mutex mutex;  // of all that follows
  std::vector<std::unique_ptr<HttpClient>> idle;
  std::string model;    // decided
  int64_t context = 0;  // learnt
  bool asked = false;   // for the models list
  size_t base = 0;      // the one of bases() that works
  RequestShape shape;

  std::string origin() const { return settings.origin() + settings.path; }

  // Calls with a client of its own, which keeps its connections for the next.
  HttpResult send(const HttpRequest& request, const HttpClient::OnBody& on_body, const std::function<bool()>& stop) {
    std::unique_ptr<HttpClient> client;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) client = std::move(idle.back()), idle.pop_back();
    }
    if (!client) client = std::make_unique<HttpClient>();
    HttpResult result = client->send(request, on_body, stop);
    const std::lock_guard lock(mutex);
    if (idle.size() < 8) idle.push_back(std::move(client));
    return result;
  }

  HttpRequest request(const std::string& url) const {
    HttpRequest r;
    r.url = url;
    if (!settings.key.empty()) r.headers.push_back("Authorization: Bearer " + settings.key.reveal());
    r.ca_file = settings.ca_file;
    r.no_proxy = settings.loopback();  // what is for this machine, a key above all, goes to no other
    r.connect_seconds = settings.connect_seconds;
    r.first_byte_seconds = settings.first_byte_seconds;
    r.idle_seconds = settings.idle_seconds;
    r.total_seconds = settings.total_seconds;
    return r;
  }

  size_t first_base() {
    const std::lock_guard lock(mutex);
    return base;
  }

  // GET /models. Learns base, context and, where there is only one, the model. Empty trouble: `models` is the list.
  std::optional<Trouble> list(std::vector<ServedModel>& models, double patience, const std::function<bool()>& stop, bool& stopped,
                              int* status = nullptr);
};

double steady_seconds();                                    // of a steady clock
std::string in_seconds(double seconds);                     // "4 s", "0.5 s"
std::string listed(const std::vector<std::string>& names);  // the first eight, for a sentence

}  // namespace bifrons
