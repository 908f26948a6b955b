// ocr/page/turned_lines.h - lines that are turned against the others of their page: margin notes, labels of axes, heads of narrow
// columns, slanted words. They are gathered in a reading frame of their own: in the page's their words would stand one a line.
#pragma once

#include <optional>

#include "ocr/page/rows.h"

namespace bifrons {

struct TurnedLine {
  Row row;                    // in the frame of its turn
  ReadingFrame frame;         // that one
  Box box;                    // in the page's main reading frame
  double place = 0;           // there: where it is read, before the first row under that
  std::vector<Item> in_main;  // its items, their boxes in the main frame too
  size_t block = 0;           // lines of one number belong together
  size_t turn = 0;            // those of one number are turned alike
};

Box box_in(const ReadingFrame& frame, const Box& page_box);  // its hull there

struct Turn {  // of a word against the main frame, clockwise: quarter turns and degrees beside them
  int quarters = 0;
  double slant = 0;  // -38 to 52
};
Turn turn_of(const PlacedWord& word, const ReadingFrame& main);

// The words of one turn as lines; words that stand apart are lines of their own. `part` says the turn and the skew.
std::vector<TurnedLine> turned_lines(const Page& page, const PageWords& part, const ReadingFrame& main);

}  // namespace bifrons
