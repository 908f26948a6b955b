// demos/pictures.h - files that are pictures the Janus model can look at, and how much text stands on them. JPEG, PNG, BMP, GIF
// and TGA are decoded here (vision/image.h); WebP and TIFF only by the confined program of the document reader, where there is
// one.
#pragma once

#include <optional>
#include <string>

#include "ocr/reader/reader.h"
#include "vision/image.h"

namespace bifrons {

struct LoadedPicture {
  Image image;
  double text_density = 0;  // fusion/text_density.h
};

// The pixels of what was called a picture; "-" is stdin. WebP and TIFF come as people see them: turned as they say themselves,
// on white paper. Throws Error: a TIFF of several pages is none, a damaged one is none, and what this build lacks is named.
Image load_any_image(const std::string& file, bool apply_exif, const ReadLimits& limits = {});

// The same, measured.
LoadedPicture expect_picture(const std::string& file, const ReadLimits& limits = {});

// Empty when the file is no JPEG, PNG, BMP, GIF, WebP or TIFF of one page that can be decoded (a PDF, nothing at all, stdin): it
// is then for the document reader to say what it is. Throws Fault::lacking for a WebP or a TIFF where nothing can read it.
std::optional<LoadedPicture> load_picture(const std::string& file, const ReadLimits& limits = {});

}  // namespace bifrons
