// ocr/page/columns.h - reading order: a white gutter is a column break only between two sides of prose, or beside short lines
// that have nothing to do with the prose; tables, forms and receipts are read across.
#pragma once

#include "ocr/page/rows.h"

namespace bifrons {

using Region = std::vector<Row>;  // read from the top down

// Regions in reading order.
std::vector<Region> reading_order(std::vector<Item> items, const Rules& rules);

}  // namespace bifrons
