// tests/ocr/page/quality_test.cpp - the targets of documents.md 10, kind by kind, on seeds and fonts that nothing was tuned on.
#include "quality_check.h"

namespace bifrons::test {
namespace {

class PageQuality : public testing::TestWithParam<Kind> {};

TEST_P(PageQuality, MeetsItsTarget) { check_kind(GetParam(), 101, 102); }

INSTANTIATE_TEST_SUITE_P(Kinds, PageQuality, testing::ValuesIn(all_kinds),
                         [](const auto& given) { return name_of(given.param); });

// Single pages that were badly read once: rings of cups across faint lines (boxes 90 %), words whose touching letters were taken
// for ruled lines (93 %).
TEST(PagesOnceLost, MeetTheTargetsToo) {
  check_kind(Kind::faint, 3059, 3059);
  check_kind(Kind::form, 7013, 7013);
}

// A fifth of the first photo's letters touch and make squares; the second's are read well by the data of Chinese too.
TEST(PagesOnceLost, LettersThatTouchAreNoIdeographs) {
  for (const TruePage& truth : {make_page(Kind::dark_photo, 7037, 1), make_page(Kind::photo, 7837, 0)})
    EXPECT_EQ(shared_recogniser().read(truth.picture, 60).languages, std::vector<std::string>{"eng"});
}

}  // namespace
}  // namespace bifrons::test
