// tests/ocr/reader/workers_test.cpp - workers that die, hang or lie; cancellation, threads, memory, and the same pages on any
// number.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ocr/document/exports.h"
#include "ocr/reader/wire.h"
#include "tests/memory_in_use.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/pictures.h"
#include "tests/ocr/reader/read_with.h"

namespace bifrons {
namespace {

using testing::HasSubstr;

std::string many_pages(int pages) {
  PdfWriter pdf;
  for (int i = 1; i <= pages; ++i) {
    std::string content;
    for (int line = 0; line < 40; ++line)
      content += PdfWriter::text(
          60, 780 - 18 * line,
          "Page " + std::to_string(i) + " line " + std::to_string(line) + " has some quite ordinary words in it", 10);
    pdf.add_page(content);
  }
  return pdf.bytes();
}

// Forms in forms, ten in each: every level is ten times the work, and no text. Returns the outermost one.
int nested_forms(PdfWriter& pdf, int levels) {
  int below = 0;
  for (int i = 0; i < levels; ++i) {
    std::string content = i == 0 ? "0 0 m 1 1 l S" : "";
    for (int k = 0; i > 0 && k < 10; ++k) content += "/Next Do ";
    below = pdf.add_stream(content,
                           "/Type /XObject /Subtype /Form /BBox [0 0 500 500]" +
                               (i > 0 ? " /Resources << /XObject << /Next " + PdfWriter::ref(below) + " >> >>" : std::string()));
  }
  return below;
}
void add_forms(PdfWriter& pdf, int form) {
  pdf.add_page({.content = "/Next Do", .resources = "/XObject << /Next " + PdfWriter::ref(form) + " >>"});
}

// Pages that keep a worker busy: for seconds at 8 levels, for good at 14.
std::string slow_document(int pages, int levels = 8) {
  PdfWriter pdf;
  const int form = nested_forms(pdf, levels);
  for (int i = 0; i < pages; ++i) add_forms(pdf, form);
  return pdf.bytes();
}

std::set<pid_t> worker_pids() {  // this process's children
  std::set<pid_t> pids;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t pid; children >> pid;) pids.insert(pid);
  }
  return pids;
}

std::string without_times(Document document) {
  for (Page& page : document.pages) page.seconds = 0;
  document.file.name = "";
  return document_json(document);
}

TEST(Workers, SamePagesOnOneTwoAndFour) {
  PdfWriter pdf;
  for (int i = 0; i < 9; ++i)
    pdf.add_page(PdfWriter::text(72, 800, "Yearly report") + PdfWriter::text(72, 600, "Words of page " + std::to_string(i)) +
                 PdfWriter::text(290, 30, std::to_string(i + 1)));
  const std::string bytes = pdf.bytes();
  std::string first;
  for (const int workers : {1, 2, 4}) {
    ReadOptions options;
    options.workers = workers;
    const std::string json = without_times(read_bytes(bytes, options));
    if (first.empty()) first = json;
    EXPECT_EQ(json, first) << workers << " workers";
  }
  EXPECT_THAT(first, HasSubstr("\"footer\""));  // what repeats is marked, whoever read it
}

TEST(Workers, InvoicesAlikeAreNoRunningHeads) {
  PdfWriter pdf;
  for (int i = 0; i < 5; ++i)
    pdf.add_page(PdfWriter::text(60, 790, "Invoice no. " + std::to_string(9100 + i)) +
                 PdfWriter::text(60, 770, "Total due: EUR " + std::to_string(120 + i * 31) + ".50") +
                 PdfWriter::text(60, 750, "Thank you."));
  for (const Page& page : read_bytes(pdf.bytes()).pages)
    for (const Block& block : page.blocks) {
      EXPECT_NE(block.type, Block::Type::header) << page.page;
      EXPECT_EQ(block.repeats, 0) << page.page;
    }
}

TEST(Workers, TwoDocumentsAtOnceShareNothing) {
  const std::string bytes = many_pages(6);
  const std::string alone = without_times(read_bytes(bytes));
  std::string results[2];
  std::thread other([&] { results[0] = without_times(read_bytes(bytes)); });
  results[1] = without_times(read_bytes(bytes));
  other.join();
  EXPECT_EQ(results[0], alone);
  EXPECT_EQ(results[1], alone);
}

TEST(Workers, KilledOnesAreReplaced) {
  ReadOptions options;
  options.workers = 2;
  int pages = 0, killed = 0;
  std::set<pid_t> gone;
  const Document document = read_bytes(many_pages(30), options, {.on_page = [&](Page&& page) {
                                         ++pages;
                                         EXPECT_THAT(text_of(page), HasSubstr("Page " + std::to_string(page.page) + " line 39"));
                                         if (pages % 5 != 0) return;
                                         for (const pid_t pid : worker_pids())
                                           if (gone.insert(pid).second && ::kill(pid, SIGKILL) == 0) ++killed;
                                       }});
  EXPECT_EQ(pages, 30);
  EXPECT_GE(killed, 5);
  EXPECT_EQ(document.status, Document::Status::ok);
  EXPECT_TRUE(worker_pids().empty());
}

