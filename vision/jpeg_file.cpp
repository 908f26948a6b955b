// vision/jpeg_file.cpp - see jpeg_file.h.
#include "vision/jpeg_file.h"

#include <array>
#include <cstring>

#include "vision/file_bytes.h"
#include "vision/image_header.h"

namespace bifrons {
namespace {

enum Marker : uint32_t {
  frame_baseline = 0xc0,
  frame_progressive = 0xc2,
  huffman_tables = 0xc4,
  restart_first = 0xd0,
  restart_last = 0xd7,
  end_of_image = 0xd9,
  start_of_scan = 0xda,
  quantization_tables = 0xdb,
  restart_interval = 0xdd,
  application_jfif = 0xe0,
  application_exif = 0xe1,
  application_adobe = 0xee,
};

bool is_frame(uint32_t marker) {  // of any process; c4, c8 and cc are tables and reserved
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
bool stands_alone(uint32_t marker) { return marker <= 1 || (marker >= restart_first && marker <= 0xd8); }

struct Segment {
  uint32_t marker = 0;
  size_t at = 0, length = 0;  // of its content: behind the length field
};

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, const std::string& name) : file_{bytes}, name_(name) {}

  // The next segment that has content, or the end of the image; nothing when the file ends first.
  std::optional<Segment> next() {
    while (const auto lead = file_.u8(at_)) {
      const auto marker = file_.u8(at_ + 1);
      if (*lead != 0xff || marker == 0xffu) {  // junk or fill byte
        ++at_;
        continue;
      }
      if (!marker) break;
      at_ += 2;
      if (*marker == end_of_image) return Segment{.marker = *marker, .at = at_};
      if (stands_alone(*marker)) continue;
      const auto length = file_.big16(at_);
      if (!length || !file_.has(at_, *length)) break;
      if (*length < 2) wrong("a segment of ", *length, " bytes where at least 2 are needed");
      const Segment segment{*marker, at_ + 2, *length - 2u};
      at_ += *length;
      return segment;
    }
    return std::nullopt;
  }

  // The coded data from here up to the next marker that is neither a stuffed zero nor a restart.
  std::span<const std::byte> coded_data() {
    const size_t begin = at_;
    while (file_.has(at_, 2)) {
      const auto* found = static_cast<const std::byte*>(std::memchr(file_.all.data() + at_, 0xff, file_.all.size() - 1 - at_));
      if (!found) {
        at_ = file_.all.size();
        break;
      }
      at_ = size_t(found - file_.all.data());
      const uint32_t code = *file_.u8(at_ + 1);
      if (code != 0 && code != 0xff && !(code >= restart_first && code <= restart_last)) break;
      at_ += code == 0xff ? 1 : 2;
    }
    return file_.all.subspan(begin, at_ - begin);
  }

  uint32_t byte(const Segment& segment, size_t i) const {
    if (i >= segment.length) wrong("a segment that is shorter than its content");
    return *file_.u8(segment.at + i);
  }
  uint32_t word(const Segment& segment, size_t i) const { return byte(segment, i) << 8 | byte(segment, i + 1); }
  std::span<const std::byte> content(const Segment& segment) const { return file_.all.subspan(segment.at, segment.length); }

  template <class... Parts>
  [[noreturn]] void wrong(const Parts&... parts) const {
    fail(Fault::unreadable, name_, ": this JPEG picture has ", parts..., ": the file is damaged, save it again");
  }

