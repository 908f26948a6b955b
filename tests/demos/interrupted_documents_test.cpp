// tests/demos/interrupted_documents_test.cpp - long documents from outside: answers while pages are read, Ctrl-C, and kills at
// any time, after which nothing that was read is lost and nothing is left behind.
#include <filesystem>
#include <random>
#include <thread>

#include "ocr/document/exports.h"
#include "ocr/document/library.h"
#include "tests/demos/documents.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

TEST_F(Documents, EagerAnswersWhilePagesAreRead) {
  constexpr int pages = 2000;  // documents.md 8: as many as a document may have
  here_.write("book.pdf", contract(pages));
  const auto lines = lines_of(bifrons({"ask", "book.pdf", "What is the monthly rent?", "--eager", "--json"}).out);
  ASSERT_GE(lines.size(), 2u);
  EXPECT_EQ(lines.front()["provisional"], true);
  EXPECT_LT(lines.front()["pages_read"], pages);
  EXPECT_EQ(lines.back()["provisional"], false);
  EXPECT_EQ(lines.back()["pages_read"], pages);
  for (const Json& one : {lines.front(), lines.back()}) EXPECT_THAT(one["answer"].get<std::string>(), HasSubstr("2,350.00 EUR"));
  const auto again = lines_of(bifrons({"ask", "book.pdf", "What is the monthly rent?", "--eager", "--json"}).out);
  ASSERT_EQ(again.size(), 1u) << "everything is there: one answer";
}

TEST_F(Documents, CtrlCStopsTheReadingAndWhatWasReadIsKept) {
  constexpr int pages = 1500;
  here_.write("book.pdf", contract(pages));
  const Ended ended = bifrons({"chat"}, "/doc book.pdf\n/doc lease.pdf\nWhat is the monthly rent?\n",
                              {SIGINT, 0, [&] { return kept_pages() > 0; }});
  EXPECT_THAT(ended.out, HasSubstr("(stopped)\n"));
  EXPECT_THAT(ended.out, HasSubstr("2,350.00 EUR")) << "the conversation goes on: " << ended.error;
  EXPECT_LT(kept_pages(), pages);
}

