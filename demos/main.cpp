// demos/main.cpp - the binary: finds the command, runs it, and turns every failure into one sentence and an exit code.
#include <cstdio>
#include <new>

#include <CLI/CLI.hpp>

#include "demos/commands.h"
#include "demos/common.h"
#include "kernels/core/error.h"

namespace bifrons {
namespace {

constexpr const char* footer =
    "Examples:\n"
    "  bifrons caption holiday.jpg\n"
    "  bifrons caption a.png b.png --prompt \"How many people are there?\" --json\n"
    "  bifrons imagine \"a red star\" -o star.png\n"
    "  bifrons imagine \"a blue circle\" -n 4 --seed 7 -o sheet.png\n"
    "  bifrons chat holiday.jpg\n"
    "  bifrons inspect --model ~/models/Janus-Pro-1B\n"
    "\n"
    "Without --model the small model inside this program answers: it knows flat shapes in plain colours, nothing else.\n"
    "For the real world point --model (or BIFRONS_MODEL) at Janus-Pro-1B, Janus-Pro-7B or Janus-1.3B.\n"
    "\n"
    "Exit codes: 0 done, 2 bad arguments, 3 unreadable input, 5 over a limit, 6 this build or machine lacks it,\n"
    "7 some of several inputs failed, 1 anything else; 130 and 143 on Ctrl-C and SIGTERM.";

int complain(std::string sentence, int code) {
  for (char& c : sentence)
    if (c == '\n') c = ' ';
  std::fprintf(stderr, "bifrons: %s\n", printable(sentence).c_str());
  return code;
}

// CLI11's refusals in our words.
int complain_about_arguments(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const std::string help = command == &app ? "bifrons --help" : "bifrons " + command->get_name() + " --help";
  std::string what = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
    std::string names;
    for (const std::string& name : app.remaining(true)) names += (names.empty() ? "" : " ") + name;
    what = "there is no option or command '" + names + "'";
  } else if (dynamic_cast<const CLI::ConversionError*>(&error)) {
    const size_t at = what.find(": ");
    what = (at == std::string::npos ? what : what.substr(at + 2)) + " is not of the kind this option takes";
  } else if (dynamic_cast<const CLI::RequiredError*>(&error)) {
    what = error.get_name() == "RequiredError" && command == &app
               ? "say what to do: caption, imagine, chat, inspect, tokenize, trace or bench"
               : what;
  }
  return complain(what + "; see " + help, int(Fault::arguments));
}

int run(int argc, char** argv) {
  CLI::App app{"Bifrons looks at pictures and draws them: one transformer, both directions, no Python.", "bifrons"};
  app.set_version_flag("--version", std::string("bifrons ") + version);
  app.require_subcommand(1);
  app.footer(footer);
  app.get_formatter()->column_width(34);
  Action action;
  add_caption(app, action);
  add_imagine(app, action);
  add_chat(app, action);
  add_inspect(app, action);
  add_tokenize(app, action);
  add_trace(app, action);
  add_bench(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return complain_about_arguments(app, error);
  }
  return action();
}

}  // namespace
}  // namespace bifrons

int main(int argc, char** argv) {
  using namespace bifrons;
  install_signal_handlers();
  try {
    return run(argc, argv);
  } catch (const Error& error) {
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
