// demos/trace.cpp - `bifrons trace`: tensors for comparison with other implementations. Spec: trace.md.
#include "fusion/trace.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "demos/commands.h"
#include "demos/common.h"
#include "kernels/core/file.h"
#include "kernels/weights/safetensors_writer.h"

namespace bifrons {
namespace {

constexpr size_t json_limit = 64u << 20;  // bytes of a file of ids or messages

struct Options {
  Common common;
  std::string out, ids, ids_file, text, prompt, chat, image_ids, vq_decode, vq_encode, vq_rule, tensors, command_line;
  std::vector<std::string> images;
  int64_t greedy = 0, image_greedy = 0;
  float guidance = 5;
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::vector<int32_t> parse_ids(const std::string& list) {
  std::vector<int32_t> ids;
  for (const std::string& part : split(list)) {
    size_t used = 0;
    long long value = -1;
    try {
      value = std::stoll(part, &used);
    } catch (const std::exception&) {
    }
    if (part.empty() || used != part.size() || value < 0 || value > INT32_MAX)
      fail(Fault::arguments, "--ids: '", part.substr(0, 40),
           "' is no token id; give whole numbers separated by commas, such as 1,5,9");
    ids.push_back(int32_t(value));
  }
  return ids;
}

std::vector<int32_t> read_ids(const std::string& path) {
  const auto json = nlohmann::json::parse(read_file(path, json_limit), nullptr, false);
  if (!json.is_array() || json.empty()) fail(Fault::unreadable, path, ": is no JSON list of ids, such as [1, 5, 9]");
  std::vector<int32_t> ids;
  for (const auto& value : json) {
    if (!value.is_number_integer() || value < 0 || value > INT32_MAX)
      fail(Fault::unreadable, path, ": holds something that is no id: ids are whole numbers from 0 up");
    ids.push_back(value.get<int32_t>());
  }
  return ids;
}

int run(const Options& o, const CLI::App& command) {
  TraceRequest request;
  if (command.count("--ids") && command.count("--ids-file"))
    fail(Fault::arguments, "--ids and --ids-file are each a whole prompt: give one of them");
  if (command.count("--ids")) request.ids = parse_ids(o.ids);
  if (command.count("--ids-file")) request.ids = read_ids(o.ids_file);
  if (command.count("--text")) request.text = o.text;
  if (command.count("--prompt")) request.prompt = o.prompt;
  if (command.count("--chat")) request.chat = parse_messages(read_file(o.chat, json_limit), o.chat);
  for (const std::string& image : o.images) request.images.push_back(load_image(image));
  request.greedy = o.greedy, request.image_greedy = o.image_greedy;
  if (command.count("--image-ids")) request.image_ids = read_ids(o.image_ids);
  if (command.count("--guidance")) request.guidance = o.guidance;
  if (command.count("--vq-decode")) request.vq_decode = read_ids(o.vq_decode);
  if (command.count("--vq-encode")) request.vq_encode = load_image(o.vq_encode);
  if (command.count("--vq-rule")) {
    if (o.vq_rule != "orig" && o.vq_rule != "hf")
      fail(Fault::arguments, "--vq-rule: '", o.vq_rule.substr(0, 40),
           "' is unknown; orig compares directions, hf compares as stored");
    request.vq_rule = o.vq_rule == "orig" ? VqRule::original : VqRule::huggingface;
  }
  if (command.count("--tensors")) request.tensors = split(o.tensors);

  const JanusNeeds needs = trace_needs(request);
  const Session session = open_session(o.common, needs, Format::f32);
  const auto traced = trace(*session.model, request);

  std::vector<SafetensorsEntry> tensors;
  for (const auto& [name, tensor] : traced) {
    if (tensor.is_ids)
      tensors.emplace_back(name, tensor.shape, std::span<const int64_t>(tensor.ids));
    else
      tensors.emplace_back(name, tensor.shape, std::span<const float>(tensor.numbers));
  }
  OutputFile file(o.out);
  write_safetensors(file, tensors,
                    {{"command", o.command_line},
                     {"version", version},
                     {"backend", session.ops->description()},
                     {"dtype", std::string(name_of(session.model->format()))}});
  file.commit();
  say_verbose(o.common, o.out + ": " + std::to_string(tensors.size()) + " tensors");
  return 0;
}

}  // namespace

void add_trace(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("trace", "write tensors for comparison with another implementation");
  c->add_option("--out", o->out, "safetensors file to write")->required()->type_name("FILE");
  c->add_option("--ids", o->ids, "raw token ids, nothing added: 1,5,9")->type_name("LIST");
  c->add_option("--ids-file", o->ids_file, "the same from a JSON list")->type_name("FILE");
  c->add_option("--text", o->text, "through the tokenizer, special strings not parsed, nothing added")->type_name("S");
  c->add_option("--prompt", o->prompt, "through the tokenizer with special strings and BOS, as the published scripts do")
      ->type_name("S");
  c->add_option("--chat", o->chat, "JSON list of messages through the model's own template")->type_name("FILE");
  c->add_option("--image", o->images, "a picture for the placeholders, in order; repeatable")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  c->add_option("--greedy", o->greedy, "continue by arg-max for N tokens")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 20))
      ->type_name("N");
  c->add_option("--image-ids", o->image_ids, "feed these image ids after the prompt, as a guided pair")->type_name("FILE");
  c->add_option("--image-greedy", o->image_greedy, "draw N image tokens by arg-max")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 20))
      ->type_name("N");
  c->add_option("--guidance", o->guidance, "weight of the guided pair, default 5")->type_name("W");
  c->add_option("--vq-decode", o->vq_decode, "image ids to pixels")->type_name("FILE");
  c->add_option("--vq-encode", o->vq_encode, "picture to image ids")->type_name("FILE");
  c->add_option("--vq-rule", o->vq_rule, "nearest code: orig (both normalised, default) or hf")->type_name("RULE");
  c->add_option("--tensors", o->tensors, "write only these: hidden.final,logits")->type_name("LIST");
  add_common(*c, o->common, Output::people);
  c->footer(
      "Weights are f32 unless --dtype says otherwise.\n\nExample:\n  bifrons trace --model Janus-Pro-1B --prompt \"<|User|>: "
      "Hello\\n\\n<|Assistant|>:\" --greedy 8 --tensors logits,greedy --out t.safetensors");
  c->callback([o, c, &action] {
    for (const CLI::Option* option : c->get_options())
      if (option->count() > 0) {
        o->command_line += (o->command_line.empty() ? "trace" : "");
        for (const std::string& value : option->results()) o->command_line += " " + option->get_name() + " " + value;
      }
    action = [o, c] { return run(*o, *c); };
  });
}

}  // namespace bifrons
