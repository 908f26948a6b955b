// demos/commands.h - the commands of the binary. Each names its options and leaves behind what to run.
#pragma once

#include "demos/command.h"

namespace bifrons {

void add_caption(CommandLine& commands);
void add_imagine(CommandLine& commands);
void add_chat(CommandLine& commands);
void add_ask(CommandLine& commands);
void add_ask_options(Command command);  // of `ask`, under another name
void add_doc(CommandLine& commands);
void add_inspect(CommandLine& commands);
void add_tokenize(CommandLine& commands);
void add_trace(CommandLine& commands);
void add_bench(CommandLine& commands);

}  // namespace bifrons
