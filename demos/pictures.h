// demos/pictures.h - files that are pictures the Janus model can look at, and how much text stands on them.
#pragma once

#include <optional>
#include <string>

#include "vision/image.h"

namespace bifrons {

struct LoadedPicture {
  Image image;
  double text_density = 0;  // fusion/text_density.h
};
// Empty when the file is no JPEG, PNG, BMP or GIF that can be decoded (a PDF, a TIFF, nothing at all, stdin): it is then for the
// document reader to say what it is.
std::optional<LoadedPicture> load_picture(const std::string& file);

}  // namespace bifrons
