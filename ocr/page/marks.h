// ocr/page/marks.h - what is drawn on a page and is not writing: ruled lines and tick boxes. They are found and painted over
// before the page is recognised, so that no letter is made of them.
#pragma once

#include <utility>
#include <vector>

#include <opencv2/core.hpp>

namespace bifrons {

struct Marks {  // pixels of the picture that was looked at
  struct Tick {
    cv::Rect box;
    bool ticked = false;
  };
  std::vector<cv::Rect> level, upright;  // thin and long
  std::vector<Tick> ticks;               // only where there is no doubt
};
// `gray`: prepared, dark on white, straight. `glyph`: height of letters in it. `grainy`: thin lines may be torn.
Marks find_marks(const cv::Mat& gray, double glyph, bool grainy);
void paint_over_rules(cv::Mat& gray, const Marks& marks);

// Tick boxes painted over while it lives: among ideographs some look like boxes, so they may have to come back.
class WithoutTicks {
 public:
  WithoutTicks(const cv::Mat& gray, const Marks& marks);
  ~WithoutTicks();
  WithoutTicks(const WithoutTicks&) = delete;
  WithoutTicks& operator=(const WithoutTicks&) = delete;

 private:
  cv::Mat gray_;
  std::vector<std::pair<cv::Rect, cv::Mat>> kept_;
};

}  // namespace bifrons
