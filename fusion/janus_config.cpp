// fusion/janus_config.cpp - both config dialects into one JanusConfig. Defaults are those of the published classes:
// LlamaConfig, JanusVisionConfig, JanusVQVAEConfig (huggingface/transformers), VLMImageProcessor (deepseek-ai/Janus).
#include "fusion/janus_config.h"

#include <cmath>

#include "fusion/fields.h"

namespace bifrons {

using Json = nlohmann::json;

namespace {

constexpr size_t config_limit = 16u << 20;  // bytes of a config file
constexpr int64_t width_limit = 1 << 16, layer_limit = 1024, vocabulary_limit = 1 << 24, position_limit = 1 << 20;

Json parse_json(const std::string& text, const std::string& file) {
  try {
    return Json::parse(text);
  } catch (const Json::exception&) {  // the library's words name bytes and states, not what to do
    fail(Fault::unreadable, file, ": is not valid JSON; fetch the file again");
  }
}

int32_t token_id(const Fields& fields, const char* key) { return int32_t(fields.integer(key, 0, vocabulary_limit)); }

// ---- the language model

TransformerConfig read_text(const Fields& f) {
  f.word("model_type", {"llama"}, "llama");
  TransformerConfig text;
  text.width = f.integer("hidden_size", 1, width_limit, 4096);
  text.hidden = f.integer("intermediate_size", 1, 4 * width_limit, 11008);
  text.layers = f.integer("num_hidden_layers", 1, layer_limit, 32);
  text.heads = f.integer("num_attention_heads", 1, 4096, 32);
  text.kv_heads = f.integer("num_key_value_heads", 1, 4096, text.heads);
  if (text.heads % text.kv_heads != 0)
    fail(Fault::unreadable, f.file(), ": ", text.heads, " attention heads cannot share ", text.kv_heads,
         " key-value heads evenly");
  if (!f.has("head_dim") && text.width % text.heads != 0)
    fail(Fault::unreadable, f.file(), ": 'hidden_size' ", text.width, " is no multiple of the ", text.heads, " attention heads");
  text.head_dim = f.has("head_dim") ? f.integer("head_dim", 2, 4096) : text.width / text.heads;
  if (text.head_dim % 2 != 0)
    fail(Fault::unreadable, f.file(), ": a head of ", text.head_dim, " channels cannot be rotated: it must be even");
  text.vocabulary = f.integer("vocab_size", 1, vocabulary_limit, 32000);
  text.max_positions = f.integer("max_position_embeddings", 1, position_limit, 2048);
  text.rms_epsilon = float(f.number("rms_norm_eps", 1e-12, 1, 1e-6));
  f.word("hidden_act", {"silu", "swish"}, "silu");  // two names of one function
  f.must_be("attention_bias", false), f.must_be("mlp_bias", false);

  text.rotary_base = 0;
  for (const char* key : {"rope_parameters", "rope_scaling"}) {  // transformers 5, and 4
    if (!f.has(key)) continue;
    const Fields rope = f.object(key);
    if (rope.has("rope_type")) rope.word("rope_type", {"default"});
    if (rope.has("type")) rope.word("type", {"default"});
    if (rope.has("partial_rotary_factor")) rope.number("partial_rotary_factor", 1, 1);
    for (const auto& [name, value] : f.raw(key).items())
      if (value.is_structured())
        fail(Fault::lacking, f.file(), ": '", rope.full(name.c_str()),
             "' varies the rotary angles by layer, which Bifrons does not");
    if (rope.has("rope_theta") && text.rotary_base == 0) text.rotary_base = rope.number("rope_theta", 1, 1e12);
  }
  if (text.rotary_base == 0) text.rotary_base = f.number("rope_theta", 1, 1e12, 10000);
  return text;
}

// ---- the vision tower

void finish_vision(SiglipConfig& vision, double mlp_ratio, const std::string& file) {
  if (vision.image_size < vision.patch_size)  // pixels beyond the last whole patch are seen by none, as in the published code
    fail(Fault::unreadable, file, ": an image of ", vision.image_size, " pixels holds no patch of ", vision.patch_size);
  if (vision.width % vision.heads != 0)
    fail(Fault::unreadable, file, ": the vision tower's width ", vision.width, " is no multiple of its ", vision.heads, " heads");
  if (vision.patches() > width_limit)
    fail(Fault::limit, file, ": ", vision.patches(), " patches an image are more than ", width_limit);
  vision.hidden = int64_t(double(vision.width) * mlp_ratio);
  if (vision.hidden < 1 || vision.hidden > 4 * width_limit)
    fail(Fault::unreadable, file, ": 'mlp_ratio' makes an MLP of ", vision.hidden, " channels");
}

SiglipConfig read_original_vision(const Fields& config) {
  config.word("cls", {"CLIPVisionTower"});
  const Fields f = config.object("params");
  SiglipConfig vision;
  vision.image_size = f.integer("image_size", 1, 4096);
  f.word("select_feature", {"same"});
  for (const char* key : {"pixel_mean", "pixel_std"})
    if (f.has(key))
      fail(Fault::lacking, f.file(), ": '", f.full(key), "' normalises pixels inside the tower, which no published Janus does");
  double mlp_ratio = 4;
  const std::string preset = f.text("model_name");
  if (preset == "siglip_large_patch16_384") {
    vision.width = 1024, vision.layers = 24, vision.heads = 16, vision.patch_size = 16;
  } else if (f.has("width") && f.has("layers") && f.has("heads") && f.has("patch_size") && f.has("mlp_ratio")) {
    vision.width = f.integer("width", 1, width_limit), vision.layers = f.integer("layers", 1, layer_limit);
    vision.heads = f.integer("heads", 1, 4096), vision.patch_size = f.integer("patch_size", 1, 4096);
    mlp_ratio = f.number("mlp_ratio", 1e-3, 1000);
  } else {
    fail(Fault::lacking, f.file(), ": the vision tower \"", preset.substr(0, 60),
         "\" is unknown: Bifrons knows siglip_large_patch16_384, or a tower whose params state width, layers, heads, patch_size "
         "and mlp_ratio");
  }
  // Which block's output is used, from the end where it is not positive: the published code builds no more blocks than that.
  const int64_t selected = f.integer("select_layer", -1000, 1000),
                layers = std::min(vision.layers, selected > 0 ? selected : vision.layers + selected + 1);
  if (layers < 1)
    fail(Fault::unreadable, f.file(), ": '", f.full("select_layer"), "' is ", selected, ", before the first of the tower's ",
         vision.layers, " layers");
  vision.layers = layers;
  finish_vision(vision, mlp_ratio, f.file());
  return vision;
}

SiglipConfig read_port_vision(const Fields& f) {
  SiglipConfig vision;
  vision.image_size = f.integer("image_size", 1, 4096, 384);
  vision.patch_size = f.integer("patch_size", 1, 4096, 16);
  vision.width = f.integer("hidden_size", 1, width_limit, 1024);
  vision.layers = f.integer("num_hidden_layers", 1, layer_limit, 24);
  vision.heads = f.integer("num_attention_heads", 1, 4096, 16);
  vision.epsilon = float(f.number("layer_norm_eps", 1e-12, 1, 1e-6));
  f.word("hidden_act", {"gelu"}, "gelu");
  f.must_be("attention_bias", true), f.must_be("use_qk_norm", false);
  if (f.has("num_channels")) f.integer("num_channels", 3, 3);
  finish_vision(vision, f.number("mlp_ratio", 1e-3, 1000, 4), f.file());
  return vision;
}

// ---- the original's config.json

ProjectorConfig read_projector(const Fields& config) {
  config.word("cls", {"MlpProjector"});
  const Fields f = config.object("params");
  f.word("projector_type", {"mlp_gelu"});
  return {f.integer("input_dim", 1, width_limit), f.integer("n_embed", 1, width_limit), f.integer("depth", 1, 16, 1)};
}

void read_original(JanusConfig& config, const Fields& f) {
  if (f.has("vision_gen_enc_config") || f.has("vision_und_enc_config"))
    fail(Fault::lacking, f.file(),
         ": is a JanusFlow model, which draws by rectified flow; Bifrons runs Janus-1.3B, Janus-Pro-1B and Janus-Pro-7B");
  config.stored_type = f.has("torch_dtype") ? f.text("torch_dtype") : "";
  config.text = read_text(f.object("language_config"));
  config.vision = read_original_vision(f.object("vision_config"));
  config.aligner = read_projector(f.object("aligner_config"));
  config.draw_aligner = read_projector(f.object("gen_aligner_config"));
  const Fields vq = f.object("gen_vision_config");
  vq.word("cls", {"VQ-16"});
  config.codes = vq.object("params").integer("image_token_size", 1, vocabulary_limit);
  config.code_channels = vq.object("params").integer("n_embed", 1, 4096);
  const Fields head = f.object("gen_head_config");
  head.word("cls", {"vision_head"});
  const Fields h = head.object("params");
  config.draw_head_hidden = h.integer("image_token_embed", 1, width_limit);
  if (const int64_t in = h.integer("n_embed", 1, width_limit); in != config.text.width)
    fail(Fault::unreadable, f.file(), ": '", h.full("n_embed"), "' is ", in, " but the language model is ", config.text.width,
         " wide");
  if (const int64_t codes = h.integer("image_token_size", 1, vocabulary_limit); codes != config.codes)
    fail(Fault::unreadable, f.file(), ": '", h.full("image_token_size"), "' is ", codes, " but the codebook has ", config.codes,
         " rows");
}

// ---- the port's config.json

void read_port(JanusConfig& config, const Fields& f) {
  config.stored_type = f.has("dtype") ? f.text("dtype") : f.has("torch_dtype") ? f.text("torch_dtype") : "";
  const Fields text = f.object("text_config"), vision = f.object("vision_config"), vq = f.object("vq_config");
  config.text = read_text(text);
  config.vision = read_port_vision(vision);
  config.aligner = {config.vision.width, vision.integer("projection_dim", 1, width_limit, 2048),
                    vision.integer("depth", 1, 16, 2)};
  config.image_tokens = vision.integer("num_image_tokens", 1, width_limit, 576);
  config.codes = vq.integer("num_embeddings", 1, vocabulary_limit, 16384);
  config.code_channels = vq.integer("embed_dim", 1, 4096, 8);
  config.draw_head_hidden = vq.integer("projection_dim", 1, width_limit, 2048);
  config.draw_aligner = {config.code_channels, config.draw_head_hidden, vq.integer("num_hidden_layers", 1, 16, 2)};
  if (const int64_t in = vq.integer("image_token_embed_dim", 1, width_limit, 2048); in != config.text.width)
    fail(Fault::unreadable, f.file(), ": '", vq.full("image_token_embed_dim"), "' is ", in, " but the language model is ",
         config.text.width, " wide");
  vq.word("hidden_act", {"gelu"}, "gelu");
  vq.must_be("double_latent", false);
  for (const char* key : {"in_channels", "out_channels"})
    if (vq.has(key)) vq.integer(key, 3, 3);
  if (f.has("image_token_id")) config.ids.placeholder = token_id(f, "image_token_id");
  if (text.has("bos_token_id")) config.ids.bos = token_id(text, "bos_token_id");
  if (text.has("eos_token_id") && text.raw("eos_token_id").is_number()) config.ids.eos = token_id(text, "eos_token_id");
  if (text.has("pad_token_id") && text.integer("pad_token_id", -1, vocabulary_limit) >= 0)
    config.ids.pad = token_id(text, "pad_token_id");
}

// ---- the companions

std::array<double, 3> three(const Fields& f, const char* key, double least, double most, const std::array<double, 3>& standard) {
  if (!f.has(key)) return f.note(key), standard;
  const Json& list = f.raw(key);
  if (!list.is_array() || list.size() != 3)
    fail(Fault::unreadable, f.file(), ": '", f.full(key), "' must be three numbers, for red, green and blue");
  std::array<double, 3> out{};
  for (size_t i = 0; i < 3; ++i) {
    if (!list[i].is_number() || !(list[i].get<double>() >= least && list[i].get<double>() <= most))
      fail(Fault::unreadable, f.file(), ": '", f.full(key), "' holds a value outside ", least, " to ", most);
    out[i] = list[i].get<double>();
  }
  return out;
}

void read_preprocessor(JanusConfig& config, const Fields& f) {
  PreprocessConfig& out = config.preprocess;
  int64_t size = 0;
  if (f.has("image_size")) {
    size = f.integer("image_size", 1, 4096);
  } else if (f.has("size") && f.raw("size").is_object()) {
    const Fields s = f.object("size");
    size = s.integer("height", 1, 4096);
    if (const int64_t width = s.integer("width", 1, 4096); width != size)
      fail(Fault::unreadable, f.file(), ": '", f.full("size"), "' is ", width, "x", size, ", no square");
  } else {
    size = f.integer("size", 1, 4096, 384);
  }
  if (size != config.vision.image_size)
    fail(Fault::unreadable, f.file(), ": pictures are prepared at ", size, " pixels but the vision tower takes ",
         config.vision.image_size);
  out.min_size = f.integer("min_size", 1, 4096, 14);
  out.rescale = f.number("rescale_factor", 1e-9, 1, 0.00392156862745098);
  f.must_be("do_rescale", true), f.must_be("do_resize", true), f.must_be("do_pad", true);
  if (f.has("resample") && f.integer("resample", 0, 10) != 3)
    fail(Fault::lacking, f.file(), ": '", f.full("resample"), "' is ", f.integer("resample", 0, 10),
         "; Bifrons knows 3, bicubic");
  const auto mean = three(f, "image_mean", -1e3, 1e3, {0.48145466, 0.4578275, 0.40821073});
  const auto deviation = three(f, "image_std", 1e-6, 1e3, {0.26862954, 0.26130258, 0.27577711});
  for (size_t i = 0; i < 3; ++i) {
    out.mean[i] = float(mean[i]), out.deviation[i] = float(deviation[i]);
    out.background[i] = uint8_t(std::clamp(std::trunc(mean[i] * 255), 0.0, 255.0));
  }
  // Both published processors write the colour down and, when they read it, put the mean's in its place.
  if (f.has("background_color") && f.raw("background_color").is_array()) {
    const auto colour = three(f, "background_color", 0, 255, {});
    for (size_t i = 0; i < 3; ++i)
      if (uint8_t(colour[i]) != out.background[i]) {
        config.warnings.push_back(f.file() +
                                  ": 'background_color' is not the mean's colour; pictures are padded with the mean's, " +
                                  "as the published code does");
        break;
      }
  }
  if (f.has("do_normalize") && !f.flag("do_normalize")) {
    if (config.dialect == Dialect::original)  // the first release of Janus-1.3B: janus.md 1.4
      config.warnings.push_back(
          f.file() +
          ": 'do_normalize' is false, a known mistake of the first Janus-1.3B files; pictures are normalised all the same");
    else
      out.mean = {0, 0, 0}, out.deviation = {1, 1, 1};
  }
}

// A token's string: plain, or as {"content": ...}; "" when the file has none.
std::string token_text(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end()) return "";
  if (at->is_string()) return at->get<std::string>();
  if (at->is_object() && at->contains("content") && (*at)["content"].is_string()) return (*at)["content"].get<std::string>();
  return "";
}

void read_strings(SpecialStrings& out, const Json& json, const std::string& file) {
  if (!json.is_object()) fail(Fault::unreadable, file, ": the whole is ", json.type_name(), " where an object is needed");
  const auto extra = json.find("extra_special_tokens");
  for (const auto& [key, target] : {std::pair{"bos_token", &out.bos},
                                    {"eos_token", &out.eos},
                                    {"pad_token", &out.pad},
                                    {"image_token", &out.placeholder},
                                    {"boi_token", &out.begin_image},
                                    {"eoi_token", &out.end_image}}) {
    std::string found = token_text(json, key);
    if (found.empty() && extra != json.end() && extra->is_object()) found = token_text(*extra, key);
    if (!found.empty()) *target = std::move(found);
  }
}

void read_generation(JanusConfig& config, const Fields& f) {
  config.draw.guidance = float(f.number("guidance_scale", 0, 1000, 5));
  if (!f.has("do_sample") || f.flag("do_sample")) {
    if (f.has("temperature")) config.draw.temperature = float(f.number("temperature", 0, 1000));
    if (f.has("top_k")) config.draw.top_k = int32_t(f.integer("top_k", 0, vocabulary_limit));
    if (f.has("top_p")) config.draw.top_p = float(f.number("top_p", 1e-6, 1));
  }
  if (f.has("generation_kwargs") && f.raw("generation_kwargs").is_object() && f.object("generation_kwargs").has("boi_token_id"))
    config.ids.begin_image = token_id(f.object("generation_kwargs"), "boi_token_id");
  if (!config.ids.bos && f.has("bos_token_id")) config.ids.bos = token_id(f, "bos_token_id");
  if (!config.ids.pad && f.has("pad_token_id")) config.ids.pad = token_id(f, "pad_token_id");
}

void check(const JanusConfig& config, const std::string& file) {
  const int64_t width = config.text.width;
  if (config.aligner.out != width)
    fail(Fault::unreadable, file, ": the aligner ends at ", config.aligner.out, " channels but the language model is ", width,
         " wide");
  if (config.aligner.in != config.vision.width)
    fail(Fault::unreadable, file, ": the aligner takes ", config.aligner.in, " channels but the vision tower gives ",
         config.vision.width);
  if (config.draw_aligner.out != width)
    fail(Fault::unreadable, file, ": the drawing aligner ends at ", config.draw_aligner.out,
         " channels but the language model is ", width, " wide");
  if (config.draw_aligner.in != config.code_channels)
    fail(Fault::unreadable, file, ": the drawing aligner takes ", config.draw_aligner.in, " channels but image tokens have ",
         config.code_channels);
}

}  // namespace

