// ocr/document/running_heads.h - finds what repeats at the top or bottom of consecutive pages (digits ignored) and page numbers,
// and marks those blocks header or footer; a first or last line that repeats is cut off its block for it. They are kept. A
// stream: pages go in and come out in order. Source: documents.md 3.5.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "ocr/document/document.h"

namespace bifrons {

class RunningHeads {
 public:
  // Takes the next page and gives those whose marks are final: at most two pages are held back, so that left and right pages with
  // heads of their own find each other.
  std::vector<Page> add(Page&& page);
  std::vector<Page> finish();  // the pages still held

 private:
  struct Candidate {
    size_t block = 0;
    bool whole = true;  // else the block's first line, at the top, or its last
    bool top = false, marked = false;
    std::u32string text;  // folded, digits left out
    int64_t number = -1;  // of a bare page number
    double middle = 0;    // of its height, as a share of the page's
  };
  struct Held {
    Page page;
    std::vector<Candidate> candidates;
  };
  struct Known {  // a head that was seen on two pages
    std::u32string text;
    bool top = false;
    double middle = 0;
  };
  static std::vector<Candidate> candidates(const Page& page);
  bool alike(const Candidate& a, int64_t page_a, const Candidate& b, int64_t page_b) const;
  static Page marked(Held&& held);

  std::deque<Held> held_;
  std::vector<Known> known_;
};

}  // namespace bifrons
