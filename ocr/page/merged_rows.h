// ocr/page/merged_rows.h - two lines that the engine took for one: its rows run across all columns, and where the lines of one
// column stand between those of the other, two of them fall into one row, or one falls beside its row.
#pragma once

#include <functional>

#include "ocr/page/engine.h"

namespace bifrons {

// Where words of a row are much higher than the row, or stand off its baseline, their place is cut out, cleared of the words
// around it, and read again by `read_block`; what that finds takes their place if it is surer. `gray`: what was read.
void mend_merged_rows(Reading& reading, const cv::Mat& gray, const std::function<Reading(const cv::Mat&)>& read_block);

}  // namespace bifrons
