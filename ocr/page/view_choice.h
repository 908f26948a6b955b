// ocr/page/view_choice.h - which way up a page is and which writing it holds, judged by samples.
#pragma once

#include <utility>
#include <vector>

#include "ocr/page/engines.h"
#include "ocr/page/views.h"

namespace bifrons {

// Confidence of a sample (whose outer words are cut) from which nothing better is looked for. Wrong turns and writings stay below
// 45, but for horizontal ideographs read downwards, which reach 70. After a page that was read badly only `certain` is enough.
constexpr double sure = 60, sure_down = 75, certain = 88;

class ViewChoice {
 public:
  // `few`: a picture beside text that runs across; see Recogniser::Views::upright.
  ViewChoice(PageViews& page, const Engines& engines, const Analysis& analysis, bool orient, bool few);

  View likeliest() const;  // nothing is read
  bool doubtful() const;   // should more than the likeliest be looked at?
  View best(double enough);
  // The whole was read: its sample misled, and from now on all four turns may be.
  void disappointed(const View& view, double worth);

 private:
  class Race;
  const Sample& judge(const View& view);

  PageViews& page_;
  Engine *across_, *han_, *down_;
  bool orient_, few_, squares_, unclear_;  // unclear: the letters do not say how the page is turned
  std::vector<int> turns_;                 // the likeliest first
  std::vector<std::pair<View, Sample>> judged_;
};

}  // namespace bifrons
