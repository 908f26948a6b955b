// ocr/page/turned_lines.cpp - see turned_lines.h.
#include "ocr/page/turned_lines.h"

#include <algorithm>
#include <cmath>

namespace bifrons {
namespace {

constexpr double apart = 1.5;      // of a word's height: a wider space parts two lines of one height
constexpr double next_line = 0.9;  // of a line's height: a wider gap parts two blocks
constexpr double other_size = 1.2;

double height_of(const Box& box) { return box.y1 - box.y0; }

bool follows(const Row& above, const Row& row) {
  const double larger = std::max(height_of(above.box), height_of(row.box)),
               smaller = std::min(height_of(above.box), height_of(row.box));
  return row.box.y0 - above.box.y1 <= next_line * larger && row.box.y0 > above.box.y0 && larger <= other_size * smaller &&
         row.box.x0 < above.box.x1 && above.box.x0 < row.box.x1;
}

}  // namespace

Box box_in(const ReadingFrame& frame, const Box& page_box) {
  const auto q = quad_through(frame.from_page, page_box.x0, page_box.y0, page_box.x1, page_box.y1);
  const auto [x0, x1] = std::minmax({q[0], q[2], q[4], q[6]});
  const auto [y0, y1] = std::minmax({q[1], q[3], q[5], q[7]});
  return {x0, y0, x1, y1};
}

Turn turn_of(const PlacedWord& word, const ReadingFrame& main) {
  const cv::Point2d along =
      through(main.from_page, word.quad[2], word.quad[3]) - through(main.from_page, word.quad[0], word.quad[1]);
  if (along.x == 0 && along.y == 0) return {};
  // Slants of 45 degrees are common: they must not lie between two quarters.
  const double degrees = std::atan2(along.y, along.x) * 180 / CV_PI, quarters = std::round((degrees - 7) / 90);
  return {(int(quarters) + 4) % 4, degrees - 90 * quarters};
}

std::vector<TurnedLine> turned_lines(const Page& page, const PageWords& part, const ReadingFrame& main) {
  const ReadingFrame frame = reading_frame(page, part);
  std::vector<TurnedLine> lines;
  size_t blocks = 0;
  for (Row& whole : rows_of(items_of(part, frame))) {
    std::vector<Row> pieces;
    double reached = 0;
    for (Item& item : whole.items) {
      if (pieces.empty() || item.box.x0 - reached > apart * height_of(item.box)) {
        pieces.emplace_back();
        reached = item.box.x1;
      }
      reached = std::max(reached, item.box.x1);
      pieces.back().items.push_back(std::move(item));
    }
    for (Row& piece : pieces) {
      piece.box = hull_of(piece.items);
      const auto above =
          std::find_if(lines.rbegin(), lines.rend(), [&](const TurnedLine& line) { return follows(line.row, piece); });
      TurnedLine line;
      line.frame = frame;
      line.block = above == lines.rend() ? blocks++ : above->block;
      for (Item item : piece.items) {
        item.box = box_in(main, item.page_box);
        item.number = size_t(-1);  // not of the main frame
        line.box = line.in_main.empty() ? item.box : hull(line.box, item.box);
        line.in_main.push_back(std::move(item));
      }
      line.place = (line.box.y0 + line.box.y1) / 2;
      line.row = std::move(piece);
      lines.push_back(std::move(line));
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const TurnedLine& a, const TurnedLine& b) { return a.block < b.block; });
  return lines;
}

}  // namespace bifrons
