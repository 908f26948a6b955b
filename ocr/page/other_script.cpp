// ocr/page/other_script.cpp - see other_script.h.
#include "ocr/page/other_script.h"

#include <algorithm>
#include <map>

#include "ocr/page/ideograph_boxes.h"
#include "ocr/page/rows.h"
#include "ocr/page/script.h"

namespace bifrons {
namespace {

constexpr double trusted = 75;         // confidence of a word that is what it says; ideographs read as Latin stay below
constexpr double least_trusted = 0.1;  // of the letters: with fewer the page is wholly something else, or turned
constexpr size_t least_squares = 2;    // in a row
constexpr size_t most_places = 24;     // that are read once more
constexpr double far = 3;              // of a letter's height, along the row: another place
constexpr double near_rows = 1.6;      // of a letter's height, between the rows of one place
constexpr double sure = 60;            // confidence of a row of ideographs, and this much above what it replaces
constexpr double better = 10;
constexpr double mostly = 0.5;  // ideographs among the letters of such a row
constexpr double inside = 0.5;  // of a word's box, under what replaces it
constexpr int margin = 8;       // pixels around a place; the engine wants some white

Box box_of(const cv::Rect& r) { return {double(r.x), double(r.y), double(r.x + r.width), double(r.y + r.height)}; }

// Rows of letters that no trusted word covers, in parts that stand near each other.
std::vector<std::vector<Item>> parts_of_rows(const Glyphs& glyphs, double height) {
  std::vector<Item> letters;
  for (const cv::Rect& g : glyphs) {
    Item letter;
    letter.box = box_of(g);
    letters.push_back(std::move(letter));
  }
  std::vector<std::vector<Item>> parts;
  for (Row& row : rows_of(std::move(letters))) {
    double reached = 0;
    for (Item& letter : row.items) {
      if (&letter == row.items.data() || letter.box.x0 - reached > far * height) parts.emplace_back();
      reached = &letter == row.items.data() ? letter.box.x1 : std::max(reached, letter.box.x1);
      parts.back().push_back(std::move(letter));
    }
  }
  return parts;
}

size_t squares_in(const std::vector<Item>& part, double height) {
  return size_t(std::count_if(part.begin(), part.end(), [&](const Item& letter) {
    const double w = letter.box.x1 - letter.box.x0, h = letter.box.y1 - letter.box.y0;
    return h > height && w > 0.8 * h && w < 1.3 * h;
  }));
}

bool under(const cv::Rect& word, const Box& place) {
  const double x0 = std::max<double>(word.x, place.x0), x1 = std::min<double>(word.x + word.width, place.x1);
  const double y0 = std::max<double>(word.y, place.y0), y1 = std::min<double>(word.y + word.height, place.y1);
  return x1 > x0 && y1 > y0 && (x1 - x0) * (y1 - y0) > inside * word.area();
}

bool has_ideograph(const FoundWord& word) { return ideograph_share(word.text) > 0; }
bool has_latin(const FoundWord& word) {
  const auto letters = characters(word.text);
  return std::any_of(letters.begin(), letters.end(), is_latin);
}

struct Run {  // of words that stand beside each other in a row
  std::vector<FoundWord> words;
  Box box() const {
    Box box = box_of(words.front().box);
    for (const FoundWord& word : words) box = hull(box, box_of(word.box));
    return box;
  }
};

// The engine's boxes of single ideographs beside Latin letters are far off, those of the whole run are not: they are set as the
// run is.
void set_evenly(Run& run) {
  const Box box = run.box();
  set_evenly(run.words, int(box.x0), int(box.x1));
  for (FoundWord& word : run.words) word.box.y = int(box.y0), word.box.height = int(box.y1 - box.y0);
}

// Ideographs with the figures among them. Figures beside them belong to them only where `read` has no word of its own there:
// of a date it may have made one word of all.
std::vector<Run> runs_of_ideographs(const Reading& chinese, const Reading& read) {
  std::vector<Run> runs;
  const FoundWord* last = nullptr;
  for (const FoundWord& word : chinese.words) {
    const bool joins = last && !runs.empty() && word.row == last->row && word.box.x - last->box.br().x < last->size;
    last = nullptr;
    if (has_latin(word) && !has_ideograph(word)) continue;
    if (!joins) runs.emplace_back();
    runs.back().words.push_back(word);
    last = &word;
  }
  const auto own = [&](const FoundWord& token) {
    return !has_ideograph(token) && std::any_of(read.words.begin(), read.words.end(), [&](const FoundWord& word) {
      return word.confidence >= trusted && !has_latin(word) && under(word.box, box_of(token.box));
    });
  };
  for (Run& run : runs) {
    while (!run.words.empty() && own(run.words.back())) run.words.pop_back();
    while (!run.words.empty() && own(run.words.front())) run.words.erase(run.words.begin());
  }
  std::erase_if(runs, [](const Run& run) { return std::none_of(run.words.begin(), run.words.end(), has_ideograph); });
  return runs;
}

}  // namespace

void take_ideographs(Reading& reading, const Reading& chinese) {
  int row = 0;
  for (const FoundWord& word : reading.words) row = std::max(row, word.row);
  for (Run& run : runs_of_ideographs(chinese, reading)) {
    const Box box = run.box();
    std::vector<FoundWord> there;
    for (const FoundWord& word : reading.words)
      if (under(word.box, box)) there.push_back(word);
    if (confidence_of(run.words) < std::max(sure, confidence_of(there))) continue;
    std::erase_if(reading.words, [&](const FoundWord& word) { return under(word.box, box); });
    ++row;
    set_evenly(run);
    for (FoundWord& word : run.words) word.row = row, reading.words.push_back(std::move(word));
  }
  reading.confidence = confidence_of(reading.words);
}

bool read_ideographs_among(Reading& reading, const cv::Mat& gray, const Glyphs& glyphs,
                           const std::function<Reading(const cv::Mat&)>& read_ideographs) {
  const double height = glyph_height(glyphs);
  Glyphs doubtful;
  double all = 0;
  for (const cv::Rect& g : glyphs) {
    if (g.height < 0.5 * height || g.height > 4 * height || g.width > 4 * height) continue;
    ++all;
    const cv::Point middle(g.x + g.width / 2, g.y + g.height / 2);
    if (std::none_of(reading.words.begin(), reading.words.end(),
                     [&](const FoundWord& word) { return word.confidence >= trusted && word.box.contains(middle); }))
      doubtful.push_back(g);
  }
  if (all == 0 || double(doubtful.size()) > (1 - least_trusted) * all) return false;

  std::vector<Box> places;
  for (const auto& part : parts_of_rows(doubtful, height)) {
    const size_t squares = squares_in(part, 1.1 * height);
    if (squares < least_squares || double(squares) < many_squares * double(part.size())) continue;
    Box box = hull_of(part);
    for (size_t i = places.size(); i-- > 0;) {  // rows come from the top down
      const Box& place = places[i];
      if (box.y0 - place.y1 > near_rows * height || box.x0 > place.x1 + far * height || box.x1 < place.x0 - far * height)
        continue;
      box = hull(box, place);
      places.erase(places.begin() + std::ptrdiff_t(i));
    }
    places.push_back(box);
  }
  if (places.empty() || places.size() > most_places) return false;

  std::vector<FoundWord> words = reading.words;
  bool replaced = false;
  const int last_row = words.empty() ? 0 : words.back().row;
  int row_number = last_row;
  for (const Box& place : places) {
    const cv::Rect area = cv::Rect(cv::Point(int(place.x0) - margin, int(place.y0) - margin),
                                   cv::Point(int(place.x1) + margin, int(place.y1) + margin)) &
                          cv::Rect({}, gray.size());
    if (area.empty()) continue;  // letters at the picture's edge lie outside where margins were left out
    cv::Mat picture = gray(area).clone();
    for (const FoundWord& word : words)
      if (word.confidence >= trusted)
        if (const cv::Rect cover = (word.box - area.tl()) & cv::Rect({}, area.size()); !cover.empty()) picture(cover).setTo(255);
    Reading found = read_ideographs(picture);
    if (!found.in_time) {
      reading.in_time = false;
      break;
    }
    std::map<int, std::vector<FoundWord>> rows;
    for (FoundWord& word : found.words) word.box += area.tl(), rows[word.row].push_back(std::move(word));
    for (auto& [row, line] : rows) {
      std::string text;
      double sum = 0, weight = 0;
      Box box = box_of(line.front().box);
      for (const FoundWord& word : line) {
        text += word.text, box = hull(box, box_of(word.box));
        sum += word.confidence * double(word.text.size()), weight += double(word.text.size());
      }
      if (ideograph_share(text) < mostly || sum < sure * weight) continue;
      const auto scrap = [&](const FoundWord& word) { return word.confidence < trusted && under(word.box, box); };
      double before = 0, of = 0;
      for (const FoundWord& word : words)
        if (scrap(word)) before += word.confidence * double(word.text.size()), of += double(word.text.size());
      if (of > 0 && sum / weight < before / of + better) continue;
      std::erase_if(words, scrap);
      ++row_number;
      for (FoundWord& word : line) word.row = row_number, words.push_back(std::move(word));
      replaced = true;
    }
  }
  if (!replaced) return false;
  // What stays must read as Latin writing: a page on its head holds pieces that read as anything.
  double stays = 0, of = 0, sum = 0, weight = 0;
  for (const FoundWord& word : words) {
    const auto length = double(word.text.size());
    if (word.row <= last_row) stays += word.confidence * length, of += length;
    sum += word.confidence * length, weight += length;
  }
  if (stays < trusted * of) return false;
  reading.words = std::move(words);
  reading.confidence = weight > 0 ? sum / weight : 0;
  return true;
}

}  // namespace bifrons
