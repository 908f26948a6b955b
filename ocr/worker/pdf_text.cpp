// ocr/worker/pdf_text.cpp - the words of a PDF page and what is drawn around them: images, ruled lines.
#include <algorithm>
#include <array>
#include <cmath>

#include <Gfx.h>
#include <TextOutputDev.h>

#include "ocr/worker/clean_text.h"
#include "ocr/worker/pdf_state.h"

namespace bifrons {
namespace {

constexpr size_t most_rules = 20'000, most_images = 10'000, most_off_page = 2'000, most_slanted = 20'000;
constexpr double least_slant = 0.07;            // 4 degrees: from here on Poppler makes a word of every letter
constexpr double ascent = 0.75, descent = 0.2;  // of the font's size
constexpr double space = 0.12;                  // of the font's size: two words
constexpr double thin = 2.5;                    // points: a filled rectangle no thicker than this is a line
constexpr double least_rule = 8;                // points: shorter strokes are parts of drawings

class PageText : public TextOutputDev {
 public:
  explicit PageText(PdfPageText& found) : TextOutputDev(nullptr, false, 0, false, false), found_(found) {}
  bool needNonText() override { return true; }  // images and lines count

  void drawChar(GfxState* state, double x, double y, double dx, double dy, double origin_x, double origin_y, CharCode code,
                int bytes, const Unicode* u, int length) override {
    const int mode = state->getRender() & 3;  // 0 fills, 1 outlines, 2 both, 3 nothing
    if (mode == 1 || mode == 3) found_.only_filled = false;
    ++found_.characters;
    found_.guessed += is_guessed(state->getFont(), u, length);
    double at_x, at_y, wide, high;
    state->transform(x, y, &at_x, &at_y);
    state->transformDelta(dx, dy, &wide, &high);
    if (at_x + wide < 0 || at_x > state->getPageWidth() || at_y + high < 0 || at_y > state->getPageHeight())
      note_off_page(state, at_x, at_y, wide, u, length);
    else if (is_slanted(wide, high)) {
      note_slanted(state, at_x, at_y, wide, high, u, length);
      return;
    }
    TextOutputDev::drawChar(state, x, y, dx, dy, origin_x, origin_y, code, bytes, u, length);
  }
  void stroke(GfxState* state) override {
    found_.drawn = true;
    note_segments(state);
  }
  void fill(GfxState* state) override {
    found_.drawn = true;
    note_thin_rectangles(state);
  }
  void eoFill(GfxState* state) override { fill(state); }

  void drawImageMask(GfxState* state, Object* ref, Stream* str, int width, int height, bool invert, bool interpolate,
                     bool inlined) override {
    GfxRGB fill;
    state->getFillRGB(&fill);
    note_image(state, width, height, true, fill.r != fill.g || fill.g != fill.b);
    OutputDev::drawImageMask(state, ref, str, width, height, invert, interpolate, inlined);  // skips an inline image's bytes
  }
  void drawImage(GfxState* state, Object* ref, Stream* str, int width, int height, GfxImageColorMap* colours, bool interpolate,
                 const int* mask, bool inlined) override {
    note_image(state, width, height, false, is_coloured(colours));
    OutputDev::drawImage(state, ref, str, width, height, colours, interpolate, mask, inlined);
  }
  void drawMaskedImage(GfxState* state, Object*, Stream*, int width, int height, GfxImageColorMap* colours, bool, Stream*,
                       int mask_width, int mask_height, bool, bool) override {
    note_image(state, std::max(width, mask_width), std::max(height, mask_height), true, is_coloured(colours));
  }
  void drawSoftMaskedImage(GfxState* state, Object*, Stream*, int width, int height, GfxImageColorMap*, bool, Stream*,
                           int mask_width, int mask_height, GfxImageColorMap* colours, bool) override {
    note_image(state, std::max(width, mask_width), std::max(height, mask_height), true, is_coloured(colours));
  }

