// vision/image.cpp - decoding by stb_image behind our own look at the header, and EXIF orientation.
#include "vision/image.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <stb/stb_image.h>

#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "vision/image_header.h"

namespace bifrons {
namespace {

// What stb_image reads from. It takes zeros for bytes that are not there and says nothing; asking for more than there is
// betrays a picture that ends early.
struct Source {
  std::span<const std::byte> bytes;
  size_t at = 0;
  size_t altered_at = 0;  // the GIF flag byte whose lowest bit is hidden, or 0
  bool past_end = false;
};

int read_source(void* user, char* to, int count) {
  Source& source = *static_cast<Source*>(user);
  const size_t n = std::min(size_t(std::max(count, 0)), source.bytes.size() - source.at);
  if (n == 0) {
    source.past_end = true;
    return 0;
  }
  std::memcpy(to, source.bytes.data() + source.at, n);
  if (source.altered_at >= source.at && source.altered_at < source.at + n && source.altered_at != 0)
    to[source.altered_at - source.at] &= char(~1);
  source.at += n;
  return int(n);
}

void skip_source(void* user, int count) {  // negative: back
  Source& source = *static_cast<Source*>(user);
  const int64_t to = int64_t(source.at) + count;
  source.at = size_t(std::clamp<int64_t>(to, 0, int64_t(source.bytes.size())));
}

int at_end_of_source(void* user) {
  const Source& source = *static_cast<const Source*>(user);
  return source.at == source.bytes.size();
}

// stb_image leaves black what a GIF's first frame does not cover.
void fill_outside(Image& image, const ImageHeader::Frame& frame) {
  for (int64_t y = 0; y < image.height; ++y)
    for (int64_t x = 0; x < image.width; ++x)
      if (x < frame.x || y < frame.y || x >= frame.x + frame.width || y >= frame.y + frame.height)
        std::copy_n(frame.outside.data(), 3, &image.rgb[size_t((y * image.width + x) * 3)]);
}

// Turns the picture so that it stands as its EXIF orientation says (2 mirrored, 3 half a turn, 4 upside down, 5 to 8 on its
// side).
Image turn(const Image& image, int orientation) {
  const bool aside = orientation >= 5;
  Image out(aside ? image.height : image.width, aside ? image.width : image.height);
  for (int64_t y = 0; y < out.height; ++y)
    for (int64_t x = 0; x < out.width; ++x) {
      int64_t from_x = aside ? y : x, from_y = aside ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) from_x = image.width - 1 - from_x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) from_y = image.height - 1 - from_y;
      std::copy_n(&image.rgb[size_t((from_y * image.width + from_x) * 3)], 3, &out.rgb[size_t((y * out.width + x) * 3)]);
    }
  return out;
}

}  // namespace

// With `on_white` alpha is blended over white, and the result is empty where there is none.
static std::optional<Image> decoded(std::span<const std::byte> bytes, const std::string& name, bool apply_exif,
                                    const ImageLimits& limits, bool on_white);

Image load_image(const std::filesystem::path& path, bool apply_exif, const ImageLimits& limits) {
  const std::string content = read_file(path, limits.file_bytes);
  return decode_image(std::as_bytes(std::span(content)), path == "-" ? "stdin" : path.string(), apply_exif, limits);
}

std::optional<Image> load_on_white(const std::filesystem::path& path, bool apply_exif, const ImageLimits& limits) {
  const std::string content = read_file(path, limits.file_bytes);
  return decoded(std::as_bytes(std::span(content)), path == "-" ? "stdin" : path.string(), apply_exif, limits, true);
}

Image decode_image(std::span<const std::byte> bytes, const std::string& name, bool apply_exif, const ImageLimits& limits) {
  return *decoded(bytes, name, apply_exif, limits, false);
}

std::optional<Image> decoded(std::span<const std::byte> bytes, const std::string& name, bool apply_exif,
                             const ImageLimits& limits, bool on_white) {
  if (bytes.size() > limits.file_bytes)
    fail(Fault::limit, name, ": ", bytes.size(), " bytes, more than the limit of ", limits.file_bytes);
  ImageHeader header = read_image_header(bytes, name);
  if (header.width > limits.side || header.height > limits.side || header.width * header.height > limits.pixels)
    fail(Fault::limit, name, ": ", header.width, "x", header.height, " pixels, more than the limit of ", limits.pixels,
         " pixels and ", limits.side, " a side");
  if (on_white && header.format != ImageFormat::png) return {};
  const std::vector<std::byte> rewritten = check_image(header, bytes, name);

  // Alpha is dropped, not blended: hide a GIF's transparent colour, or its pixels come out black instead of in that colour.
  Source source{.bytes = rewritten.empty() ? bytes : rewritten, .altered_at = header.frame.transparency};
  const stbi_io_callbacks callbacks{read_source, skip_source, at_end_of_source};
  int width = 0, height = 0, channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_callbacks(&callbacks, &source, &width, &height, &channels, on_white ? 4 : 3), stbi_image_free);
  if (source.past_end)
    fail(Fault::unreadable, name, ": this ", name_of(header.format),
         " picture ends early: the file was cut short, copy or download it again");
  if (!pixels)
    fail(Fault::unreadable, name, ": this ", name_of(header.format), " picture cannot be decoded (", stbi_failure_reason(),
         "): the file is damaged or of an unusual kind, save it again as PNG");
  if (width != header.width || height != header.height)
    fail(Fault::unreadable, name, ": decoded to ", width, "x", height, " pixels but its header says ", header.width, "x",
         header.height);
  Image image;
  image.width = width, image.height = height;
  if (on_white) {
    if (channels != 2 && channels != 4) return {};
    image.rgb.resize(size_t(width) * size_t(height) * 3);
    for (size_t i = 0; i < image.rgb.size(); ++i) {
      const stbi_uc* pixel = pixels.get() + i / 3 * 4;
      image.rgb[i] = uint8_t((pixel[i % 3] * pixel[3] + 255 * (255 - pixel[3]) + 127) / 255);
    }
  } else {
    image.rgb.assign(pixels.get(), pixels.get() + size_t(width) * size_t(height) * 3);
  }
  if (header.format == ImageFormat::gif) fill_outside(image, header.frame);
  return apply_exif && header.orientation != 1 ? turn(image, header.orientation) : image;
}

}  // namespace bifrons
