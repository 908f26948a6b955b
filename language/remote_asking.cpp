// language/remote_asking.cpp - see remote_asking.h.
#include "language/remote_asking.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>
#include <thread>

#include "language/remote_errors.h"

namespace bifrons {
namespace {

using End = HttpResult::End;
using Flow = HttpClient::Flow;
constexpr size_t most_error_bytes = 64 << 10, most_whole_bytes = size_t{16} << 20;
constexpr size_t most_head_bytes = 200;     // of a body, to tell what it is
constexpr double after_finish_seconds = 3;  // how long usage and [DONE] may come behind the last word

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

// Whether a stream of server-sent events may begin like this, as far as it goes.
bool begins_as_events(std::string_view head) {
  if (head.substr(0, 3) == "\xEF\xBB\xBF") head.remove_prefix(3);
  head.remove_prefix(std::min(head.find_first_not_of("\r\n"), head.size()));
  for (const std::string_view field : {"data", "event", "id", "retry", ":"}) {
    const std::string_view begin = head.substr(0, field.size());
    if (begin == field.substr(0, begin.size()) && (head.size() <= field.size() || field == ":" ||
                                                   std::string_view(":\r\n").find(head[field.size()]) != std::string_view::npos))
      return true;
  }
  return false;
}

// Whether a model of this name thinks aloud before it answers.
bool thinks_by_name(const std::string& model) {
  const std::string name = lower(model);
  for (const char* mark : {"reasoner", "thinking", "qwq"})
    if (contains(name, mark)) return true;
  const size_t r1 = name.find("r1");  // deepseek-r1, r1-distill-...; not "pr1" or "r10"
  return r1 != std::string::npos && (r1 == 0 || !std::isalnum(uint8_t(name[r1 - 1]))) &&
         (r1 + 2 == name.size() || !std::isalnum(uint8_t(name[r1 + 2])));
}

}  // namespace

bool RemoteAsking::stop() {
  if (!cancelled_ && request_.stop && request_.stop()) cancelled_ = true;
  return cancelled_;
}

void RemoteAsking::status(const std::string& sentence) {
  if (request_.on_status) request_.on_status(sentence);
}

void RemoteAsking::wait(double seconds) {
  const double end = steady_seconds() + seconds;
  for (double left; !stop() && (left = end - steady_seconds()) > 0;)
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left, 0.02)));
}

template <class Try>
void RemoteAsking::tries(Try one) {
  const RemoteSettings& settings = server_.settings;
  static thread_local std::minstd_rand chance{std::random_device{}()};
  double step = settings.first_wait_seconds;
  for (int tried = 1;; ++tried) {
    const std::optional<Trouble> trouble = one();
    if (!trouble || cancelled_) return;
    const std::string times = tried > 1 ? " (tried " + std::to_string(tried) + " times)" : "";
    if (!trouble->retry || begun_ || tried > settings.retries) throw Error(trouble->fault, trouble->sentence + times);
    // Half of the wait is left to chance, so that many clients of a server that was down do not come back as one.
    double seconds = step * (0.5 + 0.5 * std::uniform_real_distribution<double>()(chance));
    step = std::min(step * 2, settings.longest_wait_seconds);
    if (trouble->after) {
      if (*trouble->after > settings.longest_wait_seconds)
        throw Error(trouble->fault, trouble->sentence + "; the server asks to wait " + in_seconds(*trouble->after) + times);
      seconds = std::max(seconds, *trouble->after);
    }
    status(settings.host + ": " + trouble->why + "; trying again in " + in_seconds(seconds) + " (" + std::to_string(tried) +
           " of " + std::to_string(settings.retries) + ")");
    wait(seconds);
    if (cancelled_) return;
  }
}

TextAnswer RemoteAsking::run() {
  tries([&] { return choose_model(); });
  if (!cancelled_) tries([&] { return ask(); });
  answer_.model = model_;
  answer_.seconds = steady_seconds() - begin_;
  if (cancelled_) answer_.end = TextAnswer::End::cancelled;
  return std::move(answer_);
}

