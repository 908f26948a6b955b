// ocr/page/analyse.cpp - see analyse.h.
#include "ocr/page/analyse.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "ocr/page/clean.h"
#include "ocr/page/sheet.h"

namespace bifrons {

Analysis analyse(const cv::Mat& gray, const PrepareSteps& steps) {
  Analysis a;
  a.flat = gray.size();
  if (const auto sheet = steps.rectify ? find_sheet(gray) : std::nullopt) {
    const auto& c = *sheet;
    const auto length = [](cv::Point2d p, cv::Point2d q) { return std::hypot(p.x - q.x, p.y - q.y); };
    const double width = std::max(length(c[0], c[1]), length(c[3], c[2])),
                 height = std::max(length(c[0], c[3]), length(c[1], c[2]));
    const cv::Point2f from[] = {{0, 0}, {float(width), 0}, {float(width), float(height)}, {0, float(height)}};
    const cv::Point2f to[] = {c[0], c[1], c[2], c[3]};
    a.photo = true;
    a.flat = {cvRound(width), cvRound(height)};
    a.back = Map(cv::getPerspectiveTransform(from, to).ptr<double>());
  }
  constexpr double side = 1800;         // letters of 8 points on A4 are 8 pixels high in it
  constexpr double nearly_half = 0.54;  // A4 at 300 dpi
  a.scale = std::min(1.0, side / std::max(a.flat.width, a.flat.height));
  if (a.scale > 0.5 && a.scale < nearly_half) a.scale = 0.5;
  const cv::Size size(std::max(1, int(a.flat.width * a.scale)), std::max(1, int(a.flat.height * a.scale)));
  cv::Mat small;
  if (a.photo)
    small = resample(gray, a.back * scale_map(1 / a.scale, 1 / a.scale), size, -1);
  else if (a.scale < 1)
    small = shrink(gray, size);
  else
    small = gray;
  a.inverted = steps.invert && light_on_dark(small);
  if (a.inverted) {
    cv::Mat dark_on_light;  // `small` may be the caller's picture
    cv::bitwise_not(small, dark_on_light);
    small = dark_on_light;
  }
  const Cleaned cleaned = clean(small, steps.background);
  a.cleaned = cleaned.gray;
  a.faint = cleaned.faint;
  a.ink = find_ink(a.cleaned, a.photo);
  if (a.faint && steps.background) {  // once more, now that the letters' size is known
    a.cleaned = clean(small, true, {}, glyph_height(a.ink.glyphs)).gray;
    a.ink = find_ink(a.cleaned, a.photo);
  }
  const int room = std::max(24, cvRound(4 * glyph_height(a.ink.glyphs)));  // for what is too faint to be seen in small
  const cv::Rect whole({}, a.cleaned.size());
  cv::Rect& extent = a.ink.extent;
  extent = extent.empty() ? whole
                          : cv::Rect(extent.x - room, extent.y - room, extent.width + 2 * room, extent.height + 2 * room) & whole;
  a.turns = turn_evidence(a.ink.glyphs, whole.size());
  // Latin letters that touch make squares too, but their turn is clear.
  constexpr double many_of_latin = 0.32;  // such pages have up to 0.2, upright ideographs 0.42 and more
  a.squares = square_share(a.ink.glyphs) > (a.turns.doubtful ? many_squares : many_of_latin);
  return a;
}

}  // namespace bifrons
