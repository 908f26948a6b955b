// tests/language/remote_settings_test.cpp - where the remote model's address and key come from, and all that is refused on the
// way.
#include "language/remote_settings.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Variables = std::map<std::string, std::string>;
TextModelSources sources(const std::string& option, Variables variables) {
  TextModelSources s;
  s.option = option;
  s.environment = [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return s;
}

TEST(RemoteSettingsTest, Addresses) {
  RemoteSettings s = parse_text_model("https://api.deepseek.com#deepseek-chat");
  EXPECT_EQ(s.origin(), "https://api.deepseek.com");
  EXPECT_EQ(s.model, "deepseek-chat");
  EXPECT_THAT(s.bases(), ElementsAre("https://api.deepseek.com/v1", "https://api.deepseek.com"));
  s = parse_text_model("HTTP://LocalHost:8000/V1/#org/Some Model:7b#x");
  EXPECT_EQ(s.origin(), "http://localhost:8000");
  EXPECT_EQ(s.model, "org/Some Model:7b#x");
  s = parse_text_model("https://host.example:443/api/v4/chat/completions");
  EXPECT_EQ(s.origin() + s.path, "https://host.example/api/v4");
  EXPECT_THAT(s.bases(), ElementsAre("https://host.example/api/v4"));
  EXPECT_EQ(s.model, "");
  s = parse_text_model("http://[::1]:9/v1beta");
  EXPECT_EQ(s.origin(), "http://[::1]:9");
  EXPECT_THAT(s.bases(), ElementsAre("http://[::1]:9/v1beta"));
  s = parse_text_model("https://host/gateway/");
  EXPECT_THAT(s.bases(), ElementsAre("https://host/gateway", "https://host/gateway/v1"));
}

TEST(RemoteSettingsTest, WhatIsThisMachine) {
  for (const char* here :
       {"http://localhost", "http://127.0.0.1", "http://127.1.2.3:80", "http://[::1]", "http://a.localhost", "http://LOCALHOST."})
    EXPECT_TRUE(parse_text_model(here).loopback()) << here;
  for (const char* elsewhere : {"http://localhost.example.com", "http://127.0.0.1.example.com", "http://notlocalhost",
                                "http://10.0.0.1", "http://[::2]", "http://128.0.0.1", "http://0.0.0.0"})
    EXPECT_FALSE(parse_text_model(elsewhere).loopback()) << elsewhere;
}

TEST(RemoteSettingsTest, AddressesThatAreNone) {
  const std::pair<std::string, const char*> cases[] = {
      {"api.deepseek.com", "does not begin with http:// or https://; write it like https://api.deepseek.com#deepseek-chat"},
      {"ftp://host", "does not begin with http"},
      {"file:///etc/passwd", "does not begin with http"},
      {"https://", "is no address"},
      {"https://host:99999", "is no address"},
      {"https://host:0", "port"},
      {"https://host/#", "no model's name behind it"},
      {"https://host#a\nb", "control characters"},
      {"https://ho st", "a character no address has"},
      {"https://host\r\nX: y", "a character no address has"},
      {"https://me:secret@host", "holds a user name or password; put the key into BIFRONS_TEXT_MODEL_KEY"},
      {"https://host/v1?api-version=2", "has a query"},
      {"https://" + std::string(3000, 'h'), "too long"},
  };
  for (const auto& [text, says] : cases) {
    Fault fault{};
    const std::string message = thrown([&, &address = text] { parse_text_model(address); }, &fault);
    EXPECT_THAT(message, AllOf(HasSubstr(says), HasSubstr("--text-model: "), Not(HasSubstr("secret")), Not(HasSubstr("\n"))))
        << text;
    EXPECT_EQ(fault, Fault::arguments);
    EXPECT_LT(message.size(), 300u);
  }
}

TEST(RemoteSettingsTest, OptionThenVariableThenFile) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "bifrons");
  folder.write("bifrons/config.json",
               R"({"text_model": "https://file.example#f", "text_model_context": 9000, "text_model_retries": 2,
    "text_model_idle_seconds": 7.5, "text_model_thinks": true})");
  const Variables file{{"XDG_CONFIG_HOME", folder.path().string()}};
  Variables both = file;
  both["BIFRONS_TEXT_MODEL"] = "https://variable.example#v";

  EXPECT_EQ(resolve_text_model(sources("https://option.example#o", both))->host, "option.example");
  EXPECT_EQ(resolve_text_model(sources("", both))->host, "variable.example");
  const RemoteSettings s = *resolve_text_model(sources("", file));
  EXPECT_EQ(s.host, "file.example");
  EXPECT_EQ(s.context, 9000);
  EXPECT_EQ(s.retries, 2);
  EXPECT_EQ(s.idle_seconds, 7.5);
  EXPECT_EQ(s.thinks, true);
  // what the file says of its own model holds for no other
  EXPECT_EQ(resolve_text_model(sources("", both))->context, 0);
  EXPECT_EQ(resolve_text_model(sources("", both))->retries, 2);
  EXPECT_EQ(resolve_text_model(sources("https://file.example#other", file))->context, 0);

  EXPECT_FALSE(resolve_text_model(sources("none", both)));
  EXPECT_FALSE(resolve_text_model(sources("", {})));
  EXPECT_FALSE(resolve_text_model(sources("", {{"HOME", "/nowhere/at/all"}})));
  EXPECT_EQ(resolve_text_model(
                sources("", {{"XDG_CONFIG_HOME", "relative"}, {"HOME", "/nowhere"}, {"BIFRONS_TEXT_MODEL", "https://v"}}))
                ->host,
            "v");
  EXPECT_THAT(thrown([&] {
                resolve_text_model(sources("", {{"BIFRONS_TEXT_MODEL", "nonsense"}}));
              }),
              HasSubstr("BIFRONS_TEXT_MODEL: 'nonsense'"));
}