std::optional<Trouble> RemoteAsking::choose_model() {
  {
    const std::lock_guard lock(server_.mutex);
    model_ = server_.model;
  }
  if (!model_.empty()) return std::nullopt;
  std::vector<ServedModel> models;
  bool stopped = false;
  auto trouble = server_.list(
      models, server_.settings.connect_seconds + 30, [&] { return stop(); }, stopped);
  if (stopped) cancelled_ = true;
  if (trouble || stopped) return trouble;
  if (models.size() == 1) {
    model_ = models[0].name;
    return std::nullopt;
  }
  std::vector<std::string> names;
  names.reserve(models.size());
  for (const ServedModel& one : models) names.push_back(one.name);
  const std::string at = server_.origin() + ": ";
  if (names.empty()) return Trouble{at + "lists no models; name one: --text-model " + server_.origin() + "#NAME"};
  return Trouble{at + "serves " + std::to_string(names.size()) + " models (" + listed(names) + "); choose one: --text-model " +
                     server_.origin() + "#NAME",
                 false,
                 {},
                 "",
                 Fault::arguments};
}

std::optional<Trouble> RemoteAsking::ask() {
  const RemoteSettings& settings = server_.settings;
  const std::vector<std::string> bases = settings.bases();
  for (;;) {  // every turn changes the base or the request's shape, and both run out
    RequestShape shape;
    size_t base = 0;
    {
      const std::lock_guard lock(server_.mutex);
      shape = server_.shape, base = server_.base;
    }
    HttpRequest r = server_.request(bases[base] + "/chat/completions");
    r.headers.push_back("Accept: text/event-stream, application/json");
    r.body = chat_request(request_, model_, shape);

    Stream s;
    s.splitter = std::make_unique<ThoughtSplitter>(settings.thinks.value_or(thinks_by_name(model_)),
                                                   [&](TextPiece::Kind kind, std::string_view piece) { emit(kind, piece); });
    SseReader reader([&](std::string_view, std::string_view data) { return on_event(s, data); });
    const HttpResult result = server_.send(
        r, [&](const HttpHead& head, std::string_view bytes) { return on_body(s, reader, head, bytes); },
        [&] { return stop() || (s.finished > 0 && steady_seconds() - s.finished > after_finish_seconds); });
    if (!cancelled_ && !s.trouble && s.events && !s.done && (result.end == End::whole || result.end == End::cut)) {
      bounded(s, [&] { reader.finish(); });
      if (s.malformed) s.trouble.reset();  // the last event was cut with the connection, which is what is told
    }
    if (cancelled_) {
      answer_.text = s.splitter->text();
      answer_.thoughts = s.splitter->thoughts();
      answer_.usage = s.usage;
      return std::nullopt;
    }
    if (s.trouble) return s.trouble;
    if (result.head.status != 0 && (result.head.status < 200 || result.head.status > 299)) {
      bool again = false;
      auto trouble = refused(s, result, again);
      if (again) continue;
      return trouble;
    }
    return end(s, result);
  }
}

void RemoteAsking::emit(TextPiece::Kind kind, std::string_view piece) {
  if (cancelled_) return;
  if (answer_.first_token_seconds == 0) answer_.first_token_seconds = steady_seconds() - begin_;
  begun_ = true;
  if (on_piece_ && !on_piece_({kind, piece})) cancelled_ = true;
}

template <class Read>
void RemoteAsking::bounded(Stream& s, Read read) {
  try {
    read();
  } catch (const ContextTooLong&) {
    throw;
  } catch (const Error& error) {
    if (error.fault() != Fault::limit) throw;
    s.trouble = Trouble{server_.origin() + ": " + error.what() + "; is it the right server?", false, {}, "", Fault::limit};
  }
}

Flow RemoteAsking::on_body(Stream& s, SseReader& reader, const HttpHead& head, std::string_view bytes) {
  const std::string at = server_.origin() + ": ";
  if (head.status < 200 || head.status > 299) {
    s.other += bytes.substr(0, most_error_bytes - std::min(most_error_bytes, s.other.size()));
    return s.other.size() < most_error_bytes ? Flow::go_on : Flow::enough;
  }
  if (!s.begun) {
    s.begun = true;
    std::string type = lower(head.content_type.substr(0, head.content_type.find(';')));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    s.events = type == "text/event-stream" || type.empty();
    s.type = type;
    if (!s.events && type != "application/json") {
      s.trouble = Trouble{at + "answers with '" + quotation(type, {}) +
                          "' instead of an event stream; is the address that of an OpenAI-compatible endpoint?"};
      return Flow::abandon;
    }
  }
  if (!s.events) {
    s.other += bytes;
    if (s.other.size() <= most_whole_bytes) return Flow::go_on;
    s.trouble = Trouble{broken(server_.settings, End::too_large), false, {}, "", Fault::limit};
    return Flow::abandon;
  }
  s.head += bytes.substr(0, most_head_bytes - std::min(most_head_bytes, s.head.size()));
  bounded(s, [&] { reader.push(bytes); });
  if (s.trouble || cancelled_) return Flow::abandon;
  if (reader.comments() > 0 && !s.any && !s.told_queue) {
    s.told_queue = true;
    status(server_.settings.host + ": has the question in its queue");
  }
  return s.done ? Flow::enough : Flow::go_on;
}

