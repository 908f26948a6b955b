// ocr/reader/check_page.h - what a worker sent, before anybody believes it.
#pragma once

#include "ocr/reader/reader.h"

namespace bifrons {

// Checks that `page` is page `number`, its counts and texts are within `limits`, its numbers make sense and its boxes lie on the
// page; rounds to two decimals, clips boxes to the page, numbers blocks and lines anew. Throws Error (Fault::other).
void check_page(Page& page, int64_t number, const ReadLimits& limits);
void check_warnings(std::vector<Warning>& warnings, int64_t page);  // codes of a-z and _, messages on one line

}  // namespace bifrons
