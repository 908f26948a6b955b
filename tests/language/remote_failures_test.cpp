// tests/language/remote_failures_test.cpp - a remote model that is ill: every failure a server or a network can show, how often
// it is tried again, that a half-streamed answer never is, and what people are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/language/remote_outcome.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

// ---- what is tried again

TEST(RemoteFailures, StatusesThatPassAreTriedAgain) {
  for (const int status : {408, 409, 429, 500, 502, 503, 504, 529}) {
    const auto ill = [status](const StubRequest&, StubConnection& c) { c.json(status, R"({"error":{"message":"overloaded"}})"); };
    StubServer server(Chats{ill, ill, fine});
    const Outcome out = ask(server);
    EXPECT_EQ(out.text, "fine") << status << out.error;
    EXPECT_EQ(server.chats(), 3) << status;
    ASSERT_EQ(out.statuses.size(), 2u);
    EXPECT_THAT(out.statuses[0], HasSubstr("HTTP " + std::to_string(status) + "); trying again in "));
    EXPECT_THAT(out.statuses[1], HasSubstr("(2 of 3)"));
  }
}

TEST(RemoteFailures, ButNotForEver) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.json(500, R"({"error":{"message":"kaputt"}})"); }});
  const Outcome out = ask(server);
  EXPECT_EQ(server.chats(), 4);  // the first and three more
  EXPECT_THAT(out.error, HasSubstr("the server is in trouble (HTTP 500), saying \"kaputt\"; try again later"));
  EXPECT_THAT(out.error, HasSubstr("(tried 4 times)"));
}

TEST(RemoteFailures, StatusesThatDoNotPassAreNotTriedAgain) {
  const std::pair<int, const char*> cases[] = {{400, "does not take the request (HTTP 400)"},
                                               {401, "wants a key (HTTP 401)"},
                                               {402, "no credit left (HTTP 402); top it up"},
                                               {403, "refuses access (HTTP 403)"},
                                               {422, "does not take the request (HTTP 422)"},
                                               {501, "in trouble (HTTP 501)"},
                                               {418, "answers with HTTP 418"}};
  for (const auto& [status, says] : cases) {
    StubServer server(
        Chats{[status = status](const StubRequest&, StubConnection& c) { c.json(status, R"({"error":{"message":"no"}})"); }});
    const Outcome out = ask(server);
    EXPECT_THAT(out.error, HasSubstr(says));
    EXPECT_EQ(out.error.substr(0, 17), "http://127.0.0.1:");
    EXPECT_EQ(server.chats(), 1) << status;
  }
}

TEST(RemoteFailures, NoSuchModelAndNoSuchPlace) {
  StubServer no_model(Chats{[](const StubRequest&, StubConnection& c) {
    c.json(404,
           R"({"object":"error","message":"The model `stub` does not exist.","type":"NotFoundError","param":null,"code":404})");
  }});
  EXPECT_THAT(ask(no_model).error,
              HasSubstr("has no model 'stub' (HTTP 404); give the name of one it serves: --text-model URL#name"));
  StubServer nothing(Chats{[](const StubRequest&, StubConnection& c) { c.reply(404, "text/html", "<html>Not here</html>"); }});
  const Outcome out = ask(nothing);
  EXPECT_THAT(out.error,
              AllOf(HasSubstr("is no OpenAI-compatible endpoint (HTTP 404); is the address right"), Not(HasSubstr("html"))));
}

TEST(RemoteFailures, QuotaIsNotBusyness) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.json(429,
           R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}})");
  }});
  const Outcome out = ask(server);
  EXPECT_EQ(server.chats(), 1);
  EXPECT_THAT(out.error, HasSubstr("the account behind the key has no credit left"));
}

