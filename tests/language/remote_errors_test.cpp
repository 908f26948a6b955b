// tests/language/remote_errors_test.cpp - what a server's refusals become: a prompt too long in everybody's words, requests that
// bend, and sentences in which no key stands.
#include "language/remote_errors.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>

#include "tests/language/remote_outcome.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

// ---- too long

TEST(RemoteErrors, ContextTooLongInEverybodysWords) {
  struct Case {
    int status;
    const char* body;
    int64_t most;
  };
  const Case cases[] = {
      // OpenAI
      {400,
       R"({"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 10015 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})",
       8192},
      {400,
       R"({"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}})",
       0},
      // DeepSeek
      {400,
       R"({"error":{"message":"This model's maximum context length is 65536 tokens. However, you requested 70123 tokens (66027 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}})",
       65536},
      // vLLM, older and newer
      {400,
       R"({"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5010 tokens in the messages, Please reduce the length of the messages.","type":"BadRequestError","param":null,"code":400})",
       4096},
      {400,
       R"({"error":{"message":"'max_tokens' or 'max_completion_tokens' is too large: 8000. This model's maximum context length is 4096 tokens and your request has 20 input tokens (8000 > 4096 - 20).","type":"BadRequestError","param":null,"code":400}})",
       4096},
      {400,
       R"({"error":{"message":"The decoder prompt (length 5010) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.","type":"BadRequestError","code":400}})",
       4096},
      {400,
       R"({"error":{"message":"Input length (265330) exceeds model's maximum context length (262144).","type":"BadRequestError","code":400}})",
       262144},
      // SGLang
      {400,
       R"({"object":"error","message":"The input (516368 tokens) is longer than the model's context length (262144 tokens).","type":"BadRequestError","param":null,"code":400})",
       262144},
      {400,
       R"({"object":"error","message":"Requested token count exceeds the model's maximum context length of 131072 tokens. You requested a total of 140000 tokens: 139000 tokens from the input messages and 1000 tokens for the completion.","type":"BadRequestError","code":400})",
       131072},
      {400,
       R"({"object":"error","message":"Input length (5010 tokens) exceeds the maximum allowed length (4090 tokens). Use a shorter input or enable --allow-auto-truncate.","code":400})",
       4090},
      // llama.cpp
      {400,
       R"({"error":{"code":400,"message":"request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":13392,"n_ctx":8192}})",
       8192},
      {400,
       R"({"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size or enable context shift","type":"invalid_request_error"}})",
       0},
      {500,
       R"({"error":{"code":500,"message":"the request exceeds the available context size, try increasing it","type":"server_error","n_ctx":2048}})",
       2048},
      // text-generation-inference, Mistral, LM Studio, xAI, a compatible endpoint of Anthropic's
      {422,
       R"({"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 100 `max_new_tokens`","error_type":"validation"})",
       4096},
      {400,
       R"({"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32,768 maximum context length","type":"invalid_request_error"})",
       32768},
      {400,
       R"({"error":"Trying to keep the first 5010 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough."})",
       4096},
      {400, R"({"error":{"message":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}})",
       131072},
      {400, R"({"error":{"message":"prompt is too long: 213462 tokens > 200000 maximum"}})", 200000},
      {413, "<html>Request Entity Too Large</html>", 0},
  };
  for (const Case& one : cases) {
    StubServer server(Chats{[&](const StubRequest&, StubConnection& c) { c.json(one.status, one.body); }});
    RemoteModel model(quick(server));
    const Outcome out = ask(model);
    ASSERT_TRUE(out.too_long) << one.body << "\n" << out.error;
    EXPECT_EQ(*out.too_long, one.most) << one.body;
    EXPECT_EQ(out.fault, Fault::limit);
    EXPECT_EQ(server.chats(), 1);
    EXPECT_THAT(out.error, HasSubstr("the prompt is too long for the model"));
    if (one.most) {
      EXPECT_EQ(model.context_tokens(), one.most) << "what it told is remembered";
    }
  }
  StubServer in_stream(Chats{[](const StubRequest&, StubConnection& c) {
    c.stream("data: {\"error\":{\"message\":\"This model's maximum context length is 4096 tokens.\",\"code\":400}}\n\n" + done);
  }});
  EXPECT_EQ(ask(in_stream).too_long, 4096);
  StubServer other(Chats{[](const StubRequest&, StubConnection& c) {
    c.json(400, R"({"error":{"message":"temperature must be below 2 in this context"}})");
  }});
  EXPECT_FALSE(ask(other).too_long);
}

