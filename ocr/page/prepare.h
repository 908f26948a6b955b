// ocr/page/prepare.h - the picture that the recogniser gets: upright, straight, letters some 18 pixels high, dark on white; made
// from the original by one resampling.
#pragma once

#include "ocr/page/analyse.h"
#include "ocr/page/marks.h"

namespace bifrons {

struct Prepared {
  cv::Mat gray;           // without the ruled lines
  Marks marks;            // where they were
  Map back = Map::eye();  // from this picture's coordinates to the original's
  int turned = 0;         // as the caller said
  double skew = 0;        // degrees clockwise after the turn; what was taken out
  double scale = 1;       // pixels of this picture per pixel of the original
  double whole = 1;       // of the scale that the letters asked for; below 1: limits of pixels forbade it
  double glyph = 0;       // median height of letters in this picture, 0: unknown
};
constexpr int white_border = 20;  // pixels round the page

Prepared prepare(const cv::Mat& gray, const Analysis& analysis, const RecogniseOptions& options, int turned);

}  // namespace bifrons
