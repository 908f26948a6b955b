// demos/trace.cpp - `bifrons trace`: tensors for comparison with other implementations. Spec: trace.md.
#include "fusion/trace.h"

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
  std::string out, ids, ids_file, text, prompt, chat, image_ids, vq_decode, vq_encode, vq_rule, tensors;
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

// Arguments are any bytes, metadata is UTF-8: what is none becomes U+FFFD, as everywhere in our JSON.
std::string as_utf8(const std::string& text) {
  return nlohmann::json::parse(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

int run(const Options& o, const Command& command) {
  TraceRequest request;
  if (command.given("--ids") && command.given("--ids-file"))
    fail(Fault::arguments, "--ids and --ids-file are each a whole prompt: give one of them");
  if (command.given("--ids")) request.ids = parse_ids(o.ids);
  if (command.given("--ids-file")) request.ids = read_ids(o.ids_file);
  if (command.given("--text")) request.text = o.text;
  if (command.given("--prompt")) request.prompt = o.prompt;
  if (command.given("--chat")) request.chat = parse_messages(read_file(o.chat, json_limit), o.chat);
  for (const std::string& image : o.images) request.images.push_back(load_image(image));
  request.greedy = o.greedy, request.image_greedy = o.image_greedy;
  if (command.given("--image-ids")) request.image_ids = read_ids(o.image_ids);
  if (command.given("--guidance")) request.guidance = o.guidance;
  if (command.given("--vq-decode")) request.vq_decode = read_ids(o.vq_decode);
  if (command.given("--vq-encode")) request.vq_encode = load_image(o.vq_encode);
  if (command.given("--vq-rule")) {
    if (o.vq_rule != "orig" && o.vq_rule != "hf")
      fail(Fault::arguments, "--vq-rule: '", o.vq_rule.substr(0, 40),
           "' is unknown; orig compares directions, hf compares as stored");
    request.vq_rule = o.vq_rule == "orig" ? VqRule::original : VqRule::huggingface;
  }
  if (command.given("--tensors")) request.tensors = split(o.tensors);

  const JanusNeeds needs = trace_needs(request);
  check_output(o.out);
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
                    {{"command", as_utf8(command.line())},
                     {"version", version},
                     {"backend", session.ops->description()},
                     {"dtype", std::string(name_of(session.model->format()))}});
  file.commit();
  say_verbose(o.common, o.out + ": " + std::to_string(tensors.size()) + " tensors");
  return 0;
}

}  // namespace

void add_trace(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("trace", "write tensors for comparison with another implementation");
  c.text("--out", o->out, "FILE", "safetensors file to write");
  c.required("--out");
  c.text("--ids", o->ids, "LIST", "raw token ids, nothing added: 1,5,9");
  c.text("--ids-file", o->ids_file, "FILE", "the same from a JSON list");
  c.text("--text", o->text, "S", "through the tokenizer, special strings not parsed, nothing added");
  c.text("--prompt", o->prompt, "S", "through the tokenizer with special strings and BOS, as the published scripts do");
  c.text("--chat", o->chat, "FILE", "JSON list of messages through the model's own template");
  c.texts("--image", o->images, "FILE", "a picture for the placeholders, in order; repeatable");
  c.integer("--greedy", o->greedy, 1, 1 << 20, "N", "continue by arg-max for N tokens");
  c.text("--image-ids", o->image_ids, "FILE", "feed these image ids after the prompt, as a guided pair");
  c.integer("--image-greedy", o->image_greedy, 1, 1 << 20, "N", "draw N image tokens by arg-max");
  c.number("--guidance", o->guidance, -1000, 1000, "W", "weight of the guided pair, default 5");
  c.text("--vq-decode", o->vq_decode, "FILE", "image ids to pixels");
  c.text("--vq-encode", o->vq_encode, "FILE", "picture to image ids");
  c.text("--vq-rule", o->vq_rule, "RULE", "nearest code: orig (both normalised, default) or hf");
  c.text("--tensors", o->tensors, "LIST", "write only these: hidden.final,logits");
  add_common(c, o->common, Output::people);
  c.footer(
      "Weights are f32 unless --dtype says otherwise.\n\nExample:\n"
      "  bifrons trace --model Janus-Pro-1B --text \"a red star\" --greedy 8 --tensors logits,greedy --out t.safetensors");
  c.action([o, c] { return run(*o, c); });
}

}  // namespace bifrons
