// tests/language/remote_stream_test.cpp - the parts a streamed answer goes through: events, whole characters, thoughts; and how
// far from above the estimate of tokens is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "language/remote_wire.h"
#include "language/sse.h"
#include "language/thoughts.h"
#include "language/whole_characters.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> events(const std::string& stream, size_t step, int64_t* comments = nullptr, SseLimits limits = {}) {
  std::vector<std::string> all;
  SseReader reader(
      [&](std::string_view name, std::string_view data) {
        all.push_back(std::string(name) + "|" + std::string(data));
        return data != "stop";
      },
      limits);
  for (size_t i = 0; i < stream.size(); i += step) reader.push(std::string_view(stream).substr(i, step));
  reader.finish();
  if (comments) *comments = reader.comments();
  return all;
}

TEST(Sse, EveryLineEndAndEveryCut) {
  for (const std::string end : {"\n", "\r", "\r\n"}) {
    std::string stream =
        "\xEF\xBB\xBF:comment|data: one|data:two|data|data:  three||event: ping|id: 4|retry: 10||: x||nonsense|dataset: no|data: "
        "{\"a\":1}||";
    std::string lines;
    for (const char c : stream) lines += c == '|' ? end : std::string(1, c);
    for (size_t step = 1; step < lines.size(); ++step) {
      int64_t comments = 0;
      EXPECT_THAT(events(lines, step, &comments), ElementsAre("|one\ntwo\n\n three", "|{\"a\":1}")) << step;
      EXPECT_EQ(comments, 2);
    }
  }
}

TEST(Sse, NamesEndsAndStops) {
  EXPECT_THAT(events("event: error\ndata: x\n\ndata: y\n\n", 3), ElementsAre("error|x", "|y"));  // a name holds for one event
  EXPECT_THAT(events("data: whole\n\ndata: cut", 4), ElementsAre("|whole", "|cut"));             // told at the end
  EXPECT_THAT(events("data\n\n", 1), ElementsAre("|"));
  EXPECT_THAT(events("data: stop\n\ndata: more\n\n", 2), ElementsAre("|stop"));
  EXPECT_THAT(events("", 1), IsEmpty());
  EXPECT_THAT(events("\n\n\n: x\n\n", 1), IsEmpty());
  EXPECT_THAT(events(std::string("data: a\0b\n\n", 11), 1), ElementsAre(std::string("|a\0b", 4)));
}

TEST(Sse, Bounds) {
  const SseLimits small{10, 25};
  EXPECT_THAT(events("data: 1234\n\n", 1, nullptr, small), ElementsAre("|1234"));
  EXPECT_THAT(thrown([&] { events("data: 12345\n\n", 1, nullptr, small); }), HasSubstr("a line of more than 10 bytes"));
  EXPECT_THAT(thrown([&] { events(std::string(1000, ':'), 100, nullptr, small); }), HasSubstr("a line of more than 10 bytes"));
  std::string many;
  for (int i = 0; i < 5; ++i) many += "data: abcd\n";
  EXPECT_THAT(events(many, 1, nullptr, small), ElementsAre("|abcd\nabcd\nabcd\nabcd\nabcd"));
  EXPECT_THAT(thrown([&] { events(many + "data: e\n", 1, nullptr, small); }), HasSubstr("an event of more than 25 bytes"));
}

std::string whole(const std::string& bytes, size_t step) {
  WholeCharacters w;
  std::string all;
  for (size_t i = 0; i < bytes.size(); i += step) all += w.push(std::string_view(bytes).substr(i, step));
  return all + w.finish();
}

