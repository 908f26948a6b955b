// language/remote_settings.h - which remote model to use, how to reach it and with which key.
//
// The model is named by --text-model URL[#name], else by BIFRONS_TEXT_MODEL, else by the config file ($XDG_CONFIG_HOME/bifrons/
// config.json, or ~/.config/bifrons/config.json); "none" instead of a URL ends the search: no remote model.
//
// The key comes from, in this order:
//   1. BIFRONS_TEXT_MODEL_KEY: for whatever endpoint is named;
//   2. a key file, which only its owner may read: BIFRONS_TEXT_MODEL_KEY_FILE, for whatever endpoint is named; or
//   text_model_key_file of
//      the config file, only for the scheme, host and port of the config file's own text_model, since a key belongs to who issued
//      it;
//   3. OPENAI_API_KEY for api.openai.com and its subdomains, DEEPSEEK_API_KEY for api.deepseek.com and its subdomains. No other
//   host
//      gets these.
// It travels over https, or to this very machine; over plain http to any other host only with text_model_plain_http.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

// A key. No stream prints it and no message quotes it; reveal() is for the one header it goes into.
class Secret {
 public:
  Secret() = default;
  Secret(std::string value, std::string from) : value_(std::move(value)), from_(std::move(from)) {}
  bool empty() const { return value_.empty(); }
  const std::string& reveal() const { return value_; }
  const std::string& from() const { return from_; }  // "BIFRONS_TEXT_MODEL_KEY", "the key file FILE"; "" without a key

 private:
  std::string value_, from_;
};

struct RemoteSettings {
  std::string scheme, host;  // "https", "api.deepseek.com"
  int port = 0;
  std::string path;   // "", "/v1", "/api/v3": without a slash at its end
  std::string model;  // "" : the only one the server lists
  Secret key;
  bool plain_http = false;     // the key may travel unencrypted
  int64_t context = 0;         // tokens; 0: as the server tells
  std::optional<bool> thinks;  // whether the answer begins with thoughts though <think> does not stand there; unset: by the name
  std::string ca_file;         // PEM; empty: the system's
  double connect_seconds = 10, first_byte_seconds = 300, idle_seconds = 60, total_seconds = 1800;
  int retries = 4;                                             // after the first try
  double first_wait_seconds = 0.5, longest_wait_seconds = 60;  // between tries; a Retry-After beyond the longest ends them
  size_t most_answer_bytes = size_t{8} << 20;                  // of text and thoughts

  bool loopback() const;       // the host is this machine
  std::string origin() const;  // "https://host:port"; the port only where it is not the scheme's
  // The roots that requests may go under, likeliest first: "https://host/v1", then "https://host".
  std::vector<std::string> bases() const;
};

// "https://host[:port][/path][#name]". Throws Fault::arguments in one sentence that says whose value it is (`source`).
RemoteSettings parse_text_model(std::string_view text, const std::string& source = "--text-model");

struct TextModelSources {
  std::string option;                                                  // of --text-model; empty: not given
  std::function<std::optional<std::string>(const char*)> environment;  // empty: the process's own
};
// Empty: no remote model is configured. Throws Fault::arguments or Fault::unreadable for settings that are wrong.
std::optional<RemoteSettings> resolve_text_model(const TextModelSources& sources = {});

// library_bytes of the config file, which also says how large the library of pages may grow. Throws as resolve_text_model does.
inline constexpr int64_t least_library_bytes = int64_t{64} << 20, most_library_bytes = int64_t{1} << 40;
std::optional<uint64_t> config_library_bytes(const TextModelSources& sources = {});

// The content of a key file. Throws unless it is a regular file of this user (or root) that nobody else may read or write, of one
// line.
std::string read_key_file(const std::string& path);

}  // namespace bifrons
