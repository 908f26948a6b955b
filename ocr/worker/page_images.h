// ocr/worker/page_images.h - the images on a page of a PDF: how much of it they cover, how fine they are, which belong together,
// and they alone, cut out of the drawn page.
#pragma once

#include <optional>
#include <vector>

#include "ocr/page/page_words.h"
#include "ocr/worker/pdf.h"

namespace bifrons {

constexpr double points_per_inch = 72;
constexpr double vector_dpi = 300;  // at which what has no resolution of its own is drawn

bool overlap(const Box& a, const Box& b);
double area(const Box& box);
double dpi_of(const PdfImage& image);
// Share of the page under images, on a grid: they may overlap, and scans come in strips.
double covered(const std::vector<PdfImage>& images, const Pdf::Size& size);
// Pixels per inch of the image that covers most, or of masks that cover enough: a scan in layers has its letters in a fine mask
// over a coarse picture of the paper.
double own_dpi(const std::vector<PdfImage>& images, const Box& whole);
// Images that touch belong together, like the strips of a scan; a logo and the watermark below it do not.
std::vector<std::vector<PdfImage>> touching(const std::vector<PdfImage>& images);

struct CutOut {
  Picture picture;
  int x = 0, y = 0;  // of its first pixel, in the drawn page
};
// The images, on white, `erased` painted over; none where they are smaller than any letter. `drawn`: the page in colours, of that
// many pixels per point.
std::optional<CutOut> cut_out(const Picture& drawn, const std::vector<PdfImage>& images, const std::vector<Box>& erased,
                              double scale_x, double scale_y);

}  // namespace bifrons
