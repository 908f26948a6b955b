// fusion/talk.h - pictures and a conversation in, streamed text out. What consecutive requests have in common at their beginning
// (the system prompt, a picture asked about twice, the turns of a chat) is read once: its keys and values stay in the cache.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "fusion/janus.h"
#include "fusion/prompt.h"
#include "language/engine.h"
#include "language/generate.h"
#include "vision/image.h"

namespace bifrons {

struct Answer {
  Generated generated;
  int64_t prompt_tokens = 0;  // of the whole prompt
  int64_t reused_tokens = 0;  // of these, still in the cache from the request before
};

class Talker {
 public:
  // The model must have been loaded with JanusNeeds::talking() (or just language, when no picture will come).
  explicit Talker(const Janus& model);
  ~Talker();

  // `images` fill the messages' picture items in order. on_text gets complete characters; returning false ends the answer.
  // Stop ids are the model's own. Throws Fault::limit when the prompt is longer than the model reads.
  Answer answer(std::span<const ChatMessage> messages, std::span<const Image* const> images, const GenerateOptions& options,
                const std::function<bool(std::string_view)>& on_text = {});
  void forget();  // drops what was kept

 private:
  void make_room(int64_t tokens);

  const Janus& model_;
  std::unique_ptr<Engine> engine_;
  int64_t capacity_ = 0;  // positions the engine was made for
  Engine::Sequence sequence_ = -1;
  std::vector<uint64_t> kept_;  // what stands at each position: an id, or a picture's fingerprint and row
};

}  // namespace bifrons
