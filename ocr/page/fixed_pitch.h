// ocr/page/fixed_pitch.h - receipts, typescripts, listings: every character of such a page takes up the same width, so the width
// of a word says how many there are, and where each of them stands.
#pragma once

#include <optional>

#include "ocr/page/engine.h"

namespace bifrons {

struct Pitch {         // a word of n characters is n * cell - bearing wide
  double cell = 0;     // pixels
  double bearing = 0;  // white on both sides of a character together, on average
};
// Nothing where the page is not set in one fixed pitch, or has too few words to tell.
std::optional<Pitch> find_pitch(const std::vector<FoundWord>& words);
// How many characters have room in a box of this width; 0 where it is no whole number.
size_t characters_in(const Pitch& pitch, double width);
// Words that stand in neighbouring cells, where a space would have taken one up, are one word.
void join_words(std::vector<FoundWord>& words, const Pitch& pitch);

}  // namespace bifrons
