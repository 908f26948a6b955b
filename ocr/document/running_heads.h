// ocr/document/running_heads.h - finds what repeats at the top or bottom of consecutive pages, whatever the page's number, and
// marks those blocks header or footer; a first or last line that repeats is cut off its block for it. They are kept, and those
// that say the same as an earlier page's, letter for letter, know it (Block::repeats). A stream: pages go in and come out in
// order. Source: documents.md 3.5.
//
// A running head stands at the edge, with no other text between it and the edge, and beside a body: what is a third of a page's
// text or more is the page's matter, and so is a line whose numbers change without counting the pages.
#pragma once

#include <deque>
#include <vector>

#include "ocr/document/document.h"
#include "ocr/document/head_text.h"

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
    HeadText text;
    Box box;
    double middle = 0;  // of its height, as a share of the page's
  };
  struct Held {
    Page page;
    std::vector<Candidate> candidates;
  };
  struct Known {  // a head that was seen on two pages
    HeadText text;
    bool top = false;
    double middle = 0;
  };
  static std::vector<Candidate> candidates(const Page& page);
  static void spare_the_body(Held& held);
  Page marked(Held&& held);

  std::deque<Held> held_;
  std::vector<Known> known_;
  std::deque<HeadText> kept_;  // heads that repeat no earlier one
};

}  // namespace bifrons
