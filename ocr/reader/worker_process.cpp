// ocr/reader/worker_process.cpp - see worker_process.h.
#include "ocr/reader/worker_process.h"

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <ctime>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bifrons {

WorkerProcess::WorkerProcess(const std::filesystem::path& program, const Descriptor& document,
                             const std::vector<std::string>& arguments) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    fail(Fault::other, "no stream to a document worker: ", std::strerror(errno));
  stream_ = Descriptor(pair[0]);
  Descriptor theirs(pair[1]);
  // dup2 onto its own number would leave FD_CLOEXEC set, and a low number may be overwritten by an earlier dup2: move them up
  // first.
  Descriptor high_stream(::fcntl(theirs.get(), F_DUPFD_CLOEXEC, 16)), high_document(::fcntl(document.get(), F_DUPFD_CLOEXEC, 16));
  if (high_stream.get() < 0 || high_document.get() < 0)
    fail(Fault::other, "no descriptor for a document worker: ", std::strerror(errno));

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, high_stream.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, high_stream.get(), 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, high_document.get(), 3);
  // Ctrl-C is for the reader to act on; and whatever the caller blocked or ignored is as new in the worker.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::vector<std::string> words = {program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  char thread_limit[] = "OMP_THREAD_LIMIT=1";
  char* environment[] = {thread_limit, nullptr};
  const int problem = ::posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (problem != 0) {
    pid_ = -1;
    fail(Fault::lacking, program.string(), ": the document worker cannot be started: ", std::strerror(problem));
  }
}

WorkerProcess::~WorkerProcess() { end(); }

bool WorkerProcess::send(const std::string& frame) {
  for (size_t done = 0; done < frame.size();) {
    const ssize_t sent = ::send(stream_.get(), frame.data() + done, frame.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    done += size_t(sent);
  }
  return true;
}

bool WorkerProcess::receive() {
  char block[1 << 16];
  for (;;) {
    const ssize_t got = ::recv(stream_.get(), block, sizeof block, MSG_DONTWAIT);
    if (got > 0) {
      received_.append(block, size_t(got));
      // One frame's worth at a time: a worker that floods the stream waits for us, and we hold no more than the limit of a frame.
      if (received_.size() >= 1u << 20) return true;
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
}

std::optional<wire::Frame> WorkerProcess::next_frame(size_t most_bytes) {
  wire::Frame frame;
  if (!wire::take_frame(received_, frame, most_bytes)) return std::nullopt;
  return frame;
}

double WorkerProcess::cpu_seconds() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return double(used.tv_sec) + 1e-9 * double(used.tv_nsec);
}

void WorkerProcess::allow_cpu(double seconds) {
  const rlimit limit{rlim_t(std::ceil(cpu_seconds() + seconds)) + 1, RLIM_INFINITY};
  ::prlimit(pid_, RLIMIT_CPU, &limit, nullptr);
}

std::string WorkerProcess::end() {
  if (pid_ < 0) return "it is not running";
  int status = 0;
  pid_t got = 0;
  // A worker whose stream has just closed is about to end by itself: its own status says more than our kill.
  for (int tries = 0; tries < 20 && got == 0; ++tries) {
    got = ::waitpid(pid_, &status, WNOHANG);
    if (got != 0 || stream_.get() < 0) break;
    pollfd gone{stream_.get(), 0, 0};  // POLLHUP only
    if (::poll(&gone, 1, 0) == 0) break;
    ::usleep(1000);
  }
  if (got == 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  pid_ = -1;
  stream_.close();
  if (WIFSIGNALED(status))
    return std::string("ended by signal ") + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
  return "ended with status " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

}  // namespace bifrons
