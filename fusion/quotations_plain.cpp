// fusion/quotations_plain.cpp - see quotations_plain.h.
#include "fusion/quotations_plain.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "fusion/document_answer.h"
#include "fusion/extractor_fields.h"
#include "fusion/extractor_pairs.h"
#include "fusion/extractor_question.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

constexpr size_t most_pages = 40;  // of one document that are looked through
constexpr size_t most_lines = 12;  // of one quotation

std::vector<View> cut(View list) {
  std::vector<View> words;
  while (!list.empty()) {
    const size_t end = std::min(list.find(U'|'), list.size());
    words.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

// Does the question hold one of the cues, and beside these phrases nothing that means something?
bool says_only(std::string_view question, View cues, View rest_words) {
  std::u32string plain = plain_label(letters_of(question).text);
  const std::vector<View> wanted = cut(cues), others = cut(rest_words);
  if (std::none_of(wanted.begin(), wanted.end(), [&](View cue) { return find_phrase(plain, cue) != View::npos; })) return false;
  if (has_ideograph(plain))
    for (const std::vector<View>* list : {&wanted, &others})
      for (const View phrase : *list)
        for (size_t at = plain.find(phrase); has_ideograph(phrase) && at != std::u32string::npos; at = plain.find(phrase))
          plain.erase(at, phrase.size());
  const std::vector<std::u32string> left = left_over(plain);
  return std::all_of(left.begin(), left.end(), [&](const std::u32string& word) {
    return std::find(others.begin(), others.end(), word) != others.end() ||
           std::find(wanted.begin(), wanted.end(), word) != wanted.end();
  });
}

struct KindAsked {
  View cues, rest;
  bool (*fits)(const Value& value);
};
bool is_money(const Value& value) {
  const size_t dot = value.key.find('.');
  return value.kind == Value::Kind::amount || (value.kind == Value::Kind::number && dot != std::string::npos);
}
constexpr KindAsked kinds[] = {
    {U"date|when|which day|what day|datum|wann|welcher tag|日期|什么时候|何时|哪天|哪一天",
     U"day|date|bought|buy|purchased|purchase|issued|printed|dated|made|signed|sent|created|happen|happened|happens|wrote|from|"
     U"old|tag|datum|gekauft|kauf|ausgestellt|gedruckt|geschrieben|unterschrieben|erstellt|gemacht|stammt|war|wurde|welcher|"
     U"welches|购买|买|开具|签订|签署|打印|日期|时间|票据",
     [](const Value& value) { return value.kind == Value::Kind::date; }},
    {U"phone|telephone|call|phone number|telefon|telefonnummer|rufnummer|anrufen|电话|手机",
     U"number|phone|telephone|mobile|call|contact|dial|telefon|nummer|telefonnummer|rufnummer|电话|号码|手机|联系",
     [](const Value& value) { return value.kind == Value::Kind::phone; }},
    {U"email|e-mail|mail|e mail|邮箱|邮件|电子邮件",
     U"address|email|e|mail|contact|adresse|mailadresse|emailadresse|邮箱|邮件|电子|地址",
     [](const Value& value) { return value.kind == Value::Kind::email; }},
    {U"website|web address|web site|url|homepage|webseite|internetadresse|网址|网站",
     U"address|web|site|website|url|homepage|webseite|internetadresse|网址|网站|地址",
     [](const Value& value) { return value.kind == Value::Kind::url; }},
    {U"how much|cost|price|amount|was kostet|wie viel|wieviel|preis|betrag|多少钱|价格|金额",
     U"cost|costs|price|amount|spent|sum|spend|kostet|kosten|preis|betrag|viel|wieviel|gekostet|价格|金额|花|费用|价钱",
     is_money}};

std::vector<int64_t> first_pages(PageShelf& shelf, int64_t document) {
  std::vector<int64_t> pages = shelf.source(document).pages();
  if (pages.size() > most_pages) pages.resize(most_pages);
  return pages;
}

}  // namespace

std::vector<Quoted> lines_of_kind(std::string_view question, PageShelf& shelf, size_t most) {
  const auto kind =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const KindAsked& k) { return says_only(question, k.cues, k.rest); });
  if (kind == std::end(kinds)) return {};
  std::vector<Quoted> lines;
  std::set<std::string> values;
  for (int64_t d = 0; d < shelf.documents(); ++d)
    for (const int64_t page : first_pages(shelf, d))
      for (const EvidenceLine& line : shelf.lines(d, page)) {
        bool is_new = false;
        for (const Value& value : line.values)
          if (kind->fits(value)) is_new |= values.insert(value.key).second;
        if (is_new) lines.push_back({&line});
        if (values.size() > most) return {};
      }
  return lines;
}

