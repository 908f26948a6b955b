// fusion/janus.cpp - binds a checkpoint's tensors, in either dialect, to the parts of a Janus model.
#include "fusion/janus.h"

#include "kernels/core/error.h"

namespace bifrons {

namespace {

constexpr size_t tokenizer_limit = 256u << 20;  // bytes of tokenizer.json

// Where each part's tensors begin.
struct Names {
  bool original = true;
  std::string vision, aligner, draw_embed, draw_aligner, head_first, head_last, vq, text, text_head;

  explicit Names(const Weights& file, const JanusConfig& config) {
    // The names decide, not the config: third-party conversions keep the original names, older ports differ in the text part.
    original = file.any_starting("vision_model.vision_tower.") ||
               (!file.any_starting("model.vision_model.") && config.dialect == Dialect::original);
    if (original) {
      vision = "vision_model.", aligner = "aligner.", draw_embed = "gen_embed", draw_aligner = "gen_aligner.";
      head_first = "gen_head.output_mlp_projector", head_last = "gen_head.vision_head", vq = "gen_vision_model.";
    } else {
      vision = "model.vision_model.", aligner = "model.aligner.", draw_embed = "model.generation_embeddings";
      draw_aligner = "model.generation_aligner.", head_first = "model.generation_head.proj_out";
      head_last = "model.generation_head.vision_head", vq = "model.vqmodel.";
    }
    text = !original && file.any_starting("model.language_model.") ? "model.language_model." : "language_model.model.";
    text_head = original || file.has("language_model.lm_head.weight") ? "language_model.lm_head.weight" : "lm_head.weight";
  }
  Dialect dialect() const { return original ? Dialect::original : Dialect::huggingface; }

