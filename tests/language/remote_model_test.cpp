// tests/language/remote_model_test.cpp - a remote model that is well: what is sent, how the answer streams in, thoughts, usage,
// the models list, roots with and without /v1, cancelling, the check.
#include "language/remote_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/language/remote_stub.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string event(const Json& delta, const Json& finish = nullptr) {
  return "data: " +
         Json{{"object", "chat.completion.chunk"},
              {"model", "stub"},
              {"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", finish}}}}}
             .dump() +
         "\n\n";
}
const std::string done = "data: [DONE]\n\n";

RemoteSettings settings_for(const StubServer& server, const std::string& path = "/v1", const std::string& name = "#stub") {
  RemoteSettings settings = parse_text_model(server.url(path) + name);
  settings.connect_seconds = 2, settings.first_byte_seconds = 5, settings.idle_seconds = 2, settings.total_seconds = 20;
  settings.first_wait_seconds = 0.01;
  return settings;
}
TextRequest question(const std::string& text = "What is it?") {
  TextRequest request;
  request.messages = {{TextMessage::Role::user, text}};
  return request;
}
struct Pieces {
  std::string text, thoughts;
  int count = 0;
  std::function<bool(const TextPiece&)> take() {
    return [this](const TextPiece& piece) {
      (piece.kind == TextPiece::Kind::text ? text : thoughts) += piece.text;
      ++count;
      return true;
    };
  }
};

TEST(RemoteModel, SendsTheQuestionAndStreamsTheAnswer) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.stream(event({{"role", "assistant"}, {"content", ""}}) + event({{"content", "Hello, "}}) +
             event({{"content", "world \u4E16\u754C"}}) + event(Json::object(), "stop") +
             "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"prompt_cache_hit_tokens\":8,\"completion_tokens\":5}}\n\n" +
             done);
  }});
  RemoteModel model(settings_for(server));
  TextRequest request;
  const std::string awkward = "quotes \" back\\slash\nnewline\ttab \x01 null\xE2\x82\xAC \xF0\x9F\x98\x80 </script>";
  request.messages = {{TextMessage::Role::system, "Be brief."},
                      {TextMessage::Role::user, awkward},
                      {TextMessage::Role::assistant, "Yes?"},
                      {TextMessage::Role::user, "Well?"}};
  request.max_tokens = 77, request.temperature = 0.25, request.top_p = 0.5, request.seed = 18446744073709551615ull;
  Pieces pieces;
  const TextAnswer answer = model.answer(request, pieces.take());
  EXPECT_EQ(answer.text, "Hello, world 世界");
  EXPECT_EQ(pieces.text, answer.text);
  EXPECT_EQ(pieces.count, 2);
  EXPECT_EQ(answer.thoughts, "");
  EXPECT_EQ(answer.end, TextAnswer::End::stop);
  EXPECT_EQ(answer.model, "stub");
  ASSERT_TRUE(answer.usage);
  EXPECT_EQ(answer.usage->prompt_tokens, 12);
  EXPECT_EQ(answer.usage->cached_tokens, 8);
  EXPECT_EQ(answer.usage->answer_tokens, 5);
  EXPECT_GT(answer.first_token_seconds, 0);
  EXPECT_GE(answer.seconds, answer.first_token_seconds);

  ASSERT_EQ(server.requests().size(), 1u);  // the name is given: no list is asked for
  const StubRequest sent = server.requests()[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.path, "/v1/chat/completions");
  EXPECT_EQ(sent.header("Content-Type"), "application/json");
  EXPECT_EQ(sent.header("Authorization"), "");
  const Json body = Json::parse(sent.body);
  EXPECT_EQ(body["model"], "stub");
  EXPECT_EQ(body["stream"], true);
  EXPECT_EQ(body["stream_options"]["include_usage"], true);
  EXPECT_EQ(body["max_tokens"], 77);
  EXPECT_EQ(body["temperature"], 0.25);
  EXPECT_EQ(body["top_p"], 0.5);
  EXPECT_EQ(body["seed"], INT64_MAX);
  ASSERT_EQ(body["messages"].size(), 4u);
  EXPECT_EQ(body["messages"][0], (Json{{"role", "system"}, {"content", "Be brief."}}));
  EXPECT_EQ(body["messages"][1], (Json{{"role", "user"}, {"content", awkward}}));
  EXPECT_EQ(body["messages"][2]["role"], "assistant");
}

