// language/remote_model.cpp - see remote_model.h.
#include "language/remote_model.h"

#include <algorithm>
#include <mutex>

#include "language/remote_asking.h"
#include "language/remote_errors.h"
#include "language/remote_server.h"
#include "language/remote_wire.h"

namespace bifrons {
namespace {

constexpr int64_t guessed_context = 8192, deepseek_context = 65536;

}  // namespace

RemoteModel::RemoteModel(RemoteSettings settings) : server_(std::make_unique<RemoteServer>()) {
  if (!settings.key.empty() && settings.scheme != "https" && !settings.loopback() && !settings.plain_http)
    fail(Fault::arguments, settings.origin(), ": the key of ", settings.key.from(),
         " would travel unencrypted; use https, or set text_model_plain_http to true in the config file if the network is yours");
  server_->model = settings.model;
  server_->settings = std::move(settings);
}
RemoteModel::~RemoteModel() = default;

const RemoteSettings& RemoteModel::settings() const { return server_->settings; }

std::string RemoteModel::name() const {
  const std::lock_guard lock(server_->mutex);
  return (server_->model.empty() ? "the model" : server_->model) + " at " + server_->settings.host;
}

int64_t RemoteModel::context_tokens() const {
  if (server_->settings.context > 0) return server_->settings.context;
  bool ask = false;
  {
    const std::lock_guard lock(server_->mutex);
    ask = server_->context == 0 && !server_->asked;
    server_->asked = true;
  }
  if (ask) {
    std::vector<ServedModel> models;
    bool stopped = false;
    server_->list(models, 10, {}, stopped);  // a server without a list is one that we know nothing of
  }
  const std::lock_guard lock(server_->mutex);
  if (server_->context > 0) return server_->context;
  const std::string& host = server_->settings.host;
  const std::string_view deepseek = "deepseek.com";
  return host.size() >= deepseek.size() && host.compare(host.size() - deepseek.size(), deepseek.size(), deepseek) == 0
             ? deepseek_context
             : guessed_context;
}

int64_t RemoteModel::count_tokens(std::string_view text) const { return token_estimate(text); }

TextAnswer RemoteModel::answer(const TextRequest& request, const std::function<bool(const TextPiece&)>& on_piece) {
  if (request.messages.empty()) fail(Fault::arguments, name(), ": a question needs at least one message");
  return RemoteAsking(*server_, request, on_piece).run();
}

RemoteCheck RemoteModel::check(double patience_seconds, const std::function<bool()>& stop) {
  RemoteCheck check;
  const double begin = steady_seconds();
  const RemoteSettings& settings = server_->settings;
  std::vector<ServedModel> models;
  bool stopped = false;
  int status = 0;
  std::optional<Trouble> trouble;
  try {
    trouble = server_->list(models, patience_seconds, stop, stopped, &status);
    if (trouble && (status == 404 || status == 405) && !settings.model.empty()) {  // no list: ask for one token instead
      RemoteSettings once = settings;
      once.retries = 0;
      once.total_seconds = std::max(0.1, patience_seconds - (steady_seconds() - begin));
      TextRequest hello;
      hello.messages = {{TextMessage::Role::user, "Hi"}};
      hello.max_tokens = 1;
      hello.stop = stop;
      RemoteModel(once).answer(hello);
      trouble.reset();
      models.push_back({settings.model});
    }
  } catch (const Error& error) {
    trouble = Trouble{error.what()};
  }
  check.seconds = steady_seconds() - begin;
  check.model = settings.model;
  for (const ServedModel& one : models) check.models.push_back(one.name);
  if (check.model.empty() && models.size() == 1) check.model = models[0].name;
  if (stopped || trouble) {
    check.problem =
        stopped ? server_->origin() + ": the question whether it answers was cancelled; ask again" : trouble->sentence;
    return check;
  }
  check.answers = true;
  {
    const std::lock_guard lock(server_->mutex);
    check.context_tokens = settings.context > 0 ? settings.context : server_->context;
  }
  if (settings.model.empty() && models.size() != 1)
    check.problem = models.empty()
                        ? server_->origin() + ": lists no models; name one: --text-model " + server_->origin() + "#NAME"
                        : server_->origin() + ": serves " + std::to_string(models.size()) + " models (" + listed(check.models) +
                              "); choose one: --text-model " + server_->origin() + "#NAME";
  else if (!settings.model.empty() && std::find(check.models.begin(), check.models.end(), settings.model) == check.models.end())
    check.problem = server_->origin() + ": does not list '" + quotation(settings.model, settings.key) + "'" +
                    (models.empty() ? "" : ", but " + listed(check.models)) + "; is the name right?";
  return check;
}

}  // namespace bifrons
