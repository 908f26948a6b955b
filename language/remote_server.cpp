// language/remote_server.cpp - see remote_server.h.
#include "language/remote_server.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "language/remote_errors.h"

namespace bifrons {

double steady_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string in_seconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, seconds < 9.95 ? "%.1f s" : "%.0f s", seconds);
  return text;
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (size_t i = 0; i < names.size() && i < 8; ++i) all += (i ? ", " : "") + quotation(names[i], {});
  return names.size() > 8 ? all + " and " + std::to_string(names.size() - 8) + " more" : all;
}

namespace {

using End = HttpResult::End;
using Flow = HttpClient::Flow;
constexpr size_t most_list_bytes = size_t{16} << 20;

// A short answer as a whole. End::too_large when it is none.
HttpResult fetch(const HttpRequest& request, std::string& body, size_t most,
                 const std::function<HttpResult(const HttpRequest&, const HttpClient::OnBody&)>& send) {
  HttpRequest bounded = request;
  bounded.most_bytes = most;
  return send(bounded, [&](const HttpHead&, std::string_view bytes) {
    body += bytes;
    return Flow::go_on;
  });
}

}  // namespace

std::optional<Trouble> RemoteServer::list(std::vector<ServedModel>& models, double patience, const std::function<bool()>& stop,
                                          bool& stopped, int* status) {
  const std::vector<std::string> bases = settings.bases();
  const double begin = steady_seconds();
  const auto send = [&](const HttpRequest& r, const HttpClient::OnBody& on_body) { return this->send(r, on_body, stop); };
  for (size_t b = first_base(); b < bases.size(); ++b) {
    HttpRequest r = request(bases[b] + "/models");
    r.headers.push_back("Accept: application/json");
    r.total_seconds = std::min(r.total_seconds, std::max(0.1, patience - (steady_seconds() - begin)));
    std::string body;
    const HttpResult result = fetch(r, body, most_list_bytes, send);
    if (status) *status = result.head.status;
    if (result.end == End::stopped) {
      stopped = true;
      return std::nullopt;
    }
    if (result.end != End::whole) {
      std::string sentence = broken(settings, result.end);
      if (result.end == End::too_slow || result.end == End::silent)
        sentence = origin() + ": did not answer within " + in_seconds(steady_seconds() - begin) + "; does the server run there?";
      return Trouble{sentence, connection_failed(result.end), {}, "no connection"};
    }
    const int code = result.head.status;
    if ((code == 404 || code == 405) && b + 1 < bases.size()) continue;
    if (code != 200) {
      const ServerError error = read_server_error(body).value_or(ServerError{});
      return Trouble{refusal(settings, settings.model, code, error), worth_retrying(code),
                     retry_after(result.head, std::time(nullptr)), "HTTP " + std::to_string(code)};
    }
    const auto found = read_models(body);
    if (!found) {
      if (b + 1 < bases.size()) continue;
      return Trouble{origin() + ": answers, but not with a models list; is the address that of an OpenAI-compatible endpoint?"};
    }
    models = *found;
    int64_t told = 0;
    for (const ServedModel& one : models)
      if (one.name == settings.model || (settings.model.empty() && models.size() == 1)) {
        told = one.context;
        if (one.llama_cpp) {  // lists what the model was trained for; what it was loaded with stands elsewhere
          std::string root = bases[b], props;
          if (root.size() > 3 && root.compare(root.size() - 3, 3, "/v1") == 0) root.resize(root.size() - 3);
          HttpRequest ask = request(root + "/props");
          ask.total_seconds = std::max(0.1, patience - (steady_seconds() - begin));
          if (fetch(ask, props, most_list_bytes, send).end == End::whole)
            if (const int64_t loaded = read_llama_cpp_context(props)) told = loaded;
        }
      }
    const std::lock_guard lock(mutex);
    base = b;
    asked = true;
    if (settings.model.empty() && models.size() == 1) model = models[0].name;
    if (told > 0 && context == 0) context = told;
    return std::nullopt;
  }
  return Trouble{refusal(settings, settings.model, 404, {})};
}

}  // namespace bifrons
