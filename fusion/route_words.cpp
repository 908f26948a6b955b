// fusion/route_words.cpp - see route_words.h. English and German phrases match whole words; a phrase in ideographs matches
// anywhere.
#include "fusion/route_words.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

namespace bifrons {

namespace {

using Phrases = std::span<const std::string_view>;

constexpr std::string_view text_words[] = {"read the",
                                           "read this",
                                           "read it",
                                           "read out",
                                           "read me",
                                           "what does it say",
                                           "what does this say",
                                           "what does that say",
                                           "what do they say",
                                           "sign say",
                                           "label say",
                                           "letter say",
                                           "note say",
                                           "page say",
                                           "poster say",
                                           "transcribe",
                                           "transcription",
                                           "ocr",
                                           "extract",
                                           "the text",
                                           "any text",
                                           "text in",
                                           "text on",
                                           "text from",
                                           "written",
                                           "writing say",
                                           "type out",
                                           "type up",
                                           "wording",
                                           "the words",
                                           "words on",
                                           "handwriting say",
                                           "translate",
                                           "total",
                                           "amount",
                                           "invoice",
                                           "receipt",
                                           "due date",
                                           "date of",
                                           "what date",
                                           "price",
                                           "cost",
                                           "iban",
                                           "serial number",
                                           "model number",
                                           "phone number",
                                           "telephone",
                                           "email address",
                                           "address",
                                           "expiry",
                                           "expiration",
                                           "tax",
                                           "vat",
                                           "subtotal",
                                           "order number",
                                           "reference number",
                                           "account number",
                                           "licence plate",
                                           "license plate",
                                           "number plate",
                                           "headline",
                                           "paragraph",
                                           "summarise",
                                           "summarize",
                                           "how much was",
                                           "how much did",
                                           "deadline",
                                           "signed by",
                                           "who signed",
                                           "文字",
                                           "写了什么",
                                           "写的什么",
                                           "写着什么",
                                           "写的是什么",
                                           "写了些什么",
                                           "写着",
                                           "上面写",
                                           "读出",
                                           "念出",
                                           "朗读",
                                           "抄",
                                           "转写",
                                           "提取",
                                           "识别",
                                           "翻译",
                                           "总额",
                                           "金额",
                                           "合计",
                                           "总计",
                                           "发票",
                                           "收据",
                                           "小票",
                                           "日期",
                                           "到期",
                                           "截止",
                                           "价格",
                                           "多少钱",
                                           "电话",
                                           "邮箱",
                                           "地址",
                                           "编号",
                                           "单号",
                                           "号码",
                                           "车牌",
                                           "税",
                                           "账号",
                                           "标题",
                                           "正文",
                                           "签字",
                                           "总结",
                                           "概括",
                                           "lies den",
                                           "lies das",
                                           "lies die",
                                           "lies vor",
                                           "lesen",
                                           "vorlesen",
                                           "was steht",
                                           "steht auf",
                                           "steht da",
                                           "steht dort",
                                           "steht hier",
                                           "steht drauf",
                                           "transkribiere",
                                           "abschreiben",
                                           "abtippen",
                                           "der text",
                                           "den text",
                                           "text auf",
                                           "text in",
                                           "text aus",
                                           "text im",
                                           "text am",
                                           "geschrieben",
                                           "wortlaut",
                                           "übersetze",
                                           "übersetzen",
                                           "übersetzung",
                                           "betrag",
                                           "gesamtbetrag",
                                           "summe",
                                           "rechnung",
                                           "rechnungsnummer",
                                           "quittung",
                                           "kassenbon",
                                           "beleg",
                                           "fällig",
                                           "fälligkeitsdatum",
                                           "datum",
                                           "welches datum",
                                           "preis",
                                           "kostet",
                                           "kosten",
                                           "seriennummer",
                                           "telefonnummer",
                                           "rufnummer",
                                           "e-mail-adresse",
                                           "adresse",
                                           "anschrift",
                                           "ablaufdatum",
                                           "haltbar bis",
                                           "mwst",
                                           "mehrwertsteuer",
                                           "umsatzsteuer",
                                           "zwischensumme",
                                           "bestellnummer",
                                           "kundennummer",
                                           "kontonummer",
                                           "kennzeichen",
                                           "nummernschild",
                                           "überschrift",
                                           "absatz",
                                           "fasse zusammen",
                                           "zusammenfassen",
                                           "zusammenfassung",
                                           "frist",
                                           "unterschrieben",
                                           "unterzeichnet",
                                           "aktenzeichen",
                                           "extrahiere"};
constexpr std::string_view appearance_words[] = {"color",
                                                 "colour",
                                                 "colors",
                                                 "colours",
                                                 "wearing",
                                                 "how many people",
                                                 "how many persons",
                                                 "how many cats",
                                                 "how many dogs",
                                                 "how many animals",
                                                 "how many cars",
                                                 "how many birds",
                                                 "how many objects",
                                                 "how many shapes",
                                                 "background",
                                                 "foreground",
                                                 "style",
                                                 "mood",
                                                 "look like",
                                                 "looks like",
                                                 "lighting",
                                                 "facial",
                                                 "smiling",
                                                 "emotion",
                                                 "breed",
                                                 "what animal",
                                                 "which animal",
                                                 "what kind of animal",
                                                 "what bird",
                                                 "what plant",
                                                 "what flower",
                                                 "landscape",
                                                 "weather",
                                                 "shape",
                                                 "shapes",
                                                 "left of",
                                                 "right of",
                                                 "on the left",
                                                 "on the right",
                                                 "beautiful",
                                                 "composition",
                                                 "handwritten or printed",
                                                 "logo look",
                                                 "holding",
                                                 "sitting",
                                                 "standing",
                                                 "颜色",
                                                 "什么色",
                                                 "穿",
                                                 "几个人",
                                                 "多少人",
                                                 "几只",
                                                 "几条",
                                                 "几辆",
                                                 "背景",
                                                 "前景",
                                                 "风格",
                                                 "表情",
                                                 "心情",
                                                 "氛围",
                                                 "动物",
                                                 "什么花",
                                                 "什么植物",
                                                 "品种",
                                                 "天气",
                                                 "形状",
                                                 "左边",
                                                 "右边",
                                                 "构图",
                                                 "光线",
                                                 "长得",
                                                 "手写还是打印",
                                                 "好看",
                                                 "farbe",
                                                 "farben",
                                                 "trägt",
                                                 "wie viele personen",
                                                 "wie viele menschen",
                                                 "wie viele leute",
                                                 "wie viele katzen",
                                                 "wie viele hunde",
                                                 "wie viele tiere",
                                                 "wie viele autos",
                                                 "wie viele vögel",
                                                 "hintergrund",
                                                 "vordergrund",
                                                 "stil",
                                                 "stimmung",
                                                 "sieht aus",
                                                 "aussehen",
                                                 "sieht das aus",
                                                 "beleuchtung",
                                                 "gesichtsausdruck",
                                                 "lächelt",
                                                 "rasse",
                                                 "welches tier",
                                                 "was für ein tier",
                                                 "welcher vogel",
                                                 "welche pflanze",
                                                 "welche blume",
                                                 "landschaft",
                                                 "wetter",
                                                 "formen",
                                                 "links von",
                                                 "rechts von",
                                                 "auf der linken",
                                                 "auf der rechten",
                                                 "komposition",
                                                 "hält",
                                                 "sitzt",
                                                 "steht neben"};
constexpr std::string_view general_words[] = {"poem",
                                              "haiku",
                                              "joke",
                                              "python",
                                              "javascript",
                                              "rust",
                                              "c++",
                                              "sql",
                                              "regular expression",
                                              "prove that",
                                              "prove",
                                              "proof of",
                                              "solve",
                                              "capital of",
                                              "square root",
                                              "derivative",
                                              "integral",
                                              "different topic",
                                              "another topic",
                                              "change the subject",
                                              "another question",
                                              "unrelated",
                                              "forget the document",
                                              "forget the picture",
                                              "forget about",
                                              "tell me a story",
                                              "recipe",
                                              "meaning of life",
                                              "who invented",
                                              "who wrote",
                                              "what is the difference between",
                                              "how do i",
                                              "how can i learn",
                                              "synonym",
                                              "speed of light",
                                              "population of",
                                              "hello",
                                              "thank you",
                                              "thanks",
                                              "good morning",
                                              "写一首",
                                              "写首",
                                              "作一首",
                                              "笑话",
                                              "代码",
                                              "编程",
                                              "证明",
                                              "求解",
                                              "解方程",
                                              "首都",
                                              "平方根",
                                              "导数",
                                              "积分",
                                              "换个话题",
                                              "另一个问题",
                                              "另外一个问题",
                                              "别管",
                                              "无关",
                                              "讲个故事",
                                              "食谱",
                                              "菜谱",
                                              "谁发明",
                                              "有什么区别",
                                              "怎么学",
                                              "同义词",
                                              "光速",
                                              "人口是",
                                              "你好",
                                              "谢谢",
                                              "早上好",
                                              "gedicht",
                                              "witz",
                                              "erzähl mir",
                                              "beweise",
                                              "beweis",
                                              "löse die gleichung",
                                              "hauptstadt",
                                              "quadratwurzel",
                                              "ableitung",
                                              "anderes thema",
                                              "themawechsel",
                                              "andere frage",
                                              "vergiss das dokument",
                                              "vergiss das bild",
                                              "rezept",
                                              "sinn des lebens",
                                              "wer hat erfunden",
                                              "was ist der unterschied zwischen",
                                              "wie lerne ich",
                                              "synonym für",
                                              "lichtgeschwindigkeit",
                                              "einwohner",
                                              "hallo",
                                              "danke",
                                              "guten morgen",
                                              "guten tag"};
constexpr std::string_view refers_words[] = {
    "this",      "about that", "that one", "these",       "those",    "it",           "its",      "document",   "page",
    "picture",   "image",      "photo",    "file",        "pdf",      "contract",     "invoice",  "letter",     "report",
    "scan",      "here",       "above",    "section",     "clause",   "table",        "attached", "attachment", "这",
    "那",        "它",         "文档",     "文件",        "附件",     "页",           "图",       "照片",       "合同",
    "发票",      "报告",       "上面",     "上述",        "条款",     "表格",         "文中",     "其中",       "dies",
    "diese",     "dieser",     "dieses",   "diesem",      "diesen",   "das dokument", "dokument", "seite",      "bild",
    "foto",      "datei",      "vertrag",  "mietvertrag", "rechnung", "brief",        "bericht",  "hier",       "oben",
    "abschnitt", "klausel",    "tabelle",  "anhang",      "darin",    "darauf",       "davon"};
constexpr std::string_view picture_words[] = {"this picture",
                                              "this image",
                                              "this photo",
                                              "this photograph",
                                              "these pictures",
                                              "these images",
                                              "these photos",
                                              "that picture",
                                              "that photo",
                                              "my photo",
                                              "in the picture",
                                              "in the image",
                                              "in the photo",
                                              "the attached picture",
                                              "the attached image",
                                              "the attached photo",
                                              "attached photo",
                                              "attached picture",
                                              "attached image",
                                              "describe the picture",
                                              "describe the image",
                                              "describe the photo",
                                              "caption the",
                                              "这张图",
                                              "这幅图",
                                              "这张照片",
                                              "这幅画",
                                              "这张画",
                                              "图片里",
                                              "图片中",
                                              "图里",
                                              "图中",
                                              "照片里",
                                              "照片中",
                                              "附图",
                                              "这些照片",
                                              "这些图片",
                                              "这个图片",
                                              "dieses bild",
                                              "diesem bild",
                                              "dieses foto",
                                              "diesem foto",
                                              "diese bilder",
                                              "diese fotos",
                                              "auf dem bild",
                                              "auf dem foto",
                                              "im bild",
                                              "mein foto",
                                              "das angehängte bild",
                                              "beschreibe das bild",
                                              "beschreibe das foto",
                                              "beschreib das bild"};
constexpr std::string_view document_words[] = {"this document",
                                               "this pdf",
                                               "this file",
                                               "this contract",
                                               "this invoice",
                                               "this letter",
                                               "this report",
                                               "this receipt",
                                               "this scan",
                                               "these documents",
                                               "these files",
                                               "the document",
                                               "the pdf",
                                               "attached document",
                                               "attached pdf",
                                               "attached file",
                                               "attached contract",
                                               "attached invoice",
                                               "the attachment",
                                               "my invoice",
                                               "my contract",
                                               "uploaded",
                                               "这份",
                                               "该文件",
                                               "该文档",
                                               "文档里",
                                               "文档中",
                                               "文件里",
                                               "文件中",
                                               "附件",
                                               "这个文件",
                                               "这个文档",
                                               "这张发票",
                                               "这张收据",
                                               "这封信",
                                               "这个合同",
                                               "合同里",
                                               "发票上",
                                               "上传的",
                                               "dieses dokument",
                                               "diesem dokument",
                                               "diese datei",
                                               "dieser datei",
                                               "dieser vertrag",
                                               "diesem vertrag",
                                               "diesen vertrag",
                                               "diese rechnung",
                                               "dieser rechnung",
                                               "dieser brief",
                                               "diesem brief",
                                               "dieser bericht",
                                               "diesem bericht",
                                               "das dokument",
                                               "dem dokument",
                                               "der anhang",
                                               "im anhang",
                                               "meine rechnung",
                                               "meiner rechnung",
                                               "mein vertrag",
                                               "meinem vertrag",
                                               "hochgeladen"};
constexpr std::string_view redraw_words[] = {
    "make it",     "make the",    "change the", "change it",  "again",    "another one", "another",  "one more",
    "more",        "instead",     "bigger",     "smaller",    "brighter", "darker",      "with a",   "without the",
    "redraw",      "replace the", "add a",      "remove the", "换成",     "改成",        "变成",     "再来",
    "重画",        "重新画",      "再画",       "大一点",     "小一点",   "亮一点",      "暗一点",   "加上",
    "加一",        "去掉",        "换个颜色",   "mach es",    "mach das", "mach den",    "mach die", "ändere",
    "noch einmal", "nochmal",     "noch eins",  "noch eine",  "noch ein", "stattdessen", "größer",   "kleiner",
    "heller",      "dunkler",     "mit einem",  "mit einer",  "ohne den", "ohne die",    "ohne das", "ersetze",
    "füge",        "entferne"};

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

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool has(std::string_view text, std::string_view phrase) {
  for (size_t at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
    const size_t end = at + phrase.size();
    const bool begins = !is_letter(phrase.front()) || at == 0 || !is_letter(text[at - 1]);
    const bool ends = !is_letter(phrase.back()) || end == text.size() || !is_letter(text[end]);
    if (begins && ends) return true;
  }
  return false;
}
bool any(std::string_view text, Phrases phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) { return has(text, phrase); });
}
bool among(std::string_view word, Phrases words) { return std::find(words.begin(), words.end(), word) != words.end(); }

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

RouteWords route_words(std::string_view given) {
  std::string text(given);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  // A typographic apostrophe counts as the plain one.
  for (size_t at = text.find("\u2019"); at != std::string::npos; at = text.find("\u2019", at)) text.replace(at, 3, "'");
  for (const auto& [large, small] : {std::pair{"\u00C4", "\u00E4"}, std::pair{"\u00D6", "\u00F6"}, std::pair{"\u00DC", "\u00FC"}})
    for (size_t at = text.find(large); at != std::string::npos; at = text.find(large, at)) text.replace(at, 2, small);
  RouteWords words;
  words.draw = english_draw(text) || chinese_draws(text) || german_draw(text);
  words.redraw = any(text, redraw_words);
  words.text = any(text, text_words);
  words.appearance = any(text, appearance_words);
  words.general = any(text, general_words);
  words.refers = any(text, refers_words);
  words.picture = any(text, picture_words);
  words.document = any(text, document_words);
  return words;
}

}  // namespace bifrons
