// kernels/core/error.h - the runtime's one exception: bad input, misuse of an operation, a machine that lacks something.
// what() is one sentence for whoever must act on it: file, thing, both values, next step. Libraries never print, abort or
// exit; demos catch it in main and turn its kind into the exit code.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace bifrons {

// What went wrong, in the terms of the commands' exit codes (specs: commands.md). The number is the exit code.
enum class Fault {
  other = 1,
  arguments = 2,   // the caller asked for something that makes no sense
  unreadable = 3,  // an input that cannot be read or is no such thing
  encrypted = 4,
  limit = 5,    // over a limit: size, pixels, pages, memory
  lacking = 6,  // this build, machine or model cannot do it
  partial = 7,  // some of several inputs failed
};

class Error : public std::runtime_error {
 public:
  Error(Fault fault, const std::string& text) : std::runtime_error(text), fault_(fault) {}
  explicit Error(const std::string& text) : Error(Fault::other, text) {}
  Fault fault() const { return fault_; }

 private:
  Fault fault_;
};

// Thrown by whoever is asked to stop (a cancelled drawing, Ctrl-C): not a fault of anything.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

template <class... Parts>  // fail(Fault::unreadable, path, ": no tensor '", name, "'") throws an Error made of its parts
[[noreturn]] void fail(Fault fault, const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw Error(fault, text.str());
}

}  // namespace bifrons
