// demos/progress.cpp - see progress.h.
#include "demos/progress.h"

#include <algorithm>
#include <cstdio>

#include <sys/ioctl.h>

namespace bifrons {

Progress::Progress(const Common& common, std::string what, std::string unit, int64_t total)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      total_(total),
      began_(seconds_now()),
      shown_(!common.quiet && is_terminal(2)) {}

Progress::~Progress() { wipe(); }

void Progress::at(int64_t done) {
  if (!shown_) return;
  const double now = seconds_now();
  if (first_ < 0) first_ = done, began_ = now;  // the rate of steps, not of what came before the first
  if (now - drawn_ < 0.1 && done < total_) return;
  drawn_ = now;
  struct winsize window {};
  const int columns = ioctl(2, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
  const double rate = now > began_ ? double(done - first_) / (now - began_) : 0;
  char words[128];
  int length = std::snprintf(words, sizeof words, "%lld/%lld %s", static_cast<long long>(done), static_cast<long long>(total_),
                             unit_.c_str());
  if (rate > 0)
    std::snprintf(words + length, sizeof words - size_t(length), "  %.*f/s  %.0f s left", rate < 10 ? 1 : 0, rate,
                  double(total_ - done) / rate);
  const int bar = std::clamp(columns - int(what_.size()) - 60, 0, 40);
  std::string line = what_ + "  ";
  if (bar > 4) {
    const int full = total_ > 0 ? int(bar * done / total_) : bar;
    line.append("[").append(size_t(full), '#').append(size_t(bar - full), '.').append("]  ");
  }
  line += words;
  if (int(line.size()) >= columns) line.resize(size_t(std::max(columns - 1, 0)));
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
}

void Progress::wipe() {
  if (shown_ && drawn_ > 0) std::fprintf(stderr, "\r\033[K"), std::fflush(stderr);
}

}  // namespace bifrons
