// ocr/page/word_boxes.h - words' boxes drawn close around their ink. Where letters touch each other, specks or lines, the engine
// has no boxes of letters and guesses those of words from the steps of its network: half a letter off, and as high as the row.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "ocr/page/engine.h"

namespace bifrons {

// Of words that stand in rows across. `gray`: what was read, dark on white.
void fit_boxes(std::vector<FoundWord>& words, const cv::Mat& gray);

}  // namespace bifrons
