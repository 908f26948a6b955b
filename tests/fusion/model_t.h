// tests/fusion/model_t.h - the deterministic model "T" of janus.md 12.3 as a whole checkpoint folder in either dialect, made from
// its formula: a real Janus on a stranger's machine, without any goldens.
#pragma once

#include <map>

#include <nlohmann/json.hpp>

#include "kernels/core/file.h"
#include "kernels/weights/safetensors_writer.h"
#include "tests/vision/tiny_model.h"

namespace bifrons::model_t {

using tiny::Spec;
constexpr int32_t bos = 150, eos = 151, pad = 152, begin_image = 153, end_image = 154, placeholder = 155;

inline std::vector<Spec> tensors() {  // by the original's names
  std::vector<Spec> all = tiny::siglip_tensors();
  for (auto& spec : tiny::vq_tensors()) all.push_back(std::move(spec));
  tiny::linear(all, "aligner.layers.0", 64, 64), tiny::linear(all, "aligner.layers.2", 64, 64);
  all.push_back({"gen_embed.weight", {64, 8}});
  tiny::linear(all, "gen_aligner.layers.0", 64, 8), tiny::linear(all, "gen_aligner.layers.2", 64, 64);
  tiny::linear(all, "gen_head.output_mlp_projector", 64, 64), tiny::linear(all, "gen_head.vision_head", 64, 64);
  all.push_back({"language_model.model.embed_tokens.weight", {160, 64}});
  for (const char* layer : {"0", "1"}) {
    const std::string l = std::string("language_model.model.layers.") + layer + ".";
    for (const char* norm : {"input_layernorm", "post_attention_layernorm"}) all.push_back({l + norm + ".weight", {64}});
    for (const char* part : {"q", "k", "v", "o"}) all.push_back({l + "self_attn." + part + "_proj.weight", {64, 64}});
    all.push_back({l + "mlp.gate_proj.weight", {96, 64}}), all.push_back({l + "mlp.up_proj.weight", {96, 64}});
    all.push_back({l + "mlp.down_proj.weight", {64, 96}});
  }
  all.push_back({"language_model.model.norm.weight", {64}});
  all.push_back({"language_model.lm_head.weight", {160, 64}});
  return all;
}

inline float number(const Spec& spec, uint64_t index) {
  const auto as = [&](const std::string& ending) {  // the same bits, read by the rule of another kind of tensor
    float k = 0;
    Spec table{spec.name, {1, 1}};  // fan-in 1: k / 128
    k = tiny::value(table, index) * 128;
    return ending == "norm" ? 1 + std::floor(k / 4) / 64 : k / 128;
  };
  if (spec.name.ends_with("embed_tokens.weight") || spec.name.ends_with("gen_embed.weight")) return as("table");
  if (spec.name.find("layernorm.weight") != std::string::npos) return as("norm");
  return tiny::value(spec, index);
}

// The port's name of a tensor; the fused qkv is split by the writer.
inline std::string port_name(std::string name) {
  const auto swap_start = [&](const std::string& from, const std::string& to) {
    if (name.starts_with(from)) name = to + name.substr(from.size());
  };
  const auto swap = [&](const std::string& from, const std::string& to) {
    if (const size_t at = name.find(from); at != std::string::npos) name.replace(at, from.size(), to);
  };
  if (name.starts_with("vision_model.")) {
    swap_start("vision_model.vision_tower.pos_embed", "model.vision_model.embeddings.position_embedding.weight");
    swap_start("vision_model.vision_tower.patch_embed.proj", "model.vision_model.embeddings.patch_embedding");
    swap_start("vision_model.vision_tower.norm.", "model.vision_model.post_layernorm.");
    swap_start("vision_model.vision_tower.blocks.", "model.vision_model.encoder.layers.");
    swap(".norm1.", ".layer_norm1."), swap(".norm2.", ".layer_norm2."), swap(".attn.proj.", ".self_attn.projection_layer."),
        swap(".attn.qkv.", ".self_attn.qkv.");
  } else if (name.starts_with("gen_vision_model.")) {
    swap_start("gen_vision_model.", "model.vqmodel.");
    swap("encoder.conv_blocks.", "encoder.down."), swap("decoder.conv_blocks.", "decoder.up."), swap(".res.", ".block.");
    swap(".mid.0.", ".mid.block_1."), swap(".mid.1.", ".mid.attn_1."), swap(".mid.2.", ".mid.block_2.");
  } else {
    for (const auto& [from, to] :
         std::map<std::string, std::string>{{"aligner.layers.0", "model.aligner.fc1"},
                                            {"aligner.layers.2", "model.aligner.hidden_layers.0"},
                                            {"gen_embed", "model.generation_embeddings"},
                                            {"gen_aligner.layers.0", "model.generation_aligner.fc1"},
                                            {"gen_aligner.layers.2", "model.generation_aligner.hidden_layers.0"},
                                            {"gen_head.output_mlp_projector", "model.generation_head.proj_out"},
                                            {"gen_head.vision_head", "model.generation_head.vision_head"},
                                            {"language_model.lm_head", "lm_head"},
                                            {"language_model.model.", "model.language_model."}})
      if (name.starts_with(from)) return to + name.substr(from.size());
  }
  return name;
}

// A tokenizer of T's size: printable ASCII, space, newline and pairs; special tokens from 150 on.
inline std::string tokenizer_json() {
  nlohmann::json vocabulary = nlohmann::json::object(), merges = nlohmann::json::array(), added = nlohmann::json::array();
  int32_t next = 0;
  for (char c = '!'; c <= '~'; ++c) vocabulary[std::string(1, c)] = next++;
  vocabulary["\u0120"] = next++, vocabulary["\u010a"] = next++;
  for (const char* first : {"a", "e", "i", "o", "s", "t"})
    for (const char* second : {"d", "l", "m", "n", "r", "t", "h", "c", "s"})
      vocabulary[std::string(first) + second] = next++, merges.push_back(std::string(first) + " " + second);
  for (const char* text : {"<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>", "<begin_of_image>",
                           "<end_of_image>", "<image_placeholder>", "<|User|>", "<|Assistant|>"})
    added.push_back({{"id", next++},
                     {"content", text},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  return nlohmann::json{
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", added},
      {"normalizer", nullptr},
      {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}}},
      {"post_processor", nullptr},
      {"decoder", {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}}},
      {"model",
       {{"type", "BPE"},
        {"dropout", nullptr},
        {"unk_token", nullptr},
        {"continuing_subword_prefix", nullptr},
        {"end_of_word_suffix", nullptr},
        {"fuse_unk", false},
        {"byte_fallback", false},
        {"vocab", vocabulary},
        {"merges", merges}}}}
      .dump();
}