// ---- servers that take less than usual

TEST(RemoteErrors, TheRequestBendsWhereItDoesNotMatter) {
  const auto refuses = [](const std::string& field, const std::string& body) {
    return [=](const StubRequest& r, StubConnection& c) {
      if (Json::parse(r.body).contains(field)) return c.json(400, body);
      fine(r, c);
    };
  };
  {
    StubServer server(Chats{refuses(
        "max_tokens",
        R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}})")});
    EXPECT_EQ(ask(server).text, "fine");
    EXPECT_EQ(Json::parse(server.requests().back().body)["max_completion_tokens"], 1024);
  }
  {
    StubServer server(Chats{refuses(
        "stream_options",
        R"({"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]})")});
    RemoteModel model(quick(server));
    EXPECT_EQ(ask(model).text, "fine");
    EXPECT_EQ(server.chats(), 2);
    EXPECT_EQ(ask(model).text, "fine");
    EXPECT_EQ(server.chats(), 3);  // it is remembered
  }
  {
    StubServer server(Chats{refuses(
        "temperature",
        R"({"error":{"message":"Unsupported value: 'temperature' does not support 0.6 with this model.","param":"temperature"}})")});
    const Outcome out = ask(server);
    EXPECT_EQ(out.text, "fine");
    ASSERT_EQ(out.statuses.size(), 1u);  // not silently
    EXPECT_THAT(out.statuses[0], HasSubstr("takes no temperature"));
  }
  StubServer stubborn(Chats{[](const StubRequest&, StubConnection& c) {
    c.json(
        400,
        R"({"error":{"message":"unsupported temperature, stream_options, max_tokens, max_completion_tokens, seed","param":"temperature"}})");
  }});
  EXPECT_THAT(ask(stubborn).error, HasSubstr("does not take the request"));
  EXPECT_LE(stubborn.chats(), 5);
}

// ---- the key

TEST(RemoteErrors, TheKeyIsInNoMessage) {
  const std::string key = "sk-abcdef0123456789";
  for (const int status : {400, 401, 403, 429, 500}) {
    StubServer server(Chats{[&](const StubRequest& r, StubConnection& c) {
      c.json(status,
             Json{{"error",
                   {{"message", "Incorrect API key provided: " + key + " (" + r.header("Authorization") + ") or sk-abc***6789"}}}}
                 .dump());
    }});
    RemoteSettings settings = quick(server);
    settings.key = Secret(key, "BIFRONS_TEXT_MODEL_KEY"), settings.retries = 1;
    RemoteModel model(settings);
    const Outcome out = ask(model);
    ASSERT_NE(out.error, "");
    EXPECT_THAT(out.error, AllOf(Not(HasSubstr(key)), Not(HasSubstr("sk-"))));
    for (const std::string& said : out.statuses) EXPECT_THAT(said, Not(HasSubstr("sk-")));
    if (status == 401) {
      EXPECT_THAT(out.error, HasSubstr("does not take the key of BIFRONS_TEXT_MODEL_KEY (HTTP 401); put a valid one there"));
    }
  }
}

