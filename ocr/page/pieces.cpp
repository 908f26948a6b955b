// ocr/page/pieces.cpp - see pieces.h.
#include "ocr/page/pieces.h"

#include <algorithm>
#include <cstring>

namespace bifrons {
namespace {

struct Run {
  int begin, end;  // columns; the end is white
  int piece;
};

// Pieces that were found to be one name each other: upwards, to the one seen first.
class Names {
 public:
  int add() {
    first_.push_back(int(first_.size()));
    return first_.back();
  }
  int of(int piece) {
    while (first_[size_t(piece)] != piece) {
      first_[size_t(piece)] = first_[size_t(first_[size_t(piece)])];
      piece = first_[size_t(piece)];
    }
    return piece;
  }
  int join(int a, int b) {
    a = of(a), b = of(b);
    first_[size_t(std::max(a, b))] = std::min(a, b);
    return std::min(a, b);
  }

 private:
  std::vector<int> first_;
};

void find_runs(const uint8_t* row, int width, std::vector<Run>& runs) {
  runs.clear();
  for (int x = 0; x < width;) {
    const void* found = std::memchr(row + x, 255, size_t(width - x));
    if (!found) return;
    const int begin = int(static_cast<const uint8_t*>(found) - row);
    for (x = begin + 1; x < width && row[x] != 0;) ++x;
    runs.push_back({begin, x, -1});
  }
}

}  // namespace

std::vector<Piece> pieces_of(const cv::Mat& ink) {
  Names names;
  std::vector<Piece> pieces;  // by name, those that were joined too
  std::vector<Run> above, here;
  for (int y = 0; y < ink.rows; ++y) {
    find_runs(ink.ptr<uint8_t>(y), ink.cols, here);
    size_t next = 0;  // of the runs above: the first that may still touch
    for (Run& run : here) {
      while (next < above.size() && above[next].end < run.begin) ++next;
      for (size_t i = next; i < above.size() && above[i].begin <= run.end; ++i)
        run.piece = run.piece < 0 ? names.of(above[i].piece) : names.join(run.piece, above[i].piece);
      const cv::Rect box(run.begin, y, run.end - run.begin, 1);
      if (run.piece < 0) {
        run.piece = names.add();
        pieces.push_back({box, box.width});
      } else {
        Piece& piece = pieces[size_t(run.piece)];
        piece.box |= box, piece.pixels += box.width;
      }
    }
    std::swap(above, here);
  }
  std::vector<Piece> result;
  for (int i = 0; i < int(pieces.size()); ++i) {
    const int first = names.of(i);
    if (first == i) continue;
    pieces[size_t(first)].box |= pieces[size_t(i)].box, pieces[size_t(first)].pixels += pieces[size_t(i)].pixels;
  }
  for (int i = 0; i < int(pieces.size()); ++i)
    if (names.of(i) == i) result.push_back(pieces[size_t(i)]);
  return result;
}

}  // namespace bifrons
