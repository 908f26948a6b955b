// tests/ocr/page/score.h - how near what was read is to what was drawn. Source of the measures: documents.md 10.
#pragma once

#include <string>
#include <vector>

#include "canvas.h"

namespace bifrons::test {

// NFKC, plain quotes and dashes, white space collapsed; no spaces at all where most letters are ideographs.
std::u32string plain(const std::string& utf8);
double character_error_rate(const std::string& found, const std::string& wanted);  // Levenshtein over the length of `wanted`
double word_error_rate(const std::string& found, const std::string& wanted);       // the same of words; an ideograph is one
double word_f1(const std::string& found, const std::string& wanted);               // of the bags of words
// Share of the true Latin words found with equal text and a box of which at least half is shared with the true one.
double box_hits(const Page& found, const std::vector<TrueWord>& wanted);
std::string text_of(const Page& page);

}  // namespace bifrons::test