TEST(RemoteErrors, TheKeyDoesNotFollowARedirect) {
  StubServer thief(Chats{fine});
  StubServer server(Chats{[&](const StubRequest&, StubConnection& c) {
    c.json(302, "{}", "Location: " + thief.url("/v1/chat/completions") + "\r\n");
  }});
  RemoteSettings settings = quick(server);
  settings.key = Secret("sk-abcdef0123456789", "BIFRONS_TEXT_MODEL_KEY");
  RemoteModel model(settings);
  EXPECT_THAT(ask(model).error, HasSubstr("redirect"));
  EXPECT_TRUE(thief.requests().empty());
}

TEST(RemoteErrors, TheKeyIsNotSentInTheClear) {
  RemoteSettings settings = parse_text_model("http://models.example.com#stub");
  settings.key = Secret("sk-abcdef0123456789", "the key file k");
  const std::string message = thrown([&] { RemoteModel model(settings); });
  EXPECT_EQ(message,
            "http://models.example.com: the key of the key file k would travel unencrypted; use https, or set "
            "text_model_plain_http to true in "
            "the config file if the network is yours");
  settings.plain_http = true;
  EXPECT_NO_THROW(RemoteModel{settings});
  settings.plain_http = false, settings.key = Secret();
  EXPECT_NO_THROW(RemoteModel{settings});
}

TEST(RemoteErrors, WhatIsForThisMachineGoesThroughNoProxy) {
  StubServer proxy([](const StubRequest& r, StubConnection& c) { fine(r, c); });
  StubServer server(Chats{fine});
  ::setenv("http_proxy", proxy.url("").c_str(), 1);
  const Outcome direct = ask(server);
  RemoteSettings settings = parse_text_model("http://models.example.com#stub");
  settings.connect_seconds = 2, settings.retries = 0;
  RemoteModel model(settings);
  const Outcome through = ask(model);
  ::unsetenv("http_proxy");
  EXPECT_EQ(direct.text, "fine");
  EXPECT_EQ(through.text, "fine") << through.error;  // proxies are honoured for others
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].path, "http://models.example.com/v1/chat/completions");
}

// ---- the small parts

TEST(RemoteErrors, RetryAfter) {
  HttpHead head;
  EXPECT_FALSE(retry_after(head, 0));
  head.retry_after = "7";
  EXPECT_EQ(retry_after(head, 0), 7);
  head.retry_after = "0.5";
  EXPECT_EQ(retry_after(head, 0), 0.5);
  head.retry_after = "Sun, 06 Nov 1994 08:49:37 GMT";
  EXPECT_EQ(retry_after(head, 784111777 - 12), 12);
  EXPECT_EQ(retry_after(head, 784111777 + 12), 0);
  for (const char* nonsense : {"-3", "nan", "inf", "7 s", "", "1e", "\x01"}) {
    head.retry_after = nonsense;
    const auto wait = retry_after(head, 0);
    if (wait) {
      EXPECT_TRUE(std::isfinite(*wait) && *wait >= 0) << nonsense;
    }
    EXPECT_FALSE(wait && std::string(nonsense) != "inf") << nonsense;
  }
}

TEST(RemoteErrors, QuotationsAreClean) {
  const Secret key("hunter2hunter2", "x");
  EXPECT_EQ(quotation("plain words.", key), "plain words");
  EXPECT_EQ(quotation("a\n\n\tb\x1b[31m \"c\"", key), "a b [31m 'c'");
  EXPECT_EQ(quotation("it is hunter2hunter2!", key), "it is [key]!");
  EXPECT_EQ(quotation("Bearer sk-proj-1234_abcd*x and sk-1", key), "Bearer [key] and sk-1");
  EXPECT_EQ(quotation("left\xE2\x80\xAEright\xC2\x9Bz\xE2\x81\xA6", key), "left right z");
  EXPECT_EQ(quotation(std::string(5000, 'x'), key), std::string(157, 'x') + "...");
  EXPECT_EQ(quotation("\xFF\xE4\xBD", key), "\xEF\xBF\xBD\xEF\xBF\xBD");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "\xE4\xBD\xA0";
  EXPECT_LE(quotation(wide, key).size(), 160u);
}

}  // namespace
}  // namespace bifrons
