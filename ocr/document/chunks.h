// ocr/document/chunks.h - a page cut into passages for search and prompts: whole lines, about 120 words (200 ideographs), two
// lines of overlap, never across pages; table rows stay whole and carry the table's head. Source: documents.md 6.
//
// A new passage begins at a heading once a quarter is full. Running heads and page numbers that say the same as those of an
// earlier page (Block::repeats) are left out: they would fill every answer of a search.
#pragma once

#include <string>
#include <vector>

#include "ocr/document/document.h"

namespace bifrons {

struct Chunk {
  int64_t page = 0;
  std::vector<std::string> lines;  // ids, in reading order
  Box box;                         // hull of the lines, but for a repeated table head
  std::string heading;             // the heading above it (its own, where it begins with one), or empty
  std::string text;                // lines joined by newlines
};

struct ChunkOptions {
  int words = 120, ideographs = 200, overlap_lines = 2;
};
// `heading` is the last heading of the pages before, and of this page afterwards.
std::vector<Chunk> make_chunks(const Page& page, std::string& heading, const ChunkOptions& options = {});
Chunk repeated_heads(const Page& page);  // what make_chunks() leaves out: quotations of it are found all the same

}  // namespace bifrons
