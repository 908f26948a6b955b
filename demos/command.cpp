// demos/command.cpp - see command.h.
#include "demos/command.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>

#include "kernels/core/error.h"

namespace bifrons {

namespace {

// "-o,--out" -> "--out": what messages call an option
std::string shown_name(const std::string& names) {
  const size_t at = names.rfind("--");
  return at == std::string::npos ? names : names.substr(at);
}
// "bifrons doc read" -> "doc read ": what stands between the program's name and --help
std::string path_of(const CLI::App* command) {
  std::string path;
  for (; command->get_parent(); command = command->get_parent()) path.insert(0, command->get_name() + " ");
  return path;
}
// "read, search and locate"
std::string commands_of(const CLI::App& app) {
  const auto all = app.get_subcommands([](const CLI::App*) { return true; });
  std::string names;
  for (size_t i = 0; i < all.size(); ++i) names += (i == 0 ? "" : i + 1 == all.size() ? " and " : ", ") + all[i]->get_name();
  return names;
}
// 1536 MiB, 40M: as quantity reads it.
std::string shown_quantity(int64_t value, bool bytes) {
  const int64_t step = bytes ? 1024 : 1000;
  size_t unit = 0;
  for (; unit < 4 && value >= step && value % step == 0; ++unit) value /= step;
  constexpr const char *sizes[] = {" bytes", "KiB", "MiB", "GiB", "TiB"}, *counts[] = {"", "k", "M", "G", "T"};
  return bytes && unit == 0 && value == 1 ? "1 byte" : std::to_string(value) + (bytes ? sizes : counts)[unit];
}
std::string clipped(const std::string& text) { return text.size() <= 40 ? text : text.substr(0, 37) + "..."; }

}  // namespace

void Command::text(const char* names, std::string& value, const char* type, const std::string& help) {
  app_->add_option(names, value, help)->type_name(type)->group(group_);
}
void Command::texts(const char* names, std::vector<std::string>& values, const char* type, const std::string& help) {
  CLI::Option* option = app_->add_option(names, values, help)->type_name(type)->group(group_);
  if (names[0] == '-') option->expected(1)->take_all();
}
void Command::flag(const char* names, bool& value, const std::string& help) { app_->add_flag(names, value, help)->group(group_); }
void Command::parsed(const char* names, const char* type, const std::string& help, std::function<void(const std::string&)> take) {
  CLI::App* app = app_;
  const auto here = std::make_shared<const CLI::Option*>(nullptr);
  CLI::Option* option = app_->add_option_function<std::string>(
      names,
      [app, here, name = shown_name(names), take = std::move(take)](const std::string& given) {
        try {
          take(given);
        } catch (const Error& error) {  // what came from the environment is called by its name there
          const std::vector<CLI::Option*> typed = app->parse_order();
          const std::string sentence = error.what(), variable = (*here)->get_envname();
          if (variable.empty() || !sentence.starts_with(name + ":") ||
              std::find(typed.begin(), typed.end(), *here) != typed.end())
            throw;
          throw Error(error.fault(), variable + sentence.substr(name.size()));
        }
      },
      help);
  *here = option;
  option->type_name(type)->group(group_);
}
void Command::seed(const char* names, uint64_t& value, const char* type, const std::string& help) {
  parsed(names, type, help, [&value, names](const std::string& given) {
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    if (given.empty() || error != std::errc() || end != given.data() + given.size())
      fail(Fault::arguments, shown_name(names), ": '", clipped(given), "' is no whole number from 0 to ", UINT64_MAX);
  });
}
void Command::environment(const char* name, const char* variable) { app_->get_option(name)->envname(variable); }
void Command::required(const char* name) { app_->get_option(name)->required(); }
void Command::footer(const std::string& text) { app_->footer(text); }
void Command::action(Action run) {
  app_->callback([run = std::move(run)] { throw run; });  // runs when parsing is over, out of CLI11's hands
}
Command Command::nested(const char* name, const char* about) {
  app_->require_subcommand(1);
  return Command(*app_->add_subcommand(name, about));
}

bool Command::given(const char* name) const { return app_->get_option(name)->count() > 0; }

std::string Command::line() const {
  std::string line = path_of(app_);
  line.pop_back();
  for (const CLI::Option* option : app_->parse_order())
    if (option->get_name() != "--help") {
      const size_t times = size_t(std::count(app_->parse_order().begin(), app_->parse_order().end(), option));
      if (line.find(" " + option->get_name() + " ") != std::string::npos && times > 1)
        continue;  // its values are all there already
      for (const std::string& value : option->results()) line += " " + option->get_name() + " " + value;
    }
  return line;
}

int64_t Command::to_integer(const char* names, const std::string& text, int64_t least, int64_t most) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    fail(Fault::arguments, shown_name(names), ": '", clipped(text), "' is no whole number from ", least, " to ", most);
  return value;
}
double Command::to_number(const char* names, const std::string& text, double least, double most) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != 0 || !(value >= least && value <= most))
    fail(Fault::arguments, shown_name(names), ": '", clipped(text), "' is no number from ", least, " to ", most);
  return value;
}
int64_t Command::to_quantity(const char* names, const std::string& text, Counted counted, int64_t least, int64_t most) {
  const bool bytes = counted == Counted::bytes;
  const auto unit_begin = std::find_if(text.begin(), text.end(), [](unsigned char c) { return !std::isdigit(c) && c != '.'; });
  const std::string digits(text.begin(), unit_begin), unit(unit_begin, text.end());
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
  bool good = !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
  if (!unit.empty() && !(bytes && unit == "B")) {
    constexpr std::string_view powers = "KMGT";
    const size_t power = powers.find(char(std::toupper(uint8_t(unit[0]))));
    const std::string rest = unit.substr(1);
    good &= power != std::string_view::npos && (rest.empty() || (bytes && (rest == "B" || rest == "iB")));
    number *= std::pow(rest == "iB" ? 1024. : 1000., double(power % powers.size() + 1));
  }
  number = std::round(number);
  if (!good || !(number >= double(least) && number <= double(most)))
    fail(Fault::arguments, shown_name(names), ": '", clipped(text), "' is no ", bytes ? "size" : "number", " from ",
         shown_quantity(least, bytes), " to ", shown_quantity(most, bytes), bytes ? ", written like 256MiB or 2GB" : "");
  return int64_t(number);
}

