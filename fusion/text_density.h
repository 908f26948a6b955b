// fusion/text_density.h - how much of a picture is lines of text, from its pixels alone and in milliseconds: the router's
// measure of whether to recognise a picture or to look at it. No recognition, no library.
#pragma once

#include <cstdint>
#include <span>

namespace bifrons {

// 0: none; 1: a page of text. `rgb` [height, width, 3]. The product of the share of ink that stands in rows of glyph-like
// components (connected, even in height, on one base line), the area of those rows and their number; less where much ink is in
// no row. Rules and boxes do not count. For dark on light and light on dark: whichever is more, or the first that is enough for
// the router. Throws Fault::arguments when the sizes disagree.
double text_density(std::span<const uint8_t> rgb, int64_t width, int64_t height);

}  // namespace bifrons