bool RemoteAsking::on_event(Stream& s, std::string_view data) {
  const std::string at = server_.origin() + ": ";
  if (data.find_first_not_of(" \t\n") == std::string_view::npos) return true;
  if (data == "[DONE]") {
    s.done = true;
    return false;
  }
  const auto event = read_chat_event(data);
  if (!event) {
    s.malformed = true;
    s.trouble = Trouble{at + "sent an event that is no JSON object; is it the right server, and the right version of it?"};
    return false;
  }
  if (event->error && !event->has_choice) {
    s.trouble = stream_error(*event->error);
    return false;
  }
  take(s, *event);
  if (event->error && !s.trouble) s.trouble = stream_error(*event->error);
  return !s.trouble && !cancelled_;
}

void RemoteAsking::take(Stream& s, const ChatEvent& event) {
  s.bytes += event.text.size() + event.thought.size();
  if (s.bytes > server_.settings.most_answer_bytes) {
    s.trouble =
        Trouble{server_.origin() + ": the answer is longer than " + std::to_string(server_.settings.most_answer_bytes) +
                    " bytes, for " + std::to_string(request_.max_tokens) + " tokens that were asked for; is it the right server?",
                false,
                {},
                "",
                Fault::limit};
    return;
  }
  if (!event.thought.empty() || !event.text.empty()) s.any = true;
  if (!event.thought.empty()) s.splitter->push_thought(s.thought.push(event.thought));
  if (!event.text.empty()) s.splitter->push(s.text.push(event.text));
  if (event.usage) s.usage = event.usage;
  if (!event.model.empty() && s.model.empty()) s.model = event.model.substr(0, 512);
  if (!event.finish.empty()) {
    s.finish = event.finish;
    if (s.finished == 0) s.finished = steady_seconds();
  }
}

void RemoteAsking::too_long(int64_t most) {
  if (most > 0) {
    const std::lock_guard lock(server_.mutex);
    server_.context = most;
  }
  throw ContextTooLong(server_.origin() + ": the prompt is too long for the model" +
                           (most > 0 ? ", which takes " + std::to_string(most) + " tokens" : "") + "; ask with less text",
                       most);
}

Trouble RemoteAsking::stream_error(const ServerError& error) {
  if (const auto most = context_too_long(0, error)) too_long(*most);
  const std::string words = quotation(error.message, server_.settings.key);
  return Trouble{server_.origin() + ": the server gave up" + (words.empty() ? "" : ", saying \"" + words + "\"") +
                     "; try again, or look at its log if it is yours",
                 worth_retrying(error),
                 {},
                 "the server gave up"};
}

// Whether the request can be asked in a way this server likes better.
bool RemoteAsking::adapt(const ServerError& error) {
  const std::string all = lower(error.message.substr(0, 4096) + " " + error.param);
  const auto unknown = [&](const char* name) {
    if (error.param == name) return true;
    if (!contains(all, name)) return false;
    for (const char* word :
         {"unsupported", "not support", "extra", "unknown", "unrecognized", "not permitted", "not allowed", "unexpected"})
      if (contains(all, word)) return true;
    return false;
  };
  const std::lock_guard lock(server_.mutex);
  RequestShape& shape = server_.shape;
  if (!shape.max_completion_tokens && contains(all, "max_completion_tokens") && contains(all, "max_tokens"))
    return shape.max_completion_tokens = true;
  if (shape.stream_options && unknown("stream_options")) return !(shape.stream_options = false);
  if (shape.seed && request_.seed && unknown("seed")) {
    status(server_.settings.host + ": takes no seed, so the answer cannot be repeated");
    return !(shape.seed = false);
  }
  if (shape.sampling && (unknown("temperature") || unknown("top_p"))) {
    status(server_.settings.host + ": takes no temperature, so its own holds");
    return !(shape.sampling = false);
  }
  return false;
}

