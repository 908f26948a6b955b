// ocr/worker/shrink.h - a page's picture, small enough for people to look at.
#pragma once

#include "ocr/page/page_words.h"
#include "ocr/reader/reader.h"

namespace bifrons {

// Fills the pixels of `shown`, the longer side of at most so many, and returns its pixels per pixel of `picture`. Pictures are
// shrunk, never enlarged.
double shrink(const Picture& picture, int64_t most_pixels, PagePicture& shown);

}  // namespace bifrons
