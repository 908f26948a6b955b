// ocr/document/exports.h - a document as JSON, plain text, Markdown, hOCR and ALTO, and back from JSON. Source: documents.md 4.
// The same document gives the same bytes. Invalid UTF-8 in a text comes out as U+FFFD.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "ocr/document/document.h"

namespace bifrons {

// A long document's pages need not be in memory together: calls `visit` with each, in order, as often as it is called itself.
using EachPage = std::function<void(const std::function<void(const Page&)>& visit)>;
using WriteText = std::function<void(std::string_view)>;  // takes the next piece of an export

std::string document_json(const Document& document);  // UTF-8, fixed key order, numbers with at most two decimals
std::string document_json(const DocumentFile& file, const DocumentFailure& failure);  // "status":"error"
std::string document_json(const Document& document, const DocumentFailure& failure);  // the same, with what is known of it
// The same bytes; `document` has no pages, `failure` may be null.
void write_json(const Document& document, const EachPage& pages, const DocumentFailure* failure, const WriteText& write);
// One line, no newline at its end: a page as in document_json, and after it, if there are any, its "warnings".
std::string page_json(const Page& page);
std::string warnings_json(const std::vector<Warning>& warnings);  // an array

// Nothing is trusted: kinds, ranges, UTF-8, order and finiteness of every number, how many of everything; boxes may stand out of
// the page by a tenth of its longer side (hidden text off the page: by any finite length up to 1e7). Throws Fault::unreadable
// with what is wrong and where. Unknown keys are ignored.
Page parse_page(std::string_view json);
std::vector<Warning> parse_warnings(std::string_view json);

// Levels of headings by their size, 1 the largest, 3 the smallest, alike on all the pages that were added. Sizes are told by the
// boxes of the words: of recognised ones with a look at which letters rise and hang.
class HeadingLevels {
 public:
  void add(const Page& page);
  int level(const Block& block) const;

 private:
  std::set<double> sizes_;
};

std::string plain_text(const Page& page);          // one line a line, a blank one between blocks
std::string plain_text(const Document& document);  // pages joined by form feeds
std::string markdown(const Page& page);            // headings, lists, pipe tables
std::string markdown(const Page& page, const HeadingLevels& levels);
std::string markdown(const Block& block, const Page& page);
std::string markdown(const Document& document);
void write_markdown(const EachPage& pages, const WriteText& write);
// The lines with these ids, as they stand; those of a table's row as a row between pipes, with a rule below the table's head.
std::string passage_markdown(const Page& page, const std::set<std::string>& ids);
// The words of neighbouring lines joined: "infor-" + "mation is" gives "information" and "is". `whole` (a page's text) decides
// about hyphens that belong to the word: they stay if it stands there with one. Lines that gave all their words away are gone.
std::vector<std::string> join_hyphens(const std::vector<std::string>& lines, std::string_view whole = {});

// Pixels: of the recognition resolution where a page is in points (300 dpi if nothing was recognised), whole numbers.
std::string hocr(const Document& document);
void write_hocr(const DocumentFile& file, const EachPage& pages, const WriteText& write);
double hocr_scale(const Page& page);  // hOCR pixels per unit of the page
// ALTO 4. Unit: pixel for pictures, inch1200 (1/1200 inch, fractions kept) for points.
std::string alto(const Document& document);
void write_alto(const DocumentFile& file, const EachPage& pages, const WriteText& write);  // no byte of what cannot be written

EachPage pages_of(const Document& document);  // which must outlive it

std::string_view name_of(Block::Type type);
std::string_view name_of(Page::Source source);
std::string_view name_of(Page::Unit unit);
std::string_view name_of(HiddenText::Reason reason);

}  // namespace bifrons