TEST(RemoteFailures, RetryAfterIsKept) {
  const auto busy = [](const char* header) {
    return [header](const StubRequest&, StubConnection& c) { c.json(429, "{}", header); };
  };
  {
    StubServer server(Chats{busy("Retry-After: 1\r\n"), fine});
    const Outcome out = ask(server);
    EXPECT_EQ(out.text, "fine");
    EXPECT_GE(out.took, 0.99);
    EXPECT_THAT(out.statuses.at(0), HasSubstr("busy (HTTP 429); trying again in 1.0 s (1 of 3)"));
  }
  {
    StubServer server(Chats{busy("retry-after-ms: 300\r\nRetry-After: 9\r\n"), fine});
    const Outcome out = ask(server);
    EXPECT_EQ(out.text, "fine");
    EXPECT_GE(out.took, 0.29);
  }
  {
    StubServer server(Chats{busy("Retry-After: 3600\r\n"), fine});  // longer than anybody waits
    const Outcome out = ask(server);
    EXPECT_THAT(out.error,
                HasSubstr("takes no more questions for now (HTTP 429); try again later; the server asks to wait 3600 s"));
    EXPECT_EQ(server.chats(), 1);
  }
  {
    StubServer server(Chats{busy("Retry-After: soon\r\n"), fine});  // nonsense is as if it were not there
    EXPECT_EQ(ask(server).text, "fine");
  }
  {
    StubServer server(Chats{busy("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), fine});  // long past: at once
    EXPECT_EQ(ask(server).text, "fine");
  }
}

TEST(RemoteFailures, ConnectionsThatBreakBeforeAWordAreTriedAgain) {
  const Handler breaks[] = {
      [](const StubRequest&, StubConnection& c) { c.close(); },                                     // no answer at all
      [](const StubRequest&, StubConnection& c) { c.reset(); },                                     // reset
      [](const StubRequest&, StubConnection& c) { c.send("HTTP/1.1 200 O"), c.close(); },           // within the head
      [](const StubRequest&, StubConnection& c) { c.stream_head(), c.close(); },                    // behind the head
      [](const StubRequest&, StubConnection& c) { c.stream(": keep-alive\n\n: keep-alive\n\n"); },  // while queued
      [](const StubRequest&, StubConnection& c) {  // fewer bytes than were promised
        c.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 900\r\n\r\n: x\n\n"), c.close();
      },
  };
  for (size_t i = 0; i < std::size(breaks); ++i) {
    StubServer server(Chats{breaks[i], breaks[i], fine});
    const Outcome out = ask(server);
    EXPECT_EQ(out.text, "fine") << i << ": " << out.error;
    EXPECT_EQ(server.chats(), 3) << i;
    EXPECT_GE(out.statuses.size(), 2u);
  }
}

TEST(RemoteFailures, NobodyListens) {
  int port = 0;
  {
    StubServer gone(Chats{fine});
    port = gone.port();
  }
  RemoteSettings settings = parse_text_model("http://127.0.0.1:" + std::to_string(port) + "#stub");
  settings.first_wait_seconds = 0.01, settings.retries = 2;
  RemoteModel model(settings);
  const Outcome out = ask(model);
  EXPECT_THAT(out.error,
              HasSubstr("no connection; does the server run there, and does a firewall let it through? (tried 3 times)"));
  EXPECT_EQ(out.statuses.size(), 2u);
}

TEST(RemoteFailures, AHostThatIsNone) {
  RemoteSettings settings = parse_text_model("http://bifrons-test.invalid#stub");  // RFC 6761: never resolves
  settings.first_wait_seconds = 0.01, settings.retries = 1, settings.connect_seconds = 5;
  RemoteModel model(settings);
  // where a resolver answers for everything, or none answers in time, the other sentence is as true
  EXPECT_THAT(ask(model).error, testing::AnyOf(HasSubstr("has no address"), HasSubstr("no connection"), HasSubstr("proxy")));
}

// ---- what is never tried again: an answer of which a word was handed on

TEST(RemoteFailures, AHalfStreamedAnswerIsNeverTriedAgain) {
  const std::pair<const char*, Handler> breaks[] = {
      {"connection broke", [](const StubRequest&, StubConnection& c) { c.stream(event("half")); }},
      {"connection broke",
       [](const StubRequest&, StubConnection& c) { c.stream_head(), c.send(event("half")), c.pause(50), c.reset(); }},
      {"connection broke", [](const StubRequest&, StubConnection& c) { c.stream(event("half") + "data: {\"choices\":[{\"del"); }},
      {"said nothing for too long",
       [](const StubRequest&, StubConnection& c) { c.stream_head(), c.send(event("half")), c.hold(); }},
      {"the server gave up, saying \"out of memory\"",
       [](const StubRequest&, StubConnection& c) {
         c.stream(event("half") + "data: {\"error\":{\"message\":\"out of memory\",\"code\":500}}\n\n" + done);
       }},
      {"for want of resources",
       [](const StubRequest&, StubConnection& c) { c.stream(event("half", "insufficient_system_resource") + done); }},
      {"no JSON object",
       [](const StubRequest&, StubConnection& c) { c.stream(event("half") + "data: {broken\n\n" + event("more")); }},
  };
  for (const auto& [says, handler] : breaks) {
    StubServer server(Chats{handler, fine});
    const Outcome out = ask(server);
    EXPECT_THAT(out.error, HasSubstr(says));
    EXPECT_EQ(out.pieces, "half");
    EXPECT_EQ(server.chats(), 1) << says;
    EXPECT_TRUE(out.statuses.empty());
  }
}

TEST(RemoteFailures, WithoutAListenerHalfAnAnswerIsNotTriedAgainEither) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.stream(event("half")); }, fine});
  RemoteModel model(quick(server));
  TextRequest request;
  request.messages = {{TextMessage::Role::user, "?"}};
  try {
    ADD_FAILURE() << "answered '" << model.answer(request).text << "'";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("connection broke"));
  }
  EXPECT_EQ(server.chats(), 1);
}

