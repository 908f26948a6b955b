// tests/ocr/reader/frame_test.cpp - one frame for all: whatever turns a page, each word's box lies on its ink in the page as
// shown.
#include <gmock/gmock.h>

#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/pictures.h"
#include "tests/ocr/reader/read_with.h"

namespace bifrons {
namespace {

// Ink inside each box; none in the strips just outside, which the words' spacing leaves free.
void expect_boxes_on_ink(const std::string& bytes, const Page& page, double gap) {
  const PagePicture shown = render_bytes(bytes, page.page, 2000);
  EXPECT_NEAR(double(shown.width) / double(shown.height), page.width / page.height, 0.01);
  const auto words = words_of(page);
  ASSERT_FALSE(words.empty());
  for (const Word& word : words) {
    SCOPED_TRACE(word.text);
    EXPECT_GE(word.box.x0, 0);
    EXPECT_GE(word.box.y0, 0);
    EXPECT_LE(word.box.x1, page.width);
    EXPECT_LE(word.box.y1, page.height);
    EXPECT_GT(darkness(shown, word.box), 12);
    const Box& b = word.box;
    const double wide = gap * 3;  // strips of that thickness, a gap away
    for (const Box& outside : {Box{b.x0 - gap - wide, b.y0, b.x0 - gap, b.y1}, Box{b.x1 + gap, b.y0, b.x1 + gap + wide, b.y1},
                               Box{b.x0, b.y0 - gap - wide, b.x1, b.y0 - gap}, Box{b.x0, b.y1 + gap, b.x1, b.y1 + gap + wide}})
      EXPECT_LT(darkness(shown, outside), 3);
  }
}

// Wide spaces, so that the strips between words are white. Words of one kind of height: the box is the font's, the ink almost
// fills it.
const char* const lines[] = {"ALPHA     BRAVO     CHARLIE", "DELTA     ECHO     FOXTROT", "GOLF     HOTEL     INDIA"};

class TextFrames : public testing::TestWithParam<std::tuple<int, int, bool>> {};
TEST_P(TextFrames, BoxesLieOnTheirWords) {
  const auto [content_turns, rotate, cropped] = GetParam();
  // Written upright around the middle of the page, then turned about it.
  const double middle_x = cropped ? 250 : 297, middle_y = cropped ? 400 : 421;
  const double cosine[] = {1, 0, -1, 0}, sine[] = {0, 1, 0, -1};
  std::string content = "q " + PdfWriter::number(cosine[content_turns]) + " " + PdfWriter::number(sine[content_turns]) + " " +
                        PdfWriter::number(-sine[content_turns]) + " " + PdfWriter::number(cosine[content_turns]) + " " +
                        PdfWriter::number(middle_x) + " " + PdfWriter::number(middle_y) + " cm\n";
  for (int i = 0; i < 3; ++i) content += PdfWriter::text(-140, 60 - 60 * i, lines[i], 18);
  content += "Q\n";
  PdfWriter pdf;
  pdf.add_page({.content = content,
                .boxes = std::string("/MediaBox [-30 -20 565 822]") + (cropped ? " /CropBox [70 90 470 700]" : ""),
                .extra = rotate == 0 ? "" : "/Rotate " + std::to_string(rotate)});
  const std::string bytes = pdf.bytes();
  const Document document = read_bytes(bytes);
  const Page& page = document.pages.at(0);
  const double wide = cropped ? 400 : 595, high = cropped ? 610 : 842;
  EXPECT_NEAR(page.width, rotate % 180 == 0 ? wide : high, 0.01);
  EXPECT_NEAR(page.height, rotate % 180 == 0 ? high : wide, 0.01);
  // PDF turns content anticlockwise and /Rotate clockwise.
  EXPECT_EQ(page.turned, (360 - 90 * content_turns + rotate) % 360);
  EXPECT_TRUE(page.hidden_text.empty());
  EXPECT_EQ(words_of(page).size(), 9u);
  EXPECT_EQ(text_of(page).substr(0, 5), "ALPHA");
  expect_boxes_on_ink(bytes, page, 5);
}
INSTANTIATE_TEST_SUITE_P(Turns, TextFrames,
                         testing::Combine(testing::Range(0, 4), testing::Values(0, 90, 180, 270), testing::Bool()));

TEST(PageFrames, UserUnitsMakeThePageLarger) {
  const auto bytes_of = [](const std::string& extra) {
    PdfWriter pdf;
    const int field = pdf.add("<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada) /Rect [72 600 300 620] /F 4 >>");
    pdf.catalog_extra = "/AcroForm << /Fields [" + PdfWriter::ref(field) + "] >>";
    std::string content;
    for (int i = 0; i < 3; ++i) content += PdfWriter::text(72, 500 - 60 * i, lines[i], 18);
    pdf.add_page({.content = content,
                  .boxes = "/MediaBox [0 0 595.28 841.89]",
                  .extra = extra + " /Annots [" + PdfWriter::ref(field) + "]"});
    return pdf.bytes();
  };
  const std::string bytes = bytes_of("/UserUnit 2 /Rotate 90");
  const Document small_document = read_bytes(bytes_of("/Rotate 90")), document = read_bytes(bytes);
  const Page &small = small_document.pages.at(0), &page = document.pages.at(0);
  EXPECT_NEAR(page.width, 1683.78, 0.01);
  EXPECT_NEAR(page.height, 1190.56, 0.01);
  const auto words = words_of(page), small_words = words_of(small);
  ASSERT_EQ(words.size(), 10u);
  ASSERT_EQ(small_words.size(), 10u);
  for (size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i].text, small_words[i].text);
    EXPECT_NEAR(words[i].box.x0, 2 * small_words[i].box.x0, 0.5);
    EXPECT_NEAR(words[i].box.y1, 2 * small_words[i].box.y1, 0.5);
  }
  const PagePicture shown = render_bytes(bytes, 1, 2000);
  EXPECT_NEAR(shown.scale * page.width, 2000, 1);
  for (const Word& word : words)
    if (word.text != "Ada") {
      EXPECT_GT(darkness(shown, word.box), 12) << word.text;
    }
}

