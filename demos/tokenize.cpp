// demos/tokenize.cpp - `bifrons tokenize`: JSON lists through a model's tokenizer, in either direction.
#include <nlohmann/json.hpp>

#include "demos/commands.h"
#include "demos/common.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "language/tokenizer.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
constexpr size_t input_limit = 256u << 20, tokenizer_limit = 256u << 20;  // bytes

struct Options {
  Common common;
  bool special = false, decode = false;
};

int run(const Options& o) {
  const ModelFolder folder = open_model(o.common);
  if (!folder.has("tokenizer.json")) fail(Fault::unreadable, folder.name(), ": holds no tokenizer.json");
  const Tokenizer tokenizer = Tokenizer::parse(folder.read("tokenizer.json", tokenizer_limit), folder.label("tokenizer.json"));
  const Json input = Json::parse(read_file("-", input_limit), nullptr, false);
  const char* const needed = o.decode ? "stdin: a JSON list of lists of ids is needed, such as [[1, 5, 9]]"
                                      : "stdin: a JSON list of strings is needed, such as [\"a red star\"]";
  if (!input.is_array()) fail(Fault::unreadable, needed);
  Json output = Json::array();
  for (const Json& entry : input) {
    if (o.decode) {
      if (!entry.is_array()) fail(Fault::unreadable, needed);
      std::vector<int32_t> ids;
      for (const Json& id : entry) {
        if (!id.is_number_integer() || id < 0 || id > INT32_MAX) fail(Fault::unreadable, needed);
        ids.push_back(id.get<int32_t>());
      }
      output.push_back(tokenizer.decode(ids));
    } else {
      if (!entry.is_string()) fail(Fault::unreadable, needed);
      output.push_back(tokenizer.encode(entry.get_ref<const std::string&>(), o.special ? Added::all : Added::ordinary));
    }
  }
  print_json(output);
  return 0;
}

}  // namespace

void add_tokenize(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("tokenize", "texts to token ids and back, as JSON from stdin to stdout");
  c.flag("--special", o->special, "parse special strings such as <|User|> as their tokens");
  c.flag("--decode", o->decode, "from lists of ids to strings");
  add_common(c, o->common, Output::people_or_json);
  c.footer("Examples:\n  echo '[\"a red star\"]' | bifrons tokenize\n  echo '[[1, 5, 9]]' | bifrons tokenize --decode");
  c.action([o] { return run(*o); });
}

}  // namespace bifrons
