// tests/language/tokenizer_test.cpp - the tokenizer against the tokenizers library's answers: the goldens (skipped where the
// folder is absent) and the small tokenizers of our own in tests/data/tokenizers.
#include "language/tokenizer.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

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

// ---- tests/data/tokenizers: small tokenizers of our own with the library's answers

const fs::path own = fs::path(BIFRONS_SOURCE_DIR) / "tests/data/tokenizers";

json hashed(const Ids& ids) {  // FNV-1a over the ids, as make.py does
  uint64_t hash = 14695981039346656037u;
  for (const int32_t id : ids) hash = (hash ^ static_cast<uint64_t>(id)) * 1099511628211u;
  char text[17];
  std::snprintf(text, sizeof text, "%016lx", static_cast<unsigned long>(hash));
  return {ids.size(), text};
}

class OwnTokenizers : public testing::TestWithParam<const char*> {};
TEST_P(OwnTokenizers, GiveTheLibrarysAnswers) {
  const json file = read_json(own / (std::string(GetParam()) + ".json"));
  const Tokenizer tokenizer = Tokenizer::parse(file.at("tokenizer").dump(), GetParam());
  for (const json& c : file.at("encode")) {
    const json& special = c.contains("special") ? c["special"] : c["ids"];
    if (c["text"].is_string()) {
      const auto text = c["text"].get<std::string>();
      SCOPED_TRACE(text);
      EXPECT_EQ(tokenizer.encode(text), c["ids"].get<Ids>());
      EXPECT_EQ(tokenizer.encode(text, Added::all), special.get<Ids>());
    } else {
      std::string text;
      for (int i = 0; i < c["text"][1].get<int>(); ++i) text += c["text"][0].get<std::string>();
      EXPECT_EQ(hashed(tokenizer.encode(text)), c["ids"]) << c["text"];
    }
  }
  for (const json& c : file.at("decode")) {
    const auto ids = c["ids"].get<Ids>();
    for (const bool skip : {false, true}) {
      EXPECT_EQ(tokenizer.decode(ids, skip), c[skip ? "skipped" : "text"].get<std::string>()) << c["ids"];
      EXPECT_EQ(streamed(tokenizer, ids, skip), tokenizer.decode(ids, skip)) << c["ids"];
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, OwnTokenizers, testing::Values("deepseek-llm", "deepseek-v3", "qwen2", "llama3", "gpt2"));

TEST(TokenizerVariants, GiveTheLibrarysAnswers) {
  const json file = read_json(own / "variants.json");
  const auto texts = file.at("texts").get<std::vector<std::string>>();
  ASSERT_GT(file.at("variants").size(), 80u);
  for (const json& variant : file["variants"]) {
    json config = file.at("base");
    for (const auto& [key, value] : variant.at("patch").items())
      if (key == "model")
        config[key].update(value);
      else
        config[key] = value;
    SCOPED_TRACE(variant["patch"].dump().substr(0, 300));
    const Tokenizer tokenizer = Tokenizer::parse(config.dump(), "variant");
    for (size_t i = 0; i < texts.size(); ++i) {
      EXPECT_EQ(hashed(tokenizer.encode(texts[i])), variant["answers"][0][i]) << texts[i];
      EXPECT_EQ(hashed(tokenizer.encode(texts[i], Added::all)), variant["answers"][1][i]) << texts[i];
    }
  }
}

// ---- what the header promises beyond the library

json small() {  // letters, digits, space and newline; three merges; a special token, an ordinary one, a letter
  json vocab = json::object();
  int32_t next = 0;
  for (const char* token : {"a", "b", "c", "d", "Ġ", "Ċ", "1", "!", "Ã", "¼", "ã", "Ģ", "ģ"}) vocab[token] = next++;
  for (const char* token : {"ab", "abc", "Ġa"}) vocab[token] = next++;
  const auto added = [](int id, const char* content, bool special) {
    return json{{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false}, {"special", special}};
  };
  return {{"added_tokens", {added(16, "<s>", true), added(17, "<user>", false), added(18, "ü", false), added(20, "<gap>", true)}},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
          {"decoder", {{"type", "ByteLevel"}}},
          {"model", {{"type", "BPE"}, {"vocab", vocab}, {"merges", {"a b", "ab c", "Ġ a"}}}}};
}

Tokenizer parsed(const json& config) { return Tokenizer::parse(config.dump(), "small"); }

TEST(Tokenizer, LooksUpByTextAndById) {
  const Tokenizer t = parsed(small());
  EXPECT_EQ(t.size(), 21);
  EXPECT_EQ(t.id("abc"), 14);
  EXPECT_EQ(t.id("Ġa"), 15);
  EXPECT_EQ(t.id("<s>"), 16);
  EXPECT_EQ(t.id("ü"), 18);
  EXPECT_EQ(t.id("nothing"), std::nullopt);
  EXPECT_EQ(t.bytes(15), " a");
  EXPECT_EQ(t.bytes(8), "\xC3");
  EXPECT_EQ(t.bytes(18), "ü");
  for (const int32_t id : {19, -1, 21, 1 << 30}) EXPECT_EQ(t.bytes(id), "") << id;
  EXPECT_TRUE(t.is_special(16));
  for (const int32_t id : {17, 0, 19, -1}) EXPECT_FALSE(t.is_special(id)) << id;
  EXPECT_EQ(t.bos(), std::nullopt);
  try {
    t.require("<eoi>");
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), testing::AllOf(testing::HasSubstr("small"), testing::HasSubstr("<eoi>")));
  }
}

