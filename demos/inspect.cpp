// demos/inspect.cpp - `bifrons inspect`: what a checkpoint is, holds and can do, the memory it needs, and what this build and
// machine can use, and whether the text model answers. Reads headers and configs of the checkpoint only, and binds them.
#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "demos/commands.h"
#include "demos/common.h"
#include "demos/text_model_options.h"
#include "fusion/janus.h"
#include "kernels/core/error.h"
#include "kernels/core/threads.h"
#include "kernels/idle_ops.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;

struct Options {
  Common common;
  std::string model;
  TextModelOptions text_model;
};

// Parts of a Janus and what their tensors' names begin with, in both dialects.
struct Part {
  const char* name;
  std::vector<const char*> prefixes;
  bool quantised;  // by q8 and q4
};
const std::vector<Part>& parts() {
  static const std::vector<Part> all{
      {"unused", {"vision_model.vision_tower.attn_pool.", "gen_vision_model.quantize.codebook_used"}, false},
      {"text head", {"language_model.lm_head.", "lm_head."}, true},
      {"language model", {"language_model.", "model.language_model."}, true},
      {"vision tower", {"vision_model.", "model.vision_model."}, true},
      {"aligner", {"aligner.", "model.aligner."}, true},
      {"drawing head and aligner", {"gen_embed.", "gen_aligner.", "gen_head.", "model.generation_"}, true},
      {"image encoder",
       {"gen_vision_model.encoder.", "gen_vision_model.quant_conv.", "model.vqmodel.encoder.", "model.vqmodel.quant_conv."},
       false},
      {"image decoder", {"gen_vision_model.", "model.vqmodel."}, false}};
  return all;
}
const Part* part_of(const std::string& tensor) {
  for (const Part& part : parts())
    for (const char* prefix : part.prefixes)
      if (tensor.rfind(prefix, 0) == 0) return &part;
  return nullptr;
}

struct Count {
  int64_t tensors = 0, parameters = 0, matrices = 0;  // matrices: parameters of weights that q8 and q4 shrink
};

double packed_bytes(const Count& count, bool quantised, Format format) {
  const double plain = format == Format::f32 ? 4 : 2;
  return double(count.parameters - count.matrices) * 4 + double(count.matrices) * (quantised ? bytes_per_weight(format) : plain);
}

std::string in_gb(double bytes) {
  char text[40];
  std::snprintf(text, sizeof text, bytes >= 1e9 ? "%.2f GB" : "%.1f MB", bytes >= 1e9 ? bytes / 1e9 : bytes / 1e6);
  return text;
}

