// tests/ocr/document/exports_test.cpp - JSON there and back, what parse_page refuses, plain text, Markdown; hOCR and ALTO read
// back with libxml2 word for word and box for box.
#include "ocr/document/exports.h"

#include <cmath>
#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "ocr/document/utf8.h"
#include "tests/ocr/document/made_pages.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Page small_page() {
  Page page;
  page.page = 3;
  page.width = 595.276;
  page.height = 841.89;
  page.unit = Page::Unit::pt;
  page.source = Page::Source::ocr;
  page.dpi = 200;
  page.skew = -0.704;
  page.languages = {"eng", "chi_sim"};
  page.confidence = 93.1;
  page.seconds = 1.0249;
  Line line{"p3l1", {72, 100.5, 200, 112}, std::array<double, 8>{72, 100, 200, 101, 200, 112, 72, 111}, "Sum \"12\"", 95, {}};
  line.words = {{"Sum", {72, 100.5, 100, 112}, 96}, {"\"12\"", {110, 100.5, 200, 112}, 94.126}};
  page.blocks = {{"p3b1", Block::Type::heading, line.box, {line}}};
  page.tables = {{{1, 2, 3, 4}, {{{"a", {1, 2, 2, 4}}, {"b", {2, 2, 3, 4}}}}}};
  page.hidden_text = {{"ghost", {-500, 2, 3, 4}, HiddenText::Reason::off_page}};
  return page;
}
constexpr const char* small_json =
    R"({"page":3,"width":595.28,"height":841.89,"unit":"pt","source":"ocr","dpi":200,"turned":0,"skew":-0.7,"languages":["eng","chi_sim"],)"
    R"("confidence":93.1,"seconds":1.02,"blocks":[{"id":"p3b1","type":"heading","box":[72,100.5,200,112],"lines":[{"id":"p3l1",)"
    R"("box":[72,100.5,200,112],"quad":[72,100,200,101,200,112,72,111],"text":"Sum \"12\"","confidence":95,"words":[{"text":"Sum",)"
    R"("box":[72,100.5,100,112],"confidence":96},{"text":"\"12\"","box":[110,100.5,200,112],"confidence":94.13}]}]}],)"
    R"("tables":[{"box":[1,2,3,4],"rows":[[{"text":"a","box":[1,2,2,4]},{"text":"b","box":[2,2,3,4]}]]}],)"
    R"("hidden_text":[{"text":"ghost","box":[-500,2,3,4],"reason":"off_page"}]})";

