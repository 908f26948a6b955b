// demos/main.cpp - the binary: finds the command, runs it, and turns every failure into one sentence and an exit code.
#include <cstdio>
#include <new>
#include <string_view>

#include <signal.h>

#include "demos/commands.h"
#include "demos/common.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"

namespace bifrons {
namespace {

constexpr const char* footer =
    "Examples:\n"
    "  bifrons caption holiday.jpg\n"
    "  bifrons caption a.png b.png --prompt \"How many people are there?\" --json\n"
    "  bifrons imagine \"a red star\" -o star.png\n"
    "  bifrons imagine \"a blue circle\" -n 4 --seed 7 -o sheet.png\n"
    "  bifrons chat holiday.jpg\n"
    "  bifrons ask lease.pdf \"What is the monthly rent?\" --show page.png\n"
    "  bifrons doc read scan.pdf --format md\n"
    "  bifrons inspect --model ~/models/Janus-Pro-1B\n"
    "\n"
    "Without --model the small model inside this program answers: it knows flat shapes in plain colours, nothing else.\n"
    "For the real world point --model (or BIFRONS_MODEL) at Janus-Pro-1B, Janus-Pro-7B or Janus-1.3B.\n"
    "\n"
    "Documents are answered by the text model of --text-model (or BIFRONS_TEXT_MODEL), without one by quotations.\n"
    "\n"
    "Exit codes: 0 done, 2 bad arguments, 3 unreadable input, 4 encrypted, 5 over a limit, 6 this build or machine lacks it,\n"
    "7 some of several inputs failed, 1 anything else; 130 and 143 on Ctrl-C and SIGTERM.";

int complain(std::string sentence, int code) {
  for (char& c : sentence)
    if (c == '\n') c = ' ';
  std::fprintf(stderr, "bifrons: %s\n", without_controls(sentence).c_str());
  return code;
}

// As programs end that write into a pipe which nobody reads; what was begun is undone already.
int end_by_sigpipe() {
  abandon_outputs();
  signal(SIGPIPE, SIG_DFL);
  raise(SIGPIPE);
  return 128 + SIGPIPE;
}

int run(int argc, char** argv) {
  CommandLine commands("Bifrons looks at pictures, draws them, and answers questions about documents with page and place.",
                       version, footer);
  add_caption(commands);
  add_imagine(commands);
  add_chat(commands);
  add_ask(commands);
  add_doc(commands);
  add_inspect(commands);
  add_tokenize(commands);
  add_trace(commands);
  add_bench(commands);
  return commands.run(argc, argv);
}

}  // namespace
}  // namespace bifrons

int main(int argc, char** argv) {
  using namespace bifrons;
  hold_standard_files();
  install_signal_handlers();
  try {
    return run(argc, argv);
  } catch (const ReaderGone&) {
    return end_by_sigpipe();
  } catch (const Error& error) {
    const std::string_view sentence = error.what();  // of who wrote and did not know what stdout is
    const bool of_stdout = sentence.starts_with("stdout: ") || sentence.starts_with("standard output: ");
    if (of_stdout && reader_gone()) return end_by_sigpipe();
    return complain(error.what(), int(error.fault()));
  } catch (const Cancelled&) {
    return 130;
  } catch (const std::bad_alloc&) {
    return complain("memory is short for what was asked; a smaller --dtype, fewer pictures or a smaller model would fit",
                    int(Fault::limit));
  } catch (const std::exception& error) {
    return complain(std::string("an unexpected failure, please report it: ") + error.what(), int(Fault::other));
  }
}
