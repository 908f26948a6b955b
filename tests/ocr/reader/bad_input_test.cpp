// tests/ocr/reader/bad_input_test.cpp - the table of bad input, row by row, each in little memory. Source: documents.md 9, 11.
#include <chrono>

#include <gmock/gmock.h>

#include "ocr/document/exports.h"
#include "tests/memory_in_use.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/pictures.h"
#include "tests/ocr/reader/read_with.h"
#include "tests/peak_memory.h"

namespace bifrons {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

std::string simple(const std::string& words = "Hello readers of this page") {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, words));
  return pdf.bytes();
}

// Every row: this process, which is the parent, stays small. What it may take is that of the longest document.
class BadInput : public testing::Test {
 protected:
  void SetUp() override { test::count_peak_anew(); }
  void TearDown() override {
    const int64_t peak = test::peak_kib();
    RecordProperty("peak_kib", std::to_string(peak));
#ifndef BIFRONS_ADDRESS_SANITIZER  // which keeps freed memory back
    EXPECT_LT(peak, most_kib);
#endif
    EXPECT_GT(peak, 0) << "nothing was measured";
  }
  [[maybe_unused]] static constexpr int64_t most_kib = 150 << 10;
};

void expect_refused(const std::string& bytes, const char* code, int exit_code, const ReadOptions& options = {}) {
  const Refusal got = refusal(bytes, options);
  EXPECT_EQ(got.code, code) << got.message;
  EXPECT_EQ(got.exit_code, exit_code) << got.message;
  EXPECT_EQ(got.message.find('\n'), std::string::npos) << got.message;
}

TEST(PeakMemory, IsSeen) {  // else the rows below could not fail
  test::count_peak_anew();
  const int64_t before = test::peak_kib();
  const std::string large(size_t{200} << 20, 'x');
  EXPECT_GT(test::peak_kib(), before + (150 << 10)) << large.size();
}

TEST_F(BadInput, Empty) { expect_refused("", "empty", 3); }

TEST_F(BadInput, UnknownTypesAreNamed) {
  expect_refused("PK\x03\x04 and so on", "unsupported_format", 3);
  EXPECT_THAT(refusal("PK\x03\x04 and so on").message, HasSubstr("ZIP"));
  EXPECT_THAT(refusal(std::string("\x7f") + "ELF\x02\x01\x01").message, HasSubstr("executable"));
  EXPECT_THAT(refusal("just some words\n").message, HasSubstr("plain text"));
  EXPECT_THAT(refusal("GIF89a....").message, HasSubstr("GIF"));
  EXPECT_THAT(refusal("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old").message, HasSubstr("Office"));
  std::string noise;
  for (int i = 0; i < 5000; ++i) noise += char(i * 7919 >> 3);
  expect_refused(noise, "unsupported_format", 3);
}

TEST_F(BadInput, MissingFilesAndFolders) {
  const TemporaryFolder folder;
  const auto code = [&](const std::filesystem::path& path) -> std::string {
    try {
      test_reader().read(path, {});
    } catch (const DocumentFailure& failure) {
      EXPECT_EQ(int(failure.fault()), 3);
      return failure.code();
    }
    return "";
  };
  EXPECT_EQ(code(folder / "absent.pdf"), "not_found");
  EXPECT_EQ(code(folder.path()), "not_found");
}

TEST_F(BadInput, PdfNamedPngIsRead) {
  const TemporaryFolder folder;
  const Document document = test_reader().read(folder.write("picture.png", simple()), {});
  EXPECT_EQ(document.file.type, "pdf");
  EXPECT_THAT(text_of(document.pages.at(0)), HasSubstr("Hello readers"));
}

