// tests/fusion/scripted_model.h - a text model that says what a test wants, piece by piece, and keeps what it was asked.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "language/text_model.h"

namespace bifrons {

class ScriptedModel : public TextModel {
 public:
  std::function<std::string(const std::string& prompt)> says = [](const std::string&) { return ""; };
  std::string thoughts;
  int64_t context = 8192;
  int64_t takes = 1 << 30;  // tokens of a prompt; longer ones are ContextTooLong
  int64_t admits = 0;       // what ContextTooLong says
  size_t piece_bytes = 3;   // of the stream; characters stay whole
  TextAnswer::End end = TextAnswer::End::stop;
  std::vector<TextRequest> asked;

  std::string name() const override { return "scripted"; }
  int64_t context_tokens() const override { return context; }
  int64_t count_tokens(std::string_view text) const override { return int64_t(text.size() + 3) / 4; }
  TextAnswer answer(const TextRequest& request, const std::function<bool(const TextPiece&)>& on_piece) override {
    asked.push_back(request);
    const std::string& prompt = request.messages.back().content;
    if (count_tokens(prompt) > takes) throw ContextTooLong("scripted: too long", admits);
    TextAnswer out;
    out.model = "scripted-1";
    out.usage = TextUsage{count_tokens(prompt), 7, 11};
    out.first_token_seconds = 0.5;
    out.seconds = 2;
    out.end = end;
    const auto stream = [&](const std::string& text, TextPiece::Kind kind, std::string& to) {
      for (size_t i = 0; i < text.size();) {
        size_t next = std::min(text.size(), i + piece_bytes);
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
        to += text.substr(i, next - i);
        if (on_piece && !on_piece({kind, std::string_view(text).substr(i, next - i)})) {
          out.end = TextAnswer::End::cancelled;
          return false;
        }
        i = next;
      }
      return true;
    };
    if (stream(thoughts, TextPiece::Kind::thought, out.thoughts)) stream(says(prompt), TextPiece::Kind::text, out.text);
    return out;
  }
};

}  // namespace bifrons
