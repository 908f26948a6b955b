// ocr/worker/read_page.h - one page of the document, from its text layer, by recognition, or both. Source: documents.md 3.2.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "ocr/page/recognise.h"
#include "ocr/reader/wire.h"
#include "ocr/worker/pdf.h"
#include "ocr/worker/picture_file.h"

namespace bifrons {

class PageReader {
 public:
  // One of `pdf` and `pictures` is there. `engine` may be null where nothing is to be recognised. `stage` is told what is done
  // next. All must outlive it.
  PageReader(Pdf* pdf, const PictureFile* pictures, Recogniser* engine, const wire::Open& settings,
             std::function<void(const wire::Stage&)> stage)
      : pdf_(pdf), pictures_(pictures), engine_(engine), settings_(settings), stage_(std::move(stage)) {}

  // A page that cannot be read comes back with a warning that says why. Throws DocumentFailure where the machine lacks something.
  Page read(int64_t page);
  PagePicture render(int64_t page, int64_t most_pixels);  // throws DocumentFailure

 private:
  void read_pdf(Page& page);
  void read_picture(Page& page);
  void begin(wire::Stage::Work work, const Page& page);
  bool late() const { return cpu_seconds() > deadline_; }
  static double cpu_seconds();  // processor time of this worker: limits are the same on a busy machine
  // Words that can be seen, into `words`; the others into page.hidden_text.
  void take_words(Page& page, const PdfPageText& text, PageWords& words, int64_t& letters, int64_t& unmapped);
  // The text layer of a scan beside the picture: it says something else, it holds a part of what is to be seen (a stamp at the
  // head, the first half), or all of it.
  enum class Layer { wrong, part, whole };
  Layer compare(Page& page, const PageWords& words, double dpi);
  bool samples_agree(Page& page, const PageWords& words, const Picture& picture);
  void recognise_page(Page& page, const PdfPageText& text, double dpi);
  void recognise_images(Page& page, const std::vector<PdfImage>& images, PageWords& words, Recogniser::Views views);
  void forget_recognised(Page& page, const PageWords& found);  // of the hidden words: what is seen there after all
  double within_limits(Page& page, double dpi);                // of pixels to recognise; lowered with a warning
  Picture draw(Page& page, double dpi, bool gray, bool letters = true);
  double seconds_left() const;  // for recognition, of this page

  Pdf* pdf_;
  const PictureFile* pictures_;
  Recogniser* engine_;
  const wire::Open& settings_;
  std::function<void(const wire::Stage&)> stage_;
  double deadline_ = 0;  // in cpu_seconds()
  double recognition_used_ = 0;
  int64_t hidden_words_ = 0;  // of the page at hand
};

}  // namespace bifrons
