// tests/language/generate_test.cpp - answers: what ends them, what they leave behind, and that the same seed gives the same one.
#include "language/generate.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/language/tiny_model.h"

namespace bifrons {
namespace {

using End = Generated::End;

// 50 tokens of one byte each, most of them parts of two-byte characters, so that pieces are often incomplete; 49 is special.
Tokenizer bytes_tokenizer() {
  std::string vocabulary;
  // 20 first halves, 18 second halves, then letters. The byte-level alphabet shows bytes from 0xAE as themselves.
  for (int id = 0; id < 49; ++id) {
    const int byte = id < 20 ? 0xC3 + id : id < 38 ? 0xAE + id - 20 : 'a' + id - 38;
    const std::string shown =
        byte < 0x80 ? std::string{char(byte)} : std::string{char(0xC0 | byte >> 6), char(0x80 | (byte & 0x3F))};
    vocabulary += (id ? ",\"" : "\"") + shown + "\":" + std::to_string(id);
  }
  return Tokenizer::parse(
      R"({"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":49,"content":"<end>","single_word":false,)"
      R"("lstrip":false,"rstrip":false,"normalized":false,"special":true}],"normalizer":null,)"
      R"("pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false},)"
      R"("post_processor":null,"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},)"
      R"("model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,)"
      R"("fuse_unk":false,"byte_fallback":false,"ignore_merges":false,"vocab":{)" +
          vocabulary + R"(},"merges":[]}})",
      "generate_test");
}

class Generate : public testing::Test {
 protected:
  View<const float, 2> prefill(Engine& where, Engine::Sequence s) {
    const Engine::Input input{.sequence = s, .ids = prompt};
    return where.forward({&input, 1});
  }
  Generated answer(const GenerateOptions& options, const std::function<bool(std::string_view)>& on_text = {}) {
    sequence = engine.create();
    const auto last = prefill(engine, sequence);
    return generate(engine, tokenizer, sequence, last, prompt, options, on_text);
  }
  int64_t grown() const { return engine.length(sequence) - int64_t(prompt.size()); }

  TinyModel m;
  Tokenizer tokenizer = bytes_tokenizer();
  Engine engine{*m.ops, m.model, Format::f32};
  std::vector<int32_t> prompt = random_ids(7, 1);
  Engine::Sequence sequence = 0;
};

TEST_F(Generate, GreedyIsArgMaxFedBack) {
  std::vector<std::string> pieces;
  const auto got = answer({.max_tokens = 20}, [&](std::string_view piece) { return pieces.emplace_back(piece), true; });
  auto ids = prompt;
  for (int i = 0; i < 20; ++i) {
    const auto logits = m.twin.logits(m.twin.last_hidden(rows_of(ids)));
    ids.push_back(int32_t(std::max_element(logits.begin(), logits.end()) - logits.begin()));
  }
  EXPECT_EQ(got.ids, std::vector<int32_t>(ids.begin() + 7, ids.end()));
  EXPECT_EQ(got.end, End::length);
  EXPECT_EQ(grown(), 19);  // the last one is not fed
  std::string joined;
  for (const auto& piece : pieces) joined += piece;
  EXPECT_EQ(joined, got.text);
  EXPECT_EQ(got.text, tokenizer.decode(got.ids, true));
  EXPECT_GE(pieces.size(), 20u);  // asked after every token, so that it can cancel
}

TEST_F(Generate, StopsBeforeAStopToken) {
  const auto free_running = answer({.max_tokens = 12}).ids;
  const int32_t stop = free_running[5];
  const auto first = std::find(free_running.begin(), free_running.end(), stop);
  const auto got = answer({.max_tokens = 12, .stop = {-1, stop}});
  EXPECT_EQ(got.ids, std::vector<int32_t>(free_running.begin(), first));
  EXPECT_EQ(got.end, End::stop);
  EXPECT_EQ(grown(), int64_t(got.ids.size()));
}

TEST_F(Generate, CancelsWithinOneStep) {
  int calls = 0;
  const auto got = answer({.max_tokens = 50}, [&](std::string_view) { return ++calls < 4; });
  EXPECT_EQ(got.ids.size(), 4u);
  EXPECT_EQ(got.end, End::cancelled);
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(grown(), 3);
}

TEST_F(Generate, SamplesDependOnSeedAndPositionOnly) {
  const GenerateOptions options{.max_tokens = 25, .temperature = 1, .top_k = 40, .top_p = 0.99f, .seed = 11};
  const auto want = answer(options);
  // Another engine: other pages, a prompt fed in parts, another sequence alive, a fork.
  Engine other(*m.ops, m.model, Format::f32, {.page_tokens = 3, .batch_rows = 2});
  const auto neighbour = other.create(), s = other.create();
  prefill(other, neighbour);
  prefill(other, s);
  const auto forked = other.fork(s);
  other.truncate(forked, 4);
  const std::vector<int32_t> rest(prompt.begin() + 4, prompt.end());
  const Engine::Input input{.sequence = forked, .ids = rest};
  const auto got = generate(other, tokenizer, forked, other.forward({&input, 1}), prompt, options);
  EXPECT_EQ(got.ids, want.ids);
  EXPECT_EQ(got.text, want.text);
  auto changed = options;
  changed.seed = 12;
  EXPECT_NE(answer(changed).ids, want.ids);
}

TEST_F(Generate, APenaltyForbidsPromptAndAnswer) {
  auto got = answer({.max_tokens = 12, .repetition_penalty = 1e6f}).ids;
  got.insert(got.end(), prompt.begin(), prompt.end());
  std::sort(prompt.begin(), prompt.end());
  const auto distinct_prompt = std::unique(prompt.begin(), prompt.end()) - prompt.begin();
  std::sort(got.begin(), got.end());
  EXPECT_EQ(std::unique(got.begin(), got.end()) - got.begin(), 12 + distinct_prompt);
}

TEST_F(Generate, EndsWhenTheSequenceIsFull) {
  Engine small(*m.ops, m.model, Format::f32, {.cache_tokens = 16, .page_tokens = 4});
  const auto s = small.create();
  const auto got = generate(small, tokenizer, s, prefill(small, s), prompt, {.max_tokens = 100});
  EXPECT_EQ(got.ids.size(), 16u - 7 + 1);
  EXPECT_EQ(got.end, End::length);
  EXPECT_EQ(got.ids, answer({.max_tokens = 10}).ids);
  Engine whole(*m.ops, m.model, Format::f32);  // a cache for one sequence of the model's own length
  const auto t = whole.create();
  EXPECT_EQ(generate(whole, tokenizer, t, prefill(whole, t), prompt, {.max_tokens = 1000}).ids.size(), 96u - 7 + 1);
}

TEST_F(Generate, NothingIsAskedForNothing) {
  const auto got = answer({.max_tokens = 0});
  EXPECT_TRUE(got.ids.empty());
  EXPECT_EQ(got.end, End::length);
  EXPECT_THROW(answer({.max_tokens = -1}), Error);
  EXPECT_THROW(answer({.temperature = -1}), Error);
  const auto two = m.ops->tensor<float, 2>({2, m.config.width});
  EXPECT_THROW(generate(engine, tokenizer, engine.create(), two, prompt, {}), Error);
}

}  // namespace
}  // namespace bifrons
