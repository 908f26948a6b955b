// ocr/page/recognise.cpp - see recognise.h: which way up, which writing, then the whole page.
#include "ocr/page/recognise.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <opencv2/core.hpp>

#include "ocr/page/clean.h"
#include "ocr/page/doubled_rows.h"
#include "ocr/page/engine.h"
#include "ocr/page/fixed_pitch.h"
#include "ocr/page/letter_shapes.h"
#include "ocr/page/merged_rows.h"
#include "ocr/page/other_script.h"
#include "ocr/page/prepare.h"
#include "ocr/page/rows.h"
#include "ocr/page/script.h"
#include "ocr/page/specks.h"
#include "ocr/page/word_boxes.h"

namespace bifrons {
namespace {

// Confidence of a sample (whose outer words are cut) from which nothing better is looked for. Wrong turns and writings stay below
// 45, but for horizontal ideographs read downwards, which reach 70. After a page that was read badly only `certain` is enough.
constexpr double sure = 60, sure_down = 75, certain = 88;
constexpr double apart = 40;          // lead over the next view with which `sure` is enough
constexpr size_t few_glyphs = 150;    // a page of no more is no larger than a sample: one line of it might mislead
constexpr double doubtful = 75;       // mean confidence below which another turn or writing is tried
constexpr double hopeless = 30;       // below it a whole picture holds no text; the worst pages that hold some reach 60
constexpr double nonsense = 50;       // below it a picture beside text holds no text: another way of reading will not find any
constexpr double most_lost = 0.02;    // of the letters: above it the page is read again in another way
constexpr double mostly_latin = 0.7;  // of a sample's letters and figures
constexpr double dust = 75;           // words without letters or digits are dropped below this confidence

bool installed(const std::vector<std::string>& languages, const std::string& name) {
  return std::find(languages.begin(), languages.end(), name) != languages.end();
}

bool vertical_name(const std::string& language) { return language.size() > 5 && language.ends_with("_vert"); }

// The part of `area`, about `length` pixels along its rows (or columns), that holds the most ink; its ends lie where within
// `slack` pixels the least ink is cut.
cv::Range most_crowded(const cv::Mat& area, bool rows, int length, int slack) {
  const int all = rows ? area.rows : area.cols;
  cv::Mat sums;
  cv::reduce(area, sums, rows ? 1 : 0, cv::REDUCE_SUM, CV_64F);
  const double white = 255.0 * (rows ? area.cols : area.rows);
  std::vector<double> ink(size_t(all) + 1, 0);  // cumulated
  for (int i = 0; i < all; ++i) ink[size_t(i) + 1] = ink[size_t(i)] + white - sums.at<double>(i);
  int best = 0;
  for (int i = 0; i + length <= all; i += std::max(1, length / 8))
    if (ink[size_t(i) + size_t(length)] - ink[size_t(i)] > ink[size_t(best) + size_t(length)] - ink[size_t(best)]) best = i;
  const auto whitest = [&](int middle) {
    int place = middle;
    double least = 1e300;
    for (int i = std::max(0, middle - slack); i <= std::min(all, middle + slack); ++i) {
      const double cut = i == 0 || i == all ? 0 : ink[size_t(i) + 1] - ink[size_t(i)];
      if (cut < least || (cut == least && std::abs(i - middle) < std::abs(place - middle))) least = cut, place = i;
    }
    return place;
  };
  return {whitest(best), whitest(std::min(all, best + length))};
}

// The most crowded part of the page, two or three lines high and some words long (turned for vertical writing): enough to judge
// by, and small beside the page, because several views may have to be judged.
cv::Rect sample_band(const Prepared& page, bool vertical) {
  const int across = vertical ? page.gray.cols : page.gray.rows, along = vertical ? page.gray.rows : page.gray.cols;
  const int least_band = vertical ? 90 : 140, least_length = vertical ? 400 : 720;  // pixels
  const int band = std::min(across, std::max(least_band, int(page.glyph * 5))),
            length = std::min(along, std::max(least_length, int(page.glyph * 28)));
  const int slack = std::min(int(1.2 * page.glyph), band / 4);
  const cv::Range lines = most_crowded(page.gray, !vertical, band, slack);
  const cv::Range words = most_crowded(vertical ? page.gray.colRange(lines) : page.gray.rowRange(lines), vertical, length, slack);
  return vertical ? cv::Rect(lines.start, words.start, lines.size(), words.size())
                  : cv::Rect(words.start, lines.start, words.size(), lines.size());
}

// From the first look's pixels to the prepared picture's.
Map look_to_page(const Analysis& analysis, const Prepared& page) {
  return page.back.inv() * analysis.back * turn_map(page.turned, analysis.flat.width, analysis.flat.height) *
         scale_map(1 / analysis.scale, 1 / analysis.scale);
}

double glyphs_inside(const Analysis& analysis, const Prepared& page, const cv::Rect& area) {
  const Map forward = look_to_page(analysis, page);
  double count = 0;
  for (const auto& g : upright(analysis.ink.glyphs, page.turned, analysis.cleaned.size())) {
    const cv::Point2d p = through(forward, g.x + g.width / 2.0, g.y + g.height / 2.0);
    count += p.x >= area.x && p.y >= area.y && p.x < area.x + area.width && p.y < area.y + area.height;
  }
  return count;
}

Glyphs glyphs_on(const Analysis& analysis, const Prepared& page) {  // in the prepared picture's frame
  const Map forward = look_to_page(analysis, page);
  Glyphs glyphs;
  for (const auto& g : upright(analysis.ink.glyphs, page.turned, analysis.cleaned.size())) {
    const cv::Point2d a = through(forward, g.x, g.y), b = through(forward, g.x + g.width, g.y + g.height);
    glyphs.emplace_back(cv::Point(cvRound(a.x), cvRound(a.y)), cv::Point(cvRound(b.x), cvRound(b.y)));
  }
  return glyphs;
}

// Share of the letters seen in the first look that no word covers.
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

// Do most rows consist of two parts far from each other, like the things and prices of a receipt? Not the rows of two columns of
// prose: the white between those is narrow beside them.
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

bool is_latin(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool has_letter_or_digit(const std::string& text) {
  for (char32_t c : characters(text))
    if (is_letter_or_digit(c)) return true;
  return false;
}

// Confidence in having looked the right way, 0 to 100: the mean over the words; or whole words of Latin letters read surely,
// which no wrong turn or writing gives, however badly the rest is read.
double trust(const Reading& reading) {
  constexpr double sure_word = 90, full = 95, enough = 0.35;  // confidence; of 100; of all letters
  double all = 0, proof = 0;
  for (const auto& word : reading.words) {
    double letters = 0, latin = 0;
    for (char32_t c : characters(word.text)) {
      letters += is_letter_or_digit(c);
      latin += is_latin(c);
    }
    all += letters;
    if (word.confidence >= sure_word && latin >= 3) proof += latin;
  }
  return std::max(reading.confidence, all > 0 ? full * std::min(1.0, proof / (enough * all)) : 0);
}

}  // namespace

std::vector<std::string> installed_languages() {
  std::vector<std::string> languages;
  std::error_code none;
  if (const std::string folder = language_folder(); !folder.empty())
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
      if (entry.path().extension() == ".traineddata") languages.push_back(entry.path().stem().string());
  std::sort(languages.begin(), languages.end());
  return languages;
}

// One way of looking at a page.
struct View {
  int turned = 0;
  Engine* engine = nullptr;
  bool vertical = false;
  bool operator==(const View&) const = default;
};

struct Recogniser::State {
  RecogniseOptions options;
  struct Loaded {
    std::vector<std::string> languages;
    std::unique_ptr<Engine> engine;
  };
  std::unique_ptr<Loaded> horizontal, han, vertical;  // han: beside `horizontal`, where no language was asked for

