// language/remote_settings.cpp - see remote_settings.h.
#include "language/remote_settings.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

#include <curl/curl.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/core/error.h"
#include "kernels/core/file.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
constexpr size_t most_url_bytes = 2048, most_name_bytes = 512, most_key_bytes = 4096, most_config_bytes = 64 << 10;

// Short, and without control characters: for quoting what somebody else wrote.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 80)) out += uint8_t(c) < 0x20 || c == 0x7f ? '?' : c;
  return text.size() > 80 ? out + "..." : out;
}

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK || !text) return "";
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Whether the path's last part is a version, like v1 or v1beta: then nothing is put behind it.
bool ends_in_version(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
  return last.size() >= 2 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9';
}

std::string checked_key(std::string_view text, const std::string& from) {
  while (!text.empty() && std::strchr(" \t\r\n", text.back())) text.remove_suffix(1);
  while (!text.empty() && std::strchr(" \t\r\n", text.front())) text.remove_prefix(1);
  if (text.empty()) fail(Fault::arguments, from, " is empty: put the key there, or unset it");
  if (text.size() > most_key_bytes)
    fail(Fault::arguments, from, " has ", text.size(), " bytes, more than any key: is it another file?");
  for (const char c : text)
    if (c <= 0x20 || c >= 0x7f)
      fail(Fault::arguments, from, " has a character no key has (a space, a line end, or no ASCII): it must hold the key alone");
  return std::string(text);
}

using Environment = std::function<std::optional<std::string>(const char*)>;

std::optional<std::string> process_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::string value_of(const Environment& environment, const char* name) { return environment(name).value_or(""); }

struct Config {
  std::string path;
  std::string text_model, key_file, ca_file;
  std::optional<bool> plain_http, thinks;
  std::optional<int64_t> context, retries, library_bytes;
  std::optional<double> connect_seconds, first_byte_seconds, idle_seconds, total_seconds;
};

Config read_config(const Environment& environment) {
  Config config;
  const std::string base = value_of(environment, "XDG_CONFIG_HOME"), home = value_of(environment, "HOME");
  if (!base.empty() && base[0] == '/')  // the XDG base directory specification has relative ones ignored
    config.path = base + "/bifrons/config.json";
  else if (!home.empty())
    config.path = home + "/.config/bifrons/config.json";
  struct stat found {};
  if (config.path.empty() || (::stat(config.path.c_str(), &found) != 0 && (errno == ENOENT || errno == ENOTDIR))) return config;
  const std::string text = read_file(config.path, most_config_bytes);

  std::set<std::string> seen;
  const Json::parser_callback_t once = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > 8) fail(Fault::unreadable, config.path, ": is nested too deeply for a config file");
    if (depth == 1 && event == Json::parse_event_t::key && !seen.insert(value.get<std::string>()).second)
      fail(Fault::unreadable, config.path, ": has '", shown(value.get<std::string>()), "' twice");
    return true;
  };
  Json all;
  try {
    all = Json::parse(text, once);
  } catch (const Json::parse_error& error) {
    fail(Fault::unreadable, config.path, ": is no JSON: something is wrong at byte ", error.byte);
  }
  if (!all.is_object()) fail(Fault::unreadable, config.path, ": must be one JSON object, like {\"text_model\": \"https://...\"}");

  const auto wrong = [&](const std::string& key, const char* kind) {
    fail(Fault::unreadable, config.path, ": '", key, "' must be ", kind, ", not ",
         shown(all[key].dump(-1, ' ', true, Json::error_handler_t::replace)));
  };
  const auto text_at = [&](std::string& value) {
    return [&](const std::string& key) {
      if (!all[key].is_string()) wrong(key, "a string");
      value = all[key].get<std::string>();
      if (value.size() > most_url_bytes + most_name_bytes || value.find('\0') != std::string::npos)
        wrong(key, "a shorter string");
    };
  };
  const auto flag_at = [&](std::optional<bool>& value) {
    return [&](const std::string& key) {
      if (!all[key].is_boolean()) wrong(key, "true or false");
      value = all[key].get<bool>();
    };
  };
  const auto integer_at = [&](std::optional<int64_t>& value, int64_t least, int64_t most, const char* kind) {
    return [&, least, most, kind](const std::string& key) {
      if (!all[key].is_number_integer()) wrong(key, kind);
      if (all[key].is_number_unsigned() && all[key].get<uint64_t>() > uint64_t(most)) wrong(key, kind);
      value = all[key].get<int64_t>();
      if (*value < least || *value > most) wrong(key, kind);
    };
  };
  const auto seconds_at = [&](std::optional<double>& value) {
    return [&](const std::string& key) {
      if (!all[key].is_number()) wrong(key, "a number of seconds");
      value = all[key].get<double>();
      if (!(*value >= 0.1 && *value <= 86400)) wrong(key, "from 0.1 to 86400 seconds");
    };
  };
  const std::vector<std::pair<std::string, std::function<void(const std::string&)>>> known{
      {"text_model", text_at(config.text_model)},
      {"text_model_key_file", text_at(config.key_file)},
      {"text_model_ca_file", text_at(config.ca_file)},
      {"text_model_plain_http", flag_at(config.plain_http)},
      {"text_model_thinks", flag_at(config.thinks)},
      {"text_model_context", integer_at(config.context, 256, int64_t{1} << 32, "a whole number of tokens from 256")},
      {"text_model_retries", integer_at(config.retries, 0, 20, "a whole number from 0 to 20")},
      {"text_model_connect_seconds", seconds_at(config.connect_seconds)},
      {"text_model_first_byte_seconds", seconds_at(config.first_byte_seconds)},
      {"text_model_idle_seconds", seconds_at(config.idle_seconds)},
      {"text_model_total_seconds", seconds_at(config.total_seconds)},
      {"library_bytes",
       integer_at(config.library_bytes, least_library_bytes, most_library_bytes, "a whole number of bytes from 67108864")},
  };
  for (const auto& [key, unused] : all.items()) {
    const auto at = std::find_if(known.begin(), known.end(), [&, &name = key](const auto& one) { return one.first == name; });
    if (at != known.end()) {
      at->second(key);
      continue;
    }
    std::string names;
    for (const auto& one : known) names += (names.empty() ? "" : ", ") + one.first;
    fail(Fault::unreadable, config.path, ": has no setting '", shown(key), "'; there are ", names);
  }
  if (!config.key_file.empty() && config.key_file[0] != '/') {  // beside the config file, "~/" in the home folder
    config.key_file = config.key_file.substr(0, 2) == "~/" && !home.empty()
                          ? home + config.key_file.substr(1)
                          : (std::filesystem::path(config.path).parent_path() / config.key_file).string();
  }
  return config;
}

