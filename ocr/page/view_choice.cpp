// ocr/page/view_choice.cpp - see view_choice.h.
#include "ocr/page/view_choice.h"

#include <algorithm>

namespace bifrons {

constexpr double apart = 40;  // lead over the next view with which `sure` is enough

ViewChoice::ViewChoice(PageViews& page, const Engines& engines, const Analysis& analysis, bool orient, bool few)
    : page_(page),
      across_(engines.across.get()),
      han_(engines.han.get()),
      down_(engines.down.get()),
      orient_(orient),
      few_(few),
      squares_(han_ && analysis.squares),
      unclear_(analysis.turns.doubtful),
      turns_({0}) {
  if (few && across_) han_ = squares_ ? han_ : nullptr, down_ = nullptr;
  if (orient) turns_ = analysis.turns.turns;
  if (few && turns_.size() > 2) turns_.resize(2);
}

View ViewChoice::likeliest() const { return {turns_[0], squares_ ? han_ : across_, false}; }

bool ViewChoice::doubtful() const { return !likeliest().engine || (unclear_ && (squares_ || orient_)); }

const Sample& ViewChoice::judge(const View& view) {
  for (const auto& [seen, sample] : judged_)
    if (seen == view) return sample;
  return judged_.emplace_back(view, page_.sample(view)).second;
}

// The views that were considered so far.
class ViewChoice::Race {
 public:
  Race(ViewChoice& choice, double enough) : choice_(choice), enough_(enough) {}

  bool run(View view) {  // true: no other need be looked at
    if (!view.engine) return false;
    const Sample sample = choice_.judge(view);
    double confidence = sample.confidence;
    // The data of Chinese know Latin letters; those of English read them better. What is read surely with both stands upright.
    if (const View english{view.turned, choice_.across_, false};
        english.engine && view.engine != english.engine && sample.latin && choice_.judge(english).confidence >= sure) {
      if (view.vertical)
        confidence /= 2;
      else
        view = english;
    }
    if (confidence > most)
      second = most, most = confidence, best = view;
    else
      second = std::max(second, confidence);
    if (!best.vertical && second >= 0 && most >= sure && most - second > apart) return true;
    return most >= (best.vertical ? std::max(enough_, sure_down) : enough_);
  }

  View best;
  double most = -1, second = -1;

 private:
  ViewChoice& choice_;
  double enough_;
};

View ViewChoice::best(double enough) {
  Race race(*this, enough);
  const bool upright = turns_[0] % 180 == 0;
  if (squares_ && race.run(upright ? View{turns_[0], han_, false} : View{0, down_, true})) return race.best;
  for (size_t i = 0; i < turns_.size(); ++i) {
    if (race.run({turns_[i], across_, false})) return race.best;
    const bool side = turns_[i] % 180 != 0;  // lines along the page: vertical writing is likelier than ideographs on their side
    if (i == 0 && side) {
      if (race.run({0, down_, true})) return race.best;
      // What is read downwards this well is vertical writing, unless it reads better across.
      if (race.best.vertical && race.most >= sure && (race.run({0, han_, false}) || race.best.vertical)) return race.best;
    }
    if (race.run({turns_[i], han_, false})) return race.best;
    // Single ideographs read well downwards too, those of an upright line in the wrong order: after both turns of such lines.
    if (i == std::min(turns_.size() - 1, size_t(1)) && upright && race.run({0, down_, true})) return race.best;
    if (i == 1 && race.most >= sure && enough < certain) return race.best;  // the other two turns have no lines at all
  }
  return race.best;
}

void ViewChoice::disappointed(const View& view, double worth) {
  const auto known = std::find_if(judged_.begin(), judged_.end(), [&](const auto& sample) { return sample.first == view; });
  Sample& sample = known == judged_.end() ? judged_.emplace_back(view, Sample{}).second : known->second;
  sample.confidence = worth;
  if (orient_ && !few_) turns_ = {0, 90, 180, 270};
}

}  // namespace bifrons
