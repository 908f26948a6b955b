// fusion/janus_config.h - what a Janus checkpoint says about itself, in one form for both dialects: the original
// (multi_modality) and the Hugging Face port (janus, as transformers 4 and 5 write it). Spec: janus.md 1.2 to 1.4 and 5.
// Unknown values are refused, numbers are bounded, and a key may be absent only where the published code has a default for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusion/model_folder.h"
#include "language/transformer.h"
#include "vision/preprocess.h"
#include "vision/siglip.h"

namespace bifrons {

// Linear layers with GELU between them: layers.0, layers.2, ... or fc1, hidden_layers.0, ...
struct ProjectorConfig {
  int64_t in = 0, out = 0, depth = 0;
};

// Strings of the special tokens; ids come from the tokenizer by these, or from the configs when a checkpoint has no tokenizer.
struct SpecialStrings {
  std::string bos = "<｜begin▁of▁sentence｜>", eos = "<｜end▁of▁sentence｜>", pad = "<｜▁pad▁｜>";
  std::string begin_image = "<begin_of_image>", end_image = "<end_of_image>", placeholder = "<image_placeholder>";
  std::string user = "<|User|>", assistant = "<|Assistant|>";
};
struct SpecialIds {  // as the configs state them: the fallback
  std::optional<int32_t> bos, eos, pad, begin_image, placeholder;
};

// What generation_config.json asks for; the published script samples at temperature 1 over all classes with guidance 5.
struct DrawDefaults {
  float guidance = 5, temperature = 1, top_p = 1;
  int32_t top_k = 0;
};

struct JanusConfig {
  Dialect dialect = Dialect::original;
  std::string name;         // of the model, for people
  std::string stored_type;  // torch_dtype or dtype, as written; may be empty
  TransformerConfig text;
  SiglipConfig vision;
  ProjectorConfig aligner, draw_aligner;
  int64_t draw_head_hidden = 0;          // width between the two layers of the drawing head
  int64_t codes = 0, code_channels = 0;  // codebook
  int64_t image_tokens = 0;              // placeholders of one picture, and ids of one drawing
  int64_t grid = 0;                      // side of a drawing in tokens: sqrt(image_tokens), 0 when that is no whole number
  PreprocessConfig preprocess;
  bool default_system_prompt = true;
  SpecialStrings strings;
  SpecialIds ids;
  DrawDefaults draw;
  std::vector<std::string> warnings;  // what was corrected or is doubtful: to be shown
  std::vector<std::string> defaults;  // keys that the file leaves to the published code's defaults: inspect --verbose
};

JanusConfig read_janus_config(const ModelFolder& folder);
// The parser by itself, for tests and fuzzing: texts of config.json and its companions ("" where there is none).
struct JanusConfigTexts {
  std::string config, preprocessor, processor, generation, tokenizer, special_tokens;
};
JanusConfig parse_janus_config(const JanusConfigTexts& texts, const std::string& name);

// The published shapes by name, for measuring without weights: "janus-pro-1b", "janus-pro-7b", "janus-1.3b".
JanusConfig janus_shape(const std::string& name);

}  // namespace bifrons
