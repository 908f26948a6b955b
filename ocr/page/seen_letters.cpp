// ocr/page/seen_letters.cpp - see seen_letters.h.
#include "ocr/page/seen_letters.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ocr/page/rows.h"

namespace bifrons {
namespace {

// From the first look's pixels to the prepared picture's.
Map look_to_page(const Analysis& analysis, const Prepared& page) {
  return page.back.inv() * analysis.back * turn_map(page.turned, analysis.flat.width, analysis.flat.height) *
         scale_map(1 / analysis.scale, 1 / analysis.scale);
}

}  // namespace

double glyphs_inside(const Analysis& analysis, const Prepared& page, const cv::Rect& area) {
  const Map forward = look_to_page(analysis, page);
  double count = 0;
  for (const auto& g : upright(analysis.ink.glyphs, page.turned, analysis.cleaned.size())) {
    const cv::Point2d p = through(forward, g.x + g.width / 2.0, g.y + g.height / 2.0);
    count += p.x >= area.x && p.y >= area.y && p.x < area.x + area.width && p.y < area.y + area.height;
  }
  return count;
}

Glyphs glyphs_on(const Analysis& analysis, const Prepared& page) {
  const Map forward = look_to_page(analysis, page);
  Glyphs glyphs;
  for (const auto& g : upright(analysis.ink.glyphs, page.turned, analysis.cleaned.size())) {
    const cv::Point2d a = through(forward, g.x, g.y), b = through(forward, g.x + g.width, g.y + g.height);
    glyphs.emplace_back(cv::Point(cvRound(a.x), cvRound(a.y)), cv::Point(cvRound(b.x), cvRound(b.y)));
  }
  return glyphs;
}

double lost_share(const Analysis& analysis, const Prepared& page, const Reading& reading) {
  const Glyphs glyphs = upright(analysis.ink.glyphs, page.turned, analysis.cleaned.size());
  const double height = glyph_height(glyphs);
  const Map forward = look_to_page(analysis, page);
  const double near = 0.6 * page.glyph;  // boxes of ideographs are narrower than the ideographs
  double all = 0, lost = 0;
  for (size_t i = 0; i < glyphs.size(); ++i) {
    const cv::Rect& g = glyphs[i];
    if (g.height < 0.7 * height || g.height > 3 * height || g.width > 4 * height) continue;
    const cv::Point2d p = through(forward, g.x + g.width / 2.0, g.y + g.height / 2.0);
    ++all;
    const auto within = [&](double beside, double above) {
      return std::any_of(reading.words.begin(), reading.words.end(), [&](const FoundWord& w) {
        return p.x >= w.box.x - beside && p.x <= w.box.x + w.box.width + beside && p.y >= w.box.y - above &&
               p.y <= w.box.y + w.box.height + above;
      });
    };
    // A coffee ring in the white is nothing lost; one across the lines may hide letters.
    lost += !within(near, near) && (!among_specks(analysis.ink, analysis.ink.glyphs[i]) || within(3 * page.glyph, 0));
  }
  return all > 0 ? lost / all : 0;
}

bool parted(const Analysis& analysis, const Prepared& page) {
  constexpr double far = 0.2, least_share = 0.4;  // of a row's width; of the rows
  const Glyphs glyphs = upright(analysis.ink.glyphs, page.turned, analysis.cleaned.size());
  const double height = glyph_height(glyphs);
  const Map forward = look_to_page(analysis, page);
  std::vector<Item> letters;
  for (const auto& g : glyphs) {
    if (g.height < 0.6 * height || g.height > 3 * height) continue;
    const cv::Point2d a = through(forward, g.x, g.y), b = through(forward, g.x + g.width, g.y + g.height);
    Item letter;
    letter.box = {std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)};
    letters.push_back(std::move(letter));
  }
  double rows = 0, parts = 0;
  for (const Row& row : rows_of(std::move(letters))) {
    if (row.items.size() < 6) continue;
    double reached = row.box.x0, widest = 0;
    for (const Item& letter : row.items) {
      widest = std::max(widest, letter.box.x0 - reached);
      reached = std::max(reached, letter.box.x1);
    }
    ++rows, parts += widest > far * (row.box.x1 - row.box.x0);
  }
  return parts > least_share * rows;
}

}  // namespace bifrons
