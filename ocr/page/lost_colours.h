// ocr/page/lost_colours.h - letters that a picture loses when it is turned gray, as yellow ones on white or red ones on green: as
// dark in the gray as they are in the colour channel that shows them best.
#pragma once

#include <opencv2/core.hpp>

namespace bifrons {

// `rgb`: the picture; `gray`: the same turned gray, of which only the strokes of lost letters are changed. Pictures without vivid
// colours cost a look at every sixteenth pixel.
void darken_lost_strokes(cv::Mat& gray, const cv::Mat& rgb);

}  // namespace bifrons
