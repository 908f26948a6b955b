// tests/language/tokenizer_test.cpp - the tokenizer against the tokenizers library's answers: the goldens (skipped where the
// folder is absent) and the small tokenizers of our own in tests/data/tokenizers.
#include "language/tokenizer.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
using Ids = std::vector<int32_t>;

const fs::path goldens = BIFRONS_GOLDENS;

json read_json(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return json::parse(file);
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string streamed(const Tokenizer& tokenizer, const Ids& ids, bool skip_special) {
  StreamDecoder decoder(tokenizer, skip_special);
  std::string text;
  for (const int32_t id : ids) text += decoder.push(id);
  return text + decoder.finish();
}

class Goldens : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!fs::exists(goldens / GetParam())) GTEST_SKIP() << "no goldens at " << (goldens / GetParam()).string();
  }
};

using TextTokenizers = Goldens;
TEST_P(TextTokenizers, GiveTheLibrarysIdsAndOurText) {
  const fs::path folder = goldens / GetParam();
  const Tokenizer tokenizer = Tokenizer::load(folder);
  const json cases = read_json(folder / "cases.json");
  for (const json& c : cases.at("encode")) {
    const auto text = c.at("text").get<std::string>();
    SCOPED_TRACE(text.substr(0, 100));
    EXPECT_EQ(tokenizer.encode(text, Added::ordinary), c.at("ids").get<Ids>());
    EXPECT_EQ(tokenizer.encode(text, Added::all), c.contains("ids_special") ? c["ids_special"].get<Ids>() : c["ids"].get<Ids>());
  }
  for (const json& c : cases.at("decode")) {
    const auto ids = c.at("ids").get<Ids>();
    EXPECT_EQ(tokenizer.decode(ids), c.at("text").get<std::string>());
    EXPECT_EQ(streamed(tokenizer, ids, false), c.at("text").get<std::string>());
  }
}
INSTANTIATE_TEST_SUITE_P(All, TextTokenizers,
                         testing::Values("tokenizers/deepseek-llm", "tokenizers/deepseek-coder", "tokenizers/gpt-2",
                                         "tokenizers/qwen2-style", "tokenizers/llama3-style", "tokenizers/deepseek-v3-style"));

// llama.cpp's vectors: texts separated by a line, one line of ids each.
using PublishedVectors = Goldens;
TEST_P(PublishedVectors, AllComeOut) {
  const Tokenizer tokenizer = Tokenizer::load(goldens / GetParam());
  const std::string texts = read_text((goldens / GetParam()).string() + ".gguf.inp");
  std::istringstream expected(read_text((goldens / GetParam()).string() + ".gguf.out"));
  const std::string separator = "\n__ggml_vocab_test__\n";
  int count = 0;
  for (size_t begin = 0; begin < texts.size(); ++count) {  // the last separator ends the file
    const size_t end = std::min(texts.find(separator, begin), texts.size());
    std::string line;
    std::getline(expected, line);
    std::istringstream numbers(line);
    Ids ids;
    for (int32_t id; numbers >> id;) ids.push_back(id);
    EXPECT_EQ(tokenizer.encode(texts.substr(begin, end - begin)), ids) << texts.substr(begin, end - begin);
    begin = end + separator.size();
  }
  EXPECT_EQ(count, 46);
}
INSTANTIATE_TEST_SUITE_P(All, PublishedVectors,
                         testing::Values("tokenizers/deepseek-llm", "tokenizers/deepseek-coder", "tokenizers/gpt-2"));

using JanusTokenizers = Goldens;
TEST_P(JanusTokenizers, GiveTheLibrarysIdsAndTheRightBytes) {
  for (const char* folder : {"hf", "orig-safetensors"}) {
    const Tokenizer tokenizer = Tokenizer::load(goldens / GetParam() / folder);
    const json cases = read_json(goldens / GetParam() / "tokenizer_cases.json");
    EXPECT_EQ(tokenizer.size(), cases.at("vocabulary").get<int>());
    for (const json& c : cases.at("encode")) {
      const auto text = c.at("text").get<std::string>();
      SCOPED_TRACE(text.substr(0, 100));
      EXPECT_EQ(tokenizer.encode(text, Added::all), c.at("ids").get<Ids>());
      EXPECT_EQ(tokenizer.encode(text), c.at("ids_specials_off").get<Ids>());
    }
    for (const json& c : cases.at("decode")) {
      const auto ids = c.at("ids").get<Ids>();
      SCOPED_TRACE(c.dump());
      std::string hex;
      for (const int32_t id : ids)
        for (const char byte : tokenizer.bytes(id)) {
          char digits[3];
          std::snprintf(digits, sizeof digits, "%02x", static_cast<uint8_t>(byte));
          hex += digits;
        }
      EXPECT_EQ(hex, c.at("bytes").get<std::string>());
      const bool letters =
          std::any_of(ids.begin(), ids.end(), [&](int32_t id) { return tokenizer.bytes(id).starts_with('\xC3'); });
      if (!letters) {  // there the library gives U+FFFD for letters that it encoded itself
        EXPECT_EQ(tokenizer.decode(ids), c.at("text").get<std::string>());
        EXPECT_EQ(tokenizer.decode(ids, true), c.at("text_without_specials").get<std::string>());
      }
      EXPECT_EQ(streamed(tokenizer, ids, false), tokenizer.decode(ids));
      EXPECT_EQ(streamed(tokenizer, ids, true), tokenizer.decode(ids, true));
    }
    EXPECT_EQ(tokenizer.bos(), tokenizer.require("<｜begin▁of▁sentence｜>"));
    EXPECT_EQ(tokenizer.eos(), tokenizer.require("<｜end▁of▁sentence｜>"));
    EXPECT_EQ(tokenizer.pad(), tokenizer.require("<｜▁pad▁｜>"));
  }
}
INSTANTIATE_TEST_SUITE_P(All, JanusTokenizers, testing::Values("janus-t", "janus-u"));

}  // namespace
}  // namespace bifrons
