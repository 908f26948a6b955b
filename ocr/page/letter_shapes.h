// ocr/page/letter_shapes.h - a second opinion on doubtful characters, from the page itself: where all of it is set in one face of
// fixed pitch, the other places of a character show what it looks like.
#pragma once

#include "ocr/page/fixed_pitch.h"

namespace bifrons {

// Replaces single characters of `words` that look like another character of the page rather than like the one they were read as,
// and drops one where a word has one more than it has room for. What cannot be compared, or is not clear, stays as read.
// `gray`: the picture they were read from, dark on white.
void mend_by_shapes(std::vector<FoundWord>& words, const Pitch& pitch, const cv::Mat& gray);

}  // namespace bifrons
