// ocr/page/marks.cpp - see marks.h.
#include "ocr/page/marks.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace bifrons {
namespace {

constexpr int most_gap = 2;  // pixels missing from a line

struct Run {
  int y, x0, x1;  // x1 is outside
};

// Runs of ink in the rows of `ink` at least `least` long, from the top down, each row from the left.
std::vector<Run> long_runs(const cv::Mat& ink, int least) {
  std::vector<Run> runs;
  for (int y = 0; y < ink.rows; ++y) {
    const uint8_t* row = ink.ptr<uint8_t>(y);
    int start = -1, end = -1;  // of the run, end outside
    for (int x = 0; x < ink.cols; ++x) {
      if (uint64_t eight; x + 8 <= ink.cols && (std::memcpy(&eight, row + x, 8), eight == 0)) {  // most of a page is white
        x += 7;
        continue;
      }
      if (!row[x]) continue;
      if (start < 0 || x - end > most_gap) {
        if (start >= 0 && end - start >= least) runs.push_back({y, start, end});
        start = x;
      }
      end = x + 1;
    }
    if (start >= 0 && end - start >= least) runs.push_back({y, start, end});
  }
  return runs;
}

// Thin bars made of the runs at least `least` long that lie over each other, touching at a corner at least.
std::vector<cv::Rect> bars(const std::vector<Run>& runs, int least, int thickest) {
  struct Bar {
    int x0, x1, top, bottom;  // x1 and bottom are outside
    double area;
    size_t parent;  // itself, or the bar that it turned out to be a part of
  };
  std::vector<Bar> parts;
  const auto root = [&](size_t i) {
    while (parts[i].parent != i) i = parts[i].parent = parts[parts[i].parent].parent;
    return i;
  };
  struct Ended {
    Run run;
    size_t bar;
  };
  std::vector<Ended> above, here;  // runs of the row before, and of this one
  size_t next = 0;                 // in `above`: the first that this run, or one further right, can touch
  for (const Run& run : runs) {
    if (run.x1 - run.x0 < least) continue;
    if (!here.empty() && here[0].run.y != run.y) {
      above = std::exchange(here, {});
      if (above[0].run.y != run.y - 1) above.clear();
      next = 0;
    }
    size_t bar = parts.size();
    parts.push_back({run.x0, run.x1, run.y, run.y + 1, double(run.x1 - run.x0), bar});
    while (next < above.size() && above[next].run.x1 < run.x0) ++next;
    for (size_t i = next; i < above.size() && above[i].run.x0 <= run.x1; ++i) {
      const size_t old = root(above[i].bar);
      if (old == bar) continue;
      const Bar &whole = parts[old], &part = parts[bar];
      parts[old] = {std::min(whole.x0, part.x0),         std::max(whole.x1, part.x1), std::min(whole.top, part.top),
                    std::max(whole.bottom, part.bottom), whole.area + part.area,      old};
      parts[bar].parent = old;
      bar = old;
    }
    here.push_back({run, bar});
  }
  std::vector<cv::Rect> found;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].parent != i) continue;
    const int w = parts[i].x1 - parts[i].x0, h = parts[i].bottom - parts[i].top;
    const double thick = parts[i].area / w;  // a slanting line is thinner than its box is high
    if (thick > thickest || h > 3 * thickest || w < 10 * thick) continue;
    found.emplace_back(parts[i].x0, parts[i].top, w, h);
  }
  return found;
}

// Share of a level bar's length along which the ink goes on for `reach` pixels above it, or below it, whichever is more.
double attached_share(const cv::Mat& ink, const cv::Rect& bar, int reach) {
  double most = 0;
  for (int top : {bar.y - reach, bar.y + bar.height}) {
    if (top < 0 || top + reach > ink.rows) continue;
    cv::Mat along;
    cv::reduce(ink(cv::Rect(bar.x, top, bar.width, reach)), along, 0, cv::REDUCE_MIN);
    most = std::max(most, double(cv::countNonZero(along)) / bar.width);
  }
  return most;
}

double ink_share(const cv::Mat& ink, cv::Rect area) {
  area &= cv::Rect(0, 0, ink.cols, ink.rows);
  return area.empty() ? 0 : double(cv::countNonZero(ink(area))) / area.area();
}

