// ocr/worker/decode_webp.cpp - WebP by libwebp. Source of the container: developers.google.com/speed/webp/docs/riff_container.
#include <cstring>

#include <webp/decode.h>

#include "kernels/core/error.h"
#include "ocr/worker/decoders.h"

namespace bifrons {
namespace {

const uint8_t* start(std::string_view bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

std::string_view chunk(std::string_view bytes, std::string_view name) {  // chunks follow the 12 bytes of "RIFF size WEBP"
  for (size_t at = 12; at + 8 <= bytes.size();) {
    uint32_t length = 0;
    std::memcpy(&length, bytes.data() + at + 4, 4);
    if (length > bytes.size() - at - 8) return {};
    if (bytes.substr(at, 4) == name) return bytes.substr(at + 8, length);
    at += 8 + size_t(length) + (length & 1);
  }
  return {};
}

}  // namespace

Stored webp_header(std::string_view bytes) {
  WebPBitstreamFeatures about{};
  if (WebPGetFeatures(start(bytes), bytes.size(), &about) != VP8_STATUS_OK)
    fail(Fault::unreadable, "WebP: the header is damaged");
  if (about.has_animation != 0)
    throw DocumentFailure(Fault::unreadable, "unsupported_format",
                          "the WebP file is an animation, which is not read; export the picture you mean");
  return {about.width, about.height, exif_orientation(chunk(bytes, "EXIF"))};
}

Picture webp_pixels(std::string_view bytes, std::string& damage) {
  const Stored stored = webp_header(bytes);
  std::vector<uint8_t> rgba(size_t(stored.width) * size_t(stored.height) * 4, 255);
  WebPDecoderConfig settings;
  if (WebPInitDecoderConfig(&settings) == 0) fail(Fault::other, "WebP: the library does not fit its header");
  settings.output.colorspace = MODE_RGBA;
  settings.output.is_external_memory = 1;
  settings.output.u.RGBA = {rgba.data(), stored.width * 4, rgba.size()};
  WebPIDecoder* decoder = WebPIDecode(nullptr, 0, &settings);
  if (decoder == nullptr) fail(Fault::other, "WebP: no memory");
  const VP8StatusCode status = WebPIAppend(decoder, start(bytes), bytes.size());
  int rows = 0;
  WebPIDecGetRGB(decoder, &rows, nullptr, nullptr, nullptr);
  WebPIDelete(decoder);
  if (status != VP8_STATUS_OK && rows < 1) fail(Fault::unreadable, "WebP: the data are damaged");
  if (status != VP8_STATUS_OK) {
    damage = "the picture is cut short after " + std::to_string(rows) + " of " + std::to_string(stored.height) + " rows";
    std::fill(rgba.begin() + ptrdiff_t(rows) * stored.width * 4, rgba.end(), uint8_t(255));
  }
  return on_paper(rgba.data(), stored.width, stored.height);
}

}  // namespace bifrons
