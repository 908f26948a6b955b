// demos/bench.cpp - `bifrons bench`
#include "demos/commands.h"
namespace bifrons {
void add_bench(CLI::App&, Action&) {}
}  // namespace bifrons
