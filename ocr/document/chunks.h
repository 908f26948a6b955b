// ocr/document/chunks.h - a page cut into passages for search and prompts: whole lines, about 120 words (200 ideographs), two
// lines of overlap, never across pages; table rows stay whole and carry the table's head. Source: documents.md 6.
//
// A new passage begins at a heading once a quarter is full. Running heads and page numbers (blocks header, footer) go in on page
// 1 only: they say the same on every page and would fill every answer of a search.
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

}  // namespace bifrons
