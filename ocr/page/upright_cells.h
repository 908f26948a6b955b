// ocr/page/upright_cells.h - ideographs that stand below each other in a narrow ruled cell, as the names of the parties at the
// edge of a Chinese invoice: one line that is read downwards, not one word in each of the rows beside it.
#pragma once

#include "ocr/page/turned_lines.h"

namespace bifrons {

// Takes them out of `items`. `words` says how the page is turned; blocks of the lines are counted from
// `first_block`, their turn is `turn`.
std::vector<TurnedLine> take_upright_cells(std::vector<Item>& items, const Rules& rules, const Page& page, const PageWords& words,
                                           size_t first_block, size_t turn);

}  // namespace bifrons
