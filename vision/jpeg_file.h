// vision/jpeg_file.h - the segments of a JPEG file: checked one by one and written out again as the plain stream a trusting
// decoder may be given. Source: ITU-T T.81, annex B.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bifrons {

struct JpegFile {
  int64_t width = 0, height = 0;
  int orientation = 1;           // EXIF
  std::vector<std::byte> plain;  // the same picture from nothing but the segments that decoding needs
};

// Width and height from the frame header; nothing behind it is read.
std::pair<int64_t, int64_t> jpeg_size(std::span<const std::byte> bytes, const std::string& name);

// stb_image 2.27 overruns its Huffman tables when a file says so (the kin of CVE-2022-28042) and finds its own way through junk
// between segments, so that a check of the file alone would not be a check of what it reads. It gets the rewritten stream
// instead, in which every table fits, every table that is used is there, and nothing lies between the segments. Throws
// Fault::unreadable for anything else, and when the file ends before its end-of-image marker.
JpegFile read_jpeg(std::span<const std::byte> bytes, const std::string& name);

}  // namespace bifrons
