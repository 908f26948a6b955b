// tests/demos/terminal_test.cpp - what is only for the eyes of somebody at a terminal: thoughts, dimmed, and the progress of
// reading with the time that is left. Into a pipe goes neither.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <pty.h>

#include "tests/demos/process.h"
#include "tests/language/remote_stub.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/temporary_folder.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* escape = "\033";

struct Seen {
  Ended ended;           // what went into pipes
  std::string terminal;  // what the terminal was sent, its line ends as \r\n
};

// Runs the binary with the standard files `which` (1, 2) on a terminal of 120 columns, and all others as run() has them. What is
// shown must fit into the terminal's own buffer: it is read when all is over.
Seen run_at_terminal(const std::vector<std::string>& arguments, const std::string& folder, const std::vector<int>& which) {
  int ours = -1, theirs = -1;
  const winsize size{.ws_row = 40, .ws_col = 120, .ws_xpixel = 0, .ws_ypixel = 0};
  if (openpty(&ours, &theirs, nullptr, nullptr, &size) != 0) throw std::runtime_error("no terminal");
  fcntl(ours, F_SETFD, FD_CLOEXEC), fcntl(theirs, F_SETFD, FD_CLOEXEC);
  Seen seen;
  seen.ended = run(arguments, folder, "", {}, {{"BIFRONS_THREADS", "1"}}, [&] {
    for (const int file : which) dup2(theirs, file);
  });
  close(theirs);
  char part[4096];
  for (ssize_t n; (n = read(ours, part, sizeof part)) > 0;) seen.terminal.append(part, size_t(n));
  close(ours);
  return seen;
}

// A model that thinks aloud as DeepSeek's does, in several pieces.
void thinks_and_answers(const StubRequest&, StubConnection& c) {
  std::string body;
  const auto chunk = [&](const Json& delta, const Json& end) {
    body += "data: " + Json{{"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", end}}}}}.dump() + "\n\n";
  };
  chunk({{"reasoning_content", "The user wants"}}, nullptr), chunk({{"reasoning_content", " the rent."}}, nullptr);
  chunk({{"content", "The monthly rent is 2,350.00 EUR"}}, nullptr), chunk({{"content", " [citation:1]."}}, "stop");
  c.stream(body + "data: [DONE]\n\n");
}

TEST(Terminal, ThoughtsAreDimmedAndOnlyThere) {
  const TemporaryFolder here;
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "The monthly rent is 2,350.00 EUR and is due on the third day."));
  here.write("lease.pdf", pdf.bytes());
  const StubServer server(Chats{thinks_and_answers});
  const std::string model = server.url() + "#stub";
  const std::vector<std::string> read{"ask", "lease.pdf", "What is the monthly rent?", "--text-model", model};
  const std::vector<std::string> think{"ask",     "lease.pdf", "What is the monthly rent?", "--text-model", model,
                                       "--route", "think"};
  for (const auto& arguments : {read, think}) {
    const Seen seen = run_at_terminal(arguments, here.path(), {1});
    EXPECT_EQ(seen.ended.code, 0) << seen.ended.error;
    EXPECT_THAT(seen.terminal, HasSubstr("\033[2mThe user wants the rent.\033[0m\r\n\r\nThe monthly rent is 2,350.00 EUR"));

    const Seen piped = run_at_terminal(arguments, here.path(), {2});  // a terminal for messages is none for the answer
    EXPECT_EQ(piped.ended.code, 0);
    for (const std::string& out : {piped.ended.out, run(arguments, here.path()).out}) {
      EXPECT_THAT(out, HasSubstr("The monthly rent is 2,350.00 EUR"));
      EXPECT_THAT(out, Not(HasSubstr("The user wants")));
      EXPECT_THAT(out, Not(HasSubstr(escape)));
    }
  }
}

TEST(Terminal, ReadingShowsPagesAndTheTimeLeft) {
  const TemporaryFolder here;
  const std::string scan = std::string(BIFRONS_SOURCE_DIR) + "/demos/examples/lease.pdf";  // three pages to recognise
  const std::vector<std::string> arguments{"doc", "read", scan, "--format", "text", "--no-library"};
  const Seen seen = run_at_terminal(arguments, here.path(), {2});
  EXPECT_EQ(seen.ended.code, 0) << seen.terminal;
  EXPECT_THAT(seen.terminal, HasSubstr("reading lease.pdf"));
  EXPECT_THAT(seen.terminal, HasSubstr("0/3 pages"));
  // On a busy machine two pages may come as one.
  EXPECT_THAT(seen.terminal, ContainsRegex("[12]/3 pages  [0-9.]+/s  [0-9]+ s left"));
  EXPECT_TRUE(seen.terminal.ends_with("\r\033[K")) << "the line is wiped when it is done";
  EXPECT_THAT(seen.ended.out, HasSubstr("rent"));
  EXPECT_THAT(seen.ended.out, Not(HasSubstr(escape)));

  const Seen piped =
      run_at_terminal({"doc", "read", scan, "--format", "text", "--no-library", "--pages", "1-2"}, here.path(), {1});
  EXPECT_EQ(piped.ended.code, 0);
  EXPECT_EQ(piped.ended.error, "");
  EXPECT_THAT(piped.terminal, Not(HasSubstr("pages  ")));
}

}  // namespace
}  // namespace bifrons
