// ocr/worker/shrink.cpp - see shrink.h.
#include "ocr/worker/shrink.h"

#include <algorithm>

namespace bifrons {

double shrink(const Picture& picture, int64_t most_pixels, PagePicture& shown) {
  const double scale = std::min(1., double(most_pixels) / std::max(picture.width, picture.height));
  shown.width = std::max<int64_t>(1, int64_t(picture.width * scale));
  shown.height = std::max<int64_t>(1, int64_t(picture.height * scale));
  shown.rgb.resize(size_t(shown.width * shown.height * 3));
  for (int64_t y = 0; y < shown.height; ++y)
    for (int64_t x = 0; x < shown.width; ++x) {  // mean over the pixels that fall into one
      const int64_t x0 = x * picture.width / shown.width, x1 = std::max(x0 + 1, (x + 1) * picture.width / shown.width);
      const int64_t y0 = y * picture.height / shown.height, y1 = std::max(y0 + 1, (y + 1) * picture.height / shown.height);
      for (int c = 0; c < 3; ++c) {
        int64_t sum = 0;
        for (int64_t from_y = y0; from_y < y1; ++from_y)
          for (int64_t from_x = x0; from_x < x1; ++from_x)
            sum += picture.pixels[size_t((from_y * picture.width + from_x) * picture.channels + (picture.channels == 3 ? c : 0))];
        shown.rgb[size_t((y * shown.width + x) * 3 + c)] = uint8_t(sum / ((x1 - x0) * (y1 - y0)));
      }
    }
  return scale;
}

}  // namespace bifrons
