// language/remote_model.h - a TextModel behind an OpenAI-compatible endpoint: DeepSeek's own API, OpenAI's, a vLLM or SGLang
// cluster, a llama.cpp server. Streams, waits and tries again where that does no harm, and says in one sentence what went wrong.
//
// A request is tried again (settings.retries times, waiting twice as long each time with jitter, or as long as Retry-After says)
// after 408, 409, 429, 5xx, a failed or broken connection and a server's own "overloaded": never once a piece of the answer has
// come, whether anybody listens or not, and not after silence, since whoever waited a whole time limit should decide about the
// next.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "language/remote_settings.h"
#include "language/text_model.h"

namespace bifrons {

struct RemoteServer;  // remote_server.h

struct RemoteCheck {
  bool answers = false;
  double seconds = 0;               // until it did, or was given up
  std::string model;                // the one that would be asked; "" when that is not decided
  std::vector<std::string> models;  // that the server lists
  int64_t context_tokens = 0;       // as the settings or the server tell; 0: unknown
  std::string problem;              // one sentence; may be there though it answers: the named model is not in its list
};

// May be used by several threads at once. Nothing is sent before the first call that needs the server.
class RemoteModel : public TextModel {
 public:
  // Throws Fault::arguments if the key would travel unencrypted to another machine.
  explicit RemoteModel(RemoteSettings settings);
  ~RemoteModel() override;

  std::string name() const override;  // "deepseek-chat at api.deepseek.com"
  // As the settings say, else the server's list or an error of its own, else a guess from below: 65,536 for DeepSeek's API, 8,192
  // for any other. Asks the server once.
  int64_t context_tokens() const override;
  int64_t count_tokens(std::string_view text) const override;  // token_estimate
  TextAnswer answer(const TextRequest& request, const std::function<bool(const TextPiece&)>& on_piece = {}) override;

  // Whether the server answers (GET /models, which costs nothing), within `patience_seconds`. Throws nothing but bad_alloc.
  RemoteCheck check(double patience_seconds = 10, const std::function<bool()>& stop = {});

  const RemoteSettings& settings() const;

 private:
  std::unique_ptr<RemoteServer> server_;
};

}  // namespace bifrons
