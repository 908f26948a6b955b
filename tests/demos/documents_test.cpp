// tests/demos/documents_test.cpp - ask, doc and chat with documents, from outside: what they print, how they exit, what they keep
// and leave behind. Documents are written by hand, but for one scan.
#include "tests/demos/documents.h"

#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "ocr/document/library.h"
#include "tests/language/remote_stub.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/temporary_folder.h"
#include "vision/image.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// A chat completion in pieces, as an OpenAI-compatible server streams it.
Handler says(std::vector<std::string> pieces, const std::string& thought = "") {
  return [=](const StubRequest&, StubConnection& c) {
    std::string body;
    const auto chunk = [&](const Json& delta, const Json& end) {
      body += "data: " +
              Json{{"object", "chat.completion.chunk"},
                   {"model", "stub"},
                   {"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", end}}}}}
                  .dump() +
              "\n\n";
    };
    if (!thought.empty()) chunk({{"reasoning_content", thought}}, nullptr);
    for (const std::string& piece : pieces) chunk({{"content", piece}}, nullptr);
    chunk(Json::object(), "stop");
    c.stream(body + "data: [DONE]\n\n");
  };
}

// A small PNG whose header says something else, with the right checksum.
std::string resized_by_header(uint32_t width, uint32_t height) {
  const auto bytes = encode_png(Image(8, 8));
  std::string png(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto put = [&](size_t at, uint32_t value) {
    for (int i = 0; i < 4; ++i) png[at + size_t(i)] = char(value >> (24 - 8 * i));
  };
  put(16, width), put(20, height);
  uint32_t sum = ~0u;  // CRC-32 of type and content, PNG 5.5
  for (size_t i = 12; i < 29; ++i) {
    sum ^= uint8_t(png[i]);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
  }
  put(29, ~sum);
  return png;
}

// ---- arguments

TEST_F(Documents, HelpTeaches) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{"ask"},
                                                                                       {"doc", "read"},
                                                                                       {"doc", "search"},
                                                                                       {"doc", "locate"},
                                                                                       {"doc", "ask"},
                                                                                       {"doc", "list"},
                                                                                       {"doc", "forget"},
                                                                                       {"chat"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--help");
    const Ended help = bifrons(arguments);
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  bifrons " + (command[0] == "doc" && command[1] == "ask" ? "ask" : command[0])))
        << command.back();
    if (command.back() != "list" && command.back() != "forget") {
      for (const char* option : {"--lang", "--pages", "--ocr", "--password-stdin", "--no-library"})
        EXPECT_THAT(help.out, HasSubstr(option));
    }
  }
  const Ended doc = bifrons({"doc", "--help"});
  EXPECT_EQ(doc.code, 0);
  for (const char* word : {"read", "search", "locate", "ask", "list", "forget", "Exit codes"})
    EXPECT_THAT(doc.out, HasSubstr(word));
}

TEST_F(Documents, BadArguments) {
  expect_refusal(bifrons({"doc"}), 2, "say what to do: read, search, locate, ask, list and forget; see bifrons doc --help");
  expect_refusal(bifrons({"doc", "fly"}), 2, "there is no command 'doc fly'");
  expect_refusal(bifrons({"doc", "read"}), 2, "bifrons doc read needs file");
  expect_refusal(bifrons({"doc", "read", "lease.pdf", "--frobnicate"}), 2, "see bifrons doc read --help");
  expect_refusal(bifrons({"doc", "read", "lease.pdf", "--format", "docx"}), 2, "'docx' is not offered");
  expect_refusal(bifrons({"doc", "read", "lease.pdf", "--ocr", "often"}), 2, "'often' is not offered");
  expect_refusal(bifrons({"doc", "read", "lease.pdf", "--pages", "3-x"}), 2, "3-x");
  expect_refusal(bifrons({"doc", "read", "lease.pdf", "--pages", "7"}), 2, "it has 3 pages");
  expect_refusal(bifrons({"doc", "search", "lease.pdf"}), 2, "bifrons doc search needs question");
  expect_refusal(bifrons({"doc", "search", "lease.pdf", "rent", "-k", "0"}), 2, "--most: '0'");
  expect_refusal(bifrons({"doc", "search", "lease.pdf", ""}), 2, "the question is empty");
  expect_refusal(bifrons({"doc", "locate", "lease.pdf", " "}), 2, "the quotation is empty");
  expect_refusal(bifrons({"ask", "lease.pdf", ""}), 2, "the question is empty");
  expect_refusal(bifrons({"doc", "forget"}), 2, "name what to forget");
  expect_refusal(bifrons({"doc", "forget", "lease.pdf", "--all"}), 2, "both");
  expect_refusal(bifrons({"ask"}), 2, "no document was given");
  expect_refusal(bifrons({"ask", "-"}), 2, "the question must stand on the command line");
  expect_refusal(bifrons({"ask", "-", "What?", "--password-stdin"}), 2, "stdin cannot hold both");
  expect_refusal(bifrons({"ask", "lease.pdf", "What?", "--route", "sing"}), 2, "'sing' is no route");
  expect_refusal(bifrons({"ask", "lease.pdf", "What?", "--route", "draw"}), 2, "bifrons imagine");
  expect_refusal(bifrons({"ask", "lease.pdf", "What?", "--show", "-"}), 2, "--show -");
  expect_refusal(bifrons({"ask", "lease.pdf", "What?", "--eager", "--no-library"}), 2, "--no-library");
  expect_refusal(bifrons({"ask", "lease.pdf", "What?", "--text-model", "ftp://x"}), 2, "ftp://x");
  expect_refusal(bifrons({"ask", "lease.pdf", "contract.pdf"}), 3, "contract.pdf: there is no such file");
  expect_refusal(bifrons({"ask", "nowhere.pdf", "What?"}), 3, "nowhere.pdf");
}

TEST_F(Documents, WhereNothingCanBeWrittenIsToldBeforeTheWork) {
  std::filesystem::create_directory(here_ / "folder");
  for (const auto& [place, code, words] :
       {std::tuple{"no/such/folder.png", 1, "create the folder first"}, std::tuple{"folder", 2, "give the name of a file"}}) {
    expect_refusal(bifrons({"doc", "read", "lease.pdf", "-o", place, "--verbose"}), code, words);
    expect_refusal(bifrons({"doc", "read", "lease.pdf", "--format", "text", "-o", place}), code, words);
    expect_refusal(bifrons({"ask", "lease.pdf", "What is the rent?", "--show", place, "--verbose"}), code, words);
    expect_refusal(bifrons({"doc", "ask", "lease.pdf", "What is the rent?", "--show", place}), code, words);
    // The document is not even opened, let alone kept.
    expect_refusal(bifrons({"doc", "read", "nowhere.pdf", "-o", place}), code, words);
    EXPECT_FALSE(std::filesystem::exists(here_ / ".cache"));
  }
}

TEST_F(Documents, WhatCannotBeDoneHereSaysWhatWouldDoIt) {
  const std::string star = std::string(BIFRONS_SOURCE_DIR) + "/models/nano-janus/examples/red-star-blue-circle.png";
  std::filesystem::create_directory(here_ / "text-only");
  here_.write("text-only/config.json", R"({"model_type":"llama"})");
  for (const char* route : {"look", "read", "think"})
    expect_refusal(bifrons({"ask", star, "What is it?", "--route", route, "--model", "text-only"}), 6,
                   "text-only/config.json: is a llama model; Bifrons runs multi_modality (the original Janus) and janus (its "
                   "Hugging Face port); name the folder of one with --model DIR, or leave --model out for the embedded one");
  expect_refusal(bifrons({"ask", "lease.pdf", "What is it?", "--route", "look"}), 6,
                 "the user asked for the route 'look', which cannot be done here: attach the picture");
  expect_refusal(bifrons({"ask", "lease.pdf", "What is it?", "--route", "think"}), 6,
                 "the user asked for the route 'think', but no text model is configured: name a text model with --text-model");
  expect_refusal(bifrons({"ask", "lease.pdf", "What is it?", "--route", "draw"}), 2, "use bifrons imagine");
}