inline nlohmann::json original_config() {
  const auto projector = [](const char* type, int in) {
    return nlohmann::json{{"cls", "MlpProjector"},
                          {"model_type", type},
                          {"params", {{"depth", 2}, {"input_dim", in}, {"n_embed", 64}, {"projector_type", "mlp_gelu"}}}};
  };
  return {{"model_type", "multi_modality"},
          {"torch_dtype", "bfloat16"},
          {"vision_config",
           {{"cls", "CLIPVisionTower"},
            {"params",
             {{"image_size", 32},
              {"model_name", "siglip_tiny_patch4_32"},
              {"select_feature", "same"},
              {"select_layer", -1},
              {"width", 64},
              {"layers", 2},
              {"heads", 2},
              {"patch_size", 4},
              {"mlp_ratio", 2.0}}}}},
          {"aligner_config", projector("aligner", 64)},
          {"gen_vision_config", {{"cls", "VQ-16"}, {"params", {{"image_token_size", 64}, {"n_embed", 8}}}}},
          {"gen_aligner_config", projector("gen_aligner", 8)},
          {"gen_head_config",
           {{"cls", "vision_head"}, {"params", {{"image_token_embed", 64}, {"image_token_size", 64}, {"n_embed", 64}}}}},
          {"language_config",
           {{"model_type", "llama"},
            {"vocab_size", 160},
            {"hidden_size", 64},
            {"intermediate_size", 96},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 2},
            {"num_key_value_heads", 2},
            {"max_position_embeddings", 16384}}}};
}

