// ocr/page/straighten.h - lines that slope differently over the page (a photo at a slant, a curled sheet) made level, so that
// rows can be told by height alone.
#pragma once

#include "ocr/page/rows.h"

namespace bifrons {

// Changes the heights of `items` (which stand for words.words, then words.ticks, in order) and `rules` alike. Does nothing where
// all words are level.
void straighten(std::vector<Item>& items, Rules& rules, const PageWords& words, const ReadingFrame& frame);

}  // namespace bifrons
