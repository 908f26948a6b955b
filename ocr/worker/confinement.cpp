// ocr/worker/confinement.cpp - see confinement.h.
#include "ocr/worker/confinement.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <memory>

#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/core/error.h"
#include "ocr/worker/opened_files.h"

namespace bifrons {
namespace {

[[noreturn]] void not_shut(const char* what, int problem) {
  fail(Fault::lacking, "the document worker cannot be confined: ", what, ": ", std::strerror(problem));
}

void limit(int resource, rlim_t value, const char* what) {
  rlimit now{};
  ::getrlimit(decltype(RLIMIT_AS)(resource), &now);
  value = std::min(value, now.rlim_max);  // whoever started us may have set less
  const rlimit both{value, value};
  if (::setrlimit(decltype(RLIMIT_AS)(resource), &both) != 0) not_shut(what, errno);
}

bool shut_landlock() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return false;  // not in this kernel, or switched off at boot
  // Everything that version 1 knows (bits 0 to 12), with no exception.
  landlock_ruleset_attr nothing{};
  nothing.handled_access_fs = (1ull << 13) - 1;
  const long rules = ::syscall(SYS_landlock_create_ruleset, &nothing, sizeof nothing.handled_access_fs, 0);
  if (rules < 0) not_shut("Landlock rules", errno);
  if (::syscall(SYS_landlock_restrict_self, rules, 0) != 0) not_shut("Landlock", errno);
  ::close(int(rules));
  return true;
}

void shut_seccomp() {
  // What is on no list fails with EPERM: a library that tries something new degrades instead of dying.
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
  if (!filter) not_shut("seccomp", ENOMEM);
  const auto rule = [&](uint32_t action, const char* name, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR || call < 0) return;  // this processor has no such call
    const int problem = seccomp_rule_add_array(filter.get(), action, call, unsigned(conditions.size()), conditions.begin());
    if (problem != 0) not_shut(name, -problem);
  };
  for (const char* name : {"read",
                           "readv",
                           "pread64",
                           "write",
                           "writev",
                           "lseek",
                           "close",
                           "fstat",
                           "dup",  // descriptors already there
                           "brk",
                           "munmap",
                           "mremap",
                           "madvise",
                           "futex",
                           "sched_yield",
                           "sched_getaffinity",  // memory, threads
                           "clock_gettime",
                           "clock_getres",
                           "gettimeofday",
                           "time",
                           "times",
                           "getrusage",
                           "restart_syscall",  // time
                           "rt_sigreturn",
                           "rt_sigprocmask",
                           "sigaltstack",
                           "exit",
                           "exit_group",
                           "getpid",
                           "gettid",
                           "getrandom",
                           "uname"})
    rule(SCMP_ACT_ALLOW, name);
  // The sanitizers look whether an address can be read by writing it into a pipe of their own.
  if (BIFRONS_SANITIZED)
    for (const char* name : {"pipe", "pipe2"}) rule(SCMP_ACT_ALLOW, name);
  // Memory that can be run is not to be had any more.
  rule(SCMP_ACT_ALLOW, "mmap", {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  rule(SCMP_ACT_ALLOW, "mprotect", {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  // abort() and assert() signal this very process.
  const auto self = scmp_datum_t(::getpid());
  rule(SCMP_ACT_ALLOW, "tgkill", {SCMP_A0(SCMP_CMP_EQ, self, 0)});
  rule(SCMP_ACT_ALLOW, "kill", {SCMP_A0(SCMP_CMP_EQ, self, 0)});
  // Answered from the table of files opened before (opened_files.h); none of these reaches the kernel's file system.
  for (const char* name : {"open", "openat", "stat", "newfstatat", "access", "faccessat"}) rule(SCMP_ACT_TRAP, name);
  const int problem = seccomp_load(filter.get());
  if (problem != 0) not_shut("seccomp", -problem);
}

}  // namespace

void shed_inheritance() {
  ::close_range(4, ~0u, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

Shut shut_the_door(uint64_t memory_bytes) {
  answer_from_opened_files();
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) not_shut("no new privileges", errno);
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) not_shut("no core dumps", errno);
  // The address sanitizer reserves 20 TB of address space for its shadow: the limit on memory is the one thing it cannot live
  // with.
  if (!BIFRONS_SANITIZED) limit(RLIMIT_AS, memory_bytes, "limit on memory");
  limit(RLIMIT_FSIZE, 0, "limit on file size");
  limit(RLIMIT_NPROC, 0, "limit on processes");
  limit(RLIMIT_CORE, 0, "limit on core dumps");
  // Kept files, and a few duplicates of them at a time.
  limit(RLIMIT_NOFILE, 2048, "limit on descriptors");
  // RLIMIT_CPU is set by the reader, page by page: the limit is one of a page, and this process reads many.
  Shut shut;
  shut.landlock = shut_landlock();
  shut_seccomp();
  return shut;
}

}  // namespace bifrons