// Whose standard variable holds the key of this host.
const char* standard_variable(const std::string& host) {
  for (const auto& [domain, variable] :
       {std::pair{"api.openai.com", "OPENAI_API_KEY"}, std::pair{"api.deepseek.com", "DEEPSEEK_API_KEY"}})
    if (host == domain || ends_with(host, std::string(".") + domain)) return variable;
  return nullptr;
}

}  // namespace

bool RemoteSettings::loopback() const {
  if (host == "localhost" || ends_with(host, ".localhost") || host == "[::1]") return true;  // libcurl resolves these itself
  if (host.substr(0, 4) != "127.") return false;
  return host.find_first_not_of("0123456789.") == std::string::npos && std::count(host.begin(), host.end(), '.') == 3;
}

std::string RemoteSettings::origin() const {
  const int standard = scheme == "https" ? 443 : 80;
  return scheme + "://" + host + (port == standard ? "" : ":" + std::to_string(port));
}

std::vector<std::string> RemoteSettings::bases() const {
  if (path.empty()) return {origin() + "/v1", origin()};
  if (ends_in_version(path)) return {origin() + path};
  return {origin() + path, origin() + path + "/v1"};
}

RemoteSettings parse_text_model(std::string_view text, const std::string& source) {
  const size_t hash = text.find('#');
  const std::string address(text.substr(0, hash));
  const auto refuse = [&](const char* why) {
    fail(Fault::arguments, source, ": '", shown(address), "' ", why, "; write it like https://api.deepseek.com#deepseek-chat");
  };
  if (address.size() > most_url_bytes) refuse("is too long for an address");
  for (const char c : address)
    if (uint8_t(c) <= 0x20 || uint8_t(c) >= 0x7f) refuse("has a character no address has");
  std::string head = address.substr(0, 8);
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  if (head.rfind("http://", 0) != 0 && head != "https://") refuse("does not begin with http:// or https://");
  RemoteSettings settings;
  if (hash != std::string_view::npos) {
    settings.model = text.substr(hash + 1);
    if (settings.model.empty()) refuse("has a # but no model's name behind it");
    if (settings.model.size() > most_name_bytes) refuse("has a model's name that is too long");
    for (const char c : settings.model)
      if (uint8_t(c) < 0x20 || c == 0x7f) refuse("has control characters in the model's name");
  }
  const std::unique_ptr<CURLU, UrlCloser> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) refuse("is no address");
  if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty())
    fail(Fault::arguments, source,
         ": the address holds a user name or password; put the key into BIFRONS_TEXT_MODEL_KEY or a key file instead");
  if (address.find('?') != std::string::npos) refuse("has a query (?), which endpoints of this kind do not take");
  settings.scheme = part(url.get(), CURLUPART_SCHEME);
  settings.host = part(url.get(), CURLUPART_HOST);
  std::transform(settings.host.begin(), settings.host.end(), settings.host.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  if (settings.host.size() > 1 && settings.host.back() == '.') settings.host.pop_back();
  if (settings.host.empty()) refuse("names no host");
  const std::string port = part(url.get(), CURLUPART_PORT);
  settings.port = port.empty() ? settings.scheme == "https" ? 443 : 80 : std::atoi(port.c_str());
  if (settings.port < 1) refuse("has no port that can be connected to");
  settings.path = part(url.get(), CURLUPART_PATH);
  const auto without_slashes = [&] {
    while (!settings.path.empty() && settings.path.back() == '/') settings.path.pop_back();
  };
  without_slashes();
  if (ends_with(settings.path, "/chat/completions"))
    settings.path.resize(settings.path.size() - std::strlen("/chat/completions"));
  without_slashes();
  return settings;
}

