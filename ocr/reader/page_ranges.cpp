// ocr/reader/page_ranges.cpp - "1-3,7" to ranges, and the settings that make two readings of a file the same.
#include <charconv>
#include <sstream>

#include "ocr/reader/reader.h"

namespace bifrons {
namespace {

constexpr int64_t last_page = INT64_MAX;  // "5-": to the end

std::pair<int64_t, int64_t> parse_range(std::string_view part, std::string_view whole) {
  const auto wrong = [&] {
    fail(Fault::arguments, "pages '", whole, "': '", part, "' is no page number or range; write for example 1-3,7 or 5-");
  };
  const auto number = [&](std::string_view digits) {
    int64_t value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc() || end != digits.data() + digits.size() || value < 1 || digits.front() == '-' ||
        digits.front() == '+')
      wrong();
    return value;
  };
  const size_t dash = part.find('-');
  if (part.empty() || dash == 0) wrong();
  const int64_t first = number(part.substr(0, dash));
  if (dash == part.npos) return {first, first};
  const int64_t last = dash + 1 == part.size() ? last_page : number(part.substr(dash + 1));
  if (last < first) wrong();
  return {first, last};
}

}  // namespace

std::vector<std::pair<int64_t, int64_t>> parse_page_ranges(std::string_view text) {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  std::string_view left = text;
  for (;;) {
    const size_t comma = left.find(',');
    std::string_view part = left.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    ranges.push_back(parse_range(part, text));
    if (comma == left.npos) return ranges;
    left.remove_prefix(comma + 1);
  }
}

std::string settings_key(const ReadOptions& options) {
  const ReadLimits& limits = options.limits;
  std::ostringstream key;
  key << "reader 4; languages ";  // the number grows when the same file gives other pages than before
  for (const std::string& language : options.languages) key << language << '+';
  key << "; ocr " << int(options.ocr) << "; pixels " << limits.image_pixels << ' ' << limits.recognition_pixels << ' '
      << limits.recognition_side << "; seconds " << limits.text_seconds << ' ' << limits.render_seconds << ' '
      << limits.recognise_seconds << "; memory " << limits.worker_bytes << "; characters " << limits.page_characters;
  return key.str();
}

}  // namespace bifrons