 private:
  // Without a map to characters Poppler takes codes for characters. A program that counts the letters of a font as it meets them
  // gives control characters to the commonest.
  bool is_guessed(const std::shared_ptr<GfxFont>& font, const Unicode* u, int length) {
    return tells_glyphs_only(font) || (length > 0 && u[0] < 0x20 && u[0] != 0 && (u[0] < '\t' || u[0] > '\r') &&
                                       font != nullptr && !font->hasToUnicodeCMap());
  }
  // Codes that are a font program's own numbers of glyphs, and no map from them to characters. Where a font of the collection
  // "UCS" maps its codes to glyphs itself, they are characters.
  bool tells_glyphs_only(const std::shared_ptr<GfxFont>& font) {
    if (font == font_) return glyphs_only_;
    font_ = font;
    glyphs_only_ = false;
    if (font == nullptr || !font->isCIDFont() || font->hasToUnicodeCMap()) return false;
    const auto& cid_font = static_cast<const GfxCIDFont&>(*font);
    const GooString* collection = cid_font.getCollection();
    if (collection == nullptr) return false;
    const bool mapped = cid_font.getCIDToGID() != nullptr;
    return glyphs_only_ = collection->toStr() == "Adobe-Identity" || (collection->toStr() == "Adobe-UCS" && !mapped);
  }

  static bool is_coloured(GfxImageColorMap* colours) {  // null: none are said
    return colours != nullptr && (colours->getNumPixelComps() > 1 || colours->getColorSpace()->getMode() == csIndexed);
  }
  void note_image(GfxState* state, int width, int height, bool mask, bool coloured) {
    if (found_.images.size() >= most_images || width < 1 || height < 1) return;
    const double* m = state->getCTM();
    const double xs[] = {m[4], m[4] + m[0], m[4] + m[2], m[4] + m[0] + m[2]},
                 ys[] = {m[5], m[5] + m[1], m[5] + m[3], m[5] + m[1] + m[3]};
    double left, top, right, bottom;
    state->getClipBBox(&left, &top, &right, &bottom);
    const auto [x0, x1] = std::minmax_element(xs, xs + 4);
    const auto [y0, y1] = std::minmax_element(ys, ys + 4);
    const Box box{std::max({*x0, left, 0.}), std::max({*y0, top, 0.}), std::min({*x1, right, state->getPageWidth()}),
                  std::min({*y1, bottom, state->getPageHeight()})};
    if (!(box.x1 > box.x0 && box.y1 > box.y0)) return;
    // Its pixels per point are those of the whole image, however it is clipped.
    const double wide = std::hypot(m[0], m[1]), high = std::hypot(m[2], m[3]);
    const bool upright = std::fabs(m[0]) + std::fabs(m[3]) >= std::fabs(m[1]) + std::fabs(m[2]);
    const double per_x = width / std::max(wide, 1e-3), per_y = height / std::max(high, 1e-3);
    found_.images.push_back({box, int(std::min(1e9, (upright ? per_x : per_y) * (box.x1 - box.x0) + 0.5)),
                             int(std::min(1e9, (upright ? per_y : per_x) * (box.y1 - box.y0) + 0.5)), mask, coloured});
  }

