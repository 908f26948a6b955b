// ocr/page/specks.cpp - see specks.h.
#include "ocr/page/specks.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace bifrons {
namespace {

constexpr int darkest = 255 / 4, lightest = 255 - darkest;
constexpr double most_between = 0.02;      // of the pixels, on a page in black and white
constexpr double least_glyph = 11;         // pixels; dots of smaller letters may be one pixel
constexpr double most_pixels = 0.012;      // of the letters' height squared; the thinnest full stops and dots have 0.014 and more
constexpr double many = 1e-5, least = 20;  // of the pixels; of fewer specks hardly one stands where a full stop could

constexpr uint8_t small = 1, seen = 128, large = 254;  // in a picture of ink, beside 255: pixels of pieces looked at

struct Pieces {
  std::vector<cv::Point> pixels;
  std::vector<size_t> ends = {0};  // in `pixels`, of each piece; the first is that of none
  size_t count() const { return ends.size() - 1; }
  size_t size(size_t i) const { return ends[i + 1] - ends[i]; }
};

// Adds the piece of ink that holds `at`, unless it has more than `most` pixels; no pixel is looked at from twice. `ink` is white
// all round.
bool add_piece(cv::Mat& ink, cv::Point at, size_t most, Pieces& pieces) {
  auto& pixels = pieces.pixels;
  const size_t start = pixels.size();
  const auto take = [&](cv::Point pixel) {
    ink.at<uint8_t>(pixel) = seen;
    pixels.push_back(pixel);
  };
  take(at);
  bool whole = true;
  for (size_t i = start; i < pixels.size() && whole; ++i) {
    const cv::Point middle = pixels[i];
    for (int y = middle.y - 1; y <= middle.y + 1; ++y)
      for (int x = middle.x - 1; x <= middle.x + 1; ++x) {
        const uint8_t next = ink.at<uint8_t>(y, x);
        if (next == 255) take({x, y});
        whole = whole && next != large;
      }
    whole = whole && pixels.size() - start <= most;
  }
  if (whole) {
    pieces.ends.push_back(pixels.size());
  } else {
    for (size_t i = start; i < pixels.size(); ++i) ink.at<uint8_t>(pixels[i]) = large;
    pixels.resize(start);
  }
  return whole;
}

// Pieces of at most so many pixels; `ink` has `small` there then.
Pieces mark_small(cv::Mat& ink, size_t most) {
  Pieces pieces;
  for (int y = 1; y + 1 < ink.rows; ++y) {
    uint8_t* row = ink.ptr<uint8_t>(y);
    const uint8_t* above = ink.ptr<uint8_t>(y - 1);
    for (int x = 1; x + 1 < ink.cols; ++x) {
      const void* found = std::memchr(row + x, 255, size_t(ink.cols - x));  // most of a page is white
      if (!found) break;
      x = int(static_cast<const uint8_t*>(found) - row);
      if (above[x - 1] == 0 && above[x] == 0 && above[x + 1] == 0 && add_piece(ink, {x, y}, most, pieces))
        for (size_t i = pieces.ends[pieces.count() - 1]; i < pieces.pixels.size(); ++i) ink.at<uint8_t>(pieces.pixels[i]) = small;
      while (row[x] != 0) ++x;  // pieces begin where runs do
    }
  }
  return pieces;
}

cv::Mat around(const cv::Mat& ink, cv::Point at, int reach) {
  return ink(cv::Rect(at.x - reach, at.y - reach, 2 * reach + 1, 2 * reach + 1) & cv::Rect({}, ink.size()));
}

bool has_letters(const cv::Mat& part) { return cv::norm(part, cv::NORM_INF) > small; }

// Pixels of the largest pieces of which `enough` and larger ones stand far from all letters, as dots never do nor what broke off
// a letter, and from each other, as what is left of a thin rule does not. 0: there are none.
size_t size_of_specks(const Pieces& pieces, const cv::Mat& ink, size_t most, int far_from_letters, double enough) {
  constexpr int far_from_others = 5;
  constexpr size_t sample = 4000;  // of a screened picture's dots
  const size_t step = 1 + pieces.count() / sample;
  std::vector<double> lone(most + 1, 0);  // by their pixels
  for (size_t i = 0; i < pieces.count(); i += step) {
    const cv::Point at = pieces.pixels[pieces.ends[i]];
    if (size_t(cv::countNonZero(around(ink, at, far_from_others))) == pieces.size(i) &&
        !has_letters(around(ink, at, far_from_letters)))
      lone[pieces.size(i)] += double(step);
  }
  double found = 0;
  for (size_t size = most; size > 0; --size)
    if ((found += lone[size]) >= enough) return size;
  return 0;
}

}  // namespace

cv::Mat without_specks(const cv::Mat& gray, double glyph) {
  if (glyph < least_glyph) return gray;
  const auto most = size_t(most_pixels * glyph * glyph);
  const cv::Rect inside(1, 1, gray.cols, gray.rows);
  cv::Mat ink = cv::Mat::zeros(gray.rows + 2, gray.cols + 2, CV_8U), dark = ink(inside), light;
  cv::threshold(gray, dark, darkest, 255, cv::THRESH_BINARY_INV);
  cv::threshold(gray, light, lightest, 255, cv::THRESH_BINARY);
  const double all = double(gray.total());
  if (all - cv::countNonZero(light) - cv::countNonZero(dark) > most_between * all) return gray;
  const Pieces pieces = mark_small(ink, most);
  const size_t largest = size_of_specks(pieces, ink, most, cvRound(glyph), std::max(least, many * all));
  if (largest == 0) return gray;
  cv::Mat result = gray.clone();
  constexpr int near = 2;  // pixels from a letter; there it may have broken off, and does not look like a full stop
  const auto paper = cv::saturate_cast<uint8_t>(cv::mean(gray, light)[0]);
  for (size_t i = 0; i < pieces.count(); ++i) {
    const auto first = pieces.pixels.begin() + std::ptrdiff_t(pieces.ends[i]), end = first + std::ptrdiff_t(pieces.size(i));
    if (pieces.size(i) > largest || std::any_of(first, end, [&](cv::Point at) { return has_letters(around(ink, at, near)); }))
      continue;
    std::for_each(first, end, [&](cv::Point at) { result.at<uint8_t>(at - inside.tl()) = paper; });
  }
  return result;
}

}  // namespace bifrons
