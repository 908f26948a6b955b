// tests/ocr/page/score.cpp - see score.h.
#include "score.h"

#include <algorithm>
#include <map>

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include "ocr/page/script.h"

namespace bifrons::test {
namespace {

std::u32string nfkc(const std::string& utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCInstance(status);
  std::string out;
  normalizer->normalize(icu::UnicodeString::fromUTF8(utf8), status).toUTF8String(out);
  if (U_FAILURE(status)) fail(Fault::other, "ICU cannot normalise: ", u_errorName(status));
  return characters(out);
}

std::vector<std::u32string> words_of(const std::u32string& text) {
  std::vector<std::u32string> words(1);
  for (char32_t c : text)
    if (c == ' ')
      words.emplace_back();
    else if (is_ideograph(c))
      words.emplace_back(1, c), words.emplace_back();
    else
      words.back() += c;
  std::erase_if(words, [](const auto& w) { return w.empty(); });
  return words;
}

// Levenshtein's distance over the length of `b`, of characters or of words.
template <class Sequence>
double error_rate(const Sequence& a, const Sequence& b) {
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = int(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = int(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int change = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return b.empty() ? double(a.size()) : double(row.back()) / double(b.size());
}

}  // namespace

std::u32string plain(const std::string& utf8) {
  const bool wide = ideograph_share(utf8) > 0.5;
  std::u32string result;
  for (char32_t c : nfkc(utf8)) {
    if (c == U'‘' || c == U'’' || c == U'‚' || c == U'`' || c == U'´') c = '\'';
    if (c == U'“' || c == U'”' || c == U'„') c = '"';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) c = '-';
    if (c == '\n' || c == '\t' || c == '\f' || c == '\r' || c == 0x3000) c = ' ';
    if (c == ' ' && (wide || result.empty() || result.back() == ' ')) continue;
    result += c;
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

double character_error_rate(const std::string& found, const std::string& wanted) {
  return error_rate(plain(found), plain(wanted));
}

double word_error_rate(const std::string& found, const std::string& wanted) {
  return error_rate(words_of(plain(found)), words_of(plain(wanted)));
}

double word_f1(const std::string& found, const std::string& wanted) {
  std::map<std::u32string, int> bag;
  const auto a = words_of(plain(found)), b = words_of(plain(wanted));
  for (const auto& w : b) ++bag[w];
  double hits = 0;
  for (const auto& w : a)
    if (bag[w]-- > 0) ++hits;
  return a.empty() || b.empty() ? 0 : 2 * hits / double(a.size() + b.size());
}

double box_hits(const Page& page, const std::vector<TrueWord>& wanted) {
  std::vector<const Word*> words;
  for (const auto& block : page.blocks)
    for (const auto& line : block.lines)
      for (const auto& word : line.words) words.push_back(&word);
  double hits = 0, total = 0;
  for (const auto& truth : wanted) {
    if (ideograph_share(truth.text) > 0) continue;
    ++total;
    Box box{1e9, 1e9, -1e9, -1e9};
    for (size_t i = 0; i < 8; i += 2) box = hull(box, {truth.quad[i], truth.quad[i + 1], truth.quad[i], truth.quad[i + 1]});
    const auto text = plain(truth.text);
    hits += std::any_of(words.begin(), words.end(), [&](const Word* word) {
      const double x = std::min(box.x1, word->box.x1) - std::max(box.x0, word->box.x0);
      const double y = std::min(box.y1, word->box.y1) - std::max(box.y0, word->box.y0);
      if (x <= 0 || y <= 0) return false;
      const auto area = [](const Box& b) { return (b.x1 - b.x0) * (b.y1 - b.y0); };
      return x * y >= 0.5 * (area(box) + area(word->box) - x * y) && plain(word->text) == text;
    });
  }
  return total > 0 ? hits / total : 1;
}

std::string text_of(const Page& page) {
  std::string text;
  for (const auto& block : page.blocks)
    for (const auto& line : block.lines) text += line.text + "\n";
  return text;
}

}  // namespace bifrons::test
