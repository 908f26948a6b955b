// language/remote_asking.h - one question to a remote model with all its tries: the exchange, its event stream, the answer. Part
// of remote_model, not for others.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "language/http.h"
#include "language/remote_server.h"
#include "language/remote_wire.h"
#include "language/sse.h"
#include "language/text_model.h"
#include "language/thoughts.h"
#include "language/whole_characters.h"

namespace bifrons {

class RemoteAsking {
 public:
  RemoteAsking(RemoteServer& server, const TextRequest& request, const std::function<bool(const TextPiece&)>& on_piece)
      : server_(server), request_(request), on_piece_(on_piece), begin_(steady_seconds()) {}

  TextAnswer run();

 private:
  template <class Try>
  void tries(Try one);
  bool stop();  // the asker's wish is kept in cancelled_
  void status(const std::string& sentence);
  void wait(double seconds);

  std::optional<Trouble> choose_model();
  std::optional<Trouble> ask();

  // One exchange: what has come of the answer so far.
  struct Stream {
    std::unique_ptr<ThoughtSplitter> splitter;
    WholeCharacters text, thought;
    std::optional<Trouble> trouble;
    std::optional<TextUsage> usage;
    std::string finish, model, other;  // other: the body of what is no event stream
    std::string type, head;            // the content type; how the body begins
    bool begun = false, events = false, done = false, told_queue = false, any = false, malformed = false;
    double finished = 0;
    size_t bytes = 0;
  };
  HttpClient::Flow on_body(Stream& s, SseReader& reader, const HttpHead& head, std::string_view bytes);
  template <class Read>
  void bounded(Stream& s, Read read);  // an event or line over its bound becomes a trouble
  bool on_event(Stream& s, std::string_view data);
  void take(Stream& s, const ChatEvent& event);
  void emit(TextPiece::Kind kind, std::string_view piece);
  Trouble stream_error(const ServerError& error);
  std::optional<Trouble> no_stream(const Stream& s) const;
  std::optional<Trouble> refused(const Stream& s, const HttpResult& result, bool& again);
  std::optional<Trouble> end(Stream& s, const HttpResult& result);
  bool adapt(const ServerError& error);
  [[noreturn]] void too_long(int64_t most);

  RemoteServer& server_;
  const TextRequest& request_;
  const std::function<bool(const TextPiece&)>& on_piece_;
  double begin_;
  std::string model_;
  TextAnswer answer_;
  bool cancelled_ = false;
  bool begun_ = false;  // a piece of the answer has come: it is not asked for again, whoever listens
};

}  // namespace bifrons
