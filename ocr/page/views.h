// ocr/page/views.h - one page, looked at in different ways: turned, through one engine or another, across or downwards; and how
// much is to be thought of what was read.
#pragma once

#include <vector>

#include "ocr/page/engine.h"
#include "ocr/page/prepare.h"

namespace bifrons {

struct View {
  int turned = 0;
  Engine* engine = nullptr;
  bool vertical = false;
  bool operator==(const View&) const = default;
};

struct Sample {
  double confidence = 0;  // in having looked the right way, 0 to 100
  bool latin = false;     // its letters mostly are
};

// Confidence in having looked the right way, 0 to 100: the mean over the words; or whole words of Latin letters read surely,
// which no wrong turn or writing gives, however badly the rest is read.
double trust(const Reading& reading);

class PageViews {
 public:
  // All are to outlive it. `gray`: the whole picture; `han`: reads ideographs among Latin writing, or null.
  PageViews(const cv::Mat& gray, const Analysis& analysis, const RecogniseOptions& options, Engine* han, Deadline deadline);

  const Prepared& prepared(int turned);  // good until another turn is asked for
  Sample sample(const View& view);
  Reading read(const View& view, Segmentation segmentation);                        // the whole
  Reading read(const View& view, const cv::Rect& area, Segmentation segmentation);  // of the prepared picture
  Segmentation way_of(const View& view);
  // Share of the letters seen that no word covers; of vertical writing nothing is known.
  double lost(const View& view, const Reading& reading);
  // Trust in a reading of the whole, by what it covers.
  double worth(const View& view, const Reading& reading);
  // Ideographs among Latin writing. True: words were replaced. The other way round nothing need be done: the data of Chinese know
  // the Latin letters.
  bool add_ideographs(const View& view, Reading& reading);
  Deadline deadline() const { return deadline_; }

 private:
  cv::Mat gray_;
  const Analysis& analysis_;
  const RecogniseOptions& options_;
  Engine* han_;
  Deadline deadline_;
  std::vector<Prepared> made_;  // two at most, for memory's sake
};

}  // namespace bifrons
