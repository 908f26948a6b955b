// ocr/worker/read_page.cpp - see read_page.h.
#include "ocr/worker/read_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "ocr/document/levenshtein.h"
#include "ocr/page/layout.h"
#include "ocr/page/right_to_left.h"
#include "ocr/page/square_pixels.h"
#include "ocr/worker/clean_text.h"
#include "ocr/worker/hidden_text.h"
#include "ocr/worker/page_images.h"
#include "ocr/worker/shrink.h"

namespace bifrons {
namespace {

using Clock = std::chrono::steady_clock;
using Work = wire::Stage::Work;

constexpr double hidden_check_dpi = 100;
constexpr double least_dpi = 72, most_dpi = 600;  // of a picture that is recognised
constexpr int most_drawn_side = 4000;             // pixels, of the page drawn for the hidden-text check
constexpr double page_covered = 0.8;              // by images: the page is a scan
constexpr double image_counts = 0.01;             // of the page: a smaller image is a logo or a bullet
constexpr int least_image_side = 24;              // pixels
constexpr int64_t much_text = 200;                // letters: the page is known to be upright, and its pictures with it
constexpr int64_t few_letters = 25;               // a scan's layer of fewer is a stamp or a page number, not its text
constexpr double many_unmapped = 0.2, many_errors = 0.3;
constexpr int64_t few_misplaced = 4;       // words of a scan's layer with nothing under them: a layer in a font of other widths
constexpr double many_misplaced = 0.05;    // of its words
constexpr double most_outside = 0.15;      // of a scan's letters, outside the words of its layer: beyond it they are recognised
constexpr double same_word = 0.6;          // similarity: a hidden word and what is recognised at its place
constexpr double least_sure = 0.5;         // of the letters found in a picture beside text: else it holds no text
constexpr double sure_in_images = 90;      // the same for a word without letters and digits
constexpr double doubtful_in_images = 50;  // confidence below which a word found in a picture beside text is no word
constexpr double least_ink = 0.0005;       // share of a drawn page's pixels
constexpr int64_t most_hidden = 20'000;    // characters of hidden text that are handed on
constexpr double sample_seconds = 10;      // for one line of a text layer

PlacedWord placed(const PdfWord& word, const std::string& text) {
  const Box& b = word.box;
  const std::array<double, 8> corners = {b.x0, b.y0, b.x1, b.y0, b.x1, b.y1, b.x0, b.y1};  // clockwise from the top left as shown
  PlacedWord out{.text = in_reading_order(text), .size = word.size, .bold = word.bold};
  if (word.quad) {
    out.quad = *word.quad;
    return out;
  }
  for (size_t i = 0; i < 8; ++i) out.quad[i] = corners[(i + 2 * size_t(word.rotation)) % 8];  // from the word's own top left
  return out;
}

// From a picture's pixels to the page: scaled, then moved.
void to_page(PageWords& words, double scale_x, double scale_y, double left, double top) {
  const auto x = [&](double& v) { v = v * scale_x + left; };
  const auto y = [&](double& v) { v = v * scale_y + top; };
  for (PlacedWord& word : words.words) {
    for (size_t i = 0; i < 8; i += 2) x(word.quad[i]), y(word.quad[i + 1]);
    word.size *= (scale_x + scale_y) / 2;
  }
  for (RuledLine& rule : words.rules) x(rule.x0), y(rule.y0), x(rule.x1), y(rule.y1);
  for (TickBox& tick : words.ticks) x(tick.box.x0), y(tick.box.y0), x(tick.box.x1), y(tick.box.y1);
}

Box hull_of(const std::array<double, 8>& quad) {
  Box box{quad[0], quad[1], quad[0], quad[1]};
  for (size_t i = 2; i < 8; i += 2) box = hull(box, {quad[i], quad[i + 1], quad[i], quad[i + 1]});
  return box;
}

// Words inside the page, no more characters than the limit, and no control characters: what the reader's check demands.
void tidy(Page& page, PageWords& words, int64_t most_characters) {
  int64_t characters = 0;
  bool too_many = false;
  std::erase_if(words.words, [&](PlacedWord& word) {
    TextCounts ignored;
    word.text = visible_text(word.text, ignored);
    for (size_t i = 0; i < 8; ++i) word.quad[i] = std::clamp(word.quad[i], 0., i % 2 == 0 ? page.width : page.height);
    const int64_t n = character_count(word.text);
    if (characters + n > most_characters)
      too_many = true;
    else
      characters += n;
    return word.text.empty() || too_many;
  });
  if (too_many)
    page.warnings.push_back({"too_much_text", page.page,
                             "the page holds more than " + std::to_string(most_characters) +
                                 " characters; the rest was left out, --max-characters takes more"});
}

std::u32string letters_of(const std::string& text) {  // lower case, nothing but letters and digits: recognition errs on marks
  std::u32string out;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    TextCounts counts;
    std::string one;
    append_character(one, c);
    visible_text(one, counts);
    if (counts.letters > 0) out += c >= 'A' && c <= 'Z' ? c + 32 : c;
  }
  return out;
}

int64_t letters_in(const std::vector<PlacedWord>& words) {
  int64_t sum = 0;
  for (const PlacedWord& word : words) sum += character_count(word.text);
  return sum;
}

// Of a reading of the page, or of a part of it. That the resolution is lowered is said once.
void warn(Page& page, const std::vector<Warning>& warnings) {
  for (Warning warning : warnings) {
    if (warning.code == "resolution_lowered" &&
        std::ranges::find(page.warnings, warning.code, &Warning::code) != page.warnings.end())
      continue;
    warning.page = page.page;
    page.warnings.push_back(std::move(warning));
  }
}

}  // namespace

