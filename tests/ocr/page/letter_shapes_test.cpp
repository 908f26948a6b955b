// tests/ocr/page/letter_shapes_test.cpp - pages drawn in fixed pitch and what an engine might have read on them: what the page's
// own letters show to be wrong is put right, and nothing else changes.
#include "ocr/page/letter_shapes.h"

#include <gtest/gtest.h>

#include "canvas.h"
#include "ocr/page/script.h"
#include "quality_check.h"
#include "spoil.h"

namespace bifrons::test {
namespace {

constexpr double pixels = 24, step = 34;  // of the letters; from row to row

constexpr float sure = 99.55F, doubtful = 99.2F, very_doubtful = 97;  // of a character, as the engine says it

// Rows of words, those after a tab at the right edge, each read without a fault.
struct Reader {
  Canvas canvas{900, 700};
  std::vector<FoundWord> words;

  Reader(const std::string& face, const std::vector<std::string>& rows) {
    const Font font(face);
    for (size_t row = 0; row < rows.size(); ++row) {
      const size_t tab = rows[row].find('\t'), first = canvas.words.size();
      const double base = 60 + double(row) * step;
      canvas.put(font, 50, base, rows[row].substr(0, tab), pixels);
      if (tab != std::string::npos) canvas.put_right(font, 850, base, rows[row].substr(tab + 1), pixels);
      for (size_t i = first; i < canvas.words.size(); ++i) {
        const auto& q = canvas.words[i].quad;
        words.push_back({.text = canvas.words[i].text,
                         .box = {int(q[0]), int(q[1]), int(q[4] - q[0]), int(q[5] - q[1])},
                         .confidence = 95,
                         .size = pixels,
                         .row = int(row),
                         .sure = std::vector<float>(characters(canvas.words[i].text).size(), sure)});
      }
    }
    Dice dice(1);
    blur(canvas, 1);
    noise(canvas, dice, 9);
  }
  FoundWord& word(const std::string& text) {
    for (auto& word : words)
      if (word.text == text) return word;
    fail(Fault::other, "no word ", text);
  }
  void misread(const std::string& text, const std::string& read) {
    FoundWord& found = word(text);
    found.text = read, found.sure.assign(characters(read).size(), very_doubtful);
  }
  std::vector<std::string> mended() {
    const auto pitch = find_pitch(words);
    if (!pitch) return {};
    join_words(words, *pitch);
    mend_by_shapes(words, *pitch, canvas.page);
    std::vector<std::string> texts;
    for (const auto& found : words) texts.push_back(found.text);
    return texts;
  }
  std::vector<std::string> truth() const {
    std::vector<std::string> texts;
    for (const auto& drawn : canvas.words) texts.push_back(drawn.text);
    return texts;
  }
};

const std::vector<std::string> receipt = {"Copper pipe 15 mm\t1,680.95", "Wall clock\t320.06",     "Window glass\t906.50",
                                          "Steel screws\t45,069.20",     "Wool blanket\t5,350.75", "Brown bread\t86.09",
                                          "Printer paper A4\t609.65",    "Coffee beans\t7,890.50", "Orange juice\t2,596.05",
                                          "Tool box for lamps\t15.89",   "Green tea\t360.40",      "TOTAL\t65,290.98"};
constexpr const char* faces[] = {"LiberationMono-Regular.ttf", "DejaVuSansMono.ttf", "FreeMonoBold.ttf"};

TEST(LetterShapes, MisreadCharactersArePutRight) {
  for (const char* face : faces) {
    SCOPED_TRACE(face);
    Reader reader(face, receipt);
    reader.misread("320.06", "320.66");
    reader.misread("906.50", "996,50");
    reader.misread("2,596.05", "2,$96.05");
    reader.misread("1,680.95", "1.680.95");
    reader.misread("Wall", "wall");
    reader.misread("mm", "mn");
    EXPECT_EQ(reader.mended(), reader.truth());
  }
}

// Three zeros, one of them read as a six: what they look like is known from two cells, what a difference means from all others.
TEST(LetterShapes, AFigureIsPutRightWhereTheOtherIsRare) {
  const std::vector<std::string> rows = {"Copper pipe 15 mm\t1,684.95", "Wall clock\t320.56",     "Window glass\t306.21",
                                         "Steel screws\t45,869.23",     "Wool blanket\t5,356.75", "Brown bread\t86.79",
                                         "Printer paper A4\t649.65",    "Coffee beans\t7,898.51", "Orange juice\t2,596.45",
                                         "Tool box for lamps\t15.89",   "Green tea\t361.48",      "TOTAL\t65,290.98"};
  for (const char* face : faces) {
    SCOPED_TRACE(face);
    Reader reader(face, rows);
    FoundWord& found = reader.word("306.21");
    found.text = "366.21", found.sure.assign(6, doubtful);
    EXPECT_EQ(reader.mended(), reader.truth());
  }
}

TEST(LetterShapes, ASurplusCharacterIsDropped) {
  for (const char* face : faces) {
    SCOPED_TRACE(face);
    Reader reader(face, receipt);
    reader.misread("609.65", "609.665");
    reader.misread("7,890.50", "7,8990.50");
    EXPECT_EQ(reader.mended(), reader.truth());
  }
}

TEST(LetterShapes, AFigureOutsideTheEnginesBoxIsNoSurplus) {
  for (const char* face : faces)
    for (const bool first : {false, true}) {
      SCOPED_TRACE(face);
      for (size_t i = 0; i < Reader(face, receipt).words.size(); ++i) {
        Reader reader(face, receipt);
        const auto pitch = find_pitch(reader.words);
        ASSERT_TRUE(pitch.has_value());
        FoundWord& found = reader.words[i];
        if (characters(found.text).size() < 3) continue;
        if (first) found.box.x += cvRound(pitch->cell);
        found.box.width -= cvRound(pitch->cell);
        EXPECT_EQ(reader.mended(), reader.truth());
      }
    }
}

// Amounts in which some figure stands twice only, one of these in doubt: too little to say that it is another one.
TEST(LetterShapes, FewFiguresAreNoReasonToChangeOne) {
  int changed = 0, amounts = 0;
  for (uint32_t seed = 1; seed <= 150; ++seed) {
    Dice dice(seed);
    std::vector<std::string> rows;
    for (const char* name : {"Copper pipe", "Wall clock", "Window glass", "Steel screws", "Wool blanket", "Brown bread"}) {
      const int cents = roll(dice, 10, 99);  // a statement of its own: compilers differ in the order of operands
      rows.push_back(std::string(name) + "\t" + std::to_string(roll(dice, 10, 999)) + "." + std::to_string(cents));
    }
    Reader reader(faces[seed % std::size(faces)], rows);
    for (auto& found : reader.words)
      for (float& of_one : found.sure) of_one = roll(dice, 1, 3) == 1 ? very_doubtful : sure;
    const auto truth = reader.truth(), mended = reader.mended();
    for (size_t i = 0; i < std::min(truth.size(), mended.size()); ++i)
      if (truth[i].find('.') != std::string::npos) ++amounts, changed += mended[i] != truth[i];
  }
  EXPECT_GT(amounts, 800);
  EXPECT_LE(changed, 6);  // with a third of all characters in doubt
}

TEST(LetterShapes, DotsAreNotInFixedPitch) {
  std::vector<FoundWord> dots;
  for (int i = 0; i < 40; ++i)
    dots.push_back({.text = std::string(size_t(3 + i % 9), '.'), .box = {10, 20 * i, 2 * (3 + i % 9), 2}});
  EXPECT_FALSE(find_pitch(dots).has_value());
}

TEST(LetterShapes, WordsWithoutRoomForASpaceAreJoined) {
  Reader reader(faces[0], receipt);
  const size_t at = size_t(&reader.word("45,069.20") - reader.words.data());
  FoundWord left = reader.words[at], right = left;
  const int width = left.box.width / 9 * 3;
  left.text = "45,", left.box.width = width - 5, left.sure.resize(3);
  right.text = "069.20", right.box.x += width + 2, right.box.width -= width + 2, right.sure.resize(6);
  reader.words[at] = right;
  reader.words.insert(reader.words.begin() + std::ptrdiff_t(at), left);
  EXPECT_EQ(reader.mended(), reader.truth());
}

TEST(LetterShapes, WhatIsRightStaysHoweverDoubtful) {
  std::vector<std::string> rows = receipt;
  for (const char* row :
       {"Code O0D8B\t$5.58", "Oil I1l5SZ2\t$809.65", "Visit us: 6 to 9?\t#38", "so So cC vV xX\t@80", "ill lit i!\t§6"})
    rows.emplace_back(row);
  for (const char* face : faces) {
    SCOPED_TRACE(face);
    for (size_t every = 2; every <= 4; ++every) {
      Reader reader(face, rows);
      for (size_t i = 0; i < reader.words.size(); ++i)
        reader.words[i].sure.assign(reader.words[i].sure.size(), i % every ? doubtful : very_doubtful);
      EXPECT_EQ(reader.mended(), reader.truth());
    }
  }
}

TEST(LetterShapes, OtherFacesAreLeftAlone) {
  for (const char* face : {"LiberationSerif-Regular.ttf", "LiberationSans-Regular.ttf", "DejaVuSans.ttf"})
    EXPECT_FALSE(find_pitch(Reader(face, receipt).words).has_value()) << face;
  Reader few(faces[0], {"Copper pipe\t15.00", "TOTAL\t15.00"});
  EXPECT_FALSE(find_pitch(few.words).has_value());
}

TEST(LetterShapes, AReceiptsDottedZerosAreRead) {  // four of them were sixes, and two words had a capital L for a small one
  const TruePage truth = make_page(Kind::stained_receipt, 3036, 1);
  EXPECT_GE(box_hits(read_page(truth.picture), truth.words), 0.98);
}

}  // namespace
}  // namespace bifrons::test
