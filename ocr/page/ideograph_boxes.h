// ocr/page/ideograph_boxes.h - where specks join ideographs to each other, the engine's boxes of them reach over their neighbours
// and the line below: sorted by their places, the words of a line would come in the wrong order.
#pragma once

#include <vector>

#include "ocr/page/engine.h"

namespace bifrons {

// Of words in the engine's order, which is right: runs of boxes that reach over each other are set side by side, between their
// neighbours and as high as these, a figure or letter half as wide as an ideograph.
void part_ideographs(std::vector<FoundWord>& words);

// The same for words all of whose boxes but the outer ends are in doubt.
void set_evenly(std::vector<FoundWord>& words, int left, int right);

}  // namespace bifrons
