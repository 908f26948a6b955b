// ocr/page/square_pixels.h - faxes have twice as many dots across as down (204 x 98 to the inch): letters half as high as they
// are.
#pragma once

#include <cstdint>
#include <optional>

#include "ocr/page/page_words.h"

namespace bifrons {

// The picture with pixels as high as wide; nothing where they are so already, or where the file's word is beyond belief (more
// than 5 times). It is made higher, or where that would be over `most_pixels`, narrower.
std::optional<Picture> with_square_pixels(const Picture& picture, int64_t most_pixels);

}  // namespace bifrons
