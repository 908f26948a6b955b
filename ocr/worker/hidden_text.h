// ocr/worker/hidden_text.h - which words of a text layer nobody can see, by looking at the drawn page. Source: documents.md 3.2.
#pragma once

#include <optional>

#include "ocr/worker/pdf.h"

namespace bifrons {

class HiddenCheck {
 public:
  // `drawn`: the page in gray, `scale` pixels a point. All must outlive it.
  HiddenCheck(const Picture& drawn, double scale, const PdfPageText& text, const Pdf::Size& size)
      : drawn_(drawn), scale_(scale), text_(text), size_(size) {}
  std::optional<HiddenText::Reason> reason(const PdfWord& word) const;  // none: it can be seen

 private:
  const Picture& drawn_;
  double scale_;
  const PdfPageText& text_;
  const Pdf::Size& size_;
};

}  // namespace bifrons
