// tests/demos/demos_test.cpp - the binary from outside: what it prints, how it exits, what it leaves behind. The model is "T" of
// janus.md 12.3, made on the spot.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/demos/process.h"
#include "tests/fusion/model_t.h"
#include "tests/temporary_folder.h"
#include "vision/image.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Demos : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    model_ = new TemporaryFolder, port_ = new TemporaryFolder;
    model_t::write(model_->path(), Dialect::original);
    model_t::write(port_->path(), Dialect::huggingface);
  }
  static void TearDownTestSuite() { delete model_, delete port_; }

  Ended bifrons(std::vector<std::string> arguments, const std::string& input = "", Signal signal = {}) const {
    return run(arguments, here_.path(), input, signal);
  }
  // With the model and few threads: tests run side by side.
  Ended with_model(std::vector<std::string> arguments, const std::string& input = "", Signal signal = {}) const {
    for (const char* more : {"--threads", "1", "--model"}) arguments.emplace_back(more);
    arguments.push_back(model_->path());
    return bifrons(std::move(arguments), input, signal);
  }
  std::string picture(const char* name, int64_t width = 20, int64_t height = 13) const {
    Image image(width, height);
    for (size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = uint8_t(i * 7);
    const auto png = encode_png(image);
    return here_.write(name, {reinterpret_cast<const char*>(png.data()), png.size()});
  }
  // One sentence on stderr, nothing else, and this exit code.
  static void expect_refusal(const Ended& ended, int code, const std::string& words) {
    EXPECT_EQ(ended.code, code) << ended.error;
    EXPECT_THAT(ended.error, HasSubstr(words));
    EXPECT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
    EXPECT_EQ(ended.error.rfind("bifrons: ", 0), 0u) << ended.error;
    EXPECT_EQ(ended.out, "");
  }

  static TemporaryFolder *model_, *port_;
  TemporaryFolder here_;
};
TemporaryFolder* Demos::model_;
TemporaryFolder* Demos::port_;

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

// ---- arguments