// The embedded model knows its shapes: plain text is not for it, and of a picture only its words.
TEST_F(Documents, TheEmbeddedModelDoesNotGuess) {
  const std::string star = std::string(BIFRONS_SOURCE_DIR) + "/models/nano-janus/examples/red-star-blue-circle.png";
  constexpr const char* refused =
      "no text model is configured, and nano-janus (embedded) knows nothing but its pictures: name a text model with "
      "--text-model "
      "URL[#name]";
  struct Line {
    const char *input, *said;
  };
  const Line lines[] = {
      {"What is the capital of France?\n", refused}, {"How are you?\n", refused},       {"What is 12*13?\n", refused},
      {"/reset\nWhat is the total due?\n", refused}, {"法国的首都是哪里？\n", refused},
  };
  for (const Line& line : lines) {
    const Ended ended = bifrons({"chat"}, line.input);
    EXPECT_EQ(ended.code, 6) << line.input;
    EXPECT_THAT(ended.error, HasSubstr(line.said)) << line.input;
    EXPECT_EQ(ended.out, "") << line.input;
  }
  const Line looks[] = {
      {"How many shapes are there?", ""},
      {"What is in this picture?", ""},
      {"这张图片里有什么？", "the model does not know: 这张图片里有什么; its answer is a guess"},
      {"Is there an elephant?", "the model does not know: elephant; its answer is a guess"},
  };
  for (const Line& look : looks) {
    for (const Ended& ended : {bifrons({"chat", star}, look.input + std::string("\n")), bifrons({"ask", star, look.input}),
                               bifrons({"caption", star, "--prompt", look.input})}) {
      EXPECT_EQ(ended.code, 0) << look.input;
      EXPECT_NE(ended.out, "") << look.input;
      EXPECT_EQ(ended.error, look.said == std::string() ? "" : "bifrons: " + std::string(look.said) + "\n");
    }
    const Json answer = json_of(bifrons({"ask", star, look.input, "--json"}));
    ASSERT_EQ(answer["warnings"].size(), look.said == std::string() ? 0u : 1u) << look.input;
    if (!answer["warnings"].empty()) {
      EXPECT_EQ(answer["warnings"][0]["code"], "unknown_words");
      EXPECT_EQ(answer["warnings"][0]["message"], look.said);
    }
  }
}

// ---- limits

TEST_F(Documents, EveryLimitIsAnOption) {
  std::string large = resized_by_header(30000, 30000);
  here_.write("large.png", large);
  struct Case {
    const char *file, *option, *value;
    int code;
    const char* says;
  };
  const Case cases[] = {
      {"lease.pdf", "--max-file", "1000", 5, "raise it with --max-file"},
      {"lease.pdf", "--max-file", "1kB", 5, "over the limit of 1000"},
      {"lease.pdf", "--max-file", "1KiB", 5, "over the limit of 1024"},
      {"lease.pdf", "--max-file", "0.5M", 0, ""},
      {"lease.pdf", "--max-file", "2GiB", 0, ""},
      {"lease.pdf", "--max-pages", "2", 5, "raise the limit with --max-pages"},
      {"lease.pdf", "--max-pages", "5000", 0, ""},
      {"large.png", "--max-pixels", "100M", 5, "raise the limit with --max-pixels"},
      {"lease.pdf", "--max-characters", "50", 0, "--max-characters takes more"},
      {"lease.pdf", "--max-characters", "200k", 0, ""},
      {"lease.pdf", "--max-memory", "2GB", 0, ""},
      {"lease.pdf", "--max-recognised-pixels", "20M", 0, ""},
      {"lease.pdf", "--max-recognised-side", "12k", 0, ""},
      {"lease.pdf", "--max-held", "1MiB", 0, ""},
      {"lease.pdf", "--max-held", "2GB", 0, ""},
      {"lease.pdf", "--max-text-seconds", "20.5", 0, ""},
      {"lease.pdf", "--max-render-seconds", "30", 0, ""},
      {"lease.pdf", "--max-recognise-seconds", "30", 0, ""},
      {"lease.pdf", "--library-bytes", "100MB", 0, ""},
      {"lease.pdf", "--max-file", "12XB", 2, "--max-file: '12XB' is no size from 1 byte to 1TiB, written like 256MiB or 2GB"},
      {"lease.pdf", "--max-file", "-1", 2, "--max-file"},
      {"lease.pdf", "--max-file", "0", 2, "'0' is no size"},
      {"lease.pdf", "--max-file", "1e9", 2, "'1e9' is no size"},
      {"lease.pdf", "--max-file", "2TiB", 2, "to 1TiB"},
      {"lease.pdf", "--max-file", "99999999999999999999999", 2, "to 1TiB"},
      {"lease.pdf", "--max-file", "", 2, "--max-file"},
      {"lease.pdf", "--max-pages", "0", 2, "'0' is no number from 1 to 10M"},
      {"lease.pdf", "--max-pages", "2MiB", 2, "'2MiB' is no number"},
      {"lease.pdf", "--max-pixels", "many", 2, "'many' is no number"},
      {"lease.pdf", "--max-recognised-pixels", "200M", 2, "from 10k to 100M"},
      {"lease.pdf", "--max-recognised-side", "50k", 2, "from 100 to 32k"},
      {"lease.pdf", "--max-held", "1kB", 2, "from 1MiB to 1TiB"},
      {"lease.pdf", "--max-characters", "1M", 2, "from 1 to 500k"},
      {"lease.pdf", "--max-memory", "1MiB", 2, "from 256MiB to 1TiB"},
      {"lease.pdf", "--max-text-seconds", "0", 2, "from 0.1 to 86400"},
      {"lease.pdf", "--max-render-seconds", "nan", 2, "from 0.1 to 86400"},
      {"lease.pdf", "--max-recognise-seconds", "soon", 2, "from 0.1 to 86400"},
      {"lease.pdf", "--library-bytes", "1MiB", 2, "from 64MiB to 1TiB"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.option) + " " + c.value);
    const Ended ended = bifrons({"doc", "read", c.file, "--format", "text", "--no-library", c.option, c.value});
    EXPECT_EQ(ended.code, c.code) << ended.error;
    EXPECT_THAT(ended.error, HasSubstr(c.says));
    if (c.code == 0 && c.says == std::string()) {
      EXPECT_EQ(ended.error, "");
    }
  }
  const std::string piped = here_.read("lease.pdf");
  EXPECT_THAT(bifrons({"doc", "read", "-", "--max-file", "1kB"}, piped).error, HasSubstr("raise it with --max-file"));
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"ask"}, {"chat"}, {"doc", "read"}, {"doc", "search"}, {"doc", "locate"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--help");
    const Ended help = bifrons(arguments);
    EXPECT_THAT(help.out, HasSubstr("Limits:\n")) << command.back();
    for (const Case& c : cases) EXPECT_THAT(help.out, HasSubstr(c.option)) << command.back();
  }
}

TEST_F(Documents, TheLibrarysSizeStandsInTheConfigFile) {
  std::filesystem::create_directories(here_ / ".config/bifrons");
  here_.write(".config/bifrons/config.json", R"({"library_bytes": 1000})");
  expect_refusal(bifrons({"doc", "read", "lease.pdf", "--format", "text"}), 3,
                 "config.json: 'library_bytes' must be a whole number of bytes from 67108864, not 1000");
  EXPECT_EQ(bifrons({"doc", "read", "lease.pdf", "--format", "text", "--no-library"}).code, 0);
  EXPECT_EQ(bifrons({"doc", "read", "lease.pdf", "--format", "text", "--library-bytes", "64MiB"}).code, 0);
  here_.write(".config/bifrons/config.json", R"({"library_bytes": 67108864})");
  EXPECT_EQ(bifrons({"doc", "read", "lease.pdf", "--format", "text"}).code, 0);
  EXPECT_GT(kept_pages(), 0);
}

