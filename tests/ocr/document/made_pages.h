// tests/ocr/document/made_pages.h - pages made of given text, with boxes as a typewriter would give them; and generated business
// documents in English and Chinese whose questions have known lines.
#pragma once

#include <string>
#include <vector>

#include "ocr/document/document.h"

namespace bifrons {

struct MadeBlock {
  Block::Type type = Block::Type::text;
  std::vector<std::string> lines;  // a line of a table: cells separated by tabs
};
struct MadeOptions {
  double confidence = -1;            // of all words; -1: a text layer
  bool ideographs_together = false;  // a run of ideographs is one word, as in many text layers
};
// A4 in points, 12-point letters 6 wide (ideographs 12), lines 16 apart.
Page made_page(int64_t number, const std::vector<MadeBlock>& blocks, const MadeOptions& options = {});

struct Question {
  std::string text;
  int64_t page = 0;
  std::string line;  // id of the line in which the answer stands
};
struct MadeDocument {
  std::vector<Page> pages;
  std::vector<Question> questions;
};
MadeDocument made_english(uint64_t seed, int facts);
MadeDocument made_chinese(uint64_t seed, int facts);
MadeDocument made_register(uint64_t seed, int facts);             // the same few sentences and words over and over
Page filler_page(int64_t number, uint64_t seed, int lines = 45);  // prose without questions

uint64_t next_random(uint64_t& state);  // splitmix64: the same everywhere
std::string misread(const std::string& text, uint64_t& state,
                    double rate);  // as recognition errs: changed, lost, doubled letters

}  // namespace bifrons