TEST(RemoteSettingsTest, TheHomeFoldersFile) {
  TemporaryFolder home;
  std::filesystem::create_directories(home / ".config/bifrons");
  home.write(".config/bifrons/config.json", R"({"text_model": "https://home.example"})");
  EXPECT_EQ(resolve_text_model(sources("", {{"HOME", home.path().string()}}))->host, "home.example");
}

TEST(RemoteSettingsTest, KeysGoWhereTheyBelong) {
  const auto key = [](const std::string& address, Variables variables) {
    const auto s = resolve_text_model(sources(address, variables));
    return s->key.reveal() + "|" + s->key.from();
  };
  const Variables vendors{{"OPENAI_API_KEY", "o-key"}, {"DEEPSEEK_API_KEY", "d-key"}};
  EXPECT_EQ(key("https://api.openai.com", vendors), "o-key|OPENAI_API_KEY");
  EXPECT_EQ(key("https://api.deepseek.com/v1", vendors), "d-key|DEEPSEEK_API_KEY");
  EXPECT_EQ(key("https://eu.api.openai.com", vendors), "o-key|OPENAI_API_KEY");
  for (const char* other : {"https://api.example.com", "https://api.openai.com.example.com", "https://evilapi.openai.com.x",
                            "https://xapi.deepseek.com", "http://localhost:8000"})
    EXPECT_EQ(key(other, vendors), "|") << other;
  Variables all = vendors;
  all["BIFRONS_TEXT_MODEL_KEY"] = "  b-key\n";
  EXPECT_EQ(key("https://api.openai.com", all), "b-key|BIFRONS_TEXT_MODEL_KEY");
  EXPECT_EQ(key("https://api.example.com", all), "b-key|BIFRONS_TEXT_MODEL_KEY");
  all["BIFRONS_TEXT_MODEL_KEY"] = "";
  EXPECT_EQ(key("https://api.openai.com", all), "o-key|OPENAI_API_KEY");
  for (const char* bad : {"two words", "line\nbreak", "caf\xC3\xA9", "a\x01z"}) {
    const std::string message = thrown([&] { key("https://h", {{"BIFRONS_TEXT_MODEL_KEY", bad}}); });
    EXPECT_THAT(message, AllOf(HasSubstr("BIFRONS_TEXT_MODEL_KEY has a character no key has"), Not(HasSubstr(bad))));
  }
  EXPECT_THAT(thrown([&] { key("https://h", {{"BIFRONS_TEXT_MODEL_KEY", " \n"}}); }), HasSubstr("is empty"));
  EXPECT_THAT(thrown([&] {
                key("https://h", {{"BIFRONS_TEXT_MODEL_KEY", std::string(5000, 'k')}});
              }),
              HasSubstr("more than any key"));
}

TEST(RemoteSettingsTest, TheConfigFilesKeyStaysWithItsServer) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "bifrons");
  folder.write(
      "bifrons/config.json",
      R"({"text_model": "https://mine.example:8443/v1#m", "text_model_key_file": "key", "text_model_plain_http": true})");
  const auto file = folder.write("bifrons/key", "file-key\n");
  ::chmod(file.c_str(), 0600);
  const Variables v{{"XDG_CONFIG_HOME", folder.path().string()}, {"HOME", folder.path().string()}};
  EXPECT_EQ(resolve_text_model(sources("", v))->key.reveal(), "file-key");
  EXPECT_EQ(resolve_text_model(sources("https://mine.example:8443#another", v))->key.reveal(), "file-key");
  for (const char* other : {"https://other.example", "https://mine.example", "http://mine.example:8443"}) {
    const RemoteSettings s = *resolve_text_model(sources(other, v));
    EXPECT_TRUE(s.key.empty()) << other;
    EXPECT_FALSE(s.plain_http) << other;
  }
  Variables named = v;
  named["BIFRONS_TEXT_MODEL_KEY_FILE"] = file.string();
  EXPECT_EQ(resolve_text_model(sources("https://other.example", named))->key.reveal(), "file-key");
  EXPECT_EQ(resolve_text_model(sources("https://other.example", named))->key.from(), "the key file " + file.string());
}

