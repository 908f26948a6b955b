// ocr/document/head_text.h - lines at a page's edge, made comparable with those of other pages: is it the same running head but
// for the page's number? Source: documents.md 3.5.
//
// A number is taken for a page's only where its surroundings say so ("page 7", "7 of 30", "- 7 -", "Pumps | 7", 第7页, or a wide
// gap before it): "Invoice 9103" and "Ticket 7" go up by one with the pages as well, and are what the page is about.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ocr/document/document.h"

namespace bifrons {

class HeadText {
 public:
  HeadText() = default;
  HeadText(std::span<const Line> lines, int64_t page);
  bool says_something() const;                    // three letters at least, or a page number
  bool is_number() const { return words_ == 0; }  // and signs
  int64_t page() const { return page_; }

  // All numbers are equal, but for the one that may count the pages and does. Letters may differ a little (misread ones).
  bool alike(const HeadText& other) const;
  bool equal(const HeadText& other) const;  // the same, letter for letter

 private:
  struct Number {
    std::u32string digits;
    bool counts = false;  // may be the page's
  };
  void add(std::u32string_view line);
  bool counts_pages(std::u32string_view left, std::u32string_view digits, std::u32string_view right, bool alone) const;
  bool same_numbers(const HeadText& other) const;

  std::u32string letters_;       // folded, no spaces; '#' for each number
  std::vector<Number> numbers_;  // in their order
  size_t words_ = 0;             // letters and ideographs
  int64_t page_ = 0;
};

}  // namespace bifrons