// A page's picture, to be put into other files: 200 dpi.
Pixels page_pixels() {
  PdfWriter pdf;
  std::string content;
  const char* const prose[] = {"The quick brown fox jumps over the lazy dog", "while seven wizards quietly boxed five jugs",
                               "and nobody asked the old captain for advice", "before the evening train had left the station"};
  for (int i = 0; i < 16; ++i) content += PdfWriter::text(72, 720 - 36 * i, prose[i % 4], 16);
  pdf.add_page(content);
  const PagePicture shown = render_bytes(pdf.bytes(), 1, 2200);
  return {int(shown.width), int(shown.height), 3, shown.rgb};
}

void expect_recognised(const std::string& bytes, const Page& page) {
  EXPECT_EQ(page.source, Page::Source::ocr);
  const std::string text = text_of(page);
  EXPECT_THAT(text, testing::HasSubstr("quick brown fox"));
  EXPECT_THAT(text, testing::HasSubstr("evening train"));
  // Boxes of recognised words fit closely; between lines there is a line's height of white.
  const PagePicture shown = render_bytes(bytes, page.page, 2200);
  int on_ink = 0, clear = 0, all = 0;
  for (const Word& word : words_of(page)) {
    const Box& b = word.box;
    const bool sideways = page.turned % 180 != 0;
    const double high = sideways ? b.x1 - b.x0 : b.y1 - b.y0, gap = 0.35 * high, wide = 0.4 * high;
    const Box before = sideways ? Box{b.x0 - gap - wide, b.y0, b.x0 - gap, b.y1} : Box{b.x0, b.y0 - gap - wide, b.x1, b.y0 - gap};
    const Box after = sideways ? Box{b.x1 + gap, b.y0, b.x1 + gap + wide, b.y1} : Box{b.x0, b.y1 + gap, b.x1, b.y1 + gap + wide};
    ++all;
    on_ink += darkness(shown, b) > 25;
    clear += darkness(shown, before) < 6 && darkness(shown, after) < 6;
  }
  EXPECT_GE(all, 120);
  EXPECT_GE(on_ink, all * 97 / 100);
  EXPECT_GE(clear, all * 95 / 100);
}