TEST_F(BadInput, HeaderOnlyAndRandomBytes) {
  expect_refused("%PDF-1.7\n", "corrupt", 3);
  std::string noise = "%PDF-1.4\n";
  uint32_t state = 1;
  for (int i = 0; i < 100'000; ++i) noise += char((state = state * 1664525 + 1013904223) >> 24);
  expect_refused(noise, "corrupt", 3);
  ReadOptions options;  // without the engine, whose loading takes its time
  options.ocr = ReadOptions::Ocr::never;
  expect_refused("\x89PNG\r\n\x1a\n", "corrupt", 3, options);
  expect_refused("\xff\xd8\xff\xe0", "corrupt", 3, options);
  expect_refused(std::string("II*\0\xff\xff\xff\x7f", 8), "corrupt", 3, options);
  expect_refused(std::string("RIFF\x10\0\0\0WEBPVP8 ", 16), "corrupt", 3, options);
}

TEST_F(BadInput, AnimationsAreNotDamage) {
  const char header[] = "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0f\0\0\x0f\0";
  ReadOptions options;
  options.ocr = ReadOptions::Ocr::never;
  const std::string bytes(header, sizeof header);
  expect_refused(bytes, "unsupported_format", 3, options);
  EXPECT_THAT(refusal(bytes, options).message, HasSubstr("animation"));
}

TEST_F(BadInput, DamageIsToldInOurWords) {
  ReadOptions options;
  options.ocr = ReadOptions::Ocr::never;
  std::string png = png_file({20, 20, 1, std::vector<uint8_t>(400, 200)});
  png[19] = 0;  // no width
  EXPECT_EQ(refusal(png, options).code, "corrupt");
  EXPECT_THAT(refusal(png, options).message, testing::Not(HasSubstr("IHDR")));
  png[16] = 0x10;  // 268 million pixels wide
  EXPECT_EQ(refusal(png, options).code, "");
  EXPECT_TRUE(has_warning(read_bytes(png, options).warnings, "too_large"));
}

TEST_F(BadInput, TheFileIsNamedWithItsFailure) {
  const std::string broken = "%PDF-1.7\n", animal = "a cow\n";
  for (const std::string& bytes : {broken, animal}) try {
      read_bytes(bytes);
      FAIL() << "read";
    } catch (const DocumentFailure& failure) {
      EXPECT_EQ(failure.file().name, "document");
      EXPECT_EQ(failure.file().bytes, bytes.size());
      EXPECT_EQ(failure.file().sha256.size(), 64u);
      EXPECT_THAT(document_json(Document{}, failure),
                  HasSubstr("\"bytes\":" + std::to_string(bytes.size()) + ",\"sha256\":\"" + failure.file().sha256));
    }
}

TEST_F(BadInput, WrongXrefIsRepaired) {
  std::string bytes = simple();
  const size_t at = bytes.find("startxref\n") + 10;
  bytes[at] = bytes[at] == '9' ? '1' : '9';
  const Document document = read_bytes(bytes);
  EXPECT_THAT(text_of(document.pages.at(0)), HasSubstr("Hello readers"));
  EXPECT_TRUE(has_warning(document.warnings, "repaired"));
}

TEST_F(BadInput, MissingEofIsNoted) {
  std::string bytes = simple();
  bytes.resize(bytes.find("%%EOF"));
  const Document document = read_bytes(bytes);
  EXPECT_THAT(text_of(document.pages.at(0)), HasSubstr("Hello readers"));
  EXPECT_TRUE(has_warning(document.warnings, "repaired"));
}

TEST_F(BadInput, GarbageBeforeTheHeaderIsSkipped) {
  const Document document = read_bytes("HTTP/1.1 200 OK\r\n\r\n" + std::string(500, 'x') + simple());
  EXPECT_THAT(text_of(document.pages.at(0)), HasSubstr("Hello readers"));
  EXPECT_TRUE(has_warning(document.warnings, "repaired"));
}

TEST_F(BadInput, FilesCutInTheirTableOrTrailerAreRead) {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "Page words"));
  const std::string whole = pdf.bytes();
  for (size_t size = whole.rfind("xref\n0"); size < whole.rfind("startxref"); size += 9) {
    const Document document = read_bytes(whole.substr(0, size));
    EXPECT_EQ(text_of(document.pages.at(0)), "Page words") << size;
    EXPECT_TRUE(has_warning(document.warnings, "cut_short") || has_warning(document.warnings, "repaired")) << size;
  }
}

TEST_F(BadInput, CutFilesGiveWhatIsThereOrSayCorrupt) {
  PdfWriter pdf;
  for (int i = 0; i < 5; ++i) pdf.add_page(PdfWriter::text(72, 700, "Page words " + std::to_string(i)));
  const std::string whole = pdf.bytes();
  int read = 0, refused = 0, whole_first_pages = 0;
  for (const double share : {0.01, 0.05, 0.3, 0.6, 0.9, 1.0}) {  // the last: only the end mark is lost
    const std::string part = whole.substr(0, size_t(double(whole.size() - 8) * share));
    const Refusal got = refusal(part);
    if (got.code.empty()) {
      ++read;
      const Document document = read_bytes(part);
      EXPECT_TRUE(has_warning(document.warnings, share < 1 ? "cut_short" : "repaired")) << share;
      EXPECT_EQ(document.status, share < 1 ? Document::Status::partial : Document::Status::ok);
      EXPECT_THAT(text_of(document.pages.at(0)), AnyOf("", HasSubstr("Page words 0"))) << share;
      whole_first_pages += text_of(document.pages.at(0)) == "Page words 0";
    } else {
      ++refused;
      EXPECT_THAT(got.code, AnyOf("corrupt", "no_pages")) << share;
      EXPECT_EQ(got.exit_code, 3);
    }
  }
  EXPECT_GT(whole_first_pages, 1);
  EXPECT_GT(read, 0);     // cut behind the trailer
  EXPECT_GT(refused, 0);  // cut before the first page
}