TEST_F(Documents, WhatNobodyReadsEndsAsOtherToolsDo) {
  here_.write("book.pdf", contract(60));
  for (const char* command : {"doc read book.pdf", "doc read book.pdf --format jsonl", "doc read book.pdf --format text",
                              "doc search book.pdf rent", "doc read --help"}) {
    SCOPED_TRACE(command);
    int out[2], error[2];
    ASSERT_EQ(pipe(out) | pipe(error), 0);
    const pid_t child = fork();
    if (child == 0) {
      dup2(out[1], 1), dup2(error[1], 2);
      for (const int one : {out[0], out[1], error[0], error[1]}) close(one);
      setenv("HOME", here_.path().c_str(), 1);
      const std::string line = std::string("exec " BIFRONS_BINARY " ") + command;
      if (chdir(here_.path().c_str()) == 0) execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
      _exit(127);
    }
    for (const int one : {out[0], out[1], error[1]}) close(one);  // nobody reads
    std::string said(1000, 0);
    size_t size = 0;
    for (ssize_t got; size < said.size() && (got = read(error[0], said.data() + size, said.size() - size)) > 0;)
      size += size_t(got);
    close(error[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) << status;
    EXPECT_EQ(said.substr(0, size), "");
  }
}

TEST_F(Documents, AVariableThatMakesNoSenseIsNamed) {
  expect_refusal(run({"doc", "read", "lease.pdf"}, here_.path(), "", {}, {{"BIFRONS_THREADS", "abc"}}), 2,
                 "bifrons: BIFRONS_THREADS: 'abc' is no whole number from 1 to 1024");
  expect_refusal(run({"doc", "read", "lease.pdf", "--threads", "x"}, here_.path()), 2,
                 "bifrons: --threads: 'x' is no whole number");
}

// ---- what cannot be read

TEST_F(Documents, EveryExitCode) {
  here_.write("empty.pdf", "");
  here_.write("noise.pdf", "%PDF-1.7\n\x01\x02\x03 nothing here");
  here_.write("zip.pdf", std::string("PK\x03\x04", 4) + std::string(60, 'x'));
  here_.write("words.txt", "just words\n");
  here_.write("huge.png", resized_by_header(30000, 30000));
  here_.write("cut.png", resized_by_header(500, 500).substr(0, 60));
  PdfWriter blank;
  blank.add_page("");
  here_.write("blank.pdf", blank.bytes());
  for (const char* command : {"read", "ask"}) {
    const auto with = [&](const std::string& file, std::vector<std::string> more = {}, const std::string& input = "") {
      std::vector<std::string> arguments = command == std::string("ask")
                                               ? std::vector<std::string>{"ask", file, "What is it?"}
                                               : std::vector<std::string>{"doc", "read", file, "--format", "text"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      return bifrons(arguments, input);
    };
    expect_refusal(with("empty.pdf"), 3, "empty.pdf: the file is empty (0 bytes); save or copy the document again");
    expect_refusal(with("noise.pdf"), 3, "noise.pdf");
    expect_refusal(with("zip.pdf"), 3, "ZIP");
    expect_refusal(with("words.txt"), 3, "words.txt");
    expect_refusal(with("."), 3, ".");
    expect_refusal(with("lease.pdf", {"--lang", "klingon", "--ocr", "always"}), 6, "klingon");
    for (const char* languages : {"../eng", "eng+", "+", "eng,chi_sim"})
      expect_refusal(with("lease.pdf", {"--lang", languages}), 2, "--lang");
    for (int again = 0; again < 2; ++again) {  // none of its pages can be read: said every time, not "not found in the document"
      expect_refusal(with("huge.png"), 5, "huge.png");
      expect_refusal(with("cut.png"), 3, "cut.png");
    }
    EXPECT_EQ(with("blank.pdf").code, 0);
  }
  expect_refusal(
      bifrons({"doc", "read", "lease.pdf", "--format", "text"}, "", {}, {{"BIFRONS_READER", "/nowhere/bifrons-reader"}}), 6,
      "/nowhere/bifrons-reader");
  // Programs find the reason on stdout, too.
  const Ended ended = bifrons({"doc", "read", "zip.pdf"});
  EXPECT_EQ(ended.code, 3);
  const Json report = Json::parse(ended.out);
  EXPECT_EQ(report["status"], "error");
  EXPECT_EQ(report["error"]["code"], "unsupported_format");
  EXPECT_EQ(report["file"]["name"], "zip.pdf");
  const Ended huge = bifrons({"doc", "read", "huge.png"});
  EXPECT_EQ(huge.code, 5);
  EXPECT_EQ(Json::parse(huge.out)["status"], "error");
  EXPECT_EQ(Json::parse(huge.out)["error"]["code"], "too_large");
  EXPECT_EQ(Json::parse(huge.out)["file"]["type"], "png");
  EXPECT_EQ(Json::parse(huge.out)["warnings"][0]["code"], "too_large");
  EXPECT_EQ(Json::parse(huge.out)["pages"][0]["width"], 30000);
}

TEST_F(Documents, PasswordsComeByStdinOnly) {
  const std::string locked = std::string(BIFRONS_SOURCE_DIR) + "/tests/data/documents/locked.pdf";
  expect_refusal(bifrons({"doc", "read", locked, "--format", "text"}), 4, "locked.pdf");
  expect_refusal(bifrons({"doc", "read", locked, "--format", "text", "--password-stdin"}, "falsch\n"), 4, "locked.pdf");
  const Ended right = bifrons({"doc", "read", locked, "--format", "text", "--password-stdin"}, "geheim\n");
  EXPECT_EQ(right.code, 0) << right.error;
  EXPECT_THAT(right.out, HasSubstr("The door code is 4471."));
  expect_refusal(bifrons({"doc", "read", locked, "--format", "text"}), 4, "locked.pdf");  // kept pages open no lock
  // After the password, stdin holds questions.
  const Ended asked = bifrons({"ask", locked, "--password-stdin", "--json"}, "geheim\nWhat is the door code?\n");
  EXPECT_THAT(json_of(asked)["answer"].get<std::string>(), HasSubstr("4471"));
  EXPECT_EQ(bifrons({"doc", "read", locked, "--password-stdin"}, std::string(5000, 'x')).code, 5);
}

// ---- doc

TEST_F(Documents, ReadInEveryFormat) {
  const Json whole = json_of(bifrons({"doc", "read", "lease.pdf"}));
  EXPECT_EQ(whole["version"], 1);
  EXPECT_EQ(whole["status"], "ok");
  EXPECT_EQ(whole["file"]["name"], "lease.pdf");
  EXPECT_EQ(whole["file"]["type"], "pdf");
  ASSERT_EQ(whole["pages"].size(), 3u);
  EXPECT_EQ(whole["pages"][1]["page"], 2);
  EXPECT_EQ(whole["pages"][1]["source"], "text");
  EXPECT_EQ(whole["pages"][1]["unit"], "pt");
  const Json word = whole["pages"][1]["blocks"][0]["lines"][0]["words"][0];
  EXPECT_EQ(word["text"], "Lease");
  EXPECT_NEAR(word["box"][0].get<double>(), 72, 2);
  const auto lines = lines_of(bifrons({"doc", "read", "lease.pdf", "--format", "jsonl"}).out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2]["page"], 3);
  EXPECT_EQ(lines[1]["blocks"], whole["pages"][1]["blocks"]) << "the same from the library";
  const std::string text = bifrons({"doc", "read", "lease.pdf", "--format", "text"}).out;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\f'), 2);
  EXPECT_THAT(text, HasSubstr("The monthly rent is 2,350.00 EUR"));
  EXPECT_THAT(bifrons({"doc", "read", "lease.pdf", "--format", "md"}).out, HasSubstr("Lease of the workshop, section 2\n"));
  EXPECT_THAT(bifrons({"doc", "read", "lease.pdf", "--format", "hocr"}).out, HasSubstr("ocrx_word"));
  EXPECT_THAT(bifrons({"doc", "read", "lease.pdf", "--format", "alto"}).out, HasSubstr("<TextLine"));
  const auto some = lines_of(bifrons({"doc", "read", "lease.pdf", "--format", "jsonl", "--pages", "3,1", "--no-library"}).out);
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[0]["page"], 1);
  EXPECT_EQ(some[1]["page"], 3);
  const Ended beyond = bifrons({"doc", "read", "lease.pdf", "--format", "jsonl", "--pages", "2-9"});
  EXPECT_EQ(lines_of(beyond.out).size(), 2u);
  EXPECT_THAT(beyond.error, HasSubstr("pages up to 9 were asked for; it has 3"));
  EXPECT_EQ(bifrons({"doc", "read", "lease.pdf", "--format", "text", "-o", "out.txt"}).out, "");
  EXPECT_EQ(here_.read("out.txt"), text);
}

