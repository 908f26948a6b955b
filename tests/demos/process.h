// tests/demos/process.h - runs the binary as a person would: arguments, stdin, what it says, how it ends, and signals on the way.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bifrons {

struct Ended {
  int code = -1;  // exit code, or -signal
  std::string out, error;
};
struct Signal {
  int number = 0;
  double after_seconds = 0;
  std::function<bool()> when = {};                         // and not before this
  std::function<bool(const std::string& out)> shown = {};  // nor before this is true of what it has printed
};

// Runs in `folder`, which is also its home, with BIFRONS_ variables taken out of the environment and `more` put in; `before` is
// called in the new process, last of all.
inline Ended run(const std::vector<std::string>& arguments, const std::string& folder, const std::string& input = "",
                 Signal signal = {}, const std::vector<std::pair<std::string, std::string>>& more = {},
                 const std::function<void()>& before = {}) {
  int in[2], out[2], error[2];
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(error, O_CLOEXEC)) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    dup2(in[0], 0), dup2(out[1], 1), dup2(error[1], 2);
    for (const char* name : {"BIFRONS_MODEL", "BIFRONS_THREADS", "BIFRONS_LIBRARY", "BIFRONS_READER", "BIFRONS_TEXT_MODEL",
                             "BIFRONS_TEXT_MODEL_KEY", "BIFRONS_TEXT_MODEL_KEY_FILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
      unsetenv(name);
    setenv("HOME", folder.c_str(), 1);
    for (const auto& [name, value] : more) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> argv{const_cast<char*>("bifrons")};
    for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    if (before) before();
    if (chdir(folder.c_str()) == 0) execv(BIFRONS_BINARY, argv.data());
    _exit(127);
  }
  close(in[0]), close(out[1]), close(error[1]);
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  ::signal(SIGPIPE, SIG_IGN);
  Ended ended;
  const auto begin = std::chrono::steady_clock::now();
  size_t written = 0;
  bool open_in = true, open_out = true, open_error = true;
  while (open_out || open_error) {
    if (open_in && written == input.size()) close(in[1]), open_in = false;
    pollfd wait[3] = {{out[0], short(open_out ? POLLIN : 0), 0},
                      {error[0], short(open_error ? POLLIN : 0), 0},
                      {open_in ? in[1] : -1, POLLOUT, 0}};
    poll(wait, 3, 5);
    char buffer[1 << 16];
    for (int i = 0; i < 2; ++i)
      if (wait[i].revents) {
        const ssize_t n = read(wait[i].fd, buffer, sizeof buffer);
        if (n > 0) (i == 0 ? ended.out : ended.error).append(buffer, size_t(n));
        if (n <= 0) (i == 0 ? open_out : open_error) = false;
      }
    if (open_in && wait[2].revents) {
      const ssize_t n = write(in[1], input.data() + written, input.size() - written);
      if (n > 0) written += size_t(n);
      if (n < 0) close(in[1]), open_in = false;
    }
    if (signal.number && (!signal.when || signal.when()) && (!signal.shown || signal.shown(ended.out)) &&
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() >= signal.after_seconds)
      kill(child, signal.number), signal.number = 0;
  }
  if (open_in) close(in[1]);
  close(out[0]), close(error[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ended;
}

}  // namespace bifrons
