// ocr/page/glyphs.cpp - see glyphs.h.
#include "ocr/page/glyphs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include <opencv2/imgproc.hpp>

#include "ocr/page/pieces.h"

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

// How far a neighbourhood of 20 by 20 letters looks like lines in some direction; from 1 on it holds some. Pieces strewn by
// chance differ from one row of half a letter to the next by as much as their mean says, spread / all = 1.
double most_lined(const Glyphs& glyphs, double height) {
  constexpr double cell = 20;           // of the height: a few lines of a few words
  constexpr int rows = 40, step = 5;    // in a cell; degrees
  constexpr int enough = 40, few = 10;  // pieces in a cell
  constexpr double lines = 4,
                   lines_of_few = 8;  // noise and grass reach 2.9 and 5.1, the best cell of a page of text at least 7.3
  double most = 0;
  for (int angle = 0; angle < 180; angle += step) {
    const double cosine = std::cos(angle * CV_PI / 180), sine = std::sin(angle * CV_PI / 180);
    std::map<std::pair<int, int>, std::array<int, rows>> cells;
    for (const auto& g : glyphs) {
      const double x = (g.x + g.width / 2.0) / (cell * height), y = (g.y + g.height / 2.0) / (cell * height);
      const double along = std::floor(x * cosine + y * sine), across = y * cosine - x * sine, place = std::floor(across);
      ++cells[{int(along), int(place)}][std::min(size_t(rows - 1), size_t((across - place) * rows))];
    }
    for (const auto& [place, counts] : cells) {
      double all = counts[0], spread = 0;
      for (size_t i = 1; i < counts.size(); ++i) {
        const double change = counts[i] - counts[i - 1];
        all += counts[i], spread += change * change / 2;
      }
      if (all >= few) most = std::max(most, spread / all / (all >= enough ? lines : lines_of_few));
    }
    if (most >= 1) break;
  }
  return most;
}

// How many more neighbours the pieces have in one direction than in the others, 1: in all alike. Letters stand beside each other;
// 1.4 to 7.5 on maps, whose names stand in no lines, at most 1.1 on noise and grass.
double neighbours_lean(const Glyphs& glyphs, double height) {
  constexpr double reach = 1.6;                                     // of the height
  constexpr size_t sectors = 12;                                    // of the half circle
  constexpr double least = 1e-9;                                    // no neighbours
  std::map<std::pair<int, int>, std::vector<cv::Point2d>> squares;  // as wide as the reach
  for (const auto& g : glyphs) {
    const cv::Point2d middle((g.x + g.width / 2.0) / (reach * height), (g.y + g.height / 2.0) / (reach * height));
    squares[{int(middle.x), int(middle.y)}].push_back(middle);
  }
  std::array<double, sectors> found{};
  for (const auto& [place, here] : squares)
    for (const auto& [right, down] : {std::pair{0, 0}, {1, -1}, {1, 0}, {1, 1}, {0, 1}}) {
      const auto there = squares.find({place.first + right, place.second + down});
      if (there == squares.end()) continue;
      const bool same = right == 0 && down == 0;
      for (size_t i = 0; i < here.size(); ++i)
        for (size_t j = same ? i + 1 : 0; j < there->second.size(); ++j) {
          const cv::Point2d way = there->second[j] - here[i];
          if (way.dot(way) > 1) continue;
          const double half_turns = std::atan2(way.y, way.x) / CV_PI + 0.5 / double(sectors) + 1;
          ++found[size_t(half_turns * double(sectors)) % sectors];
        }
    }
  const double all = std::accumulate(found.begin(), found.end(), least);
  return *std::max_element(found.begin(), found.end()) * double(sectors) / all;
}

}  // namespace

Ink find_ink(const cv::Mat& cleaned, bool rim) {
  Ink result;
  cv::Mat ink;
  cv::threshold(cleaned, ink, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
  result.specks = cv::Mat::zeros(ink.rows / speck_cell + 3, ink.cols / speck_cell + 3, CV_32S);
  if (cv::countNonZero(ink) > 0.5 * double(ink.total())) return result;  // no page of text
  const int most = std::max(ink.rows, ink.cols) / 8;
  for (const auto& [box, area] : pieces_of(ink)) {
    const int w = box.width, h = box.height;
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
  constexpr double itself = 0.7;  // of a bin, mean of its share in two, squared
  std::array<double, 4> sharpness{};
  for (int i = 0; i < 4; ++i) {
    const Glyphs turned = upright(glyphs, 90 * i, size);
    double low = 1e9, high = -1e9;
    for (const auto& r : turned) low = std::min<double>(low, r.y), high = std::max<double>(high, r.y + r.height);
    std::vector<double> counts;
    // Each glyph meets itself too; and between one line and the next there would be white.
    const double meetings = std::max(0.0, profile(turned, find_skew(turned), 2, counts) - itself * double(turned.size()));
    sharpness[size_t(i)] = meetings * (high - low + glyph_height(turned));
  }
  std::stable_sort(evidence.turns.begin(), evidence.turns.end(),
                   [&](int a, int b) { return sharpness[size_t(a / 90)] > sharpness[size_t(b / 90)]; });
  const double first = sharpness[size_t(evidence.turns[0] / 90)], second = sharpness[size_t(evidence.turns[1] / 90)];
  evidence.doubtful = first < 1.25 * second || evidence.turns[0] % 180 != 0;  // on its side, or vertical writing
  return evidence;
}

bool scattered(const Ink& ink) {
  constexpr size_t many = 1500;    // fewer cost little to read
  constexpr double specks = 1000;  // to each piece as large as a letter; on worn receipts 60
  const Glyphs& glyphs = ink.glyphs;
  const double height = glyph_height(glyphs), all_specks = ink.specks.empty() ? 0 : cv::sum(ink.specks)[0];
  if (all_specks > many && all_specks > specks * double(glyphs.size())) return true;
  return glyphs.size() >= many && height > 0 && most_lined(glyphs, height) < 1 && neighbours_lean(glyphs, height) < 1.3;
}

}  // namespace bifrons
