// fusion/rival_labels.h - does a statement put a label to a value or name that the document gives to the opposite one? "The lease
// ends on 1 March", where 1 March is its start; the total that is the subtotal; the landlord who is the tenant. Marks only what
// the document clearly says otherwise: every labelled place of the value has a rival's label beside it and none the statement's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/passages.h"
#include "fusion/values.h"

namespace bifrons {

struct LabelCheck {
  bool wrong = false;
  // Of the statement: values that the document gives its label, and the words of those labels.
  std::vector<Value> confirmed;
  std::vector<std::u32string> labels;
};

class RivalLabels {
 public:
  explicit RivalLabels(PageShelf& shelf);  // the shelf must outlive it; pages are prepared when first needed
  ~RivalLabels();
  LabelCheck check(std::string_view statement, std::string_view question);

 private:
  struct Paper;
  PageShelf& shelf_;
  std::unique_ptr<Paper> paper_;
};

}  // namespace bifrons
