// tests/ocr/page/large_hardness_test.cpp - the generated pages are as hard as documents.md 10 says: the command line's errors on
// them. Not in the default run: ctest -C large -L ocr-large.
#include <cstdio>

#include <gtest/gtest.h>

#include "command_line.h"
#include "score.h"

namespace bifrons::test {
namespace {

struct Stated {
  Kind kind;
  double error;  // of the command line, least, mean over the pages
};

class PageHardness : public testing::TestWithParam<Stated> {};

TEST_P(PageHardness, IsAsStated) {
  const auto [kind, stated] = GetParam();
  double error = 0, pages = 0;
  for (uint32_t seed = 301; seed <= 340; ++seed) {  // fonts alternate between the two sets
    const TruePage truth = make_page(kind, seed, int(seed % 2));
    error += character_error_rate(read_by_command_line(truth.picture, kind).text, truth.text), pages += 1;
  }
  std::printf("%s: CER of the command line %.1f %%, stated %.0f %%\n", name_of(kind).c_str(), 100 * error / pages, 100 * stated);
  EXPECT_GE(error / pages, stated);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PageHardness,
                         testing::Values(Stated{Kind::receipt, 0.23}, Stated{Kind::photo, 0.31}, Stated{Kind::faded, 0.25}),
                         [](const auto& given) { return name_of(given.param.kind); });

}  // namespace
}  // namespace bifrons::test