TEST(PageJson, HasTheShapeOfTheSpecification) { EXPECT_EQ(page_json(small_page()), small_json); }
TEST(PageJson, ADocument) {
  Document document{{"x.pdf", "pdf", 1234, "ab"},
                    Document::Status::partial,
                    {{"timeout", 3, "slow"}, {"image_failed", 0, "one"}},
                    5,
                    {small_page()}};
  document.pages[0].warnings = {{"timeout", 3, "slow"}};
  EXPECT_EQ(document_json(document),
            R"({"version":1,"file":{"name":"x.pdf","type":"pdf","bytes":1234,"sha256":"ab"},"status":"partial","warnings":[)"
            R"({"code":"timeout","page":3,"message":"slow"},{"code":"image_failed","message":"one"}],"pages":[)" +
                std::string(small_json) + "]}");
  EXPECT_EQ(document_json(document.file, DocumentFailure(Fault::encrypted, "encrypted", "x.pdf: needs a password")),
            R"({"version":1,"file":{"name":"x.pdf","type":"pdf","bytes":1234,"sha256":"ab"},"status":"error",)"
            R"("error":{"code":"encrypted","message":"x.pdf: needs a password"},"warnings":[],"pages":[]})");
  EXPECT_THAT(page_json(document.pages[0]), HasSubstr(R"("warnings":[{"code":"timeout","page":3,"message":"slow"}]})"));
  EXPECT_EQ(parse_page(page_json(document.pages[0])).warnings.at(0).message, "slow");
}
TEST(PageJson, ThereAndBack) {
  for (const MadeDocument& made : {made_english(20, 40), made_chinese(20, 40)})
    for (const Page& page : made.pages) EXPECT_EQ(page_json(parse_page(page_json(page))), page_json(page));
  const Page odd = parse_page(small_json);
  EXPECT_EQ(page_json(odd), small_json);
  EXPECT_EQ(odd.blocks[0].lines[0].words[1].text, "\"12\"");
  EXPECT_EQ(odd.hidden_text[0].reason, HiddenText::Reason::off_page);
}
TEST(PageJson, RepeatedHeads) {
  Page page = small_page();
  page.blocks[0].repeats = 2;
  const std::string json = page_json(page);
  EXPECT_THAT(json, HasSubstr(R"("type":"heading","repeats":2,"box")"));
  EXPECT_EQ(parse_page(json).blocks[0].repeats, 2);
}
TEST(PageJson, NumbersHaveAtMostTwoDecimals) {
  uint64_t state = 1;
  Page page = small_page();
  for (int i = 0; i < 2000; ++i) {
    page.skew = double(int64_t(next_random(state) % 2'000'000) - 1'000'000) / 7919;
    const std::string json = page_json(page);
    const size_t begin = json.find("\"skew\":") + 7;
    const std::string number = json.substr(begin, json.find(',', begin) - begin);
    EXPECT_LE(number.size() - std::min(number.find('.'), number.size()), 3u) << number;
    EXPECT_NEAR(std::stod(number), page.skew, 0.00501);
  }
  page.skew = -0.001;
  EXPECT_THAT(page_json(page), HasSubstr("\"skew\":0,"));
  page.skew = std::nan("");
  EXPECT_THAT(thrown([&] { page_json(page); }), HasSubstr("not finite"));
}
TEST(PageJson, AwkwardCharacters) {
  Page page = small_page();
  page.blocks[0].lines[0].text = std::string("tab\t nl\n nul\0 bell\a bad\xC3(\xFF end\\ \u00E9 \U0001F600", 37);
  const Page back = parse_page(page_json(page));
  EXPECT_TRUE(valid_utf8(back.blocks[0].lines[0].text));
  EXPECT_THAT(back.blocks[0].lines[0].text,
              HasSubstr(std::string("tab\t nl\n nul\0 bell\a bad\uFFFD(\uFFFD end\\ \u00E9", 36).substr(0, 30)));
}

