// demos/pictures.cpp - see pictures.h.
#include "demos/pictures.h"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "fusion/router.h"
#include "fusion/text_density.h"
#include "kernels/core/error.h"

namespace bifrons {

std::optional<LoadedPicture> load_picture(const std::string& file) {
  if (file == "-") return {};
  std::string head(8, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(head.data(), std::streamsize(head.size()));
  head.resize(size_t(in.gcount()));
  const auto begins = [&](std::string_view mark) { return head.rfind(mark, 0) == 0; };
  if (!begins("\xff\xd8\xff") && !begins("\x89PNG\r\n\x1a\n") && !begins("BM") && !begins("GIF8")) return {};
  try {
    LoadedPicture picture{load_image(file, /*apply_exif=*/true), 0};
    picture.text_density = text_density(picture.image.rgb, picture.image.width, picture.image.height);
    // Janus drops alpha, and letters may be in nothing else.
    if (picture.text_density < dense_text)
      if (const std::optional<Image> shown = load_on_white(file, /*apply_exif=*/true))
        picture.text_density = std::max(picture.text_density, text_density(shown->rgb, shown->width, shown->height));
    return picture;
  } catch (const Error&) {
    return {};  // the document reader may make more of it, and says what is wrong with it otherwise
  }
}

}  // namespace bifrons