void PageReader::begin(Work work, const Page& page) {
  const ReadLimits& limits = settings_.limits;
  const double seconds = work == Work::text ? limits.text_seconds : work == Work::render ? limits.render_seconds : seconds_left();
  deadline_ = cpu_seconds() + seconds;
  stage_({.work = work, .page = page.page, .width = page.width, .height = page.height, .unit = page.unit});
}

double PageReader::cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return double(used.tv_sec) + 1e-9 * double(used.tv_nsec);
}

double PageReader::seconds_left() const { return std::max(0.05, settings_.limits.recognise_seconds - recognition_used_); }

Page PageReader::read(int64_t number) {
  const auto began = Clock::now();
  recognition_used_ = 0;
  hidden_words_ = 0;
  Page page;
  page.page = number;
  try {
    if (pdf_ != nullptr)
      read_pdf(page);
    else
      read_picture(page);
  } catch (const DocumentFailure& failure) {
    if (failure.fault() == Fault::lacking) throw;  // no page will fare better
    page.warnings.push_back({failure.code() == "too_large" ? "too_large" : "page_failed", number, failure.what()});
  } catch (const std::bad_alloc&) {
    page.warnings.push_back(
        {"too_large", number, "the page needs more memory than a worker may have; raise it with --max-memory"});
  }
  if (hidden_words_ > 0)
    page.warnings.push_back({"hidden_text", number,
                             std::to_string(hidden_words_) + (hidden_words_ == 1 ? " word that is" : " words that are") +
                                 " not to be seen on the page " + (hidden_words_ == 1 ? "was" : "were") +
                                 " kept out of its text"});
  page.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return page;
}

void PageReader::forget_recognised(Page& page, const PageWords& found) {
  hidden_words_ -= int64_t(std::erase_if(page.hidden_text, [&](const HiddenText& hidden) {
    if (hidden.reason != HiddenText::Reason::no_ink && hidden.reason != HiddenText::Reason::covered) return false;
    const std::u32string letters = letters_of(hidden.text);
    return std::ranges::any_of(found.words, [&](const PlacedWord& word) {
      return overlap(hull_of(word.quad), hidden.box) && similarity(letters, letters_of(word.text)) >= same_word;
    });
  }));
}

Picture PageReader::draw(Page& page, double dpi, bool gray, bool letters) {
  bool image_failed = false;
  begin(Work::render, page);
  Picture picture = pdf_->render(
      page.page, dpi, gray, [this] { return late(); }, &image_failed, letters);
  const auto warn_once = [&](const char* code, const char* message) {
    if (std::ranges::none_of(page.warnings, [&](const Warning& warning) { return warning.code == code; }))
      page.warnings.push_back({code, page.page, message});
  };
  if (image_failed) warn_once("image_failed", "an image on the page could not be decoded");
  if (late()) warn_once("timeout", "drawing the page took too long; what was drawn until then was used");
  return picture;
}

