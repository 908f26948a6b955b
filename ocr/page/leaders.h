// ocr/page/leaders.h - dotted leaders: rows of dots that lead the eye from a label to its value. The engine makes letters of
// them.
#pragma once

#include <opencv2/core.hpp>

namespace bifrons {

// Paints them white. `gray`: prepared, dark on white, straight. `glyph`: height of letters in it.
void paint_over_leaders(cv::Mat& gray, double glyph);

}  // namespace bifrons
