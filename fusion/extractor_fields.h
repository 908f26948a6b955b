// fusion/extractor_fields.h - the table of what the extractor knows: how questions ask for a thing, under which labels it stands,
// and what its value looks like. English, Chinese and German.
#pragma once

#include <span>
#include <string_view>

namespace bifrons {

enum class ValueType { amount, percent, date, time, code, iban, phone, email, url, text };

struct Field {
  std::string_view name;
  ValueType type;
  // Phrases separated by '|', folded. Labels: those of one level stand together, a stronger level before '/'.
  std::string_view asks, labels;
};
std::span<const Field> extractor_fields();
// German has fields of its own; null where the other language has none of the kind.
const Field* field_in_other_tongue(const Field& field);

// Is it, as plain_label leaves it, what some field stands under? Such a text is no value.
bool is_field_label(std::u32string_view text);

// Words that a question may hold beside the field it asks for without meaning anything else.
bool is_generic(std::u32string_view word);
std::u32string_view generic_ideographs();  // single characters of that kind
std::span<const std::u32string_view> generic_chinese();

}  // namespace bifrons
