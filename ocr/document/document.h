// ocr/document/document.h - what a document is once it has been read: pages, blocks, lines and words, each with its box. Value
// types only; no library's type leaks out. Source: documents.md 4.
//
// One coordinate frame: the page as shown to the reader (PDF /Rotate, crop box and EXIF orientation applied), origin top-left,
// y down, in the page's unit: points (1/72 inch) for PDF, pixels for pictures.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/error.h"

namespace bifrons {

struct Box {  // axis-parallel hull, x0 <= x1, y0 <= y1
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool operator==(const Box&) const = default;
};
Box hull(const Box& a, const Box& b);

struct Word {
  std::string text;  // UTF-8
  Box box;
  std::optional<double> confidence = {};  // 0 to 100; none for a text layer
};
struct Line {
  std::string id;  // "p1l1": numbers run through the page in reading order
  Box box;
  std::optional<std::array<double, 8>> quad =
      {};            // corners x, y clockwise from the text's top left; if turned or skewed > 0.5 degrees
  std::string text;  // words joined by one space (none between ideographs)
  std::optional<double> confidence = {};
  std::vector<Word> words;
};
struct Block {
  enum class Type { text, heading, table, list, header, footer };
  std::string id;  // "p1b1"
  Type type = Type::text;
  Box box;
  std::vector<Line> lines;
  int64_t repeats = 0;  // of a header or footer: the earlier page that says the same, letter for letter but for its number
};
struct TableCell {
  std::string text;
  Box box;
};
struct Table {  // the same words as a block of type table, as rows of cells
  Box box;
  std::vector<std::vector<TableCell>> rows;
};
struct HiddenText {  // on the page's file but not to be seen; never given to a model
  enum class Reason { no_ink, tiny, off_page, covered };
  std::string text;
  Box box;
  Reason reason = Reason::no_ink;
};
struct Warning {
  std::string code;  // "text_layer_rejected", "timeout", "image_failed", ...
  int64_t page = 0;  // 0: of the whole document
  std::string message;
};
struct Page {
  enum class Unit { pt, px };
  enum class Source { text, ocr, mixed, none };
  int64_t page = 0;  // from 1
  double width = 0, height = 0;
  Unit unit = Unit::px;
  Source source = Source::none;
  int dpi = 0;                         // of the recognition picture; 0 when nothing was recognised
  int turned = 0;                      // clockwise turn of the text against the page as shown: 0, 90, 180, 270
  double skew = 0;                     // degrees, after the turn
  std::vector<std::string> languages;  // Tesseract's names
  std::optional<double> confidence;    // mean over recognised words
  double seconds = 0;
  std::vector<Block> blocks;  // in reading order
  std::vector<Table> tables;
  std::vector<HiddenText> hidden_text;
  std::vector<Warning> warnings;  // of this page; written with the document's
};

struct DocumentFile {
  std::string name;  // without folders
  std::string type;  // "pdf", "jpeg", "png", "tiff", "webp"
  uint64_t bytes = 0;
  std::string sha256;  // 64 hexadecimal digits
};
struct Document {
  enum class Status { ok, partial };
  DocumentFile file;
  Status status = Status::ok;
  std::vector<Warning> warnings;  // of the document, and of all pages
  int64_t page_count = 0;         // of the file; pages may be fewer when a range was asked for
  std::vector<Page> pages;
};

// A document that could not be read at all: the sentence, the exit code (Fault) and the short code of documents.md 9.
class DocumentFailure : public Error {
 public:
  DocumentFailure(Fault fault, std::string code, const std::string& sentence) : Error(fault, sentence), code_(std::move(code)) {}
  const std::string& code() const {
    return code_;
  }  // "empty", "unsupported_format", "corrupt", "encrypted", "no_pages", "too_large", ...
  const DocumentFile& file() const { return file_; }  // what is known of it; an empty name: nothing
  DocumentFailure about(DocumentFile file) const {
    DocumentFailure failure = *this;
    failure.file_ = std::move(file);
    return failure;
  }

 private:
  std::string code_;
  DocumentFile file_;
};

}  // namespace bifrons