int run(const Options& o) {
  if (!o.model.empty() && !o.common.model.empty() && o.model != o.common.model)
    fail(Fault::arguments, "two models were named, ", o.model, " and ", o.common.model, ": inspect looks at one");
  Common common = o.common;
  if (!o.model.empty()) common.model = o.model;
  const ModelFolder folder = open_model(common);
  const JanusConfig config = read_janus_config(folder);
  const Weights weights = folder.open_weights();
  std::optional<Tokenizer> tokenizer;
  if (folder.has("tokenizer.json"))
    tokenizer = Tokenizer::parse(folder.read("tokenizer.json", 256u << 20), folder.label("tokenizer.json"));
  const JanusTokens tokens = find_tokens(config, tokenizer ? &*tokenizer : nullptr);

  std::map<std::string, Count> counts;
  std::map<std::string, int64_t> types;
  std::vector<std::string> unknown;
  Count all;
  for (const Weights::Entry& entry : weights.entries()) {
    int64_t size = 1;
    for (const int64_t d : entry.shape) size *= d;
    const Part* part = part_of(entry.name);
    if (!part) unknown.push_back(entry.name);
    Count& count = counts[part ? part->name : "unknown"];
    for (Count* c : {&count, &all}) c->tensors += 1, c->parameters += size, c->matrices += entry.shape.size() >= 2 ? size : 0;
    types[std::string(name_of(entry.dtype))] += size;
  }

  const auto memory = [&](std::initializer_list<const char*> names, Format format) {
    double bytes = 0;
    for (const Part& part : parts())
      for (const char* name : names)
        if (std::string(part.name) == name) bytes += packed_bytes(counts[name], part.quantised, format);
    return bytes;
  };
  // A tied head is the embeddings packed a second time, as the rows of a product.
  const auto own_head = counts.find("text head");
  Count head = own_head == counts.end() ? Count{} : own_head->second;
  if (head.parameters == 0) head.parameters = head.matrices = config.text.vocabulary * config.text.width;
  const auto head_bytes = [&](Format format) { return packed_bytes(head, true, format); };
  const auto cache_per_token = [&](Format format) {
    return double(2 * config.text.layers * config.text.kv_heads * config.text.head_dim) * (format == Format::f32 ? 4 : 2);
  };

  Json sizes = Json::object();
  for (const Format format : {Format::f32, Format::bf16, Format::q8, Format::q4})
    sizes[std::string(name_of(format))] = {
        {"look_bytes", int64_t(memory({"language model", "vision tower", "aligner"}, format) + head_bytes(format))},
        {"draw_bytes", int64_t(memory({"language model", "drawing head and aligner", "image decoder"}, format))},
        {"cache_bytes_per_token", int64_t(cache_per_token(format))},
        {"cache_bytes_per_picture", int64_t(cache_per_token(format) * double(2 * (config.image_tokens + 32)))}};

  Json isas = Json::array();
  for (const Isa isa : usable_isas()) isas.push_back(name_of(isa));
  Json backends = Json::array({"reference"});
  if (!isas.empty()) backends.push_back("cpu");
  const double machine_bytes = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));

  // Bound once to an Ops that packs nothing: every tensor is there, has its shape, and none is left over.
  std::string problem;
  try {
    Janus(IdleOps(), folder, JanusNeeds::everything(), Format::bf16);
  } catch (const Error& error) {
    problem = error.what();
  }

  const TextModelReport text_model = report_text_model(o.text_model, o.common);

  if (o.common.json) {
    Json report{{"model", folder.name()},
                {"architecture", config.dialect == Dialect::original ? "multi_modality" : "janus"},
                {"dialect", config.dialect == Dialect::original ? "original" : "huggingface"},
                {"container", weights.container()},
                {"tensors", all.tensors},
                {"parameters", all.parameters},
                {"stored_as", types},
                {"language",
                 {{"width", config.text.width},
                  {"layers", config.text.layers},
                  {"heads", config.text.heads},
                  {"kv_heads", config.text.kv_heads},
                  {"head_dim", config.text.head_dim},
                  {"mlp", config.text.hidden},
                  {"vocabulary", config.text.vocabulary},
                  {"positions", config.text.max_positions}}},
                {"vision",
                 {{"image_size", config.vision.image_size},
                  {"patch_size", config.vision.patch_size},
                  {"width", config.vision.width},
                  {"layers", config.vision.layers},
                  {"heads", config.vision.heads}}},
                {"drawing",
                 {{"codes", config.codes},
                  {"image_tokens", config.image_tokens},
                  {"guidance", config.draw.guidance},
                  {"temperature", config.draw.temperature}}},
                {"can", problem.empty() ? Json::array({"look", "talk", "draw"}) : Json::array()},
                {"memory", sizes},
                {"warnings", config.warnings},
                {"machine",
                 {{"cores", usable_cores()},
                  {"memory_bytes", int64_t(machine_bytes)},
                  {"backends", backends},
                  {"instruction_sets", isas}}},
                {"text_model", text_model.json()},
                {"version", version}};
    for (const auto& [name, count] : counts)
      report["parts"][name] = {{"tensors", count.tensors}, {"parameters", count.parameters}};
    if (tokenizer) report["tokenizer"] = {{"size", tokenizer->size()}, {"roles", tokens.user ? "tagged" : "plain"}};
    if (!unknown.empty()) report["unknown_tensors"] = unknown;
    if (!problem.empty()) report["problem"] = problem;
    print_json(report);
    if (!problem.empty()) fail(Fault::unreadable, problem);
    return 0;
  }

  const auto line = [](const char* what, const std::string& words) {
    char text[32];
    std::snprintf(text, sizeof text, "%-14s", what);
    print_line(text + without_controls(words));
  };
  const auto n = [](auto value) { return std::to_string(value); };
  line("model", folder.name());
  line("is", config.dialect == Dialect::original ? "a Janus in the original's format (multi_modality)"
                                                 : "a Janus in the Hugging Face format (janus)");
  line("weights", weights.container() + ", " + n(all.tensors) + " tensors, " + n(all.parameters) + " parameters");
  for (const auto& [name, count] : counts) line("", name + ": " + n(count.parameters) + " in " + n(count.tensors));
  line("language", n(config.text.layers) + " layers, " + n(config.text.width) + " wide, " + n(config.text.heads) + " heads of " +
                       n(config.text.head_dim) +
                       (config.text.kv_heads != config.text.heads ? " on " + n(config.text.kv_heads) : "") + ", " +
                       n(config.text.vocabulary) + " tokens, " + n(config.text.max_positions) + " positions");
  line("looks", n(config.vision.image_size) + "x" + n(config.vision.image_size) + " pixels as " + n(config.vision.patches()) +
                    " patches, " + n(config.vision.layers) + " layers, " + n(config.vision.width) + " wide");
  line("draws", config.grid ? n(config.grid) + "x" + n(config.grid) + " tokens out of " + n(config.codes)
                            : n(config.image_tokens) + " tokens, no square");
  line("text", !tokenizer ? "no tokenizer.json: only raw ids"
                          : n(tokenizer->size()) + " tokens in the tokenizer, roles " +
                                (tokens.user ? config.strings.user + " and " + config.strings.assistant : "User and Assistant"));
  for (const Format format : {Format::f32, Format::bf16, Format::q8, Format::q4}) {
    const std::string name(name_of(format));
    const Json& size = sizes[name];
    line(format == Format::f32 ? "memory" : "",
         name + ": looking " + in_gb(size["look_bytes"].get<double>()) + ", drawing " + in_gb(size["draw_bytes"].get<double>()) +
             ", and " + in_gb(size["cache_bytes_per_picture"].get<double>()) + " a picture being drawn");
  }
  std::string sets;
  for (const auto& isa : isas) sets += (sets.empty() ? "" : ", ") + isa.get<std::string>();
  line("machine", n(usable_cores()) + " cores, " + in_gb(machine_bytes) + ", " +
                      (sets.empty() ? "no AVX2: only the reference backend" : "cpu backend with " + sets));
  line("text model", text_model.line);
  if (!text_model.warning.empty()) line("warning", text_model.warning);
  for (const std::string& warning : config.warnings) line("warning", warning);
  if (o.common.verbose)
    for (const std::string& key : config.defaults) line("default", key);
  if (!problem.empty()) fail(Fault::unreadable, problem);
  return 0;
}

}  // namespace

void add_inspect(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("inspect", "what a checkpoint is, holds and needs, and what this machine can use");
  c.text("model", o->model, "MODEL", "checkpoint folder; default: --model, else the embedded model");
  add_text_model(c, o->text_model);
  add_common(c, o->common, Output::people_or_json);
  c.footer("Examples:\n  bifrons inspect\n  bifrons inspect ~/models/Janus-Pro-7B --json");
  c.action([o] { return run(*o); });
}

}  // namespace bifrons
