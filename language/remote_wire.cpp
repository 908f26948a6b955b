// language/remote_wire.cpp - see remote_wire.h.
#include "language/remote_wire.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "language/whole_characters.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;

// The member of an object, or null; never throws.
const Json& at(const Json& object, const char* key) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}
std::string text_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}
// A count from 0 to 2^53, or -1.
int64_t count_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  constexpr double most = 9007199254740992.0;
  if (!value.is_number()) return -1;
  const double number = value.get<double>();
  return number >= 0 && number <= most ? int64_t(number) : -1;
}

std::optional<Json> parse_object(std::string_view text) {
  Json all = Json::parse(text, nullptr, false);
  if (all.is_discarded()) all = Json::parse(readable_json(text), nullptr, false);
  if (all.is_discarded() || !all.is_object()) return std::nullopt;
  return all;
}

std::string plain(const std::string& raw) {  // whole characters, for names and messages
  WholeCharacters whole;
  const std::string begin = whole.push(bytes_of(raw));
  return begin + whole.finish();
}

// A string, or the text parts of a list of parts.
std::string content_at(const Json& message, const char* key) {
  const Json& value = at(message, key);
  if (value.is_string()) return bytes_of(value.get_ref<const std::string&>());
  std::string all;
  if (value.is_array())
    for (const Json& part : value)
      if (text_at(part, "type") == "text") all += bytes_of(text_at(part, "text"));
  return all;
}

std::optional<ServerError> error_of(const Json& all) {
  const Json& inner = at(all, "error");
  ServerError error;
  const auto read = [&](const Json& from) {
    error.message = plain(text_at(from, "message"));
    error.type = plain(text_at(from, "type"));
    error.param = plain(text_at(from, "param"));
    const Json& code = at(from, "code");
    error.code = code.is_string() ? plain(code.get<std::string>()) : code.is_number_integer() ? code.dump() : "";
    error.context = std::max<int64_t>(0, count_at(from, "n_ctx"));
  };
  if (inner.is_object()) {
    read(inner);
    return error;
  }
  if (inner.is_string()) {  // {"error": "...", "error_type": "validation"}: text-generation-inference, Ollama
    error.message = plain(inner.get<std::string>());
    error.type = plain(text_at(all, "error_type"));
    return error;
  }
  if (text_at(all, "object") == "error") {  // older vLLM and SGLang
    read(all);
    return error;
  }
  const Json& detail = at(all, "detail");  // FastAPI
  if (detail.is_string()) {
    error.message = plain(detail.get<std::string>());
    return error;
  }
  if (detail.is_array() && !detail.empty()) {
    error.message = plain(text_at(detail[0], "msg"));
    const Json& place = at(detail[0], "loc");
    if (place.is_array() && !place.empty() && place.back().is_string()) error.param = plain(place.back().get<std::string>());
    return error;
  }
  if (inner.is_null() && at(all, "choices").is_null() && at(all, "message").is_string()) {
    read(all);
    return error;
  }
  return std::nullopt;
}

std::optional<TextUsage> usage_of(const Json& all) {
  const Json& from = at(all, "usage");
  const int64_t prompt = count_at(from, "prompt_tokens"), answer = count_at(from, "completion_tokens");
  if (prompt < 0 && answer < 0) return std::nullopt;
  int64_t cached = count_at(from, "prompt_cache_hit_tokens");
  if (cached < 0) cached = count_at(at(from, "prompt_tokens_details"), "cached_tokens");
  TextUsage usage;
  usage.prompt_tokens = std::max<int64_t>(0, prompt);
  usage.cached_tokens = std::clamp<int64_t>(cached, 0, usage.prompt_tokens);
  usage.answer_tokens = std::max<int64_t>(0, answer);
  return usage;
}

const char* name_of_role(TextMessage::Role role) {
  switch (role) {
    case TextMessage::Role::system: return "system";
    case TextMessage::Role::user: return "user";
    case TextMessage::Role::assistant: break;
  }
  return "assistant";
}

}  // namespace

