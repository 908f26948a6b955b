// ocr/worker/picture_file.h - pictures as documents: JPEG, PNG, TIFF (each of its pictures is a page) and WebP, decoded to 8 bit,
// EXIF orientation applied, alpha blended on white. Sizes are checked in the header, before anything is decoded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ocr/page/page_words.h"

namespace bifrons {

struct PictureSize {  // as shown: after the orientation
  int width = 0, height = 0;
};

class PictureFile {
 public:
  // `bytes` must outlive it. Throws DocumentFailure: corrupt, no_pages; a TIFF of more than `most_pages` counts no further.
  PictureFile(std::string_view bytes, std::string type, int64_t most_pixels, int64_t most_pages);
  int64_t pages() const { return int64_t(sizes_.size()); }
  PictureSize size(int64_t page) const { return sizes_[size_t(page - 1)]; }
  // Throws DocumentFailure: too_large, corrupt. `warnings`: damage that was worked around.
  Picture read(int64_t page, std::vector<Warning>& warnings) const;

 private:
  std::string_view bytes_;
  std::string type_;
  int64_t most_pixels_;
  std::vector<PictureSize> sizes_;
};

}  // namespace bifrons
