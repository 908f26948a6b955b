// ocr/worker/break_out.h - the worker's self-test: behind the shut door it tries to get out. Used by tests only.
#pragma once

#include <string>

namespace bifrons {

// `way`: open, create, stat, socket, exec, fork, thread, ptrace, kill, mount, execmem, setrlimit, memory, unlink, rename, chmod,
// inotify, process_vm, bpf, userfault, io_uring, keyctl, prlimit, pidfd, connect. Returns "refused: <why>" or "BROKE OUT".
std::string try_to_break_out(const std::string& way);

}  // namespace bifrons
