// language/generate.cpp - the loop of every answer: logits, draw, decode, feed back.
#include "language/generate.h"

#include <algorithm>

namespace bifrons {

Generated generate(Engine& engine, const Tokenizer& tokenizer, Engine::Sequence sequence, View<const float, 2> last,
                   std::span<const int32_t> history, const GenerateOptions& options,
                   const std::function<bool(std::string_view)>& on_text) {
  if (options.max_tokens < 0) fail(Fault::arguments, "generate: max_tokens is ", options.max_tokens, ", must be 0 or more");
  if (last.dim[0] != 1)
    fail(Fault::arguments, "generate: continues from the hidden row of one position, got ", shape_text(last.dim));

  Generated out;
  StreamDecoder decoder(tokenizer);
  const auto emit = [&](const std::string& piece) {
    out.text += piece;
    return !on_text || on_text(piece);
  };
  // Only a penalty looks at what came before.
  std::vector<int32_t> seen;
  if (options.repetition_penalty != 1) seen.assign(history.begin(), history.end());

  out.end = Generated::End::length;
  while (int64_t(out.ids.size()) < options.max_tokens) {
    const Sample draw{.temperature = options.temperature,
                      .top_p = options.top_p,
                      .repetition_penalty = options.repetition_penalty,
                      .top_k = options.top_k,
                      .position = uint32_t(engine.length(sequence)),
                      .seed = options.seed,
                      .history_end = int32_t(seen.size())};
    int32_t id = 0;
    engine.sample({&id, 1}, engine.text_logits(last), {&draw, 1}, seen);
    if (std::find(options.stop.begin(), options.stop.end(), id) != options.stop.end()) {
      out.end = Generated::End::stop;
      break;
    }
    out.ids.push_back(id);
    if (options.repetition_penalty != 1) seen.push_back(id);
    if (!emit(decoder.push(id))) {
      out.end = Generated::End::cancelled;
      return out;
    }
    if (int64_t(out.ids.size()) == options.max_tokens || engine.room(sequence) == 0) break;
    const Engine::Input next{.sequence = sequence, .ids = {&id, 1}};
    last = engine.forward({&next, 1});
  }
  if (const std::string rest = decoder.finish(); !rest.empty()) emit(rest);
  return out;
}

}  // namespace bifrons