// The document worker, told on: each start is a line of `log` with its process id.
std::string watched_reader(const TemporaryFolder& folder) {
  const auto script =
      folder.write("reader", "#!/bin/sh\necho $$ >> " + (folder / "log").string() + "\nexec " BIFRONS_READER_PROGRAM " \"$@\"\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  return script;
}
bool ends_soon(pid_t process) {
  for (int i = 0; i < 500; ++i) {
    if (kill(process, 0) != 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST_F(Documents, KilledInTheMiddleNothingReadIsLost) {
  here_.write("book.pdf", contract(120));
  for (const double after : {0.1, 0.25, 0.4, 0.6, 0.9}) {
    const Ended killed = bifrons({"ask", "book.pdf", "What is the monthly rent?"}, "", {SIGKILL, after});
    EXPECT_TRUE(killed.code == -SIGKILL || killed.code == 0) << killed.code << killed.error;
    const int64_t kept = kept_pages();
    const Ended again = bifrons({"ask", "book.pdf", "What is the monthly rent?", "--verbose"});
    EXPECT_EQ(again.code, 0) << again.error;
    EXPECT_THAT(again.error, HasSubstr(std::to_string(kept) + " of 120 pages were read before"));
    EXPECT_THAT(again.out, HasSubstr("2,350.00 EUR"));
    EXPECT_EQ(kept_pages(), 120);
    ASSERT_EQ(bifrons({"doc", "forget", "--all"}).code, 0);
  }
}

// ---- killed

std::string letters_of(const Json& page) {  // its lines; what repeats over pages is marked in a page that is shown, and cut off
  std::string text;
  for (const Json& block : page["blocks"])
    for (const Json& line : block["lines"]) text += line["text"].get<std::string>() + '\n';
  return text;
}

TEST_F(Documents, KilledAtAnyTimeNoPageShownIsLost) {
  constexpr int pages = 60, runs = 40;
  constexpr uint32_t seed = 1;  // of the times; what the program was doing then is not the same twice anyway
  std::mt19937 random(seed);
  here_.write("book.pdf", contract(pages));
  std::vector<std::string> whole;
  for (const Json& page : lines_of(bifrons({"doc", "read", "book.pdf", "--format", "jsonl", "--no-library"}).out))
    whole.push_back(letters_of(page));
  ASSERT_EQ(whole.size(), size_t(pages));
  int killed_while_reading = 0;
  int64_t all_shown = 0, all_kept = 0;
  for (int run = 0; run < runs; ++run) {
    const std::string name = std::to_string(run) + ".sqlite";
    const std::vector<std::string> arguments{"doc", "read", "book.pdf", "--format", "jsonl", "--library", name};
    // One in four by the clock, from the start on; the others a moment after some page was shown.
    const bool by_clock = run % 4 == 0;
    const double begin = by_clock ? double(random() % 400) * 1e-3 : 0;
    const auto after = int64_t(random() % uint32_t(pages)), moment = int64_t(random() % 12000);  // pages, microseconds
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", run " << run << ", after " << begin << " s and " << after
                                    << " pages");
    const Signal kill{SIGKILL, begin, {}, [&](const std::string& out) {
                        if (by_clock) return true;
                        if (std::count(out.begin(), out.end(), '\n') <= after) return false;
                        std::this_thread::sleep_for(std::chrono::microseconds(moment));
                        return true;
                      }};
    const Ended killed = bifrons(arguments, "", kill);
    EXPECT_TRUE(killed.code == -SIGKILL || killed.code == 0) << killed.code << killed.error;
    killed_while_reading += killed.code == -SIGKILL;
    const std::vector<Json> shown = lines_of(killed.out.substr(0, killed.out.rfind('\n') + 1));
    if (shown.empty() && !std::filesystem::exists(here_ / name)) continue;
    {
      const Library library(here_ / name);
      const std::vector<Library::Entry> entries = library.entries();
      ASSERT_EQ(entries.size(), shown.empty() ? std::min<size_t>(entries.size(), 1) : 1u);
      if (entries.empty()) continue;
      const std::vector<int64_t> kept = library.pages(entries[0].key);
      for (const Json& page : shown)
        EXPECT_TRUE(std::binary_search(kept.begin(), kept.end(), page["page"].get<int64_t>()))
            << "page " << page["page"] << " was shown and is not there";
      for (const int64_t number : kept) {
        const std::optional<Page> page = library.page(entries[0].key, number);
        ASSERT_TRUE(page && number >= 1 && number <= pages);
        EXPECT_EQ(letters_of(Json::parse(page_json(*page))), whole[size_t(number) - 1]);
      }
      all_shown += int64_t(shown.size()), all_kept += int64_t(kept.size());
    }
    if (run % 8 != 0) continue;
    const std::vector<Json> again = lines_of(bifrons(arguments).out);
    ASSERT_EQ(again.size(), size_t(pages));
    for (size_t i = 0; i < again.size(); ++i) EXPECT_EQ(letters_of(again[i]), whole[i]);
  }
  std::printf("seed %u: %d of %d runs killed before their end, %d pages shown, %d kept\n", seed, killed_while_reading, runs,
              int(all_shown), int(all_kept));
  EXPECT_GE(killed_while_reading, runs / 2) << "else nothing was tried";
  EXPECT_GE(all_shown, runs);
}

TEST_F(Documents, InterruptedNothingIsLeftBehind) {
  here_.write("book.pdf", contract(200));
  const std::string reader = watched_reader(here_);
  here_.write("out.json", "old");
  for (const int signal : {SIGINT, SIGTERM, SIGKILL})
    for (const double after : {0.1, 0.5}) {
      std::filesystem::remove(here_ / "log");
      const Ended ended = bifrons({"doc", "read", "book.pdf", "--no-library", "-o", "out.json"}, "", {signal, after},
                                  {{"BIFRONS_READER", reader}});
      EXPECT_TRUE(ended.code == 0 || ended.code == -signal || (signal != SIGKILL && ended.code == 128 + signal))
          << ended.code << ended.error;
      const std::string out = here_.read("out.json");
      EXPECT_TRUE(out == "old" || Json::parse(out)["pages"].size() == 200);
      std::istringstream workers(here_.read("log"));
      for (pid_t worker; workers >> worker;) EXPECT_TRUE(ends_soon(worker)) << "a worker outlived its program";
      for (const auto& entry : std::filesystem::directory_iterator(here_.path())) {
        const std::string name = entry.path().filename();
        EXPECT_TRUE(name == "lease.pdf" || name == "book.pdf" || name == "out.json" || name == "log" || name == "reader")
            << name << " was left";
      }
    }
}

}  // namespace
}  // namespace bifrons
