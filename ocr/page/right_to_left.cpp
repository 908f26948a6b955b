// ocr/page/right_to_left.cpp - see right_to_left.h. Not the whole of Unicode's algorithm, which goes from the order of reading to
// the page: what runs the usual way within a line that runs the other (figures, Latin words) is turned back run by run.
#include "ocr/page/right_to_left.h"

#include <algorithm>

#include "ocr/page/rows.h"
#include "ocr/page/script.h"

namespace bifrons {
namespace {

bool runs_left(char32_t c) {  // Hebrew to Arabic and Thaana with their supplements, and the forms for presentation
  return (c >= 0x0590 && c <= 0x08FF && !(c >= 0x0660 && c <= 0x0669)) || (c >= 0xFB1D && c <= 0xFDFF) ||
         (c >= 0xFE70 && c <= 0xFEFC) || (c >= 0x10800 && c <= 0x10FFF);
}
bool runs_right(char32_t c) { return !runs_left(c) && (is_letter_or_digit(c) || (c >= 0x0660 && c <= 0x0669)); }

char32_t mirrored(char32_t c) {
  constexpr std::u32string_view pairs = U"()[]{}<>«»";
  const size_t at = pairs.find(c);
  return at == std::u32string_view::npos ? c : pairs[at ^ 1];
}

// Reverses all, then turns back each longest run that begins and ends with something that runs to the right and holds nothing
// that runs to the left.
template <class Sequence, class Left, class Right>
void reverse_but_runs(Sequence& all, Left left, Right right) {
  std::reverse(all.begin(), all.end());
  for (auto from = all.begin(); from != all.end();) {
    if (!right(*from)) {
      ++from;
      continue;
    }
    auto end = from + 1;
    for (auto next = end; next != all.end() && !left(*next); ++next)
      if (right(*next)) end = next + 1;
    std::reverse(from, end);
    from = end;
  }
}

}  // namespace

std::string in_reading_order(const std::string& word) {
  std::u32string letters = characters(word);
  if (std::none_of(letters.begin(), letters.end(), runs_left)) return word;
  reverse_but_runs(letters, runs_left, runs_right);
  std::string result;
  for (const char32_t c : letters) result += utf8(mirrored(c));
  return result;
}

void to_reading_order(std::vector<Item>& items) {
  const auto any = [](const Item& item, bool (*runs)(char32_t)) {
    const std::u32string letters = characters(item.text);
    return std::any_of(letters.begin(), letters.end(), runs);
  };
  const auto left = [&](const Item& item) { return any(item, runs_left); };
  const auto right = [&](const Item& item) { return !left(item) && any(item, runs_right); };
  const auto to_left = std::count_if(items.begin(), items.end(), left);
  if (to_left == 0) return;
  if (to_left >= std::count_if(items.begin(), items.end(), right)) return reverse_but_runs(items, left, right);
  // A line that runs to the right, with words in it that do not.
  for (auto from = std::find_if(items.begin(), items.end(), left); from != items.end();) {
    const auto end = std::find_if_not(from, items.end(), left);
    std::reverse(from, end);
    from = std::find_if(end, items.end(), left);
  }
}

}  // namespace bifrons