std::string chat_request(const TextRequest& request, const std::string& model, const RequestShape& shape) {
  Json messages = Json::array();
  for (const TextMessage& message : request.messages)
    messages.push_back({{"role", name_of_role(message.role)}, {"content", message.content}});
  Json body{{"model", model}, {"messages", std::move(messages)}, {"stream", true}};
  body[shape.max_completion_tokens ? "max_completion_tokens" : "max_tokens"] = request.max_tokens;
  if (shape.sampling) {
    body["temperature"] = request.temperature;
    body["top_p"] = request.top_p;
  }
  if (shape.stream_options) body["stream_options"] = {{"include_usage", true}};
  if (shape.seed && request.seed)
    body["seed"] = int64_t(*request.seed & uint64_t(INT64_MAX));  // servers take a signed 64-bit number
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<ServerError> read_server_error(std::string_view body) {
  const auto all = parse_object(body);
  return all ? error_of(*all) : std::nullopt;
}

std::optional<ChatEvent> read_chat_event(std::string_view json) {
  const auto all = parse_object(json);
  if (!all) return std::nullopt;
  ChatEvent event;
  const Json& choices = at(*all, "choices");
  if (choices.is_array())
    for (const Json& choice : choices) {
      if (!choice.is_object() || count_at(choice, "index") > 0) continue;  // we ask for one
      event.has_choice = true;
      const Json& delta = at(choice, "delta");
      const Json& message = delta.is_object() ? delta : at(choice, "message");
      event.text += content_at(message, "content");
      std::string thought = content_at(message, "reasoning_content");
      if (thought.empty()) thought = content_at(message, "reasoning");  // the name that newer vLLM and OpenRouter use
      event.thought += thought;
      if (event.finish.empty()) event.finish = plain(text_at(choice, "finish_reason"));
    }
  if (!event.has_choice || !at(*all, "error").is_null()) event.error = error_of(*all);
  event.model = plain(text_at(*all, "model"));
  event.usage = usage_of(*all);
  return event;
}

std::optional<std::vector<ServedModel>> read_models(std::string_view body) {
  const auto all = parse_object(body);
  if (!all || !at(*all, "data").is_array()) return std::nullopt;
  std::vector<ServedModel> models;
  for (const Json& one : at(*all, "data")) {
    ServedModel model;
    model.name = plain(text_at(one, "id"));
    if (model.name.empty() || model.name.size() > 512 || models.size() == 10000) continue;
    // vLLM and SGLang; LM Studio; OpenRouter and Together; Groq; Mistral
    for (const char* key : {"max_model_len", "loaded_context_length", "context_length", "context_window", "max_context_length"})
      if (model.context <= 0) model.context = count_at(one, key);
    model.context = std::max<int64_t>(0, model.context);
    model.llama_cpp = text_at(one, "owned_by") == "llamacpp";
    models.push_back(std::move(model));
  }
  return models;
}

int64_t read_llama_cpp_context(std::string_view props) {
  const auto all = parse_object(props);
  return all ? std::max<int64_t>(0, count_at(at(*all, "default_generation_settings"), "n_ctx")) : 0;
}

int64_t token_estimate(std::string_view text) {
  // Halves of a token. The runs are those that byte-level BPE tokenizers cut a text into before they merge.
  int64_t halves = 0;
  const auto letter = [](uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (size_t i = 0; i < text.size();) {
    const uint8_t c = uint8_t(text[i]);
    size_t end = i + 1;
    if (letter(c)) {
      while (end < text.size() && letter(uint8_t(text[end]))) ++end;
      const int64_t letters = int64_t(end - i);
      halves += 2 * (letters <= 8 ? (letters + 3) / 4 : (letters + 2) / 3);  // long words are cut finer
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      while (end < text.size() && (text[end] == ' ' || text[end] == '\n' || text[end] == '\t' || text[end] == '\r')) ++end;
      const int64_t lines = std::count(text.begin() + int64_t(i), text.begin() + int64_t(end), '\n');
      if (end - i > 1 || c != ' ')
        halves += 2 * (std::max(lines, int64_t{1}) + int64_t(end - i) / 16);  // one blank belongs to the word behind it
    } else if (c < 0x80) {
      halves += 2;  // a digit, a sign
    } else if (c < 0xE0) {
      halves += 2, end = i + 2;  // two bytes: an accented, Greek, Cyrillic, Hebrew or Arabic letter
    } else if (c < 0xF0) {
      // CJK characters and their punctuation (U+3000 .. U+9FFF, U+FFxx), Hangul: about one; other scripts of three bytes: more
      halves += c >= 0xE3 ? 2 : 4, end = i + 3;
    } else {
      halves += 8, end = i + 4;  // four bytes: rare, often a token a byte
    }
    i = std::min(end, text.size());
  }
  return (halves + 1) / 2;
}

}  // namespace bifrons
