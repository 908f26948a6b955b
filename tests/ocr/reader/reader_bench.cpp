// tests/ocr/reader/reader_bench.cpp - processor time of reading: a text-layer page with the hidden-text check, one worker against
// two (pages with a text layer, and scans), starting a worker, cancelling, and a worker's memory. Processor time is that of the
// workers (getrusage of children), which other load on the machine hardly moves.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <sys/resource.h>

#include "ocr/reader/reader.h"
#include "tests/ocr/page/pages.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/pictures.h"
#include "tests/temporary_folder.h"

namespace bifrons {
namespace {

double seconds_of(int who) {
  rusage used{};
  ::getrusage(who, &used);
  return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1e-6 * double(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

struct Cost {
  double workers = 0, reader = 0, wall = 0;  // seconds
};
Cost measure(const std::filesystem::path& file, const ReadOptions& options) {
  const double workers = seconds_of(RUSAGE_CHILDREN), reader = seconds_of(RUSAGE_SELF);
  const auto begin = std::chrono::steady_clock::now();
  int64_t pages = 0;
  DocumentReader(BIFRONS_READER_PROGRAM).read(file, options, {.on_page = [&](Page&&) { ++pages; }});
  if (pages == 0) std::abort();
  return {seconds_of(RUSAGE_CHILDREN) - workers, seconds_of(RUSAGE_SELF) - reader,
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
}

std::string dense_pages(int pages) {  // 45 lines, 585 words, 3,100 characters a page
  PdfWriter pdf;
  for (int i = 0; i < pages; ++i) {
    std::string content;
    for (int line = 0; line < 45; ++line)
      content += PdfWriter::text(60, 790 - 16.5 * line,
                                 "Page " + std::to_string(i) + " line " + std::to_string(line) +
                                     " has some quite ordinary words in it and goes on to the margin",
                                 10, "F2");
    pdf.add_page(content);
  }
  return pdf.bytes();
}

std::string scanned_pages(int pages) {  // prose, 300 dpi
  PdfWriter pdf;
  for (int i = 0; i < pages; ++i) {
    const Picture picture = test::make_page(test::Kind::prose, uint32_t(i + 1), 0).picture;
    const int image = pdf.add_image(picture.width, picture.height, jpeg_file({picture.width, picture.height, 1, picture.pixels}),
                                    "/DeviceGray", "/Filter /DCTDecode");
    pdf.add_page({.content = "q 595 0 0 842 0 0 cm /Im Do Q", .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  }
  return pdf.bytes();
}

// One worker and two in turn, so that a machine whose speed drifts moves both; the median of the ratios.
void compare_workers(const char* what, const std::filesystem::path& file, int rounds) {
  std::vector<double> by_clock, by_cpu;
  ReadOptions options;
  for (int round = 0; round < rounds; ++round) {
    options.workers = 1;
    const Cost one = measure(file, options);
    options.workers = 2;
    const Cost two = measure(file, options);
    by_clock.push_back(one.wall / two.wall);
    by_cpu.push_back((two.workers + two.reader) / (one.workers + one.reader));
    std::printf("%-42s %6.2f s CPU, %.2f s with one worker; %.2f s CPU, %.2f s with two: %.2fx\n", what, one.workers + one.reader,
                one.wall, two.workers + two.reader, two.wall, by_clock.back());
  }
  std::ranges::sort(by_clock);
  std::ranges::sort(by_cpu);
  std::printf("%-42s %6.2fx by the clock, %.2fx the CPU time, medians of %d (target 1.8x on two idle cores)\n", what,
              by_clock[size_t(rounds) / 2], by_cpu[size_t(rounds) / 2], rounds);
}

// From the wish to stop, in the middle of recognising a page, to the return; the longest of some.
double cancelling_ms(const std::filesystem::path& file) {
  using Clock = std::chrono::steady_clock;
  double longest = 0;
  for (int i = 1; i <= 8; ++i) {
    const auto wish = Clock::now() + std::chrono::milliseconds(150 * i);
    try {
      ReadOptions options;
      options.workers = 2;
      DocumentReader(BIFRONS_READER_PROGRAM).read(file, options, {.cancelled = [&] { return Clock::now() >= wish; }});
    } catch (const Cancelled&) {
      longest = std::max(longest, std::chrono::duration<double, std::milli>(Clock::now() - wish).count());
    }
  }
  return longest;
}

}  // namespace
}  // namespace bifrons

int main() {
  using namespace bifrons;
  const TemporaryFolder folder;
  const auto one_page = folder.write("one.pdf", dense_pages(1)), many = folder.write("many.pdf", dense_pages(200));
  ReadOptions options;
  options.workers = 1;
  const Cost start = measure(one_page, options);
  const Cost one = measure(many, options);
  const double page_ms = (one.workers - start.workers) / 199 * 1e3;
  std::printf("text page with hidden-text check, worker   %6.1f ms CPU (target 35)\n", page_ms);
  std::printf("the same, the reader's side                %6.2f ms CPU\n", (one.reader - start.reader) / 199 * 1e3);
  std::printf("one page, from nothing                     %6.1f ms CPU\n", (start.workers + start.reader) * 1e3);
  compare_workers("200 text pages", many, 3);
  const auto scans = folder.write("scans.pdf", scanned_pages(16));
  compare_workers("16 scanned pages", scans, 5);
  std::printf("from cancelling to the return, at most     %6.0f ms (target 200)\n", cancelling_ms(scans));
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  std::printf("the largest worker                         %6.0f MB (target 250)\n", double(used.ru_maxrss) * 1024e-6);
  return 0;
}