void PageReader::take_words(Page& page, const PdfPageText& text, PageWords& words, int64_t& letters, int64_t& unmapped) {
  const Pdf::Size size{page.width, page.height, true};
  double dpi = hidden_check_dpi;
  dpi = std::min(dpi, most_drawn_side * points_per_inch / std::max(page.width, page.height));
  const Picture drawn = text.words.empty() ? Picture() : draw(page, dpi, true);
  // What is under an image's place, or invisible, may lie on ink that is not its own, unless the image is a scan: then the words
  // are to be seen in it. Drawn once more without letters, the page shows which words are painted.
  const bool strange_ink =
      covered(text.images, size) < page_covered &&
      (!text.only_filled || std::ranges::any_of(text.images, [&](const PdfImage& image) {
        return std::ranges::any_of(text.words, [&](const PdfWord& word) { return overlap(word.box, image.box); });
      }));
  Picture bare;
  if (strange_ink && drawn.width > 0) {
    bare = draw(page, dpi, true, false);
    if (late()) bare = drawn;  // not drawn to its end: nothing is sure to be seen
  }
  const HiddenCheck check(drawn, bare, drawn.width / page.width, text, size);
  // A word without ink may be of the same brightness as its ground, and of another colour. Drawn in colours, where there are any.
  std::vector<std::pair<Picture, Picture>> in_colours;  // with and without letters
  bool drawn_in_colours = false;
  constexpr std::array<Shade, 2> colours = {Shade::red_green, Shade::blue_yellow};
  const auto shows_in_colours = [&](const PdfWord& word) {
    if (!drawn_in_colours && !late()) {
      const Picture colour = draw(page, dpi, false), without = bare.pixels.empty() ? Picture() : draw(page, dpi, false, false);
      if (!late() && colour.width == drawn.width && colour.height == drawn.height)
        for (const Shade shade : colours) in_colours.emplace_back(shades_of(colour, shade), shades_of(without, shade));
    }
    drawn_in_colours = true;
    for (size_t i = 0; i < in_colours.size(); ++i)
      if (!HiddenCheck(in_colours[i].first, in_colours[i].second, drawn.width / page.width, text, size, colours[i]).reason(word))
        return true;
    return false;
  };
  TextCounts counts;
  int64_t hidden_characters = 0;
  const auto hide = [&](const PdfWord& word, HiddenText::Reason reason) {
    TextCounts ignored;
    std::string clean = visible_text(word.text, ignored);
    if (clean.empty()) return;
    ++hidden_words_;
    if ((hidden_characters += character_count(clean)) <= most_hidden)
      page.hidden_text.push_back({std::move(clean), word.box, reason});
  };
  for (const PdfWord& word : text.words) {
    auto reason = drawn.width > 0 ? check.reason(word) : std::nullopt;
    if ((reason == HiddenText::Reason::no_ink || reason == HiddenText::Reason::covered) && shows_in_colours(word)) reason.reset();
    if (reason) {
      hide(word, *reason);
      continue;
    }
    std::string clean = visible_text(word.text, counts);
    if (!clean.empty()) words.words.push_back(placed(word, clean));
  }
  for (const PdfWord& word : text.off_page) hide(word, HiddenText::Reason::off_page);
  for (const PdfWord& word : text.field_values) words.words.push_back(placed(word, word.text));
  if (counts.invisible > 0)
    page.warnings.push_back({"invisible_characters", page.page,
                             std::to_string(counts.invisible) + " invisible characters were removed from the text"});
  int of_turn[4] = {};
  for (const PdfWord& word : text.words)
    if (!word.quad) ++of_turn[word.rotation];
  words.turned = 90 * int(std::max_element(of_turn, of_turn + 4) - of_turn);
  words.rules = text.rules;
  words.ticks = text.ticks;
  letters = counts.letters;
  unmapped = counts.unmapped;
}

PageReader::Layer PageReader::compare(Page& page, const PageWords& words, double dpi) {
  const Picture picture = draw(page, std::clamp(dpi, 100., vector_dpi), true);
  if (picture.width < 8) return Layer::whole;
  if (words.turned == 0 && !samples_agree(page, words, picture)) return Layer::wrong;  // lines are read left to right
  const double scale = picture.width / page.width;
  std::vector<Box> boxes;
  for (const PlacedWord& word : words.words) {
    const Box box = hull_of(word.quad);
    boxes.push_back({box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale});
  }
  begin(Work::recognise, page);
  const auto began = Clock::now();
  const auto letters = engine_->letters_outside(picture, boxes);
  recognition_used_ += std::chrono::duration<double>(Clock::now() - began).count();
  const bool some_left = letters.outside >= few_letters && double(letters.outside) > most_outside * double(letters.all);
  return some_left ? Layer::part : Layer::whole;
}

