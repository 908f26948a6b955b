// ocr/worker/decode_tiff.cpp - TIFF by libtiff: every picture of the file, whatever its bits, compression and colours.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include <tiffio.h>

#include "kernels/core/error.h"
#include "ocr/worker/decoders.h"

namespace bifrons {
namespace {

constexpr const char* unknown_kind = "TIFF: its kind of pixels or compression is not read; save it with 8 bits a colour";

struct Memory {
  std::string_view bytes;
  uint64_t at = 0;
};
using File = std::unique_ptr<TIFF, void (*)(TIFF*)>;

File open(Memory& memory) {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  const auto read = [](thandle_t handle, void* into, tmsize_t n) -> tmsize_t {
    auto& from = *static_cast<Memory*>(handle);
    const uint64_t left = from.at < from.bytes.size() ? from.bytes.size() - from.at : 0;
    const auto part = tmsize_t(std::min<uint64_t>(uint64_t(std::max<tmsize_t>(n, 0)), left));
    std::memcpy(into, from.bytes.data() + (part > 0 ? from.at : 0), size_t(part));
    from.at += uint64_t(part);
    return part;
  };
  const auto write = [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; };
  const auto seek = [](thandle_t handle, toff_t to, int from) -> toff_t {
    auto& memory_ = *static_cast<Memory*>(handle);
    return memory_.at = from == SEEK_SET ? to : from == SEEK_CUR ? memory_.at + to : memory_.bytes.size() + to;
  };
  const auto close = [](thandle_t) { return 0; };
  const auto size = [](thandle_t handle) -> toff_t { return static_cast<Memory*>(handle)->bytes.size(); };
  // "m": not mapped; "r": read only; "h": the first directory is read by us.
  return File(TIFFClientOpen("document", "rm", &memory, read, write, seek, close, size, nullptr, nullptr), TIFFClose);
}

uint16_t short_tag(TIFF* file, uint32_t tag, uint16_t otherwise) {
  uint16_t value = otherwise;
  TIFFGetFieldDefaulted(file, tag, &value);
  return value;
}

void set_resolution(TIFF* file, Picture& picture) {
  float across = 0, down = 0;
  if (TIFFGetField(file, TIFFTAG_XRESOLUTION, &across) != 1 || !(across > 0)) return;
  const uint16_t unit = short_tag(file, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  picture.dpi = unit == RESUNIT_CENTIMETER ? across * 2.54 : unit == RESUNIT_INCH ? across : 0;
  if (TIFFGetField(file, TIFFTAG_YRESOLUTION, &down) == 1 && down > 0 && std::isfinite(across / down))
    picture.pixel_height = across / down;
}

}  // namespace

std::vector<Stored> tiff_headers(std::string_view bytes, int64_t most) {
  Memory memory{bytes};
  const File file = open(memory);
  if (!file) fail(Fault::unreadable, "TIFF: the header is damaged");
  std::vector<Stored> pictures;
  do {  // libtiff ends at a directory that points back
    uint32_t width = 0, height = 0;
    TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &height);
    uint32_t kind = 0;
    TIFFGetField(file.get(), TIFFTAG_SUBFILETYPE, &kind);
    const auto whole = [](uint32_t n) { return int(std::min<uint32_t>(n, INT32_MAX)); };
    if ((kind & FILETYPE_REDUCEDIMAGE) == 0 || pictures.empty())  // a thumbnail is no page
      pictures.push_back({whole(width), whole(height), short_tag(file.get(), TIFFTAG_ORIENTATION, 1)});
    if (int64_t(pictures.size()) > most) break;
  } while (TIFFReadDirectory(file.get()) == 1);
  return pictures;
}

Picture tiff_pixels(std::string_view bytes, int64_t index, std::string& damage) {
  Memory memory{bytes};
  const File file = open(memory);
  if (!file) fail(Fault::unreadable, "TIFF: the header is damaged");
  for (int64_t at = -1;;) {  // as tiff_headers counts
    uint32_t kind = 0;
    TIFFGetField(file.get(), TIFFTAG_SUBFILETYPE, &kind);
    if ((kind & FILETYPE_REDUCEDIMAGE) == 0 || at < 0) ++at;
    if (at == index) break;
    if (TIFFReadDirectory(file.get()) != 1) fail(Fault::unreadable, "TIFF: picture ", index + 1, " is missing");
  }
  uint32_t width = 0, height = 0;
  TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &height);
  char why[1024] = "";  // 16-bit gray with one or two samples, floating point and the like are beyond TIFFReadRGBAImage in part
  if (TIFFRGBAImageOK(file.get(), why) == 0) fail(Fault::unreadable, unknown_kind);
  TIFFRGBAImage image;
  if (TIFFRGBAImageBegin(&image, file.get(), 0, why) == 0) fail(Fault::unreadable, unknown_kind);
  // 5 to 8 lie on their side, which libtiff leaves to us: it mirrors them only.
  image.req_orientation = image.orientation <= 4 ? uint16_t(ORIENTATION_TOPLEFT) : image.orientation;
  std::vector<uint32_t> raster(size_t(width) * size_t(height), 0xffffffffu);
  const bool whole = TIFFRGBAImageGet(&image, raster.data(), width, height) != 0;
  TIFFRGBAImageEnd(&image);
  if (!whole) damage = "a part of the picture is cut short or damaged";
  std::vector<uint8_t> rgba(raster.size() * 4);
  for (size_t i = 0; i < raster.size(); ++i) {
    const uint32_t alpha = TIFFGetA(raster[i]);
    const auto plain = [&](uint32_t value) {  // libtiff has multiplied the colours by alpha
      return uint8_t(alpha == 0 ? 0 : std::min<uint32_t>(255, (value * 255 + alpha / 2) / alpha));
    };
    rgba[4 * i] = plain(TIFFGetR(raster[i])), rgba[4 * i + 1] = plain(TIFFGetG(raster[i])),
             rgba[4 * i + 2] = plain(TIFFGetB(raster[i]));
    rgba[4 * i + 3] = uint8_t(alpha);
  }
  raster = {};
  Picture picture = on_paper(rgba.data(), int(width), int(height));
  set_resolution(file.get(), picture);
  return picture;
}

}  // namespace bifrons
