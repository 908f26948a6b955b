// ocr/page/sample.h - a small part of a page to judge a way of looking at it by.
#pragma once

#include "ocr/page/prepare.h"

namespace bifrons {

// The most crowded part of the page, two or three lines high and some words long (turned for vertical writing): enough to judge
// by, and small beside the page, because several views may have to be judged.
cv::Rect sample_band(const Prepared& page, bool vertical);

}  // namespace bifrons
