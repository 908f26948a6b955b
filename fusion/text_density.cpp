// fusion/text_density.cpp - see text_density.h.
#include "fusion/text_density.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/core/error.h"

namespace bifrons {

namespace {

constexpr double most_pixels = 1400 * 990;  // after reduction: letters of an A4 page are 8 high, and of a long receipt
constexpr double enough = 0.4;              // for the router: the other ways up and the other ink are tried below it
constexpr int least_side = 48;              // smaller pictures hold no rows
constexpr int least_contrast = 24;          // of 255, against the surround
constexpr double whole_area = 0.07;         // of the picture: rows that cover so much count fully
constexpr double whole_glyphs = 40;
constexpr double mostly_text = 0.45;  // share of the ink in rows: chance rows of specks stay below
constexpr double only_text = 0.6;     // share of the ink in rows from which a picture holds nothing but text, and ...
constexpr double of_a_sheet = 0.8;    // so much where the picture shows a sheet and most of its ink is in rows
constexpr double of_few_rows = 0.6;   // ... counts at least so much, however little of it the rows cover: two lines on a sheet
// Of the picture, ink in no row: pages have 0.02 at most, leaves, gravel and scribble, whose rows are chance, 0.13 at least.
constexpr double usual_rest = 0.08, most_rest = 0.16;

struct Gray {
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;
};

// The pixels of the picture that make one of the reduced one, along one side; a whole pixel weighs 256.
struct Span {
  int64_t first = 0, last = 0;                   // inclusive
  uint32_t first_weight = 256, last_weight = 0;  // the latter where they differ
};
Span span_of(int64_t to, int64_t reduced, int64_t whole) {
  const int64_t begin = to * whole * 256 / reduced, end = (to + 1) * whole * 256 / reduced;  // in 256ths of a pixel
  Span span{begin / 256, (end - 1) / 256, 0, 0};
  if (span.first == span.last) {
    span.first_weight = uint32_t(end - begin);
  } else {
    span.first_weight = uint32_t(256 - begin % 256);
    span.last_weight = uint32_t(end - span.last * 256);
  }
  return span;
}

// Reduced by any ratio, not by whole ones: 1,754 pixels halved for being over a limit of 1,400 would lose small letters.
Gray reduced(std::span<const uint8_t> rgb, int64_t width, int64_t height) {
  const double ratio = std::min(1.0, std::sqrt(most_pixels / (double(width) * double(height))));
  Gray gray;
  gray.width = std::max(1, int(double(width) * ratio));
  gray.height = std::max(1, int(double(height) * ratio));
  gray.pixels.resize(size_t(gray.width) * size_t(gray.height));
  std::vector<Span> across;
  for (int x = 0; x < gray.width; ++x) across.push_back(span_of(x, gray.width, width));
  std::vector<uint32_t> sums(static_cast<size_t>(width));  // of the lines of one reduced line
  std::vector<uint8_t> line(sums.size());                  // one in gray, kept where two reduced lines share it
  int64_t kept = -1;
  for (int y = 0; y < gray.height; ++y) {
    const Span down = span_of(y, gray.height, height);
    std::fill(sums.begin(), sums.end(), 0u);
    uint32_t rows = 0;
    for (int64_t from = down.first; from <= down.last; ++from) {
      if (from != kept) {
        const uint8_t* p = &rgb[size_t(from * width * 3)];
        for (size_t x = 0; x < line.size(); ++x)
          line[x] = uint8_t((77u * p[3 * x] + 150u * p[3 * x + 1] + 29u * p[3 * x + 2]) >> 8);
        kept = from;
      }
      const uint32_t weight = from == down.first ? down.first_weight : from == down.last ? down.last_weight : 256;
      for (size_t x = 0; x < sums.size(); ++x) sums[x] += line[x] * weight;
      rows += weight;
    }
    for (int x = 0; x < gray.width; ++x) {
      const Span& span = across[size_t(x)];
      uint64_t sum =
          uint64_t(sums[size_t(span.first)]) * span.first_weight + uint64_t(sums[size_t(span.last)]) * span.last_weight;
      for (int64_t from = span.first + 1; from < span.last; ++from) sum += uint64_t(sums[size_t(from)]) * 256;
      const uint64_t columns =
          span.first_weight + span.last_weight + uint64_t(std::max<int64_t>(0, span.last - span.first - 1)) * 256;
      gray.pixels[size_t(y) * size_t(gray.width) + size_t(x)] = uint8_t(sum / (columns * rows));
    }
  }
  return gray;
}

// Mean over a window around each pixel, from sums of sums.
std::vector<uint8_t> local_mean(const Gray& gray, int radius) {
  const int w = gray.width, h = gray.height;
  std::vector<uint32_t> sums(size_t(w + 1) * size_t(h + 1), 0);
  for (int y = 0; y < h; ++y) {
    uint32_t row = 0;
    for (int x = 0; x < w; ++x) {
      row += gray.pixels[size_t(y) * size_t(w) + size_t(x)];
      sums[size_t(y + 1) * size_t(w + 1) + size_t(x + 1)] = sums[size_t(y) * size_t(w + 1) + size_t(x + 1)] + row;
    }
  }
  std::vector<uint8_t> mean(gray.pixels.size());
  for (int y = 0; y < h; ++y) {
    const int y0 = std::max(0, y - radius), y1 = std::min(h, y + radius + 1);
    for (int x = 0; x < w; ++x) {
      const int x0 = std::max(0, x - radius), x1 = std::min(w, x + radius + 1);
      const auto at = [&](int yy, int xx) { return sums[size_t(yy) * size_t(w + 1) + size_t(xx)]; };
      const uint32_t sum = at(y1, x1) - at(y0, x1) - at(y1, x0) + at(y0, x0);
      mean[size_t(y) * size_t(w) + size_t(x)] = uint8_t(sum / uint32_t((y1 - y0) * (x1 - x0)));
    }
  }
  return mean;
}

// What is darker (sign -1) or lighter (1) than its surround, by at least near half of what the darkest or lightest close by is:
// the grey rim of small letters would join them and fill their counters.
std::vector<uint8_t> ink_of(const Gray& gray, const std::vector<uint8_t>& mean, int sign) {
  constexpr int reach = 2, least_percent = 45;
  const int w = gray.width, h = gray.height;
  std::vector<int16_t> contrast(mean.size());
  for (size_t i = 0; i < mean.size(); ++i) contrast[i] = int16_t(sign * (int(gray.pixels[i]) - mean[i]));
  std::vector<uint8_t> ink(mean.size());
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const size_t at = size_t(y) * size_t(w) + size_t(x);
      if (contrast[at] <= (sign < 0 ? std::max(least_contrast, mean[at] / 8) : least_contrast)) continue;
      int most = 0;
      for (int yy = std::max(0, y - reach); yy <= std::min(h - 1, y + reach); ++yy)
        for (int xx = std::max(0, x - reach); xx <= std::min(w - 1, x + reach); ++xx)
          most = std::max(most, int(contrast[size_t(yy) * size_t(w) + size_t(xx)]));
      ink[at] = contrast[at] * 100 >= most * least_percent;
    }
  return ink;
}

struct Blob {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // inclusive
  int ink = 0;
  int start = 0;  // one of its pixels
  int height() const { return y1 - y0 + 1; }
  int width() const { return x1 - x0 + 1; }
};

// Connected components (8 neighbours) of a mask, which is used up.
std::vector<Blob> blobs_of(std::vector<uint8_t>& mask, int w, int h) {
  std::vector<Blob> blobs;
  std::vector<int> stack;
  for (int start = 0; start < w * h; ++start) {
    if (!mask[size_t(start)]) continue;
    Blob blob{start % w, start / w, start % w, start / w, 0, start};
    stack.assign(1, start);
    mask[size_t(start)] = 0;
    while (!stack.empty()) {
      const int at = stack.back(), x = at % w, y = at / w;
      stack.pop_back();
      ++blob.ink;
      blob.x0 = std::min(blob.x0, x), blob.x1 = std::max(blob.x1, x);
      blob.y0 = std::min(blob.y0, y), blob.y1 = std::max(blob.y1, y);
      for (int ny = std::max(0, y - 1); ny <= std::min(h - 1, y + 1); ++ny)
        for (int nx = std::max(0, x - 1); nx <= std::min(w - 1, x + 1); ++nx)
          if (uint8_t& ink = mask[size_t(ny) * size_t(w) + size_t(nx)]; ink) {
            ink = 0;
            stack.push_back(ny * w + nx);
          }
    }
    blobs.push_back(blob);
  }
  return blobs;
}

// The band of shade around a sheet on a darker ground, or a frame askew: round most of the picture and hollow. Its ink says
// nothing of what is on the sheet. `mask` as it was before blobs_of.
bool is_frame(const Blob& blob, const std::vector<uint8_t>& mask, int w, int h) {
  constexpr double least_side_share = 0.5, border = 0.2, most_inside = 0.02, most_bar = 0.08;
  const bool upright = blob.height() >= least_side_share * h && blob.width() <= most_bar * w &&
                       (blob.x1 < border * w || blob.x0 > (1 - border) * w);
  const bool level = blob.width() >= least_side_share * w && blob.height() <= most_bar * h &&
                     (blob.y1 < border * h || blob.y0 > (1 - border) * h);
  if (upright || level) return true;  // one side of it
  if (blob.width() < least_side_share * w || blob.height() < least_side_share * h) return false;
  const double x0 = blob.x0 + border * blob.width(), x1 = blob.x1 - border * blob.width();
  const double y0 = blob.y0 + border * blob.height(), y1 = blob.y1 - border * blob.height();
  std::vector<uint8_t> left = mask;
  std::vector<int> stack(1, blob.start);
  left[size_t(blob.start)] = 0;
  int inside = 0;
  while (!stack.empty()) {
    const int at = stack.back(), x = at % w, y = at / w;
    stack.pop_back();
    inside += x > x0 && x < x1 && y > y0 && y < y1;
    for (int ny = std::max(0, y - 1); ny <= std::min(h - 1, y + 1); ++ny)
      for (int nx = std::max(0, x - 1); nx <= std::min(w - 1, x + 1); ++nx)
        if (uint8_t& ink = left[size_t(ny) * size_t(w) + size_t(nx)]; ink) ink = 0, stack.push_back(ny * w + nx);
  }
  return inside < most_inside * blob.ink;
}

bool glyph_like(const Blob& blob, int picture_height) {
  const int h = blob.height(), w = blob.width();
  const double fill = double(blob.ink) / (double(h) * w);
  return h >= 5 && h <= std::max(16, picture_height / 7) && w <= 14 * h && fill >= 0.1 && (fill <= 0.9 || w * 2 <= h);
}

// Could `right` be the next glyph of a row after `left`? Letters stand on one line, or hang from one.
bool follows(const Blob& left, const Blob& right) {
  const int tall = std::max(left.height(), right.height()), low = std::min(left.height(), right.height());
  if (low * 5 < tall * 2) return false;
  const int gap = right.x0 - left.x1;
  if (gap < -low / 3 || gap * 2 > tall * 3) return false;
  const double slack = 0.15 * tall + 1;
  return std::abs(left.y1 - right.y1) <= slack ||
         (std::abs(left.y0 - right.y0) <= slack && std::abs(left.y1 - right.y1) <= 0.45 * tall);
}

std::vector<uint8_t> transposed(const std::vector<uint8_t>& mask, int w, int h) {
  constexpr int tile = 32;
  std::vector<uint8_t> out(mask.size());
  for (int y0 = 0; y0 < h; y0 += tile)
    for (int x0 = 0; x0 < w; x0 += tile)
      for (int x = x0; x < std::min(w, x0 + tile); ++x)
        for (int y = y0; y < std::min(h, y0 + tile); ++y)
          out[size_t(x) * size_t(h) + size_t(y)] = mask[size_t(y) * size_t(w) + size_t(x)];
  return out;
}

// Ink that goes straight along a side, or askew in steps: runs of one row and the next that touch.
struct Run {
  int y = 0, x0 = 0, x1 = 0;  // inclusive
  int group = 0;
};
struct Stroke {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // inclusive
  int ink = 0;
  int left_y = 0, right_y = 0;  // where it begins and ends
  bool rule = false;
};
struct Strokes {
  std::vector<Run> runs;
  std::vector<Stroke> groups;
};

Strokes strokes_of(const std::vector<uint8_t>& mask, int w, int h, int least_piece) {
  Strokes strokes;
  std::vector<int> parent;
  const auto root = [&](int i) {
    while (parent[size_t(i)] != i) i = parent[size_t(i)] = parent[size_t(parent[size_t(i)])];
    return i;
  };
  size_t above = 0, above_end = 0;  // runs of the row above
  for (int y = 0; y < h; ++y) {
    const size_t row_begin = strokes.runs.size();
    const uint8_t* row = &mask[size_t(y) * size_t(w)];
    for (int from = 0, end = 0; from < w; from = end + 1) {
      for (end = from; end < w && row[end]; ++end) {
      }
      if (end - from < least_piece) continue;
      const int me = int(strokes.runs.size());
      strokes.runs.push_back({y, from, end - 1, me});
      parent.push_back(me);
      while (above < above_end && strokes.runs[above].x1 + 2 < from) ++above;
      for (size_t i = above; i < above_end && strokes.runs[i].x0 <= end + 1; ++i) parent[size_t(root(int(i)))] = root(me);
    }
    above = row_begin, above_end = strokes.runs.size();
  }
  std::vector<int> number(strokes.runs.size(), -1);
  for (size_t i = 0; i < strokes.runs.size(); ++i) {
    Run& run = strokes.runs[i];
    int& group = number[size_t(root(int(i)))];
    if (group < 0) {
      group = int(strokes.groups.size());
      strokes.groups.push_back({run.x0, run.y, run.x1, run.y, 0, run.y, run.y});
    }
    run.group = group;
    Stroke& stroke = strokes.groups[size_t(group)];
    if (run.x0 < stroke.x0) stroke.x0 = run.x0, stroke.left_y = run.y;
    if (run.x1 > stroke.x1) stroke.x1 = run.x1, stroke.right_y = run.y;
    stroke.y1 = run.y;
    stroke.ink += run.x1 - run.x0 + 1;
  }
  return strokes;
}

// Takes the rules of tables, forms and underlined heads away, which are ink of a page of text like its letters: thin strokes
// along the sides, a few degrees askew at most, that are long or go from rule to rule. Letters that stand on them come apart
// again.
void without_rules(std::vector<uint8_t>& mask, int w, int h) {
  const int longest = std::max(w, h), least_run = std::max(40, longest / 16), most_thick = std::max(3, longest / 200);
  constexpr double most_slope = 0.08;
  struct Side {
    std::vector<uint8_t> mask, rules;
    int w, h;
    Strokes strokes;
  };
  Side level{mask, std::vector<uint8_t>(mask.size()), w, h, {}};
  Side upright{transposed(mask, w, h), std::vector<uint8_t>(mask.size()), h, w, {}};
  for (Side* side : {&level, &upright}) {
    side->strokes = strokes_of(side->mask, side->w, side->h, std::max(8, longest / 140));
    for (Stroke& stroke : side->strokes.groups) {
      const int length = stroke.x1 - stroke.x0 + 1;
      stroke.rule =
          length >= least_run && stroke.y1 - stroke.y0 < most_thick + most_slope * length && stroke.ink <= most_thick * length;
    }
    for (const Run& run : side->strokes.runs)
      if (side->strokes.groups[size_t(run.group)].rule)
        std::fill_n(&side->rules[size_t(run.y) * size_t(side->w) + size_t(run.x0)], run.x1 - run.x0 + 1, uint8_t(1));
  }
  for (Side* side : {&level, &upright}) {
    const Side& other = side == &level ? upright : level;
    // Does a rule of the other direction pass there?
    const auto crossed = [&](int x, int y) {
      for (int yy = std::max(0, y - 1); yy <= std::min(side->h - 1, y + 1); ++yy)
        for (int xx = std::max(0, x - 2); xx <= std::min(side->w - 1, x + 2); ++xx)
          if (other.rules[size_t(xx) * size_t(other.w) + size_t(yy)]) return true;
      return false;
    };
    for (Stroke& stroke : side->strokes.groups) {
      const int length = stroke.x1 - stroke.x0 + 1;
      stroke.rule = stroke.rule || (length > 2 * most_thick && stroke.y1 - stroke.y0 < most_thick + most_slope * length &&
                                    stroke.ink <= most_thick * length && crossed(stroke.x0, stroke.left_y) &&
                                    crossed(stroke.x1, stroke.right_y));
    }
    for (const Run& run : side->strokes.runs) {
      if (!side->strokes.groups[size_t(run.group)].rule) continue;
      for (int x = run.x0; x <= run.x1; ++x) {
        const auto ink = [&](int y) { return side->mask[size_t(y) * size_t(side->w) + size_t(x)] != 0; };
        int top = run.y, bottom = run.y;
        while (top > 0 && bottom - top < most_thick && ink(top - 1)) --top;
        while (bottom + 1 < side->h && bottom - top < most_thick && ink(bottom + 1)) ++bottom;
        if (bottom - top >= most_thick) continue;  // something crosses it
        const size_t at = side == &level ? size_t(run.y) * size_t(w) + size_t(x) : size_t(x) * size_t(w) + size_t(run.y);
        mask[at] = 0;
      }
    }
  }
}

// How much of a picture of w x h is rows of these components. `ink`: of the picture, without frames; `sheet`: in a frame.
double density_of_rows(const std::vector<Blob>& blobs, int64_t ink, bool sheet, int w, int h) {
  std::vector<Blob> glyphs;
  for (const Blob& blob : blobs)
    if (glyph_like(blob, h)) glyphs.push_back(blob);
  if (glyphs.size() < 4) return 0;
  std::sort(glyphs.begin(), glyphs.end(), [](const Blob& a, const Blob& b) { return a.x0 < b.x0; });
  // Chains: each glyph takes the nearest one to its right; looked up by bands of the picture's height.
  const int band = 16, bands = h / band + 1;
  std::vector<std::vector<int>> in_band(static_cast<size_t>(bands));
  for (size_t i = 0; i < glyphs.size(); ++i)
    for (int b = glyphs[i].y0 / band; b <= glyphs[i].y1 / band; ++b) in_band[size_t(b)].push_back(int(i));
  std::vector<int> row(glyphs.size());
  std::iota(row.begin(), row.end(), 0);
  const auto root = [&](int i) {
    while (row[size_t(i)] != i) i = row[size_t(i)] = row[size_t(row[size_t(i)])];
    return i;
  };
  for (size_t i = 0; i < glyphs.size(); ++i) {
    const std::vector<int>& near = in_band[size_t((glyphs[i].y0 + glyphs[i].y1) / 2 / band)];
    const auto first = std::upper_bound(near.begin(), near.end(), int(i));
    for (auto at = first; at != near.end() && at - first < 64; ++at)
      if (follows(glyphs[i], glyphs[size_t(*at)])) {
        row[size_t(root(*at))] = root(int(i));
        break;
      }
  }
  std::vector<std::vector<const Blob*>> rows(glyphs.size());
  for (size_t i = 0; i < glyphs.size(); ++i) rows[size_t(root(int(i)))].push_back(&glyphs[i]);
  double area = 0, in_rows = 0, count = 0;
  std::vector<int> sizes;                                // of letters in rows
  std::vector<std::pair<const Blob*, double>> doubtful;  // what of a letter is not counted yet
  for (const auto& members : rows) {
    if (members.size() < 4) {
      for (const Blob* glyph : members) doubtful.emplace_back(glyph, 1.0);
      continue;
    }
    std::vector<int> heights;
    std::vector<double> fills;
    for (const Blob* glyph : members) {
      heights.push_back(glyph->height());
      fills.push_back(double(glyph->ink) / (double(glyph->height()) * glyph->width()));
    }
    // Round specks fill their boxes; letters are strokes.
    std::nth_element(fills.begin(), fills.begin() + long(fills.size() / 2), fills.end());
    if (fills[fills.size() / 2] > 0.63) continue;
    std::nth_element(heights.begin(), heights.begin() + long(heights.size() / 2), heights.end());
    const int median = heights[heights.size() / 2];
    // Chance rows of specks are uneven; letters are x-high or cap-high.
    const auto even =
        std::count_if(heights.begin(), heights.end(), [&](int t) { return t * 5 >= median * 3 && t * 3 <= median * 5; });
    if (even * 4 < int64_t(heights.size()) * 3) continue;
    const double weight = std::min(1.0, double(members.size() - 2) / 4);  // short rows may be chance
    for (const Blob* glyph : members) {
      area += weight * (glyph->width() + 0.6 * median) * (1.6 * median);
      in_rows += weight * glyph->ink;
      count += weight * std::max(1.0, double(glyph->width()) / (1.2 * median));  // letters that touch are one component
      sizes.push_back(glyph->height());
      if (weight < 1) doubtful.emplace_back(glyph, 1 - weight);
    }
  }
  // Sure enough: letters of their size are text, too, in cells too short to be rows.
  if (count >= whole_glyphs && in_rows >= mostly_text * double(ink)) {
    std::nth_element(sizes.begin(), sizes.begin() + long(sizes.size() / 2), sizes.end());
    const int median = sizes[sizes.size() / 2];
    for (const auto& [glyph, weight] : doubtful) {
      if (glyph->height() * 5 < median * 3 || glyph->height() * 3 > median * 5) continue;
      in_rows += weight * glyph->ink;
      area += weight * (glyph->width() + 0.6 * median) * (1.6 * median);
    }
  }
  const double share = in_rows / double(ink), covered = std::min(1.0, area / (double(w) * h) / whole_area);
  double least = 0;
  if (count >= whole_glyphs && share >= only_text) least = of_few_rows;
  if (count >= whole_glyphs && share >= mostly_text && sheet) least = of_a_sheet;
  const double rest = (double(ink) - in_rows) / (double(w) * h);
  const double calm = std::clamp((most_rest - rest) / (most_rest - usual_rest), 0.0, 1.0);
  return calm * share * std::max(covered, least) * std::min(1.0, count / whole_glyphs);
}

double density_of(std::vector<uint8_t> mask, int w, int h) {
  without_rules(mask, w, h);
  int64_t ink = 0;
  for (const uint8_t m : mask) ink += m;
  if (ink == 0) return 0;
  const std::vector<uint8_t> before = mask;
  std::vector<Blob> blobs = blobs_of(mask, w, h);
  bool sheet = false;  // with a frame round it
  for (const Blob& blob : blobs)
    if (is_frame(blob, before, w, h)) {
      ink -= blob.ink;
      sheet |= blob.width() * 2 >= w && blob.height() * 2 >= h;
    }
  if (ink == 0) return 0;
  const double upright = density_of_rows(blobs, ink, sheet, w, h);
  if (upright >= enough) return upright;
  for (Blob& blob : blobs) std::swap(blob.x0, blob.y0), std::swap(blob.x1, blob.y1);  // on its side
  return std::max(upright, density_of_rows(blobs, ink, sheet, h, w));
}

}  // namespace

double text_density(std::span<const uint8_t> rgb, int64_t width, int64_t height) {
  if (width < 0 || height < 0 || width > (1 << 20) || height > (1 << 20) || rgb.size() != size_t(width * height * 3))
    fail(Fault::arguments, "a picture of ", width, " x ", height, " pixels with ", rgb.size(), " bytes; it needs three each");
  if (std::min(width, height) < least_side) return 0;
  const Gray gray = reduced(rgb, width, height);
  if (std::min(gray.width, gray.height) < least_side / 2) return 0;
  const std::vector<uint8_t> mean = local_mean(gray, std::max(12, std::max(gray.width, gray.height) / 40));
  double most = 0;
  for (const int sign : {-1, 1}) {
    most = std::max(most, density_of(ink_of(gray, mean, sign), gray.width, gray.height));
    if (most >= enough) break;
  }
  return most;
}

}  // namespace bifrons