bool PageReader::samples_agree(Page& page, const PageWords& words, const Picture& picture) {
  // Lines of the layer, roughly: words whose middles are within half a height.
  std::vector<const PlacedWord*> sorted;
  for (const PlacedWord& word : words.words) sorted.push_back(&word);
  std::ranges::sort(sorted, {}, [](const PlacedWord* word) { return word->quad[1] + word->quad[7]; });
  struct Row {
    std::vector<const PlacedWord*> words;
    Box box;
    size_t letters = 0;
  };
  std::vector<Row> rows;
  for (const PlacedWord* word : sorted) {
    const Box box = hull_of(word->quad);
    const double middle = (box.y0 + box.y1) / 2;
    if (rows.empty() || middle > rows.back().box.y1 - 0.25 * (rows.back().box.y1 - rows.back().box.y0)) rows.push_back({{}, box});
    rows.back().words.push_back(word);
    rows.back().box = hull(rows.back().box, box);
    rows.back().letters += letters_of(word->text).size();
  }
  // The fullest line of each third of the page.
  const double scale = picture.width / page.width;
  double errors = 0, compared = 0;
  for (int third = 0; third < 3; ++third) {
    const Row* best = nullptr;
    for (const Row& row : rows) {
      const double middle = (row.box.y0 + row.box.y1) / 2 / page.height;
      if (int(std::clamp(middle * 3, 0., 2.99)) == third && (best == nullptr || row.letters > best->letters)) best = &row;
    }
    if (best == nullptr || best->letters < 4) continue;
    std::vector<const PlacedWord*> in_line = best->words;
    std::ranges::sort(in_line, {}, [](const PlacedWord* word) { return word->quad[0]; });
    std::string layer;
    for (const PlacedWord* word : in_line) layer += word->text + " ";
    begin(Work::recognise, page);
    const auto began = Clock::now();
    const double margin = 0.15 * (best->box.y1 - best->box.y0);
    const Box area{(best->box.x0 - margin) * scale, (best->box.y0 - margin) * scale, (best->box.x1 + margin) * scale,
                   (best->box.y1 + margin) * scale};
    const Box inside{std::max(area.x0, 0.), std::max(area.y0, 0.), std::min(area.x1, double(picture.width)),
                     std::min(area.y1, double(picture.height))};
    const std::string seen = engine_->read_line(picture, inside, std::min(sample_seconds, seconds_left()));
    recognition_used_ += std::chrono::duration<double>(Clock::now() - began).count();
    errors += 1 - similarity(letters_of(layer), letters_of(seen));
    ++compared;
  }
  return compared == 0 || errors / compared <= many_errors;
}

double PageReader::within_limits(Page& page, double dpi) {
  const double fitting =
      std::min({dpi, std::sqrt(double(settings_.limits.recognition_pixels) / (page.width * page.height)) * points_per_inch,
                double(settings_.limits.recognition_side) * points_per_inch / std::max(page.width, page.height)});
  if (fitting < dpi - 0.5)
    page.warnings.push_back({"resolution_lowered", page.page,
                             "the page is recognised at " + std::to_string(int(fitting)) + " instead of " +
                                 std::to_string(int(dpi)) + " dots per inch, to stay within the limit of pixels"});
  return fitting;
}

void PageReader::recognise_page(Page& page, const PdfPageText& text, double dpi) {
  const ReadLimits& limits = settings_.limits;
  const double fitting = within_limits(page, std::clamp(dpi, least_dpi, most_dpi));
  // Gray where there are no colours by which letters could be told from what is behind them: these take three times the memory.
  const bool gray = std::ranges::none_of(text.images, &PdfImage::coloured);
  const Picture picture = draw(page, fitting, gray);
  if (picture.width < 8 || picture.height < 8) return;  // smaller than any letter
  begin(Work::recognise, page);
  const auto began = Clock::now();
  PageWords words = engine_->read(picture, seconds_left());
  recognition_used_ += std::chrono::duration<double>(Clock::now() - began).count();
  to_page(words, page.width / picture.width, page.height / picture.height, 0, 0);
  words.ticks.insert(words.ticks.end(), text.ticks.begin(), text.ticks.end());
  page.dpi = int(std::lround(fitting));
  page.source = Page::Source::ocr;
  warn(page, words.warnings);
  tidy(page, words, limits.page_characters);
  forget_recognised(page, words);
  lay_out(page, words);
}

