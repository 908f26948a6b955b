// tests/ocr/page/history_test.cpp - what is read from a page does not depend on the pages that were read before it: the engines
// share variables of the process.
#include <memory>

#include <gtest/gtest.h>

#include "ocr/page/recognise.h"
#include "pages.h"

namespace bifrons::test {
namespace {

std::vector<std::string> read_with(Recogniser& recogniser, const TruePage& page) {
  std::vector<std::string> all;
  for (const PlacedWord& word : recogniser.read(page.picture, 60).words) {
    std::string line = word.text + " " + std::to_string(word.confidence);
    for (double v : word.quad) line += " " + std::to_string(v);
    all.push_back(std::move(line));
  }
  return all;
}

TEST(PageHistory, ChangesNothing) {
  std::vector<TruePage> pages;
  for (const Kind kind : {Kind::chinese, Kind::chinese_vertical, Kind::prose, Kind::form})
    pages.push_back(make_page(kind, 9001, 0));
  std::vector<std::vector<std::string>> first;  // of each page, by a recogniser that has read nothing
  for (const TruePage& page : pages) {
    Recogniser fresh{RecogniseOptions{}};
    first.push_back(read_with(fresh, page));
    EXPECT_FALSE(first.back().empty());
  }
  Recogniser one{RecogniseOptions{}};
  for (const size_t i : {2u, 0u, 3u, 1u, 0u, 2u, 1u, 3u}) EXPECT_EQ(read_with(one, pages[i]), first[i]) << i;
}

}  // namespace
}  // namespace bifrons::test