TEST(RecognisedFrames, ExifOrientation) {
  const Pixels upright = page_pixels();
  // 6: stored lying on its left side, shown upright after a clockwise turn. 3: stored upside down. 8: the other side.
  for (const auto& [orientation, turns] : {std::pair(1, 0), std::pair(6, 3), std::pair(3, 2), std::pair(8, 1)}) {
    SCOPED_TRACE(orientation);
    const std::string bytes = jpeg_file(turned(upright, turns), orientation);
    const Document document = read_bytes(bytes);
    const Page& page = document.pages.at(0);
    EXPECT_EQ(page.width, upright.width);
    EXPECT_EQ(page.height, upright.height);
    EXPECT_EQ(page.turned, 0);
    expect_recognised(bytes, page);
  }
}

TEST(RecognisedFrames, PicturesOnTheirSideAndUpsideDown) {
  const Pixels upright = page_pixels();
  for (const int turns : {1, 2, 3}) {
    SCOPED_TRACE(turns);
    const std::string bytes = png_file(gray_of(turned(upright, turns)));
    const Document document = read_bytes(bytes);
    const Page& page = document.pages.at(0);
    EXPECT_EQ(page.width, turns % 2 == 0 ? upright.width : upright.height);
    EXPECT_EQ(page.turned, 90 * turns);
    expect_recognised(bytes, page);
  }
}

TEST(RecognisedFrames, AScanInLayersIsReadAtItsMasksResolution) {
  const Pixels gray = gray_of(page_pixels());
  std::string bits;  // 1: painted
  for (int y = 0; y < gray.height; ++y)
    for (int x = 0; x < gray.width; x += 8) {
      int byte = 0;
      for (int i = 0; i < 8; ++i)
        byte |= int(x + i < gray.width && gray.values[size_t(y) * size_t(gray.width) + size_t(x + i)] < 140) << (7 - i);
      bits += char(byte);
    }
  PdfWriter pdf;
  const int paper = pdf.add_image(100, 140, std::string(100 * 140, '\xfe'));
  const int mask =
      pdf.add_stream(bits, "/Type /XObject /Subtype /Image /ImageMask true /BitsPerComponent 1 /Decode [1 0] /Width " +
                               std::to_string(gray.width) + " /Height " + std::to_string(gray.height));
  pdf.add_page({.content = "q 595 0 0 842 0 0 cm /B Do Q q 0 g 595 0 0 842 0 0 cm /M Do Q",
                .resources = "/XObject << /B " + PdfWriter::ref(paper) + " /M " + PdfWriter::ref(mask) + " >>"});
  const std::string bytes = pdf.bytes();
  const Document document = read_bytes(bytes);
  const Page& page = document.pages.at(0);
  EXPECT_NEAR(page.dpi, gray.width / 595. * 72, 2);
  expect_recognised(bytes, page);
}

TEST(RecognisedFrames, ScansInPdfWithRotateAndCropBox) {
  const Pixels gray = gray_of(page_pixels());
  for (const int rotate : {0, 90}) {
    SCOPED_TRACE(rotate);
    const Pixels stored = turned(gray, rotate == 90 ? 3 : 0);
    PdfWriter pdf;
    const int image = pdf.add_image(stored.width, stored.height, std::string(stored.values.begin(), stored.values.end()));
    const std::string wide = std::to_string(rotate == 90 ? 842 : 595), high = std::to_string(rotate == 90 ? 595 : 842);
    pdf.add_page({.content = "q " + wide + " 0 0 " + high + " 20 30 cm /Im Do Q",
                  .boxes = "/MediaBox [0 0 900 900] /CropBox [20 30 " + std::to_string(20 + std::stoi(wide)) + " " +
                           std::to_string(30 + std::stoi(high)) + "]",
                  .extra = "/Rotate " + std::to_string(rotate),
                  .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
    const std::string bytes = pdf.bytes();
    const Document document = read_bytes(bytes);
    const Page& page = document.pages.at(0);
    EXPECT_NEAR(page.width, 595, 0.01);
    EXPECT_EQ(page.turned, 0);
    EXPECT_NEAR(page.dpi, gray.width / 595. * 72, 2);  // the image's own pixels
    expect_recognised(bytes, page);
  }
}

}  // namespace
}  // namespace bifrons