void PageReader::recognise_images(Page& page, const std::vector<PdfImage>& images, PageWords& words, Recogniser::Views views) {
  double dpi = 0;
  for (const PdfImage& image : images) dpi = std::max(dpi, dpi_of(image));
  dpi = within_limits(page, std::clamp(dpi, 150., 400.));
  const Picture whole = draw(page, dpi, false);
  if (whole.width < 8 || whole.height < 8) return;
  const double scale_x = whole.width / page.width, scale_y = whole.height / page.height;
  std::vector<Box> in_layer;
  for (const PlacedWord& word : words.words) in_layer.push_back(hull_of(word.quad));
  double sum = 0;
  for (const std::vector<PdfImage>& group : touching(images)) {
    const std::optional<CutOut> cut = cut_out(whole, group, in_layer, scale_x, scale_y);
    if (!cut) continue;
    begin(Work::recognise, page);
    const auto began = Clock::now();
    PageWords found = engine_->read(cut->picture, seconds_left(), views);
    recognition_used_ += std::chrono::duration<double>(Clock::now() - began).count();
    warn(page, found.warnings);
    // What is left of a watermark, a background or a photo is read as nonsense, here and there with confidence.
    const int64_t all_letters = letters_in(found.words);
    std::erase_if(found.words, [](const PlacedWord& word) {
      return word.confidence < (letters_of(word.text).empty() ? sure_in_images : doubtful_in_images);
    });
    if (found.words.empty() || double(letters_in(found.words)) < least_sure * double(all_letters)) continue;
    to_page(found, 1 / scale_x, 1 / scale_y, cut->x / scale_x, cut->y / scale_y);
    forget_recognised(page, found);
    for (const std::string& language : found.languages)
      if (std::ranges::find(words.languages, language) == words.languages.end()) words.languages.push_back(language);
    for (auto& word : found.words) sum += word.confidence, words.words.push_back(std::move(word));
    words.rules.insert(words.rules.end(), found.rules.begin(), found.rules.end());
    words.ticks.insert(words.ticks.end(), found.ticks.begin(), found.ticks.end());
  }
  if (words.words.size() == in_layer.size()) return;
  words.confidence = sum / double(words.words.size() - in_layer.size());
  page.dpi = int(std::lround(dpi));
  page.source = Page::Source::mixed;
}

void PageReader::read_pdf(Page& page) {
  using Ocr = ReadOptions::Ocr;
  page.unit = Page::Unit::pt;
  const Pdf::Size size = pdf_->size(page.page);
  if (!size.usable) throw DocumentFailure(Fault::unreadable, "page_failed", "the page is missing or its size makes no sense");
  page.width = size.width, page.height = size.height;
  begin(Work::text, page);
  const PdfPageText text = pdf_->text(page.page, [this] { return late(); });
  if (!text.complete)
    page.warnings.push_back({"timeout", page.page, "reading the page's text took too long; the rest was left out"});
  if (text.maps_missing)
    page.warnings.push_back(
        {"character_maps_missing", page.page, "some characters cannot be told: install the package poppler-data"});
  const bool may_recognise = settings_.ocr != Ocr::never;
  const double share = covered(text.images, size);
  const Box whole{0, 0, size.width, size.height};
  if (settings_.ocr == Ocr::always)
    return recognise_page(page, text, share >= page_covered ? own_dpi(text.images, whole) : vector_dpi);

  PageWords words;
  int64_t letters = 0, unmapped = 0;
  take_words(page, text, words, letters, unmapped);
  std::vector<PdfImage> images;  // that may hold text
  for (const PdfImage& image : text.images)
    if (area(image.box) >= image_counts * page.width * page.height && image.width >= least_image_side &&
        image.height >= least_image_side)
      images.push_back(image);
  const bool scan = share >= page_covered;

  if (words.words.empty()) {
    bool something = !images.empty() || (scan && !text.images.empty());
    if (!something && (text.drawn || text.guessed > 0)) {  // letters drawn as outlines, or without a word on what they are
      const Picture drawn =
          draw(page, std::min(hidden_check_dpi, most_drawn_side * points_per_inch / std::max(page.width, page.height)), true);
      const auto dark = std::ranges::count_if(drawn.pixels, [](uint8_t value) { return value < 160; });
      something = double(dark) >= least_ink * double(drawn.pixels.size()) && dark > 0;
    }
    if (!something) return;  // an empty page
    if (!may_recognise) {
      page.warnings.push_back({"not_recognised", page.page, "the page is a picture, and recognition is switched off"});
      return;
    }
    return recognise_page(page, text, scan ? own_dpi(text.images, whole) : vector_dpi);
  }

  bool rest_of_scan = false;  // its layer holds a part of the text only
  const bool nonsense = unmapped > many_unmapped * double(letters + unmapped) || text.guessed > many_unmapped * text.characters;
  if (may_recognise && (scan || nonsense)) {
    const double dpi = scan ? own_dpi(text.images, whole) : vector_dpi;
    const auto on_no_ink =
        std::ranges::count(page.hidden_text, HiddenText::Reason::no_ink, [](const HiddenText& word) { return word.reason; });
    const bool misplaced =
        scan && on_no_ink >= few_misplaced && double(on_no_ink) > many_misplaced * double(words.words.size() + size_t(on_no_ink));
    const Layer layer = nonsense || letters < few_letters || misplaced ? Layer::wrong : compare(page, words, dpi);
    rest_of_scan = scan && layer == Layer::part;
    if (layer == Layer::wrong) {
      page.warnings.push_back(
          {"text_layer_rejected", page.page,
           nonsense                ? "the text layer does not say which characters it shows; the page was recognised instead"
           : letters < few_letters ? "the text layer holds almost none of the page's text; the page was recognised instead"
           : misplaced             ? "the text layer's words do not lie on what the page shows; the page was recognised instead"
                                   : "the text layer is not what the page shows; the page was recognised instead"});
      page.hidden_text.clear();
      hidden_words_ = 0;
      std::erase_if(page.warnings, [](const Warning& warning) { return warning.code == "invisible_characters"; });
      return recognise_page(page, text, dpi);
    }
  } else if (nonsense) {
    page.warnings.push_back({"text_layer_doubtful", page.page,
                             "the text layer does not say which characters it shows, and recognition is switched off"});
  }
  page.source = Page::Source::text;
  if (may_recognise && (rest_of_scan || (!scan && !images.empty())))  // a scan may be in strips, none of which counts by itself
    recognise_images(page, rest_of_scan ? text.images : images, words,
                     scan || letters < much_text ? Recogniser::Views::all : Recogniser::Views::upright);
  tidy(page, words, settings_.limits.page_characters);
  lay_out(page, words);
}