TEST(RemoteModel, AQuestionThatIsNoUtf8IsStillJson) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.stream(event({{"content", "ok"}}, "stop") + done); }});
  RemoteModel model(settings_for(server));
  EXPECT_EQ(model.answer(question("broken \xFF here")).text, "ok");
  EXPECT_EQ(Json::parse(server.requests()[0].body)["messages"][0]["content"], "broken \uFFFD here");
}

TEST(RemoteModel, TheKeyGoesIntoOneHeader) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.stream(event({{"content", "ok"}}, "stop") + done); }});
  RemoteSettings settings = settings_for(server);
  settings.key = Secret("sk-very-secret-123", "BIFRONS_TEXT_MODEL_KEY");
  RemoteModel model(settings);
  model.answer(question());
  const StubRequest sent = server.requests()[0];
  EXPECT_EQ(sent.header("Authorization"), "Bearer sk-very-secret-123");
  EXPECT_THAT(sent.body, Not(HasSubstr("secret")));
}

TEST(RemoteModel, ThoughtsInAFieldOfTheirOwn) {
  for (const char* field : {"reasoning_content", "reasoning"}) {
    StubServer server(Chats{[field](const StubRequest&, StubConnection& c) {
      c.stream(event({{field, "Let me "}, {"content", nullptr}}) + event({{field, "see."}, {"content", nullptr}}) +
               event({{"content", "<think> is a tag."}, {field, nullptr}}, "stop") + done);
    }});
    RemoteModel model(settings_for(server, "/v1", "#deepseek-reasoner"));
    Pieces pieces;
    const TextAnswer answer = model.answer(question(), pieces.take());
    EXPECT_EQ(answer.thoughts, "Let me see.");
    EXPECT_EQ(answer.text, "<think> is a tag.");  // with a field for thoughts the content is all text
    EXPECT_EQ(pieces.thoughts, answer.thoughts);
    EXPECT_EQ(pieces.text, answer.text);
  }
}

TEST(RemoteModel, ThoughtsBetweenTagsCutAnywhere) {
  const std::string content = "<think>\nSo \u00FC.\n\n</think>\n\nThe answer.";
  for (size_t step = 1; step <= content.size(); ++step) {
    StubServer server(Chats{[&](const StubRequest&, StubConnection& c) {
      std::string all;
      for (size_t i = 0; i < content.size(); i += step)  // raw bytes: a character may be cut between two events
        all += "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + [&] {
          std::string escaped;
          for (const char ch : content.substr(i, step)) escaped += ch == '\n' ? std::string("\\n") : std::string(1, ch);
          return escaped;
        }() + "\"},\"finish_reason\":null}]}\r\n\r\n";
      c.stream(all + event(Json::object(), "stop") + done);
    }});
    RemoteModel model(settings_for(server));
    Pieces pieces;
    const TextAnswer answer = model.answer(question(), pieces.take());
    EXPECT_EQ(answer.thoughts, "So \u00FC.") << step;
    EXPECT_EQ(answer.text, "The answer.") << step;
    EXPECT_EQ(pieces.thoughts, answer.thoughts) << step;
    EXPECT_EQ(pieces.text, answer.text) << step;
  }
}

TEST(RemoteModel, ThoughtsThatOnlyClose) {
  const auto script = [](const StubRequest&, StubConnection& c) {
    c.stream(event({{"content", "Hm.\n</th"}}) + event({{"content", "ink>\n\nYes."}}, "stop") + done);
  };
  {
    StubServer server(Chats{script});
    RemoteModel model(settings_for(server, "/v1", "#deepseek-r1-distill-qwen-7b"));  // by its name: thoughts from the start
    Pieces pieces;
    const TextAnswer answer = model.answer(question(), pieces.take());
    EXPECT_EQ(pieces.thoughts, "Hm.");
    EXPECT_EQ(pieces.text, "Yes.");
    EXPECT_EQ(answer.thoughts, "Hm.");
    EXPECT_EQ(answer.text, "Yes.");
  }
  StubServer server(Chats{script});
  RemoteModel model(settings_for(server));
  const TextAnswer answer = model.answer(question());  // unexpected: at the end it is told apart all the same
  EXPECT_EQ(answer.thoughts, "Hm.");
  EXPECT_EQ(answer.text, "Yes.");
}