std::string changed(const std::string& from, const std::string& to) {
  std::string json = small_json;
  const size_t at = json.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from);
  return json.replace(at, from.size(), to);
}
TEST(ParsePage, RefusesWhatMakesNoSense) {
  const std::vector<std::array<std::string, 3>> cases{
      {"\"page\":3", "\"page\":0", "its number is 0"},
      {"\"page\":3", "\"page\":3.5", "not a whole number"},
      {"\"page\":3", "\"page\":\"3\"", "is no number"},
      {"\"page\":3", "\"page\":1e18", "its number is 1e+18, outside 1 to 1.04858e+06"},
      {"\"page\":3,", "", "has no \"page\""},
      {"595.28", "-1", "its width is -1"},
      {"595.28", "1e300", "its width"},
      {"595.28", "1e999", "no JSON"},
      {"\"pt\"", "\"em\"", "its unit is \"em\", which is unknown"},
      {"\"ocr\"", "7", "its source is no text"},
      {"\"dpi\":200", "\"dpi\":-1", "its dpi is -1"},
      {"\"turned\":0", "\"turned\":45", "no quarter turn"},
      {"-0.7", "true", "its skew is no number"},
      {"[\"eng\",\"chi_sim\"]", "{}", "its languages is no list"},
      {"\"confidence\":93.1", "\"confidence\":101", "its confidence is 101"},
      {"\"heading\"", "\"title\"", "a block's type is \"title\""},
      {"[72,100.5,200,112]", "[72,100.5,200]", "four numbers"},
      {"[72,100.5,200,112]", "[200,100.5,72,112]", "inside out"},
      {"[72,100.5,200,112]", "[72,100.5,2000,112]", "a block's box is 2000"},
      {"[72,100.5,200,112]", "[72,100.5,null,112]", "is no number"},
      {"[72,100,200,101,200,112,72,111]", "[72,100]", "eight numbers"},
      {"\"words\":[", "\"words\":[7,", "a word is no object"},
      {"\"text\":\"Sum\"", "\"text\":7", "a word's text is no text"},
      {"\"text\":\"Sum\"", "\"text\":\"\xFF\"", "no JSON"},
      {"\"reason\":\"off_page\"", "\"reason\":\"\"", "which is unknown"},
      {"[-500,2,3,4]", "[-5e9,2,3,4]", "hidden text's box"},
      {"\"rows\":[", "\"rows\":[[7],", "a cell is no object"},
      {small_json, "", "no JSON"},
      {small_json, "[]", "no object"},
      {small_json, "null", "no object"},
      {small_json, std::string(100'000, '['), "no JSON"},
  };
  for (const auto& one : cases) {
    const std::string &from = one[0], &to = one[1], &says = one[2];  // clang 14 captures no structured bindings
    Fault fault{};
    EXPECT_THAT(thrown([&] { parse_page(changed(from, to)); }, &fault), HasSubstr(says)) << from << " -> " << to;
    EXPECT_EQ(fault, Fault::unreadable);
  }
  std::string many;
  for (int i = 0; i < 500'001; ++i) many += "7,";
  EXPECT_THAT(thrown([&] { parse_page(changed("\"words\":[", "\"words\":[" + many)); }), HasSubstr("more than 500000"));
}

TEST(PlainText, JoinsHyphensAndKeepsLines) {
  EXPECT_THAT(join_hyphens({"all infor-", "mation is", "here"}), ElementsAre("all information", "is", "here"));
  EXPECT_THAT(join_hyphens({"a very long-", "term", "plan"}, "a long-term matter"), ElementsAre("a very long-term", "plan"));
  EXPECT_THAT(join_hyphens({"over-", "un-", "der"}), ElementsAre("overunder"));
  EXPECT_THAT(join_hyphens({"pages 3-", "5 and -", "x"}), ElementsAre("pages 3-", "5 and -", "x"));
  EXPECT_THAT(join_hyphens({"Jean-", "Paul"}), ElementsAre("Jean-", "Paul"));  // a capital: a name, not a broken word
  EXPECT_THAT(join_hyphens({"soft\u00AD", "ware"}), ElementsAre("software"));
  EXPECT_THAT(join_hyphens({}), ElementsAre());
  Document document;
  document.pages = {made_page(1, {{Block::Type::heading, {"Title"}}, {Block::Type::text, {"one infor-", "mation two"}}}),
                    made_page(2, {}), made_page(3, {{Block::Type::text, {"end"}}})};
  EXPECT_EQ(plain_text(document), "Title\n\none information\ntwo\n\f\fend\n");
}
TEST(Markdown, HeadingsListsTables) {
  const Page page = made_page(1, {{Block::Type::heading, {"1. Offer", "for pumps"}},
                                  {Block::Type::text, {"# no heading", "second"}},
                                  {Block::Type::list, {"\u2022 first", "goes on", "2. second", "(a) third", "-5 degrees"}},
                                  {Block::Type::table, {"Item\tPrice", "A|B\t5.00", "C"}}});
  EXPECT_EQ(markdown(page),
            "# 1. Offer for pumps\n\n\\# no heading\nsecond\n\n- first\n  goes on\n2. second\n(a) third\n  -5 degrees\n\n| Item "
            "| Price |\n| --- | --- |\n| A\\|B | 5.00 "
            "|\n| C |  |\n");
  EXPECT_EQ(markdown(page.blocks[3], page), "| Item | Price |\n| --- | --- |\n| A\\|B | 5.00 |\n| C |  |");
}

// A document of headings of such sizes, a page each; recognised ones have boxes as high as their letters.
Document with_headings(const std::vector<std::pair<std::string, double>>& headings, bool recognised) {
  Document document;
  for (const auto& [text, size] : headings) {
    Page page = made_page(int64_t(document.pages.size()) + 1, {{Block::Type::heading, {text}}, {Block::Type::text, {"Words."}}},
                          {.confidence = recognised ? 90. : -1});
    Line& line = page.blocks[0].lines[0];
    for (Word& word : line.words) {
      const bool hangs = word.text.find_first_of("gpqyj") != std::string::npos,
                 tall = word.text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789bdfhklti") != std::string::npos;
      word.box.y1 = word.box.y0 + (recognised ? ((tall ? 0.72 : 0.5) + (hangs ? 0.21 : 0)) * size : size);
    }
    document.pages.push_back(std::move(page));
  }
  return document;
}
TEST(Markdown, PassagesHaveTheirRowsBetweenPipes) {
  Page page = made_page(2, {{Block::Type::text, {"Price list"}},
                            {Block::Type::table, {"Article\tSize\tPrice", "Canvas bag\tL\t12.90", "Felt|hat\t58\t39.95"}},
                            {Block::Type::text, {"All prices in EUR."}}});
  EXPECT_EQ(passage_markdown(page, {"p2l1", "p2l2", "p2l4", "p2l5"}),
            "Price list\n| Article | Size | Price |\n| --- | --- | --- |\n| Felt\\|hat | 58 | 39.95 |\nAll prices in EUR.");
  // Two lines make a row; one of them alone is none, and a row that does not say what the lines say is not believed.
  std::vector<std::vector<TableCell>>& rows = page.tables[0].rows;
  for (size_t i = 0; i < 3; ++i) rows[1][i] = {rows[1][i].text + ' ' + rows[2][i].text, hull(rows[1][i].box, rows[2][i].box)};
  rows.pop_back();
  rows[0][2].text = "Cost";
  EXPECT_EQ(passage_markdown(page, {"p2l2", "p2l3", "p2l4"}),
            "Article Size Price\n| Canvas bag Felt\\|hat | L 58 | 12.90 39.95 |");
  EXPECT_EQ(passage_markdown(page, {"p2l4"}), "Felt|hat 58 39.95");
  EXPECT_EQ(passage_markdown(page, {}), "");
}
TEST(Markdown, HeadingsHaveLevelsBySizeOverTheDocument) {
  for (const bool recognised : {false, true}) {
    SCOPED_TRACE(recognised);
    const std::string text = markdown(with_headings(
        {{"Second 1", 18}, {"The Title", 26}, {"Third part", 14}, {"Second 2", 18.4}, {"Fourth", 12}, {"some more grey", 14}},
        recognised));
    EXPECT_EQ(text,
              "## Second 1\n\nWords.\n\n# The Title\n\nWords.\n\n### Third part\n\nWords.\n\n## Second 2\n\nWords.\n\n### "
              "Fourth\n\nWords.\n\n### some more grey\n\nWords.\n");
  }
}

// All elements of the tree, in order.
void each_element(xmlNode* node, const std::function<void(xmlNode*)>& visit) {
  for (; node != nullptr; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    visit(node);
    each_element(node->children, visit);
  }
}
std::string attribute(xmlNode* node, const char* name) {
  xmlChar* value = xmlGetProp(node, reinterpret_cast<const xmlChar*>(name));
  const std::string text = value == nullptr ? "" : reinterpret_cast<const char*>(value);
  xmlFree(value);
  return text;
}
std::string name_of_element(xmlNode* node) { return reinterpret_cast<const char*>(node->name); }
void parse_xml(const std::string& xml, const std::function<void(xmlNode*)>& visit) {
  xmlDoc* tree = xmlReadMemory(xml.data(), int(xml.size()), "export", nullptr, XML_PARSE_NONET | XML_PARSE_NOERROR);
  ASSERT_NE(tree, nullptr) << "no well-formed XML";
  each_element(xmlDocGetRootElement(tree), visit);
  xmlFreeDoc(tree);
}

Document two_pages(Page::Unit unit) {
  Document document;
  document.file = {"a \"b\" & <c>.pdf", "pdf", 1, "00"};
  for (const MadeDocument& made : {made_english(30, 30), made_chinese(30, 30)})
    for (const Page& page : made.pages) {
      document.pages.push_back(page);
      document.pages.back().page = int64_t(document.pages.size());
      document.pages.back().unit = unit;
    }
  uint64_t state = 9;
  for (Page& page : document.pages) {
    page.dpi = page.page % 2 ? 200 : 0;
    for (Block& block : page.blocks) {
      block.id = "p" + std::to_string(page.page) + block.id.substr(block.id.find('b'));
      for (Line& line : block.lines) {
        line.id = "p" + std::to_string(page.page) + line.id.substr(line.id.find('l'));
        for (Word& word : line.words) {
          word.confidence = double(next_random(state) % 10'001) / 100;
          word.box.x0 += double(next_random(state) % 100) / 100;
        }
      }
    }
  }
  document.pages[0].blocks[0].lines[0].words[0].text = "<&>\"' \u00E9\U0001F600\x01";
  return document;
}
std::vector<const Word*> all_words(const Document& document) {
  std::vector<const Word*> words;
  for (const Page& page : document.pages)
    for (const Block& block : page.blocks)
      for (const Line& line : block.lines)
        for (const Word& word : line.words) words.push_back(&word);
  return words;
}
std::string as_xml_has_it(std::string text) {
  for (size_t at; (at = text.find('\x01')) != std::string::npos;) text.replace(at, 1, "\uFFFD");
  return text;
}

TEST(Hocr, WordsAndBoxesComeBack) {
  for (const Page::Unit unit : {Page::Unit::pt, Page::Unit::px}) {
    const Document document = two_pages(unit);
    const auto words = all_words(document);
    size_t found = 0, pages = 0;
    double scale = 1;
    std::set<std::string> ids;
    parse_xml(hocr(document), [&](xmlNode* node) {
      const std::string kind = attribute(node, "class"), title = attribute(node, "title"), id = attribute(node, "id");
      if (!id.empty()) {
        EXPECT_TRUE(ids.insert(id).second) << "twice: " << id;
      }
      if (kind == "ocr_page") {
        scale = hocr_scale(document.pages.at(pages++));
        EXPECT_THAT(title, HasSubstr("ppageno " + std::to_string(pages - 1)));
      }
      if (kind != "ocrx_word") return;
      ASSERT_LT(found, words.size());
      const Word& word = *words[found++];
      xmlChar* content = xmlNodeGetContent(node);
      EXPECT_EQ(reinterpret_cast<const char*>(content), as_xml_has_it(word.text));
      xmlFree(content);
      int box[4], confidence = -1;
      ASSERT_EQ(std::sscanf(title.c_str(), "bbox %d %d %d %d; x_wconf %d", &box[0], &box[1], &box[2], &box[3], &confidence), 5)
          << title;
      EXPECT_EQ(box[0], std::lround(word.box.x0 * scale));
      EXPECT_EQ(box[1], std::lround(word.box.y0 * scale));
      EXPECT_EQ(box[2], std::lround(word.box.x1 * scale));
      EXPECT_EQ(box[3], std::lround(word.box.y1 * scale));
      EXPECT_EQ(confidence, std::lround(*word.confidence));
    });
    EXPECT_EQ(found, words.size());
    EXPECT_EQ(pages, document.pages.size());
  }
}
TEST(Alto, WordsAndBoxesComeBack) {
  for (const Page::Unit unit : {Page::Unit::pt, Page::Unit::px}) {
    const Document document = two_pages(unit);
    const auto words = all_words(document);
    size_t found = 0;
    double scale = 0;
    std::set<std::string> ids;
    parse_xml(alto(document), [&](xmlNode* node) {
      const std::string kind = name_of_element(node);
      if (const std::string id = attribute(node, "ID"); !id.empty()) {
        EXPECT_TRUE(ids.insert(id).second) << "twice: " << id;
      }
      if (kind == "MeasurementUnit") {
        xmlChar* content = xmlNodeGetContent(node);
        scale = std::string(reinterpret_cast<const char*>(content)) == "pixel" ? 1 : 72.0 / 1200;
        xmlFree(content);
      }
      if (kind != "String") return;
      ASSERT_LT(found, words.size());
      const Word& word = *words[found++];
      EXPECT_EQ(attribute(node, "CONTENT"), as_xml_has_it(word.text));
      const auto length = [&](const char* name) { return std::stod(attribute(node, name)) * scale; };
      EXPECT_NEAR(length("HPOS"), word.box.x0, 1e-4);
      EXPECT_NEAR(length("VPOS"), word.box.y0, 1e-4);
      EXPECT_NEAR(length("WIDTH"), word.box.x1 - word.box.x0, 1e-4);
      EXPECT_NEAR(length("HEIGHT"), word.box.y1 - word.box.y0, 1e-4);
      EXPECT_NEAR(std::stod(attribute(node, "WC")), *word.confidence / 100, 1e-4);
    });
    EXPECT_EQ(scale, unit == Page::Unit::px ? 1 : 0.06);
    EXPECT_EQ(found, words.size());
  }
  Document mixed = two_pages(Page::Unit::pt);
  mixed.pages[1].unit = Page::Unit::px;
  EXPECT_THAT(thrown([&] { alto(mixed); }), HasSubstr("an ALTO file has one unit"));
}
TEST(Alto, SpacesStandWhereTheLineHasThem) {
  Document document;
  document.pages = {made_page(1, {{Block::Type::text, {"\u4fdd\u4fee two"}}})};
  std::string order;
  parse_xml(alto(document), [&](xmlNode* node) {
    if (name_of_element(node) == "String") order += attribute(node, "CONTENT") + ';';
    if (name_of_element(node) == "SP") order += "_;";
  });
  EXPECT_EQ(order, "\u4fdd;\u4fee;_;two;");
}

}  // namespace
}  // namespace bifrons
