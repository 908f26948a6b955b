// fusion/extractor_pairs.h - what on a page looks like a label with its value: "Total: 5", "Total    5", a head row over a value
// row, a label over its value, "the total is 5". Used by the extractor only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fusion/evidence.h"

namespace bifrons {

struct Segment {              // of a line: what stands together between wide gaps, bars, semicolons and sentence ends
  size_t begin = 0, end = 0;  // characters
  double x0 = 0, x1 = 0;
};
std::vector<Segment> segments_of(const EvidenceLine& line);

bool begins_with_capital(const EvidenceLine& line, size_t at);  // the word of this character, as it stands on the page
// Is the full stop at s[i] the end of a sentence where segments_of sees none: behind a year, a sum, a bracket, a house number?
// "3. April" and "No. 17" go on. The sentence began at `begin`.
bool sentence_ends_behind_number(const EvidenceLine& line, size_t begin, size_t i);

// Small labels over larger values, as in the boxes of a form: each segment of the lower line stands under one of the upper.
bool labels_over_values(const EvidenceLine& upper, const EvidenceLine& lower);

struct LabelPair {
  std::u32string label;                // plain_label
  std::vector<std::u32string> inside;  // of parentheses in the label: "Party A (Buyer):"
  const EvidenceLine* label_line = nullptr;
  const EvidenceLine* line = nullptr;  // of the value
  size_t label_begin = 0, begin = 0, end = 0;
  bool below = false, colon = false;
  bool verb = false;   // "the total is 5"
  bool past = false;   // "the total was 5"
  bool glued = false;  // "Total 5": nothing but a blank between label and value
  size_t columns = 1;  // of the head row that the label stands in
  bool boxed = false;  // a small label over its value, as in the boxes of a form
  bool alone = false;  // label and value are all that the line holds, each in its cell
};
std::vector<LabelPair> label_pairs(const std::vector<EvidenceLine>& lines);

// Lower-case words joined by one blank, without articles and signs; ideographs without blanks.
std::u32string plain_label(std::u32string_view text);

}  // namespace bifrons