TEST(WholeCharactersTest, AnyCutGivesTheSame) {
  const std::pair<std::string, std::string> cases[] = {
      {"plain", "plain"},
      {"\xC3\xBC\xE4\xBD\xA0\xF0\x9F\x98\x80", "\xC3\xBC\xE4\xBD\xA0\xF0\x9F\x98\x80"},
      {"a\x80z", "a\xEF\xBF\xBDz"},
      {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},  // overlong
      {"\xE0\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // above U+10FFFF
      {"\xE4\xBDx", "\xEF\xBF\xBDx"},
      {"x\xF0\x9F\x98", "x\xEF\xBF\xBD"},
      {"\xED\xA0\xBD\xED\xB8\x80", "\xF0\x9F\x98\x80"},  // two halves of a pair
      {"\xED\xA0\xBDx", "\xEF\xBF\xBDx"},
      {"\xED\xB8\x80", "\xEF\xBF\xBD"},
      {"\xED\xA0\xBD\xED\xA0\xBD\xED\xB8\x80", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
  };
  for (const auto& [bytes, text] : cases)
    for (size_t step = 1; step <= bytes.size(); ++step)
      EXPECT_EQ(whole(bytes, step), text) << testing::PrintToString(bytes) << " by " << step;
}

TEST(WholeCharactersTest, JsonIsMadeReadableAndBack) {
  const auto through = [](const std::string& inside) {
    const auto event = read_chat_event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + inside + "\"}}]}");
    return event ? event->text : "no JSON";
  };
  EXPECT_EQ(through("a\\\\ud83d"), "a\\ud83d");  // an escaped backslash, not an escape
  EXPECT_EQ(through("\\ud83d\\ude00"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(through("\xE4\xBD"), "\xE4\xBD");
  EXPECT_EQ(through("\\ud83d"), "\xED\xA0\xBD");
  EXPECT_EQ(through("\\ud83d\xFF\\ude00\\ud83d\\ude00"), "\xED\xA0\xBD\xFF\xED\xB8\x80\xF0\x9F\x98\x80");
  EXPECT_EQ(through("\xFF\\"), "no JSON");
  EXPECT_EQ(through("\xFF\\u12"), "no JSON");
}

struct Split {
  std::string text, thoughts, told_text, told_thoughts;
};
Split split(const std::string& content, size_t step, bool thinks, bool ended = true) {
  Split s;
  ThoughtSplitter splitter(thinks, [&](TextPiece::Kind kind, std::string_view piece) {
    EXPECT_FALSE(piece.empty());
    (kind == TextPiece::Kind::text ? s.told_text : s.told_thoughts) += piece;
  });
  for (size_t i = 0; i < content.size(); i += step) splitter.push(std::string_view(content).substr(i, step));
  splitter.finish(ended);
  s.text = splitter.text(), s.thoughts = splitter.thoughts();
  return s;
}

TEST(Thoughts, EveryFormAndEveryCut) {
  struct Case {
    std::string content;
    bool thinks;
    std::string text, thoughts;
  };
  const Case cases[] = {
      {"no tags at all", false, "no tags at all", ""},
      {"<think>\nab\ncd\n</think>\n\nText\n", false, "Text\n", "ab\ncd"},
      {"\n <think>ab</think>Text", false, "Text", "ab"},
      {"<think>\n\n</think>\n\nText", false, "Text", ""},
      {"<think>never closed", false, "", "never closed"},
      {"<think>a</think>b</think>c<think>d", false, "b</think>c<think>d", "a"},  // only the first counts
      {"  leading blanks stay", false, "  leading blanks stay", ""},
      {"<thinking> is another tag", false, "<thinking> is another tag", ""},
      {"<thi", false, "<thi", ""},
      {"use <think> and </think> here", false, "use <think> and </think> here", ""},  // about the tags
      {"a < b </ c", false, "a < b </ c", ""},
      {"ab\n</think>\nText", true, "Text", "ab"},
      {"\nab</think>\n\nText", true, "Text", "ab"},
      {"an answer after all\n", true, "an answer after all\n", ""},
      {"<think>a</think>b", true, "b", "a"},
      {"", true, "", ""},
      {"</think>b", true, "b", ""},
  };
  for (const Case& one : cases)
    for (size_t step = 1; step <= std::max<size_t>(1, one.content.size()); ++step) {
      const Split s = split(one.content, step, one.thinks);
      EXPECT_EQ(s.text, one.text) << one.content << " by " << step;
      EXPECT_EQ(s.thoughts, one.thoughts) << one.content << " by " << step;
      EXPECT_EQ(s.told_text, one.text) << one.content << " by " << step;
      EXPECT_TRUE(one.thinks || s.told_thoughts == one.thoughts) << one.content;
    }
  for (size_t step = 1; step < 14; ++step) {
    const Split late = split("thought</think>\nText", step, false);  // unexpected: told as text, put right at the end
    EXPECT_EQ(late.text, "Text");
    EXPECT_EQ(late.thoughts, "thought");
    EXPECT_EQ(late.told_text, "thoughtText");
    const Split cut = split("endless thou", step, true, false);  // cut by a length limit: thoughts, no answer
    EXPECT_EQ(cut.text, "");
    EXPECT_EQ(cut.thoughts, "endless thou");
  }
}

TEST(TokenEstimate, GrowsWithTheTextAndIsNeverNothing) {
  EXPECT_EQ(token_estimate(""), 0);
  EXPECT_GE(token_estimate("a"), 1);
  EXPECT_GE(token_estimate("\xFF"), 1);
  for (const char* text : {"The quick brown fox jumps over the lazy dog.", "1234567890",
                           "\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xB8\x96\xE7\x95\x8C", "\n\n\n\n", "{\"a\": [1, 2]}"}) {
    const std::string one = text, two = one + one;
    EXPECT_GT(token_estimate(two), token_estimate(one)) << text;
    EXPECT_LE(token_estimate(one), int64_t(one.size())) << text;
  }
}

}  // namespace
}  // namespace bifrons
