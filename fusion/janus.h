// fusion/janus.h - a Janus model: vision tower, aligner, language model, drawing embeddings and head, VQ tokenizer. What is
// loaded is chosen by need: looking needs no VQ, drawing no vision tower and no text head. Tensor names of both dialects:
// janus.md 1.5.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fusion/janus_config.h"
#include "fusion/model_folder.h"
#include "fusion/projector.h"
#include "language/tokenizer.h"
#include "language/transformer.h"
#include "vision/siglip.h"
#include "vision/vq_tokenizer.h"

namespace bifrons {

struct JanusNeeds {
  bool look = false;       // vision tower and aligner
  bool language = false;   // the transformer, without its text head
  bool text_head = false;  // hidden state to words: 0.4 GB at the 1B shape, which a drawing never reads
  bool draw = false;       // drawing embeddings, aligner and head
  bool decode = false;     // VQ decoder: ids to pixels
  bool encode = false;     // VQ encoder: pixels to ids

  static JanusNeeds talking() { return {.look = true, .language = true, .text_head = true}; }
  static JanusNeeds drawing() { return {.language = true, .draw = true, .decode = true}; }
  static JanusNeeds everything() { return {true, true, true, true, true, true}; }
};

// Ids of the special tokens, always found by their strings; from the configs where a checkpoint has no tokenizer.
struct JanusTokens {
  std::optional<int32_t> bos, eos, pad, begin_image, end_image, placeholder;
  std::optional<int32_t> user, assistant;  // both, or roles are the plain words User and Assistant
  std::vector<int32_t> never;              // template marks that user text must not become
};
JanusTokens find_tokens(const JanusConfig& config, const Tokenizer* tokenizer);

class Janus {
 public:
  Janus(const Ops& ops, const ModelFolder& folder, const JanusNeeds& needs, Format format);
  // From any weights, without a tokenizer: shapes to be measured, models made by tests.
  Janus(const Ops& ops, JanusConfig config, Weights& file, const JanusNeeds& needs, Format format,
        std::optional<VqShape> vq_shape = {});

  const Ops& ops() const { return ops_; }
  const JanusConfig& config() const { return config_; }
  const JanusTokens& tokens() const { return tokens_; }
  Format format() const { return format_; }
  bool has_tokenizer() const { return tokenizer_.has_value(); }
  const Tokenizer& tokenizer() const;  // throws Fault::lacking when the checkpoint has none

  const Transformer& language() const;  // each throws Fault::other when it was not asked for
  const Siglip& siglip() const;
  const VqTokenizer& vq() const;
  const Projector& aligner() const { return aligner_; }
  const Projector& draw_head() const { return draw_head_; }
  const Projector& draw_aligner() const { return draw_aligner_; }

  // Pixels [images, 3, size, size] on the host -> vision [images * patches, vision width] and aligned [same, width].
  void look(View<float, 2> vision, View<float, 2> aligned, View<const float, 4> pixels) const;
  // Input rows of drawn ids: aligner(gen_embed[id]). codes [rows, code channels] is scratch.
  void embed_drawn(View<float, 2> out, View<const int32_t, 1> ids, View<float, 2> codes, const Projector::Scratch& scratch) const;

  // One id's name in messages, or an Error saying which token the model lacks and what for.
  int32_t require(const std::optional<int32_t>& id, const std::string& text, const char* what_for) const;

  std::vector<std::pair<std::string, size_t>> memory() const;  // part, bytes of its packed weights
  int64_t cache_bytes_per_token() const;                       // keys and values of one position
  Format cache_format() const { return format_ == Format::f32 ? Format::f32 : Format::bf16; }

 private:
  void load(Weights& file, const JanusNeeds& needs, std::optional<VqShape> vq_shape);
  void leave_the_rest(Weights& file, const JanusNeeds& needs) const;

  const Ops& ops_;
  JanusConfig config_;
  Format format_;
  std::optional<Tokenizer> tokenizer_;
  JanusTokens tokens_;
  std::string where_;
  std::unique_ptr<Transformer> language_;
  std::unique_ptr<Siglip> siglip_;
  std::unique_ptr<VqTokenizer> vq_;
  Projector aligner_, draw_aligner_, draw_head_;
  EmbeddingTable draw_embeddings_;
};

}  // namespace bifrons
