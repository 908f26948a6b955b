// ocr/worker/pdf.h - the narrow door to the PDF library: open, page count, page size, words of a page, a page as pixels. Only
// pdf*.cpp know which library stands behind it (Poppler 22.12). Everything is in the frame of the page as shown: /Rotate, crop
// box and /UserUnit applied, origin top-left, points.
//
// Poppler's own classes are used, not poppler-cpp: that one tells neither where the images of a page stand, nor the values of
// form fields, nor lets a slow page be stopped.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ocr/page/page_words.h"

namespace bifrons {

struct PdfWord {
  std::string text = {};
  Box box = {};
  int rotation = 0;  // quarter turns clockwise of the text
  double size = 0;   // of the font, points
  bool bold = false;
  double red = 0, green = 0, blue = 0;             // of its fill, 0 to 1
  std::optional<std::array<double, 8>> quad = {};  // of a slanted word: corners x, y clockwise from its own top left
};
struct PdfImage {
  Box box = {};               // clipped to the page
  int width = 0, height = 0;  // pixels; of its mask if that is finer
  bool mask = false;          // its shapes are those of a mask, as the letters of a scan in layers are
  bool coloured = false;      // it may hold other colours than grays
};
struct PdfPageText {
  std::vector<PdfWord> words;
  std::vector<PdfWord> off_page;  // outside the crop box
  std::vector<PdfImage> images;
  std::vector<RuledLine> rules;
  std::vector<TickBox> ticks;         // of form fields
  std::vector<PdfWord> field_values;  // of form fields whose value is not drawn
  bool only_filled = true;            // no text is drawn as outlines or invisibly: a word's colour is its fill
  bool drawn = false;                 // something besides text and images is painted
  bool maps_missing = false;          // some characters could not be looked up: the package poppler-data is not installed
  int64_t characters = 0;             // drawn or not
  int64_t guessed = 0;                // of them: numbers of glyphs, in a font that does not say which characters they are
  bool complete = true;               // false: stopped by `stop`
};

class Pdf {
 public:
  // `bytes` must outlive it. Throws DocumentFailure: encrypted, corrupt, no_pages.
  Pdf(std::string_view bytes, const std::string& password);
  ~Pdf();

  int64_t pages() const;
  const std::vector<Warning>& warnings() const;  // of opening it
  struct Size {
    double width = 0, height = 0;
    bool usable = false;  // false: the page is not there, or broken
  };
  Size size(int64_t page);
  // `stop` is asked now and then; true ends it early.
  PdfPageText text(int64_t page, const std::function<bool()>& stop);
  // `image_failed` becomes true when an image of the page could not be decoded as it should.
  // `letters` false: as it would be without its text.
  Picture render(int64_t page, double dpi, bool gray, const std::function<bool()>& stop, bool* image_failed = nullptr,
                 bool letters = true);

  struct State;  // pdf_state.h

 private:
  std::unique_ptr<State> state_;
};

// Loads what the library would open by name later; before the door is shut.
void warm_up_pdf();

}  // namespace bifrons
