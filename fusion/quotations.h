// fusion/quotations.h - answers without a text model: a short answer where one is certain, else the lines of the best passages,
// said to be quotations.
#pragma once

#include <string_view>

#include "fusion/document_answer.h"
#include "fusion/passages.h"

namespace bifrons {

DocumentAnswer quote_documents(std::string_view question, PageShelf& shelf, const AnswerOptions& options);

}  // namespace bifrons
