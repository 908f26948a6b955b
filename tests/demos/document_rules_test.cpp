// tests/demos/document_rules_test.cpp - what holds of every reading by the binary: what was asked before makes no difference, and
// a long document costs no more memory than it may. Source: documents.md 1, 8, 9.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>

#include <gtest/gtest.h>

#include "tests/demos/process.h"
#include "tests/memory_in_use.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/peak_memory.h"
#include "tests/temporary_folder.h"

namespace bifrons {
namespace {

std::string without_times(const std::string& text) {
  static const std::regex seconds(R"re("seconds":[0-9.]+)re");
  return std::regex_replace(text, seconds, "\"seconds\":0");
}

class DocumentHistory : public testing::Test {
 protected:
  // All that the binary says of these pages.
  std::map<std::string, std::string> said(const std::vector<std::string>& pages, const std::vector<std::string>& library) const {
    std::map<std::string, std::string> all;
    const auto say = [&](std::vector<std::string> arguments) {
      const std::string name = arguments[1] + " " + arguments.back();
      for (const auto& more : {pages, library}) arguments.insert(arguments.end(), more.begin(), more.end());
      const Ended ended = run(arguments, here_.path());
      EXPECT_EQ(ended.code, 0) << name << ": " << ended.error;
      all[name] = without_times(ended.out);
    };
    for (const char* format : {"json", "md"}) say({"doc", "read", "lease.pdf", "--format", format});
    say({"doc", "search", "lease.pdf", "residential lease agreement", "--json"});
    say({"doc", "locate", "lease.pdf", "The monthly rent is", "--json"});
    return all;
  }
  TemporaryFolder here_;
};

TEST_F(DocumentHistory, MakesNoDifference) {
  std::filesystem::copy(std::filesystem::path(BIFRONS_SOURCE_DIR) / "demos/examples/lease.pdf", here_ / "lease.pdf");
  const std::vector<std::vector<std::string>> asked{{}, {"--pages", "2"}, {"--pages", "2-3"}};
  std::vector<std::map<std::string, std::string>> want;
  for (const auto& pages : asked) want.push_back(said(pages, {"--no-library"}));
  EXPECT_NE(want[0]["read json"].find("\"repeats\":1"), std::string::npos) << "the test must see running heads";
  EXPECT_EQ(want[1]["read json"].find("\"header\""), std::string::npos) << "a page by itself has none";
  std::vector<size_t> order(asked.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    std::string library = "library";
    for (const size_t i : order) library += std::to_string(i);
    std::vector<size_t> again = order;
    again.push_back(order.front());
    for (const size_t i : again) {
      const bool same = said(asked[i], {"--library", library}) == want[i];
      EXPECT_TRUE(same) << library << ", pages " << i;
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(DocumentMemory, OfALongDocumentStaysBelowItsBound) {
#ifdef BIFRONS_ADDRESS_SANITIZER
  GTEST_SKIP() << "the address sanitizer's own memory is larger";
#endif
  PdfWriter pdf;
  for (int i = 1; i <= 1000; ++i) {
    std::string content;
    for (int line = 0; line < 40; ++line)
      content += PdfWriter::text(
          60, 780 - 18 * line,
          "Page " + std::to_string(i) + " line " + std::to_string(line) + " has some quite ordinary words in it", 10);
    pdf.add_page(content);
  }
  const TemporaryFolder folder;
  const std::string file = folder.write("long.pdf", pdf.bytes()).string(), out = (folder / "out").string();
  const auto read = [&](const char* format, std::vector<std::string> library) {
    std::vector<std::string> command{BIFRONS_BINARY, "doc", "read", file, "--quiet", "--format", format, "-o", out};
    command.insert(command.end(), library.begin(), library.end());
    const test::Cost cost = test::cost_of(command);
    EXPECT_EQ(cost.status, 0) << format;
    EXPECT_GT(cost.peak_kib, 1024) << format;
    return cost.peak_kib;
  };
  constexpr int64_t jsonl_kib = 150 << 10;
  EXPECT_LT(read("jsonl", {"--no-library"}), jsonl_kib);
  EXPECT_LT(read("json", {"--library", (folder / "library").string()}), jsonl_kib) << "its pages are on the disk";
  const int64_t json_kib = int64_t(std::filesystem::file_size(out)) >> 10;
  EXPECT_GT(json_kib, 20 << 10) << "the bound below must mean something";
  const int64_t bound_kib = (64 << 10) + 3 * json_kib;
  EXPECT_LT(read("json", {"--no-library"}), bound_kib);
  const int over =
      test::cost_of({BIFRONS_BINARY, "doc", "read", file, "--quiet", "--no-library", "--max-held", "1MiB", "-o", out}).status;
  EXPECT_TRUE(WIFEXITED(over) && WEXITSTATUS(over) == 5) << over;
  for (const char* format : {"md", "hocr", "alto"})
    EXPECT_LT(read(format, {"--library", (folder / "library").string()}), jsonl_kib) << format;
}

}  // namespace
}  // namespace bifrons