TEST(RemoteFailures, AnErrorInTheStreamBeforeAWord) {
  const auto ill = [](const char* error) {
    return [error](const StubRequest&, StubConnection& c) { c.stream(std::string("data: ") + error + "\n\n" + done); };
  };
  for (const char* error :
       {R"({"error":{"message":"busy","code":503}})", R"({"error":{"message":"x","type":"rate_limit_error"}})",
        R"({"object":"error","message":"x","type":"InternalServerError","code":500})"}) {
    StubServer server(Chats{ill(error), fine});
    EXPECT_EQ(ask(server).text, "fine") << error;
  }
  StubServer server(Chats{ill(R"({"error":{"message":"bad things","type":"invalid_request_error","code":400}})"), fine});
  EXPECT_THAT(ask(server).error, HasSubstr("the server gave up, saying \"bad things\""));
  EXPECT_EQ(server.chats(), 1);
}

// ---- slow and endless

TEST(RemoteFailures, ASlowFirstByteIsWaitedForAndSilenceIsNot) {
  StubServer slow(Chats{[](const StubRequest& r, StubConnection& c) { c.pause(350), fine(r, c); }});
  EXPECT_EQ(ask(slow).text, "fine");  // within connect and first byte together
  StubServer silent(Chats{[](const StubRequest&, StubConnection& c) { c.hold(); }});
  const Outcome out = ask(silent);
  EXPECT_THAT(out.error, HasSubstr("said nothing for too long; try again, or raise text_model_idle_seconds"));
  EXPECT_EQ(silent.chats(), 1);  // who has waited a whole limit decides about the next
  EXPECT_LT(out.took, 3);
}

TEST(RemoteFailures, ASlowDripIsWhole) {
  const std::string body = event("sl\xC3\xB6w ") + ": keep-alive\n\n" + event("drip", "stop") + done;
  StubServer server(
      Chats{[&](const StubRequest&, StubConnection& c) { c.stream_head(), c.send_slowly(body, 7, 10), c.close(); }});
  EXPECT_EQ(ask(server).text, "sl\xC3\xB6w drip");
}

TEST(RemoteFailures, KeepAlivesKeepItAliveButNotForEver) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.stream_head();
    while (c.send(": keep-alive\n\n") && c.pause(50)) {
    }
  }});
  RemoteSettings settings = quick(server);
  settings.total_seconds = 0.8;
  RemoteModel model(settings);
  const Outcome out = ask(model);
  EXPECT_THAT(out.error, HasSubstr("took too long to answer"));
  EXPECT_GE(out.took, 0.7);
  EXPECT_LT(out.took, 3);
  ASSERT_FALSE(out.statuses.empty());
  EXPECT_EQ(out.statuses[0], "127.0.0.1: has the question in its queue");
}

TEST(RemoteFailures, AnAnswerWithoutEndIsEnded) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.stream_head();
    const std::string much = event(std::string(10000, 'x'));
    while (c.send(much)) {
    }
  }});
  RemoteSettings settings = quick(server);
  settings.most_answer_bytes = 200000;
  RemoteModel model(settings);
  const Outcome out = ask(model);
  EXPECT_THAT(out.error, HasSubstr("the answer is longer than 200000 bytes, for 1024 tokens that were asked for"));
  EXPECT_EQ(out.fault, Fault::limit);
  EXPECT_LE(out.pieces.size(), 200000u);
}