std::string read_key_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) fail(Fault::unreadable, path, ": the key file cannot be read (", std::strerror(errno), "); is its name right?");
  struct Closer {
    int file;
    ~Closer() { ::close(file); }
  } closer{file};
  struct stat about {};
  if (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) fail(Fault::unreadable, path, ": a key file must be a regular file");
  if (about.st_uid != ::geteuid() && about.st_uid != 0)
    fail(Fault::unreadable, path, ": the key file belongs to another user; make one of your own");
  if ((about.st_mode & 077) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%03o", unsigned(about.st_mode & 0777));
    fail(Fault::unreadable, path, ": the key file may be read or written by others (its mode is ", mode, "); run: chmod 600 ",
         path);
  }
  std::string content(most_key_bytes + 64, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t n = ::read(file, content.data() + size, content.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(Fault::unreadable, path, ": the key file cannot be read (", std::strerror(errno), ")");
    if (n == 0) break;
    size += size_t(n);
  }
  content.resize(size);
  return checked_key(content, path);
}

std::optional<uint64_t> config_library_bytes(const TextModelSources& sources) {
  const std::optional<int64_t> bytes =
      read_config(sources.environment ? sources.environment : Environment(process_environment)).library_bytes;
  return bytes ? std::optional(uint64_t(*bytes)) : std::nullopt;
}

std::optional<RemoteSettings> resolve_text_model(const TextModelSources& sources) {
  const Environment environment = sources.environment ? sources.environment : Environment(process_environment);
  const Config config = read_config(environment);
  const std::string variable = value_of(environment, "BIFRONS_TEXT_MODEL");
  const auto [text, source] = !sources.option.empty() ? std::pair(sources.option, std::string("--text-model"))
                              : !variable.empty()     ? std::pair(variable, std::string("BIFRONS_TEXT_MODEL"))
                                                      : std::pair(config.text_model, config.path + ": text_model");
  if (text.empty() || text == "none") return std::nullopt;
  RemoteSettings settings = parse_text_model(text, source);

  // What the config file says of its own model holds for that server only.
  std::optional<RemoteSettings> own;
  if (!config.text_model.empty() && config.text_model != "none")
    own = parse_text_model(config.text_model, config.path + ": text_model");
  const bool same_server = own && own->origin() == settings.origin();
  if (same_server) {
    settings.ca_file = config.ca_file;
    settings.plain_http = config.plain_http.value_or(false);
    if (own->model == settings.model && own->path == settings.path) {
      settings.context = config.context.value_or(0);
      settings.thinks = config.thinks;
    }
  }
  settings.retries = int(config.retries.value_or(settings.retries));
  settings.connect_seconds = config.connect_seconds.value_or(settings.connect_seconds);
  settings.first_byte_seconds = config.first_byte_seconds.value_or(settings.first_byte_seconds);
  settings.idle_seconds = config.idle_seconds.value_or(settings.idle_seconds);
  settings.total_seconds = config.total_seconds.value_or(settings.total_seconds);

  const auto from_variable = [&](const char* name) {
    if (!settings.key.empty() || value_of(environment, name).empty()) return;
    settings.key = Secret(checked_key(value_of(environment, name), name), name);
  };
  const auto from_file = [&](const std::string& path) {
    if (settings.key.empty() && !path.empty()) settings.key = Secret(read_key_file(path), "the key file " + path);
  };
  from_variable("BIFRONS_TEXT_MODEL_KEY");
  from_file(value_of(environment, "BIFRONS_TEXT_MODEL_KEY_FILE"));
  if (same_server) from_file(config.key_file);
  if (const char* name = standard_variable(settings.host)) from_variable(name);
  return settings;
}

}  // namespace bifrons
