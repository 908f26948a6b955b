// tests/ocr/page/pages.h - pages of every kind that documents.md 10 has a target for: drawn from known text, spoiled by seed.
#pragma once

#include <string>
#include <vector>

#include "canvas.h"
#include "ocr/page/page_words.h"

namespace bifrons::test {

// documents.md 10 also says how hard the page is: what the `tesseract` command line gets wrong on it. Pages of the table's kinds
// are meant to be at least as hard (large_hardness_test.cpp). Its CER (5.3) as stated, and as measured in both font sets:
//   receipt         23 %  28 % (seeds 7501-7560), 32 % (seeds 7701-7760)
//   photo           31 %  34 % (seeds 301-340), 29 % (seeds 7821-7850)
//   faded           25 %  35 % (seeds 7501-7540)
// Runs of twenty seeds differ by up to 20 points. Harder: stained_receipt about 90 %, dark_photo 40 to 50 %, faint 70 to 77 %.
// The number of a kind is a part of its pages' seeds: new kinds come last.
enum class Kind {
  prose,
  table,
  two_columns,
  form,
  stained_receipt,  // receipt, with rings of cups and blots on it
  chinese,
  chinese_vertical,
  dark_photo,  // photo, at a steeper slant and in a darker shadow
  turned,
  faint,    // faded, with paler ink and darker stains
  receipt,  // thermal
  photo,    // of a sheet on a desk, at a slant, half in a shadow
  faded     // ink on stained paper
};
inline constexpr Kind all_kinds[] = {Kind::prose,
                                     Kind::table,
                                     Kind::two_columns,
                                     Kind::form,
                                     Kind::stained_receipt,
                                     Kind::chinese,
                                     Kind::chinese_vertical,
                                     Kind::dark_photo,
                                     Kind::turned,
                                     Kind::faint,
                                     Kind::receipt,
                                     Kind::photo,
                                     Kind::faded};
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
