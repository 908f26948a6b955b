// tests/fuzz/fuzz_sse.cpp - an event stream from a remote model: any bytes, cut anywhere, give whole characters split into text
// and thoughts, or an Error, and the same however they were cut. The first byte says how; the rest is the stream.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kernels/core/error.h"
#include "language/remote_errors.h"
#include "language/remote_wire.h"
#include "language/sse.h"
#include "language/thoughts.h"
#include "language/whole_characters.h"

namespace {

using namespace bifrons;

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_whole(std::string_view text) {
  WholeCharacters whole;
  return whole.push(text) == text && whole.finish().empty();
}

// All that came of the stream in one string; pieces of `step` bytes.
std::string read(std::string_view stream, size_t step, bool thinks) {
  std::string told, all;
  ThoughtSplitter splitter(thinks, [&](TextPiece::Kind, std::string_view piece) {
    must(!piece.empty() && is_whole(piece));
    told += piece;
  });
  WholeCharacters text, thought;
  const SseLimits small{4096, 16384};
  SseReader reader(
      [&](std::string_view name, std::string_view data) {
        must(name.size() <= small.line_bytes && data.size() <= small.event_bytes);
        if (const auto event = read_chat_event(data)) {
          if (!event->thought.empty()) splitter.push_thought(thought.push(event->thought));
          if (!event->text.empty()) splitter.push(text.push(event->text));
          must(is_whole(event->finish) && is_whole(event->model));
          if (event->usage) must(event->usage->cached_tokens <= event->usage->prompt_tokens && event->usage->answer_tokens >= 0);
          if (event->error) {
            const std::string words = quotation(event->error->message, Secret("secret-key", "fuzz"));
            must(words.size() <= 160 && is_whole(words) && words.find('\n') == std::string::npos &&
                 words.find('\x1b') == std::string::npos);
            must(words.find("secret-key") == std::string::npos);
            const auto most = context_too_long(400, *event->error);
            must(!most || *most >= 0);
          }
        }
        return data != "[DONE]";
      },
      small);
  try {
    for (size_t i = 0; i < stream.size(); i += step) reader.push(stream.substr(i, step));
    reader.finish();
  } catch (const Error& error) {
    all = error.what();
  }
  splitter.push_thought(thought.finish());
  splitter.push(text.finish());
  splitter.finish(true);
  must(is_whole(splitter.text()) && is_whole(splitter.thoughts()));
  return all + "\n" + splitter.thoughts() + "\n" + splitter.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1 || size > 1 << 18) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool thinks = data[0] & 1;
  const std::string at_once = read(stream, stream.size() + 1, thinks);
  must(read(stream, size_t{1} + (data[0] >> 1), thinks) == at_once);
  read_models(stream);
  read_llama_cpp_context(stream);
  read_server_error(stream);
  must(token_estimate(stream) >= 0 && (stream.empty() || token_estimate(stream) > 0 || stream == " "));
  HttpHead head;
  head.retry_after = stream.substr(0, 100);
  if (const auto wait = retry_after(head, 1000000000)) must(*wait >= 0 && *wait < 1e12);
  return 0;
}
