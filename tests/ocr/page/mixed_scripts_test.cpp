// tests/ocr/page/mixed_scripts_test.cpp - pages on which English and Chinese stand together, nobody having said which: both are
// read.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <stdexcept>

#include "ocr/page/other_script.h"
#include "ocr/page/script.h"
#include "quality_check.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

constexpr double dpi = 200;
constexpr int simplified = 2;  // face of Noto's collections

struct Bilingual {
  Canvas canvas{cvRound(8.27 * dpi), cvRound(11.69 * dpi)};
  Font latin{"LiberationSerif-Regular.ttf"}, han{"NotoSerifCJK-Regular.ttc", simplified};
  double left = 0.95 * dpi, right = 7.3 * dpi, y = 0.9 * dpi;

  void write(const Font& font, const std::string& text, double x, double leading, double points = 11) {
    const double pixels = points * dpi / 72;
    for (const auto& line : wrap(font, text, pixels, right - x)) {
      y += pixels * leading;
      canvas.put(font, x, y, line, pixels);
      canvas.lines.push_back(line);
    }
    y += 0.1 * dpi;
  }
  void english(Dice& dice, int sentences) { write(latin, english_text(dice, sentences), left, 1.25); }
  void chinese(Dice& dice, int sentences) { write(han, chinese_text(dice, sentences), left, 1.6); }
  // English and Chinese in one line, the one after the other.
  void pair(const std::string& a, const std::string& b, const std::string& c) {
    const double pixels = 11 * dpi / 72;
    y += 1.7 * pixels;
    double x = left;
    std::string line;
    for (const auto& text : {a, b, c}) {
      const bool wide = ideograph_share(text) > 0;
      x = canvas.put(wide ? han : latin, x, y, text, pixels) + 0.3 * pixels;
      line += (line.empty() ? "" : " ") + text;
    }
    canvas.lines.push_back(line);
  }
};

// An invoice or contract whose short labels stand beside their translation, some values in either writing.
void labels_in_both(Bilingual& page, Dice& dice) {
  struct Label {
    const char *chinese, *english;
    int value;  // 0 a number, 1 a date in Chinese, 2 a firm in Chinese, 3 a person
  };
  static const Label labels[] = {
      {"发票号码", "Invoice No.:", 0}, {"开票日期", "Date:", 1},         {"购买方", "Customer:", 2},
      {"销售方", "Seller:", 2},        {"数量", "Quantity:", 0},         {"单价", "Unit price:", 0},
      {"合计", "Total:", 0},           {"合同编号", "Contract No.:", 0}, {"交货日期", "Delivery date:", 1},
      {"联系人", "Contact:", 3},       {"电话", "Telephone:", 0},        {"开户银行", "Bank:", 2},
      {"甲方", "Party A:", 3},         {"签字", "Signed by:", 3},        {"有效期", "Valid until:", 1}};
  static const char* firms[] = {"北京天元科技有限公司", "上海远航贸易有限公司", "广州市建筑设计院", "中国工商银行"};
  page.write(page.latin, "Invoice and delivery note", page.left, 1.25, 15);
  for (const Label& label : labels) {
    if (roll(dice, 0, 3) == 0) continue;
    // One after the other: compilers differ in the order of operands.
    const int year = roll(dice, 2015, 2026), month = roll(dice, 1, 12), date = roll(dice, 1, 28);
    const std::string day = std::to_string(year) + "年" + std::to_string(month) + "月" + std::to_string(date) + "日";
    page.pair(label.chinese, label.english,
              label.value == 0   ? amount(dice)
              : label.value == 1 ? day
              : label.value == 2 ? firms[roll(dice, 0, 3)]
                                 : person(dice));
  }
  page.y += 0.2 * dpi;
  page.english(dice, 3);
}

struct MixedPage {
  const char* name;
  void (*draw)(Bilingual&, Dice&);
  double error;  // most, mean over the seeds
};
std::ostream& operator<<(std::ostream& out, const MixedPage& page) { return out << page.name; }

