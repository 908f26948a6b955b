// tests/language/remote_outcome.h - asks a remote model on a scripted server, with short time limits, and keeps all that came of
// it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "language/remote_model.h"
#include "tests/language/remote_stub.h"

namespace bifrons {

inline double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

inline const std::string done = "data: [DONE]\n\n";
inline std::string event(const std::string& text, const nlohmann::json& finish = nullptr) {
  return "data: " +
         nlohmann::json{{"choices", {{{"index", 0}, {"delta", {{"content", text}}}, {"finish_reason", finish}}}}}.dump() + "\n\n";
}
inline void fine(const StubRequest&, StubConnection& c) { c.stream(event("fine", "stop") + done); }

inline RemoteSettings quick(const StubServer& server) {
  RemoteSettings settings = parse_text_model(server.url() + "#stub");
  settings.connect_seconds = 0.3, settings.first_byte_seconds = 0.3, settings.idle_seconds = 0.3, settings.total_seconds = 3;
  settings.first_wait_seconds = 0.01, settings.longest_wait_seconds = 2, settings.retries = 3;
  return settings;
}

// What asking gave: the answer's text, or the error.
struct Outcome {
  std::string text, error, pieces;
  std::vector<std::string> statuses;
  double took = 0;
  std::optional<int64_t> too_long;  // ContextTooLong, and its most_tokens
  Fault fault = Fault::other;
};
inline Outcome ask(RemoteModel& model) {
  Outcome out;
  TextRequest request;
  request.messages = {{TextMessage::Role::user, "?"}};
  request.on_status = [&](const std::string& sentence) { out.statuses.push_back(sentence); };
  const double begin = seconds();
  try {
    out.text = model
                   .answer(request,
                           [&](const TextPiece& piece) {
                             out.pieces += piece.text;
                             return true;
                           })
                   .text;
  } catch (const ContextTooLong& error) {
    out.error = error.what(), out.too_long = error.most_tokens(), out.fault = error.fault();
  } catch (const Error& error) {
    out.error = error.what(), out.fault = error.fault();
  }
  out.took = seconds() - begin;
  return out;
}
inline Outcome ask(const StubServer& server) {
  RemoteModel model(quick(server));
  return ask(model);
}

}  // namespace bifrons
