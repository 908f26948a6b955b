// ocr/page/clean.h - takes the paper away: gray, light text on dark turned round, uneven light and stains divided out, contrast
// stretched. The picture stays gray: the recogniser reads gray better than any binarisation of ours.
#pragma once

#include <opencv2/core.hpp>

#include "ocr/page/page_words.h"

namespace bifrons {

cv::Mat gray_of(const Picture& picture);  // a view of the picture's pixels where it is gray already, and clean
bool light_on_dark(const cv::Mat& gray);
struct Cleaned {
  cv::Mat gray;        // dark text on white
  bool faint = false;  // the ink is hardly darker than the paper: stretching its contrast stretches that of stains too
};
// `background`: divide by the background; contrast is stretched in any case, unless there is next to none.
// `whole`: size of the page, where `gray` is the part of it that holds ink.
// `glyph`: height of faint letters, pixels; dark marks that are wider than they go with the background. 0: not faint, or unknown.
Cleaned clean(const cv::Mat& gray, bool background, cv::Size whole = {}, double glyph = 0);

// Standard deviation of the grain (sensor noise, mottled paper), gray levels.
double grain(const cv::Mat& gray);

}  // namespace bifrons
