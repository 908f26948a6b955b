// ocr/page/glyphs.cpp - see glyphs.h.
#include "ocr/page/glyphs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace bifrons {
namespace {

// Sharpness of the profile of the glyphs' lower edges along lines of slope `degrees`: the share of neighbours in the same bin.
double profile(const Glyphs& glyphs, double degrees, double bin, std::vector<double>& counts) {
  const double slope = std::tan(degrees * CV_PI / 180);
  double low = 1e9, high = -1e9;
  for (const auto& g : glyphs) {
    const double y = g.y + g.height - slope * (g.x + g.width / 2.0);
    low = std::min(low, y), high = std::max(high, y);
  }
  counts.assign(size_t((high - low) / bin) + 3, 0);
  for (const auto& g : glyphs) {  // shared between two bins, so that the score is smooth in the angle
    const double at = (g.y + g.height - slope * (g.x + g.width / 2.0) - low) / bin, whole = std::floor(at);
    counts[size_t(whole)] += 1 - (at - whole);
    counts[size_t(whole) + 1] += at - whole;
  }
  double sum = 0;
  for (double c : counts) sum += c * c;
  return sum;
}

}  // namespace

Ink find_ink(const cv::Mat& cleaned, bool rim) {
  Ink result;
  cv::Mat ink, labels, stats, centres;
  cv::threshold(cleaned, ink, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
  result.specks = cv::Mat::zeros(ink.rows / speck_cell + 3, ink.cols / speck_cell + 3, CV_32S);
  if (cv::countNonZero(ink) > 0.5 * double(ink.total())) return result;  // no page of text
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
  const int most = std::max(ink.rows, ink.cols) / 8;
  for (int i = 1; i < count; ++i) {
    const int* s = stats.ptr<int>(i);
    const int w = s[cv::CC_STAT_WIDTH], h = s[cv::CC_STAT_HEIGHT], area = s[cv::CC_STAT_AREA];
    const cv::Rect box(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], w, h);
    if (std::max(w, h) < 4) ++result.specks.at<int>(box.y / speck_cell + 1, box.x / speck_cell + 1);
    if (rim && (box.x == 0 || box.y == 0 || box.x + w == ink.cols || box.y + h == ink.rows)) continue;
    const bool letter = std::max(w, h) >= 4 && std::max(w, h) <= most && std::max(w, h) <= 12 * std::min(w, h) && area >= 8;
    if (letter) result.glyphs.push_back(box);
    if (area >= 4) result.extent |= box;
  }
  return result;
}

bool among_specks(const Ink& ink, const cv::Rect& glyph) {
  constexpr int many = 10;  // letters have 0 to 5 near them, beside a coffee ring's stain too; pieces of the stain 11 to 60
  const int x = (glyph.x + glyph.width / 2) / speck_cell, y = (glyph.y + glyph.height / 2) / speck_cell;
  return cv::sum(ink.specks(cv::Rect(x, y, 3, 3)))[0] > many;
}

double glyph_height(const Glyphs& glyphs, bool sideways) {
  std::vector<std::pair<int, int>> heights;  // with their widths as weights: specks are narrow
  double total = 0;
  for (const auto& g : glyphs) {
    const int h = sideways ? g.width : g.height, w = sideways ? g.height : g.width;
    if (h < 4 || w > 6 * h) continue;
    heights.emplace_back(h, w);
    total += w;
  }
  std::sort(heights.begin(), heights.end());
  double sum = 0;
  for (const auto& [h, w] : heights)
    if ((sum += w) >= total / 2) return h;
  return 0;
}

double square_share(const Glyphs& glyphs) {
  const double least = 0.6 * glyph_height(glyphs);
  std::vector<int> heights;
  for (const auto& g : glyphs)
    if (g.height >= least && g.height < 6 * least) heights.push_back(g.height);
  if (heights.empty()) return 0;
  const size_t at = heights.size() * 9 / 10;
  std::nth_element(heights.begin(), heights.begin() + std::ptrdiff_t(at), heights.end());
  const double high = 0.8 * heights[at];
  const auto squares = std::count_if(glyphs.begin(), glyphs.end(), [&](const cv::Rect& g) {
    return g.height >= high && g.height < 6 * least && g.width > 0.8 * g.height && g.width < 1.3 * g.height;
  });
  return double(squares) / double(heights.size());
}

double find_skew(const Glyphs& all) {
  const double height = glyph_height(all);
  Glyphs glyphs;
  for (const auto& g : all)
    if (g.height > 0.5 * height && g.height < 3 * height) glyphs.push_back(g);
  if (glyphs.size() < 12) return 0;
  std::vector<double> counts;
  double best = 0, score = profile(glyphs, 0, 2, counts) * 1.02;  // straight unless something is better
  for (int quarter = -48; quarter <= 48; ++quarter)               // degrees
    if (const double s = profile(glyphs, 0.25 * quarter, 2, counts); s > score) score = s, best = 0.25 * quarter;
  double step = 0.25;
  for (double bin : {1.5, 1.0, 1.0}) {
    step /= 5;
    const double centre = best;
    score = 0;
    for (int i = -6; i <= 6; ++i)
      if (const double s = profile(glyphs, centre + i * step, bin, counts); s > score) score = s, best = centre + i * step;
  }
  return best;
}

Glyphs upright(const Glyphs& glyphs, int turned, cv::Size size) {
  Glyphs result;
  result.reserve(glyphs.size());
  for (const auto& g : glyphs) {
    switch (turned) {
      case 90: result.emplace_back(g.y, size.width - g.x - g.width, g.height, g.width); break;
      case 180: result.emplace_back(size.width - g.x - g.width, size.height - g.y - g.height, g.width, g.height); break;
      case 270: result.emplace_back(size.height - g.y - g.height, g.x, g.height, g.width); break;
      default: result.push_back(g);
    }
  }
  return result;
}

TurnEvidence turn_evidence(const Glyphs& glyphs, cv::Size size) {
  TurnEvidence evidence{.turns = {0, 180, 90, 270}};
  if (glyphs.size() < 12) return evidence;
  std::array<double, 4> sharpness{};
  for (int i = 0; i < 4; ++i) {
    const Glyphs turned = upright(glyphs, 90 * i, size);
    double low = 1e9, high = -1e9;
    for (const auto& r : turned) low = std::min<double>(low, r.y), high = std::max<double>(high, r.y + r.height);
    std::vector<double> counts;
    sharpness[size_t(i)] =
        profile(turned, find_skew(turned), 2, counts) * (high - low + 1);  // flat pages score 1 per glyph squared
  }
  std::stable_sort(evidence.turns.begin(), evidence.turns.end(),
                   [&](int a, int b) { return sharpness[size_t(a / 90)] > sharpness[size_t(b / 90)]; });
  const double first = sharpness[size_t(evidence.turns[0] / 90)], second = sharpness[size_t(evidence.turns[1] / 90)];
  evidence.doubtful = first < 1.25 * second || evidence.turns[0] % 180 != 0;  // on its side, or vertical writing
  return evidence;
}

}  // namespace bifrons
