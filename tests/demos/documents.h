// tests/demos/documents.h - a folder with a small lease in it, and the binary run there: what tests of documents begin with.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/demos/process.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/temporary_folder.h"

namespace bifrons {

// A contract of some pages: page 2 holds the rent at a known place, each page a number of its own.
inline std::string contract(int pages, const std::string& rent = "2,350.00 EUR") {
  PdfWriter pdf;
  for (int page = 1; page <= pages; ++page) {
    std::string content = PdfWriter::text(72, 770, "Lease of the workshop, section " + std::to_string(page), 22);
    for (int line = 0; line < 12; ++line)
      content += PdfWriter::text(72, 730 - 18 * line,
                                 "Clause " + std::to_string(page * 100 + line) + " speaks of tools, doors and windows only.");
    if (page == 2) content += PdfWriter::text(72, 400, "The monthly rent is " + rent + " and is due on the third day.");
    if (page == pages) content += PdfWriter::text(72, 300, "The caretaker is called Edmund Hale.");
    pdf.add_page(content);
  }
  return pdf.bytes();
}

class Documents : public testing::Test {
 protected:
  void SetUp() override { here_.write("lease.pdf", contract(3)); }

  Ended bifrons(std::vector<std::string> arguments, const std::string& input = "", Signal signal = {},
                std::vector<std::pair<std::string, std::string>> environment = {},
                const std::function<void()>& before = {}) const {
    environment.emplace_back("BIFRONS_THREADS", "1");  // tests run side by side
    return run(arguments, here_.path(), input, signal, environment, before);
  }
  nlohmann::json json_of(const Ended& ended) const {
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1) << ended.out;
    return nlohmann::json::parse(ended.out, nullptr, false);
  }
  static void expect_refusal(const Ended& ended, int code, const std::string& words) {
    EXPECT_EQ(ended.code, code) << ended.error;
    EXPECT_THAT(ended.error, testing::HasSubstr(words));
    EXPECT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
    EXPECT_EQ(ended.error.rfind("bifrons: ", 0), 0u) << ended.error;
    EXPECT_EQ(ended.out, "");
  }
  int64_t kept_pages() const {  // of all documents in the library
    const Ended ended = bifrons({"doc", "list", "--json"});
    int64_t pages = 0;
    std::istringstream lines(ended.out);
    for (std::string line; std::getline(lines, line);) pages += nlohmann::json::parse(line)["pages"].get<int64_t>();
    return pages;
  }

  TemporaryFolder here_;
};

inline std::vector<nlohmann::json> lines_of(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

}  // namespace bifrons