// Share of the length of a side along which there is ink within its thickness.
double side_cover(const cv::Mat& ink, cv::Rect side, bool level) {
  side &= cv::Rect(0, 0, ink.cols, ink.rows);
  if (side.empty()) return 0;
  cv::Mat along;
  cv::reduce(ink(side), along, level ? 0 : 1, cv::REDUCE_MAX);
  return double(cv::countNonZero(along)) / double(along.total());
}

// Do a level and an upright line meet in each corner of `box`? In round letters they stop short of it.
bool square_corners(const cv::Mat& ink, const cv::Rect& box, int thick) {
  const int length = thick + 1;
  for (const int right : {0, 1})
    for (const int low : {0, 1}) {
      const auto corner = [&](int width, int height) {
        return cv::Rect(box.x + right * (box.width - width), box.y + low * (box.height - height), width, height);
      };
      if (ink_share(ink, corner(length, length)) >= 0.5) continue;  // thin lines fill less, but go all the way
      if (side_cover(ink, corner(length, thick), true) < 0.8 || side_cover(ink, corner(thick, length), false) < 0.8) return false;
    }
  return true;
}

int least_tick_side(double glyph) { return std::max(12, int(0.9 * glyph)); }

// `runs`: those of `ink`, all that are at least least_tick_side long among them.
std::vector<Marks::Tick> find_ticks(const cv::Mat& ink, const std::vector<Run>& runs, double glyph) {
  const int least = least_tick_side(glyph), most = int(3.2 * glyph);
  // Upper and lower sides: stacks of runs of one length.
  struct Bar {
    int x0, x1, top, bottom;  // bottom inside
  };
  std::vector<Bar> stacks;
  std::vector<size_t> open;
  int row = -1;
  for (const auto& run : runs) {
    if (run.x1 - run.x0 < least || run.x1 - run.x0 > most) continue;
    if (run.y != row) {
      std::erase_if(open, [&](size_t i) { return stacks[i].bottom < run.y - 1; });
      row = run.y;
    }
    const auto same = std::find_if(open.begin(), open.end(), [&](size_t i) {
      return stacks[i].bottom < run.y && std::abs(stacks[i].x0 - run.x0) <= 3 && std::abs(stacks[i].x1 - run.x1) <= 3;
    });
    if (same != open.end()) {
      Bar& bar = stacks[*same];
      bar = {std::min(bar.x0, run.x0), std::max(bar.x1, run.x1), bar.top, run.y};
    } else {
      open.push_back(stacks.size());
      stacks.push_back({run.x0, run.x1, run.y, run.y});
    }
  }
  std::vector<Marks::Tick> ticks;
  for (const auto& upper : stacks) {
    if (upper.bottom - upper.top >= 8) continue;
    for (const auto& lower : stacks) {
      const int width = upper.x1 - upper.x0, height = lower.bottom + 1 - upper.top;
      if (lower.top <= upper.bottom || lower.bottom - lower.top >= 8 || std::abs(height - width) > std::max(3, width / 6))
        continue;
      if (std::abs(upper.x0 - lower.x0) > 4 || std::abs(upper.x1 - lower.x1) > 4) continue;
      const cv::Rect box(std::min(upper.x0, lower.x0), upper.top, std::max(upper.x1, lower.x1) - std::min(upper.x0, lower.x0),
                         height);
      const int thick = std::max(3, width / 8);
      if (side_cover(ink, {box.x, box.y, thick, height}, false) < 0.9 ||
          side_cover(ink, {box.x + box.width - thick, box.y, thick, height}, false) < 0.9)
        continue;
      if (!square_corners(ink, box, thick)) continue;
      // Bars are thin; what goes on above or below is a letter.
      if (ink_share(ink, {box.x + width / 4, box.y - 4, width / 2, 3}) > 0.1 ||
          ink_share(ink, {box.x + width / 4, box.y + height + 1, width / 2, 3}) > 0.1)
        continue;
      // Letters like D, and ideographs like the one for mouth, have neighbours; a tick box stands alone.
      const int apart = std::max(6, width * 2 / 5);
      if (ink_share(ink, {box.x - apart, box.y, apart - 2, height}) > 0.02 ||
          ink_share(ink, {box.x + box.width + 2, box.y, apart - 2, height}) > 0.02)
        continue;
      const int inset = thick + std::max(1, width / 12);
      const double inside = ink_share(ink, {box.x + inset, box.y + inset, box.width - 2 * inset, height - 2 * inset});
      if (inside > 0.02 && inside < 0.07) continue;  // dirt or a tick: not to be told
      if (std::none_of(ticks.begin(), ticks.end(), [&](const Marks::Tick& t) { return (t.box & box).area() > 0; }))
        ticks.push_back({box, inside >= 0.07});
    }
  }
  return ticks;
}

}  // namespace

