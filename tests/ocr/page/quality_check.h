// tests/ocr/page/quality_check.h - reads pages of one kind and holds them against the targets. Used by the default test (few
// pages) and by the large one.
#pragma once

#include <gtest/gtest.h>

#include "ocr/page/layout.h"
#include "ocr/page/recognise.h"
#include "pages.h"
#include "score.h"

namespace bifrons::test {

struct Target {
  double error;  // most, mean over the pages; documents.md 10, "target CER"
  double f1;     // least, mean
  double boxes;  // least, of every page; < 0: not gated (ideographs)
};
Target target_of(Kind kind);

Recogniser& shared_recogniser();  // one engine per process
Page read_page(const Picture& picture);
void check_kind(Kind kind, uint32_t first_seed, uint32_t last_seed);  // fonts alternate between the two sets

}  // namespace bifrons::test