TEST(Workers, TwoDeathsSkipThePage) {
  PdfWriter pdf;
  const std::string bytes = slow_document(1);
  std::atomic<bool> done = false;
  std::atomic<int> killed = 0;
  std::thread killer([&] {  // kills every worker that has begun to work hard
    while (!done) {
      for (const pid_t pid : worker_pids()) {
        std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
        std::string line;
        std::getline(stat, line);
        std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 2)));
        std::string field;
        long ticks = 0;
        for (int i = 0; i < 12 && fields >> field; ++i)
          if (i == 11) ticks = std::atol(field.c_str());
        if (ticks > ::sysconf(_SC_CLK_TCK)) killed += ::kill(pid, SIGKILL) == 0;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  ReadOptions options;
  options.limits.text_seconds = 60;
  options.limits.render_seconds = 60;
  const Document document = read_bytes(bytes, options);
  done = true;
  killer.join();
  EXPECT_GE(killed, 2);
  ASSERT_EQ(document.pages.size(), 1u);
  EXPECT_TRUE(has_warning(document.warnings, "worker_failed"));
  EXPECT_EQ(document.status, Document::Status::partial);
  EXPECT_EQ(document.pages[0].width, 595);  // known from before it died
}

// A worker that is some other program: it answers nothing, nonsense, or for ever.
class WrongWorker : public testing::TestWithParam<const char*> {};
TEST_P(WrongWorker, IsAnErrorNotAHang) {
  const TemporaryFolder folder;
  const auto program = folder.write("worker", std::string("#!/bin/sh\n") + GetParam() + "\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  PdfWriter pdf;
  pdf.add_page("");
  try {
    DocumentReader(program).read(folder.write("x.pdf", pdf.bytes()), {});
    FAIL() << "read";
  } catch (const DocumentFailure& failure) {
    EXPECT_EQ(std::string(failure.what()).find('\n'), std::string::npos);
  }
  EXPECT_TRUE(worker_pids().empty());
}
INSTANTIATE_TEST_SUITE_P(Programs, WrongWorker,
                         testing::Values("exit 0", "exit 7", "echo nonsense", "kill -SEGV $$",
                                         "/usr/bin/printf 'BFR1\\002\\000\\000\\000\\377\\377\\377\\377'; sleep 60",
                                         "/usr/bin/printf 'BFR1\\011\\000\\000\\000\\000\\000\\000\\000'; sleep 60",
                                         "/usr/bin/head -c 100000000 /dev/zero", "/usr/bin/yes BFR1"));

// Who waited for the page in hand would wait for ever.
TEST(Workers, CancelDoesNotWaitForAPage) {
  ReadOptions options;
  options.workers = 2;
  options.limits.text_seconds = 1e5;
  options.limits.render_seconds = 1e5;
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  Clock::time_point asked;
  bool stop = false;
  int asked_again = 0;
  EXPECT_THROW(read_bytes(slow_document(4, 14), options,
                          {.on_page = [](Page&&) { FAIL() << "no page of these ends"; },
                           .cancelled =
                               [&] {
                                 asked_again += stop;
                                 if (!stop && Clock::now() - begin > std::chrono::milliseconds(800))
                                   asked = Clock::now(), stop = true;
                                 return stop;
                               }}),
               Cancelled);
  EXPECT_TRUE(worker_pids().empty());
  EXPECT_TRUE(stop);
  EXPECT_EQ(asked_again, 0) << "the first yes counts";
  ::testing::Test::RecordProperty("cancel_ms",
                                  int(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - asked).count()));
}

TEST(Workers, NoPageComesAfterACancel) {
  for (const int after : {0, 1, 7, 40}) {
    ReadOptions options;
    options.workers = 2;
    int pages = 0, late = 0;
    bool stop = false;
    EXPECT_THROW(read_bytes(many_pages(80), options,
                            {.on_page = [&](Page&&) { ++pages, late += stop; },
                             .on_progress = [&](int64_t, int64_t) { late += stop; },
                             .cancelled = [&] { return stop = pages >= after; }}),
                 Cancelled);
    EXPECT_TRUE(worker_pids().empty()) << after;
    EXPECT_EQ(late, 0) << after;
    EXPECT_LT(pages, 80) << after;
  }
}

// A worker whose stream is copied to a file of its own in `folder`.
std::filesystem::path copying_reader(const TemporaryFolder& folder) {
  std::filesystem::create_directory(folder / "sent");
  const auto script =
      folder.write("reader", "#!/bin/sh\n" BIFRONS_READER_PROGRAM " | /usr/bin/tee " + (folder / "sent").string() + "/$$\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  return script;
}
int64_t pages_sent(const TemporaryFolder& folder) {  // whole ones, by all workers
  int64_t pages = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder / "sent")) {
    std::ifstream in(file.path(), std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    for (wire::Frame frame; wire::take_frame(bytes, frame, wire::most_page_bytes);) pages += frame.kind == wire::Kind::page;
  }
  return pages;
}

// While the caller is slow and a page is slow, the workers read ahead: at most workers + 2 pages wait (documents.md 5).
TEST(Workers, PagesReadAheadAreFew) {
  PdfWriter pdf;
  const int form = nested_forms(pdf, 6);
  for (int i = 1; i <= 24; ++i)
    if (i == 9)
      add_forms(pdf, form);  // the pages behind it are ready long before it
    else
      pdf.add_page(PdfWriter::text(72, 700, "Words of page " + std::to_string(i)));
  for (const int workers : {1, 2, 4}) {
    const TemporaryFolder folder;
    const DocumentReader reader(copying_reader(folder));
    ReadOptions options;
    options.workers = workers;
    int64_t handed = 0, most = 0;
    reader.read(folder.write("x.pdf", pdf.bytes()), options, {.on_page = [&](Page&& page) {
                  EXPECT_EQ(page.page, ++handed);
                  int64_t sent = -1;
                  for (int64_t now = pages_sent(folder); now != sent; now = pages_sent(folder)) {  // until the workers rest
                    sent = now;
                    std::this_thread::sleep_for(std::chrono::milliseconds(40));
                  }
                  most = std::max(most, sent - handed);
                }});
    EXPECT_EQ(handed, 24);
    EXPECT_LE(most, workers + 2);
    EXPECT_GE(most, workers) << "nothing was read ahead, so nothing was tried";
    std::printf("%d workers: at most %d pages waited\n", workers, int(most));
  }
}

TEST(Workers, CallbacksThatThrowEndTheReading) {
  EXPECT_THROW(read_bytes(many_pages(5), {}, {.on_page = [](Page&&) { throw std::runtime_error("enough"); }}),
               std::runtime_error);
  EXPECT_TRUE(worker_pids().empty());
}

TEST(Workers, ParentMemoryIsFlatOverAThousandPages) {
  const std::string bytes = many_pages(1000);
  int64_t early = 0, late = 0;
  int64_t pages = 0;
  ReadOptions options;
  options.workers = 2;
  read_bytes(bytes, options, {.on_page = [&](Page&& page) {
               ++pages;
               EXPECT_EQ(page.page, pages);
               if (pages == 100) early = test::memory_in_use_kib();
               if (pages > 100) late = std::max(late, test::memory_in_use_kib());
             }});
  EXPECT_EQ(pages, 1000);
  EXPECT_LT(late - early, 16 * 1024);  // KiB; all pages together would be some 200 MB
  EXPECT_LT(late, 150 * 1024);
}

// The worker's own count of threads while it recognises, whatever the environment says.
TEST(Workers, UseOneThreadEach) {
  PdfWriter pdf;
  std::string content;
  for (int i = 0; i < 30; ++i) content += PdfWriter::text(60, 780 - 24 * i, "Ordinary words that are recognised one by one", 14);
  pdf.add_page(content);
  const std::string bytes = pdf.bytes();
  for (const char* limit : {"", "8"}) {
    if (*limit == '\0')
      ::unsetenv("OMP_THREAD_LIMIT");
    else
      ::setenv("OMP_THREAD_LIMIT", limit, 1);
    std::atomic<bool> done = false;
    std::atomic<int> most = 0, seen = 0;
    std::thread watcher([&] {
      while (!done) {
        for (const pid_t pid : worker_pids()) {
          std::ifstream status("/proc/" + std::to_string(pid) + "/status");
          for (std::string line; std::getline(status, line);)
            if (line.starts_with("Threads:")) most = std::max<int>(most, std::atoi(line.c_str() + 8)), ++seen;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
    ReadOptions options;
    options.ocr = ReadOptions::Ocr::always;
    options.workers = 1;
    const Document document = read_bytes(bytes, options);
    done = true;
    watcher.join();
    ::unsetenv("OMP_THREAD_LIMIT");
    EXPECT_THAT(text_of(document.pages.at(0)), HasSubstr("recognised one by one"));
    EXPECT_GT(seen, 5);
    EXPECT_EQ(most, 1) << "OMP_THREAD_LIMIT=" << limit;
  }
}

TEST(Workers, StandardInputAndPipesAreRead) {
  const TemporaryFolder folder;
  const auto pipe = folder / "pipe";
  ASSERT_EQ(::system(("mkfifo '" + pipe.string() + "'").c_str()), 0);
  const std::string bytes = many_pages(3);
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << bytes; });
  const Document document = test_reader().read(pipe, {});
  writer.join();
  EXPECT_EQ(document.pages.size(), 3u);
  EXPECT_EQ(document.file.bytes, bytes.size());
}

}  // namespace
}  // namespace bifrons