Marks find_marks(const cv::Mat& gray, double glyph, bool grainy) {
  Marks marks;
  if (glyph <= 0) return marks;
  const auto inked = [&](cv::Size along) {  // grain tears thin lines apart: there a pixel is the mean along the line
    cv::Mat ink;
    if (grainy && along.area() > 1)
      cv::blur(gray, ink, along);
    else
      ink = gray;
    cv::Mat result;
    cv::threshold(ink, result, 150, 255, cv::THRESH_BINARY_INV);
    return result;
  };
  constexpr int far = 5;  // pixels
  const cv::Mat ink = inked({1, 1}), smeared = inked({far, 1});
  cv::Mat turned;
  // Longer than strokes of headings; those that are as long are thicker.
  const int least = int(5 * glyph), thickest = std::max(4, int(0.4 * glyph));
  const std::vector<Run> runs = long_runs(ink, std::min(least, least_tick_side(glyph)));
  marks.level = bars(grainy ? long_runs(smeared, least) : runs, least, thickest);
  // A word whose letters touch at their tops or feet makes a bar too, but stems stand on 0.3 of it, no longer than its letters
  // are high; grids have 0.1.
  constexpr double most_stems = 0.2, most_too_long = 0.1;
  const int stem = std::max(3, cvRound(0.25 * glyph)), too_long = cvRound(3 * glyph);
  std::erase_if(marks.level, [&](const cv::Rect& bar) {
    return attached_share(ink, bar, stem) > most_stems && attached_share(ink, bar, too_long) < most_too_long;
  });
  cv::transpose(inked({1, far}), turned);
  // The sides of boxes are shorter, but they end on level lines.
  const int reach = thickest + 4;
  const int least_side = int(1.7 * glyph);
  for (const auto& r : bars(long_runs(turned, least_side), least_side, thickest)) {
    const cv::Rect bar(r.y, r.x, r.height, r.width);
    const auto touches = [&](int y) {
      return std::any_of(marks.level.begin(), marks.level.end(), [&](const cv::Rect& level) {
        return level.y - reach <= y && y <= level.y + level.height + reach && level.x - reach <= bar.x &&
               bar.x <= level.x + level.width + reach;
      });
    };
    if (bar.height >= least || (touches(bar.y) && touches(bar.y + bar.height))) marks.upright.push_back(bar);
  }
  marks.ticks = find_ticks(ink, runs, glyph);
  return marks;
}

void paint_over_rules(cv::Mat& gray, const Marks& marks) {
  const cv::Rect whole(0, 0, gray.cols, gray.rows);
  for (const auto* list : {&marks.level, &marks.upright})
    for (const auto& r : *list) gray(cv::Rect(r.x - 2, r.y - 2, r.width + 4, r.height + 4) & whole).setTo(255);
}

WithoutTicks::WithoutTicks(const cv::Mat& gray, const Marks& marks) : gray_(gray) {
  for (const auto& t : marks.ticks) {
    const cv::Rect area =
        cv::Rect(t.box.x - 3, t.box.y - 3, t.box.width + 6, t.box.height + 6) & cv::Rect(0, 0, gray.cols, gray.rows);
    kept_.emplace_back(area, gray(area).clone());
    gray_(area).setTo(255);
  }
}

WithoutTicks::~WithoutTicks() {
  for (const auto& [area, pixels] : kept_) pixels.copyTo(gray_(area));
}

}  // namespace bifrons
