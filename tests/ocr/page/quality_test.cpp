// tests/ocr/page/quality_test.cpp - the targets of documents.md 10, kind by kind, on seeds and fonts that nothing was tuned on.
#include "quality_check.h"

namespace bifrons::test {
namespace {

class PageQuality : public testing::TestWithParam<Kind> {};

TEST_P(PageQuality, MeetsItsTarget) { check_kind(GetParam(), 101, 102); }

INSTANTIATE_TEST_SUITE_P(Kinds, PageQuality, testing::ValuesIn(all_kinds),
                         [](const auto& given) { return name_of(given.param); });

}  // namespace
}  // namespace bifrons::test