bool asks_for_the_text(std::string_view question) {
  return says_only(
      question,
      U"read the text|read this|read it|read out|read aloud|read what|read everything|read all|text on|text in|text of|show me "
      U"the text|show the text|show text|give me the text|the whole text|full text|what text|which text|what is written|whats "
      U"written|what s written|written on|written here|written there|what does it say|what does this say|what does the text "
      U"say|what does the picture say|what does the sign say|what does the document say|what does the page say|extract the "
      U"text|extract text|transcribe|transcription|type out|write out|was steht|lies|lese|vorlesen|zeige den text|zeig den "
      U"text|zeige mir den text|zeig mir den text|zeige den ganzen text|gib den text|text anzeigen|welcher text|welchen text|"
      U"geschrieben|abschreiben|写了什么|写着什么|写的什么|写的是什么|写了些什么|读出|读一下|念一下|念出|显示文字|显示文本|"
      U"文字内容|"
      U"什么字|识别文字|提取文字|有什么文字|文字|全文|原文",
      U"text|texts|picture|image|photo|photograph|sign|page|read|show|say|says|said|written|write|extract|transcribe|"
      U"transcription|type|aloud|everything|all|entire|whole|word|words|content|contents|displayed|print|printed|display|me|"
      U"screenshot|scan|label|poster|card|back|loud|ocr|bild|foto|schild|seite|steht|lies|lese|vor|vorlesen|zeige|zeig|gib|"
      U"anzeigen|ganzen|ganze|gesamten|wort|geschrieben|abschreiben|abgebildet|drauf|darauf|darin|hier|da|dort|mir|den|das|auf|"
      U"dem|der|im|in|was|welcher|welchen|图片|图像|照片|图上|图中|图里|图|纸上|显示|出来|全部|所有|文字|文本|提取|识别|读|念|看|"
      U"片|内容|字|给|把|写|着|出|一下|页|面");
}

std::vector<Quoted> first_text(PageShelf& shelf, size_t most) {
  std::vector<Quoted> text;
  const auto each = std::max<size_t>(1, most / size_t(std::max<int64_t>(1, shelf.documents())));
  for (int64_t d = 0; d < shelf.documents() && text.size() < most; ++d) {
    size_t taken = 0;
    for (const int64_t number : first_pages(shelf, d)) {
      size_t at = 0;
      // Short blocks of a page are read as one.
      const std::vector<EvidenceLine>& lines = shelf.lines(d, number);
      const std::vector<Block>& blocks = shelf.page(d, number).blocks;
      for (size_t b = 0; b < blocks.size() && taken < each && text.size() < most; ++b) {
        if (taken == 0 || text.back().size() + blocks[b].lines.size() > most_lines || text.back().front()->page != number)
          text.emplace_back(), ++taken;
        for (size_t l = 0; l < blocks[b].lines.size() && at < lines.size(); ++l, ++at)
          if (text.back().size() < most_lines) text.back().push_back(&lines[at]);
        if (text.back().empty()) text.pop_back(), --taken;
      }
      if (taken >= each) break;
    }
  }
  return text;
}

}  // namespace bifrons
