// tests/ocr/reader/pictures_test.cpp - pictures of every kind, and PDF pages that are pictures, in part or wholly.
#include "tests/ocr/reader/pictures.h"

#include <gmock/gmock.h>

#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/read_with.h"

namespace bifrons {
namespace {

using testing::HasSubstr;
using testing::Not;

Pixels text_pixels(const std::vector<std::string>& lines, int64_t longer = 1100, double left = 20) {
  PdfWriter pdf;
  std::string content;
  for (size_t i = 0; i < lines.size(); ++i) content += PdfWriter::text(left, 260 - 32 * double(i), lines[i], 16);
  pdf.add_page({.content = content, .boxes = "/MediaBox [0 0 400 300]"});
  const PagePicture shown = render_bytes(pdf.bytes(), 1, longer);
  return {int(shown.width), int(shown.height), 3, shown.rgb};
}
const std::vector<std::string> letter = {"Dear members of the council,", "the bridge will be closed in March",
                                         "and opened again before summer.", "Please plan your journeys with care."};

void expect_letter(const std::string& bytes) {
  const Document document = read_bytes(bytes);
  const std::string text = text_of(document.pages.at(0));
  EXPECT_EQ(document.pages[0].source, Page::Source::ocr);
  EXPECT_THAT(text, HasSubstr("members of the council"));
  EXPECT_THAT(text, HasSubstr("bridge will be closed in March"));
  EXPECT_THAT(text, HasSubstr("plan your journeys"));
  EXPECT_GT(document.pages[0].confidence.value_or(0), 80);
}

// The same letter with its ink, 0 to 255, in the alpha channel of black, and of white.
Pixels as_alpha(const Pixels& rgb, int channels, uint8_t colour) {
  Pixels out{rgb.width, rgb.height, channels, {}};
  for (size_t i = 0; i < rgb.values.size(); i += 3) {
    out.values.insert(out.values.end(), size_t(channels - 1), colour);
    out.values.push_back(uint8_t(255 - rgb.values[i]));
  }
  return out;
}
// Black ink only: C, M, Y are 0.
Pixels as_cmyk(const Pixels& rgb) { return as_alpha(rgb, 4, 0); }

struct PictureKind {
  const char* name;
  std::string (*file)(const Pixels& rgb);
};
class PictureKinds : public testing::TestWithParam<PictureKind> {};
TEST_P(PictureKinds, GiveTheSameText) { expect_letter(GetParam().file(text_pixels(letter))); }
INSTANTIATE_TEST_SUITE_P(
    All, PictureKinds,
    testing::Values(PictureKind{"PngRgb", [](const Pixels& p) { return png_file(p); }},
                    PictureKind{"PngGray", [](const Pixels& p) { return png_file(gray_of(p)); }},
                    PictureKind{"Png16Bit", [](const Pixels& p) { return png_file(p, 16); }},
                    PictureKind{"PngPalette", [](const Pixels& p) { return palette_png_file(gray_of(p)); }},
                    PictureKind{"PngAlphaOnly", [](const Pixels& p) { return png_file(as_alpha(p, 4, 0)); }},
                    PictureKind{"PngGrayAndAlpha", [](const Pixels& p) { return png_file(as_alpha(p, 2, 0)); }},
                    PictureKind{"PngWhiteOnNothing", [](const Pixels& p) { return png_file(as_alpha(p, 4, 255)); }},
                    PictureKind{"PngInverse", [](const Pixels& p) { return png_file(inverted(p)); }},
                    PictureKind{"JpegRgb", [](const Pixels& p) { return jpeg_file(p); }},
                    PictureKind{"JpegGray", [](const Pixels& p) { return jpeg_file(gray_of(p)); }},
                    PictureKind{"JpegCmyk", [](const Pixels& p) { return jpeg_file(inverted(as_cmyk(p)), 0, true); }},
                    PictureKind{"TiffRgb", [](const Pixels& p) { return tiff_file({p}); }},
                    PictureKind{"TiffGray16Bit", [](const Pixels& p) { return tiff_file({gray_of(p)}, 16); }},
                    PictureKind{"TiffG4", [](const Pixels& p) { return tiff_file({p}, 1); }},
                    PictureKind{"TiffCmyk", [](const Pixels& p) { return tiff_file({as_cmyk(p)}); }},
                    PictureKind{"TiffUpsideDown", [](const Pixels& p) { return tiff_file({turned(p, 2)}, 8, 3); }},
                    PictureKind{"TiffOnItsSide", [](const Pixels& p) { return tiff_file({turned(p, 3)}, 8, 6); }},
                    PictureKind{"WebpRgb", [](const Pixels& p) { return webp_file(p); }},
                    PictureKind{"WebpAlphaOnly", [](const Pixels& p) { return webp_file(as_alpha(p, 4, 0)); }}),
    [](const auto& one) { return std::string(one.param.name); });

Pixels half_as_high(const Pixels& pixels) {
  Pixels half{pixels.width, pixels.height / 2, pixels.channels, {}};
  const auto row = size_t(pixels.width * pixels.channels);
  for (size_t y = 0; y < size_t(half.height); ++y)
    for (size_t x = 0; x < row; ++x)
      half.values.push_back(uint8_t((pixels.values[2 * y * row + x] + pixels.values[(2 * y + 1) * row + x]) / 2));
  return half;
}

TEST(Pictures, FaxesHaveOblongPixels) {
  const Pixels page = text_pixels(letter, 550), fax = half_as_high(page);
  const auto bridge = [](const Document& document) {
    for (const Block& block : document.pages.at(0).blocks)
      for (const Line& line : block.lines)
        for (const Word& word : line.words)
          if (word.text == "bridge") return word.box;
    return Box{};
  };
  const Box square = bridge(read_bytes(png_file(page)));
  ASSERT_GT(square.x1, square.x0);
  const Document read = read_bytes(tiff_file({fax}, 1, 1, 204, 102));
  EXPECT_EQ(text_of(read.pages.at(0)), text_of(read_bytes(png_file(page)).pages.at(0)));
  EXPECT_EQ(read.pages[0].height, fax.height);
  const Box box = bridge(read);
  EXPECT_NEAR(box.x0, square.x0, 3);
  EXPECT_NEAR(box.x1, square.x1, 3);
  EXPECT_NEAR(box.y0, square.y0 / 2, 2);
  EXPECT_NEAR(box.y1, square.y1 / 2, 2);
  // On its side, pixels are wider than high in the file and higher than wide as shown.
  const Document side = read_bytes(tiff_file({turned(fax, 3)}, 1, 6, 102, 204));
  EXPECT_NEAR(bridge(side).y0, box.y0, 2);
  EXPECT_NEAR(bridge(side).x1, box.x1, 3);
}

TEST(Pictures, ResolutionsBeyondBeliefAreNotBelieved) {
  for (const float down : {0.001F, 1.0F, 1e30F}) {
    SCOPED_TRACE(down);
    expect_letter(tiff_file({text_pixels(letter)}, 8, 1, 204, down));
  }
}

TEST(Pictures, TiffHasAllItsPages) {
  const Document document =
      read_bytes(tiff_file({text_pixels({"First sheet of paper"}), text_pixels({"Second sheet of paper"}, 900),
                            text_pixels({"Third sheet of paper"})}));
  ASSERT_EQ(document.pages.size(), 3u);
  EXPECT_THAT(text_of(document.pages[0]), HasSubstr("First sheet"));
  EXPECT_THAT(text_of(document.pages[1]), HasSubstr("Second sheet"));
  EXPECT_THAT(text_of(document.pages[2]), HasSubstr("Third sheet"));
  EXPECT_EQ(document.pages[1].width, 900);
}

std::string scan_with_layer(const Pixels& picture, const std::string& layer, const std::string& more = "") {
  const Pixels gray = gray_of(picture);
  PdfWriter pdf;
  const int image = pdf.add_image(gray.width, gray.height, std::string(gray.values.begin(), gray.values.end()));
  pdf.add_page({.content = "q 400 0 0 300 0 0 cm /Im Do Q\n" + layer,
                .boxes = "/MediaBox [0 0 400 300]",
                .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>" + more});
  return pdf.bytes();
}
std::string layer_of(const std::vector<std::string>& lines) {
  std::string content;
  for (size_t i = 0; i < lines.size(); ++i) content += PdfWriter::text(20, 260 - 32 * double(i), lines[i], 16, "F1", "3 Tr");
  return content;
}

TEST(Scans, WithoutATextLayerAreRecognised) { expect_letter(scan_with_layer(text_pixels(letter), "")); }

TEST(Scans, AnInvisibleLayerThatAgreesIsTheText) {
  const Document document = read_bytes(scan_with_layer(text_pixels(letter), layer_of(letter)));
  const Page& page = document.pages.at(0);
  EXPECT_EQ(page.source, Page::Source::text);
  EXPECT_THAT(text_of(page), HasSubstr("bridge will be closed in March"));
  EXPECT_TRUE(page.hidden_text.empty());
  EXPECT_FALSE(has_warning(document.warnings, "text_layer_rejected"));
}

TEST(Scans, ANonsenseLayerIsRejected) {
  const std::vector<std::string> nonsense = {"Xqzz vvorb klmpt jj qwx nnprt,", "hfj wqkk bnm zzxc vbpp lkjh qwer",
                                             "tyui opas dfgh jklz xcvb nmqw rt", "Yuio plkj hgfd sazx cvbn mqwe rtyu"};
  const Document document = read_bytes(scan_with_layer(text_pixels(letter), layer_of(nonsense)));
  EXPECT_TRUE(has_warning(document.warnings, "text_layer_rejected"));
  EXPECT_EQ(document.pages.at(0).source, Page::Source::ocr);
  EXPECT_THAT(text_of(document.pages[0]), HasSubstr("bridge will be closed in March"));
  EXPECT_THAT(text_of(document.pages[0]), Not(HasSubstr("wqkk")));
}

TEST(Scans, AStampIsNotTheText) {
  const Document document = read_bytes(scan_with_layer(text_pixels(letter), PdfWriter::text(300, 10, "Seite 1", 8)));
  EXPECT_EQ(document.pages.at(0).source, Page::Source::ocr);
  EXPECT_THAT(text_of(document.pages[0]), HasSubstr("bridge will be closed in March"));
}

TEST(Scans, YellowLettersUnderBlackOnesAreRead) {
  Pixels picture = text_pixels(letter);
  for (size_t i = size_t(150) * size_t(picture.width) * 3; i < picture.values.size(); i += 3)  // from the second line on
    picture.values[i] = 255, picture.values[i + 1] = uint8_t(240 + picture.values[i + 1] / 17);
  PdfWriter pdf;
  const int image =
      pdf.add_image(picture.width, picture.height, std::string(picture.values.begin(), picture.values.end()), "/DeviceRGB");
  pdf.add_page({.content = "q 400 0 0 300 0 0 cm /Im Do Q",
                .boxes = "/MediaBox [0 0 400 300]",
                .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  expect_letter(pdf.bytes());
  expect_letter(png_file(picture));
}

TEST(Scans, TextAndPictureSideBySideAreMixed) {
  const Pixels picture = gray_of(text_pixels(letter));
  PdfWriter pdf;
  const int image = pdf.add_image(picture.width, picture.height, std::string(picture.values.begin(), picture.values.end()));
  pdf.add_page({.content = PdfWriter::text(72, 780, "Typed heading of this page", 16) + "q 400 0 0 300 100 300 cm /Im Do Q\n" +
                           PdfWriter::text(72, 100, "Typed closing words", 14),
                .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  const std::string bytes = pdf.bytes();
  const Document document = read_bytes(bytes);
  const Page& page = document.pages.at(0);
  EXPECT_EQ(page.source, Page::Source::mixed);
  const std::string text = text_of(page);
  EXPECT_THAT(text, HasSubstr("Typed heading of this page"));
  EXPECT_THAT(text, HasSubstr("bridge will be closed in March"));
  EXPECT_THAT(text, HasSubstr("Typed closing words"));
  EXPECT_LT(text.find("heading"), text.find("bridge"));
  EXPECT_LT(text.find("bridge"), text.find("closing"));
  const PagePicture shown = render_bytes(bytes, 1, 1600);
  for (const Word& word : words_of(page)) {
    EXPECT_GT(darkness(shown, word.box), 12) << word.text;
    EXPECT_EQ(word.confidence.has_value(), word.box.y0 > 842 - 600 && word.box.y1 < 842 - 300)
        << word.text;  // recognised: those in the picture
  }
  ReadOptions options;
  options.ocr = ReadOptions::Ocr::never;
  EXPECT_EQ(read_bytes(bytes, options).pages.at(0).source, Page::Source::text);
}

TEST(Scans, LoweringTheResolutionIsSaid) {
  const Pixels gray = gray_of(text_pixels(letter));
  PdfWriter mixed;
  const int image = mixed.add_image(gray.width, gray.height, std::string(gray.values.begin(), gray.values.end()));
  mixed.add_page({.content = PdfWriter::text(72, 780, "Typed above the picture") + "q 400 0 0 300 72 300 cm /Im Do Q",
                  .boxes = "/MediaBox [0 0 595 842]",
                  .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  ReadOptions few_pixels, short_sides;
  few_pixels.limits.recognition_pixels = 100'000, short_sides.limits.recognition_side = 300;
  const auto said = [](const std::string& bytes, const ReadOptions& options) {
    const auto warnings = read_bytes(bytes, options).warnings;
    return std::ranges::count(warnings, "resolution_lowered", &Warning::code);
  };
  for (const std::string& bytes : {png_file(text_pixels(letter)), scan_with_layer(text_pixels(letter), ""), mixed.bytes()}) {
    for (const ReadOptions& options : {few_pixels, short_sides}) EXPECT_EQ(said(bytes, options), 1);
    EXPECT_EQ(said(bytes, {}), 0);
  }
}

TEST(Scans, RecognitionCanBeForcedAndForbidden) {
  PdfWriter pdf;
  std::string content;
  for (size_t i = 0; i < letter.size(); ++i) content += PdfWriter::text(72, 700 - 30 * double(i), letter[i], 16);
  pdf.add_page(content);
  ReadOptions options;
  options.ocr = ReadOptions::Ocr::always;
  const Page forced = read_bytes(pdf.bytes(), options).pages.at(0);
  EXPECT_EQ(forced.source, Page::Source::ocr);
  EXPECT_EQ(forced.dpi, 300);
  EXPECT_THAT(text_of(forced), HasSubstr("bridge will be closed in March"));
  options.ocr = ReadOptions::Ocr::never;
  const Document forbidden = read_bytes(scan_with_layer(text_pixels(letter), ""), options);
  EXPECT_TRUE(has_warning(forbidden.warnings, "not_recognised"));
  EXPECT_TRUE(forbidden.pages.at(0).blocks.empty());
}

TEST(Scans, LettersDrawnAsOutlinesAreRecognised) {
  // Big block letters H I, filled rectangles only: no text layer, no image.
  PdfWriter pdf;
  std::string content;
  for (int line = 0; line < 4; ++line)
    for (int i = 0; i < 8; ++i) {
      const double x = 80 + 50 * i, y = 700 - 60 * line;
      const auto bar = [&](double dx, double dy, double wide, double high) {
        content += PdfWriter::number(x + dx) + " " + PdfWriter::number(y + dy) + " " + PdfWriter::number(wide) + " " +
                   PdfWriter::number(high) + " re f\n";
      };
      bar(0, 0, 4, 24), bar(12, 0, 4, 24), bar(0, 10, 16, 4);  // H
      bar(24, 0, 4, 24), bar(24, 0, 12, 4);                    // L
    }
  pdf.add_page(content);
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  EXPECT_EQ(page.source, Page::Source::ocr);
  EXPECT_THAT(text_of(page), HasSubstr("HL"));
}

TEST(Scans, MixedDocumentHasEachPageRight) {
  const Pixels gray = gray_of(text_pixels(letter));
  PdfWriter pdf;
  const int image = pdf.add_image(gray.width, gray.height, std::string(gray.values.begin(), gray.values.end()));
  for (int i = 0; i < 6; ++i)
    if (i % 3 == 1)
      pdf.add_page({.content = "q 400 0 0 300 0 0 cm /Im Do Q",
                    .boxes = "/MediaBox [0 0 400 300]",
                    .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
    else
      pdf.add_page(PdfWriter::text(72, 700, "Typed words of sheet " + std::to_string(i)));
  const Document document = read_bytes(pdf.bytes());
  ASSERT_EQ(document.pages.size(), 6u);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(document.pages[size_t(i)].page, i + 1);
    EXPECT_EQ(document.pages[size_t(i)].source, i % 3 == 1 ? Page::Source::ocr : Page::Source::text);
    EXPECT_THAT(text_of(document.pages[size_t(i)]),
                HasSubstr(i % 3 == 1 ? "bridge will be closed" : "sheet " + std::to_string(i)));
  }
}

}  // namespace
}  // namespace bifrons
