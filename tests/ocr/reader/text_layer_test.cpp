// tests/ocr/reader/text_layer_test.cpp - words, places and hidden words of PDF text layers.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/read_with.h"

namespace bifrons {
namespace {

using testing::HasSubstr;

TEST(TextLayer, WordsWithTheirPlaces) {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "Invoice number 4711") + PdfWriter::text(72, 680, "Total 1,234.50 EUR"));
  const Document document = read_bytes(pdf.bytes());
  EXPECT_EQ(document.status, Document::Status::ok);
  EXPECT_EQ(document.file.type, "pdf");
  EXPECT_EQ(document.file.sha256.size(), 64u);
  EXPECT_EQ(document.page_count, 1);
  ASSERT_EQ(document.pages.size(), 1u);
  const Page& page = document.pages[0];
  EXPECT_EQ(page.source, Page::Source::text);
  EXPECT_DOUBLE_EQ(page.width, 595);
  EXPECT_DOUBLE_EQ(page.height, 842);
  EXPECT_EQ(text_of(page), "Invoice number 4711\nTotal 1,234.50 EUR");
  const auto words = words_of(page);
  ASSERT_EQ(words.size(), 6u);
  EXPECT_NEAR(words[0].box.x0, 72, 1.5);
  EXPECT_NEAR(words[0].box.y1, 842 - 700, 4);  // the baseline, and the font's descent
  EXPECT_FALSE(words[0].confidence.has_value());
  EXPECT_TRUE(page.hidden_text.empty());
  EXPECT_TRUE(document.warnings.empty());
}

TEST(TextLayer, Sha256IsTheFiles) {
  PdfWriter pdf;
  pdf.add_page("");
  const TemporaryFolder folder;
  const auto path = folder.write("x.pdf", pdf.bytes());
  const std::string command = "sha256sum '" + path.string() + "'";
  FILE* pipe = ::popen(command.c_str(), "r");
  char line[65] = "";
  ASSERT_NE(std::fgets(line, sizeof line, pipe), nullptr);
  ::pclose(pipe);
  EXPECT_EQ(test_reader().look(path, {}).file.sha256, line);
}