TEST(Tokenizer, MatchesAddedTokensAsAsked) {
  const Tokenizer t = parsed(small());
  const std::string text = "a<s>b<user>";
  EXPECT_EQ(t.encode(text, Added::all), (Ids{0, 16, 1, 17}));
  EXPECT_EQ(t.encode(text), (Ids{0, 1, 17}));  // the characters of <s> have no token here
  const int32_t never[] = {17, 16};
  EXPECT_EQ(t.encode(text, Added::all, never), (Ids{0, 1}));
  EXPECT_EQ(t.encode("aüb", Added::ordinary, never), (Ids{0, 18, 1}));
}

TEST(Tokenizer, ReadsWhatIsNoUtf8AsReplacementCharacters) {
  const Tokenizer t = Tokenizer::parse(read_json(own / "gpt2.json")["tokenizer"].dump(), "gpt2");
  const std::string good = "\xEF\xBF\xBD";
  const std::pair<std::string, std::string> cases[] = {
      {"a\xFF", "a" + good},
      {"\xE2\x82", good},                    // cut at the end: one
      {"\xE2\x82z", good + "z"},             // a maximal subpart is one
      {"\xED\xA0\x80", good + good + good},  // a surrogate
      {"\xF0\x9F\x92", good},
      {"\xF0\x80\x80\x80", good + good + good + good},         // overlong
      {"\xF4\x90\x80\x80x", good + good + good + good + "x"},  // past U+10FFFF
      {"\xC0\xAF", good + good},
      {std::string("a\0b", 3) + "\x80", std::string("a\0b", 3) + good},
  };
  for (const auto& [bad, read_as] : cases) EXPECT_EQ(t.encode(bad), t.encode(read_as)) << testing::PrintToString(bad);
}

TEST(Tokenizer, DecodesBytesThatAreNoCharactersLikeTheLibrary) {
  const Tokenizer t = parsed(small());
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(t.decode(Ids{8, 9}), "ü");            // C3 BC
  EXPECT_EQ(t.decode(Ids{8, 16, 9}, true), "ü");  // a special token inside, left out
  EXPECT_EQ(t.decode(Ids{8, 16, 9}), bad + "<s>" + bad);
  EXPECT_EQ(t.decode(Ids{8, 19, 9}), "ü");         // an id without a token
  EXPECT_EQ(t.decode(Ids{10, 11, 0}), bad + "a");  // E3 80, then a
  EXPECT_EQ(t.decode(Ids{10, 11, 12}), "\xE3\x80\x81");
}

