// language/remote_errors.cpp - see remote_errors.h.
#include "language/remote_errors.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <curl/curl.h>

#include "language/whole_characters.h"

namespace bifrons {
namespace {

std::string lower(std::string_view text) {
  std::string out(text.substr(0, 4096));
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return out;
}
bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// The first whole number behind `mark`, over at most 24 characters that are no digits; 0: none. "131,072" is one number.
int64_t number_after(std::string_view text, std::string_view mark) {
  const size_t found = text.find(mark);
  if (found == std::string_view::npos) return 0;
  std::string_view rest = text.substr(found + mark.size());
  const size_t first = rest.find_first_of("0123456789");
  if (first == std::string_view::npos || first > 24) return 0;
  int64_t value = 0;
  for (size_t i = first; i < rest.size(); ++i) {
    const bool digit = std::isdigit(uint8_t(rest[i]));
    if (!digit && !(rest[i] == ',' && i + 1 < rest.size() && std::isdigit(uint8_t(rest[i + 1])))) break;
    if (digit) value = value * 10 + (rest[i] - '0');
    if (value > int64_t{1} << 40) return 0;
  }
  return value;
}

// The wordings, lower case, each with what stands before the limit ("": not told). Longer marks first where one holds another.
struct Wording {
  const char* says;
  const char* limit;
};
constexpr Wording wordings[] = {
    // Mistral: "Prompt contains n tokens and 0 draft tokens, too large for model with N maximum context length"
    {"too large for model with", "too large for model with"},
    // OpenAI, DeepSeek, vLLM: "This model's maximum context length is N tokens. However, ..."; SGLang: "... exceeds the model's
    // maximum context length of N tokens"; vLLM: "Input length (n) exceeds model's maximum context length (N)"
    {"maximum context length", "maximum context length"},
    // vLLM: "The decoder prompt (length n) is longer than the maximum model length of N"
    {"maximum model length", "maximum model length"},
    // SGLang: "The input (n tokens) is longer than the model's context length (N tokens)"
    {"longer than the model's context length", "longer than the model's context length"},
    // SGLang: "Input length (n tokens) exceeds the maximum allowed length (N tokens)"
    {"exceeds the maximum allowed length", "exceeds the maximum allowed length"},
    {"exceeds the maximum allowed input length", "exceeds the maximum allowed input length"},
    // llama.cpp: "request (n tokens) exceeds the available context size (N tokens), try increasing it"
    {"exceeds the available context size", "exceeds the available context size"},
    {"exceed the context size", "exceed the context size"},
    // text-generation-inference: "`inputs` tokens + `max_new_tokens` must be <= N. Given: ..."
    {"`inputs` tokens + `max_new_tokens` must be", "must be <="},
    {"`inputs` must have less than", "must have less than"},
    // LM Studio: "... the model is loaded with context length of only N tokens"
    {"loaded with context length of only", "loaded with context length of only"},
    {"greater than the context length", ""},
    // xAI: "This model's maximum prompt length is N but the request contains n tokens"
    {"maximum prompt length", "maximum prompt length"},
    // Anthropic's compatible endpoint: "prompt is too long: n tokens > N maximum"
    {"prompt is too long", " >"},
    {"exceeds the context window", ""},
    {"exceeded model token limit", "exceeded model token limit"},
    {"reduce the length of the messages", ""},
};

std::string place(const RemoteSettings& settings) { return settings.origin() + settings.path; }

}  // namespace

std::string quotation(std::string_view text, const Secret& key) {
  constexpr size_t most = 160;
  std::string clean(text.substr(0, 4096));
  if (!key.empty())
    for (size_t found; (found = clean.find(key.reveal())) != std::string::npos;)
      clean.replace(found, key.reveal().size(), "[key]");
  for (size_t i = 0; (i = clean.find("sk-", i)) != std::string::npos;) {  // servers echo keys in part
    size_t end = i + 3;
    while (end < clean.size() &&
           (std::isalnum(uint8_t(clean[end])) || std::string_view("-_*.").find(clean[end]) != std::string_view::npos))
      ++end;
    if (end - i >= 8) clean.replace(i, end - i, "[key]");
    i += 3;
  }
  WholeCharacters whole;
  std::string characters = whole.push(clean);
  characters += whole.finish();
  std::string out;
  bool blank = true;
  for (size_t i = 0; i < characters.size();) {
    const uint8_t c = uint8_t(characters[i]);
    size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    std::string_view one = std::string_view(characters).substr(i, length);
    i += length;
    // C1 controls, direction overrides and other invisible signs could make a terminal show something else
    const bool hidden = (length == 2 && c == 0xC2 && uint8_t(one[1]) < 0xA0) ||
                        (length == 3 && c == 0xE2 && uint8_t(one[1]) == 0x80 &&
                         (uint8_t(one[2]) <= 0x8F || (uint8_t(one[2]) >= 0xA8 && uint8_t(one[2]) <= 0xAE))) ||
                        (length == 3 && c == 0xE2 && uint8_t(one[1]) == 0x81);
    if (c <= 0x20 || c == 0x7F || hidden) {
      if (!blank) out += ' ';
      blank = true;
      continue;
    }
    if (out.size() + length > most - 3) {
      out += "...";
      return out;
    }
    out += c == '"' ? "'" : std::string(one);
    blank = false;
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
  return out;
}

std::optional<int64_t> context_too_long(int status, const ServerError& error) {
  if (status != 400 && status != 413 && status != 422 && status != 500 && status != 0) return std::nullopt;
  const std::string message = lower(error.message);
  for (const Wording& wording : wordings) {
    if (!has(message, wording.says)) continue;
    const int64_t told = error.context ? error.context : *wording.limit ? number_after(message, wording.limit) : 0;
    return told;
  }
  if (error.code == "context_length_exceeded" || error.type == "exceed_context_size_error" ||
      error.code == "context_window_exceeded")
    return error.context;
  if (status == 413) return 0;
  return std::nullopt;
}

bool worth_retrying(int status) {
  return status == 408 || status == 409 || status == 429 || (status >= 500 && status <= 599 && status != 501 && status != 505);
}

bool worth_retrying(const ServerError& error) {
  int code = 0;
  std::from_chars(error.code.data(), error.code.data() + error.code.size(), code);
  if (worth_retrying(code)) return true;
  const std::string kind = lower(error.type + " " + error.code);
  if (has(kind, "insufficient_quota")) return false;
  for (const char* word : {"rate_limit", "overloaded", "server_error", "internalservererror", "internal_error", "unavailable"})
    if (has(kind, word)) return true;
  return false;
}

std::optional<double> retry_after(const HttpHead& head, int64_t now) {
  const auto number = [](const std::string& text) -> std::optional<double> {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !(value >= 0)) return std::nullopt;
    return std::min(value, 1e9);
  };
  if (const auto ms = number(head.retry_after_ms)) return *ms / 1000;
  if (const auto seconds = number(head.retry_after)) return seconds;
  if (head.retry_after.empty()) return std::nullopt;
  const time_t date = curl_getdate(head.retry_after.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return std::max(0.0, double(int64_t(date) - now));
}

std::string refusal(const RemoteSettings& settings, const std::string& model, int status, const ServerError& error) {
  const std::string at = place(settings) + ": ", code = " (HTTP " + std::to_string(status) + ")";
  const std::string words = quotation(error.message, settings.key);
  const std::string said = words.empty() ? "" : ", saying \"" + words + "\"";
  const std::string kind = lower(error.message + " " + error.code);
  const std::string named = "'" + quotation(model, settings.key) + "'";
  if (status == 401)
    return at + (settings.key.empty() ? "wants a key" : "does not take the key of " + settings.key.from()) + code +
           (settings.key.empty() ? "; put one into BIFRONS_TEXT_MODEL_KEY or a key file" : "; put a valid one there");
  if (status == 402 || has(kind, "insufficient_quota") || has(kind, "insufficient balance"))
    return at + "the account behind the key has no credit left" + code + "; top it up, or use another endpoint";
  if (status == 403) return at + "refuses access" + code + said + "; is the key meant for this model and from this place?";
  if (status == 404 && has(kind, "model"))
    return at + "has no model " + named + code + "; give the name of one it serves: --text-model URL#name";
  if (status == 404 || status == 405)
    return at + "is no OpenAI-compatible endpoint" + code + "; is the address right, with or without /v1?";
  if (status == 407) return at + "the proxy wants a login" + code + "; put it into https_proxy";
  if (status == 429) return at + "takes no more questions for now" + code + said + "; try again later";
  if (status >= 500)
    return at + "the server is in trouble" + code + said + "; try again later, or look at its log if it is yours";
  if (status >= 300 && status < 400)
    return at + "answers with a redirect" + code + ", which is not followed; give the address it leads to";
  if (status == 400 || status == 413 || status == 422)
    return at + "does not take the request" + code + said + "; is it the right model, and are the settings within its limits?";
  return at + "answers with HTTP " + std::to_string(status) + said + "; is the address right?";
}

bool connection_failed(HttpResult::End end) {
  using End = HttpResult::End;
  return end == End::unresolved || end == End::unconnected || end == End::cut || end == End::proxy || end == End::tls;
}

std::string broken(const RemoteSettings& settings, HttpResult::End end) {
  using End = HttpResult::End;
  const std::string at = place(settings) + ": ";
  switch (end) {
    case End::bad_url: return at + "is no address that can be used; write it like https://api.deepseek.com#deepseek-chat";
    case End::unresolved: return at + "the host " + settings.host + " has no address; is its name right and the network up?";
    case End::unconnected: return at + "no connection; does the server run there, and does a firewall let it through?";
    case End::untrusted:
      return at +
             "its certificate is not to be trusted; if the server is yours, name its CA in the config file's text_model_ca_file";
    case End::tls: return at + "no encrypted connection can be made; does the server speak https?";
    case End::bad_ca:
      return at + "the certificates of text_model_ca_file, " + settings.ca_file + ", cannot be read; is it a PEM file?";
    case End::proxy: return at + "the proxy of https_proxy or http_proxy cannot be used; is its address right?";
    case End::silent: return at + "said nothing for too long; try again, or raise text_model_idle_seconds in the config file";
    case End::too_slow: return at + "took too long to answer; ask for less, or raise text_model_total_seconds in the config file";
    case End::too_large: return at + "sent more than any answer is long; is it the right server?";
    case End::no_http: return at + "does not speak HTTP; is the port right, and is it http or https?";
    case End::whole:
    case End::enough:
    case End::stopped:
    case End::cut: break;
  }
  return at + "the connection broke before the answer was whole; try again";
}

}  // namespace bifrons