struct Hiding {
  const char* name;
  std::string content;  // the word SECRET is on the page, out of sight
  HiddenText::Reason reason;
};
class HiddenWords : public testing::TestWithParam<Hiding> {};
TEST_P(HiddenWords, AreKeptOutWithTheirReason) {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "Plain visible words") + GetParam().content);
  const Document document = read_bytes(pdf.bytes());
  const Page& page = document.pages.at(0);
  EXPECT_THAT(text_of(page), testing::Not(HasSubstr("SECRET")));
  EXPECT_THAT(text_of(page), HasSubstr("Plain visible words"));
  ASSERT_EQ(page.hidden_text.size(), 1u);
  EXPECT_EQ(page.hidden_text[0].text, "SECRET");
  EXPECT_EQ(page.hidden_text[0].reason, GetParam().reason);
  EXPECT_TRUE(has_warning(document.warnings, "hidden_text"));
  EXPECT_EQ(document.status, Document::Status::ok);
}
INSTANTIATE_TEST_SUITE_P(
    Ways, HiddenWords,
    testing::Values(
        Hiding{"WhiteOnWhite", PdfWriter::text(72, 600, "SECRET", 12, "F1", "1 1 1 rg"), HiddenText::Reason::no_ink},
        Hiding{"AlmostWhite", PdfWriter::text(72, 600, "SECRET", 12, "F1", "0.97 0.97 0.97 rg"), HiddenText::Reason::no_ink},
        Hiding{"Invisible", PdfWriter::text(72, 600, "SECRET", 12, "F1", "3 Tr"), HiddenText::Reason::no_ink},
        Hiding{
            "InvisibleOverADrawing",
            "72 600 m 120 608 l 72 604 m 120 600 l 72 608 m 120 604 l S\n" + PdfWriter::text(72, 600, "SECRET", 12, "F1", "3 Tr"),
            HiddenText::Reason::no_ink},
        Hiding{"Clipped", "q 0 0 10 10 re W n " + PdfWriter::text(72, 600, "SECRET") + " Q\n", HiddenText::Reason::covered},
        Hiding{"Tiny", PdfWriter::text(72, 600, "SECRET", 1), HiddenText::Reason::tiny},
        Hiding{"TinyByMatrix", "q 0.05 0 0 0.05 72 600 cm " + PdfWriter::text(0, 0, "SECRET") + " Q\n", HiddenText::Reason::tiny},
        Hiding{"Covered", PdfWriter::text(72, 600, "SECRET") + "1 g 60 590 200 30 re f 0 g\n", HiddenText::Reason::covered},
        Hiding{"BlackOnBlack", "60 590 200 30 re f\n" + PdfWriter::text(72, 600, "SECRET"), HiddenText::Reason::no_ink},
        Hiding{"UnderALine", PdfWriter::text(72, 600, "SECRET", 12, "F1", "1 1 1 rg") + "72 604 m 300 604 l S\n",
               HiddenText::Reason::no_ink},
        Hiding{"WhiteOverOtherWords",
               PdfWriter::text(72, 701, "SECRET", 12, "F1", "1 1 1 rg") + PdfWriter::text(72, 700, "Plain visible words"),
               HiddenText::Reason::no_ink},
        Hiding{"PaleYellowOnWhite", PdfWriter::text(72, 600, "SECRET", 12, "F1", "1 1 0.7 rg"), HiddenText::Reason::no_ink},
        Hiding{"RedOnRed", "0.8 0 0 rg 60 590 200 30 re f 0 g\n" + PdfWriter::text(72, 600, "SECRET", 12, "F1", "0.8 0.02 0 rg"),
               HiddenText::Reason::no_ink},
        Hiding{"CoveredInColour", PdfWriter::text(72, 600, "SECRET") + "0 0.51 0 rg 60 590 200 30 re f 0 g\n",
               HiddenText::Reason::covered},
        Hiding{"OffThePage", PdfWriter::text(700, 600, "SECRET"), HiddenText::Reason::off_page},
        Hiding{"BelowThePage", PdfWriter::text(72, -40, "SECRET"), HiddenText::Reason::off_page}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(TextLayer, ColoursOfOneBrightnessAreTold) {
  PdfWriter pdf;
  pdf.add_page("0 0.51 0 rg 60 690 300 30 re f\n" + PdfWriter::text(72, 700, "red on green", 12, "F1", "1 0 0 rg") +
               "0.95 0 0.2 rg 60 640 300 30 re f\n" + PdfWriter::text(72, 650, "blue on red", 12, "F1", "0 0.4 0.9 rg") +
               "0.46 0.46 0.46 rg 60 590 300 30 re f\n" + PdfWriter::text(72, 600, "purple on gray", 12, "F1", "0.8 0.2 1 rg") +
               PdfWriter::text(72, 550, "lemon on white", 12, "F1", "1 1 0.2 rg"));
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  for (const char* words : {"red on green", "blue on red", "purple on gray", "lemon on white"})
    EXPECT_THAT(text_of(page), HasSubstr(words));
  EXPECT_TRUE(page.hidden_text.empty());
}

TEST(TextLayer, WhatIsFaintSmallOrOnColourStays) {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "Gray words", 10, "F1", "0.7 g") + PdfWriter::text(72, 680, "small print", 4) +
               "0 0 0.5 rg 60 640 300 30 re f 0 g\n" + PdfWriter::text(72, 650, "white on blue", 12, "F1", "1 g") +
               PdfWriter::text(72, 620, "Underlined") + "72 618 m 130 618 l S\n" + PdfWriter::text(72, 600, "i l . - 1") +
               PdfWriter::text(72, 580, "outlined", 14, "F1", "1 Tr") + "0 0 1 RG 0.5 w 50 550 200 20 re S\n" +
               PdfWriter::text(55, 556, "boxed"));
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  for (const char* words : {"Gray words", "small print", "white on blue", "Underlined", "i l . - 1", "outlined", "boxed"})
    EXPECT_THAT(text_of(page), HasSubstr(words));
  EXPECT_TRUE(page.hidden_text.empty());
}