JanusConfig parse_janus_config(const JanusConfigTexts& texts, const std::string& name) {
  const auto label = [&](const char* file) { return name.empty() ? std::string(file) : name + "/" + file; };
  JanusConfig config;
  config.name = name;
  const std::string main = label("config.json");
  const Json json = parse_json(texts.config, main);
  const Fields f(json, main, "", &config.defaults);
  const std::string type = f.has("model_type") && f.raw("model_type").is_string() ? f.text("model_type") : "";
  if (type == "multi_modality") {
    config.dialect = Dialect::original, read_original(config, f);
  } else if (type == "janus") {
    config.dialect = Dialect::huggingface, read_port(config, f);
  } else if (type.empty()) {
    fail(Fault::unreadable, main,
         ": states no 'model_type'; Bifrons runs multi_modality (the original Janus) and janus (its Hugging Face port); name the "
         "folder of one with --model DIR, or leave --model out for the embedded one");
  } else {
    fail(Fault::lacking, main, ": is a ", type.substr(0, 60),
         " model; Bifrons runs multi_modality (the original Janus) and janus (its Hugging Face port); name the "
         "folder of one with --model DIR, or leave --model out for the embedded one");
  }
  check(config, main);

  config.preprocess.image_size = config.vision.image_size;
  Json processor = Json::object();
  if (!texts.processor.empty()) processor = parse_json(texts.processor, label("processor_config.json"));
  const Fields p(processor, label("processor_config.json"), "", &config.defaults);
  if (p.has("num_image_tokens")) {
    const int64_t tokens = p.integer("num_image_tokens", 1, width_limit);
    if (config.image_tokens != 0 && tokens != config.image_tokens)
      fail(Fault::unreadable, p.file(), ": 'num_image_tokens' is ", tokens, " but config.json says ", config.image_tokens);
    config.image_tokens = tokens;
  }
  if (config.image_tokens == 0) config.image_tokens = config.vision.patches();
  config.grid = int64_t(std::llround(std::sqrt(double(config.image_tokens))));
  if (config.grid * config.grid != config.image_tokens) config.grid = 0;
  if (p.has("use_default_system_prompt")) config.default_system_prompt = p.flag("use_default_system_prompt");
  if (p.has("sft_format")) p.word("sft_format", {"deepseek"});

  if (!texts.preprocessor.empty()) {
    const Json pre = parse_json(texts.preprocessor, label("preprocessor_config.json"));
    read_preprocessor(config, Fields(pre, label("preprocessor_config.json"), "", &config.defaults));
  } else if (p.has("image_processor")) {
    read_preprocessor(config, p.object("image_processor"));
  } else {
    config.defaults.push_back(
        name + ": no preprocessor_config.json: pictures are normalised with 0.5 and 0.5 on grey 127, as every published Janus");
  }

  for (const auto& [text, file] :
       {std::pair{&texts.special_tokens, "special_tokens_map.json"}, {&texts.tokenizer, "tokenizer_config.json"}})
    if (!text->empty()) read_strings(config.strings, parse_json(*text, label(file)), label(file));
  if (!texts.generation.empty()) {
    const Json generation = parse_json(texts.generation, label("generation_config.json"));
    read_generation(config, Fields(generation, label("generation_config.json"), "", nullptr));
  }
  return config;
}

