// ocr/worker/pdf_fields.cpp - the values of AcroForm fields, at their places. Scripts and actions of fields are never looked at.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <Form.h>
#include <UTF.h>

#include "ocr/worker/clean_text.h"
#include "ocr/worker/pdf_state.h"

namespace bifrons {
namespace {

constexpr int most_fields = 5'000;          // of a page
constexpr size_t most_characters = 20'000;  // of a value

std::string utf8_of(const GooString* value) {  // a PDF text string: UTF-16 with its mark, or PDFDocEncoding
  std::string text;
  if (value == nullptr) return text;
  Unicode* characters = nullptr;
  const int length = TextStringToUCS4(value->toStr(), &characters);
  for (int i = 0; i < length && size_t(i) < most_characters; ++i) {
    const Unicode c = characters[i];
    if (c == '\r' || c == '\n')
      text += ' ';
    else
      append_character(text, c < 0x110000 && (c < 0xd800 || c > 0xdfff) ? char32_t(c) : 0xfffd);
  }
  std::free(characters);  // gmalloc's
  return text;
}

std::string value_of(FormWidget* widget) {
  if (widget->getType() == formText) {
    auto* field = static_cast<FormWidgetText*>(widget);
    return field->isPassword() ? std::string() : utf8_of(field->getContent());
  }
  if (widget->getType() == formChoice) {
    auto* field = static_cast<FormWidgetChoice*>(widget);
    std::string chosen;
    for (int i = 0; i < field->getNumChoices(); ++i)
      if (field->isSelected(i)) chosen += (chosen.empty() ? "" : " ") + utf8_of(field->getChoice(i));
    return chosen.empty() ? utf8_of(field->getEditChoice()) : chosen;
  }
  return {};
}

bool middle_is_in(const Box& word, const Box& box) {
  const double x = (word.x0 + word.x1) / 2, y = (word.y0 + word.y1) / 2;
  return x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1;
}

// Words of a value, spread over its field as if all characters were equally wide.
void add_value(const std::string& value, const Box& box, std::vector<PdfWord>& words) {
  const double advance =
      std::min((box.x1 - box.x0) / double(std::max<int64_t>(character_count(value), 1)), 0.6 * (box.y1 - box.y0));
  double x = box.x0;
  for (size_t at = 0; at < value.size();) {
    const size_t end = std::min(value.find(' ', at), value.size());
    const std::string word = value.substr(at, end - at);
    const double wide = advance * double(character_count(word));
    if (!word.empty())
      words.push_back({.text = word, .box = {x, box.y0, std::min(x + wide, box.x1), box.y1}, .size = box.y1 - box.y0});
    x += wide + advance;
    at = end + 1;
  }
}

}  // namespace

void add_fields(Pdf::State& state, int64_t number, const Pdf::Size& size, PdfPageText& text) {
  ::Page* page = state.document->getPage(int(number));
  if (page == nullptr || state.document->getCatalog()->getForm() == nullptr) return;
  const std::unique_ptr<FormPageWidgets> widgets = page->getFormWidgets();
  if (!widgets) return;
  double m[6];
  const double dots = 72 * points_per_unit(*state.document, number);
  page->getDefaultCTM(m, dots, dots, 0, false, true);
  for (int i = 0; i < std::min(widgets->getNumWidgets(), most_fields); ++i) {
    FormWidget* widget = widgets->getWidget(i);
    AnnotWidget* annotation = widget->getWidgetAnnotation();
    if (annotation == nullptr || (annotation->getFlags() & (Annot::flagHidden | Annot::flagNoView)) != 0) continue;
    double a, b, c, d;
    widget->getRect(&a, &b, &c, &d);
    const double xs[] = {m[0] * a + m[2] * b + m[4], m[0] * c + m[2] * d + m[4]},
                 ys[] = {m[1] * a + m[3] * b + m[5], m[1] * c + m[3] * d + m[5]};
    const Box box{std::clamp(std::min(xs[0], xs[1]), 0., size.width), std::clamp(std::min(ys[0], ys[1]), 0., size.height),
                  std::clamp(std::max(xs[0], xs[1]), 0., size.width), std::clamp(std::max(ys[0], ys[1]), 0., size.height)};
    if (!(box.x1 > box.x0 && box.y1 > box.y0)) continue;
    if (widget->getType() == formButton) {
      auto* button = static_cast<FormWidgetButton*>(widget);
      if (button->getButtonType() == formButtonPush) continue;
      text.ticks.push_back({box, button->getState()});
      // The tick itself may be a character of a font of marks: it is told by the box already.
      if (button->getState())
        std::erase_if(text.words,
                      [&](const PdfWord& word) { return character_count(word.text) == 1 && middle_is_in(word.box, box); });
      continue;
    }
    TextCounts ignored;
    const std::string value = visible_text(value_of(widget), ignored);
    const bool drawn = std::ranges::any_of(text.words, [&](const PdfWord& word) { return middle_is_in(word.box, box); });
    if (!value.empty() && !drawn) add_value(value, box, text.field_values);
  }
}

}  // namespace bifrons
