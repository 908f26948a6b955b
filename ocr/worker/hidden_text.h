// ocr/worker/hidden_text.h - which words of a text layer nobody can see, by looking at the drawn page. Source: documents.md 3.2.
#pragma once

#include <optional>

#include "ocr/worker/pdf.h"

namespace bifrons {

// What a page is looked at by: its brightness, and what tells colours of one brightness apart.
enum class Shade { brightness, red_green, blue_yellow };
Picture shades_of(const Picture& colour, Shade shade);

class HiddenCheck {
 public:
  // `drawn`: the page in such shades, `scale` pixels a point. `bare`: the same without its letters, so that the ink of a picture
  // is not taken for a word's; without pixels where every ink counts, as in a scan, whose layer is not painted. All must outlive
  // it.
  HiddenCheck(const Picture& drawn, const Picture& bare, double scale, const PdfPageText& text, const Pdf::Size& size,
              Shade shade = Shade::brightness)
      : drawn_(drawn), bare_(bare), scale_(scale), text_(text), size_(size), shade_(shade) {}
  std::optional<HiddenText::Reason> reason(const PdfWord& word) const;  // none: it can be seen

 private:
  const Picture& drawn_;
  const Picture& bare_;
  double scale_;
  const PdfPageText& text_;
  const Pdf::Size& size_;
  Shade shade_;
};

}  // namespace bifrons
