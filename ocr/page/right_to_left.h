// ocr/page/right_to_left.h - Hebrew and Arabic from the order in which they stand on the page to the order in which they are
// read.
#pragma once

#include <string>
#include <vector>

namespace bifrons {

struct Item;

// A word of a text layer, whose characters come from the left to the right; unchanged where nothing in it runs the other way.
std::string in_reading_order(const std::string& word);
// The words of a row, sorted from the left; recognised or not.
void to_reading_order(std::vector<Item>& items);

}  // namespace bifrons