inline nlohmann::json port_config() {
  return {{"model_type", "janus"},
          {"dtype", "bfloat16"},
          {"image_token_id", placeholder},
          {"tie_word_embeddings", false},
          {"text_config",
           {{"model_type", "llama"},
            {"vocab_size", 160},
            {"hidden_size", 64},
            {"intermediate_size", 96},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 2},
            {"num_key_value_heads", 2},
            {"head_dim", 32},
            {"hidden_act", "silu"},
            {"rms_norm_eps", 1e-6},
            {"max_position_embeddings", 16384},
            {"rope_parameters", {{"rope_theta", 10000.0}, {"rope_type", "default"}}},
            {"bos_token_id", bos},
            {"eos_token_id", eos},
            {"pad_token_id", pad}}},
          {"vision_config",
           {{"model_type", "janus_vision_model"},
            {"hidden_size", 64},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 2},
            {"patch_size", 4},
            {"image_size", 32},
            {"mlp_ratio", 2.0},
            {"hidden_act", "gelu"},
            {"layer_norm_eps", 1e-6},
            {"depth", 2},
            {"projection_dim", 64},
            {"num_image_tokens", 64}}},
          {"vq_config",
           {{"model_type", "janus_vqgan"},
            {"embed_dim", 8},
            {"num_embeddings", 64},
            {"latent_channels", 32},
            {"base_channels", 32},
            {"channel_multiplier", {1, 2, 2}},
            {"num_res_blocks", 1},
            {"projection_dim", 64},
            {"image_token_embed_dim", 64},
            {"num_hidden_layers", 2},
            {"hidden_act", "gelu"}}}};
}

inline nlohmann::json preprocessor_config() {
  return {{"image_size", 32},
          {"min_size", 14},
          {"image_mean", {0.5, 0.5, 0.5}},
          {"image_std", {0.5, 0.5, 0.5}},
          {"background_color", {127, 127, 127}},
          {"do_normalize", true},
          {"rescale_factor", 0.00392156862745098}};
}

// Writes config, tokenizer and weights; `edit` may spoil the tensors' names and numbers on the way.
inline void write(const std::filesystem::path& folder, Dialect dialect, bool with_tokenizer = true) {
  const auto write_text = [&](const char* name, const std::string& text) {
    OutputFile file(folder / name);
    file.write(text), file.commit();
  };
  std::vector<std::pair<Spec, std::vector<bf16>>> made;
  for (const Spec& spec : tensors()) {
    uint64_t count = 1;
    for (const int64_t d : spec.shape) count *= uint64_t(d);
    std::vector<bf16> numbers;
    for (uint64_t i = 0; i < count; ++i) numbers.emplace_back(number(spec, i));
    if (dialect == Dialect::original) {
      made.emplace_back(spec, std::move(numbers));
      continue;
    }
    Spec renamed{port_name(spec.name), spec.shape};
    if (spec.name.ends_with("pos_embed")) renamed.shape = {64, 64};
    if (const size_t qkv = renamed.name.find(".qkv."); qkv != std::string::npos) {
      renamed.shape[0] /= 3;
      for (size_t third = 0; third < 3; ++third) {
        Spec part = renamed;
        part.name.replace(qkv, 5, std::string(".") + "qkv"[third] + "_proj.");
        const auto begin = numbers.begin() + int64_t(third * count / 3);
        made.emplace_back(part, std::vector<bf16>(begin, begin + int64_t(count / 3)));
      }
    } else {
      made.emplace_back(renamed, std::move(numbers));
    }
  }
  std::vector<SafetensorsEntry> entries;
  for (const auto& [spec, numbers] : made) entries.emplace_back(spec.name, spec.shape, std::span<const bf16>(numbers));
  OutputFile weights(folder / "model.safetensors");
  write_safetensors(weights, entries, {});
  weights.commit();
  write_text("config.json", (dialect == Dialect::original ? original_config() : port_config()).dump());
  if (dialect == Dialect::original) {
    write_text("preprocessor_config.json", preprocessor_config().dump());
    write_text("processor_config.json", R"({"num_image_tokens": 64, "sft_format": "deepseek"})");
  } else {
    nlohmann::json image = preprocessor_config();
    image.erase("image_size"), image["size"] = {{"height", 32}, {"width", 32}};
    write_text("processor_config.json",
               nlohmann::json{{"num_image_tokens", 64}, {"use_default_system_prompt", true}, {"image_processor", image}}.dump());
    write_text("generation_config.json", R"({"guidance_scale": 5.0, "generation_kwargs": {"boi_token_id": 153}})");
  }
  if (with_tokenizer) write_text("tokenizer.json", tokenizer_json());
}

}  // namespace bifrons::model_t