  std::unique_ptr<Loaded> load(const std::string& folder, std::vector<std::string> languages) {
    std::string joined;
    for (const auto& language : languages) joined += (joined.empty() ? "" : "+") + language;
    return std::make_unique<Loaded>(Loaded{std::move(languages), std::make_unique<Engine>(folder, joined)});
  }
  const std::vector<std::string>& languages_of(const Engine* engine) const {
    for (const auto* loaded : {&han, &vertical})
      if (*loaded && (*loaded)->engine.get() == engine) return (*loaded)->languages;
    return horizontal->languages;
  }
  bool ideographs(const Engine* engine) const {
    for (const auto& language : languages_of(engine))
      if (language.starts_with("chi_") || language.starts_with("jpn")) return true;
    return false;
  }
  Reading look(const Prepared& page, const cv::Rect& area, Engine* engine, Segmentation segmentation, Deadline deadline) const {
    const WithoutTicks hidden(page.gray, ideographs(engine) ? Marks{} : page.marks);
    return engine->read(page.gray(area), segmentation, deadline);
  }
  const Prepared& prepared(const cv::Mat& gray, const Analysis& analysis, int turned, std::vector<Prepared>& made) {
    for (const auto& p : made)
      if (p.turned == turned) return p;
    if (made.size() > 1) made.erase(made.begin());  // two at most, for memory's sake
    made.push_back(prepare(gray, analysis, options, turned));
    return made.back();
  }
};

Recogniser::Recogniser(const RecogniseOptions& options) : state_(std::make_unique<State>()) {
  state_->options = options;
  const std::string folder = language_folder();
  const auto have = installed_languages();
  std::vector<std::string> across, along;
  for (const auto& language : options.languages) (vertical_name(language) ? along : across).push_back(language);
  if (options.languages.empty()) across = {"eng"};
  for (const auto* list : {&across, &along})
    for (const auto& language : *list)
      if (!installed(have, language))
        throw DocumentFailure(
            Fault::lacking, "missing_language",
            "the language data '" + language + "' are not installed: install the package " + language_package(language));
  if (along.empty())
    for (const auto& language : across)
      if (installed(have, language + "_vert")) along.push_back(language + "_vert");
  const bool choose = options.languages.empty() && installed(have, "chi_sim");
  if (choose && installed(have, "chi_sim_vert")) along = {"chi_sim_vert"};
  if (!across.empty()) state_->horizontal = state_->load(folder, across);
  if (choose) state_->han = state_->load(folder, {"chi_sim"});
  if (!along.empty()) state_->vertical = state_->load(folder, along);
}
Recogniser::~Recogniser() = default;

std::vector<std::string> Recogniser::files() const {
  std::vector<std::string> languages;
  for (const auto* loaded : {&state_->horizontal, &state_->han, &state_->vertical})
    if (*loaded) languages.insert(languages.end(), (*loaded)->languages.begin(), (*loaded)->languages.end());
  return engine_files(language_folder(), languages);
}

PageWords Recogniser::read(const Picture& picture, double seconds, Views views) {
  State& s = *state_;
  PageWords result;
  if (picture.width < 8 || picture.height < 8) return result;
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(int64_t(seconds * 1000));
  cv::Mat gray = gray_of(picture);
  const Analysis analysis = analyse(gray, s.options.prepare);
  if (analysis.ink.glyphs.empty()) return result;
  const auto no_writing = [&] {
    result = {};
    result.warnings.push_back({"no_writing", 0, "nothing on the picture reads as writing"});
    return result;
  };
  if (scattered(analysis.ink)) return no_writing();  // it would keep the engine busy for minutes
  if (!analysis.inverted) gray = without_specks(gray, glyph_height(analysis.ink.glyphs) / analysis.scale);

  // The views that make sense, the likeliest first.
  Engine* main = s.horizontal ? s.horizontal->engine.get() : nullptr;
  Engine* han = s.han ? s.han->engine.get() : nullptr;
  Engine* down = s.vertical ? s.vertical->engine.get() : nullptr;
  const bool squares = han && analysis.squares;
  if (views == Views::upright && main) han = squares ? han : nullptr, down = nullptr;
  const bool orient = s.options.prepare.orient;
  std::vector<int> turns = {0};
  if (orient) turns = analysis.turns.turns;
  if (views == Views::upright && turns.size() > 2) turns.resize(2);
  std::vector<Prepared> made;
  std::vector<std::pair<View, double>> judged;
  std::vector<View> latin_only;               // of those that are there for ideographs
  const auto judge = [&](const View& view) {  // confidence of a sample
    for (const auto& [seen, confidence] : judged)
      if (seen == view) return confidence;
    const Prepared& page = s.prepared(gray, analysis, view.turned, made);
    const cv::Rect band =
        analysis.ink.glyphs.size() > few_glyphs ? sample_band(page, view.vertical) : cv::Rect({}, page.gray.size());
    const Reading reading =
        s.look(page, band, view.engine, view.vertical ? Segmentation::vertical_block : Segmentation::column, deadline);
    double found = 0, latin = 0;
    for (const auto& word : reading.words)
      for (char32_t c : characters(word.text)) found += is_letter_or_digit(c), latin += is_latin(c);
    // A few letters read with confidence are no proof where there are many.
    const double expected = std::max(4.0, 0.35 * glyphs_inside(analysis, page, band));
    judged.emplace_back(view, trust(reading) * std::min(1.0, found / expected));
    if (view.engine != main && latin > mostly_latin * found) latin_only.push_back(view);
    return judged.back().second;
  };
  const auto choose = [&](double enough) {
    View best;
    double most = -1, second = -1;
    const auto consider = [&](const View& view) {
      if (!view.engine) return false;
      double confidence = judge(view);
      // The data of Chinese know Latin letters; those of English read them better.
      if (main && std::find(latin_only.begin(), latin_only.end(), view) != latin_only.end() &&
          judge({view.turned, main, false}) >= sure)
        confidence /= 2;
      if (confidence > most)
        second = most, most = confidence, best = view;
      else
        second = std::max(second, confidence);
      if (!best.vertical && second >= 0 && most >= sure && most - second > apart) return true;
      return most >= (best.vertical ? std::max(enough, sure_down) : enough);
    };
    if (squares && consider(turns[0] % 180 != 0 ? View{0, down, true} : View{turns[0], han, false})) return best;
    for (size_t i = 0; i < turns.size(); ++i) {
      if (consider({turns[i], main, false})) return best;
      const bool side = turns[i] % 180 != 0;  // lines along the page: vertical writing is likelier than ideographs on their side
      if (i == 0 && side) {
        if (consider({0, down, true})) return best;
        // What is read downwards this well is vertical writing, unless it reads better across.
        if (best.vertical && most >= sure && (consider({0, han, false}) || best.vertical)) return best;
      }
      if (consider({turns[i], han, false})) return best;
      // Single ideographs read well downwards too, those of an upright line in the wrong order: after both turns of such lines.
      if (i == std::min(turns.size() - 1, size_t(1)) && turns[0] % 180 == 0 && consider({0, down, true})) return best;
      if (i == 1 && most >= sure && enough < certain) return best;  // the other two turns have no lines at all
    }
    return best;
  };

  View view{turns[0], squares ? han : main, false};
  if (!view.engine || (analysis.turns.doubtful && (squares || orient))) view = choose(sure);
  const auto read_all = [&](const View& v, Segmentation segmentation) {
    const Prepared& page = s.prepared(gray, analysis, v.turned, made);
    return s.look(page, {0, 0, page.gray.cols, page.gray.rows}, v.engine, segmentation, deadline);
  };
  // The search for columns loses parts of rows that stand far apart.
  const auto way_of = [&](const View& v) {
    return v.vertical                                                     ? Segmentation::vertical_block
           : parted(analysis, s.prepared(gray, analysis, v.turned, made)) ? Segmentation::block
                                                                          : Segmentation::column;
  };
  const auto worth = [&](const View& v, const Reading& r) {
    return trust(r) * (1 - (v.vertical ? 0 : lost_share(analysis, s.prepared(gray, analysis, v.turned, made), r)));
  };
  // Ideographs among Latin writing. The other way round nothing need be done: the data of Chinese know the Latin letters.
  const auto read_both = [&](const View& v, Reading& r) {
    if (v.vertical || v.engine != main || !s.han || !r.in_time) return false;
    const Prepared& page = s.prepared(gray, analysis, v.turned, made);
    if (!read_ideographs_among(r, page.gray, glyphs_on(analysis, page),
                               [&](const cv::Mat& place) { return s.han->engine->read(place, Segmentation::block, deadline); }))
      return false;
    // Scraps that looked like Latin words were passed over: single words beside their translation.
    const Reading chinese = read_all({v.turned, s.han->engine.get(), false}, way_of(v));
    if (chinese.in_time) take_ideographs(r, chinese);
    return true;
  };
  Segmentation way = way_of(view);
  Reading reading = read_all(view, way);
  bool mixed = read_both(view, reading);
  const double first_worth = worth(view, reading);
  if (first_worth < doubtful && reading.in_time) {
    std::erase_if(judged, [&](const auto& sample) { return sample.first == view; });  // its sample misled
    judged.emplace_back(view, first_worth);
    if (orient && views == Views::all) turns = {0, 90, 180, 270};
    if (const View other = choose(certain); !(other == view)) {
      const Segmentation other_way = way_of(other);
      Reading again = read_all(other, other_way);
      const bool again_mixed = read_both(other, again);
      if (worth(other, again) > first_worth) reading = std::move(again), view = other, way = other_way, mixed = again_mixed;
    }
  }

  const Prepared& page = s.prepared(gray, analysis, view.turned, made);
  if (const double lost = view.vertical ? 0 : lost_share(analysis, page, reading);
      lost > most_lost && reading.in_time && !(views == Views::upright && reading.confidence < nonsense)) {
    Reading again = read_all(view, way == Segmentation::block ? Segmentation::column : Segmentation::block);
    const bool again_mixed = read_both(view, again);
    if (again.in_time && (1 - lost_share(analysis, page, again)) * again.confidence > (1 - lost) * reading.confidence)
      reading = std::move(again), mixed = again_mixed;
  }
  if (!view.vertical) {
    {
      const WithoutTicks hidden(page.gray, s.ideographs(view.engine) ? Marks{} : page.marks);
      mend_merged_rows(reading, page.gray,
                       [&](const cv::Mat& place) { return view.engine->read(place, Segmentation::block, deadline); });
    }
    mend_doubled_rows(reading, page.gray.size(),
                      [&](const cv::Rect& place) { return s.look(page, place, view.engine, Segmentation::line, deadline); });
  }
  if (!view.vertical && !s.ideographs(view.engine))
    if (const auto pitch = find_pitch(reading.words)) {
      join_words(reading.words, *pitch);
      mend_by_shapes(reading.words, *pitch, page.gray);
    }
  if (!view.vertical && !s.ideographs(view.engine)) {
    const WithoutTicks hidden(page.gray, page.marks);
    fit_boxes(reading.words, page.gray);
  }
  result.turned = view.turned;
  result.skew = page.skew;
  if (analysis.photo) {  // of the text in the picture's own frame, in the middle of the page
    const double x = page.gray.cols / 2.0, y = page.gray.rows / 2.0;
    const cv::Point2d along = through(page.back, x + 1, y) - through(page.back, x, y);
    result.skew = std::remainder(std::atan2(along.y, along.x) * 180 / CV_PI - view.turned, 360);
  }
  result.vertical = view.vertical;
  result.languages = s.languages_of(view.engine);
  if (mixed) result.languages.insert(result.languages.end(), s.han->languages.begin(), s.han->languages.end());
  double sum = 0, weight = 0;
  for (const auto& word : reading.words) {
    if (word.confidence < dust && !has_letter_or_digit(word.text)) continue;
    PlacedWord placed{.text = word.text, .confidence = word.confidence, .size = word.size / page.scale};
    placed.quad = quad_through(page.back, word.box.x, word.box.y, word.box.x + word.box.width, word.box.y + word.box.height);
    for (size_t i = 0; i < 8; ++i) placed.quad[i] = std::clamp<double>(placed.quad[i], 0, i % 2 ? picture.height : picture.width);
    sum += word.confidence * double(word.text.size()), weight += double(word.text.size());
    result.words.push_back(std::move(placed));
  }
  if (weight > 0) result.confidence = sum / weight;
  if (!result.words.empty() && result.confidence < hopeless &&
      trust(reading) < hopeless)  // a photo, a drawing: read in every way, and as nothing in all
    return no_writing();
  const auto middle = [&](double x0, double y0, double x1, double y1) {
    const cv::Point2d a = through(page.back, x0, y0), b = through(page.back, x1, y1);
    result.rules.push_back({a.x, a.y, b.x, b.y});
  };
  for (const auto& r : page.marks.level) middle(r.x, r.y + r.height / 2.0, r.x + r.width, r.y + r.height / 2.0);
  for (const auto& r : page.marks.upright) middle(r.x + r.width / 2.0, r.y, r.x + r.width / 2.0, r.y + r.height);
  for (const auto& tick : s.ideographs(view.engine) ? std::vector<Marks::Tick>{} : page.marks.ticks) {
    const cv::Point inside = (tick.box.tl() + tick.box.br()) / 2;
    if (mixed &&
        std::any_of(reading.words.begin(), reading.words.end(), [&](const FoundWord& w) { return w.box.contains(inside); }))
      continue;  // an ideograph that looks like a box
    const auto q = quad_through(page.back, tick.box.x, tick.box.y, tick.box.x + tick.box.width, tick.box.y + tick.box.height);
    const auto [x0, x1] = std::minmax({q[0], q[2], q[4], q[6]});
    const auto [y0, y1] = std::minmax({q[1], q[3], q[5], q[7]});
    result.ticks.push_back({{x0, y0, x1, y1}, tick.ticked});
  }
  if (!reading.in_time)
    result.warnings.push_back({"timeout", 0, "recognition did not finish within its time limit; what it had found is given"});
  return result;
}

std::string Recogniser::read_line(const Picture& picture, const Box& area, double seconds) {
  State& s = *state_;
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
  for (const auto* loaded : {&s.horizontal, &s.han}) {
    if (!*loaded || (best.confidence >= doubtful && !best.words.empty())) continue;
    Reading reading = (*loaded)->engine->read(page.gray, Segmentation::block, deadline);
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