JanusConfig read_janus_config(const ModelFolder& folder) {
  const auto read = [&](const char* file) { return folder.has(file) ? folder.read(file, config_limit) : std::string(); };
  if (!folder.has("config.json"))
    fail(Fault::unreadable, folder.name(), ": holds no config.json; --model takes the folder of a Janus checkpoint");
  return parse_janus_config({read("config.json"), read("preprocessor_config.json"), read("processor_config.json"),
                             read("generation_config.json"), read("tokenizer_config.json"), read("special_tokens_map.json")},
                            folder.name());
}

JanusConfig janus_shape(const std::string& name) {
  JanusConfig config;
  config.name = name;
  config.text.vocabulary = 102400, config.text.max_positions = 16384;
  if (name == "janus-pro-1b" || name == "janus-1.3b") {
    config.text.width = 2048, config.text.hidden = 5632, config.text.layers = 24, config.text.heads = 16;
  } else if (name == "janus-pro-7b") {
    config.text.width = 4096, config.text.hidden = 11008, config.text.layers = 30, config.text.heads = 32;
  } else {
    fail(Fault::arguments, "there is no shape '", name.substr(0, 60), "': Bifrons knows janus-1.3b, janus-pro-1b, janus-pro-7b");
  }
  config.text.kv_heads = config.text.heads, config.text.head_dim = 128;
  config.vision = {384, 16, 1024, 24, 16, 4096, 1e-6f};
  config.aligner = {1024, config.text.width, 2}, config.draw_aligner = {8, config.text.width, 2};
  config.draw_head_hidden = config.text.width, config.codes = 16384, config.code_channels = 8;
  config.image_tokens = 576, config.grid = 24;
  config.stored_type = "bfloat16";
  return config;
}

}  // namespace bifrons
