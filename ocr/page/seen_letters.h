// ocr/page/seen_letters.h - the letters of the first look, in the prepared picture: what a reading of it is held against.
#pragma once

#include "ocr/page/engine.h"
#include "ocr/page/prepare.h"

namespace bifrons {

Glyphs glyphs_on(const Analysis& analysis, const Prepared& page);  // in the prepared picture's frame
double glyphs_inside(const Analysis& analysis, const Prepared& page, const cv::Rect& area);
// Share of the letters that no word covers.
double lost_share(const Analysis& analysis, const Prepared& page, const Reading& reading);
// Do most rows consist of two parts far from each other, like the things and prices of a receipt? Not the rows of two columns of
// prose: the white between those is narrow beside them.
bool parted(const Analysis& analysis, const Prepared& page);

}  // namespace bifrons
