// ocr/page/pieces.h - the connected pieces of ink of a picture in black and white, by runs: most of a page is white and costs
// nothing. OpenCV's connectedComponentsWithStats gives the same boxes, looks at every pixel and takes several times as long.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

namespace bifrons {

struct Piece {
  cv::Rect box;
  int pixels = 0;
};
// Of `ink` (one byte a pixel: 0 or 255); pixels are connected with all eight around them. In the order of their first pixels,
// from the top, along the rows.
std::vector<Piece> pieces_of(const cv::Mat& ink);

}  // namespace bifrons