TEST(RemoteModel, UsageInItsOtherShapesAndNone) {
  const std::pair<const char*, int64_t> shapes[] = {
      {R"({"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}})", 4},
      {R"({"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":null})", 0},
      {R"({"prompt_tokens":9,"completion_tokens":2,"prompt_cache_hit_tokens":1e300})", 0},
      {R"({"prompt_tokens":9,"completion_tokens":2,"prompt_cache_hit_tokens":50})", 9},
  };
  for (const auto& [usage, cached] : shapes) {
    StubServer server(Chats{[&, text = std::string(usage)](const StubRequest&, StubConnection& c) {
      c.stream(event({{"content", "x"}}) +
               "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":" + text + "}\n\n" + done);
    }});
    RemoteModel model(settings_for(server));
    const TextAnswer answer = model.answer(question());
    EXPECT_EQ(answer.end, TextAnswer::End::length);
    ASSERT_TRUE(answer.usage) << usage;
    EXPECT_EQ(answer.usage->cached_tokens, cached) << usage;
    EXPECT_EQ(answer.usage->prompt_tokens, 9);
  }
  for (const char* none : {"null", "[]", "{\"prompt_tokens\":\"many\"}", "{\"prompt_tokens\":-3}"}) {
    StubServer server(Chats{[&, text = std::string(none)](const StubRequest&, StubConnection& c) {
      c.stream(event({{"content", "x"}}, "stop") + "data: {\"choices\":[],\"usage\":" + text + "}\n\n" + done);
    }});
    RemoteModel model(settings_for(server));
    EXPECT_FALSE(model.answer(question()).usage) << none;
  }
}

TEST(RemoteModel, FindsTheNameAndTheContextInTheModelsList) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.stream(event({{"content", "ok"}}, "stop") + done); }});
  RemoteModel model(settings_for(server, "/v1", ""));
  EXPECT_EQ(model.name(), "the model at 127.0.0.1");
  EXPECT_EQ(model.answer(question()).model, "stub");
  EXPECT_EQ(model.name(), "stub at 127.0.0.1");
  EXPECT_EQ(model.context_tokens(), 4096);
  EXPECT_EQ(Json::parse(server.requests()[1].body)["model"], "stub");
  ASSERT_EQ(server.requests().size(), 2u);
  model.answer(question());
  EXPECT_EQ(server.requests().size(), 3u);  // the list is asked for once
}

TEST(RemoteModel, SeveralModelsAreNamedInTheError) {
  StubServer server([](const StubRequest&, StubConnection& c) {
    c.json(200, R"({"data":[{"id":"deepseek-chat"},{"id":"evil\u001b[31m\nname"}]})");
  });
  RemoteModel model(settings_for(server, "", ""));
  Fault fault{};
  const std::string message = thrown([&] { model.answer(question()); }, &fault);
  EXPECT_THAT(message, HasSubstr("serves 2 models (deepseek-chat, evil [31m name); choose one: --text-model http://127.0.0.1:"));
  EXPECT_EQ(fault, Fault::arguments);
  EXPECT_EQ(message.find_first_of("\x1b\n"), std::string::npos);
}

TEST(RemoteModel, LlamaCppTellsItsLoadedContextElsewhere) {
  StubServer server([](const StubRequest& r, StubConnection& c) {
    if (r.path == "/props") return c.json(200, R"({"default_generation_settings":{"n_ctx":2048}})");
    c.json(200, R"({"data":[{"id":"m.gguf","owned_by":"llamacpp","meta":{"n_ctx_train":131072}}]})");
  });
  RemoteModel model(settings_for(server, "", ""));
  EXPECT_EQ(model.context_tokens(), 2048);
}

TEST(RemoteModel, ContextIsAGuessWhereNobodyTells) {
  StubServer server([](const StubRequest&, StubConnection& c) { c.json(404, R"({"detail":"Not Found"})"); });
  RemoteModel model(settings_for(server));
  EXPECT_EQ(model.context_tokens(), 8192);
  EXPECT_EQ(model.context_tokens(), 8192);
  EXPECT_EQ(server.requests().size(), 1u);  // it does not ask again
  RemoteSettings settings = settings_for(server);
  settings.context = 1234;
  EXPECT_EQ(RemoteModel(settings).context_tokens(), 1234);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(RemoteModel, RootsWithAndWithoutVersion) {
  struct Case {
    const char *given, *serves;
  };
  for (const Case& one : {Case{"", "/v1"},
                          {"", ""},
                          {"/", "/v1"},
                          {"/v1", "/v1"},
                          {"/v1/", "/v1"},
                          {"/v1/chat/completions", "/v1"},
                          {"/api", "/api"},
                          {"/api", "/api/v1"},
                          {"/api/paas/v4", "/api/paas/v4"}}) {
    const std::string serves = one.serves;
    StubServer server([&](const StubRequest& r, StubConnection& c) {
      if (r.path != serves + "/chat/completions") return c.json(404, R"({"detail":"Not Found"})");
      c.stream(event({{"content", "ok"}}, "stop") + done);
    });
    RemoteModel model(settings_for(server, one.given));
    EXPECT_EQ(model.answer(question()).text, "ok") << one.given << " on " << one.serves;
    const size_t asked = server.requests().size();
    EXPECT_LE(asked, 2u);
    model.answer(question());
    EXPECT_EQ(server.requests().size(), asked + 1) << "the right root is kept";
  }
}

TEST(RemoteModel, AServerThatDoesNotStream) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.json(200,
           "\n\n" + Json{{"choices",
                          {{{"index", 0},
                            {"finish_reason", "stop"},
                            {"message", {{"role", "assistant"}, {"content", "All at once."}, {"reasoning_content", "Hm."}}}}}},
                         {"usage", {{"prompt_tokens", 3}, {"completion_tokens", 4}}}}
                        .dump());
  }});
  RemoteModel model(settings_for(server));
  Pieces pieces;
  const TextAnswer answer = model.answer(question(), pieces.take());
  EXPECT_EQ(answer.text, "All at once.");
  EXPECT_EQ(answer.thoughts, "Hm.");
  EXPECT_EQ(pieces.text, answer.text);
  EXPECT_EQ(answer.usage->answer_tokens, 4);
}