TEST(StreamDecoder, NeverEmitsHalfACharacterAndEndsLikeDecode) {
  const Tokenizer t = parsed(small());
  StreamDecoder decoder(t);
  EXPECT_EQ(decoder.push(10), "");
  EXPECT_EQ(decoder.push(11), "");
  EXPECT_EQ(decoder.push(16), "");  // special, left out
  EXPECT_EQ(decoder.push(12), "\xE3\x80\x81");
  EXPECT_EQ(decoder.push(8), "");
  EXPECT_EQ(decoder.push(0),
            "\xEF\xBF\xBD"
            "a");
  EXPECT_EQ(decoder.push(8), "");
  EXPECT_EQ(decoder.finish(), "\xEF\xBF\xBD");
  EXPECT_EQ(decoder.finish(), "");
  uint64_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    Ids ids;
    for (int i = 0; i < 12; ++i)
      ids.push_back(static_cast<int32_t>((state = state * 6364136223846793005u + 1442695040888963407u) >> 33) % 21);
    for (const bool skip : {false, true}) EXPECT_EQ(streamed(t, ids, skip), t.decode(ids, skip)) << testing::PrintToString(ids);
  }
}

TEST(Tokenizer, NamesItsBosEosPad) {
  const fs::path folder = fs::path(testing::TempDir()) / "bifrons_tokenizer_test";
  fs::create_directories(folder);
  const auto write = [&](const char* name, const std::string& text) { std::ofstream(folder / name, std::ios::binary) << text; };
  write("tokenizer.json", small().dump());
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"}) fs::remove(folder / name);
  EXPECT_EQ(Tokenizer::load(folder).bos(), std::nullopt);
  write("special_tokens_map.json", R"({"bos_token": "abc", "pad_token": {"content": "<gap>"}})");
  write("tokenizer_config.json", R"({"bos_token": {"content": "<s>"}, "eos_token": "<user>", "pad_token": null})");
  const Tokenizer t = Tokenizer::load(folder);
  EXPECT_EQ(t.bos(), 16);
  EXPECT_EQ(t.eos(), 17);
  EXPECT_EQ(t.pad(), 20);
  write("tokenizer_config.json", R"({"bos_token": "<other>"})");
  EXPECT_THROW(Tokenizer::load(folder), Error);
  write("tokenizer_config.json", R"(["bos_token"])");
  EXPECT_THROW(Tokenizer::load(folder), Error);
  fs::remove_all(folder);
  EXPECT_THROW(Tokenizer::load(folder), Error);
}

// ---- bad files: one sentence that names the file and the thing

TEST(TokenizerFile, WhatIsNoJsonIsToldInOurWords) {
  for (const std::string& text :
       {std::string("{\"model\":"), small().dump().substr(0, 100), std::string("{]"), std::string("\xff\xfe")}) {
    try {
      Tokenizer::parse(text, "cut.json");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("exception"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("cut.json"), std::string::npos) << error.what();
    }
  }
}