TEST(RemoteFailures, EndlessLinesEventsBodiesAndHeads) {
  const auto endless = [](const std::string& head, const std::string& part) {
    return [=](const StubRequest&, StubConnection& c) {
      c.send(head);
      while (c.send(part)) {
      }
      c.close();
    };
  };
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", part(50000, 'x');
  const std::pair<const char*, Handler> cases[] = {
      {"has a line of more than 1048576 bytes", endless(ok + "data: ", part)},
      {"has an event of more than 4194304 bytes", endless(ok, "data: " + part + "\n")},
      {"sent more than any answer is long", endless("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", part)},
      {"sent more than any answer is long", endless("HTTP/1.1 200 OK\r\n", "X-Header: " + std::string(5000, 'y') + "\r\n")},
      {"sent more than any answer is long",
       endless("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", ": " + part + "\n")},
  };
  for (const auto& [says, handler] : cases) {
    StubServer server(Chats{handler});
    RemoteSettings settings = quick(server);
    settings.total_seconds = 20;
    RemoteModel model(settings);
    const Outcome out = ask(model);
    EXPECT_THAT(out.error, HasSubstr(says));
    EXPECT_EQ(out.fault, Fault::limit);
    EXPECT_EQ(server.chats(), 1);
  }
}

TEST(RemoteFailures, AnEndlessRefusalIsReadInPart) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.send("HTTP/1.1 400 Bad\r\nContent-Type: text/plain\r\n\r\n");
    while (c.send(std::string(50000, 'x'))) {
    }
  }});
  EXPECT_THAT(ask(server).error, HasSubstr("does not take the request (HTTP 400)"));
}

TEST(RemoteFailures, AnAnswerThatIsWholeNeedsNoTidyEnd) {
  StubServer lingers(
      Chats{[](const StubRequest&, StubConnection& c) { c.stream_head(), c.send(event("fine", "stop") + done), c.hold(); }});
  EXPECT_EQ(ask(lingers).text, "fine");  // [DONE], but the connection stays
  StubServer forgets(
      Chats{[](const StubRequest&, StubConnection& c) { c.stream_head(), c.send(event("fine", "stop")), c.hold(); }});
  EXPECT_EQ(ask(forgets).text, "fine");  // a finish reason, but no [DONE]
  StubServer drops(Chats{
      [](const StubRequest&, StubConnection& c) { c.stream_head(), c.send(event("fine", "stop")), c.pause(50), c.reset(); }});
  EXPECT_EQ(ask(drops).text, "fine");
  StubServer terse(Chats{[](const StubRequest&, StubConnection& c) { c.stream(event("fine") + "data: [DONE]"); }});
  EXPECT_EQ(ask(terse).text, "fine");  // no finish reason, no last line end
}

// ---- wrong answers

TEST(RemoteFailures, WhatIsNoAnswer) {
  const std::pair<const char*, Handler> cases[] = {
      {"answers with 'text/html' instead of an event stream",
       [](const StubRequest&, StubConnection& c) { c.reply(200, "text/html", "<html>hello"); }},
      {"no JSON object", [](const StubRequest&, StubConnection& c) { c.stream("data: <html>\n\n" + done); }},
      {"does not speak HTTP; is the port right",
       [](const StubRequest&, StubConnection& c) { c.send("220 mail.example.com\r\n"), c.close(); }},
      {"no JSON object", [](const StubRequest&, StubConnection& c) { c.stream("data: [1,2]\n\n" + done); }},
      {"/v1: answered HTTP 200 with content type 'text/event-stream', but what came is no event stream of an OpenAI-compatible "
       "endpoint: it begins with \"%%%% not sse at all %%%% not sse at all",
       [](const StubRequest&, StubConnection& c) { c.stream("%%%% not sse at all\n%%%% not sse at all\n"); }},
      {"it begins with \"<html>hello\" where \"data: {\" was expected; is the address right, with or without /v1?",
       [](const StubRequest&, StubConnection& c) { c.stream("\n<html>hello"); }},
      {"with no content type, but what came is no event stream",
       [](const StubRequest&, StubConnection& c) { c.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndatabase!"); }},
      {"no JSON object", [](const StubRequest&, StubConnection& c) { c.json(200, "{\"choices\":[{\"ind"); }},
      {"no choices", [](const StubRequest&, StubConnection& c) { c.json(200, R"({"choices":[]})"); }},
      {"ended the answer before it began",
       [](const StubRequest&, StubConnection& c) { c.stream("data: {\"choices\":[]}\n\n" + done); }},
      {"content filter withheld", [](const StubRequest&, StubConnection& c) { c.stream(event("", "content_filter") + done); }},
      {"wants to call a tool", [](const StubRequest&, StubConnection& c) { c.stream(event("", "tool_calls") + done); }},
      {"redirect (HTTP 307), which is not followed",
       [](const StubRequest&, StubConnection& c) { c.json(307, "{}", "Location: http://127.0.0.1:1/steal\r\n"); }},
  };
  for (const auto& [says, handler] : cases) {
    StubServer server(Chats{handler});
    EXPECT_THAT(ask(server).error, HasSubstr(says));
    EXPECT_EQ(server.chats(), 1) << says;
  }
}

TEST(RemoteFailures, FieldsOfTheWrongTypeAreAsIfAbsent) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    for (const char* odd :
         {"null", "7", "[]", "{}", "\"x\"", "[null]", "[7]", "[{\"index\":\"a\",\"delta\":7}]", "[{\"delta\":{\"content\":7}}]",
          "[{\"index\":1,\"delta\":{\"content\":\"second\"}}]", "[{\"delta\":{\"content\":null,\"reasoning_content\":{}}}]"})
      if (!c.closing())
        c.stream_head(), c.send(std::string("data: {\"choices\":") + odd + ",\"usage\":7,\"model\":[]}\n\n");
      else
        c.send(std::string("data: {\"choices\":") + odd + ",\"usage\":7,\"model\":[]}\n\n");
    c.send(event("fine", "stop") + done);
  }});
  EXPECT_EQ(ask(server).text, "fine");
}

