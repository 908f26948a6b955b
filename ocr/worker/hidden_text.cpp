// ocr/worker/hidden_text.cpp - see hidden_text.h.
#include "ocr/worker/hidden_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ocr/worker/clean_text.h"

namespace bifrons {
namespace {

constexpr double least_size = 2;   // points: smaller print cannot be read by eye
constexpr double most_size = 900;  // points: Poppler draws no letters of 1,000 and more, so nothing can be said of them
constexpr int contrast = 20;  // of 255 between a pixel and the background around it: #ebebeb on white is the faintest that counts
// Of a box, for a line across it to be told from letters; on very large pages they are drawn smaller.
constexpr int least_rows = 8;
constexpr double rules_share = 0.5;  // of a word's characters: a word of so many underscores and dashes is a drawn line itself
constexpr double letters_ink = 0.02, marks_ink = 0.004;  // share of the box's pixels; letters cover 8 to 30 %, a full stop 1 %

// A colour, of which each part goes from 0 to 255, as a shade. Letters in colours of one brightness are harder to see: red from
// green must differ by 60 to count as `contrast` does, and blue from yellow, which the eye sees least sharply, by 120.
double shade_of(double red, double green, double blue, Shade shade) {
  constexpr double gray = 128, red_green = 60, blue_yellow = 120;
  switch (shade) {
    case Shade::brightness: break;
    case Shade::red_green: return gray + (red - green) * contrast / red_green;
    case Shade::blue_yellow: return gray + (blue - (red + green) / 2) * contrast / blue_yellow;
  }
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

bool is_a_rule(const std::string& word) {  // "______", "Name:________": a place for a signature
  int64_t marks = 0, all = 0;
  for (size_t at = 0; at < word.size(); ++all) {
    const char32_t c = next_character(word, at);
    marks += c == '_' || c == '-' || c == '=' || (c >= 0x2010 && c <= 0x2015) || c == 0x203e || (c >= 0x2500 && c <= 0x2503);
  }
  return all > 0 && double(marks) >= rules_share * double(all);
}

}  // namespace

Picture shades_of(const Picture& colour, Shade shade) {
  Picture shades;
  shades.width = colour.width, shades.height = colour.height, shades.dpi = colour.dpi;
  shades.pixels.resize(colour.pixels.size() / 3);
  for (size_t i = 0; i < shades.pixels.size(); ++i) {
    const uint8_t* rgb = &colour.pixels[3 * i];
    shades.pixels[i] = uint8_t(std::clamp(std::lround(shade_of(rgb[0], rgb[1], rgb[2], shade)), 0L, 255L));
  }
  return shades;
}

std::optional<HiddenText::Reason> HiddenCheck::reason(const PdfWord& word) const {
  const Box& box = word.box;
  const double middle_x = (box.x0 + box.x1) / 2, middle_y = (box.y0 + box.y1) / 2;
  if (middle_x < 0 || middle_y < 0 || middle_x > size_.width || middle_y > size_.height) return HiddenText::Reason::off_page;
  if (word.size > 0 && word.size < least_size) return HiddenText::Reason::tiny;
  if (word.size > most_size) return std::nullopt;
  const int x0 = std::clamp(int(std::floor(box.x0 * scale_)), 0, drawn_.width - 1),
            x1 = std::clamp(int(std::ceil(box.x1 * scale_)), x0 + 1, drawn_.width);
  const int y0 = std::clamp(int(std::floor(box.y0 * scale_)), 0, drawn_.height - 1),
            y1 = std::clamp(int(std::ceil(box.y1 * scale_)), y0 + 1, drawn_.height);

  std::array<int, 256> histogram{};
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) ++histogram[drawn_.pixels[size_t(y) * size_t(drawn_.width) + size_t(x)]];
  // The background: the fullest window of 16 shades.
  int background = 255, most = -1;
  for (int from = 0, sum = 0; from < 256; ++from) {
    sum += histogram[size_t(from)] - (from >= 16 ? histogram[size_t(from - 16)] : 0);
    if (sum >= most) most = sum, background = std::max(0, from - 8);  // of equals the lighter
  }
  const auto ink_at = [&](int x, int y) {
    return std::abs(int(drawn_.pixels[size_t(y) * size_t(drawn_.width) + size_t(x)]) - background) >= contrast;
  };
  // Lines that cross the whole box belong to a table or an underline, not to the word, unless it is written as one.
  const bool rule = is_a_rule(word.text), too_small = y1 - y0 < least_rows;
  std::vector<bool> column_is_line(size_t(x1 - x0), false);
  if (x1 - x0 > 8 && !too_small)
    for (int x = x0; x < x1; ++x) {
      int n = 0;
      for (int y = y0; y < y1; ++y) n += ink_at(x, y);
      column_is_line[size_t(x - x0)] = n > 0.9 * (y1 - y0) && (x - x0 < 2 || x1 - x <= 2);  // inside, it may be an l
    }
  int64_t ink = 0;
  for (int y = y0; y < y1; ++y) {
    int n = 0, of = 0;
    for (int x = x0; x < x1; ++x)
      if (!column_is_line[size_t(x - x0)]) n += ink_at(x, y), ++of;
    if (of > 8 && n > 0.9 * of && !rule && !too_small) continue;
    ink += n;
  }
  TextCounts counts;
  visible_text(word.text, counts);
  const double needed = (counts.letters > 0 && !rule ? letters_ink : marks_ink) * (x1 - x0) * (y1 - y0);
  const bool over_image = std::ranges::any_of(text_.images, [&](const PdfImage& image) {
    return middle_x >= image.box.x0 && middle_x <= image.box.x1 && middle_y >= image.box.y0 && middle_y <= image.box.y1;
  });
  const double own = shade_of(255 * word.red, 255 * word.green, 255 * word.blue, shade_);
  const bool own_shows = !text_.only_filled || over_image || std::fabs(own - background) >= contrast;
  if (double(ink) >= std::max(needed, 0.5)) {
    // Ink, but not this word's: it is written in the background's colour over something else.
    if (!own_shows) return HiddenText::Reason::no_ink;
    if (bare_.pixels.size() != drawn_.pixels.size()) return std::nullopt;
    int64_t own_ink = 0;
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x) {
        const size_t at = size_t(y) * size_t(drawn_.width) + size_t(x);
        own_ink += std::abs(int(drawn_.pixels[at]) - int(bare_.pixels[at])) >= contrast;
      }
    if (double(own_ink) >= std::max(needed, 0.5)) return std::nullopt;
    return text_.only_filled ? HiddenText::Reason::covered : HiddenText::Reason::no_ink;
  }
  return text_.only_filled && !over_image && own_shows ? HiddenText::Reason::covered : HiddenText::Reason::no_ink;
}

}  // namespace bifrons