TEST_F(BadInput, CutPictureIsPartial) {
  Pixels pixels{400, 400, 3, std::vector<uint8_t>(400 * 400 * 3)};
  uint32_t state = 1;
  for (uint8_t& value : pixels.values) value = uint8_t((state = state * 1664525 + 1013904223) >> 24);
  ReadOptions options;
  options.ocr = ReadOptions::Ocr::never;
  for (const std::string& whole : {png_file(pixels), jpeg_file(pixels), webp_file(pixels)}) {
    const Document document = read_bytes(whole.substr(0, whole.size() * 6 / 10), options);
    EXPECT_EQ(document.status, Document::Status::partial) << document.file.type;
    EXPECT_TRUE(has_warning(document.warnings, "damaged_image")) << document.file.type;
  }
  const std::string tiff = tiff_file({pixels});  // its directory stands at the end
  expect_refused(tiff.substr(0, tiff.size() * 6 / 10), "corrupt", 3, options);
}

// Made with qpdf: --encrypt geheim besitzer 256 (AES), 128 (RC4), and --encrypt "" besitzer 256.
Document read_data(const char* name, const std::string& password) {
  ReadOptions options;
  options.password = password;
  return test_reader().read(std::filesystem::path(BIFRONS_SOURCE_DIR) / "tests/ocr/reader/data" / name, options);
}
TEST_F(BadInput, PasswordsOpenOrAreAskedFor) {
  for (const char* name : {"user_password_aes256.pdf", "user_password_rc4.pdf"}) {
    SCOPED_TRACE(name);
    for (const char* password : {"", "falsch"}) {
      try {
        read_data(name, password);
        FAIL() << "read with '" << password << "'";
      } catch (const DocumentFailure& failure) {
        EXPECT_EQ(failure.code(), "encrypted");
        EXPECT_EQ(int(failure.fault()), 4);
      }
    }
    EXPECT_THAT(text_of(read_data(name, "geheim").pages.at(0)), HasSubstr("Confidential words"));
    EXPECT_THAT(text_of(read_data(name, "besitzer").pages.at(0)), HasSubstr("Confidential words"));
  }
  for (const char* password : {"", "besitzer", "falsch"})  // nothing to be asked for
    EXPECT_THAT(text_of(read_data("owner_password.pdf", password).pages.at(0)), HasSubstr("Confidential words"));
}

TEST_F(BadInput, NoPages) {
  PdfWriter pdf;
  expect_refused(pdf.bytes(), "no_pages", 3);
}

TEST_F(BadInput, AWrongCountOfPagesIsPutRight) {
  PdfWriter pdf;
  for (int i = 1; i <= 12; ++i) pdf.add_page(PdfWriter::text(72, 700, "Page number " + std::to_string(i)));
  const std::string good = pdf.bytes();
  EXPECT_TRUE(read_bytes(good).warnings.empty());
  for (const char* wrong :
       {"/Count 99", "/Count 13", "/Count 11", "/Count 01", "/Count 00", "/Count -5", "/Count /A", "/Cownt 12"}) {
    SCOPED_TRACE(wrong);
    std::string bytes = good;
    bytes.replace(bytes.find("/Count 12"), 9, wrong);
    const Document document = read_bytes(bytes);
    ASSERT_EQ(document.pages.size(), 12u);
    EXPECT_EQ(document.status, Document::Status::ok);
    EXPECT_TRUE(has_warning(document.warnings, "page_count"));
    for (size_t i = 0; i < 12; ++i) EXPECT_THAT(text_of(document.pages[i]), HasSubstr("number " + std::to_string(i + 1)));
  }
}

