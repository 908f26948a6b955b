// fusion/text_density.cpp - see text_density.h.
#include "fusion/text_density.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "kernels/core/error.h"

namespace bifrons {

namespace {

constexpr int most_side = 1400;      // pixels after reduction: letters of an A4 page are still 8 high
constexpr int least_side = 48;       // smaller pictures hold no rows
constexpr int least_contrast = 24;   // of 255, against the surround
constexpr double whole_area = 0.07;  // of the picture: rows that cover so much count fully
constexpr double whole_glyphs = 40;
constexpr double mostly_text = 0.45;  // share of the ink in rows: chance rows of specks stay below
constexpr double only_text = 0.75;    // share of the ink in rows from which a picture holds nothing but text, and ...
constexpr double of_a_sheet = 0.8;    // so much where the picture shows a sheet and most of its ink is in rows
constexpr double of_few_rows = 0.5;   // ... counts at least so much, however little of it the rows cover: two lines on a sheet

struct Gray {
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;
};

Gray reduced(std::span<const uint8_t> rgb, int64_t width, int64_t height) {
  const int64_t factor = std::max<int64_t>(1, (std::max(width, height) + most_side - 1) / most_side);
  Gray gray;
  gray.width = int(width / factor);
  gray.height = int(height / factor);
  gray.pixels.resize(size_t(gray.width) * size_t(gray.height));
  for (int64_t y = 0; y < gray.height; ++y)
    for (int64_t x = 0; x < gray.width; ++x) {
      int64_t sum = 0;
      for (int64_t dy = 0; dy < factor; ++dy)
        for (int64_t dx = 0; dx < factor; ++dx) {
          const uint8_t* p = &rgb[size_t(((y * factor + dy) * width + x * factor + dx) * 3)];
          sum += 299 * p[0] + 587 * p[1] + 114 * p[2];
        }
      gray.pixels[size_t(y * gray.width + x)] = uint8_t(sum / (1000 * factor * factor));
    }
  return gray;
}

// Mean over a window around each pixel, from sums of sums.
std::vector<uint8_t> local_mean(const Gray& gray, int radius) {
  const int w = gray.width, h = gray.height;
  std::vector<int64_t> sums(size_t(w + 1) * size_t(h + 1), 0);
  for (int y = 0; y < h; ++y) {
    int64_t row = 0;
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
      const int64_t sum = at(y1, x1) - at(y0, x1) - at(y1, x0) + at(y0, x0);
      mean[size_t(y) * size_t(w) + size_t(x)] = uint8_t(sum / (int64_t(y1 - y0) * (x1 - x0)));
    }
  }
  return mean;
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

// Takes the rules of tables, forms and underlined heads away, which are ink of a page of text like its letters: straight runs
// along the sides, thin, and long or between two rules. Letters that stand on them come apart again.
void without_rules(std::vector<uint8_t>& mask, int w, int h) {
  const int longest = std::max(w, h), least_run = std::max(40, longest / 16), most_thick = std::max(3, longest / 200);
  std::vector<int> across(mask.size()), down(mask.size());  // length of the run through each pixel
  const auto each_run = [&](int lines, int length, int line_step, int step, const auto& take) {
    for (int line = 0; line < lines; ++line)
      for (int from = 0, end = 0; from < length; from = end + 1) {
        const auto at = [&](int i) { return size_t(line) * size_t(line_step) + size_t(i) * size_t(step); };
        for (end = from; end < length && mask[at(end)]; ++end) {
        }
        if (end > from) take(at(from), at(end - 1), end - from, size_t(step));
      }
  };
  const auto measure = [](std::vector<int>& lengths) {
    return [&lengths](size_t first, size_t last, int length, size_t step) {
      for (size_t i = first; i <= last; i += step) lengths[i] = length;
    };
  };
  each_run(h, w, w, 1, measure(across));
  each_run(w, h, 1, w, measure(down));
  std::vector<uint8_t> left = mask;
  const auto drop = [&](const std::vector<int>& thickness) {
    return [&, most_thick, least_run](size_t first, size_t last, int length, size_t step) {
      const bool between_rules = length > 2 * most_thick && thickness[first] >= least_run && thickness[last] >= least_run;
      if (length < least_run && !between_rules) return;
      for (size_t i = first; i <= last; i += step)
        if (thickness[i] <= most_thick) left[i] = 0;
    };
  };
  each_run(h, w, w, 1, drop(down));
  each_run(w, h, 1, w, drop(across));
  mask = std::move(left);
}

double density_of(std::vector<uint8_t> mask, int w, int h) {
  without_rules(mask, w, h);
  int64_t ink = 0;
  for (const uint8_t m : mask) ink += m;
  if (ink == 0) return 0;
  std::vector<Blob> glyphs;
  const std::vector<uint8_t> before = mask;
  bool sheet = false;  // with a frame round it
  for (const Blob& blob : blobs_of(mask, w, h)) {
    if (glyph_like(blob, h)) glyphs.push_back(blob);
    if (is_frame(blob, before, w, h)) {
      ink -= blob.ink;
      sheet |= blob.width() * 2 >= w && blob.height() * 2 >= h;
    }
  }
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
  if (count >= whole_glyphs &&
      in_rows >= mostly_text * double(ink)) {  // sure enough: letters of their size are text, too, in cells too short to be rows
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
  return share * std::max(covered, least) * std::min(1.0, count / whole_glyphs);
}

std::vector<uint8_t> turned(const std::vector<uint8_t>& mask, int w, int h) {
  std::vector<uint8_t> out(mask.size());
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) out[size_t(x) * size_t(h) + size_t(h - 1 - y)] = mask[size_t(y) * size_t(w) + size_t(x)];
  return out;
}

}  // namespace

double text_density(std::span<const uint8_t> rgb, int64_t width, int64_t height) {
  if (width < 0 || height < 0 || width > (1 << 20) || height > (1 << 20) || rgb.size() != size_t(width * height * 3))
    fail(Fault::arguments, "a picture of ", width, " x ", height, " pixels with ", rgb.size(), " bytes; it needs three a pixel");
  if (std::min(width, height) < least_side) return 0;
  const Gray gray = reduced(rgb, width, height);
  if (std::min(gray.width, gray.height) < least_side / 2) return 0;
  const std::vector<uint8_t> mean = local_mean(gray, std::max(12, std::max(gray.width, gray.height) / 40));
  std::vector<uint8_t> dark(mean.size()), light(mean.size());
  for (size_t i = 0; i < mean.size(); ++i) {
    const int difference = int(gray.pixels[i]) - mean[i];
    dark[i] = -difference > std::max(least_contrast, mean[i] / 8);
    light[i] = difference > least_contrast;
  }
  double most = 0;
  for (const std::vector<uint8_t>& mask : {std::cref(dark), std::cref(light)}) {
    most = std::max(most, density_of(mask, gray.width, gray.height));
    if (most < 0.8)
      most = std::max(most, density_of(turned(mask, gray.width, gray.height), gray.height, gray.width));  // on its side
  }
  return most;
}

}  // namespace bifrons