  void note_segments(GfxState* state) {
    const GfxPath* path = state->getPath();
    for (int i = 0; path != nullptr && i < path->getNumSubpaths(); ++i) {
      const GfxSubpath* part = path->getSubpath(i);
      for (int k = 1; k < part->getNumPoints() && found_.rules.size() < most_rules; ++k) {
        if (part->getCurve(k)) continue;
        double x0, y0, x1, y1;
        state->transform(part->getX(k - 1), part->getY(k - 1), &x0, &y0);
        state->transform(part->getX(k), part->getY(k), &x1, &y1);
        note_rule(state, x0, y0, x1, y1);
      }
    }
  }
  void note_thin_rectangles(GfxState* state) {
    const GfxPath* path = state->getPath();
    for (int i = 0; path != nullptr && i < path->getNumSubpaths(); ++i) {
      const GfxSubpath* part = path->getSubpath(i);
      if (part->getNumPoints() < 4 || part->getNumPoints() > 5 || part->getCurve(1)) continue;
      double x0 = 1e300, y0 = 1e300, x1 = -1e300, y1 = -1e300;
      for (int k = 0; k < part->getNumPoints(); ++k) {
        double x, y;
        state->transform(part->getX(k), part->getY(k), &x, &y);
        x0 = std::min(x0, x), x1 = std::max(x1, x), y0 = std::min(y0, y), y1 = std::max(y1, y);
      }
      if (y1 - y0 <= thin && x1 - x0 > y1 - y0)
        note_rule(state, x0, (y0 + y1) / 2, x1, (y0 + y1) / 2);
      else if (x1 - x0 <= thin)
        note_rule(state, (x0 + x1) / 2, y0, (x0 + x1) / 2, y1);
    }
  }
  void note_rule(GfxState* state, double x0, double y0, double x1, double y1) {
    if (found_.rules.size() >= most_rules || !std::isfinite(x0 + y0 + x1 + y1)) return;
    if (std::fabs(x1 - x0) > 0.5 && std::fabs(y1 - y0) > 0.5) return;  // neither across nor down
    if (x0 > x1) std::swap(x0, x1);
    if (y0 > y1) std::swap(y0, y1);
    if (x1 < 0 || y1 < 0 || x0 > state->getPageWidth() || y0 > state->getPageHeight()) return;
    if (x1 - x0 + y1 - y0 >= least_rule)
      found_.rules.push_back(
          {std::max(x0, 0.), std::max(y0, 0.), std::min(x1, state->getPageWidth()), std::min(y1, state->getPageHeight())});
  }

  static bool is_slanted(double wide, double high) {
    const double smaller = std::min(std::fabs(wide), std::fabs(high)), larger = std::max(std::fabs(wide), std::fabs(high));
    return std::isfinite(wide + high) && larger > 0 && smaller > least_slant * larger;
  }
  // Slanted letters, gathered to words as they are drawn.
  void note_slanted(GfxState* state, double x, double y, double wide, double high, const Unicode* u, int length) {
    const double size = std::fabs(state->getTransformedFontSize()), advance = std::hypot(wide, high);
    if (!std::isfinite(x + y + size) || size > 1e4 || advance > 1e4 || found_.words.size() >= most_slanted) return;
    const double along_x = wide / advance, along_y = high / advance;
    const bool blank = length == 0 || u[0] == ' ' || u[0] == 0xa0 || u[0] == 0;
    bool goes_on = false;
    if (slanted_open_ && !found_.words.empty()) {
      const double gap = (x - slanted_x_) * along_x + (y - slanted_y_) * along_y,
                   off = (x - slanted_x_) * along_y - (y - slanted_y_) * along_x;
      goes_on = std::fabs(off) < 0.1 * size && gap > -0.3 * size && gap < space * size &&
                along_x * slanted_along_x_ + along_y * slanted_along_y_ > 0.998;
    }
    slanted_open_ = !blank;
    if (blank) return;
    const double down_x = -along_y * size, down_y = along_x * size;  // from the baseline, as seen along it
    const std::array<double, 4> low = {x + descent * down_x, y + descent * down_y, x + wide + descent * down_x,
                                       y + high + descent * down_y},
                                top = {x - ascent * down_x, y - ascent * down_y, x + wide - ascent * down_x,
                                       y + high - ascent * down_y};
    if (!goes_on) {
      PdfWord word;
      word.size = size;
      word.quad = {top[0], top[1], top[2], top[3], low[2], low[3], low[0], low[1]};
      if (const auto& font = state->getFont()) {
        const auto& name = font->getName();
        word.bold = font->isBold() || (name && name->find("Bold") != std::string::npos);
      }
      GfxRGB colour;
      state->getFillRGB(&colour);
      word.red = colToDbl(colour.r), word.green = colToDbl(colour.g), word.blue = colToDbl(colour.b);
      found_.words.push_back(std::move(word));
    }
    PdfWord& word = found_.words.back();
    std::array<double, 8>& q = *word.quad;
    q[2] = top[2], q[3] = top[3], q[4] = low[2], q[5] = low[3];
    word.box = {std::min({q[0], q[2], q[4], q[6]}), std::min({q[1], q[3], q[5], q[7]}), std::max({q[0], q[2], q[4], q[6]}),
                std::max({q[1], q[3], q[5], q[7]})};
    for (int i = 0; i < length; ++i)
      if (u[i] != 0) append_character(word.text, u[i] < 0x110000 && (u[i] < 0xd800 || u[i] > 0xdfff) ? char32_t(u[i]) : 0xfffd);
    slanted_x_ = x + wide, slanted_y_ = y + high, slanted_along_x_ = along_x, slanted_along_y_ = along_y;
  }

