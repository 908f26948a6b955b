// ocr/page/doubled_rows.h - lines that the engine found twice: on slightly crooked pages its search for columns may deal the
// letters of one line out to two rows, and words come twice, in fragments.
#pragma once

#include <functional>

#include "ocr/page/engine.h"

namespace bifrons {

// Where words of different rows lie over each other, the line's place is read again by `read_line` (which gives boxes within the
// given place), and what it finds takes the place of those rows if it is surer. `size`: the picture's.
void mend_doubled_rows(Reading& reading, cv::Size size, const std::function<Reading(const cv::Rect&)>& read_line);

}  // namespace bifrons