TEST(RemoteModel, ContentAsParts) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.stream(
        event({{"content", {{{"type", "text"}, {"text", "in "}}, {{"type", "image"}}, {{"type", "text"}, {"text", "parts"}}}}},
              "stop") +
        done);
  }});
  RemoteModel model(settings_for(server));
  EXPECT_EQ(model.answer(question()).text, "in parts");
}

TEST(RemoteModel, KeepsItsConnection) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    const std::string body = event({{"content", "ok"}}, "stop") + done;
    c.reply(200, "text/event-stream", body);
  }});
  RemoteModel model(settings_for(server));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(model.answer(question()).text, "ok");
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(RemoteModel, ManyThreadsAskAtOnce) {
  StubServer server(Chats{[](const StubRequest& r, StubConnection& c) {
    c.stream(event({{"content", Json::parse(r.body)["messages"][0]["content"]}}, "stop") + done);
  }});
  RemoteModel model(settings_for(server));
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        const std::string text = std::to_string(t) + "/" + std::to_string(i);
        if (model.answer(question(text)).text == text) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 40);
}

// ---- cancelling: bounded, not exact; the promise is 100 ms, the machine may be busy
constexpr double soon = 1.0;

TEST(RemoteModel, CancelledByThePieceTaker) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.stream_head();
    for (int i = 0; c.send(event({{"content", "word "}})) && c.pause(10); ++i) {
    }
  }});
  RemoteModel model(settings_for(server));
  int pieces = 0;
  const double begin = seconds();
  const TextAnswer answer = model.answer(question(), [&](const TextPiece&) { return ++pieces < 3; });
  EXPECT_EQ(answer.end, TextAnswer::End::cancelled);
  EXPECT_EQ(pieces, 3);
  EXPECT_EQ(answer.text, "word word word ");
  EXPECT_LT(seconds() - begin, soon + 0.1);
  EXPECT_EQ(server.chats(), 1);
}

TEST(RemoteModel, CancelledWhileNothingComes) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.hold(); }});
  RemoteModel model(settings_for(server));
  TextRequest request = question();
  const double begin = seconds();
  double asked = 0, longest = 0;
  request.stop = [&] {
    const double t = seconds();
    if (asked > 0) longest = std::max(longest, t - asked);
    asked = t;
    return t - begin > 0.3;
  };
  const TextAnswer answer = model.answer(request);
  EXPECT_EQ(answer.end, TextAnswer::End::cancelled);
  EXPECT_LT(seconds() - begin, 0.3 + soon);
  EXPECT_GT(asked, begin);
  EXPECT_LT(longest, soon);
}

