// language/remote_errors.h - what a server's refusal means: a prompt too long, something worth another try, or an error in one
// sentence with the next step. The server's own words appear at most as a short, cleaned quotation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "language/http.h"
#include "language/remote_settings.h"
#include "language/remote_wire.h"

namespace bifrons {

// At most 160 bytes of what somebody else wrote: one line, whole characters, no controls, the key and whatever looks like one
// blotted out.
std::string quotation(std::string_view text, const Secret& key);

// The most tokens that fit if the error says that the prompt is too long (0: not told); nullopt: it says something else.
// Knows the wordings of OpenAI, DeepSeek, vLLM, SGLang, llama.cpp, text-generation-inference, Mistral, LM Studio.
std::optional<int64_t> context_too_long(int status, const ServerError& error);

// Statuses and stream errors that another try may mend: 408, 409, 429, 5xx except 501 and 505.
bool worth_retrying(int status);
bool worth_retrying(const ServerError& error);

// How long the server asks to wait, in seconds: Retry-After in seconds or as a date (`now`: seconds since 1970), retry-after-ms.
std::optional<double> retry_after(const HttpHead& head, int64_t now);

// The sentence for an HTTP status that is no success. `said`: as quotation() gives it, or "".
std::string refusal(const RemoteSettings& settings, const std::string& model, int status, const ServerError& error);
// The sentence for an exchange that broke.
std::string broken(const RemoteSettings& settings, HttpResult::End end);
// Whether nothing was heard from the server, so that a new try does no harm.
bool connection_failed(HttpResult::End end);

}  // namespace bifrons
