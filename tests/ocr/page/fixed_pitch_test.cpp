// tests/ocr/page/fixed_pitch_test.cpp - timetables and tables of figures, drawn in proportional faces and in fixed pitch: only
// the latter have a pitch, and what the engine divides there is put together again.
#include "ocr/page/fixed_pitch.h"

#include <gtest/gtest.h>

#include "canvas.h"
#include "ocr/page/script.h"

namespace bifrons::test {
namespace {

constexpr const char* fixed[] = {"LiberationMono-Regular.ttf", "DejaVuSansMono.ttf", "FreeMonoBold.ttf"};
constexpr const char* proportional[] = {"LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf",
                                        "LiberationSansNarrow-Regular.ttf", "DejaVuSerif.ttf", "FreeSerif.ttf"};

// Rows of words, each from a tab on at the next column, as an engine would find them.
std::vector<FoundWord> words_of(const std::string& face, const std::vector<std::string>& rows, double pixels = 26) {
  Canvas canvas(1600, 1000);
  const Font font(face);
  std::vector<FoundWord> words;
  for (size_t row = 0; row < rows.size(); ++row) {
    double x = 40;
    for (size_t from = 0, to = 0; to < rows[row].size(); from = to + 1, x += 190) {
      to = std::min(rows[row].find('\t', from), rows[row].size());
      canvas.put(font, x, 60 + 40 * double(row), rows[row].substr(from, to - from), pixels);
    }
    for (size_t i = words.size(); i < canvas.words.size(); ++i) {
      const auto& q = canvas.words[i].quad;
      words.push_back({.text = canvas.words[i].text,
                       .box = {int(q[0]), int(q[1]), int(q[4] - q[0]), int(q[5] - q[1])},
                       .confidence = 95,
                       .size = pixels,
                       .row = int(row),
                       .sure = std::vector<float>(characters(canvas.words[i].text).size(), 99)});
    }
  }
  return words;
}

const std::vector<std::string> timetable = {"Timetable Monday to Friday",
                                            "Bristol\t05:34\t06:37\t07:11\t08:28\t09:17\t10:22",
                                            "Taunton\t05:40\t06:48\t07:23\t08:34\t09:28\t10:33",
                                            "Norwich\t05:48\t07:05\t07:30\t08:39\t09:34\t10:41",
                                            "Plymouth\t05:55\t07:22\t07:40\t08:43\t09:43\t10:50",
                                            "York\t06:03\t07:32\t07:53\t08:54\t10:00\t11:04",
                                            "Reading\t06:11\t07:44\t08:08\t09:10\t10:07\t11:15",
                                            "Truro\t06:24\t07:58\t08:21\t09:23\t10:14\t11:20",
                                            "Oxford\t06:41\t08:01\t08:33\t09:26\t10:21\t11:29",
                                            "Exeter\t06:47\t08:18\t08:37\t09:35\t10:38\t11:46"};

TEST(FixedPitch, TimetablesInProportionalFacesHaveNone) {
  for (const char* face : proportional) EXPECT_FALSE(find_pitch(words_of(face, timetable)).has_value()) << face;
  for (const char* face : fixed) EXPECT_TRUE(find_pitch(words_of(face, timetable)).has_value()) << face;
}

// Every fourth character is narrow: as if all were a little narrower.
TEST(FixedPitch, FiguresAloneDoNotTell) {
  const std::string row = "5.67\t1,234.56\t8.90\t2,345.67\t12,34,567.89";
  EXPECT_FALSE(find_pitch(words_of(proportional[0], {row, row, row, row})).has_value());
}

// The words with each in two where its figure goes on after `stop`; the rest stays in its row or comes last, in a row of its own.
std::vector<FoundWord> divided(const std::vector<FoundWord>& words, char stop, bool apart, double cell) {
  std::vector<FoundWord> result, rests;
  for (FoundWord left : words) {
    const size_t at = left.text.find(stop) + 1;
    if (at == 0 || at == left.text.size()) {
      result.push_back(left);
      continue;
    }
    FoundWord right = left;
    const int width = cvRound(cell * double(at));
    left.text.resize(at), left.sure.resize(at), right.text.erase(0, at);
    left.box.width = width - cvRound(0.4 * cell), right.box.x += width, right.box.width -= width;
    right.sure.resize(right.text.size());
    result.push_back(left);
    if (apart) right.row += 100;
    (apart ? rests : result).push_back(right);
  }
  result.insert(result.end(), rests.begin(), rests.end());
  return result;
}

std::vector<std::string> texts_of(const std::vector<FoundWord>& words) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.push_back(word.text);
  return texts;
}

TEST(FixedPitch, FiguresDividedAtTheirStopsAreJoined) {
  const std::vector<std::string> figures = {"Account\t2016\t2017\t2018\t2019",
                                            "Lincoln\t17,786\t82,409\t12,911\t55,322",
                                            "Durham\t69,516\t10,537\t19,264\t41,638",
                                            "Reading\t25,948\t54,756\t72,261\t57,652",
                                            "Steel bracket\t24,916\t56,100\t57,359\t78,048",
                                            "Printing paper\t90,928\t73,185\t56,217\t52,933"};
  for (const char* face : fixed)
    for (const bool apart : {false, true})
      for (const char stop : {',', ':'}) {
        SCOPED_TRACE(face);
        const auto whole = words_of(face, stop == ',' ? figures : timetable);
        const auto pitch = find_pitch(whole);
        ASSERT_TRUE(pitch.has_value());
        auto words = divided(whole, stop, apart, pitch->cell);
        EXPECT_GT(words.size(), whole.size() + 15);
        join_words(words, *pitch);
        EXPECT_EQ(texts_of(words), texts_of(whole));
        for (size_t i = 0; i < std::min(words.size(), whole.size()); ++i) EXPECT_EQ(words[i].box, whole[i].box);
      }
}

TEST(FixedPitch, FiguresWithSpacesBetweenStayApart) {
  std::vector<std::string> rows = timetable;
  rows.insert(rows.end(), {"Trains 1, 2, 3, 14, 25 run daily, 36: 7 times", "Pages 5. 12. 18. 20 to 30, 31"});
  for (const char* face : fixed) {
    auto words = words_of(face, rows);
    const auto texts = texts_of(words);
    const auto pitch = find_pitch(words);
    ASSERT_TRUE(pitch.has_value());
    join_words(words, *pitch);
    EXPECT_EQ(texts_of(words), texts) << face;
  }
}

}  // namespace
}  // namespace bifrons::test
