// ocr/page/prepare.cpp - see prepare.h.
#include "ocr/page/prepare.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "ocr/page/clean.h"
#include "ocr/page/leaders.h"

namespace bifrons {
namespace {

// The part of the prepared picture that holds ink: empty margins cost time in every step.
cv::Rect inked_part(const Analysis& analysis, const Map& back, cv::Size size) {
  const Map forward = back.inv() * analysis.back * scale_map(1 / analysis.scale, 1 / analysis.scale);
  const cv::Rect& ink = analysis.ink.extent;
  const auto q = quad_through(forward, ink.x, ink.y, ink.x + ink.width, ink.y + ink.height);
  const auto [left, right] = std::minmax({q[0], q[2], q[4], q[6]});
  const auto [top, bottom] = std::minmax({q[1], q[3], q[5], q[7]});
  const cv::Rect part =
      cv::Rect(cvFloor(left), cvFloor(top), cvCeil(right) - cvFloor(left), cvCeil(bottom) - cvFloor(top)) & cv::Rect({}, size);
  return part.width > 0 && part.height > 0 ? part : cv::Rect({}, size);
}

}  // namespace

Prepared prepare(const cv::Mat& gray, const Analysis& analysis, const RecogniseOptions& options, int turned) {
  // The engine shrinks lines to 36 pixels, letters to 15 or 16: larger ones cost time in every step before that and win little.
  // Ideographs are as high as the whole line. Letters that have to be shrunk far stay larger: much of them is lost already.
  constexpr double shrunk_glyph = 21;
  const double wanted_glyph = analysis.squares ? shrunk_glyph : 18;
  constexpr double most_up = 3;
  Prepared p;
  p.turned = turned;
  const Glyphs glyphs = upright(analysis.ink.glyphs, turned, analysis.cleaned.size());
  const double glyph = glyph_height(glyphs) / analysis.scale;
  if (options.prepare.deskew) p.skew = find_skew(glyphs);
  if (std::abs(p.skew) < 0.05) p.skew = 0;
  if (options.prepare.scale && glyph > 0) {
    const double scale = wanted_glyph / glyph;
    // A photo is resampled in any case. Others are left alone as long as may be: shrinking blurs what is black and white only.
    if (scale < 0.72)
      p.scale = shrunk_glyph / glyph;
    else if (analysis.photo || scale > 1.18)
      p.scale = std::min(scale, most_up);
  }
  const cv::Size flat = turned % 180 ? cv::Size(analysis.flat.height, analysis.flat.width) : analysis.flat;
  const double angle = p.skew * CV_PI / 180, c = std::cos(angle), s = std::abs(std::sin(angle));
  double width = flat.width * c + flat.height * s, height = flat.width * s + flat.height * c;
  const double allowed =
      std::min(std::sqrt(double(options.most_pixels) / (width * height)), options.most_side / std::max(width, height));
  p.whole = std::min(1.0, allowed / p.scale);
  p.scale *= p.whole;
  cv::Size size(std::max(1, cvRound(width * p.scale)), std::max(1, cvRound(height * p.scale)));
  p.glyph = glyph * p.scale;
  // result -> (unscale) -> (about the middle, skew) -> upright page -> (turn) -> page as shown, rectified -> picture
  p.back = analysis.back * turn_map(turned, analysis.flat.width, analysis.flat.height) *
           shift_map(flat.width / 2.0, flat.height / 2.0) * rotation_map(p.skew) * scale_map(1 / p.scale, 1 / p.scale) *
           shift_map(-size.width / 2.0, -size.height / 2.0);
  const cv::Size whole = size;
  const cv::Rect part = inked_part(analysis, p.back, size);
  p.back = p.back * shift_map(part.x, part.y);
  size = part.size();
  cv::Mat from = gray;
  // Grain is amplified with the contrast and breaks letters up; a clean page is never blurred.
  const bool grainy = grain(analysis.cleaned) > 9;
  if (grainy && options.prepare.smooth) {
    cv::Mat smooth;
    cv::GaussianBlur(gray, smooth, {}, 0.9);
    from = smooth;
  }
  const bool untouched = !analysis.photo && turned == 0 && p.skew == 0 && p.scale == 1;
  cv::Mat page = untouched ? from(part) : resample(from, p.back, size, -1);
  if (analysis.inverted) {
    cv::Mat dark_on_light;
    cv::bitwise_not(page, dark_on_light);
    page = dark_on_light;
  }
  page = clean(page, options.prepare.background, whole, analysis.faint ? p.glyph : 0).gray;
  if (analysis.photo || p.skew != 0) {  // beside the page there is nothing: not the desk, no drawn-out edges
    const Map forward = (p.back.inv() * analysis.back) * turn_map(turned, analysis.flat.width, analysis.flat.height);
    const double inset = analysis.photo ? 0.004 * flat.width : 1;
    const auto q = quad_through(forward, inset, inset, flat.width - inset, flat.height - inset);
    std::vector<cv::Point> corners;
    for (size_t i = 0; i < 8; i += 2) corners.emplace_back(cvRound(q[i]), cvRound(q[i + 1]));
    cv::Mat outside(page.size(), CV_8U, cv::Scalar(255));
    cv::fillConvexPoly(outside, corners, 0);
    page.setTo(255, outside);
  }
  cv::copyMakeBorder(page, p.gray, white_border, white_border, white_border, white_border, cv::BORDER_CONSTANT, cv::Scalar(255));
  if (options.prepare.rules) {
    p.marks = find_marks(p.gray, p.glyph, grainy);
    paint_over_rules(p.gray, p.marks);
    paint_over_leaders(p.gray, p.glyph);
  }
  p.back = p.back * shift_map(-white_border, -white_border);
  return p;
}

}  // namespace bifrons
