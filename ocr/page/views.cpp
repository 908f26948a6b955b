// ocr/page/views.cpp - see views.h.
#include "ocr/page/views.h"

#include <algorithm>

#include "ocr/page/other_script.h"
#include "ocr/page/sample.h"
#include "ocr/page/script.h"
#include "ocr/page/seen_letters.h"

namespace bifrons {
namespace {

constexpr size_t few_glyphs = 150;    // a page of no more is no larger than a sample: one line of it might mislead
constexpr double mostly_latin = 0.7;  // of a sample's letters and figures

struct Count {
  double letters = 0, latin = 0;  // letters and figures; letters without accents
};
Count count(const FoundWord& word) {
  Count result;
  for (char32_t c : characters(word.text)) result.letters += is_letter_or_digit(c), result.latin += is_latin(c);
  return result;
}

}  // namespace

double trust(const Reading& reading) {
  constexpr double sure_word = 90, full = 95, enough = 0.35;  // confidence; of 100; of all letters
  double all = 0, proof = 0;
  for (const auto& word : reading.words) {
    const auto [letters, latin] = count(word);
    all += letters;
    if (word.confidence >= sure_word && latin >= 3) proof += latin;
  }
  return std::max(reading.confidence, all > 0 ? full * std::min(1.0, proof / (enough * all)) : 0);
}

PageViews::PageViews(const cv::Mat& gray, const Analysis& analysis, const RecogniseOptions& options, Engine* han,
                     Deadline deadline)
    : gray_(gray), analysis_(analysis), options_(options), han_(han), deadline_(deadline) {}

const Prepared& PageViews::prepared(int turned) {
  for (const auto& p : made_)
    if (p.turned == turned) return p;
  if (made_.size() > 1) made_.erase(made_.begin());
  made_.push_back(prepare(gray_, analysis_, options_, turned));
  return made_.back();
}

Reading PageViews::read(const View& view, const cv::Rect& area, Segmentation segmentation) {
  const Prepared& page = prepared(view.turned);
  const WithoutTicks hidden(page.gray, view.engine->ideographs() ? Marks{} : page.marks);
  return view.engine->read(page.gray(area), segmentation, deadline_);
}

Reading PageViews::read(const View& view, Segmentation segmentation) {
  return read(view, cv::Rect({}, prepared(view.turned).gray.size()), segmentation);
}

Sample PageViews::sample(const View& view) {
  const Prepared& page = prepared(view.turned);
  const cv::Rect band =
      analysis_.ink.glyphs.size() > few_glyphs ? sample_band(page, view.vertical) : cv::Rect({}, page.gray.size());
  const Reading reading = read(view, band, view.vertical ? Segmentation::vertical_block : Segmentation::column);
  Count found;
  for (const auto& word : reading.words) {
    const auto [letters, latin] = count(word);
    found.letters += letters, found.latin += latin;
  }
  // A few letters read with confidence are no proof where there are many.
  const double expected = std::max(4.0, 0.35 * glyphs_inside(analysis_, page, band));
  return {trust(reading) * std::min(1.0, found.letters / expected), found.latin > mostly_latin * found.letters};
}

Segmentation PageViews::way_of(const View& view) {
  if (view.vertical) return Segmentation::vertical_block;
  // The search for columns loses parts of rows that stand far apart.
  return parted(analysis_, prepared(view.turned)) ? Segmentation::block : Segmentation::column;
}

double PageViews::lost(const View& view, const Reading& reading) {
  return view.vertical ? 0 : lost_share(analysis_, prepared(view.turned), reading);
}

double PageViews::worth(const View& view, const Reading& reading) { return trust(reading) * (1 - lost(view, reading)); }

bool PageViews::add_ideographs(const View& view, Reading& reading) {
  if (view.vertical || view.engine->ideographs() || !han_ || !reading.in_time) return false;
  const Prepared& page = prepared(view.turned);
  if (!read_ideographs_among(reading, page.gray, glyphs_on(analysis_, page),
                             [&](const cv::Mat& place) { return han_->read(place, Segmentation::block, deadline_); }))
    return false;
  // Scraps that looked like Latin words were passed over: single words beside their translation.
  const View chinese{view.turned, han_, false};
  if (const Reading all = read(chinese, way_of(view)); all.in_time) take_ideographs(reading, all);
  return true;
}

}  // namespace bifrons
