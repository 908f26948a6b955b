// tests/fusion/config_test.cpp - both config dialects: what is read, what may be absent, what is refused and in which words.
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusion/janus_config.h"
#include "tests/fusion/model_t.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

JanusConfig parse(const Json& config, const Json& preprocessor = nullptr, const Json& processor = nullptr,
                  const Json& generation = nullptr) {
  const auto text = [](const Json& json) { return json.is_null() ? std::string() : json.dump(); };
  return parse_janus_config({config.dump(), text(preprocessor), text(processor), text(generation), "", ""}, "m");
}
// The refusal of a config after an edit.
std::string refusal(Json config, const std::function<void(Json&)>& edit, Fault* fault = nullptr) {
  edit(config);
  return thrown([&] { parse(config); }, fault);
}

TEST(Config, BothDialectsSayTheSame) {
  for (const Json& json : {model_t::original_config(), model_t::port_config()}) {
    const JanusConfig c = parse(json);
    EXPECT_EQ(c.text.width, 64);
    EXPECT_EQ(c.text.head_dim, 32);
    EXPECT_EQ(c.text.hidden, 96);
    EXPECT_EQ(c.text.vocabulary, 160);
    EXPECT_FLOAT_EQ(c.text.rms_epsilon, 1e-6f);
    EXPECT_EQ(c.text.rotary_base, 10000);
    EXPECT_EQ(c.vision.hidden, 128);
    EXPECT_EQ(c.vision.patches(), 64);
    EXPECT_EQ(c.aligner.depth, 2);
    EXPECT_EQ(c.draw_aligner.in, 8);
    EXPECT_EQ(c.draw_head_hidden, 64);
    EXPECT_EQ(c.codes, 64);
    EXPECT_EQ(c.image_tokens, 64);
    EXPECT_EQ(c.grid, 8);
  }
}

TEST(Config, Pro7bStatesFiveKeysAndLlamaTheRest) {
  Json json = model_t::original_config();
  json["language_config"] = {{"max_position_embeddings", 16384},
                             {"model_type", "llama"},
                             {"num_hidden_layers", 30},
                             {"torch_dtype", "bfloat16"},
                             {"vocab_size", 102400}};
  json["vision_config"]["params"] = {
      {"image_size", 384}, {"model_name", "siglip_large_patch16_384"}, {"select_feature", "same"}, {"select_layer", -1}};
  json["aligner_config"]["params"]["input_dim"] = 1024;
  for (const char* part : {"aligner_config", "gen_aligner_config", "gen_head_config"}) json[part]["params"]["n_embed"] = 4096;
  json["gen_head_config"]["params"]["image_token_embed"] = 4096;
  const JanusConfig c = parse(json), shape = janus_shape("janus-pro-7b");
  for (const auto& [got, want] : {std::pair{c.text.width, shape.text.width},
                                  {c.text.hidden, shape.text.hidden},
                                  {c.text.heads, shape.text.heads},
                                  {c.text.kv_heads, shape.text.kv_heads},
                                  {c.text.head_dim, shape.text.head_dim},
                                  {c.vision.width, shape.vision.width},
                                  {c.vision.layers, shape.vision.layers},
                                  {c.vision.patches(), shape.vision.patches()}})
    EXPECT_EQ(got, want);
  EXPECT_THAT(c.defaults, testing::Contains(HasSubstr("language_config.hidden_size")));
}

TEST(Config, StylesOfTheRotaryBase) {
  Json flat = model_t::port_config();
  flat["text_config"].erase("rope_parameters"), flat["text_config"]["rope_theta"] = 500000;
  EXPECT_EQ(parse(flat).text.rotary_base, 500000);
  flat["text_config"].erase("rope_theta");
  EXPECT_EQ(parse(flat).text.rotary_base, 10000);
  flat["text_config"]["rope_scaling"] = {{"type", "linear"}, {"factor", 2.0}};
  EXPECT_THAT(thrown([&] { parse(flat); }), HasSubstr("\"linear\"; Bifrons knows default"));
}

TEST(Config, AsThePublishedCodeReadsIt) {
  Json o = model_t::original_config(), p = model_t::port_config();
  o["vision_config"]["params"]["layers"] = 5;
  for (const auto& [selected, layers] : {std::pair{-1, 5}, {0, 5}, {-2, 4}, {-5, 1}, {3, 3}, {9, 5}}) {
    o["vision_config"]["params"]["select_layer"] = selected;
    EXPECT_EQ(parse(o).vision.layers, layers) << "select_layer " << selected;
  }
  p["text_config"]["hidden_act"] = "swish";
  p["vision_config"]["image_size"] = 35;  // three pixels that no patch covers
  EXPECT_EQ(parse(p).vision.patches(), 64);
}

TEST(Config, UnknownValuesAreRefusedWithTheKnownOnes) {
  Fault fault{};
  const Json o = model_t::original_config(), p = model_t::port_config();
  EXPECT_THAT(refusal(
                  p, [](Json& j) { j["model_type"] = "qwen2_vl"; }, &fault),
              HasSubstr("is a qwen2_vl model; Bifrons runs multi_modality"));
  EXPECT_EQ(fault, Fault::lacking);
  EXPECT_THAT(refusal(o, [](Json& j) { j["vision_gen_enc_config"] = Json::object(); }), HasSubstr("JanusFlow"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["text_config"]["hidden_act"] = "gelu"; }), HasSubstr("\"gelu\"; Bifrons knows silu"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["vision_config"]["hidden_act"] = "gelu_pytorch_tanh"; }),
              HasSubstr("Bifrons knows gelu"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["text_config"]["attention_bias"] = true; }), HasSubstr("only models where it is false"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["vision_config"]["use_qk_norm"] = true; }), HasSubstr("use_qk_norm"));
  EXPECT_THAT(refusal(o, [](Json& j) { j["aligner_config"]["params"]["projector_type"] = "low_high_hybrid_split_mlp_gelu"; }),
              HasSubstr("Bifrons knows mlp_gelu"));
  EXPECT_THAT(refusal(o, [](Json& j) { j["gen_vision_config"]["cls"] = "VQ-8"; }), HasSubstr("Bifrons knows VQ-16"));
  EXPECT_THAT(refusal(o, [](Json& j) { j["vision_config"]["params"].erase("width"); }),
              HasSubstr("siglip_tiny_patch4_32\" is unknown"));
}

