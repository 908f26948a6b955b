// fusion/prompt.cpp - see prompt.h.
#include "fusion/prompt.h"

#include <algorithm>
#include <cstring>

#include <nlohmann/json.hpp>

#include "kernels/core/error.h"

namespace bifrons {

using Json = nlohmann::json;

namespace {

constexpr const char* system_prompt =
    "You are a helpful language and vision assistant. You are able to understand the visual content that the user provides, and "
    "assist the user with a variety of tasks using natural language.";

// ---- stripping, as Python's str.strip does

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}
// The spaces' UTF-8 forms are one to three bytes; anything else, valid or not, is no space.
size_t space_at(std::string_view text) {  // bytes of the space that begins here, 0: none
  const auto byte = [&](size_t i) { return i < text.size() ? uint8_t(text[i]) : uint8_t(0); };
  if (byte(0) < 0x80) return !text.empty() && is_space(byte(0)) ? 1 : 0;
  if (byte(0) == 0xc2) return is_space(char32_t(byte(1))) && byte(1) >= 0x80 ? 2 : 0;
  if ((byte(0) & 0xf0) == 0xe0 && (byte(1) & 0xc0) == 0x80 && (byte(2) & 0xc0) == 0x80)
    return is_space(char32_t((byte(0) & 15) << 12 | (byte(1) & 63) << 6 | (byte(2) & 63))) ? 3 : 0;
  return 0;
}
std::string_view strip_left(std::string_view text) {
  while (const size_t n = space_at(text)) text.remove_prefix(n);
  return text;
}
std::string_view strip_right(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (size_t n = 1; n <= 3 && n <= text.size(); ++n)
      if (space_at(text.substr(text.size() - n)) == n) {
        text.remove_suffix(n), again = true;
        break;
      }
  }
  return text;
}

// ---- building

// Text gathers until a special id interrupts it; only then is it encoded, so that tokens form across our own and the user's words
// exactly as they do in the published whole string.
class Builder {
 public:
  explicit Builder(const Janus& model) : model_(model) {}
  void text(std::string_view more) { pending_ += more; }
  void id(int32_t special) {
    flush();
    ids_.push_back(special);
  }
  void strip_end() { pending_ = std::string(strip_right(pending_)); }
  std::vector<int32_t> finish() {
    flush();
    return std::move(ids_);
  }
  void role(bool user) {
    const auto& tagged = user ? model_.tokens().user : model_.tokens().assistant;
    if (tagged) {
      id(*tagged);
    } else {
      text(user ? "User" : "Assistant");
    }
  }

 private:
  void flush() {
    if (pending_.empty()) return;
    const auto more = model_.tokenizer().encode(pending_, Added::ordinary, model_.tokens().never);
    ids_.insert(ids_.end(), more.begin(), more.end());
    pending_.clear();
  }
  const Janus& model_;
  std::string pending_;
  std::vector<int32_t> ids_;
};

// A message's items as text and pictures in turn, joined by newlines and stripped as one string: the first and last are text.
std::vector<std::string> pieces_between_images(const ChatMessage& message) {
  std::vector<std::string> pieces(1);
  for (size_t i = 0; i < message.items.size(); ++i) {
    if (i > 0) pieces.back() += "\n";
    if (message.items[i].kind == ChatItem::Kind::image) {
      pieces.emplace_back();
    } else {
      pieces.back() += message.items[i].text;
    }
  }
  pieces.front() = std::string(strip_left(pieces.front()));
  pieces.back() = std::string(strip_right(pieces.back()));
  return pieces;
}

const char* name_of(ChatMessage::Role role) {
  return role == ChatMessage::Role::system ? "system" : role == ChatMessage::Role::user ? "user" : "assistant";
}

int32_t bos_of(const Janus& model) { return model.require(model.tokens().bos, model.config().strings.bos, "a prompt"); }
int32_t begin_image_of(const Janus& model) {
  return model.require(model.tokens().begin_image, model.config().strings.begin_image, "a picture");
}

}  // namespace

