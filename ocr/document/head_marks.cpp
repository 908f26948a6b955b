// ocr/document/head_marks.cpp - see head_marks.h.
#include "ocr/document/head_marks.h"

#include <iterator>

namespace bifrons {
namespace {

Box hull_of(const std::vector<Line>& lines) {
  Box box = lines.front().box;
  for (const Line& line : lines) box = hull(box, line.box);
  return box;
}

}  // namespace

void split_block(Page& page, size_t block, size_t at) {
  Block& first = page.blocks[block];
  if (at == 0 || at >= first.lines.size())
    fail(Fault::arguments, "a block of ", first.lines.size(), " lines cannot be split before line ", at);
  Block second;
  second.type = first.type;
  const auto cut = first.lines.begin() + ptrdiff_t(at);
  second.lines.assign(std::make_move_iterator(cut), std::make_move_iterator(first.lines.end()));
  first.lines.erase(cut, first.lines.end());
  first.box = hull_of(first.lines);
  second.box = hull_of(second.lines);
  page.blocks.insert(page.blocks.begin() + ptrdiff_t(block) + 1, std::move(second));
}

void number_blocks(Page& page) {
  for (size_t i = 0; i < page.blocks.size(); ++i)
    page.blocks[i].id = "p" + std::to_string(page.page) + "b" + std::to_string(i + 1);
}

std::vector<HeadMark> head_marks(const Page& marked) {
  std::vector<HeadMark> marks;
  size_t line = 0;
  for (const Block& block : marked.blocks) {
    if ((block.type == Block::Type::header || block.type == Block::Type::footer) && !block.lines.empty())
      marks.push_back({line, block.lines.size(), block.type, block.repeats});
    line += block.lines.size();
  }
  return marks;
}

void mark_heads(Page& page, const std::vector<HeadMark>& marks) {
  size_t line = 0;  // the first of the block
  bool split = false;
  auto mark = marks.begin();
  for (size_t i = 0; i < page.blocks.size() && mark != marks.end();) {
    const size_t lines = page.blocks[i].lines.size();
    if (mark->first_line >= line + lines) {
      line += lines;
      ++i;
    } else if (mark->first_line > line) {  // a last line that was cut off
      split_block(page, i, mark->first_line - line);
      split = true;
    } else if (mark->lines < lines) {  // a first one
      split_block(page, i, mark->lines);
      split = true;
    } else {
      page.blocks[i].type = mark->type;
      page.blocks[i].repeats = mark->repeats;
      line += lines;
      ++i, ++mark;
    }
  }
  if (split) number_blocks(page);
}

}  // namespace bifrons