TEST(TokenizerFile, RefusesByName) {
  struct Case {
    const char* pointer;  // what to change
    json value;
    const char* named;
  };
  const auto regex = [](const char* pattern) {
    return json{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
  };
  const auto steps = [](const json& first) {
    return json{{"type", "Sequence"},
                {"pretokenizers", {first, {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}}}}};
  };
  std::vector<Case> cases = {
      {"", json::array(), "no JSON object"},
      {"/model", nullptr, "no 'model'"},
      {"/model/type", "Unigram", "Unigram"},
      {"/model/dropout", 0.1, "dropout"},
      {"/model/byte_fallback", true, "byte_fallback"},
      {"/model/ignore_merges", 1, "ignore_merges"},
      {"/model/continuing_subword_prefix", "##", "continuing_subword_prefix"},
      {"/model/end_of_word_suffix", "</w>", "end_of_word_suffix"},
      {"/model/unk_token", "[UNK]", "[UNK]"},
      {"/model/unk_token", 5, "unk_token"},
      {"/model/vocab", nullptr, "vocab"},
      {"/model/vocab", json::object(), "vocab"},
      {"/model/vocab/a", -1, "'a'"},
      {"/model/vocab/a", 1.5, "'a'"},
      {"/model/vocab/a", "x", "'a'"},
      {"/model/vocab/a", json::object(), "'a'"},
      {"/model/vocab/a", json::array({1}), "'a'"},
      {"/model/vocab/a", 1, "same id 1"},
      {"/model/vocab/a", 16777217, "'a'"},
      {"/model/vocab/a", 1u << 23, "'a'"},  // more than this small file can mean
      {"/model/vocab/a", 18446744073709551615u, "'a'"},
      {"/model/merges", nullptr, "merges"},
      {"/model/merges/0", "ab", "entry 0"},
      {"/model/merges/0", "a b c", "entry 0"},
      {"/model/merges/1", json::array({"ab"}), "entry 1"},
      {"/model/merges/1", json::array({"ab", "c", "d"}), "entry 1"},
      {"/model/merges/1", json::array({"ab", 5}), "entry 1"},
      {"/model/merges/1", json::object(), "entry 1"},
      {"/model/merges/1", "ab x", "'x'"},
      {"/model/merges/1", "b a", "'ba'"},
      {"/model/merges/1", " c", "''"},
      {"/normalizer", {{"type", "Lowercase"}}, "Lowercase"},
      {"/normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}, {{"type", "NFD"}}}}}, "normal form"},
      {"/normalizer", {{"type", "Sequence"}}, "normalizers"},
      {"/decoder", nullptr, "decoder"},
      {"/decoder", {{"type", "WordPiece"}}, "WordPiece"},
      {"/pre_tokenizer", nullptr, "pre_tokenizer"},
      {"/pre_tokenizer", {{"type", "Metaspace"}}, "Metaspace"},
      {"/pre_tokenizer", {{"type", "Digits"}}, "ByteLevel"},
      {"/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {{{"type", "ByteLevel"}}, {{"type", "Digits"}}}}}, "Digits"},
      {"/pre_tokenizer/use_regex", "yes", "use_regex"},
      {"/added_tokens", 5, "added_tokens"},
      {"/added_tokens/0", 5, "added_tokens[0]"},
      {"/added_tokens/1/id", -1, "added_tokens[1]"},
      {"/added_tokens/1/id", 1u << 25, "added_tokens[1]"},
      {"/added_tokens/1/id", 16, "16"},
      {"/added_tokens/1/id", 3, "same id 3"},
      {"/added_tokens/1/content", "", "added token 17"},
      {"/added_tokens/1/content", std::string(5000, 'x'), "5000"},
      {"/added_tokens/1/content", "<s>", "<s>"},
      {"/added_tokens/1/content", "abc", "'abc'"},
      {"/added_tokens/1/special", "no", "special"},
  };
  for (const char* pattern : {"(a",          "a)",
                              "[a",          "[]a]",
                              "[[:alpha:]]", "a**",
                              "*a",          "(?<name>a)",
                              "(?~a)",       R"(a\1)",
                              R"(\K)",       R"(\G)",
                              R"(\X)",       R"(\q)",
                              "[b-a]",       R"(\p{Nonsense})",
                              R"(\p{)",      R"(\x{110000})",
                              R"(\xff)",     R"(\u12)",
                              "(?<=a+)b",    "(?x)a",
                              "a(?i)b",      "(?i:straße)",
                              "(?i:first)",  "\\",
                              "a{3,2}",      "(?:a{1000}){60000}"})
    cases.push_back({"/pre_tokenizer", steps(regex(pattern)), "regex"});
  cases.push_back({"/pre_tokenizer", steps(regex((std::string(100, '(') + "a" + std::string(100, ')')).c_str())), "nesting"});
  for (const Case& c : cases) {
    json config = small();
    config[json::json_pointer(c.pointer)] = c.value;
    try {
      parsed(config);
      ADD_FAILURE() << c.pointer << " = " << c.value.dump().substr(0, 200) << " was accepted";
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), testing::AllOf(testing::StartsWith("small"), testing::HasSubstr(c.named))) << c.pointer;
      EXPECT_LT(std::string_view(e.what()).size(), 700u) << c.pointer;
    }
  }
  const std::string whole = small().dump();
  for (size_t cut = 0; cut < whole.size(); cut += 7) EXPECT_THROW(Tokenizer::parse(whole.substr(0, cut), "cut"), Error) << cut;
  for (const std::string& deep : {std::string(100000, '['), R"({"a":)" + std::string(1000, '[') + std::string(1000, ']') + "}"})
    EXPECT_THROW(Tokenizer::parse(deep, "deep"), Error);
  EXPECT_THROW(Tokenizer::parse(R"({"model":{"vocab":{"a":0,"a":1},"merges":[]}})", "twice"), Error);
  EXPECT_THROW(Tokenizer::parse("{\"model\":{\"vocab\":{\"\xFF\":0},\"merges\":[]}}", "bytes"), Error);
}

