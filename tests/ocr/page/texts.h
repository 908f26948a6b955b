// tests/ocr/page/texts.h - made-up English and Chinese to fill pages with, by seed.
#pragma once

#include <random>
#include <string>

namespace bifrons::test {

using Dice = std::mt19937;  // its sequence is fixed by the standard; the distributions are not, so `roll` is used

int roll(Dice& dice, int low, int high);  // both inside
double roll(Dice& dice, double low, double high);

std::string english_sentence(Dice& dice);
std::string english_text(Dice& dice, int sentences);
std::string english_title(Dice& dice);
std::string person(Dice& dice);
std::string date(Dice& dice);
std::string amount(Dice& dice);  // 1,234.50
std::string thing(Dice& dice);   // of an invoice: "Copper pipe 15 mm"
std::string chinese_text(Dice& dice, int sentences);

}  // namespace bifrons::test