TEST_F(Documents, AHeadCloseToTheTextIsStillAHead) {
  PdfWriter pdf;
  const std::string head = PdfWriter::text(300, 790, "Contract of Nadia Rahmani", 11);
  std::string body;
  for (int line = 0; line < 12; ++line)
    body += PdfWriter::text(72, 740 - 14 * line, "The work begins on the first of October in room " + std::to_string(line), 11);
  pdf.add_page(head + body);
  pdf.add_page(head + PdfWriter::text(72, 776, "Signed in Bristol on the twelfth", 11) +
               PdfWriter::text(72, 762, "of September by both parties.", 11));
  here_.write("close.pdf", pdf.bytes());
  const Json pages = json_of(bifrons({"doc", "read", "close.pdf"}))["pages"];
  ASSERT_EQ(pages.size(), 2u);
  for (const Json& page : pages) {
    EXPECT_EQ(page["blocks"][0]["type"], "header") << page;
    EXPECT_EQ(page["blocks"][0]["lines"].size(), 1u) << page;
    EXPECT_EQ(page["blocks"][1]["type"], "text") << page;
  }
  EXPECT_EQ(pages[1]["blocks"][1]["id"], "p2b2");
  EXPECT_EQ(pages[1]["blocks"][1]["lines"][0]["text"], "Signed in Bristol on the twelfth");
  // Pages whose text begins alike have no head for it.
  PdfWriter list;
  for (int page = 1; page <= 3; ++page) {
    std::string content;
    for (int line = 0; line < 30; ++line)
      content += PdfWriter::text(72, 790 - 14 * line, "Entry " + std::to_string(page * 100 + line) + " of the list of tools", 11);
    list.add_page(content);
  }
  here_.write("list.pdf", list.bytes());
  const Json listed = json_of(bifrons({"doc", "read", "list.pdf"}));
  ASSERT_EQ(listed["pages"].size(), 3);
  for (const Json& page : listed["pages"]) EXPECT_EQ(page["blocks"][0]["type"], "text");
}

TEST_F(Documents, StdinAndNamesOfAnyScript) {
  const Ended piped = bifrons({"doc", "read", "-"}, here_.read("lease.pdf"));
  EXPECT_EQ(json_of(piped)["file"]["name"], "stdin");
  EXPECT_EQ(bifrons({"doc", "read", "-", "--format", "text"}, "nothing").error.find("/proc"), std::string::npos);
  const Ended asked = bifrons({"ask", "-", "What is the monthly rent?", "--show", "p.png"}, here_.read("lease.pdf"));
  EXPECT_EQ(asked.code, 0) << asked.error;
  EXPECT_THAT(asked.out, HasSubstr("2,350.00 EUR"));
  EXPECT_GT(load_image(here_ / "p.png").width, 500);
  for (const char* name : {"Mietvertrag \xc3\x9c"
                           "ber.pdf",
                           "\xe7\xa7\x9f\xe8\xb5\x81\xe5\x90\x88\xe5\x90\x8c.pdf", "-odd.pdf", "a b?.pdf"}) {
    here_.write(name, contract(2));
    const Json read = json_of(bifrons({"doc", "read", "--no-library", std::string("./") + name}));
    EXPECT_EQ(read["file"]["name"], name);
    EXPECT_THAT(bifrons({"ask", std::string("./") + name, "What is the monthly rent?"}).out, HasSubstr("2,350.00"));
  }
}

TEST_F(Documents, SearchAndLocate) {
  const Json found = json_of(bifrons({"doc", "search", "lease.pdf", "monthly rent", "-k", "2", "--json"}));
  ASSERT_GE(found["hits"].size(), 1u);
  EXPECT_LE(found["hits"].size(), 2u);
  EXPECT_EQ(found["hits"][0]["page"], 2);
  EXPECT_THAT(found["hits"][0]["text"].get<std::string>(), HasSubstr("2,350.00 EUR"));
  EXPECT_EQ(found["hits"][0]["box"].size(), 4u);
  EXPECT_THAT(bifrons({"doc", "search", "lease.pdf", "monthly rent"}).out, HasSubstr("page 2, line"));
  EXPECT_EQ(json_of(bifrons({"doc", "search", "lease.pdf", "zeppelin", "--json"}))["hits"].size(), 0u);
  EXPECT_EQ(
      json_of(bifrons({"doc", "search", "lease.pdf", "monthly rent", "--json", "--pages", "1,3"}))["hits"].dump().find("2,350"),
      std::string::npos)
      << "kept pages that were not asked for stay out";

  const Json placed = json_of(bifrons({"doc", "locate", "lease.pdf", "the monthly rent is 2,350.00 eur", "--json"}));
  ASSERT_GE(placed["places"].size(), 1u);
  const Json& place = placed["places"][0];
  EXPECT_EQ(place["page"], 2);
  EXPECT_GE(place["similarity"].get<double>(), 0.95);
  EXPECT_NEAR(place["box"][0].get<double>(), 72, 2);
  EXPECT_NEAR(place["box"][3].get<double>(), 842 - 400, 5) << "the baseline";
  EXPECT_EQ(place["unit"], "pt");
  const Ended nothing = bifrons({"doc", "locate", "lease.pdf", "an elephant in the greenhouse"});
  EXPECT_EQ(nothing.code, 0);
  EXPECT_EQ(nothing.out, "");
}

TEST_F(Documents, WhatWasReadIsKeptUntilForgotten) {
  const auto verbose = [&](std::vector<std::string> arguments) {
    arguments.emplace_back("--verbose");
    return bifrons(arguments).error;
  };
  EXPECT_THAT(verbose({"ask", "lease.pdf", "What is the rent?", "--pages", "1-2"}), HasSubstr("0 of 2 pages were read before"));
  EXPECT_THAT(verbose({"ask", "lease.pdf", "What is the rent?"}), HasSubstr("2 of 3 pages were read before"));
  EXPECT_THAT(verbose({"doc", "search", "lease.pdf", "rent"}), HasSubstr("3 of 3 pages were read before"));
  EXPECT_THAT(verbose({"doc", "search", "lease.pdf", "rent", "--ocr", "never"}), HasSubstr("0 of 3 pages were read before"))
      << "other settings";
  EXPECT_THAT(verbose({"doc", "search", "lease.pdf", "rent", "--no-library"}), HasSubstr("0 of 3 pages were read before"));
  std::filesystem::copy(here_ / "lease.pdf", here_ / "copy.pdf");
  EXPECT_THAT(verbose({"doc", "search", "copy.pdf", "rent"}), HasSubstr("3 of 3 pages were read before")) << "the content counts";
  EXPECT_TRUE(std::filesystem::exists(here_ / ".cache/bifrons/library.sqlite"));
  EXPECT_THAT(bifrons({"doc", "list"}).out, HasSubstr("lease.pdf, 3 pages"));
  EXPECT_EQ(kept_pages(), 6);

  here_.write("other.pdf", contract(2, "1.00 EUR"));
  ASSERT_EQ(bifrons({"doc", "read", "other.pdf"}).code, 0);
  EXPECT_EQ(json_of(bifrons({"doc", "forget", "lease.pdf", "--json"}))["forgotten"], 2) << "both settings";
  EXPECT_EQ(kept_pages(), 2);
  std::filesystem::remove(here_ / "other.pdf");
  EXPECT_EQ(json_of(bifrons({"doc", "forget", "nothing.pdf", "--json"}))["forgotten"], 0);
  EXPECT_EQ(json_of(bifrons({"doc", "forget", "other.pdf", "--json"}))["forgotten"], 1) << "by name when the file is gone";
  ASSERT_EQ(bifrons({"doc", "read", "lease.pdf"}).code, 0);
  EXPECT_EQ(json_of(bifrons({"doc", "forget", "--all", "--json"}))["forgotten"], 1);
  EXPECT_EQ(bifrons({"doc", "list"}).out, "");
  Library(here_ / ".cache/bifrons/library.sqlite")
      .open({.name = "never read.pdf", .type = "pdf", .bytes = 1, .sha256 = std::string(64, 'a')}, "", 3);
  EXPECT_EQ(bifrons({"doc", "list"}).out, "") << "nothing is kept of what was opened and never read";
}

