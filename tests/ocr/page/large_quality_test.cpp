// tests/ocr/page/large_quality_test.cpp - the same on more pages; not in the default run: ctest -C large -L ocr-large.
#include "quality_check.h"

namespace bifrons::test {
namespace {

class LargePageQuality : public testing::TestWithParam<Kind> {};

TEST_P(LargePageQuality, MeetsItsTarget) { check_kind(GetParam(), 201, 212); }

INSTANTIATE_TEST_SUITE_P(Kinds, LargePageQuality, testing::ValuesIn(all_kinds),
                         [](const auto& given) { return name_of(given.param); });

}  // namespace
}  // namespace bifrons::test