TEST(RemoteFailures, CharactersCutBetweenEvents) {
  const auto raw = [](const std::string& bytes) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + bytes + "\"}}]}\n\n";
  };
  struct Case {
    std::string events, text;
  };
  const Case cases[] = {
      {raw("\xE4\xBD") + raw("\xA0!"), "\xE4\xBD\xA0!"},
      {raw("\xF0") + raw("\x9F") + raw("\x98") + raw("\x80"), "\xF0\x9F\x98\x80"},
      {raw("\\ud83d") + raw("\\ude00"), "\xF0\x9F\x98\x80"},  // halves of a UTF-16 pair
      {raw("a\xC3"), "a\xEF\xBF\xBD"},                        // never completed
      {raw("a\xFF"
           "b\xE4\xBD") +
           raw("c"),
       "a\xEF\xBF\xBD"
       "b\xEF\xBF\xBD"
       "c"},  // no UTF-8 at all
      {raw("\\ude00x"), "\xEF\xBF\xBDx"},
  };
  for (const Case& one : cases) {
    StubServer server(Chats{[&](const StubRequest&, StubConnection& c) { c.stream(one.events + event("", "stop") + done); }});
    RemoteModel model(quick(server));
    TextRequest request;
    request.messages = {{TextMessage::Role::user, "?"}};
    std::string joined;
    const TextAnswer answer = model.answer(request, [&](const TextPiece& piece) {
      EXPECT_LT(uint8_t(piece.text[0]) & 0xC0, 0xC1) << "a piece begins within a character";
      EXPECT_NE(uint8_t(piece.text[0]) & 0xC0, 0x80) << "a piece begins within a character";
      joined += piece.text;
      return true;
    });
    EXPECT_EQ(answer.text, one.text);
    EXPECT_EQ(joined, one.text);
  }
}

TEST(RemoteFailures, ChunkedInOddPieces) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) {
    c.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string body =
        "\xEF\xBB\xBF: hi\r\n\r\nevent: message\r\nid: 7\r\nretry: 10\r\ndata: "
        "{\"choices\":\r\ndata:[{\"index\":0,\"delta\":{\"content\":\"\xC3\xBCn\"},"
        "\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\r\n\r\n";
    for (size_t i = 0, step = 1; i < body.size(); i += step, step = step % 5 + 1) {
      char size[40];
      std::snprintf(size, sizeof size, "%zx;name=\"x\"\r\n", std::min(step, body.size() - i));
      c.send(size + body.substr(i, step) + "\r\n");
      if (i % 7 == 0) c.pause(1);
    }
    c.send("0\r\nTrailer: x\r\n\r\n");
  }});
  EXPECT_EQ(ask(server).text, "\xC3\xBCn");
}

TEST(RemoteFailures, AnUnknownFinishIsSaid) {
  StubServer server(Chats{[](const StubRequest&, StubConnection& c) { c.stream(event("fine", "tired\x1b[2J") + done); }});
  const Outcome out = ask(server);
  EXPECT_EQ(out.text, "fine");
  ASSERT_EQ(out.statuses.size(), 1u);
  EXPECT_THAT(out.statuses[0], HasSubstr("ended the answer with 'tired [2J', which is taken as its end"));
}

}  // namespace
}  // namespace bifrons
