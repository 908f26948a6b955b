// ocr/page/recognise.cpp - see recognise.h: which way up, which writing, then the whole page.
#include "ocr/page/recognise.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <opencv2/core.hpp>

#include "ocr/page/clean.h"
#include "ocr/page/dark_blocks.h"
#include "ocr/page/doubled_rows.h"
#include "ocr/page/engines.h"
#include "ocr/page/fixed_pitch.h"
#include "ocr/page/letter_shapes.h"
#include "ocr/page/merged_rows.h"
#include "ocr/page/script.h"
#include "ocr/page/specks.h"
#include "ocr/page/view_choice.h"
#include "ocr/page/views.h"
#include "ocr/page/word_boxes.h"

namespace bifrons {
namespace {

constexpr double doubtful = 75;        // mean confidence below which another turn or writing is tried
constexpr double hopeless = 30;        // below it a whole picture holds no text; the worst pages that hold some reach 60
constexpr double nonsense = 50;        // below it a picture beside text holds no text: another way of reading will not find any
constexpr double most_lost = 0.02;     // of the letters: above it the page is read again in another way
constexpr double dust = 75;            // words without letters or digits are dropped below this confidence
constexpr double least_dash = 45;      // the same for what has the place and the shape of a dash
constexpr double much_smaller = 0.95;  // of the wanted resolution: a straightened page is a little larger than it was

bool has_letter_or_digit(const std::string& text) {
  const auto letters = characters(text);
  return std::any_of(letters.begin(), letters.end(), is_letter_or_digit);
}

// A dash by itself, as it stands in cells with nothing to say: flat, above the base line.
bool looks_like_dash(const FoundWord& word) {
  constexpr double flat = 1.8, least = 0.1, most = 0.5;  // width over height; of the row's height, from the base to its middle
  if (word.text != "-" && word.text != "\u2013" && word.text != "\u2014") return false;
  const double above = word.base - (word.box.y + word.box.height / 2.0);
  return word.box.width >= flat * word.box.height && above > least * word.size && above < most * word.size;
}

// One way of reading the whole page, and what it gave.
struct Attempt {
  View view;
  Segmentation way;
  Reading reading;
  bool mixed = false;  // ideographs were found among Latin writing
};

Attempt read_whole(PageViews& page, const View& view, Segmentation way) {
  Attempt attempt{view, way, page.read(view, way)};
  attempt.mixed = page.add_ideographs(view, attempt.reading);
  return attempt;
}

// The page, read in the way that gives most.
Attempt read_best(PageViews& page, ViewChoice& choice, bool few) {
  const View view = choice.doubtful() ? choice.best(sure) : choice.likeliest();
  Attempt best = read_whole(page, view, page.way_of(view));
  if (const double worth = page.worth(view, best.reading); worth < doubtful && best.reading.in_time) {
    choice.disappointed(view, worth);
    if (const View other = choice.best(certain); !(other == view))
      if (Attempt again = read_whole(page, other, page.way_of(other)); page.worth(other, again.reading) > worth)
        best = std::move(again);
  }
  const double lost = page.lost(best.view, best.reading);
  if (lost > most_lost && best.reading.in_time && !(few && best.reading.confidence < nonsense)) {
    Attempt again = read_whole(page, best.view, best.way == Segmentation::block ? Segmentation::column : Segmentation::block);
    if (again.reading.in_time &&
        (1 - page.lost(again.view, again.reading)) * again.reading.confidence > (1 - lost) * best.reading.confidence)
      best = std::move(again);
  }
  return best;
}

// What the engine is known to do wrong in rows.
void mend(PageViews& page, const View& view, Reading& reading) {
  if (view.vertical) return;
  const Prepared& prepared = page.prepared(view.turned);
  const bool ideographs = view.engine->ideographs();
  const WithoutTicks hidden(prepared.gray, ideographs ? Marks{} : prepared.marks);
  const auto again = [&](const cv::Mat& place, Segmentation segmentation) {
    return view.engine->read(place, segmentation, page.deadline());
  };
  mend_merged_rows(reading, prepared.gray, [&](const cv::Mat& place) { return again(place, Segmentation::block); });
  mend_doubled_rows(reading, prepared.gray.size(),
                    [&](const cv::Rect& place) { return again(prepared.gray(place), Segmentation::line); });
  if (ideographs) return;
  if (const auto pitch = find_pitch(reading.words)) {
    join_words(reading.words, *pitch);
    mend_by_shapes(reading.words, *pitch, prepared.gray);
  }
  fit_boxes(reading.words, prepared.gray);
}

double skew_of(const Analysis& analysis, const Prepared& page) {
  if (!analysis.photo) return page.skew;
  // Of the text in the picture's own frame, in the middle of the page.
  const double x = page.gray.cols / 2.0, y = page.gray.rows / 2.0;
  const cv::Point2d along = through(page.back, x + 1, y) - through(page.back, x, y);
  return std::remainder(std::atan2(along.y, along.x) * 180 / CV_PI - page.turned, 360);
}

// Words in the frame of a picture of `size`, and their mean confidence.
void place_words(const Prepared& page, const Reading& reading, cv::Size size, PageWords& result) {
  double sum = 0, weight = 0;
  for (const auto& word : reading.words) {
    if (word.confidence < (looks_like_dash(word) ? least_dash : dust) && !has_letter_or_digit(word.text)) continue;
    PlacedWord placed{.text = word.text, .confidence = word.confidence, .size = word.size / page.scale};
    placed.quad = quad_through(page.back, word.box.x, word.box.y, word.box.x + word.box.width, word.box.y + word.box.height);
    for (size_t i = 0; i < 8; ++i) placed.quad[i] = std::clamp<double>(placed.quad[i], 0, i % 2 ? size.height : size.width);
    sum += word.confidence * double(word.text.size()), weight += double(word.text.size());
    result.words.push_back(std::move(placed));
  }
  if (weight > 0) result.confidence = sum / weight;
}

void place_marks(const Prepared& page, const Attempt& attempt, PageWords& result) {
  const auto middle = [&](double x0, double y0, double x1, double y1) {
    const cv::Point2d a = through(page.back, x0, y0), b = through(page.back, x1, y1);
    result.rules.push_back({a.x, a.y, b.x, b.y});
  };
  for (const auto& r : page.marks.level) middle(r.x, r.y + r.height / 2.0, r.x + r.width, r.y + r.height / 2.0);
  for (const auto& r : page.marks.upright) middle(r.x + r.width / 2.0, r.y, r.x + r.width / 2.0, r.y + r.height);
  if (attempt.view.engine->ideographs()) return;  // some look like boxes
  for (const auto& tick : page.marks.ticks) {
    const cv::Point inside = (tick.box.tl() + tick.box.br()) / 2;
    const auto& words = attempt.reading.words;
    if (attempt.mixed && std::any_of(words.begin(), words.end(), [&](const FoundWord& w) { return w.box.contains(inside); }))
      continue;
    const auto q = quad_through(page.back, tick.box.x, tick.box.y, tick.box.x + tick.box.width, tick.box.y + tick.box.height);
    const auto [x0, x1] = std::minmax({q[0], q[2], q[4], q[6]});
    const auto [y0, y1] = std::minmax({q[1], q[3], q[5], q[7]});
    result.ticks.push_back({{x0, y0, x1, y1}, tick.ticked});
  }
}

PageWords no_writing() {
  PageWords result;
  result.warnings.push_back({"no_writing", 0, "nothing on the picture reads as writing"});
  return result;
}

}  // namespace

struct Recogniser::State {
  RecogniseOptions options;
  Engines engines;
};

Recogniser::Recogniser(const RecogniseOptions& options)
    : state_(std::make_unique<State>(State{options, make_engines(options.languages)})) {}
Recogniser::~Recogniser() = default;

std::vector<std::string> Recogniser::files() const {
  std::vector<std::string> languages;
  for (const auto* engine : {&state_->engines.across, &state_->engines.han, &state_->engines.down})
    if (*engine) languages.insert(languages.end(), (*engine)->languages().begin(), (*engine)->languages().end());
  return engine_files(language_folder(), languages);
}

PageWords Recogniser::read(const Picture& picture, double seconds, Views views) {
  const State& s = *state_;
  if (picture.width < 8 || picture.height < 8) return {};
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(int64_t(seconds * 1000));
  cv::Mat gray = gray_of(picture);
  Analysis analysis = analyse(gray, s.options.prepare);
  if (analysis.ink.glyphs.empty()) return {};
  if (scattered(analysis.ink)) return no_writing();  // it would keep the engine busy for minutes
  if (s.options.prepare.invert && !analysis.inverted)
    if (auto light = without_dark_blocks(gray, glyph_height(analysis.ink.glyphs) / analysis.scale)) {
      gray = *light;
      analysis = analyse(gray, s.options.prepare);
      if (analysis.ink.glyphs.empty()) return {};
    }
  if (s.options.prepare.despeckle && !analysis.inverted)
    gray = without_specks(gray, glyph_height(analysis.ink.glyphs) / analysis.scale);

  const bool few = views == Views::upright;
  PageViews page(gray, analysis, s.options, s.engines.han.get(), deadline);
  ViewChoice choice(page, s.engines, analysis, s.options.prepare.orient, few);
  Attempt best = read_best(page, choice, few);
  mend(page, best.view, best.reading);

  const Prepared& prepared = page.prepared(best.view.turned);
  PageWords result;
  result.turned = best.view.turned, result.skew = skew_of(analysis, prepared), result.vertical = best.view.vertical;
  result.languages = best.view.engine->languages();
  if (best.mixed) {
    const auto& others = s.engines.han->languages();
    result.languages.insert(result.languages.end(), others.begin(), others.end());
  }
  place_words(prepared, best.reading, {picture.width, picture.height}, result);
  if (!result.words.empty() && result.confidence < hopeless && trust(best.reading) < hopeless)
    return no_writing();  // a photo, a drawing: read in every way, and as nothing in all
  place_marks(prepared, best, result);
  if (prepared.whole < much_smaller)
    result.warnings.push_back({"resolution_lowered", 0,
                               "the picture is recognised at " + std::to_string(int(100 * prepared.whole)) +
                                   " % of the resolution that its letters ask for, to stay within the limit of pixels"});
  if (!best.reading.in_time)
    result.warnings.push_back({"timeout", 0, "recognition did not finish within its time limit; what it had found is given"});
  return result;
}

std::string Recogniser::read_line(const Picture& picture, const Box& area, double seconds) {
  const State& s = *state_;
  const cv::Mat gray = gray_of(picture);
  const int x0 = std::clamp(int(std::floor(area.x0)), 0, gray.cols), x1 = std::clamp(int(std::ceil(area.x1)), 0, gray.cols);
  const int y0 = std::clamp(int(std::floor(area.y0)), 0, gray.rows), y1 = std::clamp(int(std::ceil(area.y1)), 0, gray.rows);
  if (x1 - x0 < 8 || y1 - y0 < 8) return {};
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(int64_t(seconds * 1000));
  PrepareSteps steps = s.options.prepare;
  steps.rectify = steps.orient = false;
  RecogniseOptions options = s.options;
  options.prepare = steps;
  const cv::Mat cut = gray(cv::Rect(x0, y0, x1 - x0, y1 - y0)).clone();
  const Prepared page = prepare(cut, analyse(cut, steps), options, 0);
  Reading best;
  for (Engine* engine : {s.engines.across.get(), s.engines.han.get()}) {
    if (!engine || (best.confidence >= doubtful && !best.words.empty())) continue;
    Reading reading = engine->read(page.gray, Segmentation::block, deadline);
    if (reading.confidence > best.confidence) best = std::move(reading);
  }
  std::string text;
  for (const auto& word : best.words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

Recogniser::Letters Recogniser::letters_outside(const Picture& picture, const std::vector<Box>& words) const {
  const Analysis analysis = analyse(gray_of(picture), state_->options.prepare);
  const double height = glyph_height(analysis.ink.glyphs),
               near = height / analysis.scale;  // layers of scans lie roughly on the ink
  const Map to_picture = analysis.back * scale_map(1 / analysis.scale, 1 / analysis.scale);
  Letters letters;
  for (const auto& g : analysis.ink.glyphs) {
    if (g.height < 0.7 * height || g.height > 3 * height || g.width > 4 * height) continue;
    const cv::Point2d p = through(to_picture, g.x + g.width / 2.0, g.y + g.height / 2.0);
    ++letters.all;
    letters.outside += std::none_of(words.begin(), words.end(), [&](const Box& box) {
      return p.x >= box.x0 - near && p.x <= box.x1 + near && p.y >= box.y0 - near && p.y <= box.y1 + near;
    });
  }
  return letters;
}

}  // namespace bifrons
