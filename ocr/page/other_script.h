// ocr/page/other_script.h - ideographs on a page that was read as Latin writing: where they seem to stand the page is read once
// more, and what reads as ideographs takes the place of the scraps that were found there.
#pragma once

#include <functional>

#include "ocr/page/engine.h"
#include "ocr/page/glyphs.h"

namespace bifrons {

// `glyphs`: the letters, in the frame of the picture `gray` that `reading` comes from. `read_ideographs` is asked for blocks of
// such pictures only, so that it costs nothing where all letters are covered by words that were read with confidence, and where
// those that are not have the shapes of Latin letters. True: words were replaced.
bool read_ideographs_among(Reading& reading, const cv::Mat& gray, const Glyphs& glyphs,
                           const std::function<Reading(const cv::Mat&)>& read_ideographs);

// Ideographs of `chinese`, the same picture read with the data of Chinese, take the place of what `reading` has there, where they
// are read more surely than that. Latin words stay as `reading` has them.
void take_ideographs(Reading& reading, const Reading& chinese);

}  // namespace bifrons