TEST_F(BadInput, APageTreeThatSharesItsBranchesIsBounded) {  // 10 levels of 10: as many pages as nobody can read
  PdfWriter pdf;
  const int content = pdf.add_stream(PdfWriter::text(72, 700, "Often"));
  int node = pdf.add("<< /Type /Page /MediaBox [0 0 595 842] /Contents " + PdfWriter::ref(content) + " >>");
  for (int level = 0; level < 10; ++level) {
    std::string kids;
    for (int i = 0; i < 10; ++i) kids += PdfWriter::ref(node) + " ";
    node = pdf.add("<< /Type /Pages /Kids [" + kids + "] /Count 3 >>");
  }
  const auto began = std::chrono::steady_clock::now();
  const Refusal got = refusal(pdf.assemble(pdf.add("<< /Type /Catalog /Pages " + PdfWriter::ref(node) + " >>")));
  EXPECT_THAT(got.code, AnyOf("", "too_large", "no_pages"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST_F(BadInput, BlankAndTinyPagesAreEmpty) {
  PdfWriter pdf;
  pdf.add_page("");
  pdf.add_page(" ");
  Document document = read_bytes(pdf.bytes());
  ASSERT_EQ(document.pages.size(), 2u);
  for (const Page& page : document.pages) {
    EXPECT_EQ(page.source, Page::Source::none);
    EXPECT_TRUE(page.blocks.empty());
    EXPECT_TRUE(page.warnings.empty());
  }
  document = read_bytes(png_file({1, 1, 1, {0}}));
  ASSERT_EQ(document.pages.size(), 1u);
  EXPECT_EQ(document.pages[0].width, 1);
  EXPECT_TRUE(document.pages[0].blocks.empty());
  document = read_bytes(png_file({4000, 2, 1, std::vector<uint8_t>(8000, 128)}));
  EXPECT_EQ(document.pages.at(0).width, 4000);
  EXPECT_TRUE(document.pages[0].blocks.empty());
  EXPECT_EQ(document.status, Document::Status::ok);
}

TEST_F(BadInput, HugePictureByItsHeader) {
  std::string png = png_file({4, 4, 3, std::vector<uint8_t>(48, 255)});
  // 2^30 x 2^30 in the header; its check sum no longer fits, which does not matter.
  png.replace(16, 8, std::string("\x40\0\0\0\x40\0\0\0", 8));
  const Refusal got = refusal(png);
  EXPECT_THAT(got.code, AnyOf("", "corrupt"));  // libpng refuses sides over a million by itself
  std::string large = png_file({4, 4, 3, std::vector<uint8_t>(48, 255)});
  large.replace(16, 8, std::string("\0\0\x50\0\0\0\x50\0", 8));  // 20,480 x 20,480
  const Document document = read_bytes(large);
  EXPECT_EQ(document.status, Document::Status::partial);
  EXPECT_TRUE(has_warning(document.warnings, "too_large"));
  EXPECT_EQ(document.pages.at(0).width, 20480);
}

TEST_F(BadInput, LimitsOfFilePagesAndPixels) {
  ReadOptions options;
  options.limits.file_bytes = 100;
  expect_refused(simple(), "too_large", 5, options);
  options = {};
  options.limits.pages = 3;
  PdfWriter pdf;
  for (int i = 0; i < 5; ++i) pdf.add_page(PdfWriter::text(72, 700, "Page"));
  expect_refused(pdf.bytes(), "too_large", 5, options);
  options.pages = {{2, 4}};
  EXPECT_EQ(read_bytes(pdf.bytes(), options).pages.size(), 3u);
  options = {};
  options.limits.image_pixels = 100;
  options.ocr = ReadOptions::Ocr::never;
  EXPECT_TRUE(has_warning(read_bytes(png_file({20, 20, 1, std::vector<uint8_t>(400, 9)}), options).warnings, "too_large"));
  options = {};
  options.limits.page_characters = 10;
  const Document cut = read_bytes(simple(), options);
  EXPECT_TRUE(has_warning(cut.warnings, "too_much_text"));
  EXPECT_EQ(cut.status, Document::Status::partial);
  EXPECT_EQ(text_of(cut.pages.at(0)), "Hello");
}

TEST_F(BadInput, HugePageBoxIsBounded) {
  PdfWriter pdf;
  pdf.add_page({.content = PdfWriter::text(100, 90'000, "Large sheet", 2000), .boxes = "/MediaBox [0 0 100000 100000]"});
  pdf.add_page({.content = PdfWriter::text(10, 10, "Endless"), .boxes = "/MediaBox [0 0 1e12 1e12]"});
  pdf.add_page({.content = PdfWriter::text(10, 10, "Turned inside out"), .boxes = "/MediaBox [0 0 -10 0]"});
  pdf.add_page(PdfWriter::text(72, 700, "The last page"));
  const Document document = read_bytes(pdf.bytes());
  ASSERT_EQ(document.pages.size(), 4u);
  EXPECT_EQ(document.pages[0].width, 100'000);
  EXPECT_THAT(text_of(document.pages[0]), HasSubstr("Large sheet"));
  EXPECT_THAT(text_of(document.pages[3]), HasSubstr("The last page"));
}

TEST_F(BadInput, NestedCompressionIsBounded) {
  // 400 MB of spaces by five filters of run lengths, each of which doubles by 64: reading stops at the time limit.
  std::string run;
  for (int i = 0; i < 2000; ++i) run += std::string("\x81 ", 2);  // 128 spaces
  run += '\x80';
  PdfWriter pdf;
  const int form = pdf.add("<< /Length " + std::to_string(run.size()) +
                           " /Filter [/RunLengthDecode /RunLengthDecode /RunLengthDecode /RunLengthDecode]" +
                           " /Type /XObject /Subtype /Form /BBox [0 0 500 500] >>\nstream\n" + run + "\nendstream");
  pdf.add_page({.content = PdfWriter::text(72, 700, "Beside the bomb") + "/Bomb Do",
                .resources = "/XObject << /Bomb " + PdfWriter::ref(form) + " >>"});
  pdf.add_page(PdfWriter::text(72, 700, "After the bomb"));
  const Document document = read_bytes(pdf.bytes());
  ASSERT_EQ(document.pages.size(), 2u);
  EXPECT_THAT(text_of(document.pages[0]), HasSubstr("Beside the bomb"));
  EXPECT_THAT(text_of(document.pages[1]), HasSubstr("After the bomb"));
}

TEST_F(BadInput, EndlessPageTimesOutAndTheOthersComeOut) {
  PdfWriter pdf;
  pdf.add_page(PdfWriter::text(72, 700, "Before"));
  // A ladder of forms, each drawing the next ten times: 10^9 lines of text.
  int below = 0;
  for (int i = 0; i < 9; ++i) {
    std::string content = i == 0 ? "BT /F1 1 Tf (a) Tj ET" : "";
    for (int k = 0; i > 0 && k < 10; ++k) content += "/Next Do ";
    below = pdf.add_stream(content,
                           "/Type /XObject /Subtype /Form /BBox [0 0 500 500]" +
                               (i > 0 ? " /Resources << /XObject << /Next " + PdfWriter::ref(below) + " >> >>" : std::string()));
  }
  pdf.add_page({.content = "/Next Do", .resources = "/XObject << /Next " + PdfWriter::ref(below) + " >>"});
  pdf.add_page(PdfWriter::text(72, 700, "After"));
  ReadOptions options;
  options.limits.text_seconds = 1;
  options.limits.render_seconds = 1;
  const Document document = read_bytes(pdf.bytes(), options);
  ASSERT_EQ(document.pages.size(), 3u);
  EXPECT_EQ(document.status, Document::Status::partial);
  EXPECT_TRUE(has_warning(document.pages[1].warnings, "timeout"));
  EXPECT_THAT(text_of(document.pages[0]), HasSubstr("Before"));
  EXPECT_THAT(text_of(document.pages[2]), HasSubstr("After"));
  EXPECT_TRUE(document.pages[0].warnings.empty());
}

TEST_F(BadInput, TreesAndFormsThatContainThemselvesEnd) {
  PdfWriter tree;
  const int pages = tree.reserve();
  const int content = tree.add_stream(PdfWriter::text(72, 700, "One page"));
  const int page = tree.add("<< /Type /Page /Parent " + PdfWriter::ref(pages) + " /MediaBox [0 0 595 842] /Contents " +
                            PdfWriter::ref(content) + " >>");
  tree.set(pages, "<< /Type /Pages /Kids [" + PdfWriter::ref(pages) + " " + PdfWriter::ref(page) + " " + PdfWriter::ref(pages) +
                      "] /Count 3 >>");
  const Refusal got = refusal(tree.assemble(tree.add("<< /Type /Catalog /Pages " + PdfWriter::ref(pages) + " >>")));
  EXPECT_THAT(got.code, AnyOf("", "corrupt", "no_pages"));

  PdfWriter form;
  const int self = form.reserve();
  form.set(self, "<< /Length 8 /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << /Self " +
                     PdfWriter::ref(self) + " >> >> >>\nstream\n/Self Do\nendstream");
  form.add_page({.content = PdfWriter::text(72, 700, "Beside itself") + "/Self Do",
                 .resources = "/XObject << /Self " + PdfWriter::ref(self) + " >>"});
  EXPECT_THAT(text_of(read_bytes(form.bytes()).pages.at(0)), HasSubstr("Beside itself"));
}

class BrokenImage : public BadInput, public testing::WithParamInterface<const char*> {};
TEST_P(BrokenImage, GivesTheTextAndAWarning) {
  PdfWriter pdf;
  const std::string nonsense = "this is no image data at all, however long one looks at it";
  const int image = pdf.add_stream(
      nonsense, std::string("/Type /XObject /Subtype /Image /Width 300 /Height 200 /BitsPerComponent ") +
                    (std::string(GetParam()) == "/JBIG2Decode" ? "1" : "8") + " /ColorSpace /DeviceGray /Filter " + GetParam());
  pdf.add_page({.content = PdfWriter::text(72, 700, "Words beside a picture") + "q 200 0 0 150 72 400 cm /Im Do Q",
                .resources = "/XObject << /Im " + PdfWriter::ref(image) + " >>"});
  const Document document = read_bytes(pdf.bytes());
  EXPECT_THAT(text_of(document.pages.at(0)), HasSubstr("Words beside a picture"));
  EXPECT_TRUE(has_warning(document.warnings, "image_failed"));
}
INSTANTIATE_TEST_SUITE_P(Filters, BrokenImage, testing::Values("/JBIG2Decode", "/JPXDecode", "/DCTDecode"),
                         [](const auto& one) { return std::string(one.param + 1); });

TEST_F(BadInput, ActionsAreNeverRun) {
  const TemporaryFolder folder;
  const std::string trace = (folder / "launched").string();
  PdfWriter pdf;
  const int attached = pdf.add_stream("attached words", "/Type /EmbeddedFile");
  pdf.catalog_extra = "/OpenAction << /S /Launch /F (/bin/touch) /Win << /F (/bin/touch) /P (" + trace +
                      ") >> >> /Names << /JavaScript << /Names [(a) << /S " +
                      "/JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/'\\)) >>] >> /EmbeddedFiles << /Names [(a.txt) << "
                      "/Type /Filespec /F (a.txt) /EF << /F " +
                      PdfWriter::ref(attached) + " >> >>] >> >>";
  pdf.add_page({.content = PdfWriter::text(72, 700, "Harmless words"),
                .extra = "/AA << /O << /S /URI /URI (http://127.0.0.1:9/) >> >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 "
                         "0 600 800] /A << /S /URI /URI "
                         "(http://127.0.0.1:9/) >> >>]"});
  const Document document = read_bytes(pdf.bytes());
  EXPECT_EQ(text_of(document.pages.at(0)), "Harmless words");
  EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST_F(BadInput, DynamicXfaIsNoted) {
  PdfWriter pdf;
  const int xfa = pdf.add_stream("<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template/></xdp:xdp>");
  pdf.catalog_extra = "/AcroForm << /Fields [] /XFA " + PdfWriter::ref(xfa) + " >>";
  pdf.add_page(PdfWriter::text(72, 700, "Please wait"));
  EXPECT_TRUE(has_warning(read_bytes(pdf.bytes()).warnings, "xfa"));
}

TEST_F(BadInput, MissingLanguageNamesItsPackage) {
  ReadOptions options;
  options.languages = {"eng", "tlh_none"};
  int pages = 0;
  try {
    read_bytes(simple(), options, {.on_page = [&](Page&&) { ++pages; }});
    FAIL() << "read";
  } catch (const DocumentFailure& failure) {
    EXPECT_EQ(failure.code(), "missing_language");
    EXPECT_EQ(int(failure.fault()), 6);
    EXPECT_THAT(failure.what(), HasSubstr("tesseract-ocr-tlh-none"));
  }
  EXPECT_EQ(pages, 0);
}

TEST_F(BadInput, MissingWorkerProgram) {
  EXPECT_THROW(DocumentReader("/nowhere/bifrons-reader"), Error);
  try {
    DocumentReader reader("/nowhere/bifrons-reader");
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::lacking);
  }
}

}  // namespace
}  // namespace bifrons