const MixedPage mixed_pages[] = {
    {"EnglishOverChinese",
     [](Bilingual& page, Dice& dice) {
       page.english(dice, 8);
       page.chinese(dice, 8);
     },
     0.02},
    {"ChineseOverEnglish",
     [](Bilingual& page, Dice& dice) {
       page.chinese(dice, 9);
       page.english(dice, 7);
     },
     0.02},
    {"Alternating",
     [](Bilingual& page, Dice& dice) {
       for (int i = 0; i < 5; ++i) page.english(dice, 2), page.chinese(dice, 2);
     },
     0.02},
    {"AChineseAddressOnAnEnglishLetter",
     [](Bilingual& page, Dice& dice) {
       for (const char* line : {"上海市黄浦区南京东路三百号", "港口工程有限公司", "王建国经理收"})
         page.write(page.han, line, 4.3 * dpi, 1.6);
       page.y += 0.3 * dpi;
       for (int i = 0; i < 4; ++i) page.english(dice, 4);
     },
     0.02},
    {"AnEnglishParagraphOnAChinesePage",
     [](Bilingual& page, Dice& dice) {
       page.chinese(dice, 8);
       page.english(dice, 3);
       page.chinese(dice, 8);
     },
     0.02},
    {"AFormInBoth",
     [](Bilingual& page, Dice& dice) {
       page.write(page.latin, "Application for Membership", page.left, 1.25, 16);
       page.write(page.han, "会员申请表", page.left, 1.6, 16);
       page.pair("Name", "姓名", person(dice));
       page.pair("Date of birth", "出生日期", date(dice));
       page.pair("Nationality", "国籍", "Switzerland");
       page.pair("Occupation", "职业", "Engineer");
       const int number = roll(dice, 100000, 999999);  // a statement of its own: compilers differ in the order of operands
       page.pair("Telephone", "电话号码", "0" + std::to_string(roll(dice, 100, 999)) + " " + std::to_string(number));
       page.y += 0.2 * dpi;
       page.english(dice, 4);
       page.chinese(dice, 3);
     },
     0.04},
    {"LabelsBesideTheirTranslation", labels_in_both, 0.03},
};

class MixedScripts : public testing::TestWithParam<MixedPage> {};

TEST_P(MixedScripts, AreBothRead) {
  double error = 0, pages = 0;
  for (uint32_t seed = 1; seed <= 2; ++seed) {
    Dice dice(seed * 7919);
    Bilingual drawn;
    GetParam().draw(drawn, dice);
    Canvas& canvas = drawn.canvas;
    skew(canvas, roll(dice, -1.0, 1.0));
    blur(canvas, 0.6);
    fade(canvas, 20, 248);
    noise(canvas, dice, 5);
    Picture picture;
    picture.width = canvas.page.cols, picture.height = canvas.page.rows;
    picture.pixels.assign(canvas.page.datastart, canvas.page.dataend);
    std::string truth;
    for (const auto& line : canvas.lines) truth += line + "\n";
    const Page page = read_page(picture);
    const std::string text = text_of(page);
    const double rate = character_error_rate(text, truth);
    std::printf("%s seed %u: CER %.2f %%, F1 %.1f %%\n", GetParam().name, seed, 100 * rate, 100 * word_f1(text, truth));
    error += rate, pages += 1;
    EXPECT_NE(std::find(page.languages.begin(), page.languages.end(), "chi_sim"), page.languages.end());
  }
  EXPECT_LE(error / pages, GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(Pages, MixedScripts, testing::ValuesIn(mixed_pages),
                         [](const auto& page) { return std::string(page.param.name); });

// A page of English words in rows, with square letters in one row, `y` pixels from the top, that no word covers.
struct Squares {
  cv::Mat gray = cv::Mat(400, 600, CV_8U, cv::Scalar(255));
  Glyphs glyphs;
  Reading reading;
  explicit Squares(int y) {
    for (int row = 0; row < 6; ++row) {
      for (int i = 0; i < 20; ++i) glyphs.emplace_back(20 + 12 * i, 60 + 40 * row, 9, 16);
      reading.words.push_back({.text = "surelyread", .box = {15, 55 + 40 * row, 260, 26}, .confidence = 95, .row = row});
    }
    for (int i = 0; i < 4; ++i) glyphs.emplace_back(400 + 26 * i, y, 22, 22);
  }
};

TEST(IdeographsAmong, APlaceThatIsNotReadInTimeIsSaid) {
  Squares page(60);
  int asked = 0;
  const auto slow = [&](const cv::Mat& place) {
    EXPECT_FALSE(place.empty());
    ++asked;
    return Reading{.words = {}, .in_time = false};
  };
  EXPECT_FALSE(read_ideographs_among(page.reading, page.gray, page.glyphs, slow));
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(page.reading.in_time);
  EXPECT_EQ(page.reading.words.size(), 6u);
}

TEST(IdeographsAmong, LettersOutsideThePictureAreNotAskedFor) {
  Squares page(-80);
  const auto never = [](const cv::Mat&) -> Reading { throw std::logic_error("asked for nothing"); };
  EXPECT_FALSE(read_ideographs_among(page.reading, page.gray, page.glyphs, never));
  EXPECT_TRUE(page.reading.in_time);
}

}  // namespace
}  // namespace bifrons::test
