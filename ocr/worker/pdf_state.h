// ocr/worker/pdf_state.h - what pdf*.cpp share behind pdf.h. Poppler's headers are included here.
#pragma once

#include <PDFDoc.h>
#include <SplashOutputDev.h>

#include "ocr/worker/pdf.h"

namespace bifrons {

struct Pdf::State {
  std::string mended;  // the file with a trailer, if it had lost it; outlives the document
  std::unique_ptr<PDFDoc> document;
  std::vector<Warning> warnings;
  std::unique_ptr<SplashOutputDev> gray, colour;  // kept over pages: they hold the fonts
};

// What Poppler has complained about since the last call to forget().
struct Complaints {
  int64_t errors = 0, in_images = 0;
  bool drawing_image = false;  // complaints now are about an image
  bool maps_missing = false;   // of characters, which Poppler looks up in poppler-data
  static Complaints& get();
  void forget() {
    errors = in_images = 0;
    maps_missing = false;
  }
};

// Points in one unit of the page's own coordinates: /UserUnit, which Poppler does not know. 1 where there is none.
double points_per_unit(PDFDoc& document, int64_t page);

bool call_stop(void* stop);               // for Poppler's abort check: `stop` is a std::function<bool()>
void mend_page_count(Pdf::State& state);  // before the document is asked for it
void add_fields(Pdf::State& state, int64_t page, const Pdf::Size& size, PdfPageText& text);

}  // namespace bifrons