TEST(RemoteModel, CancelledWhileConnecting) {
  // 192.0.2.0/24 (RFC 5737) belongs to nobody: a connection there hangs, or fails at once where there is no route
  RemoteSettings settings = parse_text_model("http://192.0.2.1:9#stub");
  settings.connect_seconds = 30, settings.retries = 1000, settings.first_wait_seconds = 5;
  RemoteModel model(settings);
  TextRequest request = question();
  const double begin = seconds();
  request.stop = [&] { return seconds() - begin > 0.2; };
  EXPECT_EQ(model.answer(request).end, TextAnswer::End::cancelled);
  EXPECT_LT(seconds() - begin, 0.2 + soon);
}

TEST(RemoteModel, CancelledWhileWaitingToTryAgain) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.json(429, "{}", "Retry-After: 30\r\n"); }});
  RemoteModel model(settings_for(server));
  TextRequest request = question();
  std::vector<std::string> told;
  bool stop = false;
  const double begin = seconds();
  request.on_status = [&](const std::string& sentence) { told.push_back(sentence), stop = true; };
  request.stop = [&] { return stop; };
  EXPECT_EQ(model.answer(request).end, TextAnswer::End::cancelled);
  EXPECT_LT(seconds() - begin, soon);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0], "127.0.0.1: busy (HTTP 429); trying again in 30 s (1 of 4)");
}

// ---- the check
TEST(RemoteCheckTest, SaysWhetherItAnswers) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.close(); }});
  RemoteModel model(settings_for(server));
  const RemoteCheck check = model.check();
  EXPECT_TRUE(check.answers) << check.problem;
  EXPECT_EQ(check.problem, "");
  EXPECT_EQ(check.model, "stub");
  EXPECT_EQ(check.models, std::vector<std::string>{"stub"});
  EXPECT_EQ(check.context_tokens, 4096);
  EXPECT_GT(check.seconds, 0);
  EXPECT_EQ(server.chats(), 0);

  RemoteModel other(settings_for(server, "/v1", "#other"));
  const RemoteCheck wrong = other.check();
  EXPECT_TRUE(wrong.answers);
  EXPECT_THAT(wrong.problem, HasSubstr("does not list 'other', but stub; is the name right?"));
}

TEST(RemoteCheckTest, SaysWhyItDoesNot) {
  {
    StubServer server([](const StubRequest&, StubConnection& c) { c.json(401, R"({"error":{"message":"bad key"}})"); });
    const RemoteCheck check = RemoteModel(settings_for(server)).check();
    EXPECT_FALSE(check.answers);
    EXPECT_THAT(check.problem, HasSubstr("wants a key (HTTP 401); put one into BIFRONS_TEXT_MODEL_KEY or a key file"));
  }
  {
    StubServer server([](const StubRequest&, StubConnection& c) { c.hold(); });
    const double begin = seconds();
    const RemoteCheck check = RemoteModel(settings_for(server)).check(0.3);
    EXPECT_FALSE(check.answers);
    EXPECT_THAT(check.problem, HasSubstr("did not answer within 0.3 s"));
    EXPECT_LT(seconds() - begin, 0.3 + soon);
  }
  int port = 0;
  {
    StubServer gone(Chats{[](const StubRequest&, StubConnection&) {}});
    port = gone.port();
  }
  const RemoteCheck check = RemoteModel(parse_text_model("http://127.0.0.1:" + std::to_string(port))).check();
  EXPECT_FALSE(check.answers);
  EXPECT_THAT(check.problem, HasSubstr("no connection; does the server run there"));
}

TEST(RemoteCheckTest, WithoutAListOneTokenIsAskedFor) {
  StubServer server([](const StubRequest& r, StubConnection& c) {
    if (r.method == "GET") return c.json(404, R"({"detail":"Not Found"})");
    c.stream(event({{"content", "H"}}, "length") + done);
  });
  const RemoteCheck check = RemoteModel(settings_for(server)).check();
  EXPECT_TRUE(check.answers) << check.problem;
  EXPECT_EQ(check.problem, "");
  EXPECT_EQ(Json::parse(server.requests().back().body)["max_tokens"], 1);
}

}  // namespace
}  // namespace bifrons