 private:
  Bytes file_;
  const std::string& name_;
  size_t at_ = 2;  // behind the start-of-image marker
};

struct Component {
  uint32_t id = 0, quantization = 0;
};
struct Frame {
  int64_t width = 0, height = 0;
  bool progressive = false;
  std::vector<Component> components;
};

Frame read_frame(const Reader& reader, const Segment& segment, const std::string& name) {
  if (segment.marker > frame_progressive)
    fail(Fault::unreadable, name, ": a lossless or arithmetic-coded JPEG, which is not read here: save it as plain JPEG or PNG");
  if (reader.byte(segment, 0) != 8)
    fail(Fault::unreadable, name, ": a JPEG of ", reader.byte(segment, 0),
         " bits, of which only 8 are read here: save it as PNG");
  Frame frame;
  frame.width = reader.word(segment, 3), frame.height = reader.word(segment, 1),
  frame.progressive = segment.marker == frame_progressive;
  const size_t count = reader.byte(segment, 5);
  if (frame.width == 0 || frame.height == 0) reader.wrong(frame.width, "x", frame.height, " pixels");
  if ((count != 1 && count != 3 && count != 4) || segment.length != 6 + 3 * count) reader.wrong(count, " colour components");
  for (size_t i = 0; i < count; ++i)
    frame.components.push_back({reader.byte(segment, 6 + 3 * i), reader.byte(segment, 8 + 3 * i)});
  return frame;
}

// Which tables have been defined so far.
struct Tables {
  std::array<std::array<bool, 4>, 2> huffman{};  // [DC, AC][table]
  std::array<bool, 4> quantization{};
};

void read_huffman_tables(Tables& tables, const Reader& reader, const Segment& segment) {
  for (size_t at = 0; at < segment.length;) {
    const uint32_t kind = reader.byte(segment, at) >> 4, table = reader.byte(segment, at) & 15;
    size_t symbols = 0;
    for (size_t i = 1; i <= 16; ++i) symbols += reader.byte(segment, at + i);
    at += 17 + symbols;
    if (kind > 1 || table > 3 || symbols > 256 || at > segment.length) reader.wrong("a Huffman table of ", symbols, " symbols");
    tables.huffman[kind][table] = true;
  }
}

void read_quantization_tables(Tables& tables, const Reader& reader, const Segment& segment) {
  for (size_t at = 0; at < segment.length;) {
    const uint32_t wide = reader.byte(segment, at) >> 4, table = reader.byte(segment, at) & 15;
    at += wide == 0 ? 65 : 129;
    if (wide > 1 || table > 3 || at > segment.length) reader.wrong("a broken quantization table");
    tables.quantization[table] = true;
  }
}

void check_scan(const Tables& tables, const Frame& frame, const Reader& reader, const Segment& segment) {
  const size_t count = reader.byte(segment, 0);
  if (count < 1 || count > frame.components.size() || segment.length != 4 + 2 * count)
    reader.wrong("a scan of ", count, " components");
  const uint32_t first = reader.byte(segment, 1 + 2 * count), refines = reader.byte(segment, 3 + 2 * count) >> 4;
  const bool uses_dc = !frame.progressive || (first == 0 && refines == 0), uses_ac = !frame.progressive || first != 0;
  if (frame.progressive && first != 0 && count != 1) reader.wrong("a scan of details that mixes components");
  for (size_t i = 0; i < count; ++i) {
    const uint32_t id = reader.byte(segment, 1 + 2 * i), chosen = reader.byte(segment, 2 + 2 * i), dc = chosen >> 4,
                   ac = chosen & 15;
    const auto part =
        std::find_if(frame.components.begin(), frame.components.end(), [&](const Component& c) { return c.id == id; });
    if (part == frame.components.end()) reader.wrong("a scan of component ", id, ", which the frame does not name");
    if (dc > 3 || ac > 3 || (uses_dc && !tables.huffman[0][dc]) || (uses_ac && !tables.huffman[1][ac]))
      reader.wrong("a scan whose Huffman table is not defined");
    if (part->quantization > 3 || !tables.quantization[part->quantization])
      reader.wrong("a scan whose quantization table is not defined");
  }
}

void append(std::vector<std::byte>& to, std::span<const std::byte> bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }
void append(std::vector<std::byte>& to, uint32_t marker, std::span<const std::byte> content) {
  for (uint32_t byte : {0xffu, marker, uint32_t(content.size() + 2) >> 8, uint32_t(content.size() + 2) & 0xff})
    to.push_back(std::byte(byte));
  append(to, content);
}

}  // namespace

std::pair<int64_t, int64_t> jpeg_size(std::span<const std::byte> bytes, const std::string& name) {
  Reader reader(bytes, name);
  while (const auto segment = reader.next()) {
    if (segment->marker == end_of_image || segment->marker == start_of_scan) break;
    if (!is_frame(segment->marker)) continue;
    const Frame frame = read_frame(reader, *segment, name);
    return {frame.width, frame.height};
  }
  ends_early(name, "JPEG");
}

JpegFile read_jpeg(std::span<const std::byte> bytes, const std::string& name) {
  Reader reader(bytes, name);
  JpegFile jpeg;
  std::optional<Frame> frame;
  Tables tables;
  int64_t scans = 0, coded_bytes = 0;
  jpeg.plain.reserve(bytes.size());
  jpeg.plain.assign({std::byte(0xff), std::byte(0xd8)});
  for (;;) {
    const auto segment = reader.next();
    if (!segment) ends_early(name, "JPEG");
    if (segment->marker == end_of_image) break;
    const auto content = reader.content(*segment);
    switch (segment->marker) {
      case huffman_tables: read_huffman_tables(tables, reader, *segment); break;
      case quantization_tables: read_quantization_tables(tables, reader, *segment); break;
      case restart_interval:
        if (segment->length != 2) reader.wrong("a restart interval of ", segment->length, " bytes");
        break;
      case start_of_scan:
        if (!frame) reader.wrong("a scan before its frame");
        check_scan(tables, *frame, reader, *segment);
        break;
      case application_jfif:  // these two say which colours the components are
      case application_adobe: break;
      case application_exif: {
        constexpr std::string_view title("Exif\0\0", 6);
        if (content.size() > title.size() && std::memcmp(content.data(), title.data(), title.size()) == 0)
          jpeg.orientation = exif_orientation(content.subspan(title.size())).value_or(1);
        continue;
      }
      default:
        if (!is_frame(segment->marker)) continue;
        if (frame) reader.wrong("more than one frame");
        frame = read_frame(reader, *segment, name);
    }
    append(jpeg.plain, segment->marker, content);
    if (segment->marker != start_of_scan) continue;
    const auto coded = reader.coded_data();
    append(jpeg.plain, coded);
    ++scans, coded_bytes += int64_t(coded.size());
  }
  for (uint32_t byte : {0xffu, uint32_t(end_of_image)}) jpeg.plain.push_back(std::byte(byte));

  // Every block of 8x8 brightness values takes at least one bit.
  if (!frame || scans == 0 || coded_bytes < ((frame->width + 7) / 8) * ((frame->height + 7) / 8) / 8) ends_early(name, "JPEG");
  // A progressive file may ask for any number of passes over all pixels; cameras and optimisers write some dozens at most.
  if (scans > 200 || (scans > 30 && scans * frame->width * frame->height > 4'000'000'000))
    fail(Fault::limit, name, ": a JPEG of ", frame->width, "x", frame->height, " pixels in ", scans,
         " scans, which would take too long");
  jpeg.width = frame->width, jpeg.height = frame->height;
  return jpeg;
}

}  // namespace bifrons
