// ocr/worker/break_out.cpp - see break_out.h. Raw system calls where the C library might refuse by itself.
#include "ocr/worker/break_out.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bifrons {
namespace {

std::string outcome(bool refused) { return refused ? std::string("refused: ") + std::strerror(errno) : "BROKE OUT"; }

}  // namespace

std::string try_to_break_out(const std::string& way) {
  const auto failed = [](long result) { return outcome(result < 0); };
  struct stat about {};
  rlimit roomy{RLIM_INFINITY, RLIM_INFINITY};
  const std::map<std::string, std::function<std::string()>> ways = {
      {"open", [&] { return failed(::open("/etc/passwd", O_RDONLY)); }},
      {"openat2",
       [&] {
         uint64_t how[3] = {O_RDONLY, 0, 0};
         return failed(::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how));
       }},
      {"create", [&] { return failed(::open("/tmp/bifrons-broke-out", O_CREAT | O_WRONLY, 0600)); }},
      {"stat", [&] { return failed(::stat("/etc/passwd", &about)); }},
      {"unlink", [&] { return failed(::unlink("/tmp/bifrons-broke-out")); }},
      {"rename", [&] { return failed(::rename("/tmp/bifrons-a", "/tmp/bifrons-b")); }},
      {"chmod", [&] { return failed(::chmod("/tmp", 0777)); }},
      {"socket", [&] { return failed(::socket(AF_INET, SOCK_STREAM, 0)); }},
      {"socketpair",
       [&] {
         int pair[2];
         return failed(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
       }},
      {"exec",
       [&] {
         char* const none[] = {nullptr};
         return failed(::execve("/bin/true", none, none));
       }},
      {"execfd",
       [&] {
         char* const none[] = {nullptr};
         return failed(::syscall(SYS_execveat, 3, "", none, none, AT_EMPTY_PATH));
       }},
      {"fork",
       [&] {
         const long child = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
         if (child == 0) ::_exit(0);
         return failed(child);
       }},
      {"clone3", [&] { return failed(::syscall(SYS_clone3, nullptr, 0)); }},
      {"unshare", [&] { return failed(::unshare(CLONE_NEWUSER)); }},
      {"ptrace", [&] { return failed(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }},
      {"kill", [&] { return failed(::kill(::getppid(), 0)); }},
      {"tgkill", [&] { return failed(::syscall(SYS_tgkill, 1, 1, 0)); }},
      {"mount", [&] { return failed(::syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, nullptr)); }},
      {"execmem",
       [&] {
         return outcome(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                        MAP_FAILED);
       }},
      {"mprotect",
       [&] {
         void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         if (page == MAP_FAILED) return std::string("no memory to try it with");
         return failed(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
       }},
      {"memory",
       [&] {
         return outcome(::mmap(nullptr, 64ull << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) ==
                        MAP_FAILED);
       }},
      {"setrlimit", [&] { return failed(::setrlimit(RLIMIT_AS, &roomy)); }},
      {"prlimit", [&] { return failed(::prlimit(::getppid(), RLIMIT_CPU, &roomy, nullptr)); }},
      {"process_vm",
       [&] {
         char mine[8];
         const iovec here{mine, sizeof mine}, there{mine, sizeof mine};
         return failed(::syscall(SYS_process_vm_readv, ::getppid(), &here, 1, &there, 1, 0));
       }},
      {"bpf", [&] { return failed(::syscall(SYS_bpf, 0, nullptr, 0)); }},
      {"userfault", [&] { return failed(::syscall(SYS_userfaultfd, 0)); }},
      {"io_uring",
       [&] {
         char parameters[256] = {};
         return failed(::syscall(SYS_io_uring_setup, 1, parameters));
       }},
      {"keyctl", [&] { return failed(::syscall(SYS_keyctl, 0, -3, 0)); }},
      {"pidfd", [&] { return failed(::syscall(SYS_pidfd_open, ::getppid(), 0)); }},
      {"memfd", [&] { return failed(::syscall(SYS_memfd_create, "x", 0)); }},
      {"sendmsg", [&] { return failed(::send(0, "", 0, 0)); }},
      {"ioctl", [&] { return failed(::syscall(SYS_ioctl, 0, 0x5401, nullptr)); }},
      {"dup2", [&] { return failed(::dup2(3, 9)); }},
      {"seccomp", [&] { return failed(::syscall(SYS_seccomp, 1, 0, nullptr)); }},
      {"sigaction", [&] { return outcome(::signal(SIGSYS, SIG_IGN) == SIG_ERR); }},
      {"nothing", [] { return std::string("BROKE OUT"); }},  // the test of the test
  };
  const auto found = ways.find(way);
  if (found == ways.end()) return "no such way out";
  errno = 0;
  return found->second();
}

}  // namespace bifrons