TEST_F(Demos, HelpAndVersion) {
  const Ended help = bifrons({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* word : {"caption", "imagine", "chat", "inspect", "tokenize", "trace", "bench", "Examples", "Exit codes"})
    EXPECT_THAT(help.out, HasSubstr(word));
  for (const char* command : {"caption", "imagine", "chat", "inspect", "tokenize", "trace", "bench"}) {
    const Ended one = bifrons({command, "--help"});
    EXPECT_EQ(one.code, 0);
    EXPECT_THAT(one.out, HasSubstr("bifrons " + std::string(command))) << "an example";
    EXPECT_THAT(one.out, HasSubstr("--threads"));
  }
  const Ended version = bifrons({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out.rfind("bifrons 0.", 0), 0u);
}

TEST_F(Demos, BadArguments) {
  expect_refusal(bifrons({}), 2, "say what to do");
  expect_refusal(bifrons({"fly"}), 2, "'fly'");
  expect_refusal(bifrons({"caption", "--frobnicate"}), 2, "'--frobnicate'");
  expect_refusal(bifrons({"imagine", "x"}), 2, "--out");
  expect_refusal(bifrons({"imagine", "x", "-o"}), 2, "--out");
  expect_refusal(bifrons({"imagine", "x", "-o", "a.png", "--seed", "red"}), 2, "--seed: 'red' is no whole number");
  expect_refusal(bifrons({"imagine", "x", "-o", "a.png", "--seed", "99999999999999999999"}), 2, "--seed");
  expect_refusal(bifrons({"imagine", "x", "-o", "a.png", "-n", "-3"}), 2, "--count: '-3'");
  expect_refusal(bifrons({"imagine", "x", "-o", "a.png", "--temperature", "nan"}), 2, "--temperature: 'nan'");
  expect_refusal(bifrons({"imagine", "x", "-o", "a.png", "--size", "513"}), 2, "choose 512, 768 or 1024");
  expect_refusal(bifrons({"imagine", "x", "-o", "-", "-n", "2"}), 2, "stdout takes one picture");
  expect_refusal(bifrons({"imagine", "-o", "a.png"}), 2, "no prompt");
  expect_refusal(bifrons({"caption", "x.png", "--threads", "0"}), 2, "--threads: '0'");
  expect_refusal(bifrons({"caption"}), 2, "no picture was given");
  expect_refusal(with_model({"caption", "x.png", "--dtype", "f17"}), 2, "f17");
  expect_refusal(with_model({"caption", "x.png", "--backend", "abacus"}), 2, "abacus");
  expect_refusal(bifrons({"bench", "--only", "nosuch"}), 2, "nosuch");
  expect_refusal(bifrons({"imagine", "a star", "-o", "star.JPG"}), 2, ".png");
  expect_refusal(bifrons({"imagine", "a star", "-o", "star.png", "--preview", "now.webp"}), 2, ".png");
  expect_refusal(bifrons({"bench", "--shape", "janus-9b"}), 2, "janus-9b");
}

TEST_F(Demos, ModelsThatAreNone) {
  expect_refusal(bifrons({"inspect", "nowhere"}), 3, "nowhere");
  expect_refusal(bifrons({"inspect", "."}), 3, "config.json");
  here_.write("config.json", R"({"model_type": "llama"})");
  expect_refusal(bifrons({"imagine", "x", "-o", "a.png", "--model", "."}), 6, "is a llama model; Bifrons runs");
  expect_refusal(bifrons({"imagine", "x", "-o", "a.png", "--model", "."}), 6, "name the folder of one with --model DIR");
  here_.write("config.json", "{\"model_type\": ");
  expect_refusal(bifrons({"inspect", "."}), 3, "not valid JSON");
  here_.write("config.json", model_t::original_config().dump());
  expect_refusal(bifrons({"caption", picture("a.png"), "--model", "."}), 3, "holds no weights");
  here_.write("model.safetensors", "garbage");
  expect_refusal(bifrons({"caption", picture("a.png"), "--model", "."}), 3, "model.safetensors");
}

// Files opened later must not take the numbers of standard files that were closed: words would go into them and count as written.
TEST_F(Demos, StandardFilesThatAreClosedOrFull) {
  const auto shell = [&](const std::string& arguments) {
    return WEXITSTATUS(std::system(("'" BIFRONS_BINARY "' " + arguments).c_str()));
  };
  const std::string drawn = (here_ / "x.png").string();
  EXPECT_EQ(shell("imagine 'a red star' --model '" + model_->path().string() + "' -o '" + drawn + "' <&- >&- 2>&-"), 1);
  EXPECT_EQ(load_image(drawn).width, 32) << "the picture was whole before its name could not be told";
  EXPECT_EQ(here_.files(), 1u);
  EXPECT_EQ(shell("--help > /dev/full 2> /dev/null"), 1);
  EXPECT_EQ(shell("--version > /dev/full 2> /dev/null"), 1);
}

// ---- caption

TEST_F(Demos, CaptionGoesOnPastWhatItCannotRead) {
  here_.write("bad.png", "no picture"), here_.write("empty.jpg", "");
  const Ended ended = with_model({"caption", picture("a.png"), "bad.png", "empty.jpg", "missing.png", picture("b.png", 200, 3),
                                  "--json", "--max-tokens", "5"});
  EXPECT_EQ(ended.code, 7);
  const auto lines = lines_of(ended.out);
  ASSERT_EQ(lines.size(), 5u);
  for (const size_t good : {0u, 4u}) {
    EXPECT_TRUE(lines[good].contains("text"));
    EXPECT_LE(lines[good]["tokens"], 5);
    EXPECT_TRUE(lines[good].contains("seconds"));
  }
  for (const size_t bad : {1u, 2u, 3u}) EXPECT_TRUE(lines[bad].contains("error"));
  EXPECT_EQ(lines[1]["image"], "bad.png");
  EXPECT_EQ(with_model({"caption", "bad.png"}).code, 3);
}

TEST_F(Demos, CaptionReadsListsAndStdin) {
  picture("a.png"), picture("b.png");
  const Ended listed = with_model({"caption", "--list", "-", "--json", "--max-tokens", "3"}, "a.png\r\nb.png\n\n");
  EXPECT_EQ(listed.code, 0) << listed.error;
  EXPECT_EQ(lines_of(listed.out).size(), 2u);
  const Ended marked = with_model({"caption", "--list", "-", "--json", "--max-tokens", "3"},
                                  "\xef\xbb\xbf"
                                  "a.png\n");
  EXPECT_EQ(marked.code, 0) << marked.error;
  expect_refusal(with_model({"caption", "--list", "a.png"}), 3, "a.png: is no text");
  const Ended piped = with_model({"caption", "-", "--json", "--max-tokens", "3"}, here_.read("a.png"));
  EXPECT_EQ(piped.code, 0) << piped.error;
  EXPECT_EQ(lines_of(piped.out)[0]["text"], lines_of(listed.out)[0]["text"]);
}

TEST_F(Demos, PromptsOfEveryKind) {
  const std::string a = picture("a.png");
  for (const std::string& prompt : {std::string("<｜end▁of▁sentence｜><|User|><image_placeholder><begin_of_image>"),
                                    std::string("\xff\xfe broken \xc3"), std::string(), std::string("für 图")}) {
    const Ended ended = with_model({"caption", a, "--prompt", prompt, "--json", "--max-tokens", "3"});
    EXPECT_EQ(ended.code, 0) << prompt << ended.error;
    EXPECT_EQ(lines_of(ended.out).size(), 1u);
  }
  expect_refusal(with_model({"caption", a, "--prompt", std::string(100'000, '7')}), 5, "reads at most 16383");
  expect_refusal(with_model({"imagine", std::string(100'000, '7'), "-o", "x.png"}), 5, "shorten it");
  expect_refusal(with_model({"imagine", "  \n", "-o", "x.png"}), 2, "empty");
  EXPECT_EQ(with_model({"imagine", "<begin_of_image>\xff", "-o", "x.png", "--quiet"}).code, 0);
  expect_refusal(with_model({"imagine", "--prompts", "-", "-o", "y.png"}, std::string("a star\nb\0c\n", 11)), 3,
                 "stdin: is no text");
  EXPECT_FALSE(std::filesystem::exists(here_ / "y-1.png")) << "told before anything is drawn";
}

// ---- imagine

TEST_F(Demos, ImagineDrawsAloneAndTogether) {
  const Ended four = with_model({"imagine", "a red star", "-n", "4", "-o", "x.png", "--seed", "7", "--json"});
  ASSERT_EQ(four.code, 0) << four.error;
  const auto lines = lines_of(four.out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2]["file"], "x-3.png");
  EXPECT_EQ(lines[2]["seed"], 9);
  EXPECT_EQ(lines[2]["prompt"], "a red star");
  EXPECT_EQ(here_.files(), 5u) << "four pictures and the sheet";
  EXPECT_GT(load_image(here_ / "x.png").width, 64);
  const Ended alone = with_model({"imagine", "a red star", "-o", "alone.png", "--seed", "9"});
  EXPECT_EQ(alone.code, 0);
  EXPECT_EQ(alone.out, "alone.png\n");
  EXPECT_EQ(load_image(here_ / "alone.png").rgb, load_image(here_ / "x-3.png").rgb);
  EXPECT_THAT(here_.read("alone.png"), HasSubstr("a red star")) << "a text chunk";
  EXPECT_EQ(load_image(here_ / "alone.png").width, 32);

  // Seeds are 64 bits; zero follows the largest.
  const Ended last =
      with_model({"imagine", "a red star", "-n", "2", "-o", "last.png", "--seed", "18446744073709551615", "--json"});
  ASSERT_EQ(last.code, 0) << last.error;
  EXPECT_EQ(lines_of(last.out)[0]["seed"], UINT64_MAX);
  EXPECT_EQ(lines_of(last.out)[1]["seed"], 0);
  ASSERT_EQ(with_model({"imagine", "a red star", "-o", "zero.png", "--seed", "0"}).code, 0);
  EXPECT_EQ(load_image(here_ / "zero.png").rgb, load_image(here_ / "last-2.png").rgb);
  EXPECT_NE(load_image(here_ / "zero.png").rgb, load_image(here_ / "last-1.png").rgb);
}

TEST_F(Demos, ImagineOtherWaysOut) {
  const Ended piped = with_model({"imagine", "a star", "-o", "-"});
  EXPECT_EQ(piped.code, 0) << piped.error;
  EXPECT_EQ(piped.out.substr(1, 3), "PNG");
  const Ended listed = with_model({"imagine", "--prompts", "-", "-o", "p.png", "--json", "--size", "512", "--preview", "now.png"},
                                  "a star\na circle\n");
  EXPECT_EQ(listed.code, 0) << listed.error;
  EXPECT_EQ(lines_of(listed.out)[1]["prompt"], "a circle");
  EXPECT_EQ(load_image(here_ / "p-2.png").width, 512);
  EXPECT_EQ(load_image(here_ / "now.png").rgb, load_image(here_ / "p-1.png").rgb) << "the preview ends as the picture";
}

TEST_F(Demos, WhereNothingCanBeWrittenIsToldBeforeTheWork) {
  std::filesystem::create_directory(here_ / "folder.png");
  for (const auto& [place, code, words] :
       {std::tuple{"no/such/folder.png", 1, "create the folder first"}, std::tuple{"folder.png", 2, "give the name of a file"}}) {
    for (std::vector<std::string> arguments :
         std::vector<std::vector<std::string>>{{"imagine", "a star", "-o", place},
                                               {"imagine", "a star", "-o", "x.png", "--preview", place},
                                               {"trace", "--text", "a star", "--greedy", "1", "--out", place}}) {
      arguments.emplace_back("--verbose");
      const Ended ended = with_model(arguments);
      expect_refusal(ended, code, words);  // one line: nothing was loaded, of which --verbose would tell
      EXPECT_THAT(ended.error, HasSubstr(place));
      EXPECT_FALSE(std::filesystem::exists(here_ / "x.png"));
    }
  }
}

TEST_F(Demos, ImagineNamesTheWordsThatTheModelNeverLearned) {
  const std::string prompt = "Draw a red fox's STAR, 2 foxes in Schnee \u96ea please; don't snow snow";
  const auto said = [&](const std::string& list, std::vector<std::string> more = {}) {
    const TemporaryFolder model;
    for (const auto& file : std::filesystem::directory_iterator(model_->path()))
      std::filesystem::copy(file.path(), model / file.path().filename().string());
    if (list != "none") model.write("known_words.txt", list);
    std::vector<std::string> arguments{"imagine", prompt, "-o", "w.png", "--threads", "1", "--model", model.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = bifrons(arguments);
    EXPECT_EQ(ended.code == 0, std::filesystem::exists(here_ / "w.png")) << ended.error;
    std::filesystem::remove(here_ / "w.png");
    return ended.error;
  };
  EXPECT_EQ(said("a\nred\nstar\r\ndraw\n\nplease\nin\n2\ndon't\nschnee\n\u96ea"),
            "bifrons: the model does not know: fox's, foxes, snow; it draws the nearest it can\n");
  EXPECT_EQ(
      said("a\n"),
      "bifrons: the model does not know: draw, red, fox's, star, 2, foxes, in, schnee and 4 more; it draws the nearest it can\n");
  EXPECT_EQ(said("a\n", {"--quiet"}), "");
  EXPECT_EQ(said("none"), "") << "a model without a list is taken to know everything";
  EXPECT_THAT(said("a\nRed\n"), HasSubstr("known_words.txt: line 2 is no lower-case word"));
  EXPECT_THAT(said("two words\n"), HasSubstr("line 1"));
  EXPECT_THAT(said("\xff\n"), HasSubstr("line 1"));
  EXPECT_THAT(said(std::string(65, 'x')), HasSubstr("line 1"));
  EXPECT_THAT(said(std::string((1 << 20) + 1, '\n')), HasSubstr("1048577"));
}

TEST_F(Demos, EverySizeOfferedIsGiven) {
  for (const int size : {512, 768, 1024}) {
    ASSERT_EQ(with_model({"imagine", "a star", "-o", "s.png", "--size", std::to_string(size)}).code, 0);
    const Image image = load_image(here_ / "s.png");
    EXPECT_EQ(image.width, size);
    EXPECT_EQ(image.height, size);
  }
  ASSERT_EQ(with_model({"imagine", "a star", "-o", "s.png", "-n", "2", "--size", "512"}).code, 0);
  for (const char* chunk : {"prompt", "seed", "model", "settings", "version"})
    EXPECT_THAT(here_.read("s.png"), HasSubstr(chunk)) << "the contact sheet";
  EXPECT_EQ(load_image(here_ / "s-2.png").width, 512);
  EXPECT_EQ(load_image(here_ / "s.png").width, 2 * 512 + 3 * 8);
}

TEST_F(Demos, NothingHalfWrittenAtAnyKill) {
  ASSERT_EQ(with_model({"imagine", "a star", "-o", "x.png"}).code, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGKILL})
    for (const double after : {0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4}) {
      const Ended ended =
          with_model({"imagine", "a circle", "-o", "x.png", "-n", "3", "--preview", "now.png"}, "", {signal, after});
      // -signal: it came before the program had its handlers
      EXPECT_TRUE(ended.code == 0 || ended.code == -signal || (signal != SIGKILL && ended.code == 128 + signal))
          << ended.code << " " << ended.error;
      for (const auto& entry : std::filesystem::directory_iterator(here_.path())) {
        const std::string name = entry.path().filename();
        EXPECT_TRUE(name == "x.png" || name == "x-1.png" || name == "x-2.png" || name == "x-3.png" || name == "now.png")
            << name << " was left";
        EXPECT_NO_THROW(load_image(entry.path())) << name << " is half a picture";
      }
    }
}

// ---- the others

TEST_F(Demos, TokenizeBothWays) {
  const Ended ids = with_model({"tokenize"}, R"(["a red star", "<|User|>", ""])");
  ASSERT_EQ(ids.code, 0) << ids.error;
  const Json lists = Json::parse(ids.out);
  EXPECT_GT(lists[1].size(), 1u) << "not a special token";
  EXPECT_EQ(lists[2].size(), 0u);
  EXPECT_EQ(Json::parse(with_model({"tokenize", "--special"}, R"(["<|User|>"])").out), Json::parse("[[156]]"));
  EXPECT_EQ(Json::parse(with_model({"tokenize", "--decode"}, ids.out).out), Json::parse(R"(["a red star", "<|User|>", ""])"));
  expect_refusal(with_model({"tokenize"}, "{"), 3, "JSON list of strings");
  expect_refusal(with_model({"tokenize", "--decode"}, "[\"a\"]"), 3, "lists of ids");
}

TEST_F(Demos, InspectSaysWhatItIs) {
  const Ended json = bifrons({"inspect", port_->path(), "--json"});
  ASSERT_EQ(json.code, 0) << json.error;
  const Json report = Json::parse(json.out);
  EXPECT_EQ(report["architecture"], "janus");
  EXPECT_EQ(report["parameters"], 1222443) << "janus.md 12.3";
  EXPECT_TRUE(report["memory"].contains("q4"));
  EXPECT_EQ(report["parts"]["text head"]["parameters"], 160 * 64);
  const auto parts = [&](std::initializer_list<const char*> names) {  // f32: four bytes a parameter
    int64_t bytes = 0;
    for (const char* name : names) bytes += 4 * report["parts"][name]["parameters"].get<int64_t>();
    return bytes;
  };
  EXPECT_EQ(report["memory"]["f32"]["look_bytes"], parts({"language model", "text head", "vision tower", "aligner"}));
  EXPECT_EQ(report["memory"]["f32"]["draw_bytes"], parts({"language model", "drawing head and aligner", "image decoder"}));
  EXPECT_GE(report["machine"]["cores"], 1);
  const Ended text = bifrons({"inspect", model_->path()});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, HasSubstr("246 tensors, 1222443 parameters"));
}

TEST_F(Demos, InspectSaysWhatDoesNotFit) {
  std::filesystem::copy(port_->path(), here_ / "bent");
  Json config = Json::parse(here_.read("bent/config.json"));
  config["text_config"]["intermediate_size"] = 95;
  here_.write("bent/config.json", config.dump());
  const Ended json = bifrons({"inspect", "bent", "--json"}), text = bifrons({"inspect", "bent"});
  const Json report = Json::parse(json.out);
  EXPECT_EQ(report["can"], Json::array());
  EXPECT_THAT(report["problem"].get<std::string>(), AllOf(HasSubstr("mlp"), HasSubstr("96"), HasSubstr("95")));
  for (const Ended& ended : {json, text}) {
    EXPECT_EQ(ended.code, 3);
    EXPECT_EQ(ended.error, "bifrons: " + report["problem"].get<std::string>() + "\n");
  }
  EXPECT_THAT(text.out, HasSubstr("1222443 parameters")) << "what it holds is said all the same";
}

TEST_F(Demos, TraceWritesAFileThatSaysHowItWasMade) {
  const Ended ended = with_model({"trace", "--ids", "150,3,1,4", "--greedy", "3", "--tensors", "greedy,ids", "--out",
                                  "t.safetensors", "--backend", "reference"});
  ASSERT_EQ(ended.code, 0) << ended.error;
  const std::string file = here_.read("t.safetensors");
  uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  const Json header = Json::parse(file.substr(8, length));
  EXPECT_EQ(header["greedy"]["dtype"], "I64");
  EXPECT_EQ(header["ids"]["shape"], Json({4}));
  EXPECT_THAT(header["__metadata__"]["command"], HasSubstr("--greedy 3"));
  EXPECT_EQ(header["__metadata__"]["dtype"], "f32");
  EXPECT_EQ(header.size(), 3u);
  expect_refusal(with_model({"trace", "--out", "u.safetensors"}), 2, "nothing to trace");
  expect_refusal(with_model({"trace", "--ids", "1,x", "--out", "u.safetensors"}), 2, "'x' is no token id");
  expect_refusal(with_model({"trace", "--ids", "1,999", "--out", "u.safetensors"}), 2, "999");
  EXPECT_FALSE(std::filesystem::exists(here_ / "u.safetensors"));
  const Ended bytes = with_model({"trace", "--text", "a\xff", "--tensors", "ids", "--out", "v.safetensors"});
  EXPECT_EQ(bytes.code, 0) << bytes.error << "arguments need not be UTF-8";
}

TEST_F(Demos, ChatThroughAPipe) {
  picture("a.png");
  const Ended ended = with_model({"chat", "a.png", "--max-tokens", "4"},
                                 "What is it?\nAnd now?\n/image a.png\n/doc x.pdf\n/nonsense\n/imagine a star\n/save "
                                 "talk.json\n/reset\nHello\n/quit\nnever\n");
  EXPECT_THAT(ended.error, HasSubstr("x.pdf"));
  EXPECT_THAT(ended.error, HasSubstr("/nonsense"));
  EXPECT_EQ(load_image(here_ / "bifrons-1.png").width, 32);
  const Json talk = Json::parse(here_.read("talk.json"));
  ASSERT_EQ(talk.size(), 6u);
  EXPECT_EQ(talk[5]["content"][0]["image_url"]["url"], "bifrons-1.png");
  EXPECT_EQ(talk[0]["content"][0]["type"], "image_url");
  EXPECT_EQ(talk[3]["role"], "assistant");
}

TEST_F(Demos, BenchMeasures) {
  const Ended ended = with_model({"bench", "--dtype", "f32,q8", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.error;
  const Json report = Json::parse(ended.out);
  EXPECT_GT(report["machine"]["read_gb_s"], 0);
  EXPECT_EQ(report["results"].size(), 14u);
  for (const Json& one : report["results"]) {
    EXPECT_GT(one["ms"], 0) << one;
    EXPECT_GT(one["floor_ms"], 0) << one;
    EXPECT_GT(one["share"], 0) << one;
  }
}

}  // namespace
}  // namespace bifrons
