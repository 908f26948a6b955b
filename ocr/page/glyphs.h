// ocr/page/glyphs.h - the connected pieces of ink that look like letters, and what they say of a page: their height, the skew of
// the lines they stand on, whether the lines run across or along the page.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

namespace bifrons {

using Glyphs = std::vector<cv::Rect>;  // pixels of the picture that was looked at

struct Ink {
  Glyphs glyphs;
  cv::Rect extent;  // of all pieces, also of those that are no letters
  cv::Mat specks;   // pieces too small for letters in each square of speck_cell pixels; a square more on every side
};
constexpr int speck_cell = 16;
// `rim`: what touches the picture's edge does not belong to the page: the desk round a sheet.
Ink find_ink(const cv::Mat& cleaned, bool rim);
// Does the piece lie among so many specks that it may well be one: a coffee ring, grain?
bool among_specks(const Ink& ink, const cv::Rect& glyph);
// Median height of letters (of the x-height for Latin), 0 without glyphs. `sideways`: their widths.
double glyph_height(const Glyphs& glyphs, bool sideways = false);
// Share of the pieces of ink that are as wide as high and as high as the highest: few in Latin writing, many in ideographs.
double square_share(const Glyphs& glyphs);
constexpr double many_squares = 0.2;  // from here on ideographs are likely
// Stand so many pieces in no lines at all, whichever way these might run (grain, grass, gravel)? Letters never do. Or is there
// hardly anything but specks?
bool scattered(const Ink& ink);
// Degrees clockwise of the text lines against the picture's rows, within +-12, to 0.02; 0 when the lines say nothing.
double find_skew(const Glyphs& glyphs);
// Glyphs of a picture of `size`, as they stand once its text, turned clockwise by `turned`, is upright.
Glyphs upright(const Glyphs& glyphs, int turned, cv::Size size);
// How the text may be turned, the likeliest first. Upright Latin letters stand on a sharp line and end above in two; `doubtful`:
// the edges do not say it clearly (capitals, figures, Chinese, few letters), so look closer.
struct TurnEvidence {
  std::vector<int> turns;
  bool doubtful = true;
};
TurnEvidence turn_evidence(const Glyphs& glyphs, cv::Size size);

}  // namespace bifrons
