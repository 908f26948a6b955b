// ocr/page/tables.h - tables among the rows of a region: ruled_tables.h, or columns that stay apart over rows.
#pragma once

#include "ocr/page/columns.h"
#include "ocr/page/turned_lines.h"

namespace bifrons {

struct DraftTable {
  struct Cell {
    std::vector<Item> items;
    Box place;  // between its lines or gaps, reading frame
  };
  size_t first = 0, last = 0;  // rows of the region, both inside
  std::vector<std::vector<Cell>> rows;
  std::vector<size_t> turned;  // lines turned against the region that stand in cells, from the top down
};
// Disjoint, from the top down. Those of `turned` that are in a table get their mark in `placed`. Words of ideographs that run
// across the white between two columns are cut in `region`.
std::vector<DraftTable> find_tables(Region& region, const ReadingFrame& frame, const Rules& rules,
                                    const std::vector<TurnedLine>& turned, std::vector<bool>& placed);

bool starts_list_item(const Row& row);  // a bullet, a tick box, "1.", "(a)"

}  // namespace bifrons