std::optional<Trouble> RemoteAsking::refused(const Stream& s, const HttpResult& result, bool& again) {
  const int code = result.head.status;
  const ServerError error = read_server_error(s.other).value_or(ServerError{});
  if (const auto most = context_too_long(code, error)) too_long(*most);
  if ((code == 404 || code == 405) && !contains(lower(error.message + error.code), "model")) {
    const std::lock_guard lock(server_.mutex);
    if (server_.base + 1 < server_.settings.bases().size()) {
      ++server_.base;
      again = true;
      return std::nullopt;
    }
    server_.base = 0;
  }
  if ((code == 400 || code == 422) && adapt(error)) {
    again = true;
    return std::nullopt;
  }
  const bool no_credit = contains(lower(error.code + error.type), "insufficient_quota");
  Trouble trouble{refusal(server_.settings, model_, code, error), worth_retrying(code) && !no_credit,
                  retry_after(result.head, std::time(nullptr)),
                  code == 429 ? "busy (HTTP 429)" : "in trouble (HTTP " + std::to_string(code) + ")"};
  return trouble;
}

// What came with HTTP 200 and the type of an event stream, and is none: another try would bring the same.
std::optional<Trouble> RemoteAsking::no_stream(const Stream& s) const {
  if (!s.events || s.told_queue || begins_as_events(s.head)) return std::nullopt;
  return Trouble{server_.origin() + ": answered HTTP 200 with " +
                 (s.type.empty() ? "no content type" : "content type '" + quotation(s.type, {}) + "'") +
                 ", but what came is no event stream of an OpenAI-compatible endpoint: it begins with \"" +
                 quotation(s.head.substr(0, 60), server_.settings.key) +
                 "\" where \"data: {\" was expected; is the address right, with or without /v1?"};
}

std::optional<Trouble> RemoteAsking::end(Stream& s, const HttpResult& result) {
  const std::string at = server_.origin() + ": ";
  const bool complete = !s.finish.empty() || s.done;
  if (!complete && !s.any && (result.end == End::whole || result.end == End::cut))
    if (auto trouble = no_stream(s)) return trouble;
  if (!complete && result.end != End::whole && result.end != End::enough)
    return Trouble{broken(server_.settings, result.end),
                   connection_failed(result.end),
                   {},
                   "no connection",
                   result.end == End::too_large ? Fault::limit : Fault::other};
  if (!s.events && !s.other.empty()) {  // a server that does not stream
    const auto event = read_chat_event(s.other);
    if (!event)
      return Trouble{at +
                     "answered with something that is no JSON object; is the address that of an OpenAI-compatible endpoint?"};
    if (event->error) return stream_error(*event->error);
    if (!event->has_choice) return Trouble{at + "answered without an answer in it (no choices); is the model loaded?"};
    take(s, *event);
    if (s.finish.empty()) s.finish = "stop";
  } else if (!complete) {
    return Trouble{broken(server_.settings, End::cut), true, {}, "the answer broke off"};
  } else if (s.finish.empty() && !s.any) {
    return Trouble{at + "ended the answer before it began; is the model loaded?"};
  }
  if (s.trouble) return s.trouble;

  // DeepSeek's and SGLang's words for a server that ran out of something
  if (s.finish == "insufficient_system_resource" || s.finish == "abort")
    return Trouble{at + "the server broke the answer off for want of resources; try again later", true, {}, "short of resources"};
  if (s.finish == "content_filter")
    return Trouble{at + "the service's content filter withheld the answer; ask in other words, or another model"};
  if (s.finish == "tool_calls" || s.finish == "function_call")
    return Trouble{at + "the model wants to call a tool though none was offered; ask again, or another model"};
  const bool length = s.finish == "length" || s.finish == "max_tokens";
  if (!length && !s.finish.empty() && s.finish != "stop" && s.finish != "eos" && s.finish != "eos_token" &&
      s.finish != "stop_sequence" && s.finish != "end_turn")
    status(at + "ended the answer with '" + quotation(s.finish, server_.settings.key) + "', which is taken as its end");
  s.splitter->push_thought(s.thought.finish());
  s.splitter->push(s.text.finish());
  s.splitter->finish(!length);
  answer_.text = s.splitter->text();
  answer_.thoughts = s.splitter->thoughts();
  answer_.usage = s.usage;
  answer_.end = length ? TextAnswer::End::length : TextAnswer::End::stop;
  return std::nullopt;
}

}  // namespace bifrons