TEST(Config, NumbersAreBounded) {
  const Json p = model_t::port_config(), o = model_t::original_config();
  for (const Json& bad : std::vector<Json>{-1, 0, 1e30, 3.5, "64", true, Json::array(), 18446744073709551615u}) {
    SCOPED_TRACE(bad.dump());
    EXPECT_THAT(refusal(p, [&](Json& j) { j["text_config"]["hidden_size"] = bad; }), HasSubstr("text_config.hidden_size"));
    EXPECT_THAT(refusal(o, [&](Json& j) { j["vision_config"]["params"]["heads"] = bad; }),
                HasSubstr("vision_config.params.heads"));
  }
  EXPECT_THAT(refusal(p, [](Json& j) { j["vision_config"]["mlp_ratio"] = 1e300; }), HasSubstr("mlp_ratio"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["text_config"]["num_key_value_heads"] = 3; }),
              HasSubstr("cannot share 3 key-value heads"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["text_config"]["head_dim"] = 31; }), HasSubstr("must be even"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["vision_config"]["image_size"] = 3; }), HasSubstr("holds no patch of 4"));
  EXPECT_THAT(refusal(o, [](Json& j) { j["vision_config"]["params"]["select_layer"] = -9; }),
              HasSubstr("before the first of the tower's"));
  EXPECT_THAT(refusal(p, [](Json& j) { j["vision_config"]["projection_dim"] = 65; }),
              HasSubstr("65 channels but the language model is 64"));
  EXPECT_THAT(thrown([] {
                parse_janus_config({"{\"model_type\": NaN}", "", "", "", "", ""}, "m");
              }),
              HasSubstr("not valid JSON"));
  EXPECT_THAT(thrown([] { parse_janus_config({"[]", "", "", "", "", ""}, "m"); }), HasSubstr("where an object is needed"));
}

TEST(Config, MissingKeysAreNamed) {
  const Json o = model_t::original_config();
  for (const char* part :
       {"vision_config", "aligner_config", "gen_vision_config", "gen_aligner_config", "gen_head_config", "language_config"})
    EXPECT_THAT(refusal(o, [&](Json& j) { j.erase(part); }), HasSubstr(std::string("no '") + part + "'"));
  EXPECT_THAT(refusal(o, [](Json& j) { j["vision_config"]["params"].erase("image_size"); }),
              HasSubstr("no 'vision_config.params.image_size'"));
}

TEST(Config, Companions) {
  const Json o = model_t::original_config(), p = model_t::port_config();
  Json pre = model_t::preprocessor_config();
  pre["do_normalize"] = false;
  const JanusConfig first_release = parse(o, pre);
  EXPECT_EQ(first_release.preprocess.mean[0], 0.5f) << "the known mistake of Janus-1.3B is not followed";
  EXPECT_THAT(first_release.warnings, testing::Contains(HasSubstr("do_normalize")));
  EXPECT_EQ(parse(p, pre).preprocess.mean[0], 0.0f);
  // The colour around a picture is the mean's, whatever the file says; without a mean it is CLIP's, as both published processors.
  pre["do_normalize"] = true, pre["image_mean"] = {0.2, 0.5, 0.999}, pre["background_color"] = {1, 2, 3};
  const JanusConfig other = parse(p, pre);
  EXPECT_EQ(other.preprocess.background, (std::array<uint8_t, 3>{51, 127, 254}));
  EXPECT_THAT(other.warnings, testing::Contains(HasSubstr("background_color")));
  pre.erase("image_mean"), pre.erase("image_std"), pre.erase("background_color");
  const JanusConfig clip = parse(o, pre);
  EXPECT_EQ(clip.preprocess.mean, (std::array<float, 3>{0.48145466f, 0.4578275f, 0.40821073f}));
  EXPECT_EQ(clip.preprocess.background, (std::array<uint8_t, 3>{122, 116, 104}));
  EXPECT_THAT(clip.warnings, testing::IsEmpty());
  pre["image_size"] = 48;
  EXPECT_THAT(thrown([&] { parse(o, pre); }), HasSubstr("prepared at 48 pixels but the vision tower takes 32"));
  EXPECT_THAT(thrown([&] { parse(p, nullptr, {{"num_image_tokens", 49}}); }), HasSubstr("49 but config.json says 64"));
  const JanusConfig c = parse(p, nullptr, {{"use_default_system_prompt", false}},
                              {{"guidance_scale", 2.5}, {"do_sample", true}, {"temperature", 0.5}, {"top_k", 7}});
  EXPECT_FALSE(c.default_system_prompt);
  EXPECT_EQ(c.draw.guidance, 2.5f);
  EXPECT_EQ(c.draw.temperature, 0.5f);
  EXPECT_EQ(c.draw.top_k, 7);
  EXPECT_EQ(parse(p, nullptr, nullptr, {{"do_sample", false}, {"temperature", 0.5}}).draw.temperature, 1.0f);
}

}  // namespace
}  // namespace bifrons
