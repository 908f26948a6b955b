// demos/highlight.h - a page's picture with the places of an answer marked: a translucent marker, an outline, and the number that
// the answer calls the place by.
#pragma once

#include <span>

#include "ocr/document/document.h"
#include "ocr/reader/reader.h"
#include "vision/image.h"

namespace bifrons {

struct Mark {
  Box box;         // in the page's frame
  int number = 0;  // shown beside it; 0: none
};
// The ink under a mark stays readable. Boxes outside the page are cut at its edge.
Image highlight(const PagePicture& page, std::span<const Mark> marks);

}  // namespace bifrons
