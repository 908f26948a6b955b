// tests/ocr/page/recognise_test.cpp - the frame that words come back in, sameness of results, and pages with nothing on them.
#include <random>
#include <set>

#include <dlfcn.h>
#include <opencv2/imgproc.hpp>

#include "canvas.h"
#include "ocr/page/engine.h"
#include "ocr/page/glyphs.h"
#include "ocr/page/stray_pixels.h"
#include "quality_check.h"
#include "spoil.h"
#include "tests/temporary_folder.h"

namespace bifrons::test {
namespace {

Picture blank(int width, int height, int level = 255) {
  Picture picture;
  picture.width = width, picture.height = height;
  picture.pixels.assign(size_t(width) * size_t(height), uint8_t(level));
  return picture;
}

double dark_share(const Picture& picture, const Box& box) {
  double dark = 0, all = 0;
  for (int y = std::max(0, int(box.y0)); y < std::min(picture.height, int(box.y1)); ++y)
    for (int x = std::max(0, int(box.x0)); x < std::min(picture.width, int(box.x1)); ++x)
      dark += picture.pixels[size_t(y) * size_t(picture.width) + size_t(x)] < 128, ++all;
  return all > 0 ? dark / all : 0;
}

Picture picture_of(const cv::Mat& gray) {
  Picture picture = blank(gray.cols, gray.rows);
  for (int y = 0; y < gray.rows; ++y)
    std::copy_n(gray.ptr<uint8_t>(y), gray.cols, picture.pixels.begin() + std::ptrdiff_t(y) * gray.cols);
  return picture;
}

std::vector<Word> words_of(const Page& page) {
  std::vector<Word> words;
  for (const auto& block : page.blocks)
    for (const auto& line : block.lines) words.insert(words.end(), line.words.begin(), line.words.end());
  return words;
}

class PageTurns : public testing::TestWithParam<int> {};

TEST_P(PageTurns, BoxesLieOnTheirWords) {
  const TruePage truth = make_turned(GetParam(), 7);
  const Page page = read_page(truth.picture);
  EXPECT_EQ(page.turned, GetParam());
  EXPECT_LE(character_error_rate(text_of(page), truth.text), 0.01);
  EXPECT_GE(box_hits(page, truth.words), 0.96);
  const auto words = words_of(page);
  ASSERT_GT(words.size(), 40u);
  int bare = 0;  // nothing just outside
  for (const auto& word : words) {
    const Box& b = word.box;
    EXPECT_GT(dark_share(truth.picture, b), 0.02) << word.text;
    const bool level = GetParam() % 180 == 0;  // look beyond the ends of the word: letters of neighbours are a space away
    const Box before = level ? Box{b.x0 - 3, b.y0, b.x0 - 1, b.y1} : Box{b.x0, b.y0 - 3, b.x1, b.y0 - 1};
    const Box after = level ? Box{b.x1 + 2, b.y0, b.x1 + 4, b.y1} : Box{b.x0, b.y1 + 2, b.x1, b.y1 + 4};
    bare += dark_share(truth.picture, before) == 0 && dark_share(truth.picture, after) == 0;
  }
  EXPECT_GE(bare, int(0.95 * double(words.size())));
  for (const auto& block : page.blocks)
    for (const auto& line : block.lines) {
      ASSERT_EQ(line.quad.has_value(), GetParam() != 0);
      if (!line.quad) continue;
      const auto& q = *line.quad;  // the text's own top left comes first
      const double along_x = q[2] - q[0], along_y = q[3] - q[1];
      EXPECT_GT(GetParam() == 90 ? along_y : GetParam() == 180 ? -along_x : -along_y, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Turns, PageTurns, testing::Values(0, 90, 180, 270));

TEST(PageRecognise, SamePictureSameWords) {
  const TruePage truth = make_turned(0, 11);
  const auto first = shared_recogniser().read(truth.picture, 60);
  shared_recogniser().read(make_page(Kind::stained_receipt, 5, 0).picture, 60);  // another page in between must not sway it
  const auto second = shared_recogniser().read(truth.picture, 60);
  Recogniser other{RecogniseOptions{}};
  const auto third = other.read(truth.picture, 60);
  ASSERT_FALSE(first.words.empty());
  for (const auto* again : {&second, &third}) {
    ASSERT_EQ(first.words.size(), again->words.size());
    for (size_t i = 0; i < first.words.size(); ++i) {
      EXPECT_EQ(first.words[i].text, again->words[i].text);
      EXPECT_EQ(first.words[i].quad, again->words[i].quad);
      EXPECT_EQ(first.words[i].confidence, again->words[i].confidence);
    }
  }
}

TEST(PageRecognise, TheOriginalIsNeverChanged) {
  for (const bool dark : {false, true}) {
    TruePage truth = make_page(Kind::stained_receipt, 7, 0);
    if (dark)
      for (auto& pixel : truth.picture.pixels) pixel = uint8_t(255 - pixel);
    const auto before = truth.picture.pixels;
    shared_recogniser().read(truth.picture, 60);
    EXPECT_TRUE(truth.picture.pixels == before) << (dark ? "dark" : "light");
  }
}

TEST(PageRecognise, ChineseAcrossIsNotTakenForDownwards) {
  const TruePage truth = make_page(Kind::chinese, 303, 0);  // a sample of it reads better downwards
  const Page page = read_page(truth.picture);
  EXPECT_LE(character_error_rate(text_of(page), truth.text), 0.015);
}

TEST(PageRecognise, ALineDealtOutToTwoRowsIsReadOnce) {
  const TruePage truth = make_page(Kind::two_columns, 502, 0);  // slightly crooked: four lines of it came in fragments
  const Page page = read_page(truth.picture);
  EXPECT_LE(character_error_rate(text_of(page), truth.text), 0.005);
}

TEST(PageRecognise, NothingOnThePage) {
  for (const auto& picture : {blank(1, 1), blank(4000, 2), blank(2, 4000), blank(5000, 8), blank(8, 10000, 0), blank(1240, 1754),
                              blank(1240, 1754, 200), blank(300, 300, 0)}) {
    SCOPED_TRACE(testing::Message() << picture.width << " x " << picture.height);
    EXPECT_TRUE(shared_recogniser().read(picture, 10).words.empty());
  }
  Canvas canvas(1240, 1754);
  Dice dice(3);
  fade(canvas, 20, 240);
  noise(canvas, dice, 6);
  Picture grainy = blank(1240, 1754);
  grainy.pixels.assign(canvas.page.datastart, canvas.page.dataend);
  EXPECT_LT(shared_recogniser().read(grainy, 10).words.size(), 3u);
}

TEST(PageRecognise, APictureWithoutWritingHasNoWords) {
  Picture strokes = blank(900, 1200);
  std::mt19937 random(5);
  const auto below = [&](int n) { return int(random() % unsigned(n)); };
  for (int stroke = 0; stroke < 700; ++stroke) {  // short crooked lines, like hair
    double x = below(900), y = below(1200), angle = below(628) / 100.;
    for (int step = 0; step < 60; ++step, x += std::cos(angle), y += std::sin(angle), angle += (below(101) - 50) / 250.)
      for (int dy = 0; dy < 3; ++dy)
        for (int dx = 0; dx < 3; ++dx)
          if (const int px = int(x) + dx, py = int(y) + dy; px >= 0 && px < 900 && py >= 0 && py < 1200)
            strokes.pixels[size_t(py) * 900 + size_t(px)] = uint8_t(40 + stroke % 90);
  }
  const PageWords words = shared_recogniser().read(strokes, 60);
  EXPECT_EQ(words.words.size(), 0u);
  EXPECT_LT(words.confidence, 0);
  ASSERT_EQ(words.warnings.size(), 1u);
  EXPECT_EQ(words.warnings[0].code, "no_writing");
}

TEST(PageRecognise, MarginsAreLeftOutButNothingInThem) {
  const Font font("LiberationSerif-Regular.ttf");
  Canvas canvas(1700, 2200);
  canvas.put(font, 4, 34, "Corner of the upper left", 40);  // the capital's top and the page's edge are 3 pixels apart
  canvas.put(font, 500, 1000, "Middle of an almost empty sheet", 40);
  canvas.put_right(font, 1699, 2196, "Page 17", 34);  // touches the right edge
  const Picture picture = picture_of(canvas.page);
  const auto read = [](const Picture& p) {
    std::string text;
    for (const auto& word : shared_recogniser().read(p, 60).words) text += word.text + " ";
    return text;
  };
  EXPECT_EQ(read(picture), "Corner of the upper left Middle of an almost empty sheet Page 17 ");
  Canvas small(1700, 2200);
  small.put(font, 700, 1100, "One line only", 40);
  const auto words = shared_recogniser().read(picture_of(small.page), 60).words;
  ASSERT_EQ(words.size(), 3u);
  for (size_t i = 0; i < 3; ++i)
    for (size_t k = 0; k < 8; ++k) EXPECT_NEAR(words[i].quad[k], small.words[i].quad[k], 3) << words[i].text;
}

TEST(PageRecognise, LettersThatTouchEveryEdge) {
  const Font font("LiberationSans-Bold.ttf");
  Canvas canvas(1800, 200);
  canvas.put(font, 20, 100, "THE NEXT FIRE EXIT IN THE HALL - KEEP IT FREE", 60);
  cv::Mat ink;
  cv::threshold(canvas.page, ink, 128, 255, cv::THRESH_BINARY_INV);
  const cv::Rect tight = cv::boundingRect(ink);
  std::string text;
  for (const auto& word : shared_recogniser().read(picture_of(canvas.page(tight)), 60).words) text += word.text + " ";
  EXPECT_EQ(text, "THE NEXT FIRE EXIT IN THE HALL - KEEP IT FREE ");
}

TEST(PageRecognise, APhotoWhoseShadowIsDarkerThanTheLitDesk) {
  for (const uint32_t seed : {2102u, 5207u}) {
    const TruePage truth = make_page(Kind::dark_photo, seed, 0);
    const Page page = read_page(truth.picture);
    EXPECT_LE(character_error_rate(text_of(page), truth.text), 0.015) << seed;
    EXPECT_GE(box_hits(page, truth.words), 0.94) << seed;
  }
}

TEST(PageRecognise, ShortLettersAsJpeg) {  // the stretch of contrast must not reach into the ripples around few letters
  const Font font("LiberationSerif-Regular.ttf");
  for (const int quality : {15, 30, 45}) {
    Canvas canvas(1240, 1754);
    double y = 220;
    for (const char* line : {"Dear Ms Okafor,", "thank you for your order of 14 March 2026. We confirm the delivery of",
                             "25 oak shelves and 12 desk lamps to your warehouse in Northbridge on",
                             "2 April 2026. The total price is 4,318.50 EUR including value added tax.",
                             "Please pay the invoice within thirty days.", "Yours sincerely,", "Martin Lindqvist"}) {
      canvas.put(font, 137, y, line, 25);
      canvas.lines.emplace_back(line);
      y += 35;
    }
    jpeg(canvas, quality);
    std::string text;
    for (const auto& line : canvas.lines) text += line + "\n";
    const Page page = read_page(picture_of(canvas.page));
    EXPECT_LE(character_error_rate(text_of(page), text), 0.003) << quality;
    EXPECT_GE(box_hits(page, canvas.words), 0.99) << quality;
  }
}

// Ideographs stand in columns as well as in lines: few lines must not be taken for vertical writing.
TEST(PageRecognise, FewLinesOfIdeographsRunAcross) {
  const std::vector<std::vector<std::string>> pages = {
      {"货物如有损坏，买方必须在七天之内通知承运人。"},
      {"乙方：上海海运股份有限公司。"},
      {"所有成员应当在月底之前提交书面意见。货物如有损坏，买方必须在七天之内通知承运人。",
       "司。工厂的电力由河边的小型水轮机提供。会议决定旧桥暂时禁止重型车辆通行。合计",
       "同自双方签字之日起生效。本合同自双方签字之日起生效。"}};
  for (const char* face : {"NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc"}) {
    const Font font(face, 2);
    for (const auto& lines : pages)
      for (const double degrees : {0.0, -1.0}) {
        SCOPED_TRACE(testing::Message() << face << " " << lines[0] << " " << degrees);
        Canvas canvas(1654, 2339);
        double y = 200;
        std::string text;
        for (const auto& line : lines) canvas.put(font, 180, y, line, 29), y += 34, text += line + "\n";
        skew(canvas, degrees);
        const PageWords words = shared_recogniser().read(picture_of(canvas.page), 60);
        EXPECT_FALSE(words.vertical);
        EXPECT_LE(character_error_rate(text_of(read_page(picture_of(canvas.page))), text), 0.15);
      }
  }
}

// Its numbers read well as English; line by line it would be put together from pieces.
TEST(PageRecognise, ANumberedListOfIdeographs) {
  const Font font("NotoSansCJK-Regular.ttc", 2);
  Canvas canvas(1654, 2339);
  double y = 200;
  std::string text;
  for (const char* line : {"2026年3月14日。工厂的电力由河边的小型水轮机提供。", "1. 地址：杭州市西湖区文三路88号。",
                           "2. 提前购买的车票价格较低，并且可以免费更换一次。", "3. 会议决定旧桥暂时禁止重型车辆通行。",
                           "4. 电话：010-62781234。", "5. 本合同自双方签字之日起生效。"})
    canvas.put(font, 200, y, line, 33), y += 40, text += std::string(line) + "\n";
  Dice dice(4);
  noise(canvas, dice, 6);
  black_and_white(canvas, 128);
  EXPECT_LE(character_error_rate(text_of(read_page(picture_of(canvas.page))), text), 0.03);
}

TEST(PageRecognise, DashesByThemselvesStandInCells) {  // the engine is unsure of them
  Canvas canvas(1400, 1300);
  const Font font("LiberationSans-Regular.ttf");
  Dice dice(11);
  int wanted = 0, found = 0;
  for (int row = 0; row < 20; ++row)
    for (int column = 0; column < 5; ++column) {
      const bool dash = column > 0 && roll(dice, 0, 4) == 0;
      const int thousands = roll(dice, 10, 99), rest = roll(dice, 100, 999);
      const std::string figures = std::to_string(thousands) + "," + std::to_string(rest);
      canvas.put_right(font, 250.0 + 250 * column, 100 + 55 * row, dash ? "-" : figures, 32);
      wanted += dash;
    }
  blur(canvas, 0.8);
  noise(canvas, dice, 8);
  for (const auto& word : shared_recogniser().read(picture_of(canvas.page), 60).words) found += word.text == "-";
  EXPECT_GE(found, wanted - 1);  // of 20; without a rule for them 7 or 8 are missing
}

TEST(PageRecognise, LightOnDark) {
  TruePage truth = make_turned(0, 13);
  for (auto& pixel : truth.picture.pixels) pixel = uint8_t(255 - pixel);
  EXPECT_LE(character_error_rate(text_of(read_page(truth.picture)), truth.text), 0.01);
}

TEST(PageRecognise, ColourPicture) {
  TruePage truth = make_turned(0, 17);
  Picture colour = truth.picture;
  colour.channels = 3;
  colour.pixels.clear();
  for (uint8_t pixel : truth.picture.pixels) {  // dark blue on pale yellow
    colour.pixels.push_back(uint8_t(20 + pixel * 230 / 255));
    colour.pixels.push_back(uint8_t(30 + pixel * 215 / 255));
    colour.pixels.push_back(uint8_t(110 + pixel * 80 / 255));
  }
  EXPECT_LE(character_error_rate(text_of(read_page(colour)), truth.text), 0.01);
}

TEST(PageRecognise, NoiseIsNoWriting) {  // the engine would be busy with it for a minute
  Canvas canvas(1654, 2339);
  cv::RNG random(5);
  random.fill(canvas.page, cv::RNG::UNIFORM, 0, 256);
  Picture picture = blank(canvas.page.cols, canvas.page.rows);
  picture.pixels.assign(canvas.page.datastart, canvas.page.dataend);
  const auto words = shared_recogniser().read(picture, 2);
  ASSERT_EQ(words.warnings.size(), 1u);
  EXPECT_EQ(words.warnings[0].code, "no_writing");
}

TEST(PageRecognise, OnlyPiecesWithoutLinesAreScattered) {
  const auto strewn = [](Dice& dice, int count, int letters, Glyphs& glyphs) {  // letters: of each name, beside each other
    for (int i = 0; i < count; ++i) {
      const int y = roll(dice, 0, 1600), x = roll(dice, 0, 1600);
      for (int k = 0; k < letters; ++k) glyphs.emplace_back(x + 11 * k, y, 8, 12);
    }
  };
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    Dice dice(seed);
    Glyphs grass, map, sign, few;
    const auto no_lines = [](const Glyphs& glyphs) { return scattered(Ink{glyphs, {}, {}}); };
    strewn(dice, 4000, 1, grass);
    EXPECT_TRUE(no_lines(grass)) << seed;
    strewn(dice, 300, 7, map), strewn(dice, 1500, 1, map);  // names among marks
    EXPECT_FALSE(no_lines(map)) << seed;
    for (const cv::Rect& blade : grass)
      if (blade.x > 400 || blade.y > 200) sign.push_back(blade);
    for (int line = 0; line < 3; ++line)
      for (int k = 0; k < 18; ++k) sign.emplace_back(60 + 11 * k, 40 + 22 * line, 8, 12);
    EXPECT_FALSE(no_lines(sign)) << seed;
    strewn(dice, 500, 1, few);
    EXPECT_FALSE(no_lines(few)) << seed;
  }
}

TEST(PageRecognise, SaltAndPepperAreTakenOut) {
  TruePage truth = make_turned(0, 19);
  Dice dice(3);
  for (auto& pixel : truth.picture.pixels)
    if (const int of_100 = roll(dice, 0, 99); of_100 < 2) pixel = of_100 % 2 ? 255 : 0;
  EXPECT_LE(character_error_rate(text_of(read_page(truth.picture)), truth.text), 0.03);
  const cv::Mat clean(300, 400, CV_8U, cv::Scalar(250));
  EXPECT_EQ(without_stray_pixels(clean).data, clean.data) << "a clean page is not copied";
  cv::Mat lines = clean.clone(), salted;
  for (int y = 10; y < 300; y += 10) lines.row(y) = 0;  // strokes of one pixel
  lines.copyTo(salted);
  for (int i = 0; i < 1200; ++i) {
    const int y = roll(dice, 0, 29) * 10 + 5, x = roll(dice, 0, 199) * 2;
    salted.at<uint8_t>(y, x) = 0;
  }
  EXPECT_EQ(cv::norm(without_stray_pixels(salted), lines, cv::NORM_INF), 0);
}

TEST(PageRecognise, OutOfTimeIsAWarning) {
  const auto words = shared_recogniser().read(make_turned(0, 19).picture, 0.001);
  ASSERT_EQ(words.warnings.size(), 1u);
  EXPECT_EQ(words.warnings[0].code, "timeout");
}

TEST(PageRecognise, MissingLanguageNamesItsPackage) {
  RecogniseOptions options;
  options.languages = {"eng", "xyz_abc"};
  try {
    Recogniser recogniser(options);
    FAIL() << "loaded a language that is not there";
  } catch (const DocumentFailure& failure) {
    EXPECT_EQ(failure.code(), "missing_language");
    EXPECT_EQ(failure.fault(), Fault::lacking);
    EXPECT_NE(std::string(failure.what()).find("tesseract-ocr-xyz-abc"), std::string::npos) << failure.what();
  }
}

TEST(PageRecognise, DamagedLanguageDataNameTheirPackage) {
  const TemporaryFolder folder;
  folder.write("chi_sim.traineddata", std::string(5000, 'x'));
  Engine engine(folder.path().string(), {"chi_sim"});  // nothing is read yet
  const cv::Mat blank(64, 256, CV_8U, cv::Scalar(255));
  const Deadline later = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (int time = 1; time <= 2; ++time) {  // it is no better the second time
    try {
      engine.read(blank, Segmentation::column, later);
      FAIL() << "read with damaged data";
    } catch (const DocumentFailure& failure) {
      EXPECT_EQ(failure.fault(), Fault::lacking);
      EXPECT_EQ(failure.code(), "missing_language");
      EXPECT_NE(std::string(failure.what()).find("reinstall the package tesseract-ocr-chi-sim"), std::string::npos)
          << failure.what();
    }
  }
}

TEST(PageRecognise, ParallelRegionsAreRunHere) {  // not by libgomp, which sets up a team for each of them: see one_thread.cpp
  for (const char* name : {"GOMP_parallel", "GOMP_parallel_sections", "GOMP_sections_next", "GOMP_sections_end_nowait"}) {
    Dl_info found{};
    ASSERT_NE(::dladdr(::dlsym(RTLD_DEFAULT, name), &found), 0) << name;
    EXPECT_EQ(std::string(found.dli_fname).find("libgomp"), std::string::npos) << name << " in " << found.dli_fname;
  }
}

TEST(PageRecognise, LanguagesAreListed) {
  const auto languages = installed_languages();
  const std::set<std::string> have(languages.begin(), languages.end());
  for (const char* name : {"eng", "chi_sim", "chi_sim_vert"}) EXPECT_TRUE(have.count(name)) << name << ": run demos/setup";
}

TEST(PageRecognise, StepsCanBeSwitchedOff) {
  RecogniseOptions options;
  options.languages = {"eng"};
  options.prepare = {false, false, false, false, false, false, false, false, false};
  Recogniser plain(options);
  const TruePage upright = make_turned(0, 23), turned = make_turned(180, 23);
  Page page;
  page.page = 1, page.width = upright.picture.width, page.height = upright.picture.height;
  lay_out(page, plain.read(upright.picture, 60));
  EXPECT_LE(character_error_rate(text_of(page), upright.text), 0.02);
  lay_out(page, plain.read(turned.picture, 60));
  EXPECT_GT(character_error_rate(text_of(page), turned.text), 0.3);  // nobody turned it
  const TruePage form = make_page(Kind::form, 23, 0);
  EXPECT_TRUE(plain.read(form.picture, 60).rules.empty());
  EXPECT_FALSE(shared_recogniser().read(form.picture, 60).rules.empty());
}

TEST(PageRecognise, OneLine) {
  const TruePage truth = make_turned(0, 29);
  const auto& word = truth.words[0];
  const std::string line = truth.text.substr(0, truth.text.find('\n'));
  const Box area{word.quad[0] - 10, word.quad[1] - 10, double(truth.picture.width), word.quad[5] + 12};
  EXPECT_LE(character_error_rate(shared_recogniser().read_line(truth.picture, area, 10), line), 0.05);
  EXPECT_EQ(shared_recogniser().read_line(truth.picture, {5, 5, 6, 6}, 10), "");
}

TEST(PageRecognise, OneLineWhoseUnderlineLeavesTheCut) {  // with all letters that touch it
  const Font font("LiberationSerif-Regular.ttf");
  Canvas canvas(1700, 200);
  canvas.put(font, 20, 110, "mmm Harbour works begin in the month of May mmm", 60);
  canvas.line(0, 108, 1700, 108, 5);
  const std::string text = shared_recogniser().read_line(picture_of(canvas.page), {10, 40, 1400, 140}, 10);
  EXPECT_LE(character_error_rate(text, "mmm Harbour works begin in the month of May mmm"), 0.1) << text;
}

TEST(PageRecognise, LargePicturesAreReadSmaller) {
  RecogniseOptions options;
  options.languages = {"eng"};
  options.most_pixels = 1'500'000;
  Recogniser small(options);
  const TruePage truth = make_turned(0, 31);
  Page page;
  page.page = 1, page.width = truth.picture.width, page.height = truth.picture.height;
  const PageWords words = small.read(truth.picture, 60);
  lay_out(page, words);
  EXPECT_LE(character_error_rate(text_of(page), truth.text), 0.05);
  EXPECT_GE(box_hits(page, truth.words), 0.9);  // still in the picture's own pixels
  ASSERT_EQ(words.warnings.size(), 1u);
  EXPECT_EQ(words.warnings[0].code, "resolution_lowered");
  EXPECT_TRUE(shared_recogniser().read(truth.picture, 60).warnings.empty());
}

}  // namespace
}  // namespace bifrons::test
