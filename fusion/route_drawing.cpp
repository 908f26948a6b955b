// fusion/route_drawing.cpp - see route_drawing.h.
#include "fusion/route_drawing.h"

#include <algorithm>
#include <vector>

#include "fusion/route_phrases.h"

namespace bifrons {

namespace {

using namespace route_phrases;

// Drawing, English: verbs that ask for a picture by themselves, when a clause begins with them.
constexpr std::string_view draw_verbs[] = {"draw", "paint", "sketch", "illustrate", "doodle", "imagine"};
constexpr std::string_view make_verbs[] = {"create", "generate", "make",   "produce", "give", "show", "want", "need",
                                           "like",   "design",   "render", "see",     "get",  "draw", "paint"};
constexpr std::string_view picture_nouns[] = {"picture",     "image",    "drawing", "painting", "illustration", "sketch",
                                              "portrait",    "poster",   "logo",    "icon",     "wallpaper",    "artwork",
                                              "photo",       "pictures", "images",  "drawings", "photos",       "watercolor",
                                              "watercolour", "cartoon",  "avatar"};
// Words that may stand before the verb in a request; anything else before it makes it a question about drawing.
constexpr std::string_view before_verb[] = {
    "please", "can",  "could", "would", "will", "you",   "i",   "want", "to",   "now",    "then",    "and",    "also",
    "let's",  "lets", "let",   "us",    "help", "me",    "i'd", "like", "ok",   "okay",   "kindly",  "next",   "just",
    "try",    "hey",  "hi",    "first", "so",   "again", "for", "need", "must", "should", "instead", "bifrons"};
// After "draw": not a picture.
constexpr std::string_view not_drawn[] = {"conclusion", "conclusions", "up",          "attention",   "inference", "inferences",
                                          "parallel",   "parallels",   "comparison",  "comparisons", "lots",      "lesson",
                                          "lessons",    "on",          "distinction", "from",        "upon",      "near",
                                          "blood",      "money",       "water",       "what",        "why",       "how",
                                          "if",         "that",        "being",       "your",        "salary"};
// Between "make" and "picture" these say that the picture is not what is to be made.
constexpr std::string_view between_stops[] = {"for",  "of", "about", "from",  "in",   "this", "that", "the",  "to",
                                              "with", "on", "my",    "these", "what", "how",  "your", "into", "out"};

constexpr std::string_view chinese_draw[] = {"画一",   "画个", "画幅",   "画张",   "画两",   "画三", "画几",   "画只",
                                             "画条",   "画朵", "画座",   "帮我画", "给我画", "请画", "为我画", "再画",
                                             "画出一", "画些", "绘制一", "绘一幅", "绘一张", "画下"};
constexpr std::string_view chinese_make[] = {"生成",     "创作",     "制作",     "设计",   "来一张", "来一幅",
                                             "来张",     "来幅",     "做一张",   "做一个", "做个",   "给我一张",
                                             "给我一幅", "想要一张", "想要一幅", "弄一张", "产生"};
constexpr std::string_view chinese_pictures[] = {"图片", "图像", "插画", "海报", "画",   "照片",
                                                 "头像", "壁纸", "标志", "logo", "的图", "张图"};
constexpr std::string_view chinese_not_drawn[] = {"怎么画",   "如何画",   "怎样画",   "谁画",     "这幅画",   "画的是", "画家",
                                                  "画蛇添足", "画龙点睛", "画饼充饥", "什么意思", "这张图",   "这幅图", "图里",
                                                  "图中",     "图片里",   "图片中",   "描述",     "说明文字", "总结",   "摘要",
                                                  "根据这",   "的标题",   "为这张",   "给这张",   "画画的"};

// Clauses of ASCII words: "please draw a cat" -> {please, draw, a, cat}. Cut at punctuation.
std::vector<std::vector<std::string_view>> clauses(std::string_view text) {
  std::vector<std::vector<std::string_view>> all(1);
  size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (is_letter(c)) {
      size_t end = at;
      while (end < text.size() && (is_letter(text[end]) || text[end] == '\'' || text[end] == '-')) ++end;
      all.back().push_back(text.substr(at, end - at));
      at = end;
    } else {
      if (c == '.' || c == ',' || c == ';' || c == ':' || c == '!' || c == '?' || c == '\n') all.emplace_back();
      ++at;
    }
  }
  return all;
}

bool english_draw(std::string_view text) {
  for (const auto& words : clauses(text)) {
    size_t first = 0;
    while (first < words.size() && among(words[first], before_verb)) ++first;
    // "I want a picture of", "could you give me an image": the verb may itself be among the words before it.
    for (size_t verb = 0; verb <= first && verb < words.size(); ++verb) {
      if (among(words[verb], draw_verbs)) {
        size_t next = verb + 1;
        while (next < words.size() && (words[next] == "me" || words[next] == "us" || words[next] == "a" || words[next] == "an" ||
                                       words[next] == "some" || words[next] == "any"))
          ++next;
        if (next < words.size() && !among(words[next], not_drawn)) return true;
      }
      if (among(words[verb], make_verbs)) {
        for (size_t at = verb + 1; at < std::min(words.size(), verb + 8) && !among(words[at], between_stops); ++at)
          if (among(words[at], picture_nouns)) return true;
      }
    }
    // A bare description that begins as one: "a picture of a red fox", "oil painting of a lighthouse".
    for (size_t at = 0; at + 1 < words.size() && at < 4 && !among(words[at], between_stops); ++at)
      if (among(words[at], picture_nouns) && words[at + 1] == "of" && words.size() > at + 2 && words[at + 2] != "this" &&
          words[at + 2] != "that" && words.front() != "what" && words.front() != "which" && words.front() != "is" &&
          words.front() != "whose" && words.front() != "describe" && words.front() != "explain")
        return true;
  }
  return false;
}

// "Zeichne eine Katze", "Male mir bitte ...", "Erstelle ein Bild von ...", "Kannst du ein Haus zeichnen?"
bool german_draw(std::string_view text) {
  static constexpr std::string_view verbs[] = {"zeichne", "zeichnet",  "zeichnen",   "male",       "mal",
                                               "malen",   "skizziere", "skizzieren", "illustriere"};
  static constexpr std::string_view makers[] = {"erstelle",  "erstellen", "erzeuge",     "erzeugen",   "generiere", "generieren",
                                                "mach",      "mache",     "machen",      "gib",        "zeig",      "entwirf",
                                                "entwerfen", "gestalte",  "m\u00F6chte", "h\u00E4tte", "brauche"};
  static constexpr std::string_view things[] = {
      "bild",   "bilder", "zeichnung", "gem\u00E4lde",    "illustration", "skizze", "portr\u00E4t",
      "plakat", "logo",   "symbol",    "hintergrundbild", "aquarell",     "foto",   "poster"};
  static constexpr std::string_view polite[] = {
      "bitte", "kannst", "k\u00F6nntest", "k\u00F6nnen", "k\u00F6nnten", "du",    "sie", "ich",  "jetzt", "nun",    "dann",
      "und",   "mir",    "uns",           "ok",          "okay",         "hallo", "mal", "also", "noch",  "würdest"};
  static constexpr std::string_view articles[] = {"mir",  "uns",   "ein",   "eine", "einen", "zwei", "drei",
                                                  "vier", "bitte", "etwas", "mal",  "noch",  "den",  "das"};
  static constexpr std::string_view stops[] = {"dieses", "diesem", "diesen", "dieser", "das", "dem", "den",
                                               "der",    "die",    "zu",     "aus",    "im",  "auf", "\u00FCber"};
  std::vector<std::vector<std::string_view>> all(1);  // words here hold letters beyond ASCII
  for (size_t at = 0; at < text.size();) {
    const auto inside = [&](size_t i) { return i < text.size() && (is_letter(text[i]) || (text[i] & 0x80) != 0); };
    size_t end = at;
    while (inside(end)) ++end;
    if (end > at) {
      all.back().push_back(text.substr(at, end - at));
      at = end;
      continue;
    }
    if (std::string_view(".,;:!?\n").find(text[at]) != std::string_view::npos) all.emplace_back();
    ++at;
  }
  for (const auto& words : all) {
    size_t first = 0;
    while (first < words.size() && among(words[first], polite) && words[first] != "mal") ++first;
    const bool asks = first > 0 && std::any_of(words.begin(), words.begin() + ptrdiff_t(first),
                                               [](std::string_view w) { return w.starts_with("k") || w == "w\u00FCrdest"; });
    if (first < words.size() && among(words[first], verbs) && first + 1 < words.size() && among(words[first + 1], articles))
      return true;
    // "Kannst du mir ein Haus zeichnen?"
    if (asks && words.size() > first + 1 &&
        (words.back() == "zeichnen" || words.back() == "malen" || words.back() == "skizzieren") && among(words[first], articles))
      return true;
    for (size_t verb = 0; verb <= first && verb < words.size(); ++verb)
      if (among(words[verb], makers) || asks)
        for (size_t at = verb + 1; at < std::min(words.size(), verb + 8) && !among(words[at], stops); ++at)
          if (among(words[at], things) && (at == 0 || words[at - 1] != "auf")) return true;
    if (words.size() > 3 && (words[0] == "ein" || words[0] == "eine") && among(words[1], things) &&
        (words[2] == "von" || words[2] == "mit"))
      return true;
  }
  return false;
}

bool chinese_draws(std::string_view text) {
  if (any(text, chinese_not_drawn)) return false;
  if (any(text, chinese_draw) || text.starts_with("画")) return true;
  for (const std::string_view verb : chinese_make) {
    const size_t at = text.find(verb);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text.substr(at + verb.size());
    if (any(rest, chinese_pictures)) return true;
  }
  return false;
}

}  // namespace

bool asks_for_drawing(std::string_view text) { return english_draw(text) || chinese_draws(text) || german_draw(text); }

}  // namespace bifrons
