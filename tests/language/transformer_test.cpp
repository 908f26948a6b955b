// tests/language/transformer_test.cpp - binding: what a transformer takes from a file, what it refuses, what it weighs. Its
// arithmetic is tested through the engine.
#include "language/transformer.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/weights/safetensors_writer.h"
#include "tests/close.h"
#include "tests/language/tiny_model.h"

namespace bifrons {
namespace {

using testing::HasSubstr;

// A checkpoint folder with the tensors of a tiny model, some left out or replaced.
class TransformerFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("bifrons_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    const TransformerConfig& c = config_;
    shapes_["m.embed_tokens.weight"] = {c.vocabulary, c.width};
    shapes_["m.norm.weight"] = {c.width};
    shapes_["head.weight"] = {c.vocabulary, c.width};
    for (int64_t i = 0; i < c.layers; ++i) {
      const std::string b = "m.layers." + std::to_string(i) + ".";
      shapes_[b + "input_layernorm.weight"] = shapes_[b + "post_attention_layernorm.weight"] = {c.width};
      shapes_[b + "self_attn.q_proj.weight"] = {c.heads * c.head_dim, c.width};
      shapes_[b + "self_attn.k_proj.weight"] = shapes_[b + "self_attn.v_proj.weight"] = {c.kv_heads * c.head_dim, c.width};
      shapes_[b + "self_attn.o_proj.weight"] = {c.width, c.heads * c.head_dim};
      shapes_[b + "mlp.gate_proj.weight"] = shapes_[b + "mlp.up_proj.weight"] = {c.hidden, c.width};
      shapes_[b + "mlp.down_proj.weight"] = {c.width, c.hidden};
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Weights written() {
    std::vector<std::vector<float>> values;
    std::vector<SafetensorsEntry> entries;
    for (const auto& [name, shape] : shapes_) {
      int64_t count = 1;
      for (int64_t d : shape) count *= d;
      values.push_back(random_floats(count, uint32_t(values.size())));
      for (float& v : values.back()) v *= 0.3f;
      entries.emplace_back(name, shape, std::span<const float>(values.back()));
    }
    OutputFile file(folder_ / "model.safetensors");
    write_safetensors(file, entries, {});
    file.commit();
    return Weights(folder_);
  }
  std::string refusal(Fault fault) {
    try {
      Weights weights = written();
      Transformer(*ops_, config_, weights, "m.", "head.weight", Format::f32);
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), fault) << e.what();
      return e.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  std::filesystem::path folder_;
  TransformerConfig config_ = tiny_config(4, 2, 6);
  std::map<std::string, std::vector<int64_t>> shapes_;
  std::unique_ptr<Ops> ops_ = make_ops(Backend::reference, {.threads = 1, .isa = {}});
};

TEST_F(TransformerFile, TakesEveryTensor) {
  Weights weights = written();
  const Transformer model(*ops_, config_, weights, "m.", "head.weight", Format::f32);
  EXPECT_NO_THROW(weights.expect_none_left());
  EXPECT_FALSE(model.config().tied_head);
  size_t numbers = 0;
  for (const auto& [name, shape] : shapes_) numbers += size_t(shape[0] * (shape.size() > 1 ? shape[1] : 1));
  EXPECT_EQ(model.weight_bytes(), 4 * numbers);
  EXPECT_EQ(model.body_bytes(), 4 * (numbers - size_t(2 * config_.vocabulary * config_.width)));
}

TEST_F(TransformerFile, TheEmbeddingsAreTheHeadOfAFileWithoutOne) {
  shapes_.erase("head.weight");
  Weights weights = written();
  const Transformer model(*ops_, config_, weights, "m.", "head.weight", Format::f32);
  EXPECT_NO_THROW(weights.expect_none_left());
  EXPECT_TRUE(model.config().tied_head);
  EXPECT_EQ(model.weight_bytes(), model.body_bytes() + 2 * 4 * size_t(config_.vocabulary * config_.width));  // held twice
  const Twin twin(config_, weights, "m.", "m.embed_tokens.weight");
  Engine engine(*ops_, model, Format::f32);
  const auto ids = random_ids(8, 1);
  const Engine::Input input{.sequence = engine.create(), .ids = ids};
  const auto logits = engine.text_logits(engine.forward({&input, 1}));
  EXPECT_EQ(too_far(logits.flat(), twin.logits(twin.last_hidden(rows_of(ids))), 1e-4, 0), "");
}

TEST_F(TransformerFile, WithoutAHeadThereAreHiddenStatesButNoWords) {
  Weights weights = written();
  const Transformer model(*ops_, config_, weights, "m.", "", Format::f32),
      whole(*ops_, config_, weights, "m.", "head.weight", Format::f32);
  EXPECT_EQ(model.weight_bytes() + 4 * size_t(config_.vocabulary * config_.width), whole.weight_bytes());
  const auto ids = random_ids(8, 1);
  std::vector<std::vector<float>> hidden;
  for (const Transformer* one : {&model, &whole}) {
    Engine engine(*ops_, *one, Format::f32);
    const Engine::Input input{.sequence = engine.create(), .ids = ids};
    const auto last = engine.forward({&input, 1});
    hidden.emplace_back(last.flat().begin(), last.flat().end());
    if (one == &model) {
      EXPECT_THROW(engine.text_logits(last), Error);
    }
  }
  EXPECT_EQ(hidden[0], hidden[1]);
}

TEST_F(TransformerFile, AHeadInTheFileIsUsedWhateverTheConfigSays) {
  config_.tied_head = true;
  Weights weights = written();
  const Transformer model(*ops_, config_, weights, "m.", "head.weight", Format::f32);
  EXPECT_FALSE(model.config().tied_head);
  EXPECT_NO_THROW(weights.expect_none_left());
}

TEST_F(TransformerFile, NamesTheTensorThatDisagrees) {
  shapes_["m.layers.1.self_attn.k_proj.weight"] = {24, 20};
  const std::string message = refusal(Fault::unreadable);
  EXPECT_THAT(message, HasSubstr("'m.layers.1.self_attn.k_proj.weight'"));
  EXPECT_THAT(message, HasSubstr("[24, 20]"));
  EXPECT_THAT(message, HasSubstr("[12, 20]"));
  EXPECT_THAT(message, HasSubstr("model.safetensors"));
}

TEST_F(TransformerFile, NamesTheTensorThatIsMissing) {
  shapes_.erase("m.layers.0.mlp.up_proj.weight");
  EXPECT_THAT(refusal(Fault::unreadable), HasSubstr("m.layers.0.mlp.up_proj.weight"));
}

TEST_F(TransformerFile, LeavesLayersThatTheConfigDoesNotKnow) {
  Weights weights = written();
  config_.layers = 1;
  const Transformer model(*ops_, config_, weights, "m.", "head.weight", Format::f32);
  EXPECT_THROW(weights.expect_none_left(), Error);
}

TEST(TransformerConfig, RefusesDimensionsThatCannotBe) {
  const auto ops = make_ops(Backend::reference, {.threads = 1, .isa = {}});
  const auto refusal = [&](auto change) -> std::string {
    auto config = tiny_config(4, 2, 6);
    change(config);
    auto weights = Weights::random(1);
    try {
      Transformer(*ops, config, weights, "m.", "head.weight", Format::f32);
    } catch (const Error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal([](auto&) {}), "accepted");
  EXPECT_EQ(refusal([](auto& c) { c.width = 0; }), "transformer config: width (hidden_size) is 0, must be 1 to 1048576");
  EXPECT_EQ(refusal([](auto& c) { c.kv_heads = 3; }), "transformer config: 4 heads cannot share 3 key-value heads evenly");
  EXPECT_EQ(refusal([](auto& c) { c.head_dim = 7; }),
            "transformer config: head_dim is 7, but rotary positions turn pairs of channels");
  EXPECT_EQ(refusal([](auto& c) { c.rms_epsilon = -1; }), "transformer config: rms_norm_eps is -1, must be a number from 0 up");
  EXPECT_EQ(refusal([](auto& c) { c.rotary_base = NAN; }), "transformer config: rope_theta is nan, must be a number above 0");
  for (auto member : {&TransformerConfig::width, &TransformerConfig::layers, &TransformerConfig::heads,
                      &TransformerConfig::kv_heads, &TransformerConfig::head_dim, &TransformerConfig::hidden,
                      &TransformerConfig::vocabulary, &TransformerConfig::max_positions})
    for (const int64_t value : {int64_t(-1), int64_t(0), int64_t(1) << 40, std::numeric_limits<int64_t>::max()})
      EXPECT_THAT(refusal([&](auto& c) { c.*member = value; }), HasSubstr("must be 1 to"));
  EXPECT_EQ(refusal([](auto& c) { c.max_positions = 1 << 24, c.head_dim = 256; }),
            "rotary table of 16777216 positions x 256 channels would exceed 1073741824 bytes: ask for at most 1048576 positions");
}

}  // namespace
}  // namespace bifrons
