// fusion/values.h - the number-like things in a text: amounts, percentages, dates, times, e-mail addresses, web addresses, IBANs,
// telephone numbers, codes, numbers; each with a key under which different spellings of the same value are equal. What answers
// are checked by and what the extractor finds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

// A text as comparable characters, one for each of its code points: lower case, plain width, plain quotes, dashes and blanks.
struct Letters {
  std::u32string text;
  std::vector<size_t> at;  // first byte of each character in the original; one more: its size
};
Letters letters_of(std::string_view utf8);

struct Value {
  enum class Kind { amount, percent, date, time, email, url, iban, phone, code, number };
  Kind kind = Kind::number;
  size_t begin = 0, end = 0;  // characters of the Letters
  std::string key;            // "1234.5", "2024-03-05", "14:30", "inv-2024-17"
  std::string unit;           // of an amount: "usd", "eur", ...; empty where none is written
};
std::vector<Value> find_values(const Letters& letters);  // left to right, none overlapping
// The same value, whatever the spelling. 5 % is not 5; 5 EUR is 5 but not 5 USD.
bool same_value(const Value& a, const Value& b);

bool is_digit(char32_t c);
bool is_letter(char32_t c);  // alphabetic, no ideograph
bool is_blank(char32_t c);

}  // namespace bifrons
