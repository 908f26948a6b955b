// ocr/page/tables.h - tables among the rows of a region: ruled ones by their lines, others by columns that stay apart over rows.
#pragma once

#include "ocr/page/columns.h"

namespace bifrons {

struct DraftTable {
  struct Cell {
    std::vector<Item> items;
    Box place;  // between its lines or gaps, reading frame
  };
  size_t first = 0, last = 0;  // rows of the region, both inside
  std::vector<std::vector<Cell>> rows;
};
// Disjoint, from the top down.
std::vector<DraftTable> find_tables(const Region& region, const Rules& rules);

bool starts_list_item(const Row& row);  // a bullet, a tick box, "1.", "(a)"

}  // namespace bifrons
