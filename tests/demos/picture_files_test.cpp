// tests/demos/picture_files_test.cpp - one picture in every format a picture may have: looked at or read alike, whatever the
// file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/demos/process.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/pictures.h"
#include "tests/temporary_folder.h"
#include "vision/image.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

constexpr const char* colour = "What colour is the star in this picture?";
const std::string star = std::string(BIFRONS_SOURCE_DIR) + "/models/nano-janus/examples/red-star-blue-circle.png";

class PictureFiles : public testing::Test {
 protected:
  Ended bifrons(const std::vector<std::string>& arguments, const std::string& input = "",
                std::vector<std::pair<std::string, std::string>> environment = {}) const {
    environment.emplace_back("BIFRONS_THREADS", "1");  // tests run side by side
    return run(arguments, here_.path(), input, {}, environment);
  }
  // The picture in `file` as name.png, name.webp, name.tif and, of two pages, name-2.tif; no loss in any of them.
  void write_all(const std::string& name, const std::string& file) const {
    const Image image = load_image(file);
    const Pixels pixels{int(image.width), int(image.height), 3, image.rgb};
    here_.write(name + ".png", png_file(pixels)), here_.write(name + ".webp", webp_file(pixels));
    here_.write(name + ".tif", tiff_file({pixels})), here_.write(name + "-2.tif", tiff_file({pixels, pixels}));
  }
  Json asked(const std::string& file, const std::string& question) const {
    const Ended ended = bifrons({"ask", file, question, "--json"});
    EXPECT_EQ(ended.code, 0) << ended.error;
    return Json::parse(ended.out, nullptr, false);
  }
  void expect_refusal(const Ended& ended, int code, const std::string& words) const {
    EXPECT_EQ(ended.code, code) << ended.error;
    EXPECT_THAT(ended.error, HasSubstr(words));
    EXPECT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
    EXPECT_EQ(ended.out, "");
  }

  TemporaryFolder here_;
};

TEST_F(PictureFiles, APhotoIsLookedAtInEveryFormat) {
  write_all("star", star);
  const Json png = asked("star.png", colour);
  EXPECT_EQ(png["answer"], "red");
  for (const std::string file : {"star.webp", "star.tif"}) {
    const Json other = asked(file, colour);
    EXPECT_EQ(other["route"]["path"], "look") << file;
    EXPECT_EQ(other["route"]["rule"], png["route"]["rule"]) << file;
    EXPECT_EQ(other["answer"], png["answer"]) << file;
    EXPECT_EQ(bifrons({"ask", file, colour, "--route", "look"}).out, "red\n") << file;
  }
  EXPECT_EQ(asked("star-2.tif", colour)["route"]["path"], "read") << "several pages are a document";
}

TEST_F(PictureFiles, APageIsReadInEveryFormat) {
  PdfWriter pdf;
  std::string content = PdfWriter::text(72, 400, "The monthly rent is 2,350.00 EUR and is due on the third day.");
  for (int line = 0; line < 12; ++line)
    content += PdfWriter::text(72, 730 - 18 * line,
                               "Clause " + std::to_string(100 + line) + " speaks of tools, doors and windows only.");
  pdf.add_page(content);
  here_.write("lease.pdf", pdf.bytes());
  ASSERT_EQ(bifrons({"ask", "lease.pdf", "What is the monthly rent?", "--show", "shown.png"}).code, 0);
  write_all("page", here_ / "shown.png");
  for (const std::string file : {"page.png", "page.webp", "page.tif"}) {
    const Json read = asked(file, "What is the monthly rent?");
    EXPECT_EQ(read["route"]["rule"], "dense picture") << file;
    EXPECT_THAT(read["answer"].get<std::string>(), HasSubstr("2,350.00")) << file;
  }
}

TEST_F(PictureFiles, AChatTakesEveryFormat) {
  write_all("star", star);
  for (const std::string file : {"star.png", "star.webp", "star.tif"}) {
    const Ended shown = bifrons({"chat"}, "/image " + file + "\n" + colour + "\n");
    EXPECT_EQ(shown.code, 0) << shown.error;
    EXPECT_EQ(shown.out, "red\n") << file;
    EXPECT_EQ(bifrons({"chat", file}, std::string(colour) + "\n").out, "red\n") << file;
  }
  expect_refusal(bifrons({"chat"}, "/image star-2.tif\n"), 3, "star-2.tif: has 2 pages, so it is a document and not a picture");
}

TEST_F(PictureFiles, ACaptionIsTheSameFromEveryFormat) {
  write_all("star", star);
  const std::string png = bifrons({"caption", "star.png"}).out;
  EXPECT_THAT(png, HasSubstr("star"));
  for (const std::string file : {"star.webp", "star.tif"}) {
    EXPECT_EQ(bifrons({"caption", file}).out, png) << file;
    EXPECT_EQ(bifrons({"caption", "-"}, here_.read(file)).out, png) << file << " by stdin";
  }
  expect_refusal(bifrons({"caption", "-"}, here_.read("star-2.tif")), 3, "stdin: has 2 pages");
}

// Looked at, nothing would say that a part is missing.
TEST_F(PictureFiles, WhatIsCutIsNoPicture) {
  write_all("star", star);
  const std::string whole = here_.read("star.webp");
  here_.write("cut.webp", whole.substr(0, whole.size() / 3)), here_.write("none.webp", whole.substr(0, 16));
  here_.write("cut.png", here_.read("star.png").substr(0, 2000));
  for (const std::string file : {"cut.webp", "none.webp", "cut.png"}) {
    expect_refusal(bifrons({"caption", file}), 3, file);
    expect_refusal(bifrons({"chat"}, "/image " + file + "\n"), 3, file);
    const Ended asked = bifrons({"ask", file, colour, "--verbose"});
    EXPECT_THAT(asked.error, testing::Not(HasSubstr("route look"))) << file;
  }
}

TEST_F(PictureFiles, LimitsHoldForEveryFormat) {
  write_all("star", star);
  for (const std::string file : {"star.png", "star.webp", "star.tif"})
    for (const char* limit : {"--max-pixels", "--max-file"})
      expect_refusal(bifrons({"ask", file, colour, limit, "1000"}), 5, limit);
}

// WebP and TIFF are decoded by the confined program and nowhere else.
TEST_F(PictureFiles, WithoutTheReaderItIsSaidWhatIsMissing) {
  write_all("star", star);
  const std::vector<std::pair<std::string, std::string>> without{{"BIFRONS_READER", "/nowhere"}};
  for (const std::string file : {"star.webp", "star.tif"}) {
    expect_refusal(bifrons({"ask", file, colour, "--route", "look"}, "", without), 6, "BIFRONS_READER names '/nowhere'");
    expect_refusal(bifrons({"caption", file}, "", without), 6, "BIFRONS_READER names '/nowhere'");
    expect_refusal(bifrons({"chat"}, "/image " + file + "\n", without), 6, "BIFRONS_READER names '/nowhere'");
  }
  EXPECT_EQ(bifrons({"ask", "star.png", colour}, "", without).out, "red\n");
}

}  // namespace
}  // namespace bifrons
