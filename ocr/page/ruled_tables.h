// ocr/page/ruled_tables.h - tables with ruled lines, and what stands beside them.
#pragma once

#include "ocr/page/tables.h"

namespace bifrons {

// Of lines that touch or cross, `near` each other. No two share rows of the region: cut_beside_grids comes first.
std::vector<DraftTable> ruled_tables(const Region& region, const Rules& rules, double near,
                                     const std::vector<TurnedLine>& turned);

// In reading order: where something stands beside a table with ruled lines, be it another one, each is a region of its own, and
// so is what is above and below. Short lines level with its rows stay with it.
std::vector<Region> cut_beside_grids(Region region, const Rules& rules);

bool is_figure(const std::vector<const Item*>& cell);  // with a currency or a unit at most: "$310.00", "12 pcs"

}  // namespace bifrons
