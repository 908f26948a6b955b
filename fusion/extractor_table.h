// fusion/extractor_table.h - "What is the price of X?": the row that names X, the column that its head names. Used by the
// extractor only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/extractor.h"

namespace bifrons {

struct ItemQuestion {
  enum class Wanted { price, quantity, amount } wanted = Wanted::price;
  std::u32string item;   // folded
  bool certain = false;  // nothing else can be meant
};
std::optional<ItemQuestion> item_question(std::string_view question);
std::optional<ShortAnswer> table_answer(const ItemQuestion& question, const std::vector<const std::vector<EvidenceLine>*>& pages);

}  // namespace bifrons