TEST(TokenizerFile, PassesOverWhatAddsNothing) {
  json config = small();
  config["post_processor"] = {{"type", "TemplateProcessing"}, {"single", {{{"SpecialToken", {{"id", "<s>"}}}}}}};
  config["truncation"] = {{"max_length", 2}};
  config["padding"] = {{"strategy", {{"Fixed", 10}}}};
  config["model"]["merges"] = json::parse(R"([["a", "b"], ["ab", "c"], ["Ġ", "a"]])");
  EXPECT_EQ(parsed(config).encode("abc a abc"), (Ids{14, 15, 4, 14}));
}

// Patterns that backtrack without end are stopped; runs that are only long are not.
TEST(Tokenizer, EndsInBoundedTime) {
  json config = small();
  const auto with = [&](const char* pattern) {
    config["pre_tokenizer"] = {
        {"type", "Sequence"},
        {"pretokenizers",
         {{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}},
          {{"type", "ByteLevel"}, {"use_regex", false}, {"add_prefix_space", false}}}}};
    return parsed(config);
  };
  const std::string run(20'000, 'a'), wild = run + "!bc";  // what must follow a run is there, but not behind the run
  for (const char* pattern : {"(?:a+)+b", "(?:a|a)*b", "(?:a*)*b", "a*a*a*a*b"}) {
    try {
      with(pattern).encode(wild);
      ADD_FAILURE() << pattern << " ended";
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::limit) << pattern;
    }
  }
  const Tokenizer spaces = with(R"(\s+$)");
  EXPECT_EQ(spaces.encode(std::string(300'000, ' ') + "1").size(), 300'001u);
  for (const char* pattern : {"a+b", "(?:a+b|a+c)", "d|a*+b"})
    EXPECT_GT(with(pattern).encode(wild).size(), run.size()) << pattern;
  EXPECT_EQ(with(R"([a-d&&[^b]]+|b)").encode(run).size(), run.size());  // a group per character
  std::string merging;
  for (int i = 0; i < 100'000; ++i) merging += "abc";
  EXPECT_EQ(parsed(small()).encode(merging), Ids(100'000, 14));
}

TEST(Tokenizer, IsSharedBetweenThreads) {
  const Tokenizer t = Tokenizer::parse(read_json(own / "qwen2.json")["tokenizer"].dump(), "qwen2");
  const json cases = read_json(own / "qwen2.json")["encode"];
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int n = 0; n < 4; ++n)
    threads.emplace_back([&] {
      for (const json& c : cases)
        if (c["text"].is_string()) wrong += t.encode(c["text"].get<std::string>()) != c["ids"].get<Ids>();
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace bifrons
