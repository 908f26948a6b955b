// tests/ocr/page/bench.cpp - bifrons_page_bench: per kind of page character and word errors, word F1, boxes (mean, lowest),
// answers that stand in the text, CPU seconds, beside `OMP_THREAD_LIMIT=1 tesseract` on the same pictures in the same run. Not a
// test.
//   bifrons_page_bench [--seeds FIRST-LAST] [--fonts 0|1] [--kind NAME] [--repeat N] [--alone] [--show FOLDER]
// --repeat: each page N times, of either program the least time counts: others on the machine disturb single runs.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include <sys/resource.h>

#include "answers.h"
#include "command_line.h"
#include "ocr/page/layout.h"
#include "ocr/page/recognise.h"
#include "pages.h"
#include "score.h"

namespace {

using namespace bifrons;
using namespace bifrons::test;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) try {
  uint32_t first = 1, last = 3;
  int fonts = 0, repeat = 1;
  std::string only, show;
  bool alone = false;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i], next = i + 1 < argc ? argv[i + 1] : "";
    if (arg == "--seeds")
      std::sscanf(next.c_str(), "%u-%u", &first, &last), ++i;
    else if (arg == "--fonts")
      fonts = std::atoi(next.c_str()), ++i;
    else if (arg == "--kind")
      only = next, ++i;
    else if (arg == "--repeat")
      repeat = std::max(1, std::atoi(next.c_str())), ++i;
    else if (arg == "--show")
      show = next, ++i;
    else if (arg == "--alone")
      alone = true;
    else
      fail(Fault::arguments, "unknown argument ", arg, ": see the head of tests/ocr/page/bench.cpp");
  }
  const double start = cpu_seconds();
  Recogniser recogniser{RecogniseOptions{}};
  // A language is loaded at the first page that needs it: once per worker, so not a part of any page here.
  for (const Kind kind : {Kind::prose, Kind::chinese, Kind::chinese_vertical}) recogniser.read(make_page(kind, 0, 0).picture, 60);
  std::printf("engines loaded, and a page read by each, in %.2f s of CPU\n%-17s %5s %7s %7s %6s %6s %6s %7s %8s | %9s %8s %6s\n",
              cpu_seconds() - start, "kind", "pages", "CER %", "WER %", "F1 %", "box %", "lowest", "answ. %", "CPU s",
              "tess CER%", "CPU s", "ratio");
  double all_error = 0, all_words = 0, all_ratio = 0, worst = 0;
  Standing all_answers;
  int kinds = 0, pages = 0;
  for (const Kind kind : all_kinds) {
    if (!only.empty() && name_of(kind) != only) continue;
    Standing answers;
    double error = 0, words = 0, f1 = 0, box = 0, seconds = 0, peer_error = 0, peer_seconds = 0, n = 0, lowest = 1;
    for (uint32_t seed = first; seed <= last; ++seed) {
      const TruePage truth = make_page(kind, seed, fonts);
      Page page;
      double used = 1e9;
      for (int run = 0; run < repeat; ++run) {
        const double from = cpu_seconds();
        page = {};
        page.page = 1, page.width = truth.picture.width, page.height = truth.picture.height;
        lay_out(page, recogniser.read(truth.picture, 60));
        used = std::min(used, cpu_seconds() - from);
      }
      const std::string text = test::text_of(page);
      const double rate = character_error_rate(text, truth.text), hits = box_hits(page, truth.words);
      Peer peer{"", alone ? 0 : 1e9};
      for (int run = 0; run < repeat && !alone; ++run)
        if (Peer once = read_by_command_line(truth.picture, kind); once.seconds < peer.seconds) peer = std::move(once);
      answers.add(standing(text, truth.text));
      words += word_error_rate(text, truth.text);
      n += 1, error += rate, f1 += word_f1(text, truth.text), box += hits, seconds += used, lowest = std::min(lowest, hits);
      const double peer_rate = alone ? 1 : character_error_rate(peer.text, truth.text);
      peer_error += peer_rate, peer_seconds += peer.seconds;
      if (!alone) all_ratio += used / peer.seconds, worst = std::max(worst, used / peer.seconds);
      ++pages;
      if (!show.empty()) {
        const std::string base = show + "/" + name_of(kind) + std::to_string(seed);
        std::printf(
            "  %s: CER %.2f %%, boxes %.1f %%, turned %d, skew %.2f, confidence %.1f, %.2f s, %.2f times tesseract's, whose CER "
            "%.2f %%\n",
            base.c_str(), 100 * rate, 100 * hits, page.turned, page.skew, page.confidence.value_or(-1), used,
            alone ? 0 : used / peer.seconds, 100 * peer_rate);
        std::ofstream(base + ".got") << text;
        std::ofstream(base + ".want") << truth.text;
        std::ofstream(base + ".pgm", std::ios::binary) << "P5\n"
                                                       << truth.picture.width << " " << truth.picture.height << "\n255\n"
                                                       << std::string(truth.picture.pixels.begin(), truth.picture.pixels.end());
      }
    }
    std::printf("%-17s %5.0f %7.2f %7.2f %6.1f %6.1f %6.1f %7.1f %8.2f | %9.2f %8.2f %6.2f\n", name_of(kind).c_str(), n,
                100 * error / n, 100 * words / n, 100 * f1 / n, 100 * box / n, 100 * lowest, 100 * answers.share(), seconds / n,
                100 * peer_error / n, peer_seconds / n, alone ? 0 : seconds / peer_seconds);
    std::fflush(stdout);
    all_error += error / n, all_words += words / n, ++kinds;
    all_answers.add(answers);
  }
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  std::printf(
      "mean over kinds: CER %.2f %%, WER %.2f %%; %d of %d answers stand (%.1f %%); mean ratio %.2f, worst page %.2f, most "
      "memory %ld MB\n",
      100 * all_error / kinds, 100 * all_words / kinds, all_answers.stand, all_answers.asked, 100 * all_answers.share(),
      alone ? 0 : all_ratio / pages, worst, own.ru_maxrss / 1024);
  return 0;
} catch (const bifrons::Error& error) {
  std::fprintf(stderr, "bifrons_page_bench: %s\n", error.what());
  return int(error.fault());
}
