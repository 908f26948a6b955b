// demos/command.h - the command line: commands, their options, and what is wrong with them in our own words. A thin door over
// CLI11, which only command.cpp compiles.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace bifrons {

using Action = std::function<int()>;  // returns the exit code; failures throw

// Options of one command. Values are written where the caller says when the command line is parsed; names are "--seed",
// "-o,--out", or a bare word for what stands without a name. Bounds are told in the message.
class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  void group(const char* heading) { group_ = heading; }  // of the options that follow, in --help
  void text(const char* names, std::string& value, const char* type, const std::string& help);
  void texts(const char* names, std::vector<std::string>& values, const char* type, const std::string& help);  // one each time
  template <class T>
  void integer(const char* names, T& value, int64_t least, int64_t most, const char* type, const std::string& help) {
    parsed(names, type, help,
           [&value, names, least, most](const std::string& given) { value = T(to_integer(names, given, least, most)); });
  }
  void seed(const char* names, uint64_t& value, const char* type, const std::string& help);  // any 64 bits
  template <class T>
  void number(const char* names, T& value, double least, double most, const char* type, const std::string& help) {
    parsed(names, type, help,
           [&value, names, least, most](const std::string& given) { value = T(to_number(names, given, least, most)); });
  }
  // Large numbers as people write them: 40M, 1.5G; a size also 256MiB, 2GB, 4096B.
  enum class Counted { things, bytes };
  template <class T>
  void quantity(const char* names, T& value, Counted counted, int64_t least, int64_t most, const char* type,
                const std::string& help) {
    parsed(names, type, help, [&value, names, counted, least, most](const std::string& given) {
      value = T(to_quantity(names, given, counted, least, most));
    });
  }
  void flag(const char* names, bool& value, const std::string& help);
  void environment(const char* name, const char* variable);  // where an option's value comes from when it is not given
  void required(const char* name);
  void footer(const std::string& text);  // examples, below the options in --help
  void action(Action run);
  // A command of this command ("doc" -> "doc read"); this one then has no action of its own and wants one of them.
  Command nested(const char* name, const char* about);

  bool given(const char* name) const;
  std::string line() const;  // the options as they were given, for the record

 private:
  void parsed(const char* names, const char* type, const std::string& help, std::function<void(const std::string&)> take);
  static int64_t to_integer(const char* names, const std::string& text, int64_t least, int64_t most);
  static double to_number(const char* names, const std::string& text, double least, double most);
  static int64_t to_quantity(const char* names, const std::string& text, Counted counted, int64_t least, int64_t most);

  CLI::App* app_;
  std::string group_ = "Options";
};

class CommandLine {
 public:
  CommandLine(const char* about, const std::string& version, const char* footer);
  ~CommandLine();
  Command add(const char* name, const char* about);
  // Runs the command that was asked for. --help and --version print and return 0; anything wrong throws Fault::arguments.
  int run(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace bifrons
