// ocr/page/rows.h - the reading frame, in which lines run left to right and follow each other downwards whatever the page does,
// and words gathered to rows in it.
#pragma once

#include <vector>

#include "ocr/page/page_words.h"
#include "ocr/page/transform.h"

namespace bifrons {

struct Item {  // a word (or tick box) in the reading frame
  std::string text;
  Box box;        // reading frame
  Box level_box;  // reading frame
  Box page_box;   // hull in the page's frame
  double confidence = -1;
  double size = 0;
  bool bold = false;
  double length = 0;   // in words: ideographs count half
  size_t number = 0;   // its own on the page
  bool apart = false;  // begins a cell: apart from what is before it, though ideographs stand together otherwise
};
struct Row {
  Box box;
  std::vector<Item> items;  // left to right
};
struct Rules {  // ruled lines of the reading frame
  std::vector<RuledLine> level, upright;
};

struct ReadingFrame {
  Map to_page = Map::eye(), from_page = Map::eye();
};
ReadingFrame reading_frame(const Page& page, const PageWords& words);
std::vector<Item> items_of(const PageWords& words, const ReadingFrame& frame);
// A word of ideographs in pieces, cut at these places of the reading frame; any other word whole.
std::vector<Item> cut_at(const Item& item, std::vector<double> places, const ReadingFrame& frame);
// Words of ideographs that run across a ruled line are cut there; recognition takes neighbours in narrow cells for one word.
void cut_at_rules(std::vector<Item>& items, const Rules& rules, const ReadingFrame& frame);
Rules rules_of(const PageWords& words, const ReadingFrame& frame);

std::vector<Row> rows_of(std::vector<Item> items);     // from the top down
double ideograph_width(const std::vector<Row>& rows);  // of ideographs that stand side by side; 0: there are none
double median_height(const std::vector<Item>& items);
double median(std::vector<double> values);  // 0 of none
Box hull_of(const std::vector<Item>& items);

}  // namespace bifrons
