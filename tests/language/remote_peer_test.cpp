// tests/language/remote_peer_test.cpp - the same model against a server somebody else wrote: BIFRONS_TEST_ENDPOINT names it, as
// tests/peers/remote_peer.py does. Without it these tests are skipped by name.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "language/remote_model.h"

namespace bifrons {
namespace {

class RemotePeer : public testing::Test {
 protected:
  void SetUp() override {
    const char* endpoint = std::getenv("BIFRONS_TEST_ENDPOINT");
    if (!endpoint) GTEST_SKIP() << "BIFRONS_TEST_ENDPOINT names no server; tests/peers/remote_peer.py starts one";
    settings_ = parse_text_model(endpoint, "BIFRONS_TEST_ENDPOINT");
  }
  static TextRequest question(const std::string& text) {
    TextRequest request;
    request.messages = {{TextMessage::Role::system, "Be brief."}, {TextMessage::Role::user, text}};
    request.max_tokens = 24, request.temperature = 0.7, request.top_p = 0.9, request.seed = 7;
    return request;
  }
  RemoteSettings settings_;
};

TEST_F(RemotePeer, Answers) {
  RemoteModel model(settings_);
  std::string told;
  const TextAnswer answer = model.answer(question("hello \u4E16\u754C \"quoted\"\nsecond line"), [&](const TextPiece& piece) {
    if (piece.kind == TextPiece::Kind::text) told += piece.text;
    return true;
  });
  EXPECT_FALSE(answer.text.empty());
  EXPECT_EQ(told, answer.text);
  EXPECT_NE(answer.end, TextAnswer::End::cancelled);
  EXPECT_GT(answer.seconds, 0);
  std::printf(
      "%s: %zu bytes, %s, usage %s\n", model.name().c_str(), answer.text.size(),
      answer.end == TextAnswer::End::length ? "length" : "stop",
      answer.usage
          ? std::to_string(answer.usage->prompt_tokens).append(" + ").append(std::to_string(answer.usage->answer_tokens)).c_str()
          : "none");
}

TEST_F(RemotePeer, IsCancelled) {
  RemoteModel model(settings_);
  TextRequest request = question("hello");
  request.max_tokens = 4096;
  EXPECT_EQ(model.answer(request, [](const TextPiece&) { return false; }).end, TextAnswer::End::cancelled);
  EXPECT_FALSE(model.answer(question("hello again")).text.empty());  // and goes on afterwards
}

TEST_F(RemotePeer, IsChecked) {
  const RemoteCheck check = RemoteModel(settings_).check(60);
  EXPECT_TRUE(check.answers) << check.problem;
  std::printf("answers in %.3f s; lists %zu models; %s\n", check.seconds, check.models.size(), check.problem.c_str());
}

}  // namespace
}  // namespace bifrons
