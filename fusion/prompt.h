// fusion/prompt.h - conversations to token ids, as the original's template "deepseek" writes them (janus.md 6.3), but built from
// pieces: text that a user typed is encoded as text, so no string in it becomes a special token (6.5).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/janus.h"

namespace bifrons {

struct ChatItem {
  enum class Kind { text, image } kind = Kind::text;
  std::string text;  // of a text item
};
struct ChatMessage {
  enum class Role { system, user, assistant } role = Role::user;
  std::vector<ChatItem> items;
};

// A list of messages in the OpenAI shape: content a string, or a list of {"type": "text" | "image_url" | "image", ...}. What an
// image item names is not read: pictures are handed over beside it, in order.
std::vector<ChatMessage> parse_messages(std::string_view json, const std::string& name_for_errors);

struct ChatOptions {
  bool default_system = true;     // the published system prompt when no message is a system message
  bool generation_prompt = true;  // ends with the assistant's role, ready to answer
};
// BOS and the conversation; every picture is one placeholder id. Items of a message are joined by one newline, its text is
// stripped.
std::vector<int32_t> chat_ids(const Janus& model, std::span<const ChatMessage> messages, const ChatOptions& options);
// BOS, the user's turn, the assistant's role and begin-of-image.
std::vector<int32_t> draw_ids(const Janus& model, std::string_view prompt);
// BOS and the string with special strings parsed: what the published scripts do with a ready-made prompt. Not for user text.
std::vector<int32_t> published_ids(const Janus& model, std::string_view prompt);

// The unconditional row of a guided pair: first and last id kept, pad between.
std::vector<int32_t> unconditional_ids(std::span<const int32_t> ids, int32_t pad);
// Each placeholder becomes begin-of-image, image_tokens placeholders, end-of-image. The ids must hold `images` placeholders.
std::vector<int32_t> expand_images(const Janus& model, std::span<const int32_t> ids, int64_t images);

}  // namespace bifrons
