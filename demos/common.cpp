// demos/common.cpp - see common.h.
#include "demos/common.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "demos/embedded_model.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"

namespace bifrons {

const char* const version = BIFRONS_VERSION;

namespace {
constexpr size_t line_limit = 1u << 20;   // bytes of one typed line
constexpr size_t list_limit = 64u << 20;  // bytes of a list of prompts or files
std::atomic<bool> was_interrupted{false}, listening{false};

extern "C" void on_signal(int signal) {
  if (signal == SIGINT && listening.load()) {
    was_interrupted.store(true);
    return;
  }
  abandon_outputs();
  if (isatty(2)) (void)!write(2, "\r\033[K", 4);  // the progress bar's line
  _exit(128 + signal);
}
}  // namespace

void hold_standard_files() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(file, F_GETFD) < 0) (void)!open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write, not an end without words
}
bool interrupted() { return was_interrupted.load(); }
Listening::Listening() { was_interrupted = false, listening = true; }
Listening::~Listening() { listening = false, was_interrupted = false; }

void add_common(Command& command, Common& common, Output output) {
  command.group("Everywhere");
  command.text("--model", common.model, "DIR",
               "checkpoint folder (config.json and weight files); default: the embedded nano-janus");
  command.environment("--model", "BIFRONS_MODEL");
  command.integer("--threads", common.threads, 1, 1024, "N", "threads to use; default: one per core");
  command.environment("--threads", "BIFRONS_THREADS");
  command.text("--backend", common.backend, "NAME", "cpu (default) or reference (slow and plain)");
  command.text("--dtype", common.dtype, "NAME", "how weights are kept: f32, bf16, q8 or q4");
  command.flag("--quiet", common.quiet, "only results and errors");
  command.flag("--verbose", common.verbose, "say what is going on");
  if (output == Output::people_or_json) command.flag("--json", common.json, "results as JSON, one object a line");
}

ModelFolder open_model(const Common& common) { return common.model.empty() ? embedded_model() : ModelFolder(common.model); }

std::unique_ptr<Ops> open_ops(const Common& common) {
  OpsOptions options;
  options.threads = common.threads;
  if (!common.backend.empty()) return make_ops(backend_from_name(common.backend), options);
  if (!usable_isas().empty()) return make_ops(Backend::cpu, options);
  say(common, "this machine has no AVX2, so the slow reference backend computes");
  return make_ops(Backend::reference, options);
}

Format choose_format(const Common& common, const Ops& ops) {
  if (!common.dtype.empty()) return format_from_name(common.dtype);
  return ops.backend() == Backend::reference ? Format::f32 : Format::bf16;
}

Session open_session(const Common& common, const JanusNeeds& needs, std::optional<Format> standard) {
  if (!common.backend.empty()) backend_from_name(common.backend);  // a slip of the keyboard is told before anything is loaded
  if (!common.dtype.empty()) format_from_name(common.dtype);
  const ModelFolder folder = open_model(common);
  Session session;
  session.ops = open_ops(common);
  const Format format = common.dtype.empty() && standard ? *standard : choose_format(common, *session.ops);
  const double begin = seconds_now();
  session.model = std::make_unique<Janus>(*session.ops, folder, needs, format);
  session.load_seconds = seconds_now() - begin;
  for (const std::string& warning : session.model->config().warnings) say(common, "warning: " + warning);
  if (common.verbose) {
    char line[200];
    std::snprintf(line, sizeof line, "%s: %s, %s, loaded in %.2f s", folder.name().c_str(), session.ops->description().c_str(),
                  std::string(name_of(format)).c_str(), session.load_seconds);
    say_verbose(common, line);
  }
  return session;
}

void say(const Common& common, std::string_view line) {
  if (!common.quiet) std::fprintf(stderr, "bifrons: %s\n", without_controls(line).c_str());
}
void say_verbose(const Common& common, std::string_view line) {
  if (common.verbose) say(common, line);
}

void print_line(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  if (std::fwrite(whole.data(), 1, whole.size(), stdout) == whole.size() && std::fflush(stdout) == 0) return;
  if (reader_gone()) throw ReaderGone();
  fail(Fault::other, "stdout: cannot be written to; is the disk full?");
}
bool reader_gone() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}
void print_json(const nlohmann::json& object) {
  print_line(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void check_png_name(std::string_view option, const std::string& file) {
  std::string end = std::filesystem::path(file).extension().string();
  for (char& c : end) c = char(c >= 'A' && c <= 'Z' ? c + 32 : c);
  for (const char* other : {".jpg", ".jpeg", ".gif", ".bmp", ".tga", ".tif", ".tiff", ".webp", ".avif", ".heic", ".pdf", ".svg"})
    if (end == other)
      fail(Fault::arguments, option, " ", file, ": pictures are written as PNG, not as ", other, "; let the name end in .png");
}

void check_output(const std::string& file) {
  if (!file.empty() && file != "-") OutputFile probe(file);
}

std::vector<std::string> read_lines(const std::string& file) {
  const std::string text = read_file(file, list_limit);
  if (text.find('\0') != std::string::npos)
    fail(Fault::unreadable, file == "-" ? "stdin" : file,
         ": is no text, it has a zero byte in it; a list with one entry a line is needed");
  std::vector<std::string> lines;
  for (size_t begin = text.starts_with("\xef\xbb\xbf") ? 3 : 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    const size_t next = end + 1;
    if (end > begin && text[end - 1] == '\r') --end;
    if (end > begin) lines.push_back(text.substr(begin, end - begin));
    begin = next;
  }
  return lines;
}

std::string without_controls(std::string_view text) {
  std::string out;
  for (const char c : text) out += (uint8_t(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? '?' : c;
  return out;
}
bool read_line(std::string& line) {
  line.clear();
  for (int c; (c = std::getc(stdin)) != EOF;) {
    if (c == '\n') return true;
    line += char(c);
    if (line.size() > line_limit) fail(Fault::limit, "stdin: a line is longer than ", line_limit, " bytes");
  }
  return !line.empty();
}
bool is_terminal(int file) { return isatty(file) == 1; }
double seconds_now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace bifrons
