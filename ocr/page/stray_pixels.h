// ocr/page/stray_pixels.h - salt and pepper: single pixels of another brightness than all around them, as bad cameras, faxes and
// damaged files have them. Text recognition takes them for parts of letters.
#pragma once

#include <opencv2/core.hpp>

namespace bifrons {

// Gives `gray` itself (no copy) unless at least four pixels in a thousand stray; else a copy in which each of these has the
// median of its 3 x 3 pixels. All others stay as they are, so thin strokes do, whose pixels have neighbours like them.
cv::Mat without_stray_pixels(const cv::Mat& gray);

}  // namespace bifrons