// What root may do that others may not.
void without_privilege() { prctl(PR_CAPBSET_DROP, 1 /* CAP_DAC_OVERRIDE */, 0, 0, 0); }
void with_a_disk_of(rlim_t bytes) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit most{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &most);
}

TEST_F(Documents, ALibraryThatCannotBeUsedStopsNoAnswer) {
  ASSERT_EQ(bifrons({"doc", "read", "lease.pdf", "--library", "whole.sqlite"}).code, 0);
  const std::string whole = here_.read("whole.sqlite");
  here_.write("words.sqlite", "these are words");
  here_.write("damaged.sqlite", whole.substr(0, 9000));
  here_.write("damaged-too.sqlite", whole.substr(0, 4096) + std::string(whole.size() - 4096, char(0xA5)));
  here_.write("read-only.sqlite", whole);
  std::filesystem::permissions(here_ / "read-only.sqlite", std::filesystem::perms::owner_read);
  std::filesystem::create_directories(here_ / "locked");
  std::filesystem::permissions(here_ / "locked", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  here_.write("file", "x");
  const auto full = [] { with_a_disk_of(8192); };
  struct Case {
    std::string library, why;
    std::function<void()> before;
  };
  for (const auto& [library, why, before] : std::initializer_list<Case>{
           {"words.sqlite", "no SQLite database", {}},
           {"damaged.sqlite", "damaged", {}},
           {"damaged-too.sqlite", "damaged", {}},
           {"read-only.sqlite", "cannot be opened for writing (attempt to write a readonly database)", without_privilege},
           {"locked/l.sqlite", "cannot be created (Permission denied)", without_privilege},
           {"file/l.sqlite", "choose another place", {}},
           {"new.sqlite", "cannot be created (File too large)", full},
           {"whole.sqlite", "is the disk full", full}}) {
    SCOPED_TRACE(library);
    std::error_code none;
    const bool there = std::filesystem::is_regular_file(here_ / library, none);
    const std::string content = there ? here_.read(library) : "";
    const auto expect_one_warning = [&, name = library, reason = why](const Ended& ended) {
      EXPECT_EQ(ended.code, 0) << ended.error;
      EXPECT_THAT(ended.error, HasSubstr("bifrons: warning: " + (name[0] == 'f' ? "file" : name.substr(0, 6))));
      EXPECT_THAT(ended.error, HasSubstr(reason));
      EXPECT_THAT(ended.error,
                  HasSubstr("; what is read now is not kept (--library FILE names another place, --no-library goes"));
      const size_t warning = ended.error.find("warning");
      EXPECT_EQ(ended.error.find("warning", warning + 1), std::string::npos) << ended.error;
    };
    const std::vector<std::pair<std::string, std::string>> variable{{"BIFRONS_LIBRARY", library}};
    const Ended asked = bifrons({"ask", "lease.pdf", "What is the monthly rent?"}, "", {}, variable, before);
    expect_one_warning(asked);
    EXPECT_THAT(asked.out, HasSubstr("2,350.00 EUR"));
    const Ended two = bifrons({"ask", "lease.pdf", "lease.pdf", "--library", library, "--json"},
                              "What is the monthly rent?\nWho is the caretaker?\n", {}, {}, before);
    expect_one_warning(two);
    for (const Json& one : lines_of(two.out)) EXPECT_EQ(one["warnings"][0]["code"], "library") << one;
    const Ended eager = bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--eager"}, "", {}, variable, before);
    expect_one_warning(eager);
    EXPECT_THAT(eager.out, HasSubstr("2,350.00 EUR"));
    const Ended read = bifrons({"doc", "read", "lease.pdf", "--library", library}, "", {}, {}, before);
    expect_one_warning(read);
    const Json document = Json::parse(read.out);
    EXPECT_EQ(document["pages"].size(), 3u);
    EXPECT_EQ(document["status"], "ok");
    EXPECT_EQ(document["warnings"][0]["code"], "library");
    const Ended chat = bifrons({"chat", "lease.pdf"}, "What is the monthly rent?\nWho is the caretaker?\n", {}, variable, before);
    expect_one_warning(chat);
    EXPECT_THAT(chat.out, HasSubstr("Edmund Hale"));
    if (there) {
      EXPECT_EQ(here_.read(library), content) << "what the user named is the user's";
    }
    EXPECT_EQ(std::filesystem::is_regular_file(here_ / library, none), there);
  }
  // What is about the library itself is refused.
  expect_refusal(bifrons({"doc", "list", "--library", "words.sqlite"}), 3, "words.sqlite");
  expect_refusal(bifrons({"doc", "forget", "--all", "--library", "words.sqlite"}), 3, "words.sqlite");
  expect_refusal(bifrons({"doc", "forget", "--all", "--library", "read-only.sqlite"}, "", {}, {}, without_privilege), 3,
                 "read-only.sqlite");
  for (const auto& entry : std::filesystem::directory_iterator(here_.path()))
    EXPECT_THAT(entry.path().string(), testing::Not(HasSubstr(".new-")));
}

TEST_F(Documents, ADiskThatFillsUpWhileReadingStopsNothing) {
  here_.write("book.pdf", contract(60));
  for (const bool eager : {false, true}) {
    std::vector<std::string> arguments{"ask", "book.pdf", "Who is the caretaker?", "--library", eager ? "a.sqlite" : "b.sqlite"};
    if (eager) arguments.emplace_back("--eager");
    const Ended asked = bifrons(arguments, "", {}, {}, [] { with_a_disk_of(600'000); });
    EXPECT_EQ(asked.code, 0) << asked.error;
    EXPECT_THAT(asked.out, HasSubstr("Edmund Hale"));
    EXPECT_THAT(asked.error, HasSubstr("bifrons: warning: " + arguments[4]));
    EXPECT_THAT(asked.error, HasSubstr("is the disk full"));
    const size_t warning = asked.error.find("warning");
    EXPECT_EQ(asked.error.find("warning", warning + 1), std::string::npos) << asked.error;
    const std::string list = bifrons({"doc", "list", "--library", arguments[4], "--json"}).out;
    ASSERT_FALSE(list.empty());
    const int64_t kept = Json::parse(list)["pages"];
    EXPECT_GT(kept, 3) << "what was kept before stays";
    EXPECT_LT(kept, 60);
  }
  const Ended read = bifrons({"doc", "read", "book.pdf", "--format", "jsonl", "--library", "c.sqlite"}, "", {}, {},
                             [] { with_a_disk_of(600'000); });
  EXPECT_EQ(read.code, 0) << read.error;
  int64_t number = 0;
  for (const Json& page : lines_of(read.out)) EXPECT_EQ(page["page"], ++number);
  EXPECT_EQ(number, 60);
}

// Overwrites bytes, or cuts the file.
void spoil(const std::filesystem::path& file, size_t begin, size_t bytes, bool cut = false) {
  if (cut) return std::filesystem::resize_file(file, begin);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(std::streamoff(begin));
  stream << std::string(bytes, char(0xA5));
}

TEST_F(Documents, ADamagedLibraryIsSetAsideAndTheWorkGoesOn) {
  const std::filesystem::path library = here_ / ".cache/bifrons/library.sqlite";
  const auto aside = [&](int number) { return std::filesystem::path(library.string() + ".damaged-" + std::to_string(number)); };
  struct Damage {
    const char* what;
    size_t begin, bytes;
    bool cut;
  };
  int number = 0;
  for (const auto& [what, begin, bytes, cut] : std::initializer_list<Damage>{{"the beginning", 0, 16, false},
                                                                             {"nothing left", 0, 0, true},
                                                                             {"cut", 9000, 0, true},
                                                                             {"the schema's page", 100, 3900, false},
                                                                             {"all but the schema", 4096, 1 << 20, false}}) {
    SCOPED_TRACE(what);
    ASSERT_EQ(bifrons({"doc", "read", "lease.pdf"}).code, 0);
    const uint64_t size = std::filesystem::file_size(library);
    spoil(library, begin, std::min<size_t>(bytes, size - std::min<size_t>(begin, size)), cut);
    const Ended ended = bifrons({"ask", "lease.pdf", "What is the monthly rent?"});
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_THAT(ended.out, HasSubstr("2,350.00 EUR"));
    ++number;
    EXPECT_THAT(ended.error, HasSubstr("the page library is damaged; it was set aside as " + aside(number).filename().string()));
    EXPECT_EQ(
        std::count(ended.error.begin(), ended.error.end(), '\n') - int64_t(ended.error.find("--text-model") != std::string::npos),
        1)
        << ended.error;
    EXPECT_TRUE(std::filesystem::exists(aside(number))) << "nothing is deleted";
    EXPECT_EQ(kept_pages(), 3) << "in a fresh one";
    EXPECT_THAT(bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--verbose"}).error,
                HasSubstr("3 of 3 pages were read"));
  }
  // Found out in the middle, by a conversation and by an answer while pages are read.
  spoil(library, 4096, std::filesystem::file_size(library) - 4096);
  const Ended eager = bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--eager"});
  EXPECT_EQ(eager.code, 0) << eager.error;
  EXPECT_THAT(eager.out, HasSubstr("2,350.00 EUR"));
  EXPECT_TRUE(std::filesystem::exists(aside(++number)));
  spoil(library, 4096, std::filesystem::file_size(library) - 4096);
  const Ended chat = bifrons({"chat", "lease.pdf"}, "What is the monthly rent?\nWho is the caretaker?\n");
  EXPECT_EQ(chat.code, 0) << chat.error;
  EXPECT_THAT(chat.out, HasSubstr("2,350.00 EUR"));
  EXPECT_THAT(chat.out, HasSubstr("Edmund Hale"));
  EXPECT_TRUE(std::filesystem::exists(aside(++number)));
}

TEST_F(Documents, AnyDamagedPageOfTheLibraryIsGotOver) {
  const std::filesystem::path library = here_ / ".cache/bifrons/library.sqlite";
  ASSERT_EQ(bifrons({"doc", "read", "lease.pdf"}).code, 0);
  const std::string whole = here_.read(".cache/bifrons/library.sqlite");
  for (size_t begin = 4096; begin < whole.size(); begin += 4096) {
    SCOPED_TRACE(begin);
    here_.write(".cache/bifrons/library.sqlite", whole);
    spoil(library, begin, 4096);
    const Ended ended = bifrons({"ask", "lease.pdf", "What is the monthly rent?"});
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_THAT(ended.out, HasSubstr("2,350.00 EUR"));
  }
}

TEST_F(Documents, WhatIsNoDamageStaysWhereItIs) {
  const std::filesystem::path library = here_ / ".cache/bifrons/library.sqlite";
  ASSERT_EQ(bifrons({"doc", "read", "lease.pdf"}).code, 0);
  const auto stays = [&](const char* words) {
    const std::string before = here_.read(".cache/bifrons/library.sqlite");
    const Ended ended = bifrons({"ask", "lease.pdf", "What is the monthly rent?"});
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_THAT(ended.out, HasSubstr("2,350.00 EUR"));
    EXPECT_THAT(ended.error, HasSubstr(words));
    EXPECT_THAT(ended.error, Not(HasSubstr("set aside")));
    EXPECT_EQ(here_.read(".cache/bifrons/library.sqlite"), before);
    EXPECT_FALSE(std::filesystem::exists(library.string() + ".damaged-1"));
  };
  const std::string whole = here_.read(".cache/bifrons/library.sqlite");
  std::string other = whole;
  other[63] = 2;  // a newer version
  here_.write(".cache/bifrons/library.sqlite", other);
  stays("is a page library of version 2");
  other = whole;
  other[71] = 7;
  here_.write(".cache/bifrons/library.sqlite", other);
  stays("another program");
  std::filesystem::remove(library);
  std::filesystem::create_directory(library);
  const Ended folder = bifrons({"ask", "lease.pdf", "What is the monthly rent?"});
  EXPECT_EQ(folder.code, 0);
  EXPECT_THAT(folder.error, HasSubstr("no regular file"));
  EXPECT_TRUE(std::filesystem::is_directory(library));

  // One that the user named is the user's.
  here_.write("mine.sqlite", whole);
  spoil(here_ / "mine.sqlite", 4096, whole.size() - 4096);
  const Ended mine = bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--library", "mine.sqlite"});
  EXPECT_EQ(mine.code, 0);
  EXPECT_THAT(mine.out, HasSubstr("2,350.00 EUR"));
  EXPECT_THAT(mine.error, HasSubstr("mine.sqlite: the database is damaged"));
  EXPECT_FALSE(std::filesystem::exists(here_ / "mine.sqlite.damaged-1"));
}

// ---- ask

TEST_F(Documents, WhatWouldHelpIsToldOnce) {
  const std::string told = bifrons({"ask", "lease.pdf"}, "What is the monthly rent?\nWho is the landlord?\n").error;
  const size_t first = told.find("--text-model");
  ASSERT_NE(first, std::string::npos) << told;
  EXPECT_EQ(told.find("--text-model", first + 1), std::string::npos) << told;
}

TEST_F(Documents, AQuotationNamesPageAndPlace) {
  const Json answer = json_of(bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--json"}));
  EXPECT_EQ(answer["kind"], "quotation");
  EXPECT_EQ(answer["found"], true);
  EXPECT_THAT(answer["answer"].get<std::string>(), HasSubstr("2,350.00 EUR"));
  ASSERT_GE(answer["citations"].size(), 1u);
  EXPECT_EQ(answer["citations"][0]["page"], 2);
  EXPECT_EQ(answer["citations"][0]["unit"], "pt");
  EXPECT_EQ(answer["citations"][0]["box"].size(), 4u);
  EXPECT_TRUE(answer.contains("unsupported"));
  EXPECT_TRUE(answer.contains("seconds"));
  EXPECT_EQ(answer["route"]["path"], "read");
  const Ended words = bifrons({"ask", "lease.pdf", "What is the monthly rent?"});
  EXPECT_THAT(words.out, HasSubstr("page 2, (72,"));
  EXPECT_THAT(words.error, HasSubstr("--text-model")) << "what would make it an answer";
  const Json none = json_of(bifrons({"ask", "lease.pdf", "Which zeppelin flies to Quito?", "--json"}));
  EXPECT_EQ(none["found"], false);
  EXPECT_EQ(none["citations"].size(), 0u);
  EXPECT_EQ(json_of(bifrons({"doc", "ask", "lease.pdf", "What is the monthly rent?", "--json"}))["answer"], answer["answer"]);
}

TEST_F(Documents, SeveralFilesAndManyQuestions) {
  here_.write("other.pdf", contract(2, "99.00 EUR"));
  const Json both = json_of(bifrons({"ask", "other.pdf", "lease.pdf", "What is the monthly rent?", "--json"}));
  EXPECT_THAT(both["citations"].dump(), testing::AllOf(HasSubstr("lease.pdf"), HasSubstr("other.pdf")));
  const auto answers = lines_of(
      bifrons({"ask", "lease.pdf", "--json"}, "What is the monthly rent?\n\nWhat is the caretaker called?\n/quit\nnever\n").out);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_THAT(answers[0]["answer"].get<std::string>(), HasSubstr("2,350.00"));
  EXPECT_THAT(answers[1]["answer"].get<std::string>(), HasSubstr("Edmund Hale"));
}

TEST_F(Documents, SomeOfSeveralFilesCannotBeRead) {
  here_.write("other.pdf", contract(2, "99.00 EUR"));
  here_.write("empty.pdf", "");
  here_.write("huge.png", resized_by_header(30000, 30000));  // fails only when its page is read
  struct Case {
    std::vector<std::string> files;
    const char* bad;
    const char* code;
  };
  const Case cases[] = {
      {{"lease.pdf", "other.pdf", "empty.pdf"}, "empty.pdf", "empty"},
      {{"empty.pdf", "lease.pdf", "other.pdf"}, "empty.pdf", "empty"},
      {{"lease.pdf", "huge.png", "other.pdf"}, "huge.png", "too_large"},
      {{"lease.pdf", "missing.pdf", "other.pdf"}, "missing.pdf", "not_found"},
  };
  for (const Case& c : cases)
    for (const bool eager : {false, true}) {
      SCOPED_TRACE(c.bad + std::string(eager ? " eager" : ""));
      std::vector<std::string> arguments{"ask"};
      arguments.insert(arguments.end(), c.files.begin(), c.files.end());
      const std::string library = c.code + std::string(c.files.front()) + (eager ? "1" : "0") + ".sqlite";  // nothing is known
      for (const std::string& more : {std::string("What is the monthly rent?"), std::string("--json"), "--library=" + library})
        arguments.push_back(more);
      if (eager) arguments.emplace_back("--eager");
      const Ended ended = bifrons(arguments);
      EXPECT_EQ(ended.code, 7) << ended.error;
      EXPECT_THAT(ended.error, HasSubstr("bifrons: " + std::string(c.bad)));
      ASSERT_FALSE(ended.out.empty());
      const Json answer = lines_of(ended.out).back();
      EXPECT_THAT(answer["citations"].dump(), testing::AllOf(HasSubstr("lease.pdf"), HasSubstr("other.pdf")));
      ASSERT_EQ(answer["failed"].size(), 1u);
      EXPECT_EQ(answer["failed"][0]["file"], c.bad);
      EXPECT_EQ(answer["failed"][0]["code"], c.code);
      EXPECT_THAT(answer["failed"][0]["error"].get<std::string>(), HasSubstr(c.bad));
    }
  const Ended shown = bifrons({"ask", "empty.pdf", "huge.png", "lease.pdf", "What is the monthly rent?", "--show", "page.png"});
  EXPECT_EQ(shown.code, 7) << shown.error;
  EXPECT_THAT(shown.out, HasSubstr("lease.pdf, page 2"));
  EXPECT_TRUE(std::filesystem::exists(here_ / "page.png"));
  const Ended typed = bifrons({"ask", "empty.pdf", "lease.pdf", "--json"}, "What is the monthly rent?\nWhat is it?\n");
  EXPECT_EQ(typed.code, 7) << typed.error;
  EXPECT_EQ(lines_of(typed.out).size(), 2u);
  EXPECT_EQ(typed.error, "bifrons: empty.pdf: the file is empty (0 bytes); save or copy the document again\n") << "told once";
  const Ended chat = bifrons({"chat", "empty.pdf", "lease.pdf"}, "What is the monthly rent?\n");
  EXPECT_EQ(chat.code, 7) << chat.error;
  EXPECT_THAT(chat.error, HasSubstr("bifrons: empty.pdf: the file is empty"));
  EXPECT_THAT(chat.out, HasSubstr("2,350.00 EUR"));
  // None can be read: as with one.
  expect_refusal(bifrons({"ask", "empty.pdf", "missing.pdf", "What is it?"}), 3, "empty.pdf: the file is empty");
  expect_refusal(bifrons({"ask", "empty.pdf", "huge.png", "What is it?"}), 3, "empty.pdf: the file is empty");
  expect_refusal(bifrons({"chat", "empty.pdf", "missing.pdf"}), 3, "empty.pdf: the file is empty");
  // Words of a question without its quotation marks are no files.
  expect_refusal(bifrons({"ask", "lease.pdf", "What", "is", "it?"}), 3, "What: there is no such file; the question comes last");
  expect_refusal(bifrons({"doc", "read", "missing.pdf", "--format", "text"}), 3, "missing.pdf: there is no such file; look at");
}

// Where the picture is the colour of the marker.
struct Marked {
  int64_t x0 = INT64_MAX, y0 = INT64_MAX, x1 = -1, y1 = -1, pixels = 0;
};
Marked marked(const Image& image) {
  Marked found;
  for (int64_t y = 0; y < image.height; ++y)
    for (int64_t x = 0; x < image.width; ++x) {
      const uint8_t* p = &image.rgb[size_t((y * image.width + x) * 3)];
      if (p[0] > 200 && p[1] > 180 && p[2] < 190 && p[2] + 30 < p[1]) {
        found.x0 = std::min(found.x0, x), found.x1 = std::max(found.x1, x), found.y0 = std::min(found.y0, y),
        found.y1 = std::max(found.y1, y);
        ++found.pixels;
      }
    }
  return found;
}

TEST_F(Documents, ShowMarksThePlaceOnThePage) {
  const Json answer = json_of(bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--json", "--show", "page.png"}));
  ASSERT_EQ(answer["shown"], Json({"page.png"}));
  const Image picture = load_image(here_ / "page.png");
  EXPECT_NEAR(double(std::max(picture.width, picture.height)), 1600, 2);
  const double scale = double(picture.height) / 842;
  double x0 = 1e9, y0 = 1e9, x1 = 0, y1 = 0;
  for (const Json& place : answer["citations"]) {
    const Json& box = place["box"];
    x0 = std::min(x0, box[0].get<double>()), y0 = std::min(y0, box[1].get<double>());
    x1 = std::max(x1, box[2].get<double>()), y1 = std::max(y1, box[3].get<double>());
  }
  EXPECT_LT(y0, 842 - 400) << "above the baseline";
  EXPECT_GT(y1, 842 - 405);
  const Marked mark = marked(picture);
  ASSERT_GT(mark.pixels, 1000);
  EXPECT_NEAR(double(mark.x0), x0 * scale, 12);
  EXPECT_NEAR(double(mark.x1), x1 * scale, 12);
  EXPECT_NEAR(double(mark.y0), y0 * scale, 12);
  EXPECT_NEAR(double(mark.y1), y1 * scale, 12);
  EXPECT_EQ(answer["citations"][0]["page"], 2);
  EXPECT_THAT(here_.read("page.png"), HasSubstr("lease.pdf")) << "a text chunk";
  const Ended none = bifrons({"ask", "lease.pdf", "Which zeppelin flies to Quito?", "--show", "none.png"});
  EXPECT_EQ(none.code, 0);
  EXPECT_FALSE(std::filesystem::exists(here_ / "none.png"));
  EXPECT_THAT(none.error, HasSubstr("nothing is shown in none.png"));
  expect_refusal(bifrons({"ask", "lease.pdf", "What?", "--show", "no/such/folder.png"}), 1, "no/such/folder.png");
}

TEST_F(Documents, ATextModelAnswersAndIsChecked) {
  StubServer server(
      Chats{says({"The monthly rent is ", "2,350.00 EUR [cita", "tion:1]. It is paid in gold."}, "The user wants the rent.")});
  const auto ask = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"ask", "lease.pdf", "What is the monthly rent?", "--text-model", server.url() + "#stub"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return bifrons(arguments);
  };
  const Json answer = json_of(ask({"--json"}));
  EXPECT_EQ(answer["kind"], "answer");
  EXPECT_EQ(answer["found"], true);
  ASSERT_GE(answer["citations"].size(), 1u);
  EXPECT_EQ(answer["citations"][0]["page"], 2);
  EXPECT_THAT(answer["unsupported"].dump(), HasSubstr("gold"));
  const auto requests = server.requests();
  const Json sent = Json::parse(requests.back().body);
  EXPECT_THAT(sent["messages"].back()["content"].get<std::string>(),
              testing::AllOf(HasSubstr("[file name]: lease.pdf"), HasSubstr("The monthly rent is 2,350.00 EUR"),
                             HasSubstr("What is the monthly rent?")));
  const Ended words = ask({});
  EXPECT_EQ(words.code, 0) << words.error;
  EXPECT_THAT(words.out, HasSubstr("The monthly rent is 2,350.00 EUR"));
  EXPECT_THAT(words.out, HasSubstr("page 2"));
  EXPECT_THAT(words.out, HasSubstr("[?]"));
  EXPECT_THAT(words.out, Not(HasSubstr("The user wants"))) << "thoughts are for a terminal";
  EXPECT_THAT(words.out, Not(HasSubstr("citation:")));
  EXPECT_EQ(ask({"--route", "think"}).code, 0);
  EXPECT_THAT(Json::parse(server.requests().back().body).dump(), Not(HasSubstr("file content"))) << "nothing of the document";
}

TEST_F(Documents, ATextModelThatFailsIsOneSentence) {
  StubServer server(
      Chats{[](const StubRequest&, StubConnection& c) { c.json(401, R"({"error":{"message":"bad key","type":"auth"}})"); }});
  const Ended refused = bifrons({"ask", "lease.pdf", "What is the rent?", "--text-model", server.url() + "#stub"});
  EXPECT_EQ(refused.code, 1) << refused.error;
  EXPECT_EQ(std::count(refused.error.begin(), refused.error.end(), '\n'), 1) << refused.error;
  EXPECT_THAT(refused.error, HasSubstr("401"));
}

std::vector<std::string> prompts_of(const StubServer& server) {
  std::vector<std::string> prompts;
  for (const StubRequest& request : server.requests())
    if (request.method == "POST") prompts.push_back(request.body);
  return prompts;
}
size_t times(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

TEST_F(Documents, EagerSendsNoPromptTwiceAndRepeatsNothing) {
  here_.write("book.pdf", contract(240));
  int number = 0;
  for (const std::string answer : {"Not found in the document.", "The door is green.", "The caretaker is called Edmund Hale."}) {
    SCOPED_TRACE(answer);
    StubServer server(Chats{says({answer})});
    const Ended ended = bifrons({"ask", "book.pdf", "What is the colour of the caretaker's door?", "--eager", "--text-model",
                                 server.url() + "#stub", "--library", std::to_string(++number) + ".sqlite"});
    EXPECT_EQ(ended.code, 0) << ended.error;
    const std::vector<std::string> prompts = prompts_of(server);
    EXPECT_LE(prompts.size(), 4u) << "at 16, 64 and all pages, or when two seconds are over";
    EXPECT_EQ(std::set<std::string>(prompts.begin(), prompts.end()).size(), prompts.size()) << "the same prompt twice";
    if (number > 1) continue;
    EXPECT_EQ(times(ended.out, answer), 1u) << ended.out;
    EXPECT_EQ(times(ended.out, "(from the first "), 1u) << ended.out;
    EXPECT_THAT(ended.out, HasSubstr("(all 240 pages are read: the answer stands)\n"));
  }
}

TEST_F(Documents, EagerAsksSeldomWherePagesAreSlow) {
  here_.write("scan.pdf", contract(8));  // recognised: some are there when two seconds are over, and some are not
  StubServer server(Chats{says({"Not found in the document."})});
  const Ended ended = bifrons(
      {"ask", "scan.pdf", "What is the bonus?", "--eager", "--ocr", "always", "--text-model", server.url() + "#stub", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.error;
  const std::vector<std::string> prompts = prompts_of(server);
  EXPECT_LE(prompts.size(), 3u);
  EXPECT_EQ(std::set<std::string>(prompts.begin(), prompts.end()).size(), prompts.size());
  const std::vector<Json> lines = lines_of(ended.out);
  ASSERT_FALSE(lines.empty());
  EXPECT_LE(lines.size(), 2u);
  EXPECT_EQ(lines.back()["provisional"], false);
}

// ---- pictures and routes

TEST_F(Documents, APhotoIsLookedAtAndAPageIsRead) {
  const std::string star = std::string(BIFRONS_SOURCE_DIR) + "/models/nano-janus/examples/red-star-blue-circle.png";
  const Json looked = json_of(bifrons({"ask", star, "How many shapes are there?", "--json"}));
  EXPECT_EQ(looked["route"]["path"], "look");
  EXPECT_FALSE(looked["answer"].get<std::string>().empty());
  EXPECT_EQ(json_of(bifrons({"ask", star, "How many shapes are there?", "--json", "--route", "read"}))["route"]["path"], "read");
  expect_refusal(bifrons({"ask", "lease.pdf", "What is it?", "--route", "look"}), 6, "attach the picture");
  // A page of the lease as a picture: dense text, so it is recognised.
  ASSERT_EQ(bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--show", "page.png"}).code, 0);
  const Json read = json_of(bifrons({"ask", "page.png", "What is the monthly rent?", "--json"}));
  EXPECT_EQ(read["route"]["path"], "read");
  EXPECT_THAT(read["answer"].get<std::string>(), HasSubstr("2,350.00"));
  EXPECT_EQ(read["citations"][0]["unit"], "px");
}

TEST_F(Documents, ChatTakesDocumentsAndDraws) {
  const Ended ended = bifrons({"chat", "--verbose"},
                              "/doc missing.pdf\n/doc lease.pdf\nWhat is the monthly rent?\n/show page.png\ndraw a red star\n"
                              "/save talk.json\n/reset\n/show again.png\n/quit\n");
  EXPECT_THAT(ended.error, HasSubstr("missing.pdf"));
  EXPECT_THAT(ended.error, HasSubstr("lease.pdf: 3 pages are read"));
  EXPECT_THAT(ended.out, HasSubstr("2,350.00 EUR"));
  EXPECT_THAT(ended.out, HasSubstr("page 2"));
  EXPECT_THAT(ended.out, HasSubstr("page.png\n"));
  EXPECT_THAT(ended.out, HasSubstr("bifrons-1.png\n"));
  EXPECT_GT(marked(load_image(here_ / "page.png")).pixels, 1000);
  EXPECT_EQ(load_image(here_ / "bifrons-1.png").width, 384);
  EXPECT_THAT(ended.error, HasSubstr("no answer so far stands on a page"));
  EXPECT_FALSE(std::filesystem::exists(here_ / "again.png"));
  const Json talk = Json::parse(here_.read("talk.json"));
  ASSERT_EQ(talk.size(), 4u);
  EXPECT_EQ(talk[0]["content"][0]["file"]["filename"], "lease.pdf");
  EXPECT_EQ(talk[3]["content"][0]["image_url"]["url"], "bifrons-1.png");
}

TEST_F(Documents, AScanIsReadAndAnswered) {
  const std::string scan = std::string(BIFRONS_SOURCE_DIR) + "/demos/examples/lease.pdf";
  const auto answers = lines_of(bifrons({"ask", scan, "--json", "--show", "scan.png"},
                                        "What is the monthly rent?\nWho is the landlord?\nWho is the caretaker?\n")
                                    .out);
  ASSERT_EQ(answers.size(), 3u);
  const std::pair<const char*, int> right[] = {{"2,350.00", 2}, {"Larkfield Estates Ltd.", 1}, {"Edmund Hale", 3}};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_THAT(answers[i]["answer"].get<std::string>(), HasSubstr(right[i].first));
    ASSERT_GE(answers[i]["citations"].size(), 1u);
    EXPECT_EQ(answers[i]["citations"][0]["page"], right[i].second);
  }
  EXPECT_GT(marked(load_image(here_ / "scan.png")).pixels, 1000);
}

// ---- interruptions

TEST_F(Documents, CtrlCStopsAnAnswerAndTheNextQuestionIsAnswered) {
  std::atomic<int> sent{0};
  StubServer server(
      Chats{[&](const StubRequest&, StubConnection& c) {  // an answer without end
              c.stream_head();
              while (c.send("data: " + Json{{"choices", {{{"index", 0}, {"delta", {{"content", "word "}}}}}}}.dump() + "\n\n") &&
                     c.pause(5))
                ++sent;
            },
            says({"The monthly rent is 2,350.00 EUR [citation:1]."})});
  const Ended ended = bifrons({"ask", "lease.pdf", "--text-model", server.url() + "#stub"},
                              "Tell me everything.\nWhat is the monthly rent?\n", {SIGINT, 0, [&] { return sent > 3; }});
  EXPECT_EQ(ended.code, 0) << ended.error;
  EXPECT_THAT(ended.out, HasSubstr("(stopped)\n"));
  EXPECT_THAT(ended.out, HasSubstr("The monthly rent is 2,350.00 EUR. [1]"));
  EXPECT_EQ(server.chats(), 2);
}

}  // namespace
}  // namespace bifrons