  // Runs of characters outside the page, which the base class drops.
  void note_off_page(GfxState* state, double x, double y, double wide, const Unicode* u, int length) {
    const double size = std::fabs(state->getTransformedFontSize());
    if (!std::isfinite(x + y + wide + size) || std::fabs(x) > 1e5 || std::fabs(y) > 1e5) return;
    if (off_characters_ >= most_off_page || size > 1e4 || std::fabs(wide) > 1e4) return;
    std::vector<PdfWord>& runs = found_.off_page;
    const bool goes_on = !runs.empty() && std::fabs(runs.back().box.y1 - y) < 0.5 * size + 0.5 &&
                         x >= runs.back().box.x1 - size && x <= runs.back().box.x1 + 2 * size;
    if (!goes_on) runs.push_back({.box = {x, y - size, x, y}, .size = size});
    PdfWord& run = runs.back();
    if (goes_on && x > run.box.x1 + 0.2 * size) run.text += ' ';
    run.box = hull(run.box, {std::min(x, x + wide), y - size, std::max(x, x + wide), y});
    for (int i = 0; i < length && off_characters_ < most_off_page; ++i, ++off_characters_)
      if (u[i] != 0) append_character(run.text, u[i] < 0x110000 && (u[i] < 0xd800 || u[i] > 0xdfff) ? char32_t(u[i]) : 0xfffd);
  }

  PdfPageText& found_;
  size_t off_characters_ = 0;
  bool slanted_open_ = false;  // the last letter was slanted and no blank: where it ended, and which way it went
  double slanted_x_ = 0, slanted_y_ = 0, slanted_along_x_ = 1, slanted_along_y_ = 0;
  std::shared_ptr<GfxFont> font_;  // the last one, and what was found out about it
  bool glyphs_only_ = false;
};

}  // namespace

PdfPageText Pdf::text(int64_t page, const std::function<bool()>& stop) {
  PdfPageText found;
  PageText device(found);
  bool stopped = false;
  const std::function<bool()> check = [&] { return stopped = stopped || stop(); };
  Complaints::get().forget();
  const double dots = 72 * points_per_unit(*state_->document, page);  // per inch of the page's own units
  state_->document->displayPage(&device, int(page), dots, dots, 0, false, true, false, call_stop,
                                const_cast<void*>(static_cast<const void*>(&check)));
  found.complete = !stopped;
  found.maps_missing = Complaints::get().maps_missing;
  const std::unique_ptr<TextWordList> list = device.makeWordList();
  for (int i = 0; list && i < list->getLength(); ++i) {
    TextWord* word = list->get(i);
    PdfWord one;
    const std::unique_ptr<GooString> text(word->getText());
    one.text = text->toStr();
    word->getBBox(&one.box.x0, &one.box.y0, &one.box.x1, &one.box.y1);
    if (!std::isfinite(one.box.x0 + one.box.y0 + one.box.x1 + one.box.y1) || one.box.x0 > one.box.x1 || one.box.y0 > one.box.y1)
      continue;
    one.rotation = word->getRotation() & 3;
    one.size = word->getFontSize();
    if (word->getLength() > 0) {
      const TextFontInfo* font = word->getFontInfo(0);
      const GooString* name = font->getFontName();
      one.bold = font->isBold() || (name != nullptr && (name->toStr().find("Bold") != std::string::npos ||
                                                        name->toStr().find("bold") != std::string::npos));
    }
    word->getColor(&one.red, &one.green, &one.blue);
    found.words.push_back(std::move(one));
  }
  if (const Size where = size(page); where.usable) add_fields(*state_, page, where, found);
  return found;
}

}  // namespace bifrons
