// ocr/document/heading_levels.cpp - sizes of headings, told by boxes, and their levels (HeadingLevels in exports.h).
#include <algorithm>
#include <cmath>

#include <unicode/uchar.h>

#include "ocr/document/exports.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

constexpr double other_level = 0.9;  // of the next larger size: what is smaller is of the next level
constexpr int most_levels = 3;

// How high a recognised word's box is for letters of size 1: letters without stems do not reach as high as others, and few hang
// below the line.
double box_of_letters(std::string_view text) {
  bool tall = false, hangs = false, ideographs = false;
  each_code_point(text, [&](char32_t c, size_t, size_t) {
    ideographs |= is_ideographic(c);
    tall |= u_isalnum(UChar32(c)) &&
            (c > 0x7f || !u_islower(UChar32(c)) || std::u32string_view(U"bdfhklti").find(c) != std::u32string_view::npos);
    hangs |= std::u32string_view(U"gjpqy,;()[]{}Q$").find(c) != std::u32string_view::npos;
  });
  return ideographs ? 0.9 : (tall ? 0.72 : 0.5) + (hangs ? 0.21 : 0);
}

double size_of(const Block& block) {
  std::vector<double> sizes;
  for (const Line& line : block.lines) {
    const double own = line.confidence ? box_of_letters(line.text) : 1;
    if (line.quad) {
      const auto& q = *line.quad;
      sizes.push_back(std::hypot(q[6] - q[0], q[7] - q[1]) / own);
      continue;
    }
    for (const Word& word : line.words)
      sizes.push_back((word.box.y1 - word.box.y0) / (word.confidence ? box_of_letters(word.text) : 1));
    if (line.words.empty()) sizes.push_back((line.box.y1 - line.box.y0) / own);
  }
  if (sizes.empty()) return 0;
  const auto middle = sizes.begin() + std::ptrdiff_t(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return *middle;
}

}  // namespace

void HeadingLevels::add(const Page& page) {
  for (const Block& block : page.blocks)
    if (block.type == Block::Type::heading) sizes_.insert(size_of(block));
}

int HeadingLevels::level(const Block& block) const {
  const double size = size_of(block);
  int level = 1;
  for (auto larger = sizes_.rbegin(); larger != sizes_.rend() && *larger > size && level < most_levels; ++larger) {
    const auto next = std::next(larger);
    level += (next == sizes_.rend() ? size : std::max(size, *next)) < other_level * *larger;
  }
  return level;
}

}  // namespace bifrons
