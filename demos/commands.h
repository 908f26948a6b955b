// demos/commands.h - the commands of the binary. Each adds its options to the app and leaves behind what to run.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace bifrons {

using Action = std::function<int()>;  // returns the exit code; failures throw

void add_caption(CLI::App& app, Action& action);
void add_imagine(CLI::App& app, Action& action);
void add_chat(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_tokenize(CLI::App& app, Action& action);
void add_trace(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);

}  // namespace bifrons
