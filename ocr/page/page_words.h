// ocr/page/page_words.h - what stands between finding words and laying them out: pictures, placed words, ruled lines. Used inside
// the worker only. Coordinates are those of the picture or page that the function says.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ocr/document/document.h"

namespace bifrons {

struct Picture {                            // 8-bit, EXIF orientation applied, alpha blended on white
  int width = 0, height = 0, channels = 1;  // 1: gray, 3: RGB
  std::vector<uint8_t> pixels;              // [height, width, channels]
  double dpi = 0;                           // across, as the file says; 0: unknown
  double pixel_height = 1;                  // in widths of a pixel, as the file says
};

struct PlacedWord {
  std::string text;
  std::array<double, 8> quad{};  // corners x, y clockwise from the word's own top left
  double confidence = -1;        // 0 to 100, -1: from a text layer
  double size = 0;               // glyph height (font size) in the same unit; 0: unknown
  bool bold = false;
};
struct RuledLine {  // a drawn line, along its middle
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};
struct TickBox {
  Box box;
  bool ticked = false;
};

// All that one source (recognition or a text layer) found on a page, in the frame of the page as shown.
struct PageWords {
  std::vector<PlacedWord> words;
  std::vector<RuledLine> rules;
  std::vector<TickBox> ticks;
  int turned = 0;         // of the text: 0, 90, 180, 270 clockwise
  double skew = 0;        // degrees, after the turn
  bool vertical = false;  // vertical Chinese: columns right to left
  std::vector<std::string> languages;
  double confidence = -1;  // mean, -1: nothing recognised
  std::vector<Warning> warnings;
};

}  // namespace bifrons
