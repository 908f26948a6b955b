// demos/common.h - what all commands share: the options that mean the same everywhere, the model they run, and how they speak:
// results to stdout, everything else to stderr.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "demos/command.h"
#include "fusion/janus.h"

namespace bifrons {

struct Common {
  std::string model;           // --model, BIFRONS_MODEL, or empty: the embedded model
  std::string backend, dtype;  // empty: the best this machine has
  int threads = 0;             // --threads, BIFRONS_THREADS, or 0: all cores
  bool quiet = false, verbose = false, json = false;
};
enum class Output { people, people_or_json };
void add_common(Command& command, Common& common, Output output);

ModelFolder open_model(const Common& common);
std::unique_ptr<Ops> open_ops(const Common& common);
Format choose_format(const Common& common, const Ops& ops);  // bf16 on cpu, f32 on reference, unless --dtype says

// A model ready to run, with what it is made of.
struct Session {
  std::unique_ptr<Ops> ops;
  std::unique_ptr<Janus> model;
  double load_seconds = 0;
};
Session open_session(const Common& common, const JanusNeeds& needs, std::optional<Format> standard = {});

// ---- speaking
// Nobody reads stdout any more (| head): the end of the program, without words, as by SIGPIPE.
class ReaderGone : public std::runtime_error {
 public:
  ReaderGone() : std::runtime_error("nobody reads stdout") {}
};
bool reader_gone();  // of stdout, where that is a pipe
extern const char* const version;
void say(const Common& common, std::string_view line);          // to stderr, unless --quiet
void say_verbose(const Common& common, std::string_view line);  // to stderr with --verbose
void print_line(std::string_view line);                         // to stdout, whole and at once; throws ReaderGone
void print_json(const nlohmann::json& object);                  // one line; bytes that are no UTF-8 become U+FFFD
std::string without_controls(std::string_view text);  // control characters replaced: what others wrote, shown on a terminal
bool is_terminal(int file);
bool read_line(std::string& line);                                      // of stdin, without its end; false at the end of input
double seconds_now();                                                   // of a steady clock
void check_png_name(std::string_view option, const std::string& file);  // an error if the name says another picture format
// Before any work, that its result can be written: a name that can be no file's is a bad argument (exit 2), a folder that is not
// there or may not be written to is none of the inputs' faults (exit 1). Nothing is left there; empty and - pass.
void check_output(const std::string& file);

// The lines of a text file that are not empty, - is stdin: a list that any editor may have written, so a byte order mark and
// carriage returns do not count.
std::vector<std::string> read_lines(const std::string& file);

// ---- interruption: Ctrl-C and SIGTERM end the process at once, with nothing half-written; while a Listening object lives,
// Ctrl-C only sets interrupted(), so that a chat can stop an answer and go on.
// Puts something in the place of standard files that were closed, which can be neither read nor written: else the next file to be
// opened would take their number, and the program's words would go into it.
void hold_standard_files();
void install_signal_handlers();
bool interrupted();
struct Listening {
  Listening();
  ~Listening();
};

}  // namespace bifrons