void PageReader::read_picture(Page& page) {
  page.unit = Page::Unit::px;
  const PictureSize size = pictures_->size(page.page);
  page.width = std::min(size.width, 1'000'000), page.height = std::min(size.height, 1'000'000);
  begin(Work::render, page);
  const Picture picture = pictures_->read(page.page, page.warnings);
  if (picture.width < 8 || picture.height < 8) return;  // smaller than any letter: an empty page
  if (settings_.ocr == ReadOptions::Ocr::never) {
    page.warnings.push_back({"not_recognised", page.page, "the page is a picture, and recognition is switched off"});
    return;
  }
  begin(Work::recognise, page);
  const auto square = with_square_pixels(picture, settings_.limits.recognition_pixels);
  PageWords words = engine_->read(square ? *square : picture, seconds_left());
  if (square) to_page(words, double(picture.width) / square->width, double(picture.height) / square->height, 0, 0);
  warn(page, words.warnings);
  page.dpi = int(std::lround(std::clamp(picture.dpi, 0., 10'000.)));
  tidy(page, words, settings_.limits.page_characters);
  if (words.words.empty()) return;
  page.source = Page::Source::ocr;
  lay_out(page, words);
}

PagePicture PageReader::render(int64_t number, int64_t most_pixels) {
  Picture picture;
  PagePicture shown;
  if (pdf_ != nullptr) {
    const Pdf::Size size = pdf_->size(number);
    if (!size.usable) throw DocumentFailure(Fault::unreadable, "page_failed", "the page is missing or its size makes no sense");
    const double scale = (double(most_pixels) - 0.01) / std::max(size.width, size.height);  // the library rounds up
    deadline_ = cpu_seconds() + settings_.limits.render_seconds;
    picture = pdf_->render(number, scale * points_per_inch, false, [this] { return late(); });
    shown.scale = scale;
  } else {
    std::vector<Warning> ignored;
    picture = pictures_->read(number, ignored);
  }
  if (picture.width < 1 || picture.height < 1)
    throw DocumentFailure(Fault::unreadable, "page_failed", "the page cannot be drawn");
  const double scale = shrink(picture, most_pixels, shown);
  if (pdf_ == nullptr) shown.scale = scale;
  return shown;
}

}  // namespace bifrons
