// ocr/document/head_marks.h - which lines of a page are running heads, small enough to keep for every page of a long document:
// they depend on the other pages that were asked for, so pages are stored without them and marked when they are handed out.
#pragma once

#include <vector>

#include "ocr/document/document.h"

namespace bifrons {

struct HeadMark {
  size_t first_line = 0, lines = 0;  // counted through the page
  Block::Type type = Block::Type::header;
  int64_t repeats = 0;  // as Block::repeats
};
std::vector<HeadMark> head_marks(const Page& marked);  // of a page from RunningHeads, from the first line to the last
// Makes the page that went into RunningHeads the one that came out of it.
void mark_heads(Page& page, const std::vector<HeadMark>& marks);

// Makes two blocks of one, the second beginning with its line `at`; blocks are numbered by number_blocks() afterwards.
void split_block(Page& page, size_t block, size_t at);
void number_blocks(Page& page);

}  // namespace bifrons
