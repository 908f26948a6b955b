// ocr/reader/wire.h - the stream between the reader and its workers: frames of a mark, a kind, a length and a body. Both sides
// use it; neither trusts the other's counts.
//
// A frame is 12 bytes of head, little-endian: mark "BFR1", kind u32, length u32; then `length` bytes. Bodies are the structs
// below, field by field: numbers as 8 bytes, texts and lists as a count and their elements, optionals as a flag byte and the
// value. read() throws Error (Fault::other) on anything else: a count larger than the bytes that are left, text that is not
// UTF-8, a number that is not finite, an unknown enumerator, bytes left over.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ocr/document/document.h"
#include "ocr/reader/reader.h"

namespace bifrons::wire {

enum class Kind : uint32_t { open = 1, opened, failed, read_page, stage, page, render, picture };
constexpr size_t head_bytes = 12;
constexpr size_t most_page_bytes = 48u << 20;      // 200,000 characters as single-letter words are some 16 MB
constexpr size_t most_picture_bytes = 192u << 20;  // 8000 x 8000 x 3

struct Open {  // reader to worker, first of all
  std::string type = {}, password = {};
  std::vector<std::string> languages = {};
  ReadOptions::Ocr ocr = ReadOptions::Ocr::automatic;
  bool look_only = false;  // no page will be asked for: fonts and character maps are not needed
  ReadLimits limits = {};
};
struct Opened {
  int64_t pages = 0;
  bool landlock = false;  // the kernel has it and it is shut too
  std::vector<Warning> warnings;
};
struct Failed {  // the document cannot be read at all, or the page not be drawn
  Fault fault = Fault::other;
  std::string code, message;
};
struct ReadPage {
  int64_t page = 0;
};
struct Stage {  // what the worker does now: each kind of work has its own time limit
  enum class Work { text, render, recognise } work = Work::text;
  int64_t page = 0;
  double width = 0, height = 0;  // of the page, so that it is known even if the worker does not survive it
  Page::Unit unit = Page::Unit::pt;
};
struct Render {
  int64_t page = 0, most_pixels = 0;
};

struct Frame {
  Kind kind{};
  std::string body;
};
// Takes one whole frame off the front of `received`; false: more bytes are needed. Throws when the head makes no sense or
// announces more than `most_bytes`, before anything is allocated.
bool take_frame(std::string& received, Frame& frame, size_t most_bytes);

template <class Message>  // any of the above, a Page, a PagePicture
std::string frame(const Message& message);
template <class Message>
Message read(const Frame& frame);

}  // namespace bifrons::wire