TEST(TextLayer, SmallWordsOfAVeryLargePlanStay) {  // drawn so small that a row of their letters is as full as a line
  PdfWriter pdf;
  const std::string words = "Small words on a very large plan, more swarm over every corner as even rows";
  pdf.add_page({.content = PdfWriter::text(100, 14300, words, 14), .boxes = "/MediaBox [0 0 14400 14400]"});
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(text_of(page), words);
  EXPECT_TRUE(page.hidden_text.empty());
}

// A picture full of ink, 120 x 60 points, with its lower left corner at 300, 600.
PdfWriter::PageSpec with_picture(PdfWriter& pdf, const std::string& before, const std::string& after) {
  std::string noise;
  uint32_t state = 7;
  for (int i = 0; i < 240 * 120; ++i) noise += char((state = state * 1664525 + 1013904223) >> 25);
  const int image = pdf.add_image(240, 120, noise);
  return {.content = PdfWriter::text(72, 700, "Plain visible words") + before + "q 120 0 0 60 300 600 cm /Im Do Q\n" + after,
          .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"};
}

TEST(TextLayer, APicturesInkIsNotAWords) {
  const std::string word = PdfWriter::text(310, 625, "SECRET"), unseen = PdfWriter::text(310, 625, "SECRET", 12, "F1", "3 Tr");
  const auto page_of = [](const std::string& before, const std::string& after) {
    PdfWriter pdf;
    pdf.add_page(with_picture(pdf, before, after));
    ReadOptions options;  // the text layer only
    options.ocr = ReadOptions::Ocr::never;
    return read_bytes(pdf.bytes(), options).pages.at(0);
  };
  for (const auto& [before, after, reason] : {std::tuple(std::string(), unseen, HiddenText::Reason::no_ink),
                                              std::tuple(word, std::string(), HiddenText::Reason::covered)}) {
    const Page page = page_of(before, after);
    EXPECT_EQ(text_of(page), "Plain visible words");
    ASSERT_EQ(page.hidden_text.size(), 1u);
    EXPECT_EQ(page.hidden_text[0].text, "SECRET");
    EXPECT_EQ(page.hidden_text[0].reason, reason);
    EXPECT_TRUE(has_warning(page.warnings, "hidden_text"));
  }
  const Page labelled = page_of("", "1 g 305 620 80 18 re f 0 g\n" + PdfWriter::text(310, 625, "LABEL"));
  EXPECT_THAT(text_of(labelled), HasSubstr("LABEL"));
  EXPECT_TRUE(labelled.hidden_text.empty());
}

TEST(TextLayer, ALayerUnderAPictureThatIsReadIsNotHidden) {
  // Two thirds of the page are a scan with its unseen layer; one word of the layer is not in the scan.
  PdfWriter paper;
  paper.add_page(
      {.content = PdfWriter::text(20, 340, "The deposit is returned", 24) + PdfWriter::text(20, 290, "within thirty days", 24),
       .boxes = "/MediaBox [0 0 400 400]"});
  const PagePicture scan = render_bytes(paper.bytes(), 1, 1200);
  PdfWriter pdf;
  const int image = pdf.add_image(int(scan.width), int(scan.height), std::string(scan.rgb.begin(), scan.rgb.end()), "/DeviceRGB");
  pdf.add_page({.content = PdfWriter::text(50, 560, "Printed heading", 18) + "q 400 0 0 400 50 50 cm /Im Do Q\n" +
                           PdfWriter::text(70, 390, "The deposit is returned", 24, "F1", "3 Tr") +
                           PdfWriter::text(70, 340, "within thirty days", 24, "F1", "3 Tr") +
                           PdfWriter::text(70, 140, "SECRET", 24, "F1", "3 Tr"),
                .boxes = "/MediaBox [0 0 500 600]",
                .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(page.source, Page::Source::mixed);
  EXPECT_THAT(text_of(page), HasSubstr("Printed heading"));
  EXPECT_THAT(text_of(page), HasSubstr("deposit is returned"));
  EXPECT_THAT(text_of(page), testing::Not(HasSubstr("SECRET")));
  ASSERT_EQ(page.hidden_text.size(), 1u);
  EXPECT_EQ(page.hidden_text[0].text, "SECRET");
}

// A page that is one scan, with a layer of its lines from `first` on, `count` of them, and a stamp that was printed over it.
Page scan_with_layer(int first, int count, const std::string& stamp, const std::string& mode = "3 Tr") {
  const std::vector<std::string> lines = {
      "The tenant pays the rent", "on the first of each month", "to the account of the owner.",  "The deposit is returned",
      "within thirty days after", "the keys are handed over.",  "Repairs are for the landlord.", "Pets need a written consent."};
  const auto content = [&](int from, int to, const std::string& how) {
    std::string all;
    for (int i = from; i < to; ++i) all += PdfWriter::text(60, 700 - 60 * i, lines[size_t(i)], 24, "F1", how);
    return all;
  };
  PdfWriter paper;
  paper.add_page({.content = content(0, int(lines.size()), ""), .boxes = "/MediaBox [0 0 595 842]"});
  const PagePicture scan = render_bytes(paper.bytes(), 1, 1600);
  PdfWriter pdf;
  const int image = pdf.add_image(int(scan.width), int(scan.height), std::string(scan.rgb.begin(), scan.rgb.end()), "/DeviceRGB");
  pdf.add_page({.content = "q 595 0 0 842 0 0 cm /Im Do Q\n" + content(first, first + count, mode) +
                           (stamp.empty() ? "" : PdfWriter::text(60, 810, stamp, 10)),
                .boxes = "/MediaBox [0 0 595 842]",
                .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  Page page = read_bytes(pdf.bytes()).pages.at(0);
  std::string whole;
  for (const std::string& line : lines) whole += (whole.empty() ? "" : "\n") + line;
  EXPECT_EQ(text_of(page), stamp.empty() ? whole : stamp + "\n" + whole);
  EXPECT_TRUE(page.hidden_text.empty());
  return page;
}

TEST(TextLayer, ALayerBesideTheInkOfItsScanIsRejected) {
  const Page page = scan_with_layer(0, 8, "", "3 Tr 150 Tz");  // half as wide again as the letters of the scan
  EXPECT_EQ(page.source, Page::Source::ocr);
  EXPECT_TRUE(has_warning(page.warnings, "text_layer_rejected"));
}

TEST(TextLayer, WhatALayerLeavesOutOfItsScanIsRecognised) {
  EXPECT_EQ(scan_with_layer(0, 8, "").source, Page::Source::text);
  EXPECT_EQ(scan_with_layer(0, 4, "").source, Page::Source::mixed);
  EXPECT_EQ(scan_with_layer(5, 3, "").source, Page::Source::mixed);
  EXPECT_EQ(scan_with_layer(0, 0, "Envelope identifier 8F3A1C52-77B0-4D1E-9C55 signed").source, Page::Source::mixed);
}

TEST(TextLayer, AWatermarkUnderTheTextIsNotReadAndALogoBesideItIs) {
  const auto picture = [](PdfWriter& into, const std::string& content, const std::string& box, int64_t pixels) {
    PdfWriter paper;
    paper.add_page({.content = content, .boxes = "/MediaBox " + box});
    const PagePicture drawn = render_bytes(paper.bytes(), 1, pixels);
    return into.add_image(int(drawn.width), int(drawn.height), std::string(drawn.rgb.begin(), drawn.rgb.end()), "/DeviceRGB");
  };
  PdfWriter pdf;
  std::string rings = "0.75 G 0.75 g 6 w ";
  for (const double r : {150., 170.}) {  // a circle of four curves
    const auto n = [](double value) { return PdfWriter::number(value) + " "; };
    const double k = 0.5523 * r, c = 180;
    rings += n(c + r) + n(c) + "m " + n(c + r) + n(c + k) + n(c + k) + n(c + r) + n(c) + n(c + r) + "c " + n(c - k) + n(c + r) +
             n(c - r) + n(c + k) + n(c - r) + n(c) + "c " + n(c - r) + n(c - k) + n(c - k) + n(c - r) + n(c) + n(c - r) + "c " +
             n(c + k) + n(c - r) + n(c + r) + n(c - k) + n(c + r) + n(c) + "c S ";
  }
  const int mark = picture(pdf,
                           rings + PdfWriter::text(80, 240, "Discussion", 44) + PdfWriter::text(100, 170, "update in", 44) +
                               PdfWriter::text(95, 100, "progress", 44),
                           "[0 0 360 360]", 750);
  const int logo = picture(pdf, PdfWriter::text(10, 45, "Harbour Council", 22) + PdfWriter::text(10, 15, "of Lower Quay", 22),
                           "[0 0 200 80]", 600);
  std::string content = "q 360 0 0 360 120 240 cm /Mark Do Q q 200 0 0 80 40 740 cm /Logo Do Q\n", lines;
  for (int i = 0; i < 22; ++i) {
    const std::string line =
        "Line " + std::to_string(i + 1) + " of the guideline says what is to be done in such a case and when";
    content += PdfWriter::text(60, 640 - 20 * i, line, 11);
    lines += "\n" + line;
  }
  pdf.add_page({.content = content,
                .boxes = "/MediaBox [0 0 595 842]",
                .resources = "/XObject << /Mark " + PdfWriter::ref(mark) + " /Logo " + PdfWriter::ref(logo) + " >>"});
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(page.source, Page::Source::mixed);
  EXPECT_EQ(text_of(page), "Harbour Council\nof Lower Quay" + lines);
}

TEST(TextLayer, APictureOnItsSideBesideTextIsRead) {
  const std::vector<std::string> lines = {"Opening times of the library", "from the first of October on",
                                          "Monday to Friday from nine",   "until seven in the evening",
                                          "and on Saturdays until one",   "The reading room stays shut"};
  std::string content;
  for (size_t i = 0; i < lines.size(); ++i) content += PdfWriter::text(20, 170 - 28 * double(i), lines[i], 20);
  PdfWriter paper, pdf;
  paper.add_page({.content = content, .boxes = "/MediaBox [0 0 320 200]"});
  const PagePicture drawn = render_bytes(paper.bytes(), 1, 1000);
  const int image =
      pdf.add_image(int(drawn.width), int(drawn.height), std::string(drawn.rgb.begin(), drawn.rgb.end()), "/DeviceRGB");
  std::string text = "q 0 320 -200 0 450 100 cm /Im Do Q\n";
  for (int i = 0; i < 10; ++i)
    text += PdfWriter::text(60, 760 - 18 * i,
                            "Line " + std::to_string(i + 1) + " of a letter that tells what the picture is about", 11);
  pdf.add_page(
      {.content = text, .boxes = "/MediaBox [0 0 595 842]", .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(page.turned, 0);
  for (const std::string& line : lines) EXPECT_THAT(text_of(page), HasSubstr(line));
}

TEST(TextLayer, UpsideDownLinesReadForwards) {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "An upright line of words") + "q -1 0 0 -1 500 640 cm " +
               PdfWriter::text(0, 0, "Upside down goes first") + PdfWriter::text(0, -16, "and second") + " Q\n" +
               PdfWriter::text(72, 560, "More upright words here"));
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(page.turned, 0);
  EXPECT_EQ(text_of(page), "An upright line of words\nMore upright words here\nUpside down goes first\nand second");
  const Line& line = page.blocks.back().lines.front();
  ASSERT_TRUE(line.quad.has_value());
  EXPECT_NEAR((*line.quad)[0], 500, 2);  // the text's own top left: on the page its lower right
  EXPECT_NEAR((*line.quad)[1], line.box.y1, 0.1);
}

TEST(TextLayer, SlantedWordsAreWords) {
  PdfWriter pdf;
  const double c = 0.70710678;
  const std::string slant = "q " + PdfWriter::number(c) + " " + PdfWriter::number(c) + " " + PdfWriter::number(-c) + " " +
                            PdfWriter::number(c) + " 200 500 cm ";
  pdf.add_page(PdfWriter::text(72, 700, "An upright line of words") + PdfWriter::text(72, 686, "and another") + slant +
               PdfWriter::text(0, 0, "First slanted line") + PdfWriter::text(0, -14, "second one") + " Q\n" +
               PdfWriter::text(72, 400, "More upright words") + PdfWriter::text(72, 386, "and the last") +
               "q 0.94 0.342 -0.342 0.94 400 300 cm " + PdfWriter::text(0, 0, "1. 25 per cent") + " Q\n");
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(page.turned, 0);
  EXPECT_TRUE(page.hidden_text.empty());
  EXPECT_EQ(
      text_of(page),
      "An upright line of words\nand another\nFirst slanted line\nsecond one\nMore upright words\nand the last\n1. 25 per cent");
  ASSERT_GE(page.blocks.size(), 2u);
  const Line& line = page.blocks[1].lines.front();
  ASSERT_TRUE(line.quad.has_value());
  const auto& q = *line.quad;
  EXPECT_NEAR(std::atan2(q[3] - q[1], q[2] - q[0]) * 180 / 3.14159265, -45, 0.5);  // upwards
  EXPECT_NEAR(q[6], 200 + 0.2 * 12 * c, 1.5);  // the lower left corner is the baseline's beginning, and a little below
  EXPECT_NEAR(q[7], 342 + 0.2 * 12 * c, 1.5);
}

TEST(TextLayer, LinesOnTheirSideAreLines) {
  PdfWriter pdf;
  std::string upright;
  for (int i = 0; i < 8; ++i) upright += PdfWriter::text(100, 700 - 14 * i, "The upright words of this line stay as they are");
  pdf.add_page(upright + "q 0 1 -1 0 60 560 cm " + PdfWriter::text(0, 0, "A note in the margin") + " Q\n" +
               "q 0 -1 1 0 520 700 cm " + PdfWriter::text(0, 0, "and one downwards") + " Q\n");
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  const std::string text = text_of(page);
  EXPECT_THAT(text, HasSubstr("A note in the margin"));
  EXPECT_THAT(text, HasSubstr("and one downwards"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 9);
  for (const Block& block : page.blocks)
    for (const Line& line : block.lines) EXPECT_EQ(line.quad.has_value(), line.text.find("upright") == std::string::npos);
}

TEST(TextLayer, PlacesForSignaturesAreInk) {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "Signed in Bristol") + PdfWriter::text(72, 650, "______________   ______________") +
               PdfWriter::text(72, 600, "Date:__________") + PdfWriter::text(72, 560, "----------"));
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(text_of(page), "Signed in Bristol\n______________ ______________\nDate:__________\n----------");
  EXPECT_TRUE(page.hidden_text.empty());
  EXPECT_FALSE(has_warning(page.warnings, "hidden_text"));
}

TEST(TextLayer, GlyphNumbersAreNoText) {
  for (const auto& [ordering, mapped] : {std::pair("Identity", false), std::pair("UCS", false), std::pair("UCS", true)}) {
    SCOPED_TRACE(ordering);
    PdfWriter pdf;
    const std::string map =
        mapped ? "/CIDToGIDMap " + PdfWriter::ref(pdf.add_stream(std::string(256, '\1'))) : std::string();  // glyphs as it likes
    const int inner =
        pdf.add(std::string("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Helvetica /CIDSystemInfo << /Registry "
                            "(Adobe) /Ordering (") +
                ordering + ") /Supplement 0 >> /DW 600 " + map + " >>");
    const int font = pdf.add("<< /Type /Font /Subtype /Type0 /BaseFont /Helvetica /Encoding /Identity-H /DescendantFonts [" +
                             PdfWriter::ref(inner) + "] >>");
    std::string codes;
    for (int i = 0; i < 30; ++i) codes += "00" + std::to_string(mapped ? 10 + i % 10 : 24 + i * 7 % 40);
    pdf.add_page(
        {.content = PdfWriter::text(72, 700, "Only this line can be told", 18) + "BT /F4 14 Tf 72 600 Td <" + codes + "> Tj ET",
         .fonts = "/F4 " + PdfWriter::ref(font)});
    const Document document = read_bytes(pdf.bytes());
    EXPECT_TRUE(has_warning(document.warnings, "text_layer_rejected"));
    EXPECT_EQ(document.pages.at(0).source, Page::Source::ocr);
    EXPECT_THAT(text_of(document.pages[0]), HasSubstr("Only this line can be told"));
  }
}

TEST(TextLayer, ATickOfAFontOfMarksIsToldOnce) {
  PdfWriter pdf;
  const int dingbats = pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>");
  const int on = pdf.add_stream("q BT /Z 10 Tf 2 2 Td (4) Tj ET Q",
                                "/Type /XObject /Subtype /Form /BBox [0 0 12 12] /Resources << "
                                "/Font << /Z " +
                                    PdfWriter::ref(dingbats) + " >> >>");
  const int tick = pdf.add(
      "<< /Type /Annot /Subtype /Widget /FT /Btn /T (agreed) /V /Yes /AS /Yes /F 4 /Rect [150 698 162 710] /AP << /N << /Yes " +
      PdfWriter::ref(on) + " >> >> >>");
  pdf.catalog_extra = "/AcroForm << /Fields [" + PdfWriter::ref(tick) + "] >>";
  pdf.add_page({.content = PdfWriter::text(72, 700, "I agree:"), .extra = "/Annots [" + PdfWriter::ref(tick) + "]"});
  EXPECT_EQ(text_of(read_bytes(pdf.bytes()).pages.at(0)), "I agree: [x]");
}

TEST(TextLayer, InvisibleCharactersAreRemovedAndCounted) {
  PdfWriter pdf;
  // Two bytes a character through a ToUnicode map: A, zero width space, B, right-to-left override, C, tag L, D.
  const int map = pdf.add_stream(
      "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n1 begincodespacerange <00> <ff> "
      "endcodespacerange\n"
      "7 beginbfchar <41> <0041> <42> <200B> <43> <0042> <44> <202E> <45> <0043> <46> <DB40DC4C> <47> <0044> endbfchar\nendcmap "
      "end end");
  const int font = pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode " + PdfWriter::ref(map) + " >>");
  pdf.add_page("BT /FX 12 Tf 72 700 Td (ABCDEFG) Tj ET");
  std::string bytes = pdf.bytes();
  // The page's own font list has no FX: put it where F3 stands (both references have one digit or two, so nothing moves).
  const size_t at = bytes.find("/F3 ");
  ASSERT_NE(at, std::string::npos);
  const std::string mine = "/FX " + PdfWriter::ref(font);
  const size_t length = bytes.find(" R", at) + 2 - at;
  ASSERT_LE(mine.size(), length);
  bytes.replace(at, length, mine + std::string(length - mine.size(), ' '));
  const Document document = read_bytes(bytes);
  EXPECT_EQ(text_of(document.pages.at(0)), "ABCD");
  EXPECT_TRUE(has_warning(document.warnings, "invisible_characters"));
}

TEST(TextLayer, FormValuesAreText) {
  PdfWriter pdf;
  const int field = pdf.reserve(), choice = pdf.reserve(), tick = pdf.reserve(), secret = pdf.reserve();
  pdf.set(field, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada Lovelace) /Rect [72 600 300 620] /F 4 >>");
  pdf.set(choice,
          "<< /Type /Annot /Subtype /Widget /FT /Ch /T (town) /Opt [(Paris) (Turin)] /V (Turin) /Rect [72 560 300 580] /F 4 >>");
  pdf.set(tick,
          "<< /Type /Annot /Subtype /Widget /FT /Btn /T (agreed) /V /Yes /AS /Yes /AP << /N << /Yes null /Off null >> >> /Rect "
          "[72 540 84 552] /F 4 >>");
  pdf.set(secret, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (key) /V (HIDDENFIELD) /Rect [72 500 300 520] /F 2 >>");
  const std::string all =
      PdfWriter::ref(field) + " " + PdfWriter::ref(choice) + " " + PdfWriter::ref(tick) + " " + PdfWriter::ref(secret);
  pdf.catalog_extra = "/AcroForm << /Fields [" + all + "] >>";
  pdf.add_page({.content = PdfWriter::text(72, 700, "Application form"), .extra = "/Annots [" + all + "]"});
  const Document document = read_bytes(pdf.bytes());
  const std::string text = text_of(document.pages.at(0));
  EXPECT_THAT(text, HasSubstr("Ada Lovelace"));
  EXPECT_THAT(text, HasSubstr("Turin"));
  EXPECT_THAT(text, testing::Not(HasSubstr("HIDDENFIELD")));
  for (const Word& word : words_of(document.pages[0]))
    if (word.text == "Ada") {
      EXPECT_NEAR(word.box.x0, 72, 1);
      EXPECT_NEAR(word.box.y0, 842 - 620, 1);
    }
}

TEST(TextLayer, PagesInOrderAndRanges) {
  PdfWriter pdf;
  for (int i = 1; i <= 12; ++i) pdf.add_page(PdfWriter::text(72, 400, "Unique" + std::to_string(i * i) + " words of this page"));
  ReadOptions options;
  options.pages = parse_page_ranges("2-4,9,11-");
  std::vector<int64_t> numbers;
  std::vector<std::pair<int64_t, int64_t>> progress;
  const Document document =
      read_bytes(pdf.bytes(), options,
                 {.on_page =
                      [&](Page&& page) {
                        numbers.push_back(page.page);
                        EXPECT_THAT(text_of(page), HasSubstr("Unique" + std::to_string(page.page * page.page) + " "));
                      },
                  .on_progress = [&](int64_t done, int64_t total) { progress.emplace_back(done, total); }});
  EXPECT_THAT(numbers, testing::ElementsAre(2, 3, 4, 9, 11, 12));
  EXPECT_TRUE(document.pages.empty());
  EXPECT_EQ(document.page_count, 12);
  ASSERT_EQ(progress.size(), 7u);
  EXPECT_EQ(progress.front(), std::make_pair(int64_t(0), int64_t(6)));
  EXPECT_EQ(progress.back(), std::make_pair(int64_t(6), int64_t(6)));
  options.pages = parse_page_ranges("13");
  EXPECT_EQ(refusal(pdf.bytes(), options).exit_code, 2);
  options.pages = parse_page_ranges("10-20");
  EXPECT_TRUE(has_warning(read_bytes(pdf.bytes(), options).warnings, "pages_missing"));
}

}  // namespace
}  // namespace bifrons
