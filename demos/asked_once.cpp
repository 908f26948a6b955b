// demos/asked_once.cpp - see asked_once.h.
#include "demos/asked_once.h"

namespace bifrons {

TextAnswer AskedOnce::answer(const TextRequest& request, const std::function<bool(const TextPiece&)>& on_piece) {
  std::string asked;  // the settings are those of one command
  for (const TextMessage& message : request.messages) asked += std::to_string(int(message.role)) + message.content + '\0';
  if (const auto known = answers_.find(asked); known != answers_.end()) {
    if (const auto* too_long = std::get_if<ContextTooLong>(&known->second)) throw ContextTooLong(*too_long);
    TextAnswer again = std::get<TextAnswer>(known->second);
    again.first_token_seconds = again.seconds = 0;
    const auto tell = [&](TextPiece::Kind kind, const std::string& text) {
      return text.empty() || !on_piece || on_piece({kind, text});
    };
    if (!tell(TextPiece::Kind::thought, again.thoughts) || !tell(TextPiece::Kind::text, again.text))
      again.end = TextAnswer::End::cancelled;
    return again;
  }
  try {
    TextAnswer answer = model_.answer(request, on_piece);
    if (answer.end != TextAnswer::End::cancelled) answers_.emplace(asked, answer);
    return answer;
  } catch (const ContextTooLong& too_long) {
    answers_.emplace(asked, too_long);
    throw;
  }
}

}  // namespace bifrons