  std::vector<Projector::Layer> projector(const std::string& prefix, const ProjectorConfig& config, Format first,
                                          Format rest) const {
    std::vector<Projector::Layer> layers;
    for (int64_t i = 0; i < config.depth; ++i) {
      const std::string name = original ? "layers." + std::to_string(2 * i)
                               : i == 0 ? "fc1"
                                        : "hidden_layers." + std::to_string(i - 1);
      layers.push_back({prefix + name, i == 0 ? config.in : config.out, config.out, i == 0 ? first : rest});
    }
    return layers;
  }
};

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

JanusTokens find_tokens(const JanusConfig& config, const Tokenizer* tokenizer) {
  JanusTokens tokens;
  const SpecialStrings& text = config.strings;
  const auto find = [&](const std::string& string, std::optional<int32_t> stated) {
    if (!tokenizer) return stated;
    const auto id = tokenizer->id(string);
    if (id) tokens.never.push_back(*id);
    return id;
  };
  tokens.bos = find(text.bos, config.ids.bos), tokens.eos = find(text.eos, config.ids.eos),
  tokens.pad = find(text.pad, config.ids.pad);
  tokens.begin_image = find(text.begin_image, config.ids.begin_image), tokens.end_image = find(text.end_image, {});
  tokens.placeholder = find(text.placeholder, config.ids.placeholder);
  if (tokenizer && !tokens.placeholder)
    tokens.placeholder = tokenizer->size();  // as the published processor adds it: only its identity matters
  tokens.user = find(text.user, {}), tokens.assistant = find(text.assistant, {});
  if (!tokens.user || !tokens.assistant) tokens.user.reset(), tokens.assistant.reset();
  for (const char* mark : {"<patch_placeholder>", "<|ref|>", "<|/ref|>", "<|det|>", "<|/det|>", "<|grounding|>"}) find(mark, {});
  return tokens;
}

Janus::Janus(const Ops& ops, const ModelFolder& folder, const JanusNeeds& needs, Format format)
    : ops_(ops), config_(read_janus_config(folder)), format_(format), where_(folder.name()) {
  if (folder.has("tokenizer.json"))
    tokenizer_ = Tokenizer::parse(folder.read("tokenizer.json", tokenizer_limit), folder.label("tokenizer.json"));
  tokens_ = find_tokens(config_, tokenizer_ ? &*tokenizer_ : nullptr);
  if (tokenizer_ && config_.ids.placeholder && tokens_.placeholder != config_.ids.placeholder)
    config_.warnings.push_back(folder.label("config.json") + ": 'image_token_id' is " + std::to_string(*config_.ids.placeholder) +
                               " but the tokenizer calls " + std::to_string(*tokens_.placeholder) + " " +
                               config_.strings.placeholder + "; the tokenizer is followed");
  Weights file = folder.open_weights();
  load(file, needs, {});
}

Janus::Janus(const Ops& ops, JanusConfig config, Weights& file, const JanusNeeds& needs, Format format,
             std::optional<VqShape> vq_shape)
    : ops_(ops), config_(std::move(config)), format_(format), tokens_(find_tokens(config_, nullptr)), where_(config_.name) {
  load(file, needs, std::move(vq_shape));
}

void Janus::load(Weights& file, const JanusNeeds& needs, std::optional<VqShape> vq_shape) {
  const Names names(file, config_);
  const Format plain = format_ == Format::f32 ? Format::f32 : Format::bf16;  // what stays unquantised: janus.md 9.5
  if (needs.language) {
    config_.text.tied_head = !file.has(names.text_head);
    language_ =
        std::make_unique<Transformer>(ops_, config_.text, file, names.text, needs.text_head ? names.text_head : "", format_);
  }
  if (needs.look) {
    siglip_ = std::make_unique<Siglip>(ops_, config_.vision, file, names.dialect(), format_);
    aligner_ = Projector(ops_, file, names.projector(names.aligner, config_.aligner, format_, format_));
  }
  if (needs.draw) {
    draw_embeddings_ = ops_.pack_table(file.take(names.draw_embed + ".weight", {config_.codes, config_.code_channels}), plain);
    draw_aligner_ = Projector(ops_, file, names.projector(names.draw_aligner, config_.draw_aligner, plain, format_));
    draw_head_ = Projector(ops_, file,
                           {{names.head_first, config_.text.width, config_.draw_head_hidden, format_},
                            {names.head_last, config_.draw_head_hidden, config_.codes, format_}});
  }
  if (needs.decode || needs.encode) {
    vq_ = std::make_unique<VqTokenizer>(ops_, file, names.dialect(),
                                        needs.encode ? VqTokenizer::Side::both : VqTokenizer::Side::decoder, plain,
                                        std::move(vq_shape));
    if (vq_->codes() != config_.codes)
      fail(Fault::unreadable, where_, ": the VQ codebook has ", vq_->codes(), " rows but config.json says ", config_.codes);
  }
  leave_the_rest(file, needs);
  file.expect_none_left();
}

void Janus::leave_the_rest(Weights& file, const JanusNeeds& needs) const {
  const Names names(file, config_);
  for (const std::string& name : file.names())
    if (ends_with(name, ".rotary_emb.inv_freq")) file.leave(name, "rotary frequencies follow from the config");
  if (names.original) {
    file.leave("vision_model.vision_tower.attn_pool.", "the pooling head is not used by Janus");
    file.leave("gen_vision_model.quantize.codebook_used", "a statistic of the training");
  }
  if (!needs.look) file.leave(names.vision, "only needed for looking"), file.leave(names.aligner, "only needed for looking");
  if (!needs.language) file.leave(names.text, "only needed for language");
  if (!needs.language || !needs.text_head) file.leave(names.text_head, "only needed for words");
  if (!needs.draw)
    for (const std::string& prefix : {names.draw_embed + ".", names.draw_aligner, names.head_first + ".", names.head_last + "."})
      file.leave(prefix, "only needed for drawing");
  if (!needs.decode && !needs.encode) file.leave(names.vq, "only needed for pictures");
  if (needs.decode && !needs.encode)
    file.leave(names.vq + "encoder.", "only needed for encoding"),
        file.leave(names.vq + "quant_conv.", "only needed for encoding");
}

const Tokenizer& Janus::tokenizer() const {
  if (!tokenizer_)
    fail(Fault::lacking, where_, ": holds no tokenizer.json, so text cannot be read or written; fetch it beside config.json");
  return *tokenizer_;
}

const Transformer& Janus::language() const {
  if (!language_) fail(Fault::other, where_, ": was loaded without its language model");
  return *language_;
}
const Siglip& Janus::siglip() const {
  if (!siglip_) fail(Fault::other, where_, ": was loaded without its vision tower");
  return *siglip_;
}
const VqTokenizer& Janus::vq() const {
  if (!vq_) fail(Fault::other, where_, ": was loaded without its image tokenizer");
  return *vq_;
}

void Janus::look(View<float, 2> vision, View<float, 2> aligned, View<const float, 4> pixels) const {
  siglip().forward(ops_, vision, pixels);
  aligner_.forward(ops_, aligned, vision, Projector::Scratch(ops_, aligner_, vision.dim[0]));
}

void Janus::embed_drawn(View<float, 2> out, View<const int32_t, 1> ids, View<float, 2> codes,
                        const Projector::Scratch& scratch) const {
  ops_.embed(codes, draw_embeddings_, ids);
  draw_aligner_.forward(ops_, out, codes, scratch);
}

int32_t Janus::require(const std::optional<int32_t>& id, const std::string& text, const char* what_for) const {
  if (!id) fail(Fault::lacking, where_, ": its tokenizer has no ", text, ", which ", what_for, " needs");
  return *id;
}

std::vector<std::pair<std::string, size_t>> Janus::memory() const {
  std::vector<std::pair<std::string, size_t>> parts;
  if (language_) parts.emplace_back("language model", language_->weight_bytes());
  if (siglip_) parts.emplace_back("vision tower and aligner", siglip_->weight_bytes() + aligner_.weight_bytes());
  if (!draw_head_.empty())
    parts.emplace_back("drawing head and aligner",
                       draw_embeddings_.bytes + draw_aligner_.weight_bytes() + draw_head_.weight_bytes());
  if (vq_) parts.emplace_back("image tokenizer", vq_->weight_bytes());
  return parts;
}

int64_t Janus::cache_bytes_per_token() const {
  return 2 * config_.text.layers * config_.text.kv_heads * config_.text.head_dim * (cache_format() == Format::f32 ? 4 : 2);
}

}  // namespace bifrons
