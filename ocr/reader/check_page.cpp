// ocr/reader/check_page.cpp - see check_page.h.
#include "ocr/reader/check_page.h"

#include <algorithm>
#include <cmath>

namespace bifrons {
namespace {

constexpr double most_side = 1e6;       // of a page, in its unit; PDF's own limit is 14,400
constexpr double slack = 1;             // a box may stick out by rounding; it is clipped
constexpr size_t most_warnings = 1000;  // of a page
constexpr size_t most_message = 1000;   // bytes

[[noreturn]] void bad(const Page& page, const std::string& what) {
  fail(Fault::other, "page ", page.page, ": the document worker sent ", what);
}

double rounded(double value) {
  const double hundredths = std::round(value * 100) / 100;
  return hundredths == 0 ? 0 : hundredths;  // no -0
}

class Check {
 public:
  Check(Page& page, const ReadLimits& limits) : page_(page), left_(limits.page_characters * 4 + 4096) {}

  void box(Box& box) {
    if (!(box.x0 <= box.x1 && box.y0 <= box.y1)) bad(page_, "a box inside out");
    if (box.x0 < -slack || box.y0 < -slack || box.x1 > page_.width + slack || box.y1 > page_.height + slack)
      bad(page_, "a box outside the page");
    box = {rounded(std::clamp(box.x0, 0., page_.width)), rounded(std::clamp(box.y0, 0., page_.height)),
           rounded(std::clamp(box.x1, 0., page_.width)), rounded(std::clamp(box.y1, 0., page_.height))};
  }
  // Words, lines and cells each carry the text once, hidden text besides: `share` takes each kind from its own allowance of
  // bytes.
  void text(const std::string& text, int share) {
    if ((used_[size_t(share)] += int64_t(text.size())) > left_) bad(page_, "more text than the limit allows");
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n'; }))
      bad(page_, "control characters in a text");
  }
  void confidence(std::optional<double>& value) {
    if (!value) return;
    if (*value < 0 || *value > 100) bad(page_, "a confidence outside 0 to 100");
    *value = rounded(*value);
  }
  void count(size_t n) {  // elements of every kind: none is for free, so a page has no more of them than characters
    if ((elements_ += int64_t(n)) > left_) bad(page_, "more elements than the limit allows");
  }

 private:
  Page& page_;
  int64_t left_, used_[4] = {}, elements_ = 0;
};

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

void check_warnings(std::vector<Warning>& warnings, int64_t page) {
  if (warnings.size() > most_warnings) fail(Fault::other, "the document worker sent ", warnings.size(), " warnings");
  for (Warning& warning : warnings) {
    if (!is_name(warning.code)) fail(Fault::other, "the document worker sent a warning without a proper code");
    warning.page = page;
    if (warning.message.size() > most_message) {
      size_t end = most_message;
      while (end > 0 && (static_cast<unsigned char>(warning.message[end]) & 0xc0) == 0x80) --end;  // no half character
      warning.message.resize(end);
    }
    for (char& c : warning.message)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
}

void check_page(Page& page, int64_t number, const ReadLimits& limits) {
  if (page.page != number) fail(Fault::other, "the document worker sent page ", page.page, " where page ", number, " was due");
  if (!(page.width >= 0 && page.height >= 0 && page.width <= most_side && page.height <= most_side))
    bad(page, "an impossible page size");
  page.width = rounded(page.width), page.height = rounded(page.height);
  if (page.dpi < 0 || page.dpi > 100'000) bad(page, "an impossible resolution");
  if (page.turned != 0 && page.turned != 90 && page.turned != 180 && page.turned != 270)
    bad(page, "a turn that is no quarter turn");
  if (std::fabs(page.skew) > 90) bad(page, "an impossible skew");
  page.skew = rounded(page.skew);
  if (!(page.seconds >= 0 && page.seconds < 1e6)) bad(page, "an impossible time");
  page.seconds = rounded(page.seconds);
  if (page.languages.size() > 16 || !std::ranges::all_of(page.languages, is_name)) bad(page, "languages without proper names");
  check_warnings(page.warnings, number);

  Check check(page, limits);
  check.confidence(page.confidence);
  check.count(page.blocks.size());
  int64_t block_number = 0, line_number = 0;
  const std::string prefix = "p" + std::to_string(number);
  for (Block& block : page.blocks) {
    block.id = prefix + "b" + std::to_string(++block_number);
    check.box(block.box);
    check.count(block.lines.size());
    for (Line& line : block.lines) {
      line.id = prefix + "l" + std::to_string(++line_number);
      check.box(line.box);
      check.text(line.text, 0);
      check.confidence(line.confidence);
      if (line.quad)
        for (size_t i = 0; i < 8; ++i) {
          double& at = (*line.quad)[i];
          const double side = i % 2 == 0 ? page.width : page.height;
          // A skewed line's corners may leave the page where its words do not.
          if (at < -side || at > 2 * side) bad(page, "a corner far outside the page");
          at = rounded(at);
        }
      check.count(line.words.size());
      for (Word& word : line.words) {
        check.box(word.box);
        check.text(word.text, 1);
        check.confidence(word.confidence);
      }
    }
  }
  check.count(page.tables.size());
  for (Table& table : page.tables) {
    check.box(table.box);
    check.count(table.rows.size());
    for (auto& row : table.rows) {
      check.count(row.size());
      for (TableCell& cell : row) {
        check.box(cell.box);
        check.text(cell.text, 2);
      }
    }
  }
  check.count(page.hidden_text.size());
  for (HiddenText& hidden : page.hidden_text) {
    // What lies off the page keeps its place; only its size is bounded.
    for (double* at : {&hidden.box.x0, &hidden.box.y0, &hidden.box.x1, &hidden.box.y1}) {
      if (std::fabs(*at) > most_side) bad(page, "hidden text at an impossible place");
      *at = rounded(*at);
    }
    if (!(hidden.box.x0 <= hidden.box.x1 && hidden.box.y0 <= hidden.box.y1)) bad(page, "a box inside out");
    check.text(hidden.text, 3);
  }
}

}  // namespace bifrons