TEST(RemoteSettingsTest, KeyFilesOfOneUserOnly) {
  TemporaryFolder folder;
  const std::string path = folder.write("key", "  the-key \r\n").string();
  for (const int mode : {0644, 0640, 0604, 0620, 0602, 0601, 0660}) {
    ::chmod(path.c_str(), mode_t(mode));
    Fault fault{};
    const std::string message = thrown([&] { read_key_file(path); }, &fault);
    EXPECT_THAT(message, AllOf(HasSubstr("may be read or written by others (its mode is "), HasSubstr("run: chmod 600 " + path)));
    EXPECT_EQ(fault, Fault::unreadable);
  }
  for (const int mode : {0600, 0400, 0700}) {
    ::chmod(path.c_str(), mode_t(mode));
    EXPECT_EQ(read_key_file(path), "the-key");
  }
  EXPECT_THAT(thrown([&] { read_key_file((folder / "absent").string()); }), HasSubstr("cannot be read"));
  EXPECT_THAT(thrown([&] { read_key_file(folder.path().string()); }), HasSubstr("must be a regular file"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(thrown([&] { read_key_file((folder / "pipe").string()); }),
              HasSubstr("must be a regular file"));  // and does not hang
  const std::string big = folder.write("big", std::string(1 << 20, 'k')).string();
  ::chmod(big.c_str(), 0600);
  EXPECT_THAT(thrown([&] { read_key_file(big); }), HasSubstr("more than any key"));
  const std::string two = folder.write("two", "one\ntwo\n").string();
  ::chmod(two.c_str(), 0600);
  EXPECT_THAT(thrown([&] { read_key_file(two); }), AllOf(HasSubstr("must hold the key alone"), Not(HasSubstr("one\n"))));
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
    EXPECT_THAT(thrown([&] { read_key_file(path); }), HasSubstr("belongs to another user"));
  }
}

TEST(RemoteSettingsTest, ConfigFilesThatAreWrong) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "bifrons");
  const std::pair<std::string, const char*> cases[] = {
      {"{\"text_modle\": \"x\"}", "has no setting 'text_modle'; there are text_model, text_model_key_file, text_model_ca_file"},
      {"{\"text_model\": 7}", "'text_model' must be a string, not 7"},
      {"{\"text_model\": \"https://a\", \"text_model\": \"https://b\"}", "has 'text_model' twice"},
      {"{\"text_model_context\": 3.5}", "'text_model_context' must be a whole number"},
      {"{\"text_model_context\": -1}", "'text_model_context' must be a whole number"},
      {"{\"text_model_context\": 18446744073709551615}", "'text_model_context' must be a whole number"},
      {"{\"text_model_retries\": 21}", "from 0 to 20"},
      {"{\"text_model_idle_seconds\": 0}", "from 0.1 to 86400"},
      {"{\"text_model_idle_seconds\": \"1\"}", "a number of seconds"},
      {"{\"text_model_plain_http\": 1}", "must be true or false"},
      {"{\"library_bytes\": 1000}", "'library_bytes' must be a whole number of bytes from 67108864"},
      {"{\"library_bytes\": \"2GB\"}", "'library_bytes' must be a whole number of bytes"},
      {"[]", "must be one JSON object"},
      {"{\"text_model\": ", "is no JSON: something is wrong at byte"},
      {"", "is no JSON"},
      {std::string("{\"text_model\": \"a\\u0000b\"}"), "must be a shorter string"},
      {"{\"x\": " + std::string(5000, '[') + std::string(5000, ']') + "}", "nested too deeply"},
      {"{\"" + std::string(5000, 'k') + "\": 1}", "has no setting 'kkk"},
      {std::string(100000, ' '), "65536"},
      {"{\"\x1b[31m\\u001b[0m\": 1}", "config.json"},
  };
  for (const auto& [content, says] : cases) {
    folder.write("bifrons/config.json", content);
    const std::string message = thrown([&] { resolve_text_model(sources("", {{"XDG_CONFIG_HOME", folder.path().string()}})); });
    EXPECT_THAT(message, AllOf(HasSubstr(says), HasSubstr("config.json"), Not(HasSubstr("\x1b")))) << content.substr(0, 80);
    EXPECT_LT(message.size(), 700u);
  }
}

TEST(RemoteSettingsTest, TheConfigFileSaysHowLargeTheLibraryMayGrow) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "bifrons");
  const auto bytes = [&] { return config_library_bytes(sources("", {{"XDG_CONFIG_HOME", folder.path().string()}})); };
  EXPECT_FALSE(bytes());
  folder.write("bifrons/config.json", R"({"library_bytes": 1073741824})");
  EXPECT_EQ(bytes(), uint64_t{1} << 30);
  EXPECT_FALSE(resolve_text_model(sources("", {{"XDG_CONFIG_HOME", folder.path().string()}}))) << "it names no model";
}

}  // namespace
}  // namespace bifrons
