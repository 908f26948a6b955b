// ocr/page/specks.h - dirt and noise of black and white pages: pieces of ink smaller than any dot of the page's letters. Text
// recognition takes one behind a word for a full stop.
#pragma once

#include <opencv2/core.hpp>

namespace bifrons {

// Gives `gray` itself (no copy) unless it is black on white and specks stand in the white, far from letters; else a copy in
// which all pieces up to their size are white but those that touch a letter almost. `glyph`: height of the letters (of the
// x-height for Latin), pixels. Where letters are so small that a dot of theirs may be one pixel, nothing is a speck.
cv::Mat without_specks(const cv::Mat& gray, double glyph);

}  // namespace bifrons
