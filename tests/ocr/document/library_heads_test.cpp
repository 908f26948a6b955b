// tests/ocr/document/library_heads_test.cpp - running heads and the page library: pages are stored without marks, the index is
// made with those of the whole document.
#include <algorithm>

#include <gtest/gtest.h>

#include "ocr/document/exports.h"
#include "ocr/document/library.h"
#include "ocr/document/running_heads.h"
#include "tests/ocr/document/made_pages.h"
#include "tests/temporary_folder.h"

namespace bifrons {
namespace {

const DocumentFile some_file{"report.pdf", "pdf", 1234, std::string(64, 'a')};

std::vector<Page> report() {  // three pages as they are by themselves, under one head
  std::vector<Page> pages;
  for (int64_t i = 1; i <= 3; ++i) {
    std::vector<MadeBlock> blocks{{Block::Type::text, {"Annual report 2023 - page " + std::to_string(i)}}};
    if (i == 1) blocks.push_back({Block::Type::heading, {"Key figures of the year"}});
    blocks.push_back(
        {Block::Type::text, std::vector<std::string>(20, "quite other words of page " + std::to_string(i) + " and no more")});
    pages.push_back(made_page(i, blocks));
  }
  return pages;
}
std::vector<Page> marked_over(const std::vector<Page>& pages) {
  RunningHeads heads;
  std::vector<Page> marked;
  const auto take = [&](std::vector<Page>&& ready) {
    for (Page& page : ready) marked.push_back(std::move(page));
  };
  for (const Page& page : pages) take(heads.add(Page(page)));
  take(heads.finish());
  return marked;
}
TEST(Library, RepeatedHeadsAreLocatedButNotSearched) {
  const TemporaryFolder folder;
  Library library(folder / "l");
  const auto key = library.open(some_file, "", 3);
  for (const Page& page : report())
    for (int twice = 0; twice < 2; ++twice) library.store(key, page);  // replaced, not doubled
  library.finish(key, {});
  EXPECT_EQ(library.search(key, "annual report", 5).size(), 1u);
  const auto places = library.locate(key, "Annual report 2023 - page 2");
  ASSERT_FALSE(places.empty());
  EXPECT_EQ(places[0].page, 2);
  EXPECT_EQ(places[0].similarity, 1);
}
TEST(Library, TheOrderInWhichPagesCameMakesNoDifference) {
  const std::vector<Page> pages = report();
  std::vector<Page> marked = marked_over(pages);
  ASSERT_EQ(marked[2].blocks[0].repeats, 1) << "the test must see marks";
  SearchIndex index;
  std::string heading;
  for (const Page& page : marked)
    for (const Chunk& chunk : make_chunks(page, heading)) index.add(chunk);
  std::vector<size_t> order{0, 1, 2};
  do {
    const TemporaryFolder folder;
    Library library(folder / "l");
    const auto key = library.open(some_file, "", 3);
    for (const size_t i : order) library.store(key, pages[i]);
    library.finish(key, {});
    for (const Page& page : pages) EXPECT_EQ(page_json(library.page(key, page.page).value()), page_json(page));
    for (const char* question : {"annual report", "words of page 3", "figures"}) {
      const auto hits = library.search(key, question, 9), want = index.search(question, 9);
      ASSERT_EQ(hits.size(), want.size()) << question;
      for (size_t i = 0; i < hits.size(); ++i) {
        EXPECT_EQ(hits[i].score, want[i].score) << question;
        EXPECT_EQ(hits[i].chunk.text, want[i].chunk.text);
        EXPECT_EQ(hits[i].chunk.heading, want[i].chunk.heading);
      }
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace bifrons