std::vector<ChatMessage> parse_messages(std::string_view text, const std::string& file) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception&) {
    fail(Fault::unreadable, file,
         ": is not valid JSON; a list of messages is needed, such as [{\"role\": \"user\", \"content\": \"Hello\"}]");
  }
  if (!json.is_array() || json.empty())
    fail(Fault::unreadable, file, ": holds no list of messages, such as [{\"role\": \"user\", \"content\": \"Hello\"}]");
  std::vector<ChatMessage> messages;
  for (const Json& entry : json) {
    const std::string at = file + ": message " + std::to_string(messages.size() + 1);
    if (!entry.is_object() || !entry.contains("role") || !entry["role"].is_string()) fail(Fault::unreadable, at, " has no role");
    const auto& role = entry["role"].get_ref<const std::string&>();
    ChatMessage message;
    if (role == "system") {
      message.role = ChatMessage::Role::system;
    } else if (role == "assistant") {
      message.role = ChatMessage::Role::assistant;
    } else if (role != "user") {
      fail(Fault::unreadable, at, " is from '", role.substr(0, 40), "'; Bifrons knows system, user and assistant");
    }
    if (!entry.contains("content")) fail(Fault::unreadable, at, " has no content");
    const Json& content = entry["content"];
    if (content.is_string()) {
      message.items.push_back({ChatItem::Kind::text, content.get<std::string>()});
    } else if (content.is_array()) {
      for (const Json& item : content) {
        const std::string type =
            item.is_object() && item.contains("type") && item["type"].is_string() ? item["type"].get<std::string>() : "";
        if (type == "text" && item.contains("text") && item["text"].is_string()) {
          message.items.push_back({ChatItem::Kind::text, item["text"].get<std::string>()});
        } else if (type == "image_url" || type == "image") {
          message.items.push_back({ChatItem::Kind::image, ""});
        } else {
          fail(Fault::unreadable, at,
               " holds an item that is neither {\"type\": \"text\", \"text\": ...} nor {\"type\": \"image_url\", ...}");
        }
      }
    } else {
      fail(Fault::unreadable, at, ": its content is neither a string nor a list of items");
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

std::vector<int32_t> chat_ids(const Janus& model, std::span<const ChatMessage> messages, const ChatOptions& options) {
  Builder out(model);
  out.id(bos_of(model));
  std::string system = options.default_system ? system_prompt : "";
  if (!messages.empty() && messages[0].role == ChatMessage::Role::system) {
    const auto pieces = pieces_between_images(messages[0]);
    if (pieces.size() > 1) fail(Fault::arguments, "a system message cannot hold a picture");
    system = pieces[0];
    messages = messages.subspan(1);
  }
  if (!system.empty()) out.text(system), out.text("\n\n");
  size_t turn = 0;
  for (const ChatMessage& message : messages) {
    if (message.role == ChatMessage::Role::system) fail(Fault::arguments, "a system message must be the first of a conversation");
    if (turn % 2 != (message.role == ChatMessage::Role::user ? 0u : 1u))
      fail(Fault::arguments, "message ", turn + 1, " of the conversation is from the ", name_of(message.role),
           ": user and assistant must take turns, the user first");
    out.role(message.role == ChatMessage::Role::user);
    const auto pieces = pieces_between_images(message);
    const bool empty = pieces.size() == 1 && pieces[0].empty();
    out.text(empty ? ":" : ": ");
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (i > 0) out.id(model.require(model.tokens().placeholder, model.config().strings.placeholder, "a picture"));
      out.text(pieces[i]);
    }
    if (!empty) {
      if (turn % 2 == 0)
        out.text("\n\n");
      else
        out.id(model.require(model.tokens().eos, model.config().strings.eos, "a conversation of several turns"));
    }
    ++turn;
  }
  if (!options.generation_prompt) {
    out.strip_end();
  } else {
    if (turn % 2 == 0)
      fail(Fault::arguments, "the conversation's last message must be the user's, or there is nothing to answer");
    out.role(false);
    out.text(":");
  }
  return out.finish();
}

std::vector<int32_t> draw_ids(const Janus& model, std::string_view prompt) {
  prompt = strip_right(strip_left(prompt));
  if (prompt.empty()) fail(Fault::arguments, "the prompt is empty: say what to draw");
  Builder out(model);
  out.id(bos_of(model));
  out.role(true);
  out.text(": "), out.text(prompt), out.text("\n\n");
  out.role(false);
  out.text(":");
  out.id(begin_image_of(model));
  return out.finish();
}

std::vector<int32_t> published_ids(const Janus& model, std::string_view prompt) {
  std::vector<int32_t> ids;
  const int32_t bos = bos_of(model);
  const std::string& mark = model.config().strings.placeholder;
  const bool own_placeholder = model.tokenizer().id(mark).has_value();
  while (true) {  // a tokenizer without the placeholder (the first Janus-1.3B) gets it here, as the published processor adds it
    const size_t at = own_placeholder ? std::string_view::npos : prompt.find(mark);
    const auto more = model.tokenizer().encode(prompt.substr(0, at), Added::all);
    ids.insert(ids.end(), more.begin(), more.end());
    if (at == std::string_view::npos) break;
    ids.push_back(*model.tokens().placeholder);
    prompt.remove_prefix(at + mark.size());
  }
  if (ids.empty() || ids.front() != bos) ids.insert(ids.begin(), bos);
  return ids;
}

std::vector<int32_t> unconditional_ids(std::span<const int32_t> ids, int32_t pad) {
  std::vector<int32_t> out(ids.begin(), ids.end());
  for (size_t i = 1; i + 1 < out.size(); ++i) out[i] = pad;
  return out;
}

std::vector<int32_t> expand_images(const Janus& model, std::span<const int32_t> ids, int64_t images) {
  const auto& placeholder = model.tokens().placeholder;
  const int64_t found = placeholder ? std::count(ids.begin(), ids.end(), *placeholder) : 0;
  if (found != images)
    fail(Fault::arguments, "the prompt has room for ", found, found == 1 ? " picture" : " pictures", " but ", images,
         images == 1 ? " was" : " were", " given");
  if (found == 0) return {ids.begin(), ids.end()};
  const int32_t begin = begin_image_of(model),
                end = model.require(model.tokens().end_image, model.config().strings.end_image, "a picture");
  std::vector<int32_t> out;
  out.reserve(ids.size() + size_t(images * (model.config().image_tokens + 1)));
  for (const int32_t id : ids) {
    if (id != *placeholder) {
      out.push_back(id);
      continue;
    }
    out.push_back(begin);
    out.insert(out.end(), size_t(model.config().image_tokens), *placeholder);
    out.push_back(end);
  }
  return out;
}

}  // namespace bifrons
