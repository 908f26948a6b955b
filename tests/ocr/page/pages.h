// tests/ocr/page/pages.h - pages of every kind that documents.md 10 has a target for: drawn from known text, spoiled by seed.
#pragma once

#include <string>
#include <vector>

#include "canvas.h"
#include "ocr/page/page_words.h"

namespace bifrons::test {

enum class Kind { prose, table, two_columns, form, receipt, chinese, chinese_vertical, photo, turned, faded };
inline constexpr Kind all_kinds[] = {Kind::prose,   Kind::table,   Kind::two_columns,      Kind::form,
                                     Kind::receipt, Kind::chinese, Kind::chinese_vertical, Kind::photo,
                                     Kind::turned,  Kind::faded};
std::string name_of(Kind kind);

struct TruePage {
  Picture picture;
  std::string text;             // lines in reading order
  std::vector<TrueWord> words;  // in the picture's frame
  int turned = 0;
  int ticks = 0, ticked = 0;  // tick boxes drawn, and how many of them ticked
};
// `fonts`: 0 or 1, two sets of fonts; the recogniser was tuned on set 0 only.
TruePage make_page(Kind kind, uint32_t seed, int fonts);

// A page of prose turned clockwise by 0, 90, 180 or 270 degrees and otherwise clean.
TruePage make_turned(int turned, uint32_t seed);

}  // namespace bifrons::test
