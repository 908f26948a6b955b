// tests/ocr/page/quality_check.cpp - see quality_check.h.
#include "quality_check.h"

#include <cstdio>

namespace bifrons::test {

constexpr double mean_boxes = 0.94;  // of every kind that has a bar for them; the kinds' own bars are of each page

Target target_of(Kind kind) {
  switch (kind) {
    case Kind::prose: return {0.015, 0.98, 0.94};
    case Kind::table: return {0.015, 0.97, 0.94};
    case Kind::two_columns: return {0.010, 0.98, 0.94};
    case Kind::form: return {0.035, 0.95, 0.94};
    case Kind::stained_receipt: return {0.020, 0.94, 0.90};  // 92 of 100 have boxes of 0.94 and more
    case Kind::chinese: return {0.015, 0.98, -1};
    case Kind::chinese_vertical: return {0.100, 0.90, -1};
    case Kind::dark_photo: return {0.015, 0.98, 0.94};
    case Kind::turned: return {0.015, 0.98, 0.94};
    case Kind::faint: return {0.015, 0.98, 0.94};
    case Kind::receipt: return {0.020, 0.94, 0.94};
    case Kind::photo: return {0.015, 0.98, 0.94};
    case Kind::faded: return {0.015, 0.98, 0.94};
  }
  return {};
}

Recogniser& shared_recogniser() {
  // Never destroyed: Tesseract's cache of dictionaries, made at the first reading, would be gone before it.
  static Recogniser& recogniser = *new Recogniser{RecogniseOptions{}};
  return recogniser;
}

Page read_page(const Picture& picture) {
  Page page;
  page.page = 1, page.width = picture.width, page.height = picture.height;
  lay_out(page, shared_recogniser().read(picture, 60));
  return page;
}

void check_kind(Kind kind, uint32_t first_seed, uint32_t last_seed) {
  const Target target = target_of(kind);
  double error = 0, f1 = 0, all_boxes = 0, pages = 0;
  for (uint32_t seed = first_seed; seed <= last_seed; ++seed) {
    SCOPED_TRACE(testing::Message() << name_of(kind) << " seed " << seed);
    const TruePage truth = make_page(kind, seed, int(seed % 2));
    const Page page = read_page(truth.picture);
    const std::string text = text_of(page);
    const double rate = character_error_rate(text, truth.text), boxes = box_hits(page, truth.words);
    std::printf("%s seed %u: CER %.2f %%, F1 %.1f %%, boxes %.1f %%\n", name_of(kind).c_str(), seed, 100 * rate,
                100 * word_f1(text, truth.text), 100 * boxes);
    error += rate, f1 += word_f1(text, truth.text), all_boxes += boxes, pages += 1;
    EXPECT_EQ(page.turned, truth.turned);
    if (target.boxes >= 0) {
      EXPECT_GE(boxes, target.boxes);
    }
    if (truth.ticks > 0) {
      int ticks = 0, ticked = 0;
      for (const auto& block : page.blocks)
        for (const auto& line : block.lines)
          for (const auto& word : line.words) ticks += word.text == "[x]" || word.text == "[ ]", ticked += word.text == "[x]";
      EXPECT_EQ(ticks, truth.ticks);
      EXPECT_EQ(ticked, truth.ticked);
    }
  }
  EXPECT_LE(error / pages, target.error) << name_of(kind);
  EXPECT_GE(f1 / pages, target.f1) << name_of(kind);
  if (target.boxes >= 0) {
    EXPECT_GE(all_boxes / pages, mean_boxes) << name_of(kind);
  }
}

}  // namespace bifrons::test
