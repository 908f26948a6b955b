// ocr/document/document.cpp - see document.h.
#include "ocr/document/document.h"

#include <algorithm>

namespace bifrons {

Box hull(const Box& a, const Box& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

}  // namespace bifrons
