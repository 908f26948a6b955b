// tests/language/remote_tls_test.cpp - certificates: one that nobody trusted signed is refused before a byte of the question or
// the key is sent; named as trusted it is taken; for another host's name it is refused again. The server is the openssl command.
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include "language/remote_model.h"
#include "tests/language/remote_stub.h"
#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::HasSubstr;

// openssl s_server as a child on a port of its own, with a certificate for `name`; what it prints lies in out.txt.
class TlsServer {
 public:
  TlsServer(const TemporaryFolder& folder, const std::string& name) {
    const std::string make =
        "cd '" + folder.path().string() +
        "' && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem -subj /CN=bifrons-test " +
        "-addext subjectAltName=" + name + " >/dev/null 2>&1";
    made_ = std::system(make.c_str()) == 0;
    if (!made_) return;
    child_ = ::fork();
    if (child_ == 0) {
      if (::chdir(folder.path().c_str()) != 0 || !std::freopen("out.txt", "w", stdout) || !std::freopen("err.txt", "w", stderr))
        ::_exit(1);
      ::execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-www",
               static_cast<char*>(nullptr));
      ::_exit(1);
    }
    for (int i = 0; i < 500 && port_.empty(); ++i) {  // "ACCEPT 127.0.0.1:35467"
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      const std::string out = folder.read("out.txt");
      const size_t at = out.find("ACCEPT 127.0.0.1:"), end = out.find('\n', at);
      if (at != std::string::npos && end != std::string::npos) port_ = out.substr(at + 17, end - at - 17);
    }
  }
  ~TlsServer() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  bool made() const { return made_; }
  const std::string& port() const { return port_; }

 private:
  bool made_ = false;
  pid_t child_ = -1;
  std::string port_;
};

std::string problem(RemoteSettings settings) {
  settings.key = Secret("sk-abcdef0123456789", "BIFRONS_TEXT_MODEL_KEY");
  settings.retries = 0;
  return RemoteModel(settings).check().problem;
}

TEST(RemoteTls, CertificatesAreVerified) {
  if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl command: certificates are not tested";
  TemporaryFolder folder;
  const TlsServer server(folder, "IP:127.0.0.1");
  ASSERT_TRUE(server.made()) << "openssl made no certificate";
  ASSERT_NE(server.port(), "") << folder.read("err.txt");
  RemoteSettings settings = parse_text_model("https://127.0.0.1:" + server.port() + "#stub");
  EXPECT_THAT(
      problem(settings),
      HasSubstr(
          "its certificate is not to be trusted; if the server is yours, name its CA in the config file's text_model_ca_file"));
  settings.ca_file = (folder / "cert.pem").string();
  EXPECT_THAT(problem(settings), HasSubstr("not with a models list")) << "trusted, openssl's own page comes through";
  settings.ca_file = (folder / "absent.pem").string();
  EXPECT_THAT(problem(settings), HasSubstr("absent.pem, cannot be read"));
  settings = parse_text_model("https://localhost:" + server.port() + "#stub");
  settings.ca_file = (folder / "cert.pem").string();
  EXPECT_THAT(problem(settings), HasSubstr("its certificate is not to be trusted"))
      << "signed, but for 127.0.0.1 and not for localhost";
}

TEST(RemoteTls, AServerWithoutTls) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.close(); }});
  RemoteSettings settings = parse_text_model("https://127.0.0.1:" + std::to_string(server.port()) + "#stub");
  settings.connect_seconds = 0.5;
  EXPECT_THAT(problem(settings),
              testing::AnyOf(HasSubstr("does the server speak https?"), HasSubstr("no connection"), HasSubstr("broke")))
      << problem(settings);
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace bifrons