CommandLine::CommandLine(const char* about, const std::string& version, const char* footer)
    : app_(std::make_unique<CLI::App>(about, "bifrons")) {
  app_->set_version_flag("--version", "bifrons " + version);
  app_->require_subcommand(1);
  app_->footer(footer);
  app_->get_formatter()->column_width(34);
}
CommandLine::~CommandLine() = default;

Command CommandLine::add(const char* name, const char* about) { return Command(*app_->add_subcommand(name, about)); }

int CommandLine::run(int argc, char** argv) {
  const CLI::App* asked = app_.get();  // as far as the command's words are known
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    const auto names = asked->get_subcommands([](const CLI::App*) { return true; });
    if (names.empty()) break;
    const auto found = std::find_if(names.begin(), names.end(), [&](const CLI::App* one) { return one->get_name() == argv[i]; });
    if (found == names.end())
      fail(Fault::arguments, "there is no command '", path_of(asked), clipped(argv[i]), "': there are ", commands_of(*asked),
           "; see bifrons ", path_of(asked), "--help");
    asked = *found;
  }
  try {
    app_->parse(argc, argv);
  } catch (const Action& action) {
    return action();
  } catch (const CLI::Success& success) {  // --help, --version
    const int code = app_->exit(success);
    if (!std::cout.flush()) fail(Fault::other, "stdout: cannot be written to; is the disk full?");
    return code;
  } catch (const CLI::ParseError& error) {  // CLI11's refusals in our words
    const CLI::App* command = app_.get();
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    const std::string see = "; see bifrons " + path_of(command) + "--help";
    if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
      std::string names;
      for (const std::string& name : app_->remaining(true)) names += (names.empty() ? "" : " ") + name;
      fail(Fault::arguments, "there is no option or command '", clipped(names), "'", see);
    }
    if (!command->get_subcommands([](const CLI::App*) { return true; }).empty())
      fail(Fault::arguments, "say what to do: ", commands_of(*command), see);
    for (const CLI::Option* option : command->get_options())
      if (option->get_required() && option->count() == 0)
        fail(Fault::arguments, "bifrons ", path_of(command), "needs ", shown_name(option->get_name()), see);
    fail(Fault::arguments, error.what(), see);
  }
  return 0;
}

}  // namespace bifrons
